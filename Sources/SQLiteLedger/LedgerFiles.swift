internal import Glibc
internal import PollingDesk

/// Where a ledger lies: the file itself, two that SQLite keeps beside it
/// (`-wal`, `-shm`), and the lock (`-lock`), which stays when nobody uses it, and
/// remembers how far the ledger had come.
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
    /// Where SQLite keeps what its connections share.
    var sharedMemory: String { path + "-shm" }
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

    /// Refuses a place where two programs could have one ledger open and not see
    /// each other.
    ///
    /// A file can be mounted over another one. Then it has two paths, and the files
    /// that SQLite and this module keep beside it are others for each. A folder can be
    /// mounted twice without harm: all its files are the same under both paths.
    func checkPlace() throws(Failure) {
        switch try FileSystemKind(of: folder) {
        case .local: break
        case .shared(let name): throw .refused(.unsafePlace(path: path, .sharedFileSystem(name)))
        case .unknown(let type): throw .refused(.unsafePlace(path: path, .unknownFileSystem(type)))
        }
        guard let home = FileSystem.status(of: folder) else { throw .system(.reachFolder, path) }
        for path in [path, log, sharedMemory, lock] {
            guard let status = FileSystem.status(of: path, followingLink: false) else {
                guard errno == ENOENT else { throw .system(.reach, path) }
                continue
            }
            guard status.isFile else { throw .refused(.unsafePlace(path: path, .notAFile)) }
            guard !status.isMountRoot, status.mount == home.mount else {
                throw .refused(.unsafePlace(path: path, .mounted))
            }
        }
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
        for path in [path, sharedMemory, lock] {
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

    /// Refuses a write-ahead log that has something, where nothing is remembered of it: it
    /// may be another ledger's, or that of another state of this one.
    func refuseForeignLog(_ memory: LedgerMemory) throws(Failure) {
        guard memory.entries == nil, (FileSystem.status(of: log)?.size ?? 0) > 0 else { return }
        throw .refused(.unsafePlace(path: path, .notClosed(memory: lock)))
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
    ///
    /// - Parameter least: how long the write-ahead log was after the last commit. Cut off, it
    ///   would be written on behind a hole, and SQLite would copy zeros from it: a checkpoint
    ///   looks at no frame's sum.
    func look(logOf least: Int = 0) throws(Failure) {
        for file in files {
            guard let status = FileSystem.status(of: file.path), status.identity == file.identity else {
                throw .undecided(.moved, path: file.path)
            }
            let isLedger = file.path == files[0].path
            if isLedger, status.size < size || status.size % Schema.pageSize != 0 {
                throw .undecided(.cutOff, path: file.path)
            }
        }
        guard let size = logSize() else { throw .undecided(.moved, path: log) }
        guard size >= least else { throw .undecided(.cutOff, path: log) }
    }

    /// How long the write-ahead log is; nil where there is none.
    ///
    /// Without its times: since Linux 6.13, to ask for these makes a file's next write
    /// dearer, and every commit writes this one. `stat(2)` took a sixth off the rate.
    func logSize() -> Int? { FileSystem.status(of: log)?.size }
}
