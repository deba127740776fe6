internal import CCounterfoilSQLite
internal import PollingDesk

/// A connection to a database file. With `Statement`, the only place that calls
/// SQLite; every status is looked at here.
///
/// Sendable is unchecked: SQLite's own locks between threads are switched off.
/// A connection and its statements may move from thread to thread, and must be
/// used by one at a time; that is the mutex in `SQLiteLedger`.
@safe struct Database: ~Copyable, @unchecked Sendable {
    enum Mode {
        /// An existing file; none is ever made by opening it.
        case writing
        /// Nothing is written to the database file. SQLite may still need its
        /// two files beside it, and makes them if there are none.
        case reading
        /// A file that nobody can write: no locks, no files beside it.
        case frozen
        /// In memory, for a look at what a schema comes to.
        case memory
        /// A file without a name, gone with the connection. What does not fit
        /// into the cache lies in the system's folder for such files.
        case temporary
    }

    /// The file; empty where it has no name.
    let path: String
    private let handle: OpaquePointer
    /// Where the hook leaves the number of frames in the write-ahead log after
    /// each commit. On the heap, because SQLite keeps the address.
    private let frames: UnsafeMutablePointer<Int32>

    init(_ path: String, _ mode: Mode) throws(Failure) {
        var name = path
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch mode {
        case .writing: flags |= SQLITE_OPEN_READWRITE
        case .reading: flags |= SQLITE_OPEN_READONLY
        case .frozen:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = "file:\(Self.escaped(path))?immutable=1"
        case .memory:
            flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
            name = ":memory:"
        case .temporary:
            flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            name = ""
        }
        var handle: OpaquePointer?
        let status = unsafe sqlite3_open_v2(name, &handle, flags, nil)
        guard status == SQLITE_OK, let opened = unsafe handle else {
            let error = unsafe Failure(status, handle)
            // A handle is made even by an attempt that fails.
            _ = unsafe sqlite3_close(handle)
            throw error
        }
        self.path = path
        unsafe self.handle = opened
        unsafe frames = .allocate(capacity: 1)
        unsafe frames.initialize(to: 0)
        unsafe sqlite3_busy_timeout(opened, Int32(Self.patience) * 1000)
        // This replaces SQLite's own hook, the one that would checkpoint by itself.
        _ = unsafe sqlite3_wal_hook(
            opened,
            { frames, _, _, count in
                unsafe frames!.assumingMemoryBound(to: Int32.self).pointee = count
                return SQLITE_OK
            }, frames)
    }

    /// For how many seconds a connection waits for a lock that another one has.
    static let patience = 10

    /// Waits less long from now on.
    func wait(atMost seconds: Int32) { unsafe sqlite3_busy_timeout(handle, seconds * 1000) }

    /// Statements that are still there keep SQLite's side of the connection
    /// alive until they go; `Connection` holds both and lets go of both at once.
    deinit {
        _ = unsafe sqlite3_close_v2(handle)
        unsafe frames.deallocate()
    }

    func prepare(_ sql: String) throws(Failure) -> Statement {
        var statement: OpaquePointer?
        let status = unsafe sqlite3_prepare_v3(
            handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard status == SQLITE_OK, let statement = unsafe statement else {
            throw unsafe Failure(status, handle)
        }
        return unsafe Statement(owning: statement)
    }

    /// Runs statements that have no parameters and whose rows are of no interest.
    func execute(_ sql: String) throws(Failure) {
        let status = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard status == SQLITE_OK else { throw unsafe Failure(status, handle) }
    }

    /// The first column of the first row, as a number: a pragma, a count.
    func number(_ sql: String) throws(Failure) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The first column of the first row, as text.
    func text(_ sql: String) throws(Failure) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.text(0) : nil
    }

    /// Reads every page, and throws if one is not what it should be.
    func check() throws(Failure) {
        guard let found = try text("PRAGMA quick_check(1)"), found == "ok" else {
            throw .damaged(.page)
        }
    }

    /// Rows that the last statement changed.
    var changes: Int { Int(unsafe sqlite3_changes(handle)) }

    /// False outside a transaction: one that SQLite ended by itself, on a full
    /// disk for instance, has been rolled back.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Frames in the write-ahead log after the last commit of this connection.
    var framesInLog: Int { Int(unsafe frames.pointee) }

    enum Checkpoint {
        /// Copies what it can without waiting for anybody.
        case passive
        /// Waits for readers, copies every frame, and empties the log.
        case complete
    }

    /// Copies frames from the write-ahead log to the database, and syncs both.
    /// Returns how many there are and how many of them were copied.
    func checkpoint(_ kind: Checkpoint) throws(Failure) -> (frames: Int, copied: Int) {
        var frames: Int32 = 0
        var copied: Int32 = 0
        let mode = kind == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
        let status = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, &frames, &copied)
        guard status == SQLITE_OK else { throw unsafe Failure(status, handle) }
        return (Int(frames), Int(copied))
    }

    /// Takes a copy of another database, as it is at one moment.
    func copy(_ other: borrowing Database) throws(Failure) {
        guard let backup = unsafe sqlite3_backup_init(handle, "main", other.handle, "main") else {
            throw unsafe Failure(sqlite3_errcode(handle), handle)
        }
        // All pages in one step: in several, each change would begin it anew,
        // and it might never end.
        let status = unsafe sqlite3_backup_step(backup, -1)
        let finished = unsafe sqlite3_backup_finish(backup)
        guard status == SQLITE_DONE, finished == SQLITE_OK else {
            throw unsafe Failure(status == SQLITE_DONE ? finished : status, handle)
        }
    }

    enum Switch {
        /// Refuses what SQL could do to damage the file on purpose.
        case defensive
        /// Leaves the write-ahead log alone when the last connection closes.
        case noCheckpointOnClose
    }

    func set(_ which: Switch, _ isOn: Bool = true) throws(Failure) {
        let code =
            switch which {
            case .defensive: SQLITE_DBCONFIG_DEFENSIVE
            case .noCheckpointOnClose: SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
            }
        let status = unsafe counterfoil_sqlite3_switch(handle, code, isOn ? 1 : 0)
        guard status == SQLITE_OK else { throw unsafe Failure(status, handle) }
    }

    /// A path as SQLite's `file:` names want it.
    private static func escaped(_ path: String) -> String {
        var name: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case 0x25, 0x3F, 0x23:  // % ? #
                let digits = Array("0123456789ABCDEF".utf8)
                name += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: name.append(byte)
            }
        }
        return String(decoding: name, as: UTF8.self)
    }
}

extension Failure {
    /// After the call that returned this code, on this connection.
    fileprivate init(_ code: Int32, _ handle: OpaquePointer?) {
        let isAboutSystem = [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_FULL].contains(code & 0xFF)
        self = unsafe .sqlite(
            code: code, words: String(cString: sqlite3_errmsg(handle)),
            errno: isAboutSystem ? sqlite3_system_errno(handle) : 0)
    }

    /// After the call that returned this code, on this statement.
    init(_ code: Int32, statement: OpaquePointer) {
        self = unsafe Failure(code, sqlite3_db_handle(statement))
    }
}
