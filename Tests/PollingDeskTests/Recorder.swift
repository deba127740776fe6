import Counterfoil
import PollingDesk
import Synchronization

/// Another ledger, which also says what was recorded in it.
struct Recorder: Ledger {
    private final class Entries: Sendable {
        let all = Mutex<[Entry]>([])
    }

    private let base: any Ledger
    private let entries = Entries()

    init(_ base: any Ledger) { self.base = base }

    var election: Election { base.election }

    func recordOpening(at moment: Moment) throws(LedgerError) { try base.recordOpening(at: moment) }

    /// What was recorded since this was last asked.
    func take() -> [Entry] {
        entries.all.withLock { all in
            defer { all = [] }
            return all
        }
    }

    func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        var recorded: [Entry] = []
        let result = try base.write(subjects, at: moment) { scene in
            let result = judge(&scene)
            recorded = scene.entries
            return result
        }
        entries.all.withLock { $0 += recorded }
        return result
    }

    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        try base.load(&register, at: moment)
    }

    var concurrency: Int { base.concurrency }
    func standbyMoment() throws(LedgerError) -> Moment? { try base.standbyMoment() }
    func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool { try base.isSigned(batch) }
    func summary() throws(LedgerError) -> LedgerSummary { try base.summary() }

    func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? {
        try base.history(of: pack)
    }

    func report() throws(LedgerError) -> LedgerReport { try base.report() }

    func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook? {
        try base.outlook(ofBatch: name)
    }

    func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair] {
        try base.pairsOfOtherVoters(inBatch: name)
    }

    func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        try base.packs(ofBatch: number)
    }

    func close() { base.close() }

    func withHead<R>(after seen: TreeHead?, _ body: (TreeHead) -> R) throws(LedgerError) -> R {
        try base.withHead(after: seen, body)
    }

    func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        try base.snapshot(long: long, body)
    }
}
