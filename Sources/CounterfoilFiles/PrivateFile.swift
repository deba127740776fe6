public import Counterfoil
internal import Glibc

/// Files that hold keys, or what only their owner should see.
public enum PrivateFile {
    /// Reads a whole file.
    public static func read(_ path: String, atMost limit: Int = 1 << 34) throws(StreamError) -> [UInt8] {
        try read(Descriptor(path, O_RDONLY, to: .read), limit)
    }

    /// Reads a key file, and refuses one that others can read, write to, or replace,
    /// and one that is another user's. Root's is accepted.
    public static func readKey(_ path: String) throws(StreamError) -> [UInt8] {
        let file = try Descriptor(path, O_RDONLY, to: .read)
        try file.expectOwn(to: .read)
        let mode = try file.status().st_mode
        guard mode & 0o077 == 0 else {
            throw StreamError(.read, path, .readableByOthers)
        }
        // A pipe, which a shell makes of `<(…)`, is in no folder.
        if mode & S_IFMT == S_IFREG { try Descriptor.expectSafePath(to: .read, file: path) }
        return try read(file, 1 << 20)
    }

    private static func read(_ file: Descriptor, _ limit: Int) throws(StreamError) -> [UInt8] {
        guard try file.status().st_mode & S_IFMT != S_IFDIR else {
            throw StreamError(.read, file.path, .isFolder)
        }
        // Room for all of it at once: an array that grows leaves copies behind,
        // and this may be a passphrase.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, Int(try file.status().st_size)) + 4096)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        defer { chunk.withMutableBytes { Sodium.wipe(&$0) } }
        while true {
            let count = try chunk.withMutableBytes { (chunk) throws(StreamError) in
                try file.readSome(into: &chunk)
            }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw StreamError(.read, file.path, .tooLarge(limit: limit))
            }
        }
    }

    /// Writes a new file, 0600, whole or not at all; never over an old one.
    public static func create(_ path: String, _ bytes: [UInt8]) throws(StreamError) {
        let folder = PrivateFolder.parent(of: path)
        let temporary = path + ".partial"
        let (file, isNameless) = try Descriptor.unseen(in: folder, orNamed: temporary)
        defer { if !isNameless { _ = unsafe unlink(temporary) } }
        try bytes.withBytes { (bytes) throws(StreamError) in try file.writeAll(bytes) }
        try file.sync()
        if isNameless {
            guard try file.giveName(path) else { throw StreamError(.create, path, .exists) }
        } else {
            try giveName(path, to: temporary)
        }
        try PrivateFolder.sync(folder)
    }

    /// A link, unlike a renaming, never replaces anything. A memory stick may
    /// have none: there the name is taken first, by an empty file of our own.
    private static func giveName(_ path: String, to temporary: String) throws(StreamError) {
        if unsafe link(temporary, path) == 0 { return }
        guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) else { throw .system(.create, path) }
        _ = try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL, to: .create)
        guard unsafe rename(temporary, path) == 0 else {
            let error = StreamError.system(.create, path)
            _ = unsafe unlink(path)
            throw error
        }
    }

    /// Writes a file, 0600, whole or not at all, in the place of an old one.
    public static func replace(_ path: String, _ bytes: [UInt8]) throws(StreamError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let file = try PrivateFolder(PrivateFolder.parent(of: path)).create(name)
        try bytes.withBytes { (bytes) throws(StreamError) in try file.write(bytes) }
        try file.publish()
    }

    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether it is a file, and no folder, pipe or device.
    package static func isFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What a path leads to, with links followed; the path itself where nothing is there.
    package static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

/// A file that is read from front to back, as often as `rewound` is called.
public struct FileSource: ByteSource, Sendable {
    private let file: Descriptor
    private var offset = 0
    private let size: Int
    private let modified: timespec

    public init(_ path: String) throws(StreamError) {
        file = try Descriptor(path, O_RDONLY, to: .read)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StreamError(
                .read, path, status.st_mode & S_IFMT == S_IFDIR ? .isFolder : .notRegular)
        }
        size = Int(status.st_size)
        modified = status.st_mtim
    }

    /// The same file from its beginning. Fails where it was changed since.
    public func rewound() throws(StreamError) -> FileSource {
        let status = try file.status()
        guard Int(status.st_size) == size, status.st_mtim.tv_sec == modified.tv_sec,
            status.st_mtim.tv_nsec == modified.tv_nsec
        else { throw StreamError(.read, file.path, .changedMeanwhile) }
        var copy = self
        copy.offset = 0
        return copy
    }

    public mutating func read(into bytes: inout MutableRawSpan) throws(StreamError) -> Int {
        let place = off_t(offset)
        let count = unsafe bytes.withUnsafeMutableBytes { bytes in
            retrying { unsafe pread(file.number, bytes.baseAddress, bytes.count, place) }
        }
        guard count >= 0 else { throw .system(.read, file.path) }
        offset += count
        return count
    }
}

/// A file that is read from any place.
public final class ReadableFile: RandomAccessBytes, Sendable {
    private let file: Descriptor
    public let byteCount: Int

    public init(_ path: String) throws(StreamError) {
        file = try Descriptor(path, O_RDONLY, to: .read)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw StreamError(.read, path, .notRegular) }
        byteCount = Int(status.st_size)
    }

    public func read(at offset: Int, into bytes: inout MutableRawSpan) throws(StreamError) {
        try file.readAll(at: offset, into: &bytes)
    }
}
