import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// A copy is put in the place of a ledger, and the ledger's write-ahead log is left
/// there. Pages of both would make a ledger that has the newest entries, and not
/// the entries between.
@Suite struct OlderCopyTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    let other = TemporaryFolder()

    private func desk() throws -> Booth {
        try Booth(
            rehearsal,
            try SQLiteLedger(opening: folder.file("ledger"), election: rehearsal.election))
    }

    /// What a crash would now leave of the open ledger, with `main` as the file itself.
    private func crashed(main: [UInt8]) throws -> String {
        for suffix in ["-wal", "-lock"] {
            Disk.write(other.file("ledger\(suffix)"), Disk.read(folder.file("ledger\(suffix)")))
        }
        Disk.write(other.file("ledger"), main)
        Disk.setMode(other.file("ledger"), 0o600)
        return other.file("ledger")
    }

    private func opening(_ path: String) -> LedgerError? {
        do throws(LedgerError) {
            try SQLiteLedger(opening: path, election: rehearsal.election).close()
            return nil
        } catch { return error }
    }

    @Test("A copy from before the last desk", arguments: [false, true])
    func fromBeforeTheLastDesk(isOlder: Bool) throws {
        let packs = (0..<40).map { rehearsal.pack($0) }
        do {
            let ledger = try SQLiteLedger.create(
                at: folder.file("ledger"), election: rehearsal.election, at: .test(0))
            let booth = try Booth(rehearsal, ledger)
            try booth.begin(packs)
            booth.desk.drain()
        }
        let copy = Disk.read(folder.file("ledger"))
        do {
            let booth = try desk()
            for i in 0..<6 {
                #expect(try booth.receive([packs[i]])[0].name == "received")
            }
            booth.desk.drain()
        }
        let booth = try desk()
        #expect(try booth.redeem(packs[20], key: 20).name == "accepted")
        let path = try crashed(main: isOlder ? copy : Disk.read(folder.file("ledger")))
        let refused = opening(path)
        #expect((refused != nil) == isOlder, "\(String(describing: refused))")
        // Six packs received, a desk opened; the vote waits beside it.
        let older = LedgerError.olderCopy(
            .file(path), has: 4, seen: 11, by: .waitingChanges(path: path + "-wal"))
        if let refused { #expect(refused == older) }
        if !isOlder {
            let again = try Booth(
                rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election), at: .test(100))
            #expect(try again.redeem(packs[0], key: 1).name == "already-voted")
            #expect(try again.redeem(packs[20], key: 21).name == "already-voted")
        }
    }

    @Test("A copy from before a checkpoint of a desk that is still open", arguments: [false, true])
    func fromBeforeACheckpoint(isOlder: Bool) throws {
        let packs = (0..<40).map { rehearsal.pack($0) }
        let ledger = try SQLiteLedger.create(
            at: folder.file("ledger"), election: rehearsal.election, at: .test(0))
        let booth = try Booth(rehearsal, ledger)
        try booth.begin(packs)
        let copy = Disk.read(folder.file("ledger"))
        // Loading gives back the log's disk: a complete checkpoint.
        try booth.load("late", [rehearsal.pack(50)])
        #expect(try booth.redeem(packs[20], key: 20).name == "accepted")
        let refused = opening(try crashed(main: isOlder ? copy : Disk.read(folder.file("ledger"))))
        #expect((refused != nil) == isOlder, "\(String(describing: refused))")
    }

    @Test("A reader who holds up a checkpoint makes no older copy of the ledger")
    func afterHalfACheckpoint() throws {
        let folder = TemporaryFolder.quick()
        let pack = rehearsal.pack(1)
        let booth = try Booth(
            rehearsal,
            try SQLiteLedger.create(at: folder.file("ledger"), election: rehearsal.election, at: .test(0)))
        try booth.begin([pack])
        var scans = 0
        try Shell.holding(folder.file("ledger"), "BEGIN; SELECT count(*) FROM log") {
            // Until a checkpoint was due, which copies what the reader leaves it.
            while Disk.size(folder.file("ledger-wal")) < 4100 * 4120 {
                scans += 1
                _ = try booth.receive([pack], firstNonce: scans)
            }
        }
        // A crash, before there is another one.
        for suffix in ["", "-wal", "-lock"] {
            Disk.write(other.file("ledger\(suffix)"), Disk.read(folder.file("ledger\(suffix)")))
        }
        let path = other.file("ledger")
        Disk.write(other.file("alone"), Disk.read(path))
        let copied = Shell.ask(other.file("alone"), "SELECT count(*) FROM log").flatMap { Int($0) }
        #expect(try #require(copied) <= 4, "nobody held the checkpoint up")
        #expect(opening(path) == nil)
        #expect(try SQLiteLedger(reading: path).summary().entries == 4 + scans)
    }

    @Test(
        "A memory that nobody can read is none, and an open ledger needs one",
        arguments: ["", "entries 12\n", "entries 00000000000000000099 00000000000000000098\n"])
    func unreadable(_ line: String) throws {
        try SQLiteLedger.create(at: folder.file("ledger"), election: rehearsal.election, at: .test(0)).close()
        let booth = try desk()
        _ = try booth.desk.open(at: .test(10))
        let path = try crashed(main: Disk.read(folder.file("ledger")))
        let lock = other.file("ledger-lock")
        Disk.write(lock, Array(line.utf8))
        #expect(opening(path) == .unsafePlace(path: path, .notClosed(memory: lock)))
        let other = String(repeating: " ", count: 50) + line
        Disk.write(lock, Array(other.utf8))
        #expect(opening(path) == .unsafePlace(path: path, .notClosed(memory: lock)))
        Disk.write(lock, Disk.read(folder.file("ledger-lock")))
        #expect(opening(path) == nil)
    }
}
