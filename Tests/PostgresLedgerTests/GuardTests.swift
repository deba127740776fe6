#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// What the database refuses by itself, even when its owner makes a slip.
@Suite struct GuardTests {
    static let wrong = [
        "UPDATE packs SET batch = 2", "DELETE FROM packs", "TRUNCATE packs", "UPDATE log SET at = 0",
        "DELETE FROM log", "TRUNCATE log", "UPDATE places SET turn = 99", "DELETE FROM places",
        "TRUNCATE places", "UPDATE batches SET count = 1",
        "UPDATE batches SET activated = 5 WHERE number = 1",
        "UPDATE batches SET activated = NULL", "DELETE FROM batches", "UPDATE cancelled SET pack = 1",
        "UPDATE cancelled SET why = 2", "DELETE FROM cancelled", "UPDATE votes SET pack = 1",
        "UPDATE pairs SET kept = 1", "DELETE FROM pairs", "TRUNCATE pairs", "UPDATE scans SET turn = 1",
        "DELETE FROM scans", "TRUNCATE scans",
        "DELETE FROM votes", "TRUNCATE votes", "DELETE FROM attempts", "UPDATE ledger SET election = ''",
        "DELETE FROM ledger", "DELETE FROM ballot",
        // A second vote of the same voter, by whatever way.
        "INSERT INTO votes SELECT voter, pack, at, 2, under FROM votes",
        "INSERT INTO votes SELECT voter, 5, at, 1, gen_random_uuid() FROM votes",
        // Values of another length, kind or range.
        "INSERT INTO votes VALUES (gen_random_uuid(), 1, 0, 1, NULL)",
        "INSERT INTO votes VALUES (gen_random_uuid(), 1, 0, 2, NULL)",
        "INSERT INTO votes VALUES (gen_random_uuid(), 1, 0, 3, gen_random_uuid())",
        "INSERT INTO votes VALUES (NULL, 1, 0, 2, gen_random_uuid())",
        "INSERT INTO cancelled VALUES (5, 0)", "INSERT INTO cancelled VALUES (5, 5)",
        "INSERT INTO pairs SELECT * FROM pairs", "INSERT INTO pairs VALUES (1, 5, 5)",
        // A scan has one entry, which is in the log.
        "INSERT INTO scans SELECT pack, nonce, turn FROM scans",
        "INSERT INTO scans VALUES (5, gen_random_uuid(), 0)",
        "INSERT INTO packs SELECT id, 5, voter, answers, replaced, batch, kind, tag FROM packs",
        "INSERT INTO packs SELECT gen_random_uuid(), pack, voter, answers, replaced, batch, kind, tag FROM packs",
        "INSERT INTO packs SELECT gen_random_uuid(), 1::bigint << 60, voter, answers, replaced, batch, kind, tag FROM packs LIMIT 1",
        "INSERT INTO packs SELECT gen_random_uuid(), 5, voter, answers, replaced, batch, 4, tag FROM packs LIMIT 1",
        "INSERT INTO packs SELECT gen_random_uuid(), 5, voter, answers, replaced, batch, kind, substr(tag, 2) FROM packs LIMIT 1",
        "INSERT INTO attempts VALUES (5, 2, 1, 0)", "INSERT INTO ballot VALUES (true)",
        "INSERT INTO log SELECT turn, xact, at, pack, id, type, entry, reason, reference, officer FROM log",
        // What is beside an entry says what the entry says.
        "INSERT INTO log SELECT nextval('turns'), xact, at + 1, pack, id, type, entry, reason, reference, officer FROM log",
        "INSERT INTO log SELECT nextval('turns'), xact, at, 7, id, type, entry, reason, reference, officer FROM log",
        "INSERT INTO log SELECT nextval('turns'), xact, at, pack, id, 18, entry, reason, reference, officer FROM log",
        "INSERT INTO log SELECT nextval('turns'), xact, at, pack, id, type, substr(entry, 1, 105), reason, reference, officer FROM log",
        "INSERT INTO log SELECT nextval('turns'), xact, at, pack, id, type, entry, repeat('x', 81), reference, officer FROM log",
        "INSERT INTO places SELECT number + 1000, turn, hashes FROM places",
        "INSERT INTO places SELECT number, turn + 1000, hashes FROM places",
        "INSERT INTO places SELECT number + 1000, turn + 1000, substr(hashes, 2) FROM places",
    ]

    let precinct: Precinct

    init() throws {
        precinct = try Precinct(packs: 6)
        let rehearsal = precinct.rehearsal
        #expect(try precinct.owner.redeem(rehearsal.pack(1), key: 1).name == "accepted")
        _ = try precinct.owner.redeem(rehearsal.pack(2), key: 2, answers: ["1/1/1970", "1"])
        _ = try precinct.owner.desk.cancel(rehearsal.pack(3).number, .none, at: .test(5))
        #expect(
            try precinct.owner.desk.receive([rehearsal.pack(5).scan()], at: .test(6))[0].name == "received")
        try precinct.load(
            "more", [rehearsal.pack(7)], pairs: [(kept: rehearsal.pack(7), cancelled: rehearsal.pack(6))])
        _ = try precinct.owner.desk.checkpoint { $0 }
    }

    @Test func refuses() throws {
        let shell = precinct.shell()
        let turns = shell.ask("SELECT sum(turn) FROM log")
        for sql in Self.wrong {
            let words = shell.run(sql)
            #expect(
                words.map { !$0.contains("syntax") && !$0.contains("does not exist") } ?? false,
                "\(sql): \(words ?? "done")")
        }
        #expect(shell.ask("SELECT sum(turn) FROM log") == turns)
        #expect(try precinct.audit() == nil)
    }

    @Test func takesWhatIsRight() throws {
        let shell = precinct.shell()
        for sql in [
            "INSERT INTO votes VALUES (gen_random_uuid(), 1, 0, 2, gen_random_uuid())",
            "DELETE FROM votes WHERE channel = 2", "INSERT INTO cancelled VALUES (5, 4)",
            "INSERT INTO pairs VALUES (1, 5, 6)",
            "INSERT INTO scans SELECT pack, gen_random_uuid(), turn FROM scans",
            "INSERT INTO packs SELECT gen_random_uuid(), 5, voter, answers, replaced, batch, kind, tag FROM packs LIMIT 1",
            "INSERT INTO log SELECT nextval('turns'), xact, at, pack, id, type, entry, reason, reference, officer FROM log LIMIT 1",
        ] {
            #expect(shell.run(sql) == nil, "\(sql)")
        }
        // An audit finds it all the same, if it can read it at all.
        if case .success(nil) = Result(catching: { try precinct.audit() }) {
            Issue.record("the audit found nothing")
        }
    }

    @Test func aSecondVoteBehindTheDesksBackIsRefused() throws {
        // The primary key stops anyone who writes past the judge, even through
        // the ledger itself. Nothing of the group is kept, and the ledger goes on.
        let ledger = precinct.owner.desk.ledger
        let entries = try ledger.summary().entries
        let (voted, new) = (precinct.rehearsal.pack(1), precinct.rehearsal.pack(4))
        let error = #expect(throws: LedgerError.self) {
            try ledger.write([.pack(new.number), .pack(voted.number)], at: .test(21)) { scene in
                scene.record(precinct.rehearsal.cast(new))
                scene.record(precinct.rehearsal.cast(voted))
            }
        }
        guard case .rulesRefused(let fault) = error, case .server("23505", _) = fault.cause else {
            throw try #require(error)
        }
        #expect(try ledger.summary().entries == entries)
        #expect(try ledger.summary().balance[.votedOnline] == 1)
        #expect(try precinct.owner.redeem(new, key: 9).name == "accepted")
        #expect(try precinct.audit() == nil)
    }

    /// Rows that somebody left in the staging tables are not taken for a register's.
    @Test func whatLiesInTheStagingTablesIsNotLoaded() throws {
        let shell = precinct.shell(as: "test_loader")
        let row =
            "(gen_random_uuid(), 12345, gen_random_uuid(), gen_random_uuid(), 0, 1, decode(repeat('00', 32), 'hex'))"
        #expect(shell.run("INSERT INTO staged VALUES \(row)") == nil)
        #expect(shell.run("INSERT INTO staged_pairs VALUES (12345, 54321)") == nil)
        #expect(try precinct.owner.load("other", [precinct.rehearsal.pack(20)]) == .loaded)
        #expect(try precinct.owner.desk.ledger.summary().balance.total == 8)
        #expect(precinct.shell().ask("SELECT count(*) FROM pairs") == "1")
        #expect(try precinct.audit() == nil)
    }
}
#endif
