#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// The schema of a ledger: SQL in files of its own, which the build puts into
/// the program as they are.
enum Schema {
    /// Raised with every change of the files.
    static let version: Int64 = 2

    /// Makes it, in the transaction that is open, for an election.
    static func make(_ connection: Connection, _ election: Election) throws(Failure) {
        let files = [
            PackageResources.tables_sql, PackageResources.guards_sql, PackageResources.votes_sql,
            PackageResources.log_sql, PackageResources.loading_sql, PackageResources.roles_sql,
        ]
        for file in files { try connection.execute(String(decoding: file, as: UTF8.self)) }
        var parameters = Parameters()
        parameters.add(Int32(version))
        parameters.add(Array(election.json.utf8))
        _ = try connection.run(
            "INSERT INTO ledger (version, election) VALUES ($1::integer, $2::bytea)", parameters)
        try connection.execute(
            """
            INSERT INTO ballot DEFAULT VALUES;
            INSERT INTO integration (size, horizon) VALUES (0, '0');
            """)
    }

    /// The election that the ledger in this database was made for.
    static func election(_ connection: Connection) throws(Failure) -> Election {
        let found = try connection.run("SELECT version, election FROM ledger")
        guard found.count == 1 else { throw .damaged(.noBallot) }
        let version = try found.integer(0, 0)
        guard version == Self.version else {
            throw .refused(
                .otherVersion(connection.place, has: Int(version), known: Int(Self.version)))
        }
        do { return try Election(json: found.array(0, 1)) } catch {
            throw .refused(.notALedger(LedgerFault(connection.place, .election(error))))
        }
    }
}
#endif
