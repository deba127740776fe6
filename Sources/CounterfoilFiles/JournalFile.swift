package import Counterfoil
internal import Glibc

/// A file that one process appends to, 0600, and locked for as long as it is open.
/// By that lock others can tell that its process is at work; what a process left
/// that has ended they can adopt.
package final class JournalFile: Sendable {
    private let file: Descriptor

    /// A new file. A random number follows `prefix` in its name.
    package static func create(_ prefix: String) throws(StreamError) -> JournalFile {
        while true {
            let path = "\(prefix)\(UInt32.random(in: 0...UInt32.max))"
            let file: Descriptor
            do throws(StreamError) {
                file = try Descriptor(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, to: .create)
            } catch {
                guard case .exists = error.reason else { throw error }
                continue
            }
            // Somebody may have adopted it in between, and then removes it, or has.
            guard isFree(file), try file.status().st_nlink == 1 else { continue }
            try PrivateFolder.sync(PrivateFolder.parent(of: path))
            return JournalFile(file)
        }
    }

    /// Those that processes left which have ended.
    package static func adopt(_ prefix: String) throws(StreamError) -> [JournalFile] {
        let folder = PrivateFolder.parent(of: prefix)
        let start = prefix.split(separator: "/").last.map(String.init) ?? prefix
        var left: [JournalFile] = []
        for name in try PrivateFolder(folder).names() where name.hasPrefix(start) {
            guard name.dropFirst(start.count).allSatisfy(\.isNumber) else { continue }
            let file: Descriptor
            do throws(StreamError) {
                file = try Descriptor("\(folder)/\(name)", O_RDWR | O_APPEND | O_NOFOLLOW, to: .open)
            } catch {
                // Another process has adopted it, and is done with it.
                guard case .missing = error.reason else { throw error }
                continue
            }
            // Another user's says nothing that this one may believe. And one may have been
            // removed by somebody before it was locked here.
            guard try file.status().st_uid == geteuid(), isFree(file),
                try file.status().st_nlink == 1
            else { continue }
            left.append(JournalFile(file))
        }
        return left
    }

    private init(_ file: Descriptor) { self.file = file }

    private static func isFree(_ file: Descriptor) -> Bool {
        retrying { flock(file.number, LOCK_EX | LOCK_NB) } == 0
    }

    /// All that is in it, at most 1 GiB.
    package func contents() throws(StreamError) -> [UInt8] {
        let size = Int(try file.status().st_size)
        guard size <= 1 << 30 else { throw StreamError(.read, file.path, .tooLarge(limit: 1 << 30)) }
        var bytes = [UInt8](repeating: 0, count: size)
        guard size > 0 else { return bytes }
        try bytes.withMutableBytes { (bytes) throws(StreamError) in try file.readAll(at: 0, into: &bytes) }
        return bytes
    }

    /// Appends, and returns when it is on the disk.
    package func append(durably bytes: [UInt8]) throws(StreamError) {
        try append(bytes)
        try file.sync()
    }

    /// Appends. It outlives this process, and perhaps not a power cut.
    package func append(_ bytes: [UInt8]) throws(StreamError) {
        try bytes.withBytes { (bytes) throws(StreamError) in try file.writeAll(bytes) }
    }

    /// Nothing in it is needed any more. What is left of a file that cannot be
    /// removed is adopted again.
    package func remove() { _ = unsafe unlink(file.path) }
}
