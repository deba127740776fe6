import CCounterfoilSQLite
import Counterfoil
import Glibc
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// The ledger as a file: made, refused, opened again.
@Suite struct FileTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    var path: String { folder.file("ledger") }

    private func create() throws -> SQLiteLedger {
        try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0))
    }

    private func open(_ other: Rehearsal? = nil) throws -> SQLiteLedger {
        try SQLiteLedger(
            opening: path, election: (other ?? rehearsal).election)
    }

    /// Why there is no ledger; nil where there is one.
    private func refusal(_ body: () throws -> SQLiteLedger) -> LedgerError? {
        do {
            _ = try body()
            return nil
        } catch let error as LedgerError {
            return error
        } catch {
            Issue.record("another error: \(error)")
            return nil
        }
    }

    private var there: LedgerPlace { .file(path) }

    // MARK: Making

    @Test func isMadeForItsOwnerAlone() throws {
        let ledger = try create()
        try Booth(rehearsal, ledger).begin([rehearsal.pack(1)])
        #expect(folder.names == ["ledger", "ledger-lock", "ledger-shm", "ledger-wal"])
        for name in folder.names { #expect(Disk.mode(folder.file(name)) == 0o600) }
        ledger.close()
        #expect(folder.names == ["ledger", "ledger-lock"])
    }

    @Test func neverOverwrites() throws {
        Disk.write(path, [1, 2, 3])
        #expect(refusal(create) == .exists(there))
        #expect(Disk.read(path) == [1, 2, 3])
        Disk.remove(path)
        Disk.symlink("nowhere", path)
        #expect(refusal(create) == .exists(there))
        Disk.remove(path)
        try create().close()
        let bytes = Disk.read(path)
        #expect(refusal(create) == .exists(there))
        #expect(Disk.read(path) == bytes)
    }

    @Test func leavesNothingBehindWhenItFails() throws {
        let missing = folder.file("missing/ledger")
        #expect(
            throws: LedgerError.noAccess(
                LedgerFault(.file(missing), .system(.reachFolder, errno: ENOENT)))
        ) {
            try SQLiteLedger.create(at: missing, election: rehearsal.election, at: .test(0))
        }
        #expect(throws: LedgerError.unsafePlace(path: folder.path + "/", .noName)) {
            try SQLiteLedger.create(at: folder.path + "/", election: rehearsal.election, at: .test(0))
        }
        #expect(folder.names == [])
    }

    @Test func clearsAwayWhatADyingAttemptLeft() throws {
        let unfinished = folder.file(".ledger.partial")
        Disk.write(unfinished, [0x53, 0x51, 0x4C])
        Disk.write(unfinished + "-wal", [1])
        try create().close()
        #expect(folder.names == ["ledger", "ledger-lock"])
        // An attempt died after it gave the file its name, and before it took
        // away the other name.
        Disk.link(path, unfinished)
        try open().close()
        #expect(folder.names == ["ledger", "ledger-lock"])
    }

    @Test func leavesAloneWhatAnOperatorCallsACopy() throws {
        for name in ["ledger-new", "ledger.new", "ledger-copy"] { Disk.write(folder.file(name), [1]) }
        try create().close()
        try open().close()
        #expect(folder.names == ["ledger", "ledger-copy", "ledger-lock", "ledger-new", "ledger.new"])
    }

    @Test(arguments: ["-wal", "-journal"])
    func isNotMadeWhereChangesOfAnotherWait(_ suffix: String) throws {
        Disk.write(path + suffix, [1])
        #expect(refusal(create) == .unsafePlace(path: path + suffix, .leftover))
        #expect(folder.names == ["ledger\(suffix)", "ledger-lock"].sorted())
        // What a reader leaves is empty.
        Disk.write(path + suffix, [])
        try create().close()
    }

    // MARK: Refusing

    @Test func isNeverMadeByOpening() throws {
        #expect(refusal { try open() } == .missing(there))
        #expect(refusal { try SQLiteLedger(reading: path) } == .missing(there))
        #expect(folder.names == [])
    }

    @Test func refusesAnotherElection() throws {
        try create().close()
        let bytes = Disk.read(path)
        #expect(
            refusal { try open(Rehearsal(seed: 2)) } == .otherElection(there, named: "Rehearsal 1"))
        #expect(Disk.read(path) == bytes)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o601] as [UInt32])
    func refusesAFileThatOthersCanReach(_ mode: UInt32) throws {
        try create().close()
        Disk.setMode(path, mode)
        #expect(refusal { try open() } == .unsafePlace(path: path, .openToOthers))
        Disk.setMode(path, 0o600)
        #expect(refusal { try open() } == nil)
    }

    @Test func refusesAFileWithTwoNames() throws {
        try create().close()
        Disk.link(path, folder.file("other"))
        #expect(refusal { try open() } == .unsafePlace(path: path, .hardLink))
    }

    @Test func aSymbolicLinkIsTheSameLedger() throws {
        let ledger = try create()
        let link = folder.file("link")
        Disk.symlink(path, link)
        let other = try SQLiteLedger(opening: link, election: rehearsal.election)
        try other.recordOpening(at: .test(5))
        #expect(!folder.names.contains("link-lock"))
        #expect(try ledger.summary().entries == 2)
        other.close()
    }

    @Test func refusesWhatIsNoLedger() throws {
        Disk.write(path, [])
        #expect(refusal { try open() } == .unsafePlace(path: path, .empty))
        Disk.write(path, Array("a letter to my aunt, longer than the header of a database".utf8))
        #expect(
            refusal { try open() }
                == .notALedger(
                    LedgerFault(
                        there, .sqlite(code: SQLITE_NOTADB, words: "file is not a database", errno: 0))))
        Disk.remove(path)
        Shell.run(path, "CREATE TABLE accounts (name TEXT)")
        Disk.setMode(path, 0o600)
        let bytes = Disk.read(path)
        for attempt in [refusal { try open() }, refusal { try SQLiteLedger(reading: path) }] {
            #expect(attempt == .notALedger(LedgerFault(there, .application(0))))
        }
        #expect(Disk.read(path) == bytes)
    }

    @Test func refusesANewerVersion() throws {
        try create().close()
        Shell.run(path, "PRAGMA user_version = 2")
        #expect(refusal { try open() } == .otherVersion(there, has: 2, known: 1))
        #expect(refusal { try SQLiteLedger(reading: path) } == .otherVersion(there, has: 2, known: 1))
    }

    @Test func refusesATableWhoseRulesWereTakenAway() throws {
        try create().close()
        #expect(Shell.run(path, "DROP TRIGGER packs_never_change") == nil)
        #expect(refusal { try open() } == .alteredSchema(there))
    }

    @Test(
        "A schema with a row too many, too few, or another one",
        arguments: [
            // SQLite's own tables: each could make it read or write in another way.
            "ANALYZE", "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE VIEW v AS SELECT 1",
            "CREATE INDEX i ON votes (pack)", "DROP INDEX packs_by_number",
            "DROP TRIGGER votes_never_change; CREATE TRIGGER votes_never_change BEFORE UPDATE ON scans BEGIN SELECT 1; END",
            "DELETE FROM sqlite_schema WHERE name = 'sqlite_autoindex_batches_1'",
            "UPDATE sqlite_schema SET name = 'sqlite_' || name WHERE name = 'packs_by_number'",
            "INSERT INTO sqlite_schema SELECT 'trigger', 'sqlite_late', 'votes', rootpage, replace(sql, 'log_never_shrinks', 'sqlite_late') FROM sqlite_schema WHERE name = 'log_never_shrinks'",
        ])
    func refusesAnotherSchema(_ sql: String) throws {
        let ledger = try create()
        try Booth(rehearsal, ledger).begin([rehearsal.pack(1)])
        ledger.close()
        #expect(Shell.run(path, "PRAGMA writable_schema = ON; \(sql)") == nil)
        for attempt in [refusal { try open() }, refusal { try SQLiteLedger(reading: path) }] {
            // SQLite itself knows the names that nobody but it may give.
            guard case .damaged(let fault) = attempt, case .sqlite(code: SQLITE_CORRUPT, _, _) = fault.cause
            else {
                #expect(attempt == .alteredSchema(there))
                continue
            }
            #expect(sql.contains("'sqlite_late'") || sql.contains("'sqlite_' ||"))
        }
    }

    @Test("A schema that is altered after the ledger was opened is refused by an audit")
    func auditLooksAtTheSchema() throws {
        let booth = try Booth(rehearsal, try create())
        try booth.begin([rehearsal.pack(1)])
        let reader = try SQLiteLedger(reading: path)
        func audit() throws -> String? { try rehearsal.difference(in: reader) }
        #expect(try audit() == nil)
        #expect(Shell.run(path, "CREATE TRIGGER late AFTER INSERT ON votes BEGIN SELECT 1; END") == nil)
        #expect(throws: LedgerError.alteredSchema(there)) { try audit() }
    }

    @Test func refusesAFileThatWasCutOff() throws {
        let ledger = try create()
        try Booth(rehearsal, ledger).begin((1...500).map { rehearsal.pack($0) })
        ledger.close()
        let bytes = Disk.read(path)
        for size in [10, 50, 100, 600, 4096, 8192, bytes.count / 2, bytes.count - 4096] {
            Disk.write(path, Array(bytes[..<size]))
            #expect(refusal { try open() } != nil, "\(size) of \(bytes.count) bytes")
            #expect(refusal { try SQLiteLedger(reading: path) } != nil, "\(size) of \(bytes.count) bytes")
        }
        Disk.write(path, Array(bytes.dropLast()))
        #expect(refusal { try open() } == .damaged(LedgerFault(there, .damage(.endsWithinPage))))
        Disk.write(path, bytes)
        #expect(refusal { try open() } == nil)
    }

    // MARK: Using

    @Test func remembers() throws {
        let pack = rehearsal.pack(1)
        var receipt: String?
        do {
            let booth = try Booth(rehearsal, try create())
            try booth.begin([pack, rehearsal.pack(2)])
            receipt = try booth.redeem(pack, key: 1).receipt?.description
            _ = try booth.redeem(rehearsal.pack(2), key: 2, answers: ["1/1/1970", "1"])
        }
        // Closed by letting go of it.
        #expect(folder.names == ["ledger", "ledger-lock"])
        let booth = try Booth(rehearsal, try open())
        #expect(try booth.redeem(pack, key: 1).receipt?.description == receipt)
        #expect(try booth.redeem(pack, key: 2).name == "already-voted")
        #expect(try booth.redeem(rehearsal.pack(2), key: 3, answers: ["1/1/1970", "1"]).attemptsLeft == 4)
        #expect(try booth.redeem(rehearsal.pack(2), key: 4, answers: ["1/1/1970", "2"]).attemptsLeft == 3)
        // Created, loaded, activated, opened; vote, wrong answers; opened by a
        // desk; second attempt, wrong answers.
        #expect(try booth.desk.ledger.summary().entries == 9)
    }

    @Test func isRefusedWhenClosed() throws {
        let ledger = try create()
        ledger.close()
        ledger.close()
        #expect(throws: LedgerError.closed) { try ledger.summary() }
        #expect(throws: LedgerError.closed) {
            try ledger.write([], at: .test(9)) { _ in }
        }
    }

    @Test func twoCanUseOneFile() throws {
        let a = try Booth(rehearsal, try create())
        let packs = (1...10).map { rehearsal.pack($0) }
        try a.begin(packs)
        let b = try Booth(rehearsal, try open())
        #expect(try a.redeem(packs[0], key: 1).name == "accepted")
        #expect(try b.redeem(packs[0], key: 1).name == "repeated")
        #expect(try b.redeem(packs[0], key: 2).name == "already-voted")
        #expect(try b.redeem(packs[1], key: 3).name == "accepted")
        b.desk.drain()
        #expect(try a.redeem(packs[1], key: 4).name == "already-voted")
        #expect(try a.desk.ledger.summary().balance[.votedOnline] == 2)
    }

    @Test func ofFourTasksOnTwoConnectionsOneWinsEachCode() async throws {
        let a = try Booth(rehearsal, try create())
        let packs = (0..<200).map { rehearsal.pack($0) }
        try a.begin(packs)
        let b = try Booth(rehearsal, try open())
        let winners = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for task in 0..<4 {
                tasks.addTask { try (task % 2 == 0 ? a : b).race(packs, task: task) }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(winners == 200)
        #expect(try a.desk.ledger.summary().balance[.votedOnline] == 200)
        #expect(Shell.ask(path, "PRAGMA integrity_check") == "ok")
    }

    @Test func theWriteAheadLogStaysSmall() throws {
        let booth = try Booth(rehearsal, try create())
        let packs = (0..<6000).map { rehearsal.pack($0) }
        try booth.begin(packs)
        var largest = 0
        for start in stride(from: 0, to: 6000, by: 16) {
            let group = packs[start..<start + 16].enumerated().map { ($1, start + $0) }
            for outcome in try booth.redeem(group) { #expect(outcome.name == "accepted") }
            largest = max(largest, Disk.size(path + "-wal"))
        }
        // 4,000 frames and what one commit can bring.
        #expect(largest > 2_000_000)
        #expect(largest < 4100 * 4120)
    }

    // MARK: Reading

    @Test func canBeReadWhileOthersWrite() throws {
        let booth = try Booth(rehearsal, try create())
        try booth.begin([rehearsal.pack(1), rehearsal.pack(2)])
        let reader = try SQLiteLedger(reading: path)
        #expect(reader.election.digest == rehearsal.election.digest)
        #expect(try reader.summary().balance[.votedOnline] == 0)
        #expect(try booth.redeem(rehearsal.pack(1), key: 1).name == "accepted")
        #expect(try reader.summary().balance[.votedOnline] == 1)
        #expect(try reader.summary().entries == booth.desk.ledger.summary().entries)
        #expect(throws: LedgerError.readOnly) {
            try reader.write([], at: .test(9)) { $0.record(.ballotFinal) }
        }
    }

    @Test func readingChangesNoByte() throws {
        let ledger = try create()
        try Booth(rehearsal, ledger).begin([rehearsal.pack(1)])
        ledger.close()
        let bytes = Disk.read(path)
        do {
            let reader = try SQLiteLedger(reading: path)
            #expect(try reader.summary().batches.count == 1)
        }
        #expect(Disk.read(path) == bytes)
        #expect(Disk.read(path + "-wal").isEmpty)
        // Nor does it hinder the next desk.
        #expect(try open().summary().batches.count == 1)
    }
}
