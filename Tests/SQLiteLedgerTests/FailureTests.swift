import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// What happens when files and disks fail.
@Suite struct FailureTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    var path: String { folder.file("ledger") }

    /// Something asked of a ledger that may not answer.
    private func isUndecided(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch LedgerError.undecided {
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: ["", "-wal", "-shm", "-lock"])
    func aFileThatIsMovedAwayStopsTheDesk(_ suffix: String) throws {
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin([rehearsal.pack(1), rehearsal.pack(2)])
        #expect(try booth.redeem(rehearsal.pack(1), key: 1).name == "accepted")
        Disk.move(path + suffix, folder.file("elsewhere"))
        #expect(isUndecided { _ = try booth.redeem(rehearsal.pack(2), key: 2) })
        // It stays so, even when the file is put back.
        Disk.move(folder.file("elsewhere"), path + suffix)
        #expect(isUndecided { _ = try booth.redeem(rehearsal.pack(1), key: 1) })
        #expect(isUndecided { _ = try booth.load("more", [rehearsal.pack(3)]) })
        #expect(isUndecided { _ = try booth.desk.ledger.summary() })
        booth.desk.drain()
        #expect(
            throws: LedgerError.undecided(LedgerFault(.file(path + suffix), .moved))
        ) {
            try booth.desk.ledger.summary()
        }

        let again = try Booth(
            rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
        #expect(try again.redeem(rehearsal.pack(1), key: 1).name == "repeated")
        #expect(try again.redeem(rehearsal.pack(2), key: 2).name == "accepted")
    }

    @Test func anotherFileInItsPlaceStopsTheDesk() throws {
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin([rehearsal.pack(1)])
        Disk.write(folder.file("copy"), Disk.read(path))
        Disk.move(folder.file("copy"), path)
        #expect(isUndecided { _ = try booth.redeem(rehearsal.pack(1), key: 1) })
    }

    @Test func aFullDiskLeavesItOpen() throws {
        // Skipped where this user cannot mount a small disk.
        let mounted = try Disk.withSmallDisk(2 << 20, at: folder.path) {
            let booth = try Booth(
                rehearsal,
                try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
            let packs = (1...300).map { rehearsal.pack($0) }
            try booth.begin(packs)
            #expect(try booth.redeem(packs[0], key: 0).name == "accepted")
            let filler = folder.file("filler")
            while Disk.write(filler, [UInt8](repeating: 1, count: 4 << 20)) == 0 {}

            var undecided: Int?
            for i in 1..<300 where undecided == nil {
                if isUndecided({ _ = try booth.redeem(packs[i], key: i) }) { undecided = i }
            }
            let first = try #require(undecided)
            #expect(isUndecided { _ = try booth.redeem(packs[0], key: 0) })
            Disk.remove(filler)
            #expect(isUndecided { _ = try booth.redeem(packs[0], key: 0) })

            let again = try Booth(
                rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
            for i in 0..<first { #expect(try again.redeem(packs[i], key: i).name == "repeated") }
            let outcome = try again.redeem(packs[first], key: first)
            #expect(["accepted", "repeated"].contains(outcome.name))
            #expect(try again.desk.ledger.summary().balance[.votedOnline] == first + 1)
            #expect(Shell.ask(path, "PRAGMA integrity_check") == "ok")
        }
        if !mounted { print("skipped: no small disk could be mounted") }
    }

    @Test func aFullDiskMakesNoLedger() throws {
        let mounted = Disk.withSmallDisk(16 << 10, at: folder.path) {
            #expect(throws: LedgerError.self) {
                try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0))
            }
            #expect(folder.names == ["ledger-lock"])
        }
        if !mounted { print("skipped: no small disk could be mounted") }
    }

    @Test func aFullDiskTakesNoHalfRegister() throws {
        let mounted = try Disk.withSmallDisk(1 << 20, at: folder.path) {
            let booth = try Booth(
                rehearsal,
                try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
            let packs = (1...20_000).map { rehearsal.pack($0) }
            #expect(throws: LedgerError.self) { try booth.load("main", packs) }
            booth.desk.drain()
            let again = try Booth(
                rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election))
            #expect(try again.desk.ledger.summary().batches.isEmpty)
            #expect(try again.load("main", packs.prefix(100)) == .loaded)
        }
        if !mounted { print("skipped: no small disk could be mounted") }
    }
}
