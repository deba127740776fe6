import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// What the database refuses by itself, whatever program uses it.
@Suite struct TableTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    let path: String

    init() throws {
        path = folder.file("ledger")
        let ledger = try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0))
        let booth = try Booth(rehearsal, ledger)
        try booth.begin((1...3).map { rehearsal.pack($0) })
        _ = try booth.redeem(rehearsal.pack(1), key: 1)
        _ = try booth.redeem(rehearsal.pack(2), key: 2, answers: ["1/1/1970", "1"])
        try booth.load(
            "again", [rehearsal.pack(11, voter: 3, replacing: rehearsal.pack(3))], as: .replacements)
        try booth.activate("again")
    }

    @Test(arguments: [
        "UPDATE packs SET batch = 2", "UPDATE packs SET answers = zeroblob(16)", "DELETE FROM packs",
        "UPDATE log SET at = 0", "DELETE FROM log", "DELETE FROM log WHERE number = 3",
        "UPDATE batches SET count = 1", "UPDATE batches SET digest = zeroblob(64)",
        "UPDATE batches SET activated = 5 WHERE number = 1", "UPDATE batches SET activated = NULL",
        "DELETE FROM batches", "UPDATE cancelled SET pack = 1", "UPDATE cancelled SET why = 2",
        "DELETE FROM cancelled",
        "UPDATE votes SET pack = 1", "UPDATE votes SET fingerprint = zeroblob(16)",
        "DELETE FROM votes", "UPDATE ballot SET election = x'7B7D'", "DELETE FROM ballot",
    ])
    func refusesToForget(_ sql: String) {
        #expect(Shell.run(path, sql) != nil)
    }

    @Test(arguments: [
        // A second vote of the same voter, by whatever way.
        "INSERT INTO votes SELECT voter, pack, 2, 0, NULL FROM votes",
        "INSERT INTO votes SELECT voter, 5, 1, 0, zeroblob(16) FROM votes",
        // Values of another length, kind or range.
        "INSERT INTO votes VALUES (zeroblob(15), 1, 1, 0, zeroblob(16))",
        "INSERT INTO votes VALUES (NULL, 1, 1, 0, zeroblob(16))",
        "INSERT INTO votes VALUES ('0123456789abcdef', 1, 1, 0, zeroblob(16))",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 1, 0, NULL)",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 2, 0, zeroblob(16))",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 3, 0, NULL)",
        "INSERT INTO votes VALUES (zeroblob(16), NULL, 2, 0, NULL)",
        "INSERT INTO packs SELECT id, tag, 5, voter, answers, kind, replaced, batch FROM packs",
        "INSERT INTO packs SELECT zeroblob(16), tag, pack, voter, answers, kind, replaced, batch FROM packs",
        "INSERT INTO packs VALUES (zeroblob(16), zeroblob(32), 5, zeroblob(16), zeroblob(16), 4, 0, 1)",
        "INSERT INTO packs VALUES (zeroblob(16), zeroblob(31), 5, zeroblob(16), zeroblob(16), 1, 0, 1)",
        "INSERT INTO packs VALUES (zeroblob(16), zeroblob(32), -5, zeroblob(16), zeroblob(16), 1, 0, 1)",
        "INSERT INTO packs VALUES (zeroblob(16), zeroblob(32), 1 << 60, zeroblob(16), zeroblob(16), 1, 0, 1)",
        "INSERT INTO packs VALUES (NULL, zeroblob(32), 5, zeroblob(16), zeroblob(16), 1, 0, 1)",
        "INSERT INTO attempts VALUES (5, 2, 1, NULL, 0)",
        "INSERT INTO attempts VALUES (5, 1, 1, zeroblob(15), 0)",
        "INSERT INTO ballot (only, election) VALUES (2, x'7B7D')",
        "INSERT INTO batches SELECT 3, name, kind, count, 0, NULL, NULL, NULL, header, signature, zeroblob(64) FROM batches",
        "INSERT INTO batches SELECT 3, 'other', kind, count, 0, NULL, NULL, NULL, header, signature, digest FROM batches",
        "INSERT INTO log SELECT max(number), 0, 1, zeroblob(106), NULL, '', '', '', zeroblob(16), zeroblob(32) FROM log",
        "INSERT INTO log SELECT max(number) + 1, 0, 1, zeroblob(105), NULL, '', '', '', zeroblob(16), zeroblob(32) FROM log",
        "INSERT INTO log SELECT max(number) + 1, 0, 1, zeroblob(106), NULL, '', '', '', zeroblob(15), zeroblob(32) FROM log",
        "INSERT INTO log SELECT max(number) + 1, 0, 1, zeroblob(106), NULL, '', '', '', zeroblob(16), zeroblob(33) FROM log",
        "INSERT INTO log SELECT max(number) + 1, 0, 1, zeroblob(106), NULL, '', '', '', zeroblob(16), x'' FROM log",
    ])
    func refusesToRemember(_ sql: String) {
        #expect(Shell.run(path, sql) != nil)
    }

    @Test func takesWhatIsRight() {
        for sql in [
            "INSERT INTO votes VALUES (zeroblob(16), 1, 2, 0, NULL)",
            "DELETE FROM votes WHERE channel = 2",
            "INSERT INTO packs VALUES (zeroblob(16), zeroblob(32), 5, zeroblob(16), zeroblob(16), 1, 0, 1)",
            "INSERT INTO log SELECT max(number) + 1, 0, 1, zeroblob(106), NULL, '', '', '', zeroblob(16), zeroblob(32) FROM log",
        ] {
            #expect(Shell.run(path, sql) == nil, "\(sql)")
        }
    }

    @Test func theLogSaysWhatHappened() throws {
        let types = Shell.ask(
            path, "SELECT group_concat(type) FROM (SELECT type FROM log ORDER BY number)")
        #expect(types == "1,3,4,5,6,7,3,4")
        let cast = Entry(
            .voteCast(
                pack: rehearsal.pack(1).number, voter: rehearsal.pack(1).voter,
                Fingerprint(
                    Bytes(hex: Shell.ask(path, "SELECT lower(hex(fingerprint)) FROM votes")!)!)),
            at: .test(10))
        let entry = Shell.ask(path, "SELECT lower(hex(entry)) FROM log WHERE number = 4")
        #expect(entry == cast.encoded.hex)
        #expect(Shell.ask(path, "SELECT min(number) || '-' || max(number) FROM log") == "0-7")
    }

    @Test func aSecondVoteBehindTheDesksBackIsRefused() throws {
        // The primary key stops anyone who writes past the judge, even through
        // the ledger itself. Nothing of the group is kept, and the ledger goes on.
        let ledger = try SQLiteLedger(opening: path, election: rehearsal.election)
        let entries = try ledger.summary().entries
        let pack = rehearsal.pack(1)
        let error = #expect(throws: LedgerError.self) {
            try ledger.write([], at: .test(21)) { scene in
                for _ in 0..<2 {
                    scene.record(
                        .voteCast(
                            pack: rehearsal.pack(2).number, voter: rehearsal.pack(2).voter,
                            Fingerprint(Bytes())))
                }
                scene.record(.voteCast(pack: pack.number, voter: pack.voter, Fingerprint(Bytes())))
            }
        }
        // SQLITE_CONSTRAINT_PRIMARYKEY.
        guard case .rulesRefused(let fault) = error, case .sqlite(19 | 6 << 8, _, 0) = fault.cause else {
            throw try #require(error)
        }
        #expect(try ledger.summary().entries == entries)
        #expect(try ledger.summary().balance[.votedOnline] == 1)
        #expect(try Booth(rehearsal, ledger).redeem(rehearsal.pack(2), key: 9).name == "accepted")
    }
}
