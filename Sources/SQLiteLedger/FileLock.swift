internal import CCounterfoilSystem
internal import Glibc
internal import PollingDesk

/// The lock that keeps every write transaction and every checkpoint of a ledger
/// to itself, across threads and processes: `flock(2)` on a file of its own.
///
/// SQLite's own locks would do for correctness, but for two things. Versions
/// from 3.7.0 to 3.51.2 can corrupt the file when one connection checkpoints
/// while another writes and resets the log (sqlite.org/wal.html, "the WAL-reset
/// bug"). And a connection that finds SQLite's lock taken sleeps and tries again:
/// the worst wait is several times longer than in a queue of the kernel's.
///
/// The file also remembers how far the ledger had come (`LedgerMemory`), and one
/// of its bytes is locked by every desk that has the ledger open, so that the last
/// one to close it knows that it is the last.
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

    // MARK: Desks

    /// Says that a desk has the ledger open, until `leave` or the end of this lock.
    func join() throws(Failure) {
        guard counterfoil_lock_byte(descriptor, Self.desks, Int16(F_RDLCK)) == 0 else {
            throw .system(.lock, path)
        }
    }

    /// Whether no other desk has it open. The caller has joined, and holds the lock,
    /// so that nobody joins meanwhile.
    func isLast() -> Bool { counterfoil_lock_byte(descriptor, Self.desks, Int16(F_WRLCK)) == 0 }

    func leave() { _ = counterfoil_lock_byte(descriptor, Self.desks, Int16(F_UNLCK)) }

    /// Far after the end of the file: the byte need not be there.
    private static var desks: off_t { 1 << 40 }

    // MARK: What it remembers

    func recall() -> LedgerMemory { LedgerMemory(descriptor) }

    /// Notes how many entries of the log the ledger itself holds, without its
    /// write-ahead log. A checkpoint has copied and synced them.
    func remember(copied entries: Int) { LedgerMemory.write(copied: entries, to: descriptor) }

    /// Notes how many entries of the log are on the disk, and how long the write-ahead log
    /// is that has the last of them.
    func remember(entries: Int, log bytes: Int) {
        LedgerMemory.write(entries: entries, to: descriptor)
        remember(log: bytes)
    }

    /// Notes how long the write-ahead log is, in bytes: zero before it is emptied.
    func remember(log bytes: Int) { LedgerMemory.write(log: bytes, to: descriptor) }

    /// Makes the file durable, with what it remembers and with its name.
    func sync(in folder: String) throws(Failure) {
        guard fsync(descriptor) == 0 else { throw .system(.sync, path) }
        try FileSystem.sync(folder)
    }

    deinit { close(descriptor) }
}

/// What the file of a ledger's lock remembers of it.
///
/// All numbers are written after what they speak of is on the disk. So they are
/// never more than the ledger holds, unless somebody takes something of it away.
/// They outlive a kill, and need no sync of their own: a power cut leaves an older
/// number, which is smaller. A disk writes a sector whole or not at all, and all of
/// this lies in one. That there is a number at all is synced before a desk's first
/// change.
struct LedgerMemory {
    /// Log entries that the ledger itself held, without its write-ahead log.
    let copied: Int?
    /// Log entries that were on the disk before anybody was told of them.
    let entries: Int?
    /// How long the write-ahead log was at least, in bytes, after the last commit.
    let log: Int?

    /// Of a lock's file that is there; nothing is remembered where it is not.
    init(reading path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .system(.open, path) }
            self.init(copied: nil, entries: nil, log: nil)
            return
        }
        defer { close(descriptor) }
        self.init(descriptor)
    }

    private init(copied: Int?, entries: Int?, log: Int?) {
        self.copied = copied
        self.entries = entries
        self.log = log
    }

    fileprivate init(_ descriptor: Int32) {
        var text = [UInt8](repeating: 0, count: 3 * Self.length)
        let count = unsafe pread(descriptor, &text, text.count, 0)
        let found = text.prefix(max(0, count))
        self.init(
            copied: Self.number("copied", found.prefix(Self.length)),
            entries: Self.number("entries", found.dropFirst(Self.length).prefix(Self.length)),
            log: Self.number("log", found.dropFirst(2 * Self.length)))
    }

    fileprivate static func write(copied: Int, to descriptor: Int32) {
        write("copied", copied, at: 0, to: descriptor)
    }

    fileprivate static func write(entries: Int, to descriptor: Int32) {
        write("entries", entries, at: off_t(length), to: descriptor)
    }

    fileprivate static func write(log bytes: Int, to descriptor: Int32) {
        write("log", bytes, at: off_t(2 * length), to: descriptor)
    }

    /// A word of eight places, the number twice, and the end of the line.
    private static var length: Int { 50 }

    private static func write(_ word: String, _ number: Int, at place: off_t, to descriptor: Int32) {
        var line = [UInt8](repeating: 0x20, count: length)
        for (place, byte) in word.utf8.enumerated() { line[place] = byte }
        var rest = UInt(number)
        for place in (0..<20).reversed() {
            let digit = 0x30 + UInt8(rest % 10)
            (line[8 + place], line[29 + place]) = (digit, digit)
            rest /= 10
        }
        line[length - 1] = 0x0A
        // One that fails leaves a smaller number, which refuses less.
        _ = unsafe pwrite(descriptor, line, line.count, place)
    }

    /// Nil where it is not such a line.
    private static func number(_ word: String, _ line: ArraySlice<UInt8>) -> Int? {
        guard line.count == length else { return nil }
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[0] == word, words[1] == words[2] else { return nil }
        return Int(words[1])
    }
}
