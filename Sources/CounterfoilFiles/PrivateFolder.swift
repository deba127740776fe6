public import Counterfoil
internal import Glibc

/// A folder of files that are nobody else's to read: 0600, synced, and given
/// their name in one step when they are whole.
public struct PrivateFolder: Folder, Sendable {
    public let path: String

    /// An existing folder.
    public init(_ path: String) throws(StreamError) {
        self.path = path
        let folder = try Descriptor(path, O_RDONLY | O_DIRECTORY, to: .openFolder)
        _ = try folder.status()
    }

    /// A folder that is made (0700) if it is not there.
    public init(making path: String) throws(StreamError) {
        if unsafe mkdir(path, 0o700) != 0 {
            guard errno == EEXIST else { throw .system(.makeFolder, path) }
        } else {
            try Self.sync(Self.parent(of: path))
        }
        try self.init(path)
    }

    /// The same, for a folder whose files will be read again as one's own. It must be
    /// this user's, and nobody else's to change.
    package init(keeping path: String) throws(StreamError) {
        try self.init(making: path)
        let folder = try Descriptor(path, O_RDONLY | O_DIRECTORY, to: .openFolder)
        try folder.expectOwn(to: .openFolder)
        try Descriptor.expectSafePath(to: .openFolder, folder: path)
    }

    public func create(_ name: String) throws(StreamError) -> WholeFile {
        try WholeFile(in: self, named: name)
    }

    public func read(_ name: String) throws(StreamError) -> [UInt8]? {
        guard unsafe access(path + "/" + name, F_OK) == 0 else {
            guard errno == ENOENT else { throw .system(.read, path + "/" + name) }
            return nil
        }
        return try PrivateFile.read(path + "/" + name)
    }

    public func names() throws(StreamError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw .system(.openFolder, path) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    public func overwrite(_ name: String, at offset: Int, with bytes: [UInt8]) throws(StreamError) {
        try Descriptor.erase(temporary(name))
        let file = try Descriptor(path + "/" + name, O_WRONLY | O_NOFOLLOW, to: .open)
        try bytes.withBytes { (bytes) throws(StreamError) in try file.writeAll(at: offset, bytes) }
        try file.sync()
    }

    public func remove(_ name: String) throws(StreamError) {
        guard unsafe unlink(path + "/" + name) == 0 else { throw .system(.remove, path + "/" + name) }
        try Self.sync(path)
    }

    /// Holds the folder for this process alone until the result is released.
    /// Fails at once where another one has it.
    public func lock() throws(StreamError) -> FolderLock { try FolderLock(self) }

    /// What a file is called on its way, where it needs a name.
    fileprivate func temporary(_ name: String) -> String { "\(path)/.\(name).partial" }

    static func sync(_ path: String) throws(StreamError) {
        try Descriptor(path, O_RDONLY | O_DIRECTORY, to: .openFolder).sync()
    }

    static func parent(of path: String) -> String {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}

/// A file on its way; published whole, or never seen.
///
/// It has no name at all while it is written (`O_TMPFILE`), and takes its own
/// in one step, so that even `kill -9` leaves nothing of it on the disk, a plain
/// print file least of all. Two must be content with `.NAME.partial` first: one
/// that replaces an older file, for the moment between two calls of the system,
/// and one on a file system without `O_TMPFILE`, as long as it is written. That
/// is removed when the run fails, and by the next run where this one was killed.
public final class WholeFile: NewFile {
    private let folder: PrivateFolder
    private let name: String
    private let file: Descriptor
    private let temporary: String
    private let isNameless: Bool
    /// Small writes are gathered: a line is nothing to call the system for.
    private var buffer: [UInt8] = []
    /// Whether `temporary` is this file.
    private var isTemporary: Bool

    fileprivate init(in folder: PrivateFolder, named name: String) throws(StreamError) {
        precondition(!name.isEmpty && !name.contains("/"))
        self.folder = folder
        self.name = name
        temporary = folder.temporary(name)
        (file, isNameless) = try Descriptor.unseen(in: folder.path, orNamed: temporary)
        isTemporary = !isNameless
        buffer.reserveCapacity(1 << 18)
    }

    public func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        if buffer.count + bytes.byteCount > 1 << 18 { try flush() }
        if bytes.byteCount >= 1 << 18 {
            try file.writeAll(bytes)
        } else {
            unsafe bytes.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        }
    }

    private func flush() throws(StreamError) {
        guard !buffer.isEmpty else { return }
        try buffer.withBytes { (bytes) throws(StreamError) in try file.writeAll(bytes) }
        // The buffer may have held codes: a print file that is not encrypted has them as they are.
        buffer.withMutableBytes { Sodium.wipe(&$0) }
        buffer.removeAll(keepingCapacity: true)
    }

    public func publish(wiping wiped: Range<Int>) throws(StreamError) {
        let path = "\(folder.path)/\(name)"
        try flush()
        try file.sync()
        if isNameless, try file.giveName(path) { return try PrivateFolder.sync(folder.path) }
        if isNameless {
            // A link cannot replace a file, a renaming can: so one after the other.
            try Descriptor.erase(temporary)
            guard try file.giveName(temporary) else { throw StreamError(.create, temporary, .exists) }
            isTemporary = true
        }
        // The renaming takes the old file's name, and frees its bytes as they are.
        let replaced =
            wiped.isEmpty || !PrivateFile.exists(path)
            ? nil : try Descriptor(path, O_WRONLY | O_NOFOLLOW, to: .overwrite)
        guard unsafe rename(temporary, path) == 0 else { throw .system(.rename, path) }
        isTemporary = false
        try PrivateFolder.sync(folder.path)
        // Not before: a power cut could bring the old file back.
        try replaced?.zero(wiped)
    }

    deinit {
        if isTemporary { try? Descriptor.erase(temporary) }
    }
}

/// A folder held by this process alone.
public final class FolderLock: Sendable {
    private let file: Descriptor

    fileprivate init(_ folder: PrivateFolder) throws(StreamError) {
        file = try Descriptor(folder.path + "/.lock", O_RDWR | O_CREAT, mode: 0o600, to: .lock)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw StreamError(.lock, folder.path, .inUse)
        }
    }
}
