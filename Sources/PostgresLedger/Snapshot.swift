#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// A ledger at one moment, read on a connection of its own, a portion of rows
/// at a time.
///
/// Entries that have no place yet come after the others, in the order in which
/// they would get theirs. Their hashes are computed here. Only a reader who may
/// not give places ever sees such entries.
final class Snapshot: LedgerSnapshot {
    var place: LedgerPlace { connection.place }
    private let connection: Connection
    private let election: Election
    private let batchCount: Int
    /// Entries that have places, and those that have none.
    private let placed: Int
    private let tail: Tail
    /// What was read of packs together with what touched them.
    private var known: [PackNumber: Known] = [:]

    private struct Known {
        var pack: (PackRecord, Vote?)?
        var cancelled: Cancellation?
        var scans: [ScanNonce: Int] = [:]
    }

    /// Entries without a place, in the order in which they would get theirs.
    private struct Tail {
        var hashes: [[Bytes<32>]] = []
        /// The number that each would have, by its turn.
        var numbers: [Int: Int] = [:]

        var indices: Range<Int> { hashes.indices }
        var count: Int { hashes.count }
    }

    /// Begins. From here on the connection sees one moment.
    init(_ connection: Connection, _ election: Election) throws(Failure) {
        // Nobody waits for this transaction, however long it idles.
        try connection.execute(
            """
            SET idle_in_transaction_session_timeout = 0;
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET LOCAL cursor_tuple_fraction = 1
            """)
        batchCount = try connection.batches().count
        let sizes = try connection.run(
            "SELECT size, coalesce((SELECT max(number) + 1 FROM places), 0) FROM integration")
        placed = Int(try sizes.integer(0, 0))
        guard try sizes.integer(0, 1) == placed else { throw .damaged(.placesMissing) }
        var frontier = try Frontier(size: placed) { (level, index) throws(Failure) in
            try connection.node(level: level, index: index)
        }
        var tail = Tail()
        try connection.each("SELECT turn, entry, reason, reference, officer, id FROM waiting ORDER BY turn") {
            (rows, row) throws(Failure) in
            // Its turn is here in the place of its number.
            let logged = try LoggedEntry(rows, row)
            tail.numbers[logged.number] = frontier.size
            tail.hashes.append(frontier.append(MerkleTree.leaf(logged.leaf)))
            return true
        }
        self.tail = tail
        self.connection = connection
        self.election = election
    }

    // MARK: The log

    func logSize() -> Int { placed + tail.count }

    func eachEntry(_ body: (LogRow) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            try connection.each(
                "SELECT \(LoggedEntry.columns), at, type, pack, hashes FROM numbered ORDER BY number"
            ) { (rows, row) throws(Failure) in
                let logged = try LoggedEntry(rows, row)
                guard let at = try rows.moment(row, 6) else { throw .damaged(.entryWithoutTime) }
                let kept =
                    logged.number < placed || !tail.indices.contains(logged.number - placed)
                    ? try rows.hashes(row, 9) : tail.hashes[logged.number - placed]
                return body(
                    LogRow(
                        logged, at: at, type: Int(try rows.integer(row, 7)),
                        pack: rows.isNull(row, 8) ? nil : UInt64(bitPattern: try rows.integer(row, 8)),
                        hashes: kept))
            }
        }
    }

    func entries(about pack: PackNumber) throws(LedgerError) -> [LoggedEntry] {
        try told { () throws(Failure) in try connection.entries(about: pack) }
    }

    func entry(_ number: Int) throws(LedgerError) -> LoggedEntry? {
        try told { () throws(Failure) in
            var parameters = Parameters()
            parameters.add(Int64(number))
            let rows = try connection.run(
                "SELECT \(LoggedEntry.columns) FROM numbered WHERE number = $1::bigint", parameters)
            return rows.count == 1 ? try LoggedEntry(rows, 0) : nil
        }
    }

    func node(level: Int, index: Int) throws(LedgerError) -> Bytes<32> {
        let place = MerkleTree.place(level: level, index: index)
        if place.leaf >= placed, tail.indices.contains(place.leaf - placed) {
            return tail.hashes[place.leaf - placed][place.position]
        }
        return try told { () throws(Failure) in try connection.node(level: level, index: index) }
    }

    // MARK: The tables

    func ballot() throws(LedgerError) -> BallotState {
        try told { () throws(Failure) in try connection.ballot() }
    }

    func batches() throws(LedgerError) -> [BatchRecord] {
        try told { () throws(Failure) in
            let rows = try connection.run(
                "SELECT \(Batch.columns), header, signature, digest FROM batches ORDER BY number")
            var records: [BatchRecord] = []
            for row in 0..<rows.count {
                records.append(
                    BatchRecord(
                        try Batch(rows, row, at: row + 1), header: rows.array(row, 8),
                        signature: try rows.bytes(row, 9), digest: RegisterDigest(try rows.bytes(row, 10))))
            }
            return records
        }
    }

    func eachPack(ofBatch number: Int?, _ body: (RegisterRow, Int) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            try connection.each(
                """
                SELECT id, tag, pack, voter, answers, kind, replaced, batch, NULL, NULL::int
                FROM packs \(number.map { "WHERE batch = \($0)" } ?? "") ORDER BY id
                """
            ) { (rows, row) throws(Failure) in
                let record = try PackRecord(rows, row, batches: batchCount, election.constant)
                return body(record.row, record.batch)
            }
        }
    }

    func eachPair(_ body: (PackPair, Int) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            try connection.each("SELECT kept, cancelled, batch FROM pairs ORDER BY batch, cancelled, kept") {
                (rows, row) throws(Failure) in
                let pair = PackPair(
                    kept: try rows.pack(row, 0, election.constant),
                    cancelled: try rows.pack(row, 1, election.constant))
                return body(pair, Int(try rows.integer(row, 2)))
            }
        }
    }

    func eachVoter(_ body: (VoterNumber?, [PackChange]) -> Bool) throws(LedgerError) {
        try told { () throws(Failure) in
            var voter: VoterNumber?
            var changes: [PackChange] = []
            var ended = false
            // What has no voter comes last, as NULLs do.
            try connection.each(
                """
                WITH replacing AS (
                    SELECT DISTINCT ON (replaced) replaced, voter FROM packs WHERE replaced <> 0
                    ORDER BY replaced, voter)
                SELECT p.voter AS voter, l.pack, l.number AS number, l.entry, NULL::integer AS batch, false
                FROM numbered l LEFT JOIN packs p ON p.pack = l.pack WHERE l.pack IS NOT NULL
                UNION ALL
                SELECT coalesce(o.voter, f.voter), p.replaced, NULL, NULL, p.batch, false
                FROM packs p LEFT JOIN packs o ON o.pack = p.replaced
                JOIN replacing f ON f.replaced = p.replaced
                WHERE p.replaced <> 0
                UNION ALL
                SELECT coalesce(o.voter, f.voter, '\(VoterNumber.nobody.bytes.hex)'), q.cancelled, NULL, NULL,
                       q.batch, true
                FROM pairs q LEFT JOIN packs o ON o.pack = q.cancelled
                LEFT JOIN replacing f ON f.replaced = q.cancelled
                ORDER BY voter, number
                """,
                portion: { (rows) throws(Failure) in try look(at: rows, besides: changes.map(\.pack)) }
            ) { (rows, row) throws(Failure) in
                let next = rows.isNull(row, 0) ? nil : VoterNumber(try rows.bytes(row, 0))
                if next != voter, !changes.isEmpty {
                    ended = !body(voter, changes)
                    changes.removeAll(keepingCapacity: true)
                    if ended { return false }
                }
                voter = next
                changes.append(
                    PackChange(
                        try rows.pack(row, 1, election.constant),
                        try Self.cause(rows, row)))
                return true
            }
            if !ended, !changes.isEmpty { _ = body(voter, changes) }
            known = [:]
        }
    }

    private static func cause(_ rows: Rows, _ row: Int) throws(Failure) -> PackChange.Cause {
        if !rows.isNull(row, 2) {
            return .logged(Int(try rows.integer(row, 2)), try rows.bytes(row, 3))
        }
        let batch = Int(try rows.integer(row, 4))
        return try rows.integer(row, 5) == 1 ? .listed(byBatch: batch) : .replaced(byBatch: batch)
    }

    /// Reads what the tables say of the packs that a portion of changes is
    /// about, with one statement for each table: so thousands of packs take one
    /// way to the server.
    private func look(at changes: Rows, besides more: [PackNumber]) throws(Failure) {
        var numbers = Set(more)
        for row in 0..<changes.count { numbers.insert(try changes.pack(row, 1, election.constant)) }
        known = [:]
        var array = PostgresArray(of: .int8)
        for number in numbers {
            array.append(number)
            known[number] = Known()
        }
        var parameters = Parameters()
        parameters.add(array)
        // By the indexes. For thousands of rows of millions a planner may
        // choose to read all rows: that is right once, and wrong every time.
        try connection.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        )
        let packs = try connection.run("\(PackRecord.query) WHERE p.pack = ANY ($1::bigint[])", parameters)
        for row in 0..<packs.count {
            let record = try PackRecord(packs, row, batches: batchCount, election.constant)
            known[record.row.pack]!.pack = (record, try Vote.read(packs, row, election.constant))
        }
        let cancelled = try connection.run(
            "SELECT pack, why FROM cancelled WHERE pack = ANY ($1::bigint[])", parameters)
        for row in 0..<cancelled.count {
            known[try cancelled.pack(row, 0, election.constant)]!.cancelled =
                try Cancellation(cancelled, row, 1)
        }
        let scans = try connection.run("\(Self.scans) = ANY ($1::bigint[])", parameters)
        for row in 0..<scans.count {
            known[try scans.pack(row, 0, election.constant)]!.scans[ScanNonce(try scans.bytes(row, 1))] =
                try number(ofScan: scans, row)
        }
        try connection.execute(
            "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
    }

    func pack(_ number: PackNumber) throws(LedgerError) -> (PackRecord, Vote?)? {
        if let known = known[number] { return known.pack }
        return try told { () throws(Failure) in
            var parameters = Parameters()
            parameters.add(number.value)
            let rows = try connection.run("\(PackRecord.query) WHERE p.pack = $1::bigint", parameters)
            guard rows.count == 1 else { return nil }
            return (
                try PackRecord(rows, 0, batches: batchCount, election.constant),
                try Vote.read(rows, 0, election.constant)
            )
        }
    }

    func cancellation(of number: PackNumber) throws(LedgerError) -> Cancellation? {
        if let known = known[number] { return known.cancelled }
        return try told { () throws(Failure) in
            var parameters = Parameters()
            parameters.add(number.value)
            let rows = try connection.run("SELECT why FROM cancelled WHERE pack = $1::bigint", parameters)
            return rows.count == 0 ? nil : try Cancellation(rows, 0, 0)
        }
    }

    func scans(of number: PackNumber) throws(LedgerError) -> [ScanNonce: Int] {
        if let known = known[number] { return known.scans }
        return try told { () throws(Failure) in
            var parameters = Parameters()
            parameters.add(number.value)
            let rows = try connection.run("\(Self.scans) = $1::bigint", parameters)
            var scans: [ScanNonce: Int] = [:]
            for row in 0..<rows.count {
                scans[ScanNonce(try rows.bytes(row, 1))] = try self.number(ofScan: rows, row)
            }
            return scans
        }
    }

    /// To be followed by what the pack is to be.
    private static let scans = """
        SELECT s.pack, s.nonce, s.turn, p.number FROM scans s LEFT JOIN places p ON p.turn = s.turn
        WHERE s.pack
        """

    /// Of its entry, which may have no place yet.
    private func number(ofScan rows: Rows, _ row: Int) throws(Failure) -> Int {
        if !rows.isNull(row, 3) { return Int(try rows.integer(row, 3)) }
        // Where the log has no such entry, a number that none has: an audit finds it.
        return tail.numbers[Int(try rows.integer(row, 2))] ?? -1
    }

    func rows(of table: LedgerTable) throws(LedgerError) -> (count: Int, unexplained: PackNumber?) {
        try told { () throws(Failure) in
            let count = try connection.run("SELECT count(*) FROM \(table.rawValue)").integer(0, 0)
            // A server may know nothing of its tables yet, such as one that was a
            // standby. It believes that the first row is near, and would look for
            // it through the whole log once for each vote.
            try connection.execute("SET LOCAL enable_nestloop = off")
            defer { try? connection.execute("SET LOCAL enable_nestloop = on") }
            let unexplained = try connection.run(
                """
                SELECT t.pack FROM \(table.rawValue) t
                WHERE NOT EXISTS (SELECT FROM log l WHERE l.pack = t.pack)
                  AND NOT EXISTS (SELECT FROM packs p WHERE p.replaced = t.pack AND p.replaced <> 0)
                  AND NOT EXISTS (SELECT FROM pairs q WHERE q.cancelled = t.pack) LIMIT 1
                """)
            let pack = unexplained.count == 0 ? nil : try unexplained.pack(0, 0, election.constant)
            return (Int(count), pack)
        }
    }

    private func told<R>(_ body: () throws(Failure) -> R) throws(LedgerError) -> R {
        do throws(Failure) { return try body() } catch { throw error.told(of: place) }
    }
}

extension Connection {
    /// Walks through rows a portion at a time, in the transaction that is open,
    /// until `body` returns false. `portion` sees each portion first.
    fileprivate func each(
        _ sql: String, portion look: (Rows) throws(Failure) -> Void = { (_) throws(Failure) in },
        _ body: (Rows, Int) throws(Failure) -> Bool
    ) throws(Failure) {
        try execute("DECLARE walk BINARY NO SCROLL CURSOR FOR \(sql)")
        walk: while true {
            let rows = try run("FETCH 4096 FROM walk")
            if rows.count == 0 { break }
            try look(rows)
            for row in 0..<rows.count where !(try body(rows, row)) { break walk }
        }
        try execute("CLOSE walk")
    }
}
#endif
