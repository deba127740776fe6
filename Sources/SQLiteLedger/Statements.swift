internal import PollingDesk

/// What a writer says again and again.
struct Statements {
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
    let cancelListed: Statement
    let cancel: Statement
    let castVote: Statement
    let receivePost: Statement
    let annulPost: Statement
    let unlock: Statement
    let countWrong: Statement
    let countSecond: Statement
    let scan: Statement
    let scanReceived: Statement
    let recordScan: Statement

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
        cancelListed = try database.prepare(
            """
            INSERT INTO cancelled
            SELECT DISTINCT cancelled, \(Cancellation.listed.rawValue) FROM pairs WHERE batch = ?1
            ON CONFLICT DO NOTHING
            """)
        cancel = try database.prepare("INSERT INTO cancelled VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        castVote = try database.prepare(
            "INSERT INTO votes VALUES (?1, ?2, \(VoteChannel.online), ?3, ?4)")
        receivePost = try database.prepare(
            "INSERT INTO votes VALUES (?1, ?2, \(VoteChannel.post), ?3, ?4)")
        annulPost = try database.prepare(
            """
            DELETE FROM votes
            WHERE voter = ?1 AND pack = ?2 AND channel = \(VoteChannel.post) AND under = ?3
            """)
        unlock = try database.prepare("UPDATE attempts SET wrong = 0, last = NULL WHERE pack = ?1")
        countWrong = try database.prepare(
            """
            INSERT INTO attempts VALUES (?1, 1, 1, ?2, 0)
            ON CONFLICT DO UPDATE SET wrong = wrong + 1, lifetime = lifetime + 1, last = ?2
            """)
        scan = try database.prepare("\(RecordedScan.query) WHERE s.pack = ?1 AND s.nonce = ?2")
        scanReceived = try database.prepare(
            """
            \(RecordedScan.query)
            WHERE s.pack = ?1 AND l.at = ?2 AND l.type = \(EventType.postReceived.rawValue)
              AND s.number < ?3
            ORDER BY s.number DESC LIMIT 1
            """)
        recordScan = try database.prepare("INSERT INTO scans VALUES (?1, ?2, ?3)")
        countSecond = try database.prepare(
            """
            INSERT INTO attempts VALUES (?1, 0, 0, NULL, 1)
            ON CONFLICT DO UPDATE SET second = second + 1
            """)
    }
}
