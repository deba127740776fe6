internal import Counterfoil
internal import PollingDesk

/// A connection that writes, with its statements prepared once and kept.
///
/// Whoever uses it holds the ledger's lock for the whole of every call.
struct Writer: ~Copyable {
    let database: Database
    private let election: Election

    private let sql: Statements
    private let known = Known()
    /// The size of the write-ahead log, in frames, at the last checkpoint.
    private var checkpointed = 0

    /// Sets the connection up so that a commit is on the disk when it returns.
    init(_ database: consuming Database, election: Election) throws(Failure) {
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
        guard mode == "wal", synchronous == 2, automatic == 0 else {
            throw .damaged("write-ahead logging with full syncs could not be switched on")
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
            guard error.isBusy else { throw error }
            throw .refused(
                "another program has been reading the ledger for ten seconds; a desk can be opened when nobody reads: wait for it, or end it"
            )
        }
        guard frames == copied else { throw .damaged("frames were left behind") }
    }

    /// Runs `body` in a transaction: committed if it says so, else rolled back.
    mutating func transaction<R>(
        _ body: (borrowing Writer) throws(Failure) -> (R, keep: Bool)
    ) throws(Failure) -> R {
        try sql.begin.run()
        let result: R
        let keep: Bool
        do throws(Failure) {
            known.keepWhat(try version())
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
            // sync of its frames has succeeded, all writers use FULL, and what
            // recovery after a crash may have found besides was copied and
            // synced when this ledger was opened.
            try undo()
            return result
        }
        do { try sql.commit.run() } catch {
            // The frames may have reached the disk or not, and a crash may
            // bring them back. Only opening the ledger again can tell.
            throw .undecided(error.explanation)
        }
        try checkpointIfDue()
        return result
    }

    /// Writes one event in a transaction of its own; none behind the last one.
    mutating func record(_ event: Event, at moment: Moment) throws(Failure) {
        try transaction { (writer) throws(Failure) in
            guard try !writer.isFinal() else { return ((), keep: false) }
            try writer.apply([Entry(event, at: moment)])
            return ((), keep: true)
        }
    }

    /// Leaves no transaction open, or breaks the ledger.
    private func undo() throws(Failure) {
        // SQLite rolls back by itself after some errors.
        guard database.isInTransaction else { return }
        do { try sql.rollBack.run() } catch { throw .undecided(error.explanation) }
    }

    /// Checkpoints happen here and nowhere else, so under the ledger's lock.
    /// What they copy was synced by its commit; should one fail, the disk fails.
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

    private func checkpoint(_ kind: Database.Checkpoint) throws(Failure) {
        do { _ = try database.checkpoint(kind) } catch {
            // A reader, or a program that does not keep our lock. No harm is
            // done: all of it is in the log, and stays there.
            guard error.isBusy else { throw .undecided(error.explanation) }
        }
    }

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
            }
        }
        return scene
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

    private func ballotState() throws(Failure) -> BallotState {
        if let ballot = known.ballot { return ballot }
        defer { sql.ballot.reset() }
        guard try sql.ballot.step() else { throw .damaged("the ballot is missing") }
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

    /// The log's tree as it stands on the disk.
    func head() throws(Failure) -> TreeHead {
        known.keepWhat(try version())
        return try frontier().head
    }

    /// Refuses a log that is not the one of which somebody has seen this.
    func expect(_ seen: TreeHead) throws(Failure) {
        let size = try frontier().size
        guard size >= seen.size else {
            throw .refused(
                "the ledger has \(size) log entries, but its witness has seen \(seen.size): this is an older copy; find the newest one before anybody votes"
            )
        }
        guard try MerkleTree.root(size: seen.size, sql.hashes.node) == seen.root else {
            throw .refused(
                "the first \(seen.size) log entries are not those that the witness has seen: this is another ledger, or it was altered; find the right one before anybody votes"
            )
        }
    }

    /// Changes whenever another connection has changed the file.
    private func version() throws(Failure) -> Int64 {
        defer { sql.version.reset() }
        guard try sql.version.step() else { throw .damaged("the file has no version") }
        return sql.version.integer(0)
    }

    private func frontier() throws(Failure) -> Frontier {
        if let frontier = known.frontier { return frontier }
        guard try sql.lastNumber.step() else { throw .damaged("the log cannot be read") }
        let size = Int(sql.lastNumber.integer(0)) + 1
        sql.lastNumber.reset()
        let frontier = try Frontier(size: size, sql.hashes.node)
        known.frontier = frontier
        return frontier
    }

    func read<R>(_ work: (borrowing Database) throws(Failure) -> R) throws(Failure) -> R {
        try work(database)
    }

    // MARK: What was judged

    /// Writes events and their effects.
    func apply(_ entries: [Entry]) throws(Failure) {
        var frontier = try frontier()
        for (entry, id) in zip(entries, EntryID.random(count: entries.count)) {
            try apply(entry)
            let hashes = frontier.append(MerkleTree.leaf(entry.leaf(id, election.id)))
            try append(entry, number: frontier.size - 1, id, hashes)
        }
        known.frontier = frontier
    }

    private func append(
        _ entry: Entry, number: Int, _ id: EntryID, _ hashes: [Bytes<32>]
    ) throws(Failure) {
        try sql.append.bind(1, Int64(number))
        try sql.append.bind(2, entry.at)
        try sql.append.bind(3, Int64(entry.event.type))
        try sql.append.bind(4, entry.encoded)
        if let pack = entry.event.pack {
            try sql.append.bind(5, pack)
        } else {
            try sql.append.bindNull(5)
        }
        try sql.append.bind(6, text: entry.note.reason?.rawValue ?? "")
        try sql.append.bind(7, text: entry.note.reference)
        try sql.append.bind(8, text: entry.note.officer)
        try sql.append.bind(9, id.bytes)
        var together: [UInt8] = []
        for hash in hashes { together.append(hash) }
        try sql.append.bind(10, together)
        try sql.append.run()
    }

    private func apply(_ entry: Entry) throws(Failure) {
        switch entry.event {
        case .created, .deskOpened, .postSetAside: break
        case .registerLoaded: known.batches = nil
        case .ballotOpened, .ballotExtended, .ballotClosed, .ballotFinal: try applyToBallot(entry)
        case .batchActivated(let batch, _):
            try mark(batch, sql.activate, entry.at)
            // The packs that the batch replaces can vote no longer, also those
            // whose register comes later.
            try sql.supersede.bind(1, Int64(batch))
            try sql.supersede.run()
        case .batchReconciled(let batch, _): try mark(batch, sql.reconcile, entry.at)
        case .batchWithdrawn(let batch): try mark(batch, sql.withdraw, entry.at)
        case .voteCast(let pack, let voter, let fingerprint):
            try sql.castVote.bind(1, voter.bytes)
            try sql.castVote.bind(2, pack)
            try sql.castVote.bind(3, entry.at)
            try sql.castVote.bind(4, fingerprint.bytes)
            try sql.castVote.run()
        case .postReceived(let pack, let voter):
            try sql.receivePost.bind(1, voter.bytes)
            try sql.receivePost.bind(2, pack)
            try sql.receivePost.bind(3, entry.at)
            try sql.receivePost.run()
        case .postAnnulled(let pack, let voter):
            try sql.annulPost.bind(1, voter.bytes)
            try sql.annulPost.bind(2, pack)
            try sql.annulPost.run()
            try oneRow()
        case .wrongAnswers(let pack, let answers):
            try sql.countWrong.bind(1, pack)
            try sql.countWrong.bind(2, answers.bytes)
            try sql.countWrong.run()
        case .secondAttempt(let pack): try with(pack, sql.countSecond)
        case .packUnlocked(let pack): try with(pack, sql.unlock)
        case .packCancelled(let pack, let why):
            try sql.cancel.bind(1, pack)
            try sql.cancel.bind(2, Int64(why.rawValue))
            try sql.cancel.run()
        }
    }

    private func applyToBallot(_ entry: Entry) throws(Failure) {
        var ballot = try ballotState()
        ballot.apply(entry.event, at: entry.at)
        let times = [ballot.opened, ballot.closes, ballot.closed, ballot.final]
        for (index, time) in zip([1, 2, 4, 5] as [Int32], times) {
            if let time { try sql.setBallot.bind(index, time) } else { try sql.setBallot.bindNull(index) }
        }
        try sql.setBallot.bind(3, Int64(ballot.grace))
        try sql.setBallot.run()
        known.ballot = nil
        try oneRow()
    }

    private func mark(_ batch: Int, _ statement: Statement, _ moment: Moment) throws(Failure) {
        try statement.bind(1, Int64(batch))
        try statement.bind(2, moment)
        try statement.run()
        known.batches = nil
        try oneRow()
    }

    private func with(_ pack: PackNumber, _ statement: Statement) throws(Failure) {
        try statement.bind(1, pack)
        try statement.run()
    }

    private func oneRow() throws(Failure) {
        guard database.changes == 1 else { throw .damaged("a change that had been made already") }
    }
}

/// What a writer need not read again: kept from one transaction to the next
/// unless another connection has written meanwhile.
///
/// Sendable like the connection it belongs to: see `Database`.
private final class Known: @unchecked Sendable {
    var ballot: BallotState?
    var batches: [Batch]?
    var frontier: Frontier?
    private var version: Int64?

    func keepWhat(_ version: Int64) {
        if version != self.version { forget() }
        self.version = version
    }

    /// Also when what was written is rolled back.
    func forget() {
        ballot = nil
        batches = nil
        frontier = nil
    }
}

/// What a writer says again and again.
private struct Statements {
    let begin: Statement
    let commit: Statement
    let rollBack: Statement
    let version: Statement
    let hashes: Statement
    let ballot: Statement
    let batches: Statement
    let packByID: Statement
    let packByNumber: Statement
    let lastNumber: Statement
    let append: Statement
    let setBallot: Statement
    let activate: Statement
    let reconcile: Statement
    let withdraw: Statement
    let supersede: Statement
    let cancel: Statement
    let castVote: Statement
    let receivePost: Statement
    let annulPost: Statement
    let unlock: Statement
    let countWrong: Statement
    let countSecond: Statement

    init(_ database: borrowing Database) throws(Failure) {
        begin = try database.prepare("BEGIN IMMEDIATE")
        commit = try database.prepare("COMMIT")
        rollBack = try database.prepare("ROLLBACK")
        version = try database.prepare("PRAGMA data_version")
        hashes = try database.prepare(Statement.hashes)
        ballot = try database.prepare("SELECT \(BallotState.columns) FROM ballot")
        batches = try database.prepare("SELECT \(Batch.columns) FROM batches ORDER BY number")
        packByID = try database.prepare("\(PackRecord.query) WHERE p.id = ?1")
        packByNumber = try database.prepare("\(PackRecord.query) WHERE p.pack = ?1")
        lastNumber = try database.prepare("SELECT coalesce(max(number), -1) FROM log")
        append = try database.prepare("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        setBallot = try database.prepare(
            "UPDATE ballot SET opened = ?1, closes = ?2, grace = ?3, closed = ?4, final = ?5")
        activate = try database.prepare(
            "UPDATE batches SET activated = ?2 WHERE number = ?1 AND activated IS NULL")
        reconcile = try database.prepare(
            "UPDATE batches SET reconciled = ?2 WHERE number = ?1 AND reconciled IS NULL")
        withdraw = try database.prepare(
            "UPDATE batches SET withdrawn = ?2 WHERE number = ?1 AND withdrawn IS NULL")
        supersede = try database.prepare(
            """
            INSERT INTO cancelled
            SELECT replaced, \(Cancellation.superseded.rawValue) FROM packs
            WHERE batch = ?1 AND replaced <> 0
            ON CONFLICT DO UPDATE SET why = excluded.why
            """)
        cancel = try database.prepare("INSERT INTO cancelled VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        castVote = try database.prepare(
            "INSERT INTO votes VALUES (?1, ?2, \(VoteChannel.online), ?3, ?4)")
        receivePost = try database.prepare(
            "INSERT INTO votes VALUES (?1, ?2, \(VoteChannel.post), ?3, NULL)")
        annulPost = try database.prepare(
            "DELETE FROM votes WHERE voter = ?1 AND pack = ?2 AND channel = \(VoteChannel.post)")
        unlock = try database.prepare("UPDATE attempts SET wrong = 0, last = NULL WHERE pack = ?1")
        countWrong = try database.prepare(
            """
            INSERT INTO attempts VALUES (?1, 1, 1, ?2, 0)
            ON CONFLICT DO UPDATE SET wrong = wrong + 1, lifetime = lifetime + 1, last = ?2
            """)
        countSecond = try database.prepare(
            """
            INSERT INTO attempts VALUES (?1, 0, 0, NULL, 1)
            ON CONFLICT DO UPDATE SET second = second + 1
            """)
    }
}
