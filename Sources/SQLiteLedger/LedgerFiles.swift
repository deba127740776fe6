internal import Glibc
internal import PollingDesk

/// Where a ledger lies: the file itself, two that SQLite keeps beside it
/// (`-wal`, `-shm`), and the lock (`-lock`), which stays when nobody uses it, and
/// remembers how much the ledger itself held when it was last looked at.
///
/// Never opens the ledger file itself: closing a second descriptor on it would
/// drop the locks that SQLite holds in this process (POSIX, `fcntl(2)`).
struct LedgerFiles: Sendable {
    /// With symbolic links resolved: one file has one lock, by whatever name
    /// it is opened.
    let path: String

    var lock: String { path + "-lock" }
    /// What SQLite keeps committed changes in until they are copied.
    var log: String { path + "-wal" }
    /// A ledger that is being made, until it is complete. No copy of a ledger
    /// gets this name: a file with this name is removed.
    var unfinished: String {
        let name = path.utf8.lastIndex(of: 0x2F)!
        return "\(path[...name]).\(path[path.utf8.index(after: name)...]).partial"
    }

    /// Of a file that is there.
    init(existing path: String) throws(Failure) {
        guard let real = FileSystem.realPath(path) else {
            throw errno == ENOENT ? .refused(.missing(.file(path))) : .system(.reach, path)
        }
        self.path = real
    }

    /// Of a file that is not there yet, in a folder that is.
    init(new path: String) throws(Failure) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, !name.isEmpty, name != ".", name != ".." else {
            throw .refused(.unsafePlace(path: path, .noName))
        }
        let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/") + "/"
        guard let real = FileSystem.realPath(folder) else {
            throw .system(.reachFolder, path)
        }
        self.path = (real == "/" ? "" : real) + "/" + name
    }

    var folder: String {
        let name = path.utf8.lastIndex(of: 0x2F)!
        return name == path.startIndex ? "/" : String(path[..<name])
    }

    /// Refuses what cannot be a ledger, and what others could have read.
    func check() throws(Failure) {
        guard let status = FileSystem.status(of: path) else { throw .system(.reach, path) }
        let danger: LedgerPlace.Danger? =
            if !status.isFile {
                .notAFile
            } else if status.size == 0 {
                .empty
            } else if status.permissions & 0o077 != 0 {
                .openToOthers
            } else if status.links != 1 {
                // SQLite's files beside it would have another name under each of the links.
                .hardLink
            } else {
                nil
            }
        if let danger { throw .refused(.unsafePlace(path: path, danger)) }
    }

    /// Refuses a file that ends within a page. SQLite would read zeros there.
    /// For a ledger whose write-ahead log is empty: if it is not, the page may be
    /// in it.
    func checkEnd() throws(Failure) {
        guard isWhole else { throw .damaged(.endsWithinPage) }
    }

    /// Writes the content of the write-ahead log once more, the same bytes in
    /// their places, and syncs it. The caller holds the lock, and is about to
    /// make a checkpoint.
    ///
    /// When a sync fails, Linux takes the pages that could not be written for
    /// written, and no later sync tries them again. They can still be read, so
    /// SQLite would copy frames to the ledger that the disk does not have. A
    /// power cut within that checkpoint would then leave half a transaction, with
    /// no log to complete it. What is written anew is synced anew.
    ///
    /// SQLite locks the ledger and the shared memory, never the log: a second
    /// descriptor does no harm here.
    func rewriteLog() throws(Failure) {
        let descriptor = unsafe open(log, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw .system(.open, log)
        }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var place: off_t = 0
        while true {
            let count = unsafe pread(descriptor, &chunk, chunk.count, place)
            guard count >= 0 else { throw .system(.read, log) }
            if count == 0 { break }
            guard unsafe pwrite(descriptor, chunk, count, place) == count else {
                throw .system(.write, log)
            }
            place += off_t(count)
        }
        guard place == 0 || fdatasync(descriptor) == 0 else {
            throw .system(.sync, log)
        }
    }

    /// What all files of the ledger are at this moment.
    func watch() throws(Failure) -> LedgerWatch {
        var files: [(String, FileSystem.Identity)] = []
        for path in [path, path + "-shm", lock] {
            guard let status = FileSystem.status(of: path) else { throw .system(.reach, path) }
            files.append((path, status.identity))
        }
        return LedgerWatch(files: files, size: try size(), log: log)
    }

    private func size() throws(Failure) -> Int {
        guard let status = FileSystem.status(of: path) else { throw .system(.reach, path) }
        return status.size
    }

    /// Whether the file consists of whole pages.
    var isWhole: Bool { FileSystem.status(of: path).map { $0.size % Schema.pageSize == 0 } ?? false }

    /// Refuses changes that an earlier ledger of this name has left: SQLite would
    /// take them for changes of the new one.
    func refuseLeftovers() throws(Failure) {
        for left in [log, path + "-journal"] where (FileSystem.status(of: left)?.size ?? 0) > 0 {
            throw .refused(.unsafePlace(path: left, .leftover))
        }
    }

    /// Removes what an attempt to make a ledger has left.
    func removeUnfinished() {
        for suffix in ["", "-wal", "-shm", "-journal"] { FileSystem.remove(unfinished + suffix) }
    }
}

/// Notices that a file of the ledger was moved, replaced, deleted or cut off
/// while it was in use. Later changes would go to a file without a name, and be
/// lost. Later reading would find a hole.
struct LedgerWatch: Sendable {
    /// The ledger itself first.
    fileprivate let files: [(path: String, identity: FileSystem.Identity)]
    /// How long the ledger was: it never shrinks.
    fileprivate let size: Int
    fileprivate let log: String

    /// Throws what happened to the first file that is no longer what it was.
    func look() throws(Failure) {
        for file in files {
            guard let status = FileSystem.status(of: file.path), status.identity == file.identity else {
                throw .undecided(.moved, path: file.path)
            }
            let isLedger = file.path == files[0].path
            if isLedger, status.size < size || status.size % Schema.pageSize != 0 {
                throw .undecided(.cutOff, path: file.path)
            }
        }
        // Only whether it is there. Since Linux 6.13, asking for a file's
        // times makes its next write dearer, and every commit writes this
        // file: `stat(2)` took a sixth off the rate.
        guard FileSystem.isThere(log) else { throw .undecided(.moved, path: log) }
    }
}

/// The lock that keeps every write transaction and every checkpoint of a ledger
/// to itself, across threads and processes: `flock(2)` on a file of its own.
///
/// SQLite's own locks would do for correctness, but for two things. Versions
/// from 3.7.0 to 3.51.2 can corrupt the file when one connection checkpoints
/// while another writes and resets the log (sqlite.org/wal.html, "the WAL-reset
/// bug"). And a connection that finds SQLite's lock taken sleeps and tries again:
/// the worst wait is several times longer than in a queue of the kernel's.
@safe struct FileLock: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(Failure) {
        self.path = path
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { throw .system(.open, path) }
    }

    /// Runs `body` while nobody else has the lock.
    func held<R: ~Copyable>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try acquire()
        defer { release() }
        return try body()
    }

    /// Waits until nobody else has it.
    func acquire() throws(Failure) {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system(.lock, path) }
        }
    }

    func release() { _ = flock(descriptor, LOCK_UN) }

    /// How many log entries the ledger itself held, without its write-ahead log,
    /// when that was last known. It is never more than the ledger holds, unless
    /// somebody puts an older copy in its place. So it need not be synced.
    func remember(entries: Int) {
        let digits = String(entries)
        let number = String(repeating: "0", count: max(0, 20 - digits.count)) + digits
        // Twice, so that a write that was torn says nothing.
        let line = Array("entries \(number) \(number)\n".utf8)
        _ = unsafe pwrite(descriptor, line, line.count, 0)
    }

    /// Nil where nothing is remembered.
    var remembered: Int? {
        var line = [UInt8](repeating: 0, count: 64)
        let count = unsafe pread(descriptor, &line, line.count, 0)
        guard count == 50 else { return nil }
        let words = String(decoding: line[..<49], as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[0] == "entries", words[1] == words[2] else { return nil }
        return Int(words[1])
    }

    deinit { close(descriptor) }
}

/// The few calls to the system that this module needs.
enum FileSystem {
    struct Identity: Hashable, Sendable {
        let device: UInt
        let number: UInt
    }

    struct Status {
        let identity: Identity
        let isFile: Bool
        let permissions: UInt32
        let links: Int
        let size: Int
    }

    /// Something is there, if only a symbolic link to nothing.
    static func exists(_ path: String) -> Bool {
        var s = stat()
        return unsafe lstat(path, &s) == 0
    }

    /// The same, following a link, without a look at it.
    static func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Nil where there is nothing, or nothing that can be seen.
    static func status(of path: String) -> Status? {
        var s = stat()
        guard unsafe stat(path, &s) == 0 else { return nil }
        return Status(
            identity: Identity(device: UInt(s.st_dev), number: UInt(s.st_ino)),
            isFile: s.st_mode & S_IFMT == S_IFREG, permissions: s.st_mode & 0o7777,
            links: Int(s.st_nlink), size: Int(s.st_size))
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
