#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// The schema of a ledger: SQL in files of its own, which the build puts into
/// the program as they are. `EntryLayout.swift` says where an entry has its
/// fields, and the number of each type of entry.
enum Schema {
    /// Raised when a ledger that an older version made would not do for this one.
    static let version: Int64 = 2

    /// Makes it, in the transaction that is open, for an election.
    static func make(on connection: Connection, for election: Election) throws(Failure) {
        let files = [
            PackageResources.tables_sql, PackageResources.guards_sql, PackageResources.votes_sql,
            PackageResources.log_sql, PackageResources.loading_sql, PackageResources.roles_sql,
        ]
        for file in files {
            try connection.execute(filled(String(decoding: file, as: UTF8.self), with: layout))
        }
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

    // MARK: The layout of an entry

    /// The numbers that the files name: see the head of tables.sql.
    private static let layout: [String: Int] = {
        var numbers = ["entry.size": EncodedEntry.count, "entry.version": Int(EncodedEntry.version)]
        for field in EntryField.allCases {
            numbers["\(field.rawValue).offset"] = field.offset
            numbers["\(field.rawValue).position"] = field.offset + 1
            numbers["\(field.rawValue).size"] = field.size
        }
        for type in EventType.allCases { numbers[type.name] = Int(type.rawValue) }
        return numbers
    }()

    /// Puts a number for each `${name}`, and the name beside it as a comment. So
    /// anyone who looks at a function in the database sees what its numbers mean.
    private static func filled(_ sql: String, with numbers: [String: Int]) -> String {
        let parts = sql.split(separator: "${", omittingEmptySubsequences: false)
        var filled = String(parts[0])
        for part in parts.dropFirst() {
            let name = part.prefix { $0 != "}" }
            // The files are a part of the program, and every schema has all of them.
            guard let number = numbers[String(name)] else { fatalError("no number is called \(name)") }
            filled += "\(number) /* \(name) */" + part[name.endIndex...].dropFirst()
        }
        return filled
    }
}
#endif
