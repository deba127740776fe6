internal import Counterfoil
internal import PollingDesk

/// A ledger file at one moment, read on a connection of its own.
final class Snapshot: LedgerSnapshot {
    let place: LedgerPlace
    private let path: String
    private let database: Database
    private let election: Election
    private let hashes: Statement
    private let pack: Statement
    private let cancellation: Statement
    private let scans: Statement
    private let batchCount: Int
    private let gap: LedgerGap?

    /// Of the ledger at `path`, or of a copy of it that has no name. `gap` is what is
    /// known to be missing.
    init(
        _ database: consuming Database, _ election: Election, path: String, gap: LedgerGap? = nil
    ) throws(Failure) {
        // One moment for all that is read, its rules among it.
        try database.execute("PRAGMA cache_size = -\(Self.cache); BEGIN")
        try database.expectLedger(copiedFrom: path)
        self.gap = gap
        hashes = try database.prepare(Statement.hashes)
        pack = try database.prepare("\(PackRecord.query) WHERE p.pack = ?1")
        cancellation = try database.prepare("SELECT why FROM cancelled WHERE pack = ?1")
        scans = try database.prepare("SELECT nonce, number FROM scans WHERE pack = ?1")
        batchCount = try database.batches().count
        self.path = path
        place = .file(path)
        self.database = database
        self.election = election
    }

    /// A column can hold what its table forbids, and an index lead elsewhere than its
    /// table, if somebody has changed the schema and changed it back. Then one voter
    /// could be two, and a dead pack have a second number.
    func storageFault() throws(LedgerError) -> String? {
        if let gap { return gap.difference }
        return try told { () throws(Failure) in
            let found = try database.text("PRAGMA integrity_check(1)") ?? "no answer"
            return found == "ok" ? nil : "the file is not as SQLite would have written it: \(found)"
        }
    }

    // MARK: The log

    func logSize() throws(LedgerError) -> Int {
        try told { () throws(Failure) in
            Int(try database.number("SELECT coalesce(max(number), -1) + 1 FROM log") ?? 0)
        }
    }

    func eachEntry(_ body: (LogRow) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            let rows = try database.prepare(
                "SELECT \(LoggedEntry.columns), at, type, pack, hashes FROM log ORDER BY number")
            while try rows.step() {
                let row = LogRow(
                    try LoggedEntry(rows), at: Moment(milliseconds: rows.integer(6)),
                    type: Int(rows.integer(7)),
                    pack: rows.isNull(8) ? nil : UInt64(bitPattern: rows.integer(8)),
                    hashes: try rows.hashes(9))
                guard body(row) else { return }
            }
        }
    }

    func entries(about pack: PackNumber) throws(LedgerError) -> [LoggedEntry] {
        try told { () throws(Failure) in
            let rows = try database.prepare(
                "SELECT \(LoggedEntry.columns) FROM log WHERE pack = ?1 ORDER BY number")
            try rows.bind(1, pack)
            var entries: [LoggedEntry] = []
            while try rows.step() { entries.append(try LoggedEntry(rows)) }
            return entries
        }
    }

    func entry(_ number: Int) throws(LedgerError) -> LoggedEntry? {
        try told { () throws(Failure) in
            let row = try database.prepare("SELECT \(LoggedEntry.columns) FROM log WHERE number = ?1")
            try row.bind(1, Int64(number))
            return try row.step() ? try LoggedEntry(row) : nil
        }
    }

    func node(level: Int, index: Int) throws(LedgerError) -> Bytes<32> {
        try told { () throws(Failure) in
            try hashes.node(level: level, index: index)
        }
    }

    // MARK: The tables

    func ballot() throws(LedgerError) -> BallotState {
        try told { () throws(Failure) in
            // The log has the election's digest; other bytes may have the same meaning.
            let row = try database.prepare("SELECT count(*), max(only), max(election) FROM ballot")
            guard try row.step(), row.integer(0) == 1, row.integer(1) == 1,
                row.array(2) == Array(election.json.utf8)
            else { throw .damaged(.otherBallot) }
            return try database.ballotState()
        }
    }

    func batches() throws(LedgerError) -> [BatchRecord] {
        try told { () throws(Failure) in
            let rows = try database.prepare(
                "SELECT \(Batch.columns), header, signature, digest FROM batches ORDER BY number")
            var records: [BatchRecord] = []
            while try rows.step() {
                records.append(
                    BatchRecord(
                        try Batch(rows, at: records.count + 1), header: rows.array(8),
                        signature: try rows.bytes(9), digest: RegisterDigest(try rows.bytes(10))))
            }
            return records
        }
    }

    func eachPack(ofBatch number: Int?, _ body: (RegisterRow, Int) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            let rows = try database.prepare(
                """
                SELECT id, tag, pack, voter, answers, kind, replaced, batch,
                       NULL, NULL, NULL, NULL, NULL
                FROM packs WHERE ?1 IS NULL OR batch = ?1 ORDER BY id
                """)
            if let number { try rows.bind(1, Int64(number)) }
            while try rows.step() {
                let record = try PackRecord(rows, batches: batchCount, constant: election.constant)
                guard body(record.row, record.batch) else { return }
            }
        }
    }

    func eachPair(_ body: (PackPair, Int) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            let rows = try database.prepare(
                "SELECT kept, cancelled, batch FROM pairs ORDER BY batch, cancelled, kept")
            while try rows.step() {
                let pair = PackPair(
                    kept: try rows.pack(0, election.constant),
                    cancelled: try rows.pack(1, election.constant))
                guard body(pair, Int(rows.integer(2))) else { return }
            }
        }
    }

    func eachVoter(_ body: (VoterNumber?, [PackChange]) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            // SQLite sorts in files where the memory is not enough.
            let rows = try database.prepare(
                """
                WITH replacing AS MATERIALIZED (
                    SELECT replaced, min(voter) AS voter FROM packs WHERE replaced <> 0 GROUP BY 1)
                SELECT p.voter AS voter, l.pack, l.number AS number, l.entry, NULL, 0
                FROM log l LEFT JOIN packs p ON p.pack = l.pack WHERE l.pack IS NOT NULL
                UNION ALL
                SELECT coalesce(o.voter, f.voter), p.replaced, NULL, NULL, p.batch, 0
                FROM packs p LEFT JOIN packs o ON o.pack = p.replaced
                JOIN replacing f ON f.replaced = p.replaced
                WHERE p.replaced <> 0
                UNION ALL
                SELECT coalesce(o.voter, f.voter, zeroblob(16)), q.cancelled, NULL, NULL, q.batch, 1
                FROM pairs q LEFT JOIN packs o ON o.pack = q.cancelled
                LEFT JOIN replacing f ON f.replaced = q.cancelled
                ORDER BY voter, number
                """)
            var voter: VoterNumber?
            var changes: [PackChange] = []
            while try rows.step() {
                let next = rows.isNull(0) ? nil : VoterNumber(try rows.bytes(0))
                if next != voter, !changes.isEmpty {
                    guard body(voter, changes) else { return }
                    changes.removeAll(keepingCapacity: true)
                }
                voter = next
                changes.append(
                    PackChange(
                        try rows.pack(1, election.constant),
                        !rows.isNull(2)
                            ? .logged(Int(rows.integer(2)), try rows.bytes(3))
                            : rows.integer(5) == 0
                                ? .replaced(byBatch: Int(rows.integer(4)))
                                : .listed(byBatch: Int(rows.integer(4)))))
            }
            if !changes.isEmpty { _ = body(voter, changes) }
        }
    }

    func pack(_ number: PackNumber) throws(LedgerError) -> (PackRecord, Vote?)? {
        try told { () throws(Failure) in
            defer { pack.reset() }
            try pack.bind(1, number)
            guard try pack.step() else { return nil }
            return (
                try PackRecord(pack, batches: batchCount, constant: election.constant),
                try Vote.read(pack, constant: election.constant)
            )
        }
    }

    func cancellation(of number: PackNumber) throws(LedgerError) -> Cancellation? {
        try told { () throws(Failure) in
            defer { cancellation.reset() }
            try cancellation.bind(1, number)
            guard try cancellation.step() else { return nil }
            guard let why = UInt8(exactly: cancellation.integer(0)).flatMap({ Cancellation(rawValue: $0) })
            else { throw .damaged(.cancellation) }
            return why
        }
    }

    func scans(of number: PackNumber) throws(LedgerError) -> [ScanNonce: Int] {
        try told { () throws(Failure) in
            defer { scans.reset() }
            try scans.bind(1, number)
            var found: [ScanNonce: Int] = [:]
            while try scans.step() { found[ScanNonce(try scans.bytes(0))] = Int(scans.integer(1)) }
            return found
        }
    }

    func rows(of table: LedgerTable) throws(LedgerError) -> (count: Int, unexplained: PackNumber?) {
        try told { () throws(Failure) in
            let count = try database.number("SELECT count(*) FROM \(table.rawValue)") ?? 0
            let unexplained = try database.prepare(
                """
                SELECT pack FROM \(table.rawValue)
                WHERE pack NOT IN (SELECT pack FROM log WHERE pack IS NOT NULL)
                  AND pack NOT IN (SELECT replaced FROM packs)
                  AND pack NOT IN (SELECT cancelled FROM pairs) LIMIT 1
                """)
            let pack = try unexplained.step() ? try unexplained.pack(0, election.constant) : nil
            return (Int(count), pack)
        }
    }

    private func told<R>(_ body: () throws(Failure) -> R) throws(LedgerError) -> R {
        do throws(Failure) { return try body() } catch { throw error.told(of: path) }
    }

    /// In KiB: of pages, and again of rows to be sorted.
    private static let cache = 16384
}
