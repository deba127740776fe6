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
        ("entry_type", "integer", .type, 1), ("entry_pack", "bigint", .pack, 8),
        ("entry_voter", "uuid", .voter, 16),
        ("entry_batch", "bigint", .batch, 4), ("entry_count", "bigint", .count, 4),
        ("entry_detail", "bytea", .detail, 64), ("entry_why", "integer", .why, 1),
        ("entry_moment", "bigint", .moment, 8), ("entry_mark", "uuid", .mark, 16),
        ("entry_chain", "bytea", .chain, 32), ("entry_second", "bytea", .second, 32),
        ("entry_aside_nonce", "uuid", .asideNonce, 16), ("entry_aside_voted", "bigint", .asideVoted, 8),
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
        ("entry_detail", "bytea", "substr(_entry, 43, 63)"),
        ("entry_chain", "bytea", "substr(_entry, 58, 32)"),
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
            WHERE pronamespace = 'counterfoil'::regnamespace AND proargnames = '{_entry}'
            """)
        let known = Self.readers.map(\.name) + ["entry_tag"]
        #expect(found == known.sorted().joined(separator: " "))
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
        let label = Label.codeTag.padded.hex
        #expect(Self.misnamed(in: "decode('\(label)', 'hex') /* cf1.code-tag */") == [])
        #expect(
            Self.misnamed(in: "decode('\(label)', 'hex') /* cf1.code-try */") == ["\(label) cf1.code-try"])
    }

    /// The planner replaces the calls by what the functions do: names cost nothing.
    @Test func theFunctionsAreInlined() {
        #expect(called() == [])
        // The control: a function that runs with its owner's rights is called.
        #expect(shell.run("ALTER FUNCTION entry_batch(bytea) SECURITY DEFINER") == nil)
        #expect(called() == ["entry_batch"])
        #expect(shell.run("ALTER FUNCTION tag_of(bytea) SECURITY DEFINER") == nil)
        #expect(called() == ["entry_batch", "tag_of"])
    }

    // MARK: The chain of a code

    /// What the database makes of each value is what Swift makes of it.
    @Test func theChainIsThatOfSwift() throws {
        let rehearsal = precinct.rehearsal
        for number in 1...20 {
            let pack = rehearsal.pack(number)
            let chain = rehearsal.chain(of: pack)
            let (second, opening, trial) = (
                chain.second.bytes.hex, chain.opening.bytes.hex, chain.trial.bytes.hex
            )
            func ask(_ function: String, _ value: String) -> String? {
                shell.ask("SELECT encode(\(function)(decode('\(value)', 'hex')), 'hex')")
            }
            #expect(ask("opening_of", second) == opening)
            #expect(ask("trial_of", opening) == trial)
            let tag = try #require(ask("tag_of", trial).flatMap { Bytes<32>(hex: $0) })
            #expect(rehearsal.rows(of: [pack])[0].lookup.tag.matches(Tag(tag)))
            for event in [
                rehearsal.cast(pack), .wrongAnswers(pack: pack.number, AnswerTag(Bytes()), chain.trial),
                .secondAttempt(pack: pack.number, chain.second),
            ] {
                #expect(ask("entry_tag", Entry(event, at: .test(1)).encoded.hex) == tag.hex)
            }
        }
        // The others show nothing of a code.
        let others = Entry(
            .postReceived(pack: rehearsal.pack(1).number, voter: .nobody, .random()), at: .test(1))
        #expect(shell.ask("SELECT entry_tag(decode('\(others.encoded.hex)', 'hex')) IS NULL") == "t")
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
        let readers = Self.readers.map(\.name) + ["entry_tag"]
        let hashes = [
            "opening_of(entry)", "trial_of(entry)", "tag_of(entry)", "node_hash(entry, entry)",
            "with_length(reason)", "leaf_hash(entry, id, reason, reference, officer)",
        ]
        let calls = (readers.map { "\($0)(entry)" } + hashes).joined(separator: ", ")
        let plan = shell.ask("EXPLAIN (VERBOSE, FORMAT JSON) SELECT \(calls) FROM log") ?? calls
        let names = readers + hashes.map { String($0.prefix { $0 != "(" }) }
        return names.filter { plan.contains("\($0)(") }
    }

    /// Numbers and labels with the name of another, or with a name that there is not.
    private static func misnamed(in text: String) -> [String] {
        var numbers = ["entry.size": EncodedEntry.count, "entry.version": Int(EncodedEntry.version)]
        for type in EventType.allCases { numbers[type.name] = Int(type.rawValue) }
        for why in SetAside.allCases { numbers["set-aside.\(why)"] = Int(why.rawValue) }
        numbers["second-attempts.recorded"] = secondAttemptsRecorded
        numbers["grace.longest"] = Desk.longestGrace
        for field in EntryField.allCases {
            numbers["\(field.rawValue).offset"] = field.offset
            numbers["\(field.rawValue).position"] = field.offset + 1
            numbers["\(field.rawValue).size"] = field.size
        }
        let labels = [
            "cf1.code-open": Label.codeOpening, "cf1.code-try": .codeTrial, "cf1.code-tag": .codeTag,
            "cf1.logentry": .logEntry,
        ]
        return text.matches(of: /(\d+) \/\* ([a-zA-Z.\-]+) \*\//)
            .filter { numbers[String($0.2)] != Int($0.1) }.map { "\($0.1) \($0.2)" }
            + text.matches(of: /decode\('([0-9a-f]+)', 'hex'\) \/\* ([a-z0-9.\-]+) \*\//)
            .filter { labels[String($0.2)]?.padded.hex != String($0.1) }.map { "\($0.1) \($0.2)" }
    }
}
#endif
