internal import CCounterfoilSystem
internal import Glibc
internal import PollingDesk

/// The few calls to the system that this module needs.
enum FileSystem {
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    struct Status {
        let identity: Identity
        let isFile: Bool
        let permissions: UInt32
        let links: Int
        let size: Int
        /// The mount that it is reached through.
        let mount: UInt64
        let isMountRoot: Bool
    }

    /// Something is there, if only a symbolic link to nothing.
    static func exists(_ path: String) -> Bool { status(of: path, followingLink: false) != nil }

    /// Nil where there is nothing, or nothing that can be seen.
    static func status(of path: String, followingLink: Bool = true) -> Status? {
        var found = counterfoil_place()
        guard unsafe counterfoil_look(path, followingLink ? 1 : 0, &found) == 0 else { return nil }
        return Status(
            identity: Identity(device: found.device, number: found.number),
            isFile: found.mode & S_IFMT == S_IFREG, permissions: found.mode & 0o7777,
            links: Int(found.links), size: Int(found.size), mount: found.mount,
            isMountRoot: found.is_mount_root != 0)
    }

    static func realPath(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Makes an empty file that its owner alone can read; never opens one.
    static func makePrivate(_ path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(.make, path) }
        close(descriptor)
    }

    /// Gives the file a new name, which must be free.
    static func move(_ old: String, to new: String) throws(Failure) {
        // `rename` would overwrite what somebody has put there meanwhile.
        guard unsafe link(old, new) == 0 else {
            throw errno == EEXIST ? .refused(.exists(.file(new))) : .system(.make, new)
        }
        remove(old)
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Writes a file, or the names in a folder, to the disk.
    static func sync(_ path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(.open, path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(.sync, path) }
    }
}
