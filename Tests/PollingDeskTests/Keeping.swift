import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// The ledgers there are. A new one is added here, and nowhere else.
enum Keeping: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite

    var testDescription: String { rawValue }

    /// Lends an empty ledger.
    func with(_ body: (Booth<AnyLedger>) throws -> Void) throws {
        let folder = TemporaryFolder()
        try body(booth(in: folder))
    }

    func booth(in folder: TemporaryFolder) throws -> Booth<AnyLedger> {
        let rehearsal = Rehearsal()
        let ledger: any Ledger =
            switch self {
            case .memory: MemoryLedger(election: rehearsal.election, at: .test(0))
            case .sqlite:
                try SQLiteLedger.create(
                    at: folder.file("ledger"), election: rehearsal.election, at: .test(0))
            }
        return Booth(rehearsal, AnyLedger(ledger))
    }
}
