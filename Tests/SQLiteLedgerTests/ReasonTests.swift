import Counterfoil
import Glibc
import SQLiteLedger
import TestSupport
import Testing

@testable import PollingDesk

/// Each reason that a ledger in a file can give for not answering, provoked and
/// told apart by a switch, as a caller would.
@Suite struct ReasonTests {
    /// What is done to a ledger. Most are named as the case of the error is.
    enum Reason: String, CaseIterable {
        case moved, cutOff, closed, readOnly, ballotFinal, register, otherRegister, packTwice, unsignedBatch
        case otherElection, olderCopyByHead, olderCopyByWaitingChanges, olderCopyByCheckpoint
        case otherLogByHead, otherLogByCheckpoint, missing, exists, notALedger, notADatabase
        case newerVersion, alteredSchema, damaged, alteredEntry, noName, notAFile, empty, openToOthers
        case hardLink, leftover, changesWait, noAccess, lockIsALink, lockedByAWriter
        case lockedByReaders, diskFull, rulesRefused, olderCopyByMemory, notClosed, mounted
        case sharedFileSystem, unknownFileSystem

        /// What only root can do, and perhaps not everywhere.
        var needsMounts: Bool {
            switch self {
            case .diskFull, .changesWait, .mounted, .sharedFileSystem: true
            default: false
            }
        }
    }

    /// What can provoke an error.
    enum Source: Equatable {
        case file([Reason])
        /// The desk, before it asks a ledger.
        case desk
        case database
        /// A disk that fails, or cannot do what it must.
        case disk
        case nobody
    }

    /// A new case must be entered here, and provoked if a file can do that.
    static func source(of error: LedgerError) -> Source {
        switch error {
        case .undecided: .file([.moved, .cutOff])
        case .busy, .otherKey: .desk
        case .closed: .file([.closed])
        case .readOnly: .file([.readOnly])
        case .ballotFinal: .file([.ballotFinal])
        case .register: .file([.register])
        case .otherRegister: .file([.otherRegister])
        case .packTwice: .file([.packTwice])
        case .unsignedBatch: .file([.unsignedBatch])
        case .otherElection: .file([.otherElection])
        case .olderCopy(_, _, _, .head): .file([.olderCopyByHead])
        case .olderCopy(_, _, _, .waitingChanges): .file([.olderCopyByWaitingChanges])
        case .olderCopy(_, _, _, .memory): .file([.olderCopyByMemory])
        case .olderCopy(_, _, _, .checkpoint): .file([.olderCopyByCheckpoint])
        case .otherLog(_, _, .head): .file([.otherLogByHead])
        case .otherLog(_, _, .checkpoint): .file([.otherLogByCheckpoint])
        // What the lock remembers is a size alone.
        case .otherLog(_, _, .waitingChanges), .otherLog(_, _, .memory): .nobody
        case .missing: .file([.missing])
        case .exists: .file([.exists])
        case .notALedger: .file([.notALedger, .notADatabase])
        case .otherVersion: .file([.newerVersion])
        case .alteredSchema: .file([.alteredSchema])
        case .damaged: .file([.damaged, .alteredEntry])
        case .unsafePlace(_, .noName): .file([.noName])
        case .unsafePlace(_, .notAFile): .file([.notAFile, .lockIsALink])
        case .unsafePlace(_, .empty): .file([.empty])
        case .unsafePlace(_, .openToOthers): .file([.openToOthers])
        case .unsafePlace(_, .hardLink): .file([.hardLink])
        case .unsafePlace(_, .leftover): .file([.leftover])
        case .unsafePlace(_, .changesWait): .file([.changesWait])
        case .unsafePlace(_, .notClosed): .file([.notClosed])
        case .unsafePlace(_, .mounted): .file([.mounted])
        case .unsafePlace(_, .sharedFileSystem): .file([.sharedFileSystem])
        case .unsafePlace(_, .unknownFileSystem): .file([.unknownFileSystem])
        case .noAccess: .file([.noAccess])
        case .locked(_, .writer, _): .file([.lockedByAWriter])
        case .locked(_, .readers, _): .file([.lockedByReaders])
        case .diskFull: .file([.diskFull])
        // Simulated disks do this in Tests/Measuring/Torture.
        case .diskFailed: .disk
        // For a file: its disk cannot share memory, so that SQLite keeps no
        // write-ahead log.
        case .notDurable(.file, _): .disk
        case .notDurable: .database
        case .alteredPart, .clocksDiffer, .pooled, .readOnlyServer, .mayNotMakeRoles, .unreachable,
            .badAddress, .noRight:
            .database
        case .rulesRefused: .file([.rulesRefused])
        // SQLite without memory, say.
        case .failed: .nobody
        }
    }

    @Test("A file gives its reason", arguments: Reason.allCases)
    func isTold(_ reason: Reason) throws {
        let (told, expected) = try Provocation().provoke(reason)
        guard !reason.needsMounts || told != nil else {
            return print("skipped: nothing could be mounted for \(reason)")
        }
        let error = try #require(told, "nothing was refused")
        guard case .file(let reasons) = Self.source(of: error) else {
            Issue.record("\(error)")
            return
        }
        #expect(reasons.contains(reason))
        #expect(error == expected)
    }
}

/// A ledger, and what is done to it.
private struct Provocation {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    var path: String { folder.file("ledger") }
    var place: LedgerPlace { .file(path) }

    /// What a ledger then says, if it says anything, and what it should say.
    func provoke(_ reason: ReasonTests.Reason) throws -> (told: LedgerError?, expected: LedgerError?) {
        switch reason {
        case .moved:
            let booth = try booth()
            Disk.move(path, folder.file("elsewhere"))
            return (
                error { () throws(LedgerError) in try write(booth) }, .undecided(LedgerFault(place, .moved))
            )
        case .cutOff:
            let booth = try booth()
            _ = unsafe truncate(path, 4096)
            return (
                error { () throws(LedgerError) in try write(booth) }, .undecided(LedgerFault(place, .cutOff))
            )
        case .closed:
            let booth = try booth()
            booth.desk.drain()
            return (error { () throws(LedgerError) in try write(booth) }, .closed)
        case .readOnly:
            _ = try booth()
            let reader = try SQLiteLedger(reading: path)
            return (error { () throws(LedgerError) in try reader.recordOpening(at: .test(9)) }, .readOnly)
        case .ballotFinal:
            let booth = try booth()
            _ = try booth.desk.finish(.none, at: .test(20))
            return (loading(booth, "late", [rehearsal.pack(9)]), .ballotFinal)
        case .register:
            let booth = try booth()
            let other = Rehearsal(seed: 2).register("late", [Rehearsal(seed: 2).pack(9)])
            return (
                error { () throws(LedgerError) in _ = try booth.desk.load(other, at: .test(20)) },
                .register(.otherElection)
            )
        case .otherRegister:
            return (loading(try booth(), "main", [rehearsal.pack(9)]), .otherRegister(BatchName("main")!))
        case .packTwice: return (loading(try booth(), "late", [rehearsal.pack(1)]), .packTwice)
        case .unsignedBatch:
            let first = try booth()
            try first.load("late", [rehearsal.pack(9)])
            first.desk.drain()
            let rule = Shell.ask(path, "SELECT sql FROM sqlite_schema WHERE name = 'packs_never_change'")!
            let edit = "UPDATE packs SET voter = zeroblob(16) WHERE batch = 2"
            #expect(Shell.run(path, "DROP TRIGGER packs_never_change; \(edit); \(rule)") == nil)
            return (loading(try desk(), "late", [rehearsal.pack(9)]), .unsignedBatch(BatchName("late")!))
        case .otherElection:
            try closed()
            return (opening(Rehearsal(seed: 2)), .otherElection(place, named: "Rehearsal 1"))
        case .olderCopyByHead:
            try closed()
            let head = TreeHead(size: 99, root: Bytes())
            return (opening(seen: head), .olderCopy(place, has: 4, seen: 99, by: .head))
        case .otherLogByHead:
            try closed()
            return (opening(seen: TreeHead(size: 3, root: Bytes())), .otherLog(place, first: 3, by: .head))
        case .olderCopyByWaitingChanges:
            try closed()
            let copy = Disk.read(path)
            for _ in 0..<2 { try desk().desk.drain() }
            // A third desk: its opening waits in the log when the copy is put there.
            let booth = try desk()
            let (log, lock) = (Disk.read(path + "-wal"), Disk.read(path + "-lock"))
            booth.desk.drain()
            Disk.remove(path)
            Disk.remove(path + "-shm")
            Disk.write(path, copy)
            Disk.write(path + "-wal", log)
            Disk.write(path + "-lock", lock)
            return (
                opening(),
                .olderCopy(place, has: 4, seen: 6, by: .waitingChanges(path: path + "-wal"))
            )
        case .olderCopyByCheckpoint:
            try closed()
            let copy = Disk.read(path)
            let booth = try desk()
            let checkpoint = try booth.desk.checkpoint { $0 }
            booth.desk.drain()
            Disk.write(path, copy)
            Disk.remove(path + "-lock")
            return (proving(1, checkpoint), .olderCopy(place, has: 4, seen: 5, by: .checkpoint))
        case .otherLogByCheckpoint:
            let checkpoint = try booth().desk.checkpoint { $0 }
            for suffix in ["", "-wal", "-shm", "-lock"] { Disk.remove(path + suffix) }
            try closed()
            return (proving(1, checkpoint), .otherLog(place, first: 4, by: .checkpoint))
        case .missing: return (opening(), .missing(place))
        case .exists:
            try closed()
            return (creating(), .exists(place))
        case .notALedger:
            #expect(Shell.run(path, "CREATE TABLE accounts (name TEXT)") == nil)
            Disk.setMode(path, 0o600)
            return (opening(), .notALedger(LedgerFault(place, .application(0))))
        case .notADatabase:
            Disk.write(path, Array("a letter to my aunt, longer than the header of a database".utf8))
            let fault = LedgerFault(place, .sqlite(code: 26, words: "file is not a database", errno: 0))
            return (opening(), .notALedger(fault))
        case .newerVersion:
            try closed()
            #expect(Shell.run(path, "PRAGMA user_version = 7") == nil)
            return (opening(), .otherVersion(place, has: 7, known: 1))
        case .alteredSchema:
            try closed()
            #expect(Shell.run(path, "DROP TRIGGER log_never_shrinks") == nil)
            return (opening(), .alteredSchema(place))
        case .damaged:
            let ledger = try Tampering()
            #expect(ledger.edit("UPDATE batches SET kind = 9 WHERE number = 2") == nil)
            let fault = LedgerFault(.file(ledger.path), .damage(.batch(2)))
            return (
                error { () throws(LedgerError) in _ = try SQLiteLedger(reading: ledger.path).summary() },
                .damaged(fault)
            )
        case .alteredEntry:
            let ledger = try Tampering()
            let pack = ledger.rehearsal.pack(7).number
            #expect(
                ledger.edit("UPDATE log SET officer = 'B. Officer' WHERE pack = \(pack.value)") == nil)
            let number = Int(Shell.ask(ledger.path, "SELECT number FROM log WHERE pack = \(pack.value)")!)!
            let damage = LedgerDamage.alteredEntry(number, .doesNotLead)
            return (
                Self.proving(pack, ledger.late, ledger.rehearsal, ledger.path),
                .damaged(LedgerFault(.file(ledger.path), .damage(damage)))
            )
        case .noName:
            return (creating(folder.path + "/"), .unsafePlace(path: folder.path + "/", .noName))
        case .notAFile:
            #expect(unsafe mkfifo(path, 0o600) == 0)
            return (opening(), .unsafePlace(path: path, .notAFile))
        case .empty:
            Disk.write(path, [])
            return (opening(), .unsafePlace(path: path, .empty))
        case .openToOthers:
            try closed()
            Disk.setMode(path, 0o640)
            return (opening(), .unsafePlace(path: path, .openToOthers))
        case .hardLink:
            try closed()
            Disk.link(path, folder.file("other"))
            return (opening(), .unsafePlace(path: path, .hardLink))
        case .leftover:
            Disk.write(path + "-wal", [1])
            return (creating(), .unsafePlace(path: path + "-wal", .leftover))
        case .changesWait:
            var told: LedgerError?
            try Disk.withSmallDisk(4 << 20, at: folder.path) {
                try closed()
                Disk.write(path + "-wal", [1])
                // What SQLite needs beside the log cannot be made.
                try Disk.makeReadOnly(folder.path)
                told = error { () throws(LedgerError) in _ = try SQLiteLedger(reading: path) }
            }
            return (told, .unsafePlace(path: path, .changesWait(path: path + "-wal")))
        case .olderCopyByMemory:
            try closed()
            let copy = Disk.read(path)
            try desk().desk.drain()
            Disk.write(path, copy)
            return (opening(), .olderCopy(place, has: 4, seen: 5, by: .memory(path: path + "-lock")))
        case .notClosed:
            let booth = try booth()
            let other = folder.file("other")
            Disk.write(other, Disk.read(path))
            booth.desk.drain()
            return (opening(at: other), .unsafePlace(path: other, .notClosed(memory: other + "-lock")))
        case .mounted:
            try closed()
            let other = folder.file("other")
            Disk.write(other, [])
            var told: LedgerError?
            Disk.withMount(of: path, at: other) { told = opening(at: other) }
            return (told, .unsafePlace(path: other, .mounted))
        case .sharedFileSystem:
            try closed()
            let other = TemporaryFolder()
            var told: LedgerError?
            try Disk.withBindFS(folder.path, at: other.path) { told = opening(at: other.file("ledger")) }
            return (told, .unsafePlace(path: other.file("ledger"), .sharedFileSystem("FUSE")))
        case .unknownFileSystem:
            // The kernel's own, of processes.
            return (
                creating("/proc/ledger"), .unsafePlace(path: "/proc/ledger", .unknownFileSystem(0x9FA0))
            )
        case .noAccess:
            try closed()
            let below = path + "/ledger"
            return (
                opening(at: below),
                .noAccess(LedgerFault(.file(below), .system(.reach, errno: ENOTDIR)))
            )
        case .lockIsALink:
            try closed()
            Disk.remove(path + "-lock")
            Disk.symlink("ledger-lock", path + "-lock")
            return (opening(), .unsafePlace(path: path + "-lock", .notAFile))
        case .lockedByAWriter:
            let booth = try booth()
            return Shell.holding(path, "BEGIN IMMEDIATE") {
                let fault = LedgerFault(place, .sqlite(code: 5, words: "database is locked", errno: 0))
                return (
                    error { () throws(LedgerError) in try write(booth) },
                    .locked(fault, by: .writer, seconds: 10)
                )
            }
        case .lockedByReaders:
            let booth = try booth()
            return try Shell.holding(path, "BEGIN; SELECT count(*) FROM log") {
                // What is written after they began cannot be copied past them.
                try write(booth)
                let fault = LedgerFault(place, .sqlite(code: 5, words: "database is locked", errno: 0))
                return (opening(), .locked(fault, by: .readers, seconds: 10))
            }
        case .diskFull:
            var told: LedgerError?
            _ = Disk.withSmallDisk(16 << 10, at: folder.path) { told = creating() }
            guard case .diskFull(let fault) = told, case .sqlite(13, _, _) = fault.cause else {
                return (told, nil)
            }
            return (told, told)
        case .rulesRefused:
            let booth = try booth()
            let pack = rehearsal.pack(1)
            let told = error { () throws(LedgerError) in
                try booth.desk.ledger.write([], at: .test(20)) { scene in
                    for _ in 0..<2 {
                        scene.record(rehearsal.voteCast(pack))
                    }
                }
            }
            let words = "UNIQUE constraint failed: votes.voter"
            return (
                told,
                .rulesRefused(LedgerFault(place, .sqlite(code: 19 | 6 << 8, words: words, errno: 0)))
            )
        }
    }

    // MARK: What is asked of it

    /// With a register and an open ballot: four entries.
    private func booth() throws -> Booth {
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin([rehearsal.pack(1), rehearsal.pack(2)])
        return booth
    }

    /// The same, closed.
    private func closed() throws { try booth().desk.drain() }

    /// Another desk: one entry more.
    private func desk() throws -> Booth {
        try Booth(rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
    }

    private func write(_ booth: Booth) throws(LedgerError) {
        _ = try booth.desk.extend(until: .test(1000), .none, at: .test(11))
    }

    private func opening(
        _ other: Rehearsal? = nil, at path: String? = nil, seen head: TreeHead? = nil
    ) -> LedgerError? {
        error { () throws(LedgerError) in
            try SQLiteLedger(
                opening: path ?? self.path, election: (other ?? rehearsal).election, seen: head
            ).close()
        }
    }

    private func creating(_ path: String? = nil) -> LedgerError? {
        error { () throws(LedgerError) in
            try SQLiteLedger.create(at: path ?? self.path, election: rehearsal.election, at: .test(0)).close()
        }
    }

    private func loading(
        _ booth: Booth, _ name: String, _ packs: [TestPack]
    ) -> LedgerError? {
        let register = rehearsal.register(name, packs)
        return error { () throws(LedgerError) in _ = try booth.desk.load(register, at: .test(20)) }
    }

    private func proving(_ pack: Int, _ checkpoint: Checkpoint) -> LedgerError? {
        Self.proving(rehearsal.pack(pack).number, checkpoint, rehearsal, path)
    }

    private static func proving(
        _ pack: PackNumber, _ checkpoint: Checkpoint, _ rehearsal: Rehearsal, _ path: String
    ) -> LedgerError? {
        error { () throws(LedgerError) in
            let ledger = try SQLiteLedger(reading: path)
            defer { ledger.close() }
            try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
                _ = try snapshot.proofs(about: pack, checkpoint: checkpoint, election: rehearsal.election)
            }
        }
    }

    private func error(_ body: () throws(LedgerError) -> Void) -> LedgerError? { Self.error(body) }

    private static func error(_ body: () throws(LedgerError) -> Void) -> LedgerError? {
        do throws(LedgerError) {
            try body()
            return nil
        } catch { return error }
    }
}
