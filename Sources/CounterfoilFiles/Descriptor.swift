internal import Counterfoil
internal import Glibc

/// An open file, closed when the last reference goes.
final class Descriptor: Sendable {
    let number: Int32
    let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600, to operation: StreamError.Operation)
        throws(StreamError)
    {
        let number = retrying { unsafe open(path, flags | O_CLOEXEC, mode) }
        guard number >= 0 else { throw .system(operation, path) }
        self.number = number
        self.path = path
    }

    /// A new file without a name, or, where the file system has no such thing,
    /// with the given one.
    static func unseen(
        in folder: String, orNamed temporary: String
    ) throws(StreamError) -> (Descriptor, isNameless: Bool) {
        // glibc's O_TMPFILE is a macro that Swift does not import.
        let nameless: Int32 = 0o20_000_000 | O_DIRECTORY
        let number = retrying { unsafe open(folder, nameless | O_WRONLY | O_CLOEXEC, 0o600) }
        if number >= 0 { return (Descriptor(adopting: number, path: folder), true) }
        guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else {
            throw .system(.createInside, folder)
        }
        try erase(temporary)
        let file = try Descriptor(temporary, O_WRONLY | O_CREAT | O_EXCL, to: .create)
        return (file, false)
    }

    /// Gives a nameless file its name. False where something has that name.
    func giveName(_ path: String) throws(StreamError) -> Bool {
        if unsafe linkat(AT_FDCWD, "/proc/self/fd/\(number)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 {
            return true
        }
        guard errno == EEXIST else { throw .system(.create, path) }
        return false
    }

    /// Overwrites and removes what a killed run left under a temporary name: a
    /// key may be in it, or codes.
    static func erase(_ path: String) throws(StreamError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let file = isFile ? try Descriptor(path, O_WRONLY | O_NOFOLLOW, to: .overwrite) : nil
        // What has another name, or was just given one, is somebody's finished file.
        guard unsafe unlink(path) == 0, let file, try file.status().st_nlink == 0 else { return }
        try file.zero(0..<Int(status.st_size))
    }

    init(adopting number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    func status() throws(StreamError) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .system(.inspect, path) }
        return status
    }

    func writeAll(_ bytes: borrowing RawSpan) throws(StreamError) {
        var written = 0
        while written < bytes.byteCount {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                retrying { unsafe write(number, bytes.baseAddress! + written, bytes.count - written) }
            }
            guard count > 0 else { throw .system(.write, path) }
            written += count
        }
    }

    /// Zero at the end.
    func readSome(into bytes: inout MutableRawSpan) throws(StreamError) -> Int {
        let count = unsafe bytes.withUnsafeMutableBytes { bytes in
            retrying { unsafe read(number, bytes.baseAddress, bytes.count) }
        }
        guard count >= 0 else { throw .system(.read, path) }
        return count
    }

    func readAll(at offset: Int, into bytes: inout MutableRawSpan) throws(StreamError) {
        var done = 0
        while done < bytes.byteCount {
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                retrying {
                    unsafe pread(number, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
                }
            }
            guard count >= 0 else { throw .system(.read, path) }
            guard count > 0 else { throw StreamError(.read, path, .shortened) }
            done += count
        }
    }

    func writeAll(at offset: Int, _ bytes: borrowing RawSpan) throws(StreamError) {
        var done = 0
        while done < bytes.byteCount {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                retrying {
                    unsafe pwrite(number, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
                }
            }
            guard count > 0 else { throw .system(.write, path) }
            done += count
        }
    }

    /// Overwrites a part with zeros, durably.
    func zero(_ range: Range<Int>) throws(StreamError) {
        let zeros = [UInt8](repeating: 0, count: min(range.count, 1 << 18))
        for place in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 18) {
            let count = min(zeros.count, range.upperBound - place)
            try zeros.withBytes { (zeros) throws(StreamError) in
                try writeAll(at: place, zeros.extracting(0..<count))
            }
        }
        try sync()
    }

    func sync() throws(StreamError) {
        guard fsync(number) == 0 else { throw .system(.sync, path) }
    }

    deinit { close(number) }
}
