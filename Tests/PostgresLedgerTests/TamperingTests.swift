#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// What an owner changes in the tables of pairs, scans and votes is found by an audit.
@Suite struct TamperingTests {
    static let changes = [
        // Pairs.
        "DELETE FROM pairs WHERE cancelled = $1", "DELETE FROM pairs",
        "INSERT INTO pairs VALUES (1, $1, $2)", "INSERT INTO pairs VALUES (9, $1, $2)",
        "UPDATE pairs SET kept = $5 WHERE cancelled = $99", "UPDATE pairs SET batch = 1",
        // What they cancel.
        "DELETE FROM cancelled WHERE pack = $1", "UPDATE cancelled SET why = 2 WHERE pack = $1",
        "DELETE FROM cancelled WHERE pack = $99", "INSERT INTO cancelled VALUES ($4, 4)",
        // Scans.
        "DELETE FROM scans WHERE pack = $3", "DELETE FROM scans",
        "UPDATE scans SET turn = (SELECT min(turn) FROM log) WHERE pack = $3",
        "UPDATE scans SET nonce = gen_random_uuid() WHERE pack = $3",
        "UPDATE scans SET pack = $5 WHERE pack = $3",
        "INSERT INTO scans SELECT pack, gen_random_uuid(), turn FROM scans WHERE pack = $3",
        "INSERT INTO scans SELECT $5, nonce, turn FROM scans WHERE pack = $3",
        "UPDATE scans SET turn = -1 WHERE pack = $3",
        // Votes.
        "UPDATE votes SET under = gen_random_uuid() WHERE channel = 2",
        "UPDATE votes SET under = gen_random_uuid() WHERE channel = 1",
        "UPDATE votes SET channel = 1 WHERE channel = 2",
        // What opened a vote.
        "UPDATE log SET entry = set_byte(entry, 60, get_byte(entry, 60) # 1) WHERE type = 6",
    ]

    let precinct: Precinct

    init() throws {
        precinct = try Precinct(packs: 6)
        let (rehearsal, owner) = (precinct.rehearsal, precinct.owner)
        func pack(_ number: Int) -> TestPack { rehearsal.pack(number) }
        // Pack 99 is in no register.
        try precinct.load(
            "more", [rehearsal.pack(7, replacing: pack(5)), rehearsal.pack(8, replacing: pack(6))],
            pairs: [(pack(2), pack(1)), (pack(7), pack(1)), (pack(8), pack(6)), (pack(8), pack(99))],
            as: .replacements)
        try owner.activate("more")
        #expect(try owner.redeem(pack(2), key: 1).name == "accepted")
        let scan = pack(3).scan()
        #expect(try owner.desk.receive([scan, pack(3).scan()], at: .test(5))[0].name == "received")
        _ = try owner.desk.annul(pack(3).number, scan: scan.nonce, .none, at: .test(6))
        #expect(try owner.desk.receive([pack(3).scan()], at: .test(7))[0].name == "received")
        _ = try owner.desk.checkpoint { $0 }
    }

    /// The control: as it is, nothing is wrong; nor when more registers come.
    @Test func whatTheProgramWritesIsRight() throws {
        let shell = precinct.shell()
        let cancelled = "SELECT string_agg(why::text, '' ORDER BY why) FROM cancelled"
        // Packs 5 and 6 are replaced. Pack 6 is in a pair as well, but that is told first.
        #expect(shell.ask(cancelled) == "1144")
        #expect(try precinct.audit() == nil)
        try precinct.owner.load("late", [precinct.rehearsal.pack(99)])
        try precinct.owner.activate("late")
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(99), key: 9).name == "cancelled")
        #expect(try precinct.audit() == nil)
        #expect(try precinct.audit(as: "test_auditor") == nil)
    }

    @Test(arguments: changes)
    func whatIsChangedIsFound(_ change: String) throws {
        let shell = precinct.shell()
        // Without triggers, which are there again for everyone else.
        #expect(shell.run("SET session_replication_role = replica") == nil)
        var sql = change
        for number in [99, 5, 4, 3, 2, 1] {
            let pack = "\(precinct.rehearsal.pack(number).number.value)"
            sql = sql.split(separator: "$\(number)", omittingEmptySubsequences: false).joined(separator: pack)
        }
        #expect(shell.run(sql) == nil)
        #expect(try precinct.audit() != nil)
    }

    /// A scan whose entry says something else is no answer to a table.
    @Test func aScanOfAnotherEntryIsDamage() throws {
        let shell = precinct.shell()
        let scan = precinct.rehearsal.pack(4).scan()
        #expect(try precinct.owner.desk.receive([scan], at: .test(8))[0].name == "received")
        #expect(try precinct.owner.desk.receive([scan], at: .test(9))[0].name == "received")
        #expect(
            shell.run(
                """
                ALTER TABLE scans DISABLE TRIGGER USER;
                UPDATE scans SET turn = (SELECT min(turn) FROM log) WHERE pack = \(scan.pack.value)
                """) == nil)
        let error = #expect(throws: LedgerError.self) {
            try precinct.owner.desk.receive([scan], at: .test(10))
        }
        guard case .damaged(let fault) = error, fault.cause == .damage(.scan(entry: 0)) else {
            throw try #require(error)
        }
    }
}
#endif
