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
    static func make(
        on connection: Connection, for election: Election, clock: LedgerClock
    ) throws(Failure) {
        for file in files(clock) { try connection.execute(file) }
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

    private static func files(_ clock: LedgerClock) -> [String] {
        let files = [
            PackageResources.tables_sql, PackageResources.guards_sql, clock.sql, PackageResources.looks_sql,
            PackageResources.votes_sql, PackageResources.log_sql, PackageResources.loading_sql,
            PackageResources.roles_sql,
        ]
        return files.map { filled(String(decoding: $0, as: UTF8.self)) }
    }

    // MARK: What there is then

    /// What a server says of the objects that these files make, as `Inspection` asks it.
    ///
    /// It is in `objects.txt`, one object a line, but for the bodies of functions: a
    /// server keeps those word for word. `swift test --filter ObjectTests` compares the
    /// file with a ledger that was just made; with COUNTERFOIL_WRITE_OBJECTS=1 it
    /// writes it.
    static func objects(_ clock: LedgerClock) -> [(name: String, text: String)] {
        let bodies = bodies(clock)
        return String(decoding: PackageResources.objects_txt, as: UTF8.self).split(separator: "\n").map {
            line in
            let parts = line.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let text = parts.count == 2 ? String(parts[1]) : ""
            return (name, function(name).flatMap { bodies[$0] }.map { "\(text) \($0)" } ?? text)
        }
    }

    /// The file with what a server says.
    static func file(of objects: [String: String]) -> String {
        let bodies = bodies(.server)
        return objects.map { name, text in
            let body = function(name).flatMap { bodies[$0] } ?? ""
            let rest = !body.isEmpty && text.hasSuffix(" \(body)") ? text.dropLast(body.count + 1) : text[...]
            return name + separator + rest + "\n"
        }.sorted().joined()
    }

    private static let separator = " | "

    /// Of "function gather(_ids uuid[])": gather.
    private static func function(_ name: String) -> String? {
        guard name.hasPrefix("function ") else { return nil }
        return String(name.dropFirst("function ".count).prefix { $0 != "(" })
    }

    /// The bodies of functions, by their names; each space between words is one.
    private static func bodies(_ clock: LedgerClock) -> [String: String] {
        var bodies: [String: String] = [:]
        for file in files(clock) {
            let parts = file.split(separator: "CREATE FUNCTION ", omittingEmptySubsequences: false)
            for part in parts.dropFirst() {
                let quoted = part.split(separator: "$$", maxSplits: 2, omittingEmptySubsequences: false)
                let words = quoted[1].split(whereSeparator: \.isWhitespace)
                bodies[String(part.prefix { $0 != "(" })] = words.joined(separator: " ")
            }
        }
        return bodies
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

/// With what the database compares the times that programs give.
package enum LedgerClock: Sendable {
    /// With the server's clock.
    case server
    /// With none. Tests make up their times, and no other program has a way to this.
    case none

    /// As SQL.
    fileprivate var sql: [UInt8] {
        switch self {
        case .server: PackageResources.clock_sql
        case .none:
            Array(
                """
                CREATE FUNCTION server_clock(_moment timestamptz) RETURNS bigint LANGUAGE sql STABLE AS
                $$ SELECT NULL::bigint $$;
                """.utf8)
        }
    }
}
#endif
