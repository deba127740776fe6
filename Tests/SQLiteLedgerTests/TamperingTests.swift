import Counterfoil
import SQLiteLedger
import TestSupport
import Testing

@testable import PollingDesk

/// An audit finds whatever is edited in a ledger without the program.
@Suite struct TamperingTests {
    /// The control of all that follows: a ledger that nobody touched is clean, also
    /// when its triggers were put aside and made again.
    @Test func anUntouchedLedgerIsClean() throws {
        let ledger = try Tampering()
        #expect(ledger.audit() == nil)
        #expect(ledger.audit(against: [ledger.late, ledger.early]) == nil)
        #expect(ledger.edit("SELECT 1") == nil)
        #expect(ledger.audit(against: [ledger.late, ledger.early]) == nil)
        try ledger.forge { _ in }
        #expect(ledger.audit(against: [ledger.late, ledger.early]) == nil)
        for table in Tampering.tables { #expect(!ledger.rows(of: table).isEmpty, "\(table)") }
    }

    /// Each column of each row of each table, to values that are near, far,
    /// absent, or another row's.
    @Test(arguments: Tampering.tables)
    func everyCell(_ table: String) throws {
        let ledger = try Tampering()
        for column in ledger.columns(of: table) {
            var edits = 0
            for row in ledger.rows(of: table) {
                for value in ledger.others(table, column, row) {
                    // The database refuses some by itself: a second row of a key, an absent value.
                    guard ledger.edit("UPDATE \(table) SET \(column) = \(value) WHERE \(row)") == nil else {
                        continue
                    }
                    edits += 1
                    let found = ledger.audit()
                    #expect(found != nil, "\(table).\(column) = \(value) where \(row)")
                    ledger.restore()
                }
            }
            #expect(edits > 0, "\(table).\(column) was never edited")
        }
    }

    @Test(arguments: Tampering.tables)
    func everyRowDeleted(_ table: String) throws {
        let ledger = try Tampering()
        let rows = ledger.rows(of: table)
        for row in rows {
            #expect(ledger.edit("DELETE FROM \(table) WHERE \(row)") == nil)
            // The last entry may be one that no table shows.
            let isTheEnd = table == "log" && row == rows.last
            if !isTheEnd { #expect(ledger.audit() != nil, "\(table) without \(row)") }
            #expect(ledger.audit(against: [ledger.late]) != nil, "\(table) without \(row)")
            ledger.restore()
        }
        #expect(ledger.edit("DELETE FROM \(table)") == nil)
        #expect(ledger.audit() != nil)
    }

    @Test func rowsThatNothingExplains() throws {
        let ledger = try Tampering()
        let packs = (1...10).map { ledger.rehearsal.pack($0) }
        let unknown = ledger.rehearsal.pack(99)
        func voter(_ pack: TestPack) -> String { "x'\(pack.voter.bytes.hex)'" }
        let print = "x'000102030405060708090a0b0c0d0e0f'"
        for (sql, words) in [
            // A vote for a voter who did not vote, online and by post; a vote for nobody.
            (
                "INSERT INTO votes VALUES (\(voter(packs[7])), \(packs[7].number.value), 1, 5, \(print))",
                "the table votes has 5 rows, but the log explains 4; nothing in the log is about pack \(packs[7].number)"
            ),
            (
                "INSERT INTO votes VALUES (\(voter(packs[3])), \(packs[3].number.value), 2, 5, \(print))",
                "votes"
            ),
            (
                "INSERT INTO votes VALUES (\(voter(unknown)), \(unknown.number.value), 2, 5, \(print))",
                "\(unknown.number)"
            ),
            // With a pack that something else happened to.
            (
                "INSERT INTO votes VALUES (\(voter(unknown)), \(packs[0].number.value), 2, 5, \(print))",
                "votes"
            ),
            ("INSERT INTO attempts VALUES (\(packs[7].number.value), 0, 0, NULL, 0)", "attempts"),
            ("INSERT INTO attempts VALUES (\(packs[1].number.value), 1, 1, \(print), 0)", "attempts"),
            ("INSERT INTO cancelled VALUES (\(packs[7].number.value), 2)", "cancelled"),
            ("INSERT INTO cancelled VALUES (\(packs[0].number.value), 2)", "cancelled"),
            ("INSERT INTO cancelled VALUES (\(unknown.number.value), 1)", "cancelled"),
            ("INSERT INTO cancelled VALUES (\(unknown.number.value), 4)", "cancelled"),
            // A scan of a pack that was never scanned, and one more of a pack that was.
            (
                "INSERT INTO scans VALUES (\(packs[7].number.value), \(print), 12)",
                "the table scans has 5 rows, but the log explains 4; nothing in the log is about pack \(packs[7].number)"
            ),
            (
                "INSERT INTO scans SELECT pack, \(print), number FROM scans WHERE pack = \(packs[4].number.value) LIMIT 1",
                "the table scans does not say of pack \(packs[4].number) what the log says"
            ),
            (
                "INSERT INTO pairs SELECT batch, \(packs[7].number.value), kept FROM pairs LIMIT 1",
                "batch again has 4 pairs of packs, its register 3"
            ),
            (
                "INSERT INTO pairs SELECT 1, cancelled, kept FROM pairs LIMIT 1",
                "batch main has 1 pairs of packs, its register 0"
            ),
            (
                "INSERT INTO pairs SELECT 9, cancelled, kept FROM pairs LIMIT 1",
                "belongs to a batch that was not loaded"
            ),
            (
                """
                INSERT INTO batches SELECT 4, 'more', kind, count, loaded, activated, reconciled, withdrawn,
                header, signature, zeroblob(64) FROM batches WHERE number = 1
                """, "batches has 4 rows"
            ),
            (
                """
                INSERT INTO packs SELECT zeroblob(16), tag, \(unknown.number.value), voter, answers, kind, 0, 1
                FROM packs LIMIT 1
                """, "batch main has 11 packs, its register 10"
            ),
        ] {
            #expect(ledger.edit(sql) == nil, "\(sql)")
            let found = ledger.audit()
            #expect(found?.contains(words) == true, "\(sql): \(found ?? "clean")")
            ledger.restore()
        }
    }

    @Test(
        "Rows that cannot be rows",
        arguments: [
            (
                "INSERT INTO ballot SELECT 2, election, opened, closes, grace, closed, final FROM ballot",
                .otherBallot
            ),
            (
                """
                INSERT INTO packs SELECT zeroblob(16), tag, max(pack) + 1, voter, answers, kind, 0, 9
                FROM packs
                """, .pack
            ),
            ("UPDATE cancelled SET why = 7", .cancellation),
            ("UPDATE votes SET channel = 3 WHERE channel = 2", .channel),
            ("UPDATE attempts SET wrong = lifetime + 1", .attempts),
            ("UPDATE pairs SET cancelled = cancelled + 1", .pack),
        ] as [(String, LedgerDamage)])
    func rowsThatCannotBe(_ sql: String, _ damage: LedgerDamage) throws {
        let ledger = try Tampering()
        #expect(ledger.edit(sql) == nil)
        #expect(throws: LedgerError.damaged(LedgerFault(.file(ledger.path), .damage(damage)))) {
            try ledger.difference()
        }
    }

    /// The log's own order, and what is kept with it.
    @Test func entriesMoved() throws {
        let ledger = try Tampering()
        let last = ledger.late.head.size - 1
        for (sql, words) in [
            (
                "UPDATE log SET number = -1 WHERE number = 6; UPDATE log SET number = 6 WHERE number = 7; UPDATE log SET number = 7 WHERE number = -1",
                "entry 6 of the log: its hashes do not fit"
            ),
            (
                "UPDATE log SET number = \(last + 5) WHERE number = \(last)",
                "entry \(last + 5) of the log: entry \(last) should stand here"
            ),
            ("DELETE FROM log WHERE number = 6", "entry 7 of the log: entry 6 should stand here"),
            (
                "DELETE FROM log WHERE number = 6; UPDATE log SET number = number - 1 WHERE number > 6",
                "entry 6 of the log: its hashes do not fit"
            ),
            (
                "INSERT INTO log SELECT \(last + 1), at, type, entry, pack, reason, reference, officer, id, hashes FROM log WHERE number = 5",
                "entry \(last + 1) of the log: its hashes do not fit"
            ),
            (
                "UPDATE log SET officer = 'B. Officer' WHERE number = 5",
                "entry 5 of the log: its hashes do not fit; this entry or its note was altered"
            ),
            (
                "UPDATE log SET hashes = CAST(hashes || zeroblob(32) AS BLOB) WHERE number = 5",
                "entry 5 of the log: its hashes do not fit"
            ),
            (
                "UPDATE log SET id = zeroblob(16) WHERE number = 5",
                "entry 5 of the log: its hashes do not fit"
            ),
            (
                "UPDATE log SET entry = zeroblob(106) WHERE number = 5",
                "entry 5 of the log: it cannot be read"
            ),
            ("UPDATE log SET pack = NULL WHERE number = 7", "entry 7 of the log: its columns"),
        ] {
            #expect(ledger.edit(sql) == nil, "\(sql)")
            let found = ledger.audit()
            #expect(found?.hasPrefix(words) == true, "\(sql): \(found ?? "clean")")
            ledger.restore()
        }
    }

    /// A log whose hashes were all computed anew contradicts nothing. Only
    /// somebody who kept a checkpoint can tell, and only of what it covers.
    @Test func aForgedLogIsFoundByACheckpointAlone() throws {
        let ledger = try Tampering()
        let constant = ledger.rehearsal.election.constant
        let pack = ledger.rehearsal.pack(8)
        let words = "are not those of which a checkpoint was made"

        // Another officer on the record.
        try ledger.forge { entries in
            let i = entries.firstIndex {
                $0.entry(constant: constant)!.event.type == .packCancelled && $0.reason == "lost"
            }!
            let old = entries[i].entry(constant: constant)!
            entries[i] = LoggedEntry(
                Entry(old.event, at: old.at, note: Note(reason: .lost, officer: "B. Officer")), number: i,
                id: entries[i].id)
        }
        #expect(ledger.audit() == nil)
        #expect(ledger.audit(against: [ledger.late])?.contains(words) == true)
        ledger.restore()

        // A vote made up, with all that belongs to one, among the others and after them:
        // a return by post, and a vote online by somebody who met the code.
        let voter = pack.voter
        let opened = ledger.rehearsal.voteCast(pack)
        let returned = Event.postReceived(pack: pack.number, voter: voter, ScanNonce(Bytes()))
        for (vote, channel) in [(opened, 1), (returned, 2)] {
            for isLast in [false, true] {
                let at = Moment.test(15)
                var place = 0
                try ledger.forge { entries in
                    place = isLast ? entries.count : entries.firstIndex { $0.encoded[1] == 6 }! + 1
                    let id = EntryID.random(count: 1)[0]
                    entries.insert(LoggedEntry(Entry(vote, at: at), number: place, id: id), at: place)
                }
                let number = pack.number.value
                let row = "x'\(voter.bytes.hex)', \(number), \(channel), \(at.milliseconds), zeroblob(16)"
                #expect(ledger.edit("INSERT INTO votes VALUES (\(row))") == nil)
                let scan = "UPDATE scans SET number = number + 1 WHERE number >= \(place);"
                let own = channel == 2 ? "INSERT INTO scans VALUES (\(number), zeroblob(16), \(place))" : ""
                #expect(ledger.edit("\(scan) \(own)") == nil)
                #expect(ledger.audit() == nil)
                #expect(ledger.audit(against: [ledger.early]) == nil, "it covers no vote")
                let found = ledger.audit(against: [ledger.early, ledger.late])
                // Nobody can disprove what came after the last checkpoint that
                // somebody kept: SECURITY.md says so.
                #expect((found?.contains(words) == true) == !isLast, "\(found ?? "clean")")
                ledger.restore()
            }
        }
    }

    @Test func olderCopies() throws {
        let rehearsal = Rehearsal()
        let folder = TemporaryFolder.quick()
        let path = folder.file("ledger")
        let packs = (1...6).map { rehearsal.pack($0) }
        let open = try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0))
        let booth = try Booth(rehearsal, open)
        try booth.begin(packs)
        open.close()
        let file = Disk.read(path)
        let ledger = try SQLiteLedger(opening: path, election: rehearsal.election)
        let desk = try Booth(rehearsal, ledger)
        _ = try desk.redeem(packs[0], key: 1)
        // With votes that are in the write-ahead log alone.
        let (later, wal) = (Disk.read(path), Disk.read(path + "-wal"))
        let lock = Disk.read(path + "-lock")
        #expect(!wal.isEmpty)
        _ = try desk.redeem(packs[1], key: 2)
        let checkpoint = try desk.desk.checkpoint { $0 }
        ledger.close()

        func audit(_ checkpoints: [Checkpoint]) throws -> String? {
            let ledger = try SQLiteLedger(reading: path)
            defer { ledger.close() }
            let audit = Audit(election: rehearsal.election, against: checkpoints)
            return try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
                try audit.run(on: snapshot)
            }.difference
        }
        #expect(try audit([checkpoint]) == nil)
        for (file, wal, lock) in [(file, [], []), (later, wal, lock)] as [([UInt8], [UInt8], [UInt8])] {
            Disk.remove(path + "-shm")
            Disk.write(path, file)
            Disk.write(path + "-wal", wal)
            // What the lock remembers is as old, or gone.
            Disk.write(path + "-lock", lock)
            // It is consistent. It cannot show more than that.
            #expect(try audit([]) == nil)
            #expect(try audit([checkpoint])?.contains("this is an older copy of the ledger") == true)
        }
    }
}
