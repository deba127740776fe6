import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// Where a ledger may lie. Two desks must see each other, whatever paths they are given.
@Suite("A ledger that could have two names is refused at every door")
struct PlaceTests {
    let rehearsal = Rehearsal()
    let folder = TemporaryFolder()
    let other = TemporaryFolder()

    /// What is mounted where the ledger is looked for.
    enum Way: CaseIterable {
        case ledger, log, sharedMemory, lock, folder, program

        var file: String? {
            switch self {
            case .ledger: "ledger"
            case .log: "ledger-wal"
            case .sharedMemory: "ledger-shm"
            case .lock: "ledger-lock"
            case .folder, .program: nil
            }
        }
    }

    enum Door: CaseIterable { case opening, reopening, reading }

    private func refusal(_ door: Door, _ path: String) -> LedgerError? {
        do throws(LedgerError) {
            switch door {
            case .opening: try SQLiteLedger(opening: path, election: rehearsal.election).close()
            case .reopening:
                try SQLiteLedger(reopening: path, election: rehearsal.election, note: .none).close()
            case .reading: try SQLiteLedger(reading: path).close()
            }
            return nil
        } catch { return error }
    }

    @Test("Something is mounted", arguments: Way.allCases, Door.allCases)
    func isMounted(_ way: Way, _ door: Door) throws {
        let ledger = try SQLiteLedger.create(
            at: folder.file("ledger"), election: rehearsal.election, at: .test(0))
        if way != .ledger { ledger.close() }
        let path = other.file("ledger")
        var told: LedgerError??
        switch way {
        case .folder: Disk.withMount(of: folder.path, at: other.path) { told = refusal(door, path) }
        case .program: try Disk.withBindFS(folder.path, at: other.path) { told = refusal(door, path) }
        default:
            let file = way.file!
            if way != .ledger { Disk.write(path, Disk.read(folder.file("ledger"))) }
            Disk.write(folder.file(file), way == .ledger ? Disk.read(folder.file(file)) : [])
            Disk.write(other.file(file), [])
            Disk.withMount(of: folder.file(file), at: other.file(file)) { told = refusal(door, path) }
        }
        guard let told else { return print("skipped: nothing could be mounted for \(way)") }
        switch way {
        // All of its files are the same under both names.
        case .folder: #expect(told == nil)
        case .program: #expect(told == .unsafePlace(path: path, .sharedFileSystem("FUSE")))
        default: #expect(told == .unsafePlace(path: other.file(way.file!), .mounted))
        }
    }

    @Test("A ledger is made only where it can be kept")
    func isMade() throws {
        var told: LedgerError??
        func make() -> LedgerError? {
            do throws(LedgerError) {
                try SQLiteLedger.create(at: other.file("ledger"), election: rehearsal.election).close()
                return nil
            } catch { return error }
        }
        try Disk.withBindFS(folder.path, at: other.path) { told = make() }
        guard let told else { return print("skipped: no program's file system could be mounted") }
        #expect(told == .unsafePlace(path: other.file("ledger"), .sharedFileSystem("FUSE")))
        #expect(folder.names.isEmpty && other.names.isEmpty, "it left something")
        #expect(make() == nil)
    }
}
