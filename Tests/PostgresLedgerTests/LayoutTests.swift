#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// What the database makes of an entry's bytes is what `EntryLayout.swift` says.
@Suite struct LayoutTests {
    /// The functions that read an entry, by the field that they read, and how
    /// many bytes of it from the left.
    static let readers: [(name: String, type: String, field: EntryField, size: Int)] = [
        ("entry_type", "integer", .type, 1), ("entry_voter", "uuid", .voter, 16),
        ("entry_batch", "bigint", .batch, 4), ("entry_count", "bigint", .count, 4),
        ("detail_why", "integer", .detail, 1), ("detail_time", "bigint", .detail, 8),
        ("detail_tag", "uuid", .detail, 16), ("detail_digest", "bytea", .detail, 64),
    ]

    let shell: TestServer.Session
    private let precinct: Precinct

    init() throws {
        precinct = try Precinct(packs: 1)
        shell = precinct.shell()
    }

    @Test func theFieldsAreWhereSwiftHasThem() {
        #expect(strays() == [])
    }

    /// The control.
    @Test(arguments: [
        ("entry_voter", "uuid", "encode(substr(_entry, 20, 16), 'hex')::uuid"),
        ("entry_type", "integer", "get_byte(_entry, 2)"),
        ("detail_digest", "bytea", "substr(_entry, 43, 63)"),
    ])
    func aFieldReadFromElsewhereIsSeen(name: String, type: String, body: String) {
        #expect(
            shell.run(
                """
                CREATE OR REPLACE FUNCTION \(name)(_entry bytea) RETURNS \(type) LANGUAGE sql IMMUTABLE
                AS $$ SELECT \(body) $$
                """) == nil)
        #expect(strays() == [name])
    }

    /// The test above does not look at functions that it does not know.
    @Test func allThatReadAnEntryAreKnown() {
        let found = shell.ask(
            """
            SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc
            WHERE pronamespace = 'counterfoil'::regnamespace AND proargtypes = ARRAY['bytea'::regtype::oid]::oidvector
            """)
        #expect(found == Self.readers.map(\.name).sorted().joined(separator: " "))
    }

    /// What is beside an entry is compared with these of its bytes, and with no other.
    @Test func theLogComparesWhatItRepeats() {
        var refused: Set<Int> = []
        for byte in 0..<EncodedEntry.count {
            shell.run("BEGIN")
            let words = shell.run(
                """
                INSERT INTO log
                SELECT nextval('turns'), xact, at, pack, id, type,
                       set_byte(entry, \(byte), get_byte(entry, \(byte)) # 1), reason, reference, officer
                FROM log LIMIT 1
                """)
            if words?.contains("check constraint") ?? false { refused.insert(byte) }
            shell.run("ROLLBACK")
        }
        let repeated: [EntryField] = [.version, .type, .time, .pack]
        #expect(refused == Set(repeated.flatMap { $0.offset..<$0.offset + $0.size }))
    }

    /// Beside each number in a function is the name that it was put in for.
    @Test func theTypesAreThoseOfSwift() throws {
        let text = try #require(
            shell.ask(
                "SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE pronamespace = 'counterfoil'::regnamespace"
            ))
        #expect(Self.misnamed(in: text) == [])
        // A ledger's first entry is written from Swift.
        for type in EventType.allCases where type != .created {
            #expect(text.contains("\(type.rawValue) /* \(type.name) */"))
        }
    }

    /// The control.
    @Test func aNumberThatIsNotThatOfItsNameIsSeen() {
        #expect(Self.misnamed(in: "WHEN 7 /* vote-cast */ THEN") == ["7 vote-cast"])
        #expect(Self.misnamed(in: "ARRAY[6 /* vote-cast */, 6 /* voted */]") == ["6 voted"])
    }

    /// The planner replaces the calls by what the functions do: names cost nothing.
    @Test func theFunctionsAreInlined() {
        #expect(called() == [])
        // The control: a function that runs with its owner's rights is called.
        #expect(shell.run("ALTER FUNCTION entry_batch(bytea) SECURITY DEFINER") == nil)
        #expect(called() == ["entry_batch"])
    }

    /// The functions that read something else than Swift reads.
    private func strays() -> [String] {
        // No two bytes are the same.
        let bytes = (0..<EncodedEntry.count).map { UInt8($0 + 1) }
        return Self.readers.filter { reader in
            let value = "\(reader.name)(decode('\(Hex.encode(bytes))', 'hex'))"
            let found =
                switch reader.type {
                case "bytea": "encode(\(value), 'hex')"
                case "uuid": "replace(\(value)::text, '-', '')"
                default: "lpad(to_hex(\(value)), \(2 * reader.size), '0')"
                }
            let field = bytes[reader.field.offset...].prefix(reader.field.size).prefix(reader.size)
            return shell.ask("SELECT \(found)") != Hex.encode(Array(field))
        }.map(\.name)
    }

    /// The functions that a plan calls by name.
    private func called() -> [String] {
        let calls = Self.readers.map { "\($0.name)(entry)" }.joined(separator: ", ")
        let plan = shell.ask("EXPLAIN (VERBOSE, FORMAT JSON) SELECT \(calls) FROM log") ?? calls
        return Self.readers.map(\.name).filter { plan.contains("\($0)(") }
    }

    /// Numbers with the name of another, or with a name that there is not.
    private static func misnamed(in text: String) -> [String] {
        var numbers = ["entry.size": EncodedEntry.count, "entry.version": Int(EncodedEntry.version)]
        for type in EventType.allCases { numbers[type.name] = Int(type.rawValue) }
        for field in EntryField.allCases {
            numbers["\(field.rawValue).offset"] = field.offset
            numbers["\(field.rawValue).position"] = field.offset + 1
            numbers["\(field.rawValue).size"] = field.size
        }
        return text.matches(of: /(\d+) \/\* ([a-z.\-]+) \*\//)
            .filter { numbers[String($0.2)] != Int($0.1) }.map { "\($0.1) \($0.2)" }
    }
}
#endif
