package import Counterfoil

/// Something asked of the desk, and what to call with the answer.
package struct Waiting<Request: Sendable, Reply: Sendable>: Sendable {
    package let request: Request
    /// Called once, on a thread of the desk's, as soon as the answer is durable.
    package let answer: @Sendable (Result<Reply, LedgerError>) -> Void

    package init(
        _ request: Request, answer: @escaping @Sendable (Result<Reply, LedgerError>) -> Void
    ) {
        self.request = request
        self.answer = answer
    }
}

/// An envelope that a scanner read, and who scanned it.
package struct Scan: Sendable {
    package let pack: PackNumber
    package let nonce: ScanNonce
    package let note: Note

    package init(_ pack: PackNumber, _ nonce: ScanNonce, _ note: Note) {
        self.pack = pack
        self.nonce = nonce
        self.note = note
    }
}

package typealias WaitingVote = Waiting<Redemption, Outcome>
package typealias WaitingScan = Waiting<Scan, PostOutcome>

/// Votes and scans that wait to be committed: a bounded queue with a lane for
/// each. In a database one role may write only votes, and another only scans.
/// What waits in one lane is committed together.
final class WaitingLine: Sendable {
    /// What is committed together.
    enum Group {
        case votes([WaitingVote])
        case scans([WaitingScan])
    }

    private struct State {
        var votes: [WaitingVote] = []
        var scans: [WaitingScan] = []
        var scansAreNext = false
        var isClosed = false

        var count: Int { votes.count + scans.count }
    }

    enum Refusal: Error { case full, closed }

    private let state = Monitor(State())
    private let capacity: Int
    private let most: Int

    /// - Parameters:
    ///   - capacity: how many may wait.
    ///   - most: how many are committed together.
    init(capacity: Int, most: Int) {
        self.capacity = capacity
        self.most = most
    }

    func join(votes: [WaitingVote], patiently: Bool) throws(Refusal) {
        try join(votes.count, patiently) { $0.votes += votes }
    }

    func join(scans: [WaitingScan], patiently: Bool) throws(Refusal) {
        try join(scans.count, patiently) { $0.scans += scans }
    }

    /// Anyone who is patient waits for room, on a thread of their own.
    private func join(
        _ count: Int, _ patiently: Bool, _ add: (inout State) -> Void
    ) throws(Refusal) {
        try state.wait { (state) throws(Refusal) -> Void? in
            if state.isClosed { throw .closed }
            // A group that is larger than the line goes in when nothing else waits.
            guard state.count == 0 || state.count + count <= capacity else {
                if patiently { return nil }
                throw .full
            }
            add(&state)
            return ()
        }
    }

    /// Waits for the next group; nil when the line is closed and empty.
    ///
    /// Callers who were just answered often ask again at once. Committed together
    /// with those that wait already, they cost one wait for the disk and not two.
    /// So the line has until `deadline` to get all of them again. Where only one
    /// was answered, and nobody waits, there is nothing to wait for.
    func next(after answered: Int, until deadline: Int64) -> Group? {
        let expected = min(answered + count, most)
        if expected > 1 {
            _ = state.wait(
                until: { $0.count >= expected || $0.isClosed ? true : nil }, atLatest: deadline)
        }
        return state.wait { state -> Group?? in
            guard state.count > 0 else { return state.isClosed ? .some(nil) : nil }
            let scans = state.votes.isEmpty || (state.scansAreNext && !state.scans.isEmpty)
            state.scansAreNext = !scans
            return scans
                ? .scans(Self.takeFirst(most, of: &state.scans))
                : .votes(Self.takeFirst(most, of: &state.votes))
        }
    }

    private static func takeFirst<Element>(_ most: Int, of lane: inout [Element]) -> [Element] {
        guard lane.count > most else {
            defer { lane = [] }
            return lane
        }
        defer { lane.removeFirst(most) }
        return Array(lane.prefix(most))
    }

    /// How many wait.
    var count: Int { state.withLock { $0.count } }

    /// Nobody joins any more; what waits is still taken.
    func close() { state.withLock { $0.isClosed = true } }
}
