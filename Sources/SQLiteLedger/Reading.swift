internal import Counterfoil
internal import PollingDesk

/// What can be read off a ledger file without a key.
extension Database {
    /// Lends itself: an optional connection can only be asked, not handed on.
    func read<R>(_ work: (borrowing Database) throws(Failure) -> R) throws(Failure) -> R {
        try work(self)
    }

    /// Refuses what is no ledger that this version can use. A copy without a name is
    /// told of under that of the ledger.
    func expectLedger(copiedFrom name: String? = nil) throws(Failure) {
        let place = LedgerPlace.file(name ?? path)
        let application = try number("PRAGMA application_id") ?? 0
        guard application == Schema.applicationID else {
            throw .refused(.notALedger(LedgerFault(place, .application(application))))
        }
        let version = try number("PRAGMA user_version") ?? 0
        guard version <= Schema.version else {
            throw .refused(.otherVersion(place, has: Int(version), known: Int(Schema.version)))
        }
        // There is no older version than this.
        guard version == Schema.version, try schema() == Self.ownSchema() else {
            throw .refused(.alteredSchema(place))
        }
    }

    /// Makes an empty ledger of an empty file.
    func makeTables(for election: Election) throws(Failure) {
        try execute(
            """
            PRAGMA page_size = \(Schema.pageSize);
            PRAGMA synchronous = FULL;
            PRAGMA application_id = \(Schema.applicationID);
            PRAGMA user_version = \(Schema.version);
            \(Schema.sql)
            INSERT INTO desks VALUES (1, 0);
            """)
        let insert = try prepare("INSERT INTO ballot (only, election) VALUES (1, ?1)")
        try insert.bind(1, Array(election.json.utf8))
        try insert.run()
    }

    /// Every row of the schema but for the pages where its tables begin: SQLite's own
    /// tables, such as statistics, count too. They could make it read in another way.
    private func schema() throws(Failure) -> [[String?]] {
        let rows = try prepare(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name, tbl_name, sql")
        var schema: [[String?]] = []
        while try rows.step() {
            schema.append((0..<4).map { rows.isNull($0) ? nil : rows.text($0) })
        }
        return schema
    }

    private static func ownSchema() throws(Failure) -> [[String?]] {
        let own = try Database("", .memory)
        try own.execute(Schema.sql)
        return try own.schema()
    }

    /// The election that the ledger was made for.
    func election() throws(Failure) -> Election {
        let row = try prepare("SELECT election FROM ballot")
        guard try row.step() else { throw .damaged(.noBallot) }
        let json = row.array(0)
        do { return try Election(json: json) } catch {

            throw .refused(.notALedger(LedgerFault(.file(path), .election(error))))

        }
    }

    /// Of one moment, though writers may be at work.
    func summary(of election: Election) throws(Failure) -> LedgerSummary {
        // A transaction, so that all counts belong together; it ends with the
        // reading, so that it does not hold up a checkpoint.
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        return try summaryWithin(election)
    }

    /// Within a transaction of the caller's.
    func summaryWithin(_ election: Election) throws(Failure) -> LedgerSummary {
        let ballot = try ballotState()
        let batches = try batches()
        // One pass of the log, which is long.
        let log = try prepare(
            """
            SELECT coalesce(sum(isScan AND NOT isAgain), 0), coalesce(sum(isScan AND isAgain), 0), count(*)
            FROM (SELECT type = \(EventType.postSetAside.rawValue) AS isScan,
                         substr(entry, \(EntryField.why.offset + 1), 1)
                         = x'\(Hex.encode([SetAside.scannedBefore.rawValue]))' AS isAgain
                  FROM log)
            """)
        guard try log.step() else { throw .damaged(.noBallot) }
        return LedgerSummary(
            election: election, ballot: ballot, batches: batches, balance: try balance(batches, election),
            secondAttempts: Int(try number("SELECT coalesce(sum(second), 0) FROM attempts") ?? 0),
            setAside: Int(log.integer(0)), rescans: Int(log.integer(1)), entries: Int(log.integer(2)))
    }

    /// Counts by batch and by what happened to a pack. The desk's own rule
    /// judges the column, once for each kind of pack that there is.
    ///
    /// - Parameter packs: a table with the columns of `packs`.
    func balance(
        of packs: String = "packs", _ batches: [Batch], _ election: Election
    ) throws(Failure) -> Balance {
        let rows = try prepare(
            """
            SELECT p.batch, p.kind, c.why,
                   coalesce(a.wrong >= \(election.lockAfter) OR a.lifetime >= \(election.lifetimeLimit), 0),
                   v.channel, count(*)
            FROM \(packs) p
            LEFT JOIN cancelled c ON c.pack = p.pack
            LEFT JOIN attempts a ON a.pack = p.pack
            LEFT JOIN votes v ON v.voter = p.voter AND v.pack = p.pack
            GROUP BY 1, 2, 3, 4, 5
            """)
        var balance = Balance()
        while try rows.step() {
            guard let kind = UInt8(exactly: rows.integer(1)).flatMap({ PackKind(rawValue: $0) }),
                let batch = batches.first(where: { $0.number == rows.integer(0) })
            else { throw .damaged(.pack) }
            let why = UInt8(exactly: rows.integer(2)).flatMap { Cancellation(rawValue: $0) }
            let column = Balance.column(
                kind, in: batch, cancelled: rows.isNull(2) ? nil : why, locked: rows.integer(3) != 0,
                votedWithIt: rows.isNull(4) ? nil : rows.integer(4) == VoteChannel.post ? .post : .online)
            balance[column] += Int(rows.integer(5))
        }
        return balance
    }

    func ballotState() throws(Failure) -> BallotState {
        let row = try prepare("SELECT \(BallotState.columns) FROM ballot")
        guard try row.step() else { throw .damaged(.noBallot) }
        return BallotState(row)
    }
}
