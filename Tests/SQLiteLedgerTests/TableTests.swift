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
        try booth.begin((1...5).map { rehearsal.pack($0) })
        _ = try booth.redeem(rehearsal.pack(1), key: 1)
        _ = try booth.redeem(rehearsal.pack(2), key: 2, answers: ["1/1/1970", "1"])
        try booth.receive([rehearsal.pack(4)])
        let new = rehearsal.pack(11, voter: 3, replacing: rehearsal.pack(3))
        try booth.load("again", [new], pairs: [(new, rehearsal.pack(5))], as: .replacements)
        try booth.activate("again")
    }

    @Test(arguments: [
        "UPDATE packs SET batch = 2", "UPDATE packs SET answers = zeroblob(16)", "DELETE FROM packs",
        "UPDATE log SET at = 0", "DELETE FROM log", "DELETE FROM log WHERE number = 3",
        "UPDATE batches SET count = 1", "UPDATE batches SET digest = zeroblob(64)",
        "UPDATE batches SET activated = 5 WHERE number = 1", "UPDATE batches SET activated = NULL",
        "DELETE FROM batches", "UPDATE cancelled SET pack = 1", "UPDATE cancelled SET why = 2",
        "DELETE FROM cancelled",
        "UPDATE votes SET pack = 1", "UPDATE votes SET under = zeroblob(16)", "DELETE FROM votes",
        "UPDATE pairs SET kept = 1", "DELETE FROM pairs", "UPDATE scans SET number = 1",
        "UPDATE scans SET nonce = zeroblob(16)", "DELETE FROM scans", "UPDATE ballot SET election = x'7B7D'",
        "DELETE FROM ballot",
    ])
    func refusesToForget(_ sql: String) {
        #expect(Shell.run(path, sql) != nil)
    }

    @Test(arguments: [
        // A second vote of the same voter, by whatever way.
        "INSERT INTO votes SELECT voter, pack, 2, 0, zeroblob(16) FROM votes",
        "INSERT INTO votes SELECT voter, 5, 1, 0, zeroblob(16) FROM votes",
        // Values of another length, kind or range.
        "INSERT INTO votes VALUES (zeroblob(15), 1, 1, 0, zeroblob(16))",
        "INSERT INTO votes VALUES (NULL, 1, 1, 0, zeroblob(16))",
        "INSERT INTO votes VALUES ('0123456789abcdef', 1, 1, 0, zeroblob(16))",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 1, 0, NULL)",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 2, 0, NULL)",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 2, 0, zeroblob(15))",
        "INSERT INTO votes VALUES (zeroblob(16), 1, 3, 0, zeroblob(16))",
        "INSERT INTO votes VALUES (zeroblob(16), NULL, 2, 0, zeroblob(16))",
        // A scan, and a pair, that is there; a pack in place of itself.
        "INSERT INTO scans SELECT pack, nonce, number + 1 FROM scans",
        "INSERT INTO scans VALUES (1, zeroblob(15), 1)", "INSERT INTO scans VALUES (1, NULL, 1)",
        "INSERT INTO scans VALUES (1, zeroblob(16), NULL)",
        "INSERT INTO pairs SELECT batch, cancelled, kept FROM pairs", "INSERT INTO pairs VALUES (1, 7, 7)",
        "INSERT INTO pairs VALUES (0, 7, 8)", "INSERT INTO pairs VALUES (1, NULL, 8)",
        "INSERT INTO cancelled VALUES (1, 0)", "INSERT INTO cancelled VALUES (1, 5)",
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
            "INSERT INTO votes VALUES (zeroblob(16), 1, 2, 0, zeroblob(16))",
            "DELETE FROM votes WHERE channel = 2",
            "INSERT INTO scans SELECT pack + 1, nonce, number FROM scans",
            "INSERT INTO scans SELECT pack, randomblob(16), number FROM scans LIMIT 1",
            "INSERT INTO pairs VALUES (1, 7, 8)", "INSERT INTO cancelled VALUES (7, 4)",
            "INSERT INTO packs VALUES (zeroblob(16), zeroblob(32), 5, zeroblob(16), zeroblob(16), 1, 0, 1)",
            "INSERT INTO log SELECT max(number) + 1, 0, 1, zeroblob(106), NULL, '', '', '', zeroblob(16), zeroblob(32) FROM log",
        ] {
            #expect(Shell.run(path, sql) == nil, "\(sql)")
        }
    }

    @Test func theLogSaysWhatHappened() throws {
        let types = Shell.ask(
            path, "SELECT group_concat(type) FROM (SELECT type FROM log ORDER BY number)")
        #expect(types == "1,3,4,5,6,7,9,3,4")
        func under(_ channel: Int) -> Bytes<16> {
            Bytes(hex: Shell.ask(path, "SELECT lower(hex(under)) FROM votes WHERE channel = \(channel)")!)!
        }
        func entry(_ number: Int) -> String? {
            Shell.ask(path, "SELECT lower(hex(entry)) FROM log WHERE number = \(number)")
        }
        let cast = Entry(rehearsal.voteCast(rehearsal.pack(1), Fingerprint(under(1))), at: .test(10))
        #expect(entry(4) == cast.encoded.hex)
        let pack = rehearsal.pack(4)
        let received = Entry(
            .postReceived(pack: pack.number, voter: pack.voter, ScanNonce(under(2))), at: .test(10))
        #expect(entry(6) == received.encoded.hex)
        #expect(under(2) == ScanNonce(test: 1).bytes)
        #expect(Shell.ask(path, "SELECT min(number) || '-' || max(number) FROM log") == "0-8")
    }

    @Test func aSecondVoteBehindTheDesksBackIsRefused() throws {
        // The primary key stops anyone who writes past the judge, even through
        // the ledger itself. Nothing of the group is kept, and the ledger goes on.
        let ledger = try SQLiteLedger(opening: path, election: rehearsal.election)
        let entries = try ledger.summary().entries
        let pack = rehearsal.pack(1)
        let error = #expect(throws: LedgerError.self) {
            try ledger.write([], at: .test(21)) { scene in
                for _ in 0..<2 { scene.record(rehearsal.voteCast(rehearsal.pack(2))) }
                scene.record(rehearsal.voteCast(pack))
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
