internal import Counterfoil
internal import Glibc

/// Whose a file is, and who could put another one in its place.
///
/// A key that somebody else made is worse than none: it works, and they know it. So
/// keys are read and made only where nobody else can have put them. Root can do
/// anything, and is trusted.
extension Descriptor {
    /// Refuses what is another user's.
    func expectOwn(to operation: StreamError.Operation) throws(StreamError) {
        guard Self.isOurs(try status().st_uid) else { throw StreamError(operation, path, .ownedByAnother) }
    }

    /// Takes a folder that was left for this user's own, and closes it to others.
    /// Refuses one that others could have left, or put something into.
    func adoptFolder(to operation: StreamError.Operation) throws(StreamError) {
        let status = try status()
        guard status.st_uid == geteuid() else { throw StreamError(operation, path, .ownedByAnother) }
        guard status.st_mode & 0o022 == 0 else {
            throw StreamError(operation, path, .folderOpenToOthers(path))
        }
        guard fchmod(number, 0o700) == 0 else { throw .system(operation, path) }
    }

    /// Refuses a file that others could move away, to put another one in its place.
    static func expectSafePath(
        to operation: StreamError.Operation, file path: String
    ) throws(StreamError) {
        guard let real = unsafe realpath(path, nil) else { throw .system(operation, path) }
        defer { unsafe free(real) }
        try expectSafe(PrivateFolder.parent(of: unsafe String(cString: real)), to: operation, path)
    }

    /// The same, for what is about to be made or read in a folder.
    static func expectSafePath(
        to operation: StreamError.Operation, folder path: String
    ) throws(StreamError) {
        guard let real = unsafe realpath(path, nil) else { throw .system(operation, path) }
        defer { unsafe free(real) }
        try expectSafe(unsafe String(cString: real), to: operation, path)
    }

    /// In a folder like `/tmp`, which has the sticky bit, anybody may give names, but
    /// take away only their own.
    private static func expectSafe(
        _ innermost: String, to operation: StreamError.Operation, _ path: String
    ) throws(StreamError) {
        var folder = innermost
        while true {
            var status = stat()
            guard unsafe lstat(folder, &status) == 0 else { throw .system(operation, path) }
            let isOpen = status.st_mode & 0o022 != 0 && status.st_mode & S_ISVTX == 0
            guard isOurs(status.st_uid), !isOpen else {
                throw StreamError(operation, path, .folderOpenToOthers(folder))
            }
            if folder == "/" { return }
            folder = PrivateFolder.parent(of: folder)
        }
    }

    private static func isOurs(_ user: uid_t) -> Bool { user == geteuid() || user == 0 }
}
