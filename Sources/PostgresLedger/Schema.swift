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
        let database = try connection.run("SELECT current_database()::text").text(0, 0)
        let prefix = rolePrefix(database)
        var names = ["database": quoted(database)]
        for role in ["loader", "desk", "officer", "auditor"] { names[role] = quoted("\(prefix)_\(role)") }
        try connection.execute(filled(PackageResources.tables_sql, names))
        try insertLedger(connection, election, prefix)
        for file in functions(clock) { try connection.execute(file) }
        try connection.execute(filled(PackageResources.roles_sql, names))
        try connection.execute(
            """
            INSERT INTO ballot DEFAULT VALUES;
            INSERT INTO integration (size, horizon) VALUES (0, '0');
            """)
    }

    /// Its one row.
    private static func insertLedger(
        _ connection: Connection, _ election: Election, _ prefix: String
    ) throws(Failure) {
        var parameters = Parameters()
        parameters.add(Int32(version))
        parameters.add(Array(election.json.utf8))
        parameters.add(Int32(election.lockAfter))
        parameters.add(Int32(election.lifetimeLimit))
        parameters.add(text: prefix)
        _ = try connection.run(
            """
            INSERT INTO ledger (version, election, lock_after, lifetime_limit, roles)
            VALUES ($1::integer, $2::bytea, $3::integer, $4::integer, $5::text)
            """, parameters)
    }

    /// What the names of the roles begin with, of a ledger that is made in a database
    /// of this name.
    private static func rolePrefix(_ database: String) -> String { "counterfoil_\(database)" }

    /// A name as SQL has it.
    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// The election that the ledger in this database was made for.
    static func election(_ connection: Connection) throws(Failure) -> Election {
        let found = try connection.run("SELECT version, election, lock_after, lifetime_limit FROM ledger")
        guard found.count == 1 else { throw .damaged(.noBallot) }
        let version = try found.integer(0, 0)
        guard version == Self.version else {
            throw .refused(
                .otherVersion(connection.place, has: Int(version), known: Int(Self.version)))
        }
        let election: Election
        do { election = try Election(json: found.array(0, 1)) } catch {
            throw .refused(.notALedger(LedgerFault(connection.place, .election(error))))
        }
        guard try found.integer(0, 2) == election.lockAfter, try found.integer(0, 3) == election.lifetimeLimit
        else { throw .refused(.alteredSchema(connection.place)) }
        return election
    }

    /// The files in which functions are.
    private static func functions(_ clock: LedgerClock) -> [String] {
        [
            PackageResources.guards_sql, clock.sql, PackageResources.looks_sql, PackageResources.votes_sql,
            PackageResources.log_sql, PackageResources.loading_sql,
        ].map { filled($0) }
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
        for file in functions(clock) {
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
        for why in SetAside.allCases { numbers["set-aside.\(why)"] = Int(why.rawValue) }
        numbers["second-attempts.recorded"] = secondAttemptsRecorded
        numbers["grace.longest"] = Desk.longestGrace
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
    private static func filled(_ file: [UInt8], _ names: [String: String] = [:]) -> String {
        let parts = String(decoding: file, as: UTF8.self).split(
            separator: "${", omittingEmptySubsequences: false)
        var filled = String(parts[0])
        for part in parts.dropFirst() {
            let name = part.prefix { $0 != "}" }
            // The files are a part of the program, and every schema has all of them.
            guard let value = values[String(name)] ?? names[String(name)] else {
                fatalError("nothing is called \(name)")
            }
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
