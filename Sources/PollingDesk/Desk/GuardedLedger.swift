internal import Counterfoil
internal import Synchronization

/// A desk's ledger, which takes nothing more once somebody has shown that it is not
/// the ledger that it was.
final class GuardedLedger: Ledger {
    private let ledger: any Ledger
    private let contradiction = Mutex<LedgerError?>(nil)

    init(_ ledger: any Ledger) { self.ledger = ledger }

    /// From now on every change throws this, if it says that the ledger is not the one that
    /// somebody has seen.
    func stopIfContradicted(by error: LedgerError) {
        switch error {
        case .olderCopy, .otherLog: contradiction.withLock { $0 = $0 ?? error }
        default: break
        }
    }

    private func expectNoContradiction() throws(LedgerError) {
        if let error = contradiction.withLock({ $0 }) { throw error }
    }

    // MARK: Changes

    func recordOpening(at moment: Moment) throws(LedgerError) {
        try expectNoContradiction()
        try ledger.recordOpening(at: moment)
    }

    func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        try expectNoContradiction()
        return try ledger.write(subjects, at: moment, judge)
    }

    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        try expectNoContradiction()
        return try ledger.load(&register, at: moment)
    }

    /// A checkpoint would be signed of it.
    func withHead<R>(after seen: TreeHead?, _ body: (TreeHead) -> R) throws(LedgerError) -> R {
        try expectNoContradiction()
        do throws(LedgerError) { return try ledger.withHead(after: seen, body) } catch {
            stopIfContradicted(by: error)
            throw error
        }
    }

    // MARK: Reading

    var election: Election { ledger.election }
    var concurrency: Int { ledger.concurrency }
    func close() { ledger.close() }

    func summary() throws(LedgerError) -> LedgerSummary { try ledger.summary() }
    func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? { try ledger.history(of: pack) }
    func report() throws(LedgerError) -> LedgerReport { try ledger.report() }

    func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook? {
        try ledger.outlook(ofBatch: name)
    }

    func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair] {
        try ledger.pairsOfOtherVoters(inBatch: name)
    }

    func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        try ledger.packs(ofBatch: number)
    }

    // Those for which the protocol has a way of its own too: a ledger may have a better one.

    func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool { try ledger.isSigned(batch) }
    func standbyMoment() throws(LedgerError) -> Moment? { try ledger.standbyMoment() }

    func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        try ledger.snapshot(long: long, body)
    }
}
