internal import Counterfoil
internal import PollingDesk

/// What can be read off a ledger file without a key.
extension Database {
    /// Why this is no ledger that this version can use: the rest of a sentence
    /// about the file; or nil.
    func problem() throws(Failure) -> String? {
        guard try number("PRAGMA application_id") == Schema.applicationID else {
            return "is not a Counterfoil ledger"
        }
        let version = try number("PRAGMA user_version") ?? 0
        guard version <= Schema.version else {
            return "was made by a newer version of Counterfoil; use that one"
        }
        guard version == Schema.version, try tables() == Self.ownTables() else {
            return "does not have the tables and rules of a ledger of this version; they were altered"
        }
        return nil
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
            """)
        let insert = try prepare("INSERT INTO ballot VALUES (1, ?1, NULL, NULL)")
        try insert.bind(1, Array(election.json.utf8))
        try insert.run()
    }

    /// The statements that made the tables, indexes and triggers.
    private func tables() throws(Failure) -> String? {
        try text(
            """
            SELECT group_concat(sql, ';') FROM
            (SELECT sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY type, name)
            """)
    }

    private static func ownTables() throws(Failure) -> String? {
        let own = try Database("", .memory)
        try own.execute(Schema.sql)
        return try own.tables()
    }

    /// The election that the ledger was made for.
    func election() throws(Failure) -> Election {
        let row = try prepare("SELECT election FROM ballot")
        guard try row.step() else { throw .damaged("the ballot is missing") }
        let json = row.array(0)
        do { return try Election(json: json) } catch {
            throw .refused("the election in the ledger cannot be read: \(error)")
        }
    }

    /// Of one moment, though writers may be at work.
    func summary(of election: Election) throws(Failure) -> LedgerSummary {
        // A transaction, so that all counts belong together; it ends with the
        // reading, so that it does not hold up a checkpoint.
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        let ballot = try ballotState()
        let rows = try prepare("SELECT \(Batch.columns) FROM batches ORDER BY number")
        var batches: [Batch] = []
        while try rows.step() { batches.append(try Batch(rows, at: batches.count + 1)) }

        let votes = try count("votes")
        let online = try count("votes WHERE channel = \(VoteChannel.online)")
        return LedgerSummary(
            election: election, ballot: ballot, batches: batches, votesOnline: online,
            votesByPost: votes - online,
            // A number in `cancelled` may be waiting for its register.
            cancelled: try count("cancelled JOIN packs USING (pack)"),
            locked: try count(
                "attempts WHERE wrong >= \(election.lockAfter) OR lifetime >= \(election.lifetimeLimit)"),
            secondAttempts: Int(try number("SELECT coalesce(sum(second), 0) FROM attempts") ?? 0),
            entries: try count("log"))
    }

    private func ballotState() throws(Failure) -> BallotState {
        let row = try prepare("SELECT \(BallotState.columns) FROM ballot")
        guard try row.step() else { throw .damaged("the ballot is missing") }
        return BallotState(row)
    }

    private func count(_ rows: String) throws(Failure) -> Int {
        Int(try number("SELECT count(*) FROM \(rows)") ?? 0)
    }
}
