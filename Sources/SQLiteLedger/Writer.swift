internal import Counterfoil
internal import PollingDesk

/// A connection that writes, with its statements prepared once and kept.
///
/// The caller holds the ledger's lock for the whole of every call.
struct Writer: ~Copyable {
    let database: Database
    let election: Election

    let sql: Statements
    let known = Known()
    /// The size of the write-ahead log, in frames, at the last checkpoint.
    private var checkpointed = 0
    /// How many log entries the file itself holds, since a checkpoint has copied
    /// all there was.
    private var copied: Int?
    /// How many log entries a commit has made.
    private var written: Int?
    /// Whether the ledger's file says that a desk has it open.
    private var isMarked: Bool
    /// How many entries of the log the lock remembers.
    var remembered: Int?

    /// Sets the connection up so that a commit is on the disk when it returns. A file
    /// that is being made is not marked open: nobody has it open.
    init(_ database: consuming Database, election: Election, marks: Bool = true) throws(Failure) {
        isMarked = !marks
        try database.set(.defensive)
        try database.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -\(Self.cache);
            """)
        // A pragma that does not work says nothing: ask.
        let mode = try database.text("PRAGMA journal_mode = WAL")
        let synchronous = try database.number("PRAGMA synchronous")
        let automatic = try database.number("PRAGMA wal_autocheckpoint")
        for (setting, isRight) in [
            ("journal_mode", mode == "wal"), ("synchronous", synchronous == 2),
            ("wal_autocheckpoint", automatic == 0),
        ] where !isRight {
            throw .refused(.notDurable(.file(database.path), setting: setting))
        }

        sql = try Statements(database)
        self.database = database
        self.election = election
    }

    // MARK: Transactions

    /// Copies every frame of the write-ahead log to the database file, and
    /// empties the log. Needed before anything is answered: see `SQLiteLedger`.
    func recover() throws(Failure) {
        let frames: Int
        let copied: Int
        do { (frames, copied) = try database.checkpoint(.complete) } catch {
            guard error.isBusy, case .locked(let fault, _, let seconds) = error.told(of: database.path)
            else { throw error }
            throw .refused(.locked(fault, by: .readers, seconds: seconds))
        }
        guard frames == copied else { throw .damaged(.framesLeft) }
    }

    /// Runs `body` in a transaction: committed if it says so, else rolled back.
    mutating func transaction<R>(
        _ body: (borrowing Writer) throws(Failure) -> (R, keep: Bool)
    ) throws(Failure) -> R {
        try markOpen()
        try sql.begin.run()
        let result: R
        let keep: Bool
        do throws(Failure) {
            let version = try version()
            if known.isOld(version) { try expectContinuation() }
            known.keepWhat(version)
            (result, keep) = try body(self)
        } catch {
            known.forget()
            try undo()
            throw error
        }
        guard keep else {
            // Nothing was written, so nothing is synced. Yet the answers may
            // rest on rows that others have written (`repeated`, for one). Those
            // are on the disk: SQLite shows a commit to others only when the
            // sync of its frames has succeeded, and all writers use FULL. What
            // recovery after a crash may have found besides was copied and
            // synced when this ledger was opened.
            try undo()
            return result
        }
        do { try sql.commit.run() } catch {
            // The frames may have reached the disk or not, and a crash may
            // bring them back. Only opening the ledger again can tell.
            throw error.unsettled
        }
        written = known.frontier?.size
        if let next = known.next { known.last = next }
        try checkpointIfDue()
        return result
    }

    /// Others have written. Their entries come after those that this desk wrote, and
    /// there are as many as the lock remembers: else somebody has put an older ledger in
    /// this one's place under our feet, by restoring it into the open file, say.
    private func expectContinuation() throws(Failure) {
        let size = try logSize()
        let least = max(known.last?.size ?? 0, remembered ?? 0)
        let (file, lock) = (LedgerPlace.file(database.path), database.path + "-lock")
        guard size >= least else {
            throw .refused(.olderCopy(file, has: size, seen: least, by: .memory(path: lock)))
        }
        guard let last = known.last, try sql.hashes.node(level: 0, index: last.size - 1) != last.leaf else {
            return
        }
        throw .refused(.otherLog(file, first: last.size, by: .memory(path: lock)))
    }

    /// Writes one event in a transaction of its own; none after the last one.
    mutating func record(_ event: Event, _ note: Note = .none, at moment: Moment) throws(Failure) {
        try transaction { (writer) throws(Failure) in
            guard try !writer.isFinal() else { return ((), keep: false) }
            try writer.apply([Entry(event, at: moment, note: note)])
            return ((), keep: true)
        }
    }

    // MARK: Open and closed

    /// Says in the ledger's file itself that a desk has it open, before the first
    /// change of this one. So if a desk dies, and its write-ahead log gets lost with
    /// the memory beside it, the file alone is not taken for the whole.
    private mutating func markOpen() throws(Failure) {
        // After the last entry nothing can get lost any more.
        guard !isMarked, try !isFinal() else { return }
        // Another desk may have said so, and not have come to the file itself.
        try mark(true)
        isMarked = true
    }

    /// The caller is the last that has the ledger open, and about to close it.
    /// Returns how many entries the file then holds; nil where the mark stays. That
    /// does no harm: what the lock remembers shows that nothing is missing.
    mutating func markClosed() -> Int? {
        // A reader is not worth waiting for.
        database.wait(atMost: 1)
        do throws(Failure) {
            guard try database.isMarkedOpen() else { return nil }
            // First all else: a file that says that it was closed is whole.
            try recover()
            try mark(false)
            return try head().size
        } catch {
            if !error.isBusy, case .refused = error {} else { abandon() }
            return nil
        }
    }

    private mutating func mark(_ isOpen: Bool) throws(Failure) {
        if try database.isMarkedOpen() != isOpen {
            try sql.begin.run()
            do throws(Failure) { try database.execute("UPDATE desks SET open = \(isOpen ? 1 : 0)") } catch {
                try undo()
                throw error
            }
            do { try sql.commit.run() } catch { throw error.unsettled }
        }
        try recover()
        checkpointed = 0
    }

    /// Leaves no transaction open, or breaks the ledger.
    private func undo() throws(Failure) {
        // SQLite rolls back by itself after some errors.
        guard database.isInTransaction else { return }
        do { try sql.rollBack.run() } catch { throw error.unsettled }
    }

    /// Checkpoints happen here and nowhere else, so under the ledger's lock.
    /// What they copy was synced by its commit: if a checkpoint fails, the disk
    /// fails.
    private mutating func checkpointIfDue() throws(Failure) {
        let frames = database.framesInLog
        // The log begins anew after a complete checkpoint, ours or another's.
        if frames < checkpointed { checkpointed = 0 }
        guard frames - checkpointed >= Self.framesBetweenCheckpoints else { return }
        try checkpoint(.passive)
        // Where a reader was in the way, the rest waits for the next one.
        checkpointed = frames
    }

    /// Gives back the disk that a large transaction took in the log.
    mutating func shrinkLog() throws(Failure) {
        try checkpoint(.complete)
        checkpointed = 0
    }

    private mutating func checkpoint(_ kind: Database.Checkpoint) throws(Failure) {
        do {
            let (frames, copied) = try database.checkpoint(kind)
            if frames == copied { self.copied = known.frontier?.size }
        } catch {
            // A reader, or a program that does not keep our lock. No harm is
            // done: all of it is in the log, and stays there.
            guard error.isBusy else { throw error.unsettled }
        }
    }

    /// What a checkpoint has made the file hold since this was last asked.
    mutating func takeCopied() -> Int? {
        defer { copied = nil }
        return copied
    }

    /// The number of log entries after the last commit since this was asked.
    mutating func takeWritten() -> Int? {
        defer { written = nil }
        return written
    }

    /// The ledger is the one that was meant, and whole: when the last connection
    /// closes, it may copy what is in the write-ahead log.
    func trust() throws(Failure) { try database.set(.noCheckpointOnClose, false) }

    /// Whether the next change is the first one, before which the write-ahead log is emptied.
    func willMark() -> Bool { !isMarked }

    /// Before letting go of a connection after a failure: touch nothing more.
    func abandon() { try? database.set(.noCheckpointOnClose) }

    /// In frames of 4 KiB: between the rate of commits and the longest stall.
    private static let framesBetweenCheckpoints = 4000

    /// In KiB.
    private static let cache = 65536

    // MARK: What the judge sees

    func scene(of subjects: [Subject], at moment: Moment) throws(Failure) -> Scene {
        var scene = Scene(
            election: election, now: moment, ballot: try ballotState(), batches: try allBatches())
        for subject in subjects {
            switch subject {
            case .code(let id):
                try sql.packByID.bind(1, id.bytes)
                try add(sql.packByID, to: &scene)
            case .pack(let number):
                try sql.packByNumber.bind(1, number)
                try add(sql.packByNumber, to: &scene)
            case .scan(let number, let nonce):
                try sql.packByNumber.bind(1, number)
                try add(sql.packByNumber, to: &scene)
                try addScans(of: number, nonce, to: &scene)
            }
        }
        return scene
    }

    /// The scan itself, if it is on the record, the return that counts, and the one
    /// that counted when this scan was set aside: in the order of the log.
    private func addScans(
        of pack: PackNumber, _ nonce: ScanNonce, to scene: inout Scene
    ) throws(Failure) {
        var found: [Int64: RecordedScan] = [:]
        if let vote = scene.pack(pack).flatMap({ scene.vote(of: $0.row.voter) }),
            vote.pack == pack, case .post(let counted) = vote.channel
        {
            if let (number, scan) = try self.scan(of: pack, counted) { found[number] = scan }
        }
        if let (number, scan) = try self.scan(of: pack, nonce) {
            found[number] = scan
            if case (.scannedBefore, let voted?)? = scan.setAside {
                try sql.scanReceived.bind(1, pack)
                try sql.scanReceived.bind(2, voted)
                try sql.scanReceived.bind(3, number)
                if let (number, received) = try self.scan(in: sql.scanReceived) { found[number] = received }
            }
        }
        for (_, scan) in found.sorted(by: { $0.key < $1.key }) { scene.add(scan) }
    }

    private func scan(
        of pack: PackNumber, _ nonce: ScanNonce
    ) throws(Failure) -> (number: Int64, scan: RecordedScan)? {
        try sql.scan.bind(1, pack)
        try sql.scan.bind(2, nonce.bytes)
        return try scan(in: sql.scan)
    }

    /// With the number of its entry.
    private func scan(
        in query: Statement
    ) throws(Failure) -> (number: Int64, scan: RecordedScan)? {
        defer { query.reset() }
        guard try query.step() else { return nil }
        return (query.integer(2), try RecordedScan(query, constant: election.constant))
    }

    private func add(_ query: Statement, to scene: inout Scene) throws(Failure) {
        defer { query.reset() }
        guard try query.step() else { return }
        let constant = election.constant
        scene.add(
            try PackRecord(query, batches: scene.batches.count, constant: constant),
            vote: try Vote.read(query, constant: constant))
    }

    func isFinal() throws(Failure) -> Bool { try ballotState().phase == .final }

    func ballotState() throws(Failure) -> BallotState {
        if let ballot = known.ballot { return ballot }
        defer { sql.ballot.reset() }
        guard try sql.ballot.step() else { throw .damaged(.noBallot) }
        let ballot = BallotState(sql.ballot)
        known.ballot = ballot
        return ballot
    }

    func allBatches() throws(Failure) -> [Batch] {
        if let batches = known.batches { return batches }
        defer { sql.batches.reset() }
        var all: [Batch] = []
        while try sql.batches.step() { all.append(try Batch(sql.batches, at: all.count + 1)) }
        known.batches = all
        return all
    }

    /// The log's tree as it is on the disk.
    func head() throws(Failure) -> TreeHead {
        let version = try version()
        if known.isOld(version) { try expectContinuation() }
        known.keepWhat(version)
        return try frontier().head
    }

    /// Refuses a log that is not the one whose head somebody has seen.
    func expect(_ seen: TreeHead) throws(Failure) {
        let size = try frontier().size
        guard size >= seen.size else {
            throw .refused(.olderCopy(.file(database.path), has: size, seen: seen.size, by: .head))
        }
        guard try MerkleTree.root(size: seen.size, sql.hashes.node) == seen.root else {
            throw .refused(.otherLog(.file(database.path), first: seen.size, by: .head))
        }
    }

    /// Changes whenever another connection has changed the file.
    private func version() throws(Failure) -> Int64 {
        defer { sql.version.reset() }
        guard try sql.version.step() else { throw .damaged(.noRow) }
        return sql.version.integer(0)
    }

    func frontier() throws(Failure) -> Frontier {
        if let frontier = known.frontier { return frontier }
        let frontier = try Frontier(size: logSize(), sql.hashes.node)
        known.frontier = frontier
        return frontier
    }

    private func logSize() throws(Failure) -> Int {
        guard try sql.lastNumber.step() else { throw .damaged(.noRow) }
        let last = Int(sql.lastNumber.integer(0))
        sql.lastNumber.reset()
        guard last >= -1, last < Int.max else {
            throw .damaged(.entryNumber(Int64(last)))
        }
        return last + 1
    }

    func read<R>(_ work: (borrowing Database) throws(Failure) -> R) throws(Failure) -> R {
        try work(database)
    }
}
