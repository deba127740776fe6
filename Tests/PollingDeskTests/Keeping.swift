import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

#if PostgreSQL
import PostgresLedger
#endif

/// The ledgers there are. A new one is added in this file, and nowhere else.
enum Keeping: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite
    #if PostgreSQL
    case postgres
    #endif

    var testDescription: String { rawValue }

    /// Whether a restart is written down: a ledger in memory has none.
    var recordsRestarts: Bool { self != .memory }

    /// Whether it refuses by itself an entry that shows nothing of its pack's code.
    var knowsTheRules: Bool {
        #if PostgreSQL
        self == .postgres
        #else
        false
        #endif
    }

    /// Lends an empty ledger.
    func with(_ body: (Booth) throws -> Void) throws {
        let place = LedgerPlace(self)
        try body(place.booth())
    }
}

/// Where one ledger is kept; gone with all that is in it.
final class LedgerPlace: Sendable {
    private let keeping: Keeping
    private let folder: TemporaryFolder
    #if PostgreSQL
    private let database: TestServer.Database?
    #endif

    /// - Parameter quick: in memory if that is possible, whatever keeps it.
    init(_ keeping: Keeping, quick: Bool = false) {
        self.keeping = keeping
        folder = quick ? .quick() : TemporaryFolder()
        #if PostgreSQL
        database = keeping == .postgres ? TestServer.Database() : nil
        #endif
    }

    func create(_ election: Election) throws -> any Ledger {
        switch keeping {
        case .memory: return MemoryLedger(election: election, at: .test(0))
        case .sqlite:
            return try SQLiteLedger.create(at: folder.file("ledger"), election: election, at: .test(0))
        #if PostgreSQL
        case .postgres:
            return try PostgresLedger.create(
                at: database!.address(), election: election, at: .test(0), clock: .none)
        #endif
        }
    }

    /// Opens it as a desk that is started again does; nil where nothing is left.
    func open(_ election: Election) throws -> (any Ledger)? {
        switch keeping {
        case .memory: return nil
        case .sqlite:
            return try SQLiteLedger(opening: folder.file("ledger"), election: election)
        #if PostgreSQL
        case .postgres:
            return try PostgresLedger(opening: database!.address(), election: election, clock: .none)
        #endif
        }
    }

    func booth() throws -> Booth {
        let rehearsal = Rehearsal()
        return try Booth(rehearsal, try create(rehearsal.election))
    }
}
