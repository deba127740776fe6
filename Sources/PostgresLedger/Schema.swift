#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// The schema of a ledger: SQL in files of its own, which the build puts into
/// the program as they are. `EntryLayout.swift` says where an entry has its
/// fields, and the number of each type of entry; `Labels.swift`, what is hashed with
/// what label.
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
            try connection.execute(filled(String(decoding: file, as: UTF8.self)))
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

    // MARK: What the files name

    /// As SQL: see the head of tables.sql.
    private static let values: [String: String] = {
        var numbers = ["entry.size": EncodedEntry.count, "entry.version": Int(EncodedEntry.version)]
        for field in EntryField.allCases {
            numbers["\(field.rawValue).offset"] = field.offset
            numbers["\(field.rawValue).position"] = field.offset + 1
            numbers["\(field.rawValue).size"] = field.size
        }
        for type in EventType.allCases { numbers[type.name] = Int(type.rawValue) }
        var values = numbers.mapValues { "\($0)" }
        let reasons = Note.Reason.allCases.map { "'\($0.rawValue)'" }
        values["reasons"] = "ARRAY[\((["''"] + reasons).joined(separator: ", "))]::text[]"
        for label in [Label.codeOpening, .codeTrial, .codeTag, .logEntry] {
            let name = String(decoding: label.padded.array.prefix { $0 != 0 }, as: UTF8.self)
            values[name] = "decode('\(label.padded.hex)', 'hex')"
        }
        return values
    }()

    /// Puts its value for each `${name}`, and the name beside it as a comment. So
    /// anyone who looks at a function in the database sees what its numbers mean.
    private static func filled(_ sql: String) -> String {
        let parts = sql.split(separator: "${", omittingEmptySubsequences: false)
        var filled = String(parts[0])
        for part in parts.dropFirst() {
            let name = part.prefix { $0 != "}" }
            // The files are a part of the program, and every schema has all of them.
            guard let value = values[String(name)] else { fatalError("nothing is called \(name)") }
            filled += "\(value) /* \(name) */" + part[name.endIndex...].dropFirst()
        }
        return filled
    }
}
#endif
