#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// The hashes that the database keeps of the log are those that Swift computes.
@Suite struct HashTests {
    private let precinct: Precinct
    private let shell: TestServer.Session

    /// A log without entries, and nobody who keeps anybody from changing it.
    init() throws {
        precinct = try Precinct(packs: 1)
        shell = precinct.shell()
        #expect(
            shell.run(
                """
                ALTER TABLE log DISABLE TRIGGER log_stays; ALTER TABLE places DISABLE TRIGGER places_stay;
                DELETE FROM places; DELETE FROM log; UPDATE integration SET size = 0;
                CREATE TEMP TABLE entries (n bigint, at bigint, id uuid, type int, entry bytea, reason text, reference text, officer text)
                """) == nil)
    }

    /// Entries with all kinds of notes: none, ASCII, all that UTF-8 has, and the longest.
    private static func entries(_ count: Int) -> [LoggedEntry] {
        let texts = [
            "", "Case 7", "Fall 7 – ä€", "日本語 Ωμέγα", "𝄞🗳️", "'; -- \\x41", String(repeating: "é", count: 40),
        ]
        let reasons = [nil] + Note.Reason.allCases
        let ids = EntryID.random(count: count)
        return (0..<count).map { n in
            let note = Note(
                reason: reasons[n % reasons.count], reference: texts[n % texts.count],
                officer: texts[n / 3 % texts.count])
            return LoggedEntry(Entry(.deskOpened, at: .test(n), note: note), number: n, id: ids[n])
        }
    }

    /// What Swift keeps with each of them.
    private static func hashes(_ entries: [LoggedEntry]) -> [String] {
        var frontier = Frontier()
        return entries.map { logged in
            frontier.append(MerkleTree.leaf(logged.leaf)).map { $0.hex }.joined()
        }
    }

    /// Puts them into a table of their own, from which a log is made.
    private func stage(_ entries: [LoggedEntry]) {
        for start in stride(from: 0, to: entries.count, by: 500) {
            let rows = entries[start..<min(start + 500, entries.count)].map { logged in
                let texts = [logged.reason, logged.reference, logged.officer].map {
                    "'\($0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
                }
                return """
                    (\(logged.number), \(logged.encoded.time.milliseconds), '\(logged.id.bytes.hex)',
                     \(logged.encoded[.type]), decode('\(logged.encoded.hex)', 'hex'), \(texts.joined(separator: ", ")))
                    """
            }
            #expect(shell.run("INSERT INTO entries VALUES \(rows.joined(separator: ", "))") == nil)
        }
    }

    /// Writes those numbered in a range to the log, as they are staged.
    private func write(_ numbers: Range<Int>) {
        #expect(
            shell.run(
                """
                INSERT INTO log (turn, xact, at, id, type, entry, reason, reference, officer)
                SELECT nextval('turns'), pg_current_xact_id(), at, id, type, entry, reason, reference, officer
                FROM entries WHERE n >= \(numbers.lowerBound) AND n < \(numbers.upperBound) ORDER BY n
                """) == nil)
    }

    /// What is kept, in the order of the log.
    private func kept() -> String {
        shell.ask("SELECT string_agg(encode(hashes, 'hex'), ' ' ORDER BY number) FROM places") ?? ""
    }

    /// The entries whose hashes are not those that they should have.
    private func differing(from entries: [LoggedEntry]) -> [Int] {
        let (found, expected) = (kept().utf8.split(separator: 0x20), Self.hashes(entries))
        #expect(found.count == expected.count)
        return found.indices.filter { !found[$0].elementsEqual(expected[$0].utf8) }
    }

    // MARK: Whole logs

    /// Logs of every length, placed at once.
    @Test func everyLogHasTheHashesThatSwiftGivesIt() {
        let entries = Self.entries(300)
        let expected = Self.hashes(entries)
        stage(entries)
        for count in 0...300 {
            shell.run("BEGIN")
            write(0..<count)
            #expect(shell.ask("SELECT place()") == "(\(count),f)")
            #expect(kept() == expected.prefix(count).joined(separator: " "), "\(count) entries")
            shell.run("ROLLBACK")
        }
    }

    /// One log, placed in pieces of many lengths, so that its right edge is read
    /// again at every size.
    @Test(arguments: [1, 2, 3, 7, 64, 100])
    func aLogHasTheSameHashesHoweverItIsPlaced(_ piece: Int) {
        let entries = Self.entries(300)
        stage(entries)
        for start in stride(from: 0, to: 300, by: piece) {
            write(start..<min(start + piece, 300))
            #expect(shell.run("SELECT place()") == nil)
        }
        #expect(kept() == Self.hashes(entries).joined(separator: " "))
    }

    /// The function places so many entries at a time. Here it is made to place fewer,
    /// so that a log of a few hundred has several portions.
    @Test(arguments: [0, 1, 5, 99])
    func aLogIsPlacedPortionByPortion(_ first: Int) throws {
        try precinct.without(
            "_portion CONSTANT bigint := 65536", in: "place", instead: "_portion CONSTANT bigint := 100")
        let entries = Self.entries(first + 203)
        stage(entries)
        write(0..<first)
        #expect(shell.ask("SELECT place()") == "(\(first),f)")
        write(first..<entries.count)
        #expect(shell.ask("SELECT place()") == "(\(first + 100),t)")
        #expect(shell.ask("SELECT place()") == "(\(first + 200),t)")
        #expect(shell.ask("SELECT place()") == "(\(first + 203),f)")
        #expect(shell.ask("SELECT place()") == "(\(first + 203),f)")
        #expect(kept() == Self.hashes(entries).joined(separator: " "))
        // A ledger asks until nothing waits.
        let more = Self.entries(250)
        shell.run("TRUNCATE entries")
        stage(more)
        write(0..<250)
        #expect(try precinct.owner.desk.checkpoint { $0 }.head.size == entries.count + 250)
        #expect(shell.ask("SELECT count(*) FROM waiting") == "0")
    }

    // MARK: Controls

    /// Each is one byte of one entry, and the hash of its leaf is another one then.
    static let altered = [
        "entry = set_byte(entry, 105, get_byte(entry, 105) # 1)", "entry = set_byte(entry, 18, 1)",
        "id = (left(id::text, 35) || CASE right(id::text, 1) WHEN '0' THEN '1' ELSE '0' END)::uuid",
        "reason = reason || 'x'", "reference = reference || 'x'", "officer = officer || 'x'",
        "officer = reference, reference = officer || 'x'",
    ]

    @Test(arguments: altered)
    func aByteThatIsAlteredIsInTheHash(_ change: String) {
        let entries = Self.entries(20)
        stage(entries)
        #expect(shell.run("UPDATE entries SET \(change) WHERE n = 9") == nil)
        write(0..<20)
        #expect(shell.ask("SELECT place()") == "(20,f)")
        // The leaf, and the last leaf of each subtree that it is in.
        #expect(differing(from: entries) == [9, 11, 15])
    }

    /// What was kept at the right edge goes into what comes after it.
    @Test func aHashThatIsAlteredIsInTheNextOnes() {
        let entries = Self.entries(8)
        stage(entries)
        write(0..<6)
        #expect(shell.run("SELECT place()") == nil)
        #expect(
            shell.run(
                "UPDATE places SET hashes = set_byte(hashes, 95, get_byte(hashes, 95) # 1) WHERE number = 3")
                == nil)
        write(6..<8)
        #expect(shell.run("SELECT place()") == nil)
        #expect(differing(from: entries) == [3, 7])
        // A log whose right edge is missing gets no further.
        #expect(shell.run("DELETE FROM places WHERE number = 7; DELETE FROM places WHERE number = 5") == nil)
        #expect(shell.run("UPDATE integration SET size = 8") == nil)
        #expect(shell.run("SELECT place()")?.contains("hashes of the log are missing") == true)
    }

    /// A ledger needs a database whose texts are UTF-8.
    @Test func aDatabaseInAnotherEncodingIsRefused() throws {
        let name = "\(precinct.database.name)_latin"
        let server = TestServer.Session(TestServer.address("postgres"))
        #expect(server.run("CREATE DATABASE \(name) ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0") == nil)
        defer { server.run("DROP DATABASE \(name) WITH (FORCE)") }
        let error = #expect(throws: LedgerError.self) {
            try PostgresLedger.create(
                at: TestServer.address(name), election: precinct.rehearsal.election, at: .test(0),
                clock: .none)
        }
        guard case .failed(let fault) = error, case .server(_, let words) = fault.cause else {
            throw try #require(error)
        }
        #expect(words.contains("LATIN1") && words.contains("UTF8"))
    }
}
#endif
