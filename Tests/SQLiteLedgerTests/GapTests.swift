import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// A desk dies, and what lay beside its ledger gets lost. What was answered is then
/// missing, and nobody may go on as if it were not.
@Suite("A ledger that was not closed, and has lost something")
struct GapTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder.quick()
    let crashed = TemporaryFolder.quick()
    let packs: [TestPack]
    /// What lies in `crashed`.
    var path: String { crashed.file("ledger") }
    var there: LedgerPlace { .file(path) }

    init() { packs = [Rehearsal()].flatMap { rehearsal in (0..<40).map { rehearsal.pack($0) } } }

    /// Ways in which something gets lost after a kill.
    enum Loss: String, CaseIterable {
        case nothing
        case log = "-wal"
        case logAndSharedMemory = "-wal -shm"
        case everything = "-wal -shm -lock"
        case lock = "-lock"
        case logCut = "half of -wal"
        case logEmptied = "all of -wal"
        case logOlder = "the newer part of -wal"
        case logOfBefore = "-wal, for one that was copied before a checkpoint"

        /// What the ledger is then seen to have, of 19 entries; nil where nobody can tell
        /// what it had.
        func isRefused(_ error: LedgerError?, _ path: String) -> Bool {
            switch self {
            case .nothing: return error == nil
            case .everything, .lock:
                return error == .unsafePlace(path: path, .notClosed(memory: path + "-lock"))
            // Pages of before over later ones may be no ledger at all.
            case .logOfBefore:
                if case .damaged = error { return true }
                fallthrough
            default:
                guard case .olderCopy(.file(path), let has, seen: 19, by: .memory(path + "-lock")) = error
                else { return false }
                return has < 19
            }
        }
    }

    /// A ballot of four entries, a desk that was opened (5), four received (9), a
    /// checkpoint, and ten votes that are in the write-ahead log alone (19).
    private func crash(_ loss: Loss) throws {
        let booth = try Booth(
            rehearsal,
            try SQLiteLedger.create(at: folder.file("ledger"), election: rehearsal.election, at: .test(0)))
        try booth.begin(packs)
        booth.desk.drain()
        let desk = try Booth(
            rehearsal, try SQLiteLedger(opening: folder.file("ledger"), election: rehearsal.election))
        for pack in packs[..<3] { #expect(try desk.receive([pack])[0].name == "received") }
        let before = Disk.read(folder.file("ledger-wal"))
        // Loading gives back the log's disk: a complete checkpoint.
        try desk.load("late", [rehearsal.pack(50)])
        for (key, pack) in packs[10..<15].enumerated() {
            #expect(try desk.redeem(pack, key: key).name == "accepted")
        }
        let older = Disk.read(folder.file("ledger-wal"))
        for (key, pack) in packs[15..<20].enumerated() {
            #expect(try desk.redeem(pack, key: 5 + key).name == "accepted")
        }
        for suffix in ["", "-wal", "-shm", "-lock"] {
            Disk.write(path + suffix, Disk.read(folder.file("ledger\(suffix)")))
        }
        let log = Disk.read(path + "-wal")
        switch loss {
        case .nothing: break
        case .log, .logAndSharedMemory, .everything, .lock:
            for suffix in loss.rawValue.split(separator: " ") { Disk.remove(path + suffix) }
        case .logCut: Disk.write(path + "-wal", Array(log.prefix(log.count / 2)))
        case .logEmptied: Disk.write(path + "-wal", [])
        case .logOlder: Disk.write(path + "-wal", older)
        case .logOfBefore: Disk.write(path + "-wal", before)
        }
        // As after a restart of the machine, but for one in three.
        if loss != .log { Disk.remove(path + "-shm") }
        desk.desk.drain()
    }

    private func refusal(_ body: () throws(LedgerError) -> Void) -> LedgerError? {
        do throws(LedgerError) {
            try body()
            return nil
        } catch { return error }
    }

    private func opening(reopening note: Note? = nil) -> LedgerError? {
        refusal { () throws(LedgerError) in
            if let note {
                try SQLiteLedger(reopening: path, election: rehearsal.election, note: note).close()
            } else {
                try SQLiteLedger(opening: path, election: rehearsal.election).close()
            }
        }
    }

    private func summary() -> LedgerError? {
        refusal { () throws(LedgerError) in _ = try SQLiteLedger(reading: path).summary() }
    }

    @Test("Every door is shut", arguments: Loss.allCases)
    func isRefused(_ loss: Loss) throws {
        try crash(loss)
        let before = Disk.read(path)
        #expect(loss.isRefused(opening(), path), "\(String(describing: opening()))")
        let isUnchanged = Disk.read(path) == before
        #expect(isUnchanged || loss == .nothing, "it was changed before it was refused")
        for door in 0..<4 {
            let error = refusal { () throws(LedgerError) in
                let ledger = try SQLiteLedger(reading: path)
                switch door {
                case 0: _ = try ledger.summary()
                case 1: _ = try ledger.report()
                case 2: _ = try ledger.history(of: packs[0].number)
                default: _ = try ledger.snapshot(long: false) { (_) throws(LedgerError) in 0 }
                }
            }
            #expect(loss.isRefused(error, path), "door \(door): \(String(describing: error))")
        }
    }

    @Test("An audit reads it, and says what is missing", arguments: Loss.allCases)
    func isAudited(_ loss: Loss) throws {
        try crash(loss)
        let opened = Result { try SQLiteLedger(reading: path) }
        guard case .success(let ledger) = opened else {
            #expect(loss == .logOfBefore)
            return
        }
        let difference = try rehearsal.difference(in: ledger, long: true)
        switch loss {
        case .nothing: #expect(difference == nil)
        case .everything, .lock: #expect(difference?.contains("may be missing") == true)
        // The audit may find something else first.
        case .logOfBefore: #expect(difference != nil)
        default: #expect(difference?.contains("and had 19") == true, "\(difference ?? "nothing")")
        }
        #expect((ledger.gap == nil) == (loss == .nothing))
    }

    @Test("What is put back is found again", arguments: Loss.allCases.filter { $0 != .nothing })
    func isFoundAgain(_ loss: Loss) throws {
        try crash(.nothing)
        let files = ["", "-wal", "-lock"].map { ($0, Disk.read(path + $0)) }
        for suffix in ["", "-wal", "-shm", "-lock"] { Disk.remove(folder.file("ledger\(suffix)")) }
        try crash(loss)
        #expect(opening() != nil)
        for (suffix, bytes) in files { Disk.write(path + suffix, bytes) }
        Disk.remove(path + "-shm")
        let desk = try Booth(rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
        for (key, pack) in packs[10..<20].enumerated() {
            #expect(try desk.redeem(pack, key: key).name == "repeated")
        }
    }

    @Test("It is reopened on the record", arguments: Loss.allCases.filter { $0 != .logOfBefore })
    func isReopened(_ loss: Loss) throws {
        try crash(loss)
        let note = Note(reason: .lost, reference: "desk 2", officer: "A. Officer")
        // Opened and closed again, without a desk: nothing is on the record yet.
        #expect(opening(reopening: note) == nil)
        #expect(loss.isRefused(opening(), path))

        let ledger = try SQLiteLedger(reopening: path, election: rehearsal.election, note: note)
        #expect((ledger.gap == nil) == (loss == .nothing))
        let desk = try Booth(rehearsal, ledger)
        #expect(try desk.redeem(packs[30], key: 30).name == "accepted")
        let size = try desk.desk.ledger.summary().entries
        desk.desk.drain()
        let next = try Booth(rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
        #expect(try next.desk.ledger.summary().entries == size + 1)
        let opened = try next.desk.ledger.snapshot(long: false) {
            (snapshot) throws(LedgerError) in try snapshot.entry(size - 2)
        }
        let found = try #require(opened)
        #expect(found.officer == (loss == .nothing ? "" : "A. Officer"))
        #expect(found.reference == (loss == .nothing ? "" : "desk 2"))
        #expect(found.reason == (loss == .nothing ? "" : "lost"))
        #expect(try rehearsal.difference(in: next.desk.ledger) == nil)
    }

    @Test("A file that was closed is a ledger by itself, and one that was not is none")
    func isCopied() throws {
        let original = folder.file("ledger")
        func copy() {
            for suffix in ["-wal", "-shm", "-lock"] { Disk.remove(path + suffix) }
            Disk.write(path, Disk.read(original))
        }
        let ledger = try SQLiteLedger.create(at: original, election: rehearsal.election, at: .test(0))
        // Nothing was written to it yet.
        copy()
        #expect(opening() == nil)
        let first = try Booth(rehearsal, ledger)
        try first.begin(packs)
        copy()
        #expect(opening() == .unsafePlace(path: path, .notClosed(memory: path + "-lock")))
        #expect(summary() == .unsafePlace(path: path, .notClosed(memory: path + "-lock")))
        let second = try Booth(rehearsal, try SQLiteLedger(opening: original, election: rehearsal.election))
        first.desk.drain()
        // The second one has it open still.
        copy()
        #expect(opening() == .unsafePlace(path: path, .notClosed(memory: path + "-lock")))
        second.desk.drain()
        copy()
        #expect(opening() == nil)
        #expect(summary() == nil)
    }

    @Test("The last one that closes it says so, though it changed nothing")
    func isClosedByAnyone() throws {
        let original = folder.file("ledger")
        try Booth(
            rehearsal, try SQLiteLedger.create(at: original, election: rehearsal.election, at: .test(0))
        ).begin(packs)
        let idle = try SQLiteLedger(opening: original, election: rehearsal.election)
        try Booth(rehearsal, try SQLiteLedger(opening: original, election: rehearsal.election)).desk.drain()
        Disk.write(path, Disk.read(original))
        #expect(opening() == .unsafePlace(path: path, .notClosed(memory: path + "-lock")))
        Disk.remove(path + "-lock")
        idle.close()
        Disk.write(path, Disk.read(original))
        #expect(opening() == nil)
    }

    @Test("A desk that could not say in the file that it is open changes nothing before it could")
    func isMarkedBeforeChanges() throws {
        let original = folder.file("ledger")
        try Booth(
            rehearsal, try SQLiteLedger.create(at: original, election: rehearsal.election, at: .test(0))
        ).begin(packs)
        let ledger = try SQLiteLedger(opening: original, election: rehearsal.election)
        func desk() -> LedgerError? {
            refusal { () throws(LedgerError) in try ledger.recordOpening(at: .test(9)) }
        }
        let told = Shell.holding(original, "BEGIN; SELECT count(*) FROM log") { desk() }
        guard case .locked(_, by: .readers, _) = told else {
            Issue.record("\(String(describing: told))")
            return
        }
        #expect(desk() == nil)
        Disk.write(path, Disk.read(original))
        #expect(opening() == .unsafePlace(path: path, .notClosed(memory: path + "-lock")))
        ledger.close()
    }

    @Test("A ledger that is final has nothing more to lose")
    func isFinal() throws {
        let booth = try Booth(
            rehearsal,
            try SQLiteLedger.create(at: folder.file("ledger"), election: rehearsal.election, at: .test(0)))
        try booth.begin(packs)
        _ = try booth.desk.finish(.none, at: .test(20))
        // A complete checkpoint: the last entry is in the file.
        booth.desk.drain()
        #expect(Shell.run(folder.file("ledger"), "UPDATE desks SET open = 1") == nil)
        Disk.write(path, Disk.read(folder.file("ledger")))
        #expect(opening() == nil)
        #expect(summary() == nil)
    }

    /// Ways in which an older state gets under a desk that is at work.
    enum Return: CaseIterable { case restored, restoredAndGrown, deleted, emptied }

    /// No desk goes on with less than it had, or with another log, though the files are
    /// still the same ones.
    @Test("A desk at work stops when its log goes back", arguments: Return.allCases)
    func goesBack(_ how: Return) throws {
        let path = folder.file("ledger")
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin(packs)
        func shell(_ sql: String) throws {
            let ended = try Child("sqlite3", [path, sql], in: folder.path).finish()
            #expect(ended.status == 0, "\(ended)")
        }
        func refused(_ pack: Int) throws -> LedgerError? {
            do { _ = try booth.redeem(packs[pack], key: pack) } catch let error as LedgerError {
                return error
            }
            return nil
        }
        for (key, pack) in packs[..<3].enumerated() {
            #expect(try booth.redeem(pack, key: key).name == "accepted")
        }
        try shell(".backup \(folder.file("older"))")
        for (key, pack) in packs[3..<8].enumerated() {
            #expect(try booth.redeem(pack, key: 3 + key).name == "accepted")
        }
        switch how {
        case .restored, .restoredAndGrown: try shell(".restore \(folder.file("older"))")
        case .deleted:
            try shell(
                """
                BEGIN; DROP TRIGGER log_never_shrinks; DELETE FROM log WHERE number > 10;
                CREATE TRIGGER log_never_shrinks BEFORE DELETE ON log
                    BEGIN SELECT RAISE(ABORT, 'the log never shrinks'); END; COMMIT;
                """)
        case .emptied: Disk.write(path + "-wal", [])
        }
        if how == .restoredAndGrown {
            // Something has gone on from there: the log is longer, and another.
            try shell(
                """
                INSERT INTO log SELECT (SELECT max(number) FROM log) + 1 + l.number, l.at, l.type, l.entry, l.pack,
                    l.reason, l.reference, l.officer, randomblob(16), randomblob(32) FROM log l
                """)
        }
        let before = Disk.read(path + "-lock")
        let error = try refused(20)
        switch (how, error) {
        case (.restored, .olderCopy?), (.deleted, .olderCopy?), (.restoredAndGrown, .otherLog?): break
        case (.emptied, .undecided(let fault)?): #expect(fault.cause == .cutOff)
        default: Issue.record("\(how): \(String(describing: error))")
        }
        // It takes nothing any more, and what is remembered is not less than before.
        #expect(try refused(21) != nil)
        booth.desk.ledger.close()
        #expect(Disk.read(path + "-lock") == before)
    }

    /// Another desk wrote more, and that is gone: this one knows it by the lock alone.
    @Test("A desk at work stops when what another one wrote is gone")
    func goesBackForAnother() throws {
        let path = folder.file("ledger")
        let first = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try first.begin(packs)
        let second = try Booth(rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
        #expect(try first.redeem(packs[0], key: 0).name == "accepted")
        #expect(try second.redeem(packs[1], key: 1).name == "accepted")
        #expect(try Child("sqlite3", [path, ".backup older"], in: folder.path).finish().status == 0)
        let size = try second.desk.ledger.summary().entries
        for key in 2..<5 { #expect(try second.redeem(packs[key], key: key).name == "accepted") }
        #expect(try Child("sqlite3", [path, ".restore older"], in: folder.path).finish().status == 0)
        #expect(
            throws: LedgerError.olderCopy(
                .file(path), has: size, seen: size + 3, by: .memory(path: path + "-lock"))
        ) { try first.redeem(packs[2], key: 9) }
    }

    /// SQLite would copy what is left of it into the ledger, page by page.
    @Test("What is closed over a write-ahead log that was cut off is not spoiled")
    func closedOverCutOffLog() throws {
        let path = folder.file("ledger")
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin(packs)
        for key in 0..<4 { #expect(try booth.redeem(packs[key], key: key).name == "accepted") }
        let size = try booth.desk.ledger.summary().entries
        let before = Disk.read(path)
        let log = Disk.read(path + "-wal")
        Disk.write(path + "-wal", Array(log.dropLast(log.count / 2)))
        booth.desk.drain()
        booth.desk.ledger.close()
        #expect(Disk.read(path) == before)
        do {
            _ = try SQLiteLedger(opening: path, election: rehearsal.election)
            Issue.record("it was opened")
        } catch {
            guard case .olderCopy(_, has: _, seen: size, by: .memory) = error else { throw error }
        }
    }

    /// A copy that was closed, under the write-ahead log of what came after it.
    @Test("A write-ahead log of which nothing is remembered is refused")
    func foreignLog() throws {
        let path = folder.file("ledger")
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin(packs)
        booth.desk.drain()
        booth.desk.ledger.close()
        Disk.write(self.path, Disk.read(path))
        let desk = try Booth(rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
        for key in 0..<4 { #expect(try desk.redeem(packs[key], key: key).name == "accepted") }
        Disk.write(self.path + "-wal", Disk.read(path + "-wal"))
        #expect(opening() == .unsafePlace(path: self.path, .notClosed(memory: self.path + "-lock")))
        // The control: without that log it is a ledger by itself.
        Disk.remove(self.path + "-wal")
        Disk.remove(self.path + "-lock")
        #expect(opening() == nil)
    }

    @Test("A reader beside desks that open and close is never refused")
    func readsBesideDesks() async throws {
        let original = folder.file("ledger")
        try Booth(
            rehearsal, try SQLiteLedger.create(at: original, election: rehearsal.election, at: .test(0))
        ).begin(packs)
        let election = rehearsal.election
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for task in 0..<2 {
                tasks.addTask { [rehearsal, packs] in
                    for round in 0..<20 {
                        let desk = try Booth(
                            rehearsal, try SQLiteLedger(opening: original, election: election))
                        _ = try desk.redeem(packs[task * 20 + round], key: task * 20 + round)
                        await desk.desk.drain()
                    }
                }
            }
            tasks.addTask {
                for _ in 0..<200 { _ = try SQLiteLedger(reading: original).summary() }
            }
            try await tasks.waitForAll()
        }
        #expect(try SQLiteLedger(reading: original).summary().balance[.votedOnline] == 40)
    }
}
