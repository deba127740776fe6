#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// Another database, with what `pg_dump` says of a ledger.
struct Copy {
    let database = TestServer.Database()

    init(of precinct: Precinct, _ options: String...) throws {
        let folder = TemporaryFolder()
        let file = folder.file("dump.sql")
        let name = precinct.database.address().replacing("&connect_timeout=60", with: "")
        try #require(try Tool.run("pg_dump", options + ["-f", file, name]).status == 0)
        let restored = try Tool.run(
            "psql", ["-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-f", file, database.address()])
        try #require(restored.status == 0)
    }
}

/// Rows that a table lost are missed before anyone votes.
@Suite struct LossTests {
    let precinct: Precinct

    /// An entry of each kind that has an effect.
    init() throws {
        precinct = try Precinct(packs: 9)
        let (rehearsal, owner) = (precinct.rehearsal, precinct.owner)
        func pack(_ number: Int) -> TestPack { rehearsal.pack(number) }
        try precinct.load(
            "more", [rehearsal.pack(10, replacing: pack(5)), rehearsal.pack(11, replacing: pack(6))],
            pairs: [(pack(2), pack(1)), (pack(11), pack(6))], as: .replacements)
        try owner.activate("more")
        #expect(try owner.redeem(pack(2), key: 1).name == "accepted")
        #expect(try owner.redeem(pack(2), key: 2).name == "already-voted")
        _ = try owner.redeem(pack(4), key: 3, answers: ["1/1/1970", "1"])
        // A return that is annulled, and one that comes again.
        let scan = pack(3).scan()
        #expect(try owner.desk.receive([scan, pack(3).scan()], at: .test(5))[0].name == "received")
        _ = try owner.desk.annul(pack(3).number, scan: scan.nonce, .none, at: .test(6))
        #expect(try owner.desk.receive([pack(3).scan()], at: .test(7))[0].name == "received")
        let other = pack(7).scan()
        #expect(try owner.desk.receive([other], at: .test(7))[0].name == "received")
        _ = try owner.desk.annul(pack(7).number, scan: other.nonce, .none, at: .test(8))
        _ = try owner.desk.cancel(pack(8).number, .none, at: .test(9))
        _ = try owner.desk.checkpoint { $0 }
    }

    /// Entry 0 is `created`; 1 and 2 load and activate "main", and so on.
    static let losses: [(sql: String, table: String)] = [
        ("DELETE FROM votes", "votes"), ("DELETE FROM votes WHERE channel = 1", "votes"),
        ("DELETE FROM votes WHERE channel = 2", "votes"),
        ("UPDATE votes SET under = gen_random_uuid() WHERE channel = 2", "votes"),
        ("DELETE FROM attempts", "attempts"), ("DELETE FROM attempts WHERE second > 0", "attempts"),
        ("DELETE FROM attempts WHERE wrong > 0", "attempts"),
        ("DELETE FROM scans", "scans"), ("DELETE FROM cancelled", "cancelled"),
        ("DELETE FROM cancelled WHERE why = 1", "cancelled"),
        ("DELETE FROM cancelled WHERE why = 2", "cancelled"),
        ("DELETE FROM cancelled WHERE why = 4", "cancelled"), ("DELETE FROM packs", "packs"),
        ("DELETE FROM batches WHERE number = 2", "batches"),
        ("UPDATE batches SET activated = NULL WHERE number = 1", "batches"),
        ("UPDATE ballot SET opened = NULL", "ballot"), ("DELETE FROM places WHERE number = 1", "none"),
        ("DELETE FROM places WHERE number > 9", "places"),
        ("UPDATE integration SET size = size - 1", "places"),
        ("SELECT setval('turns', 1)", "turns"),
        ("SELECT setval('turns', (SELECT max(turn) FROM log), false)", "turns"),
        ("SELECT setval('turns', (SELECT max(turn) - 1 FROM log))", "turns"),
        ("SELECT setval('turns', (SELECT max(turn) FROM log))", "none"),
        ("SELECT nextval('turns')", "none"), ("SELECT", "none"),
    ]

    /// What is then said; nil where nothing is.
    private func loss(_ body: () throws -> Void) throws -> String? {
        do { try body() } catch LedgerError.damaged(let fault) {
            switch fault.cause {
            case .damage(.lostRows(let table, _)): return table
            case .damage(.placesMissing): return "places"
            case .damage(.turnsBehind): return "turns"
            default: throw LedgerError.damaged(fault)
            }
        }
        return nil
    }

    @Test(arguments: losses)
    func aLossIsMissed(_ sql: String, _ table: String) throws {
        let shell = precinct.shell()
        // As a restore does it: without the triggers, which are there afterwards.
        #expect(shell.run("SET session_replication_role = replica; \(sql)") == nil)
        let expected = table == "none" ? nil : table
        for user in [nil, "test_desk", "test_officer", "test_loader"] {
            #expect(try loss { _ = try precinct.desk(as: user) } == expected)
        }
        // Nobody reads totals of it.
        let reader = try PostgresLedger(
            reading: precinct.database.address(user: "test_auditor"), clock: .none)
        #expect(try loss { _ = try reader.summary() } == expected)
        #expect(try loss { _ = try reader.report() } == expected)
        // An audit says by itself what it finds, or that it cannot be read.
        if table != "turns" && table != "none" {
            if case .success(nil) = Result(catching: { try precinct.audit(as: "test_auditor") }) {
                Issue.record("the audit found nothing")
            }
        }
    }

    /// Turns are drawn before anybody waits: a return may have a later one than what annulled
    /// it. Nothing is lost by that.
    @Test func anAnnulledReturnIsNoLossInAnyOrder() throws {
        let shell = precinct.shell()
        let swapped = shell.run(
            """
            SET session_replication_role = replica; BEGIN;
            CREATE TEMP TABLE these AS SELECT max(turn) FILTER (WHERE type = 9) AS received,
                max(turn) FILTER (WHERE type = 11) AS annulled
            FROM log WHERE pack = (SELECT pack FROM log WHERE type = 11 ORDER BY turn DESC LIMIT 1);
            UPDATE log SET turn = -turn FROM these WHERE turn IN (received, annulled);
            UPDATE log SET turn = CASE -turn WHEN received THEN annulled ELSE received END
            FROM these WHERE turn < 0;
            UPDATE scans SET turn = annulled FROM these WHERE turn = received;
            UPDATE places SET turn = -turn FROM these WHERE turn IN (received, annulled);
            UPDATE places SET turn = CASE -turn WHEN received THEN annulled ELSE received END
            FROM these WHERE turn < 0;
            COMMIT
            """)
        #expect(swapped == nil)
        #expect(try loss { _ = try precinct.desk() } == nil)
    }

    /// The entry that is named is the first one whose effect is missing.
    @Test func theEntryIsNamed() throws {
        #expect(
            precinct.shell().run(
                "SET session_replication_role = replica; DELETE FROM votes WHERE channel = 1")
                == nil)
        let entry = precinct.shell().ask("SELECT number FROM numbered WHERE type = 6").flatMap { Int($0) }
        try #require(entry != nil)
        let place = LedgerPlace.database(precinct.database.address())
        #expect(
            throws: LedgerError.damaged(
                LedgerFault(place, .damage(.lostRows(table: "votes", entry: entry))))
        ) { try precinct.desk() }
    }

    /// What the sentence about the sequence says mends it.
    @Test func theSequenceIsMended() throws {
        let shell = precinct.shell()
        #expect(shell.run("SELECT setval('turns', 1)") == nil)
        #expect(try loss { _ = try precinct.desk() } == "turns")
        #expect(
            shell.run("SELECT setval('counterfoil.turns', (SELECT max(turn) FROM counterfoil.log))") == nil)
        #expect(try precinct.desk().redeem(precinct.rehearsal.pack(9), key: 9).name == "accepted")
        #expect(try precinct.audit() == nil)
    }

    /// A backup that has all tables but one, and one that has none of the sequence.
    @Test(arguments: ["votes", "turns", "attempts", "cancelled", "scans", "nothing"])
    func aRestoreWithoutATableIsRefused(_ table: String) throws {
        let copy = try Copy(of: precinct, "--exclude-table-data=counterfoil.\(table)")
        let found = try loss {
            _ = try PostgresLedger(
                opening: copy.database.address(), election: precinct.rehearsal.election, clock: .none)
        }
        #expect(found == (table == "nothing" ? nil : table))
    }

    // MARK: Row-level security

    /// A policy that hides the votes from everyone but their owner. A desk is refused
    /// at opening; a reader that was open counts no votes.
    @Test func aPolicyThatHidesVotesIsAnError() throws {
        let reader = try PostgresLedger(
            reading: precinct.database.address(user: "test_auditor"), clock: .none)
        #expect(try reader.summary().balance.votes == 2)
        #expect(precinct.shell().run("ALTER TABLE votes ENABLE ROW LEVEL SECURITY") == nil)
        let error = #expect(throws: LedgerError.self) { try reader.report() }
        guard case .noRight(let fault) = error, case .server("42501", let words) = fault.cause,
            words.contains("row-level security")
        else { throw try #require(error) }
        // The control: a session that does not ask for the error sees no votes.
        let shell = precinct.shell(as: "test_auditor")
        #expect(shell.ask("SELECT count(*) FROM votes") == "0")
        #expect(shell.run("SET row_security = off") == nil)
        #expect(shell.run("SELECT count(*) FROM votes")?.contains("row-level security") == true)
    }
}
#endif
