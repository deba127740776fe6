internal import Counterfoil
internal import Synchronization

/// Takes requests and gives answers, each after its change is durable. Requests
/// that wait are judged and committed together, by threads of the desk's own.
///
/// One thread commits (several, where a ledger takes several groups at a time),
/// and another signs the receipts of a group while it is on its way to the disk.
/// Nobody is answered before the commit has returned.
///
/// A request that comes alone, on a thread that may wait, is committed by that
/// thread itself: handing it over would take as long as a commit does.
final class GroupCommit: Sendable {
    /// The most requests that are committed together.
    static let most = 256
    /// Nobody waits longer than this for others to come back, in nanoseconds.
    private static let longestWindow: Int64 = 10_000_000

    private let ledger: any Ledger
    private let sign: @Sendable (Verdict) -> Outcome
    private let clock: @Sendable () -> Moment
    private let line: WaitingLine
    /// Groups whose receipts are to be signed.
    private let unsigned = BlockingQueue<Signing>(capacity: 4)
    /// The same of a group of one.
    private let unsignedAlone = BlockingQueue<Signing>(capacity: 1)
    private let threads = Mutex(Threads())
    /// Requests that are being judged, or wait for it.
    private let underway = Atomic(0)

    private struct Threads {
        var committers: [Worker] = []
        var signer: Worker?
        var aside: Worker?
        var isClosed = false
    }

    init(
        _ ledger: any Ledger, waiting capacity: Int, clock: @escaping @Sendable () -> Moment,
        sign: @escaping @Sendable (Verdict) -> Outcome
    ) {
        self.ledger = ledger
        self.clock = clock
        self.sign = sign
        line = WaitingLine(capacity: capacity, most: Self.most)
    }

    // MARK: Asking

    func submit(votes: [WaitingVote], patiently: Bool) throws(LedgerError) {
        startCommitters()
        underway.add(votes.count, ordering: .relaxed)
        do { try line.join(votes: votes, patiently: patiently) } catch {
            underway.subtract(votes.count, ordering: .relaxed)
            throw error.told
        }
    }

    func submit(scans: [WaitingScan], patiently: Bool) throws(LedgerError) {
        startCommitters()
        underway.add(scans.count, ordering: .relaxed)
        do { try line.join(scans: scans, patiently: patiently) } catch {
            underway.subtract(scans.count, ordering: .relaxed)
            throw error.told
        }
    }

    /// On the caller's own thread if nobody else is asking; nil if somebody is.
    func answerAlone(_ request: Redemption) throws(LedgerError) -> Outcome? {
        guard underway.compareExchange(expected: 0, desired: 1, ordering: .acquiringAndReleasing).exchanged
        else { return nil }
        defer { underway.subtract(1, ordering: .releasing) }
        guard !threads.withLock({ $0.isClosed }) else { throw .closed }
        let (verdicts, signing) = try judge([request])
        return signing?.wait()[0] ?? sign(verdicts[0])
    }

    /// How many wait to be judged.
    var waiting: Int { line.count }

    // MARK: Committing

    private func commit() {
        var answered = 0
        var deadline: Int64 = 0
        while let group = line.next(after: answered, until: deadline) {
            let start = Monotonic.now
            switch group {
            case .votes(let votes):
                answered = votes.count
                commit(votes)
            case .scans(let scans):
                answered = scans.count
                commit(scans)
            }
            let end = Monotonic.now
            deadline = end + min(end - start, Self.longestWindow)
        }
    }

    private func commit(_ votes: [WaitingVote]) {
        do throws(LedgerError) {
            let (verdicts, signing) = try judge(votes.map(\.request))
            guard let signing else { return answer(votes, with: verdicts.map(sign)) }
            // Either they are signed by now, or their signer answers when they are.
            if let outcomes = signing.release(to: { [self] in answer(votes, with: $0) }) {
                answer(votes, with: outcomes)
            }
        } catch { answer(votes, with: error) }
    }

    private func commit(_ scans: [WaitingScan]) {
        do throws(LedgerError) {
            let outcomes = try ledger.receive(scans.map(\.request), at: clock())
            answer(scans, with: outcomes)
        } catch { answer(scans, with: error) }
    }

    /// When this returns, the verdicts are on the disk; receipts among them are
    /// being signed, or have been.
    private func judge(_ requests: [Redemption]) throws(LedgerError) -> ([Verdict], Signing?) {
        var signing: Signing?
        let verdicts = try ledger.judge(requests, at: clock()) { verdicts in
            // A ledger may judge again: what was signed before is void then.
            signing = verdicts.contains(where: \.hasReceipt) ? beginSigning(verdicts) : nil
        }
        return (verdicts, signing)
    }

    private func answer<Request, Reply>(_ waiting: [Waiting<Request, Reply>], with replies: [Reply]) {
        for (one, reply) in zip(waiting, replies) { one.answer(.success(reply)) }
        underway.subtract(waiting.count, ordering: .releasing)
    }

    private func answer<Request, Reply>(
        _ waiting: [Waiting<Request, Reply>], with error: LedgerError
    ) {
        for one in waiting { one.answer(.failure(error)) }
        underway.subtract(waiting.count, ordering: .releasing)
    }

    // MARK: Signing

    private func beginSigning(_ verdicts: [Verdict]) -> Signing {
        let signing = Signing(verdicts)
        let isTaken = verdicts.count == 1 ? signAside(signing) : signNext(signing)
        // Where the signers are ending, since the desk closes.
        if !isTaken { signing.run(sign) }
        return signing
    }

    private func signNext(_ signing: Signing) -> Bool {
        let signer = threads.withLock { threads -> Worker? in
            if threads.signer == nil, !threads.isClosed {
                threads.signer = Worker { [unsigned, sign] in
                    while let signing = unsigned.take() { signing.run(sign) }
                }
            }
            return threads.signer
        }
        return signer != nil && unsigned.put(signing)
    }

    /// Signs on a thread that stays on the processor of this one: this one is
    /// going to wait for the disk.
    private func signAside(_ signing: Signing) -> Bool {
        let isThere = threads.withLock { threads in
            if threads.aside == nil, !threads.isClosed {
                threads.aside = Worker { [unsignedAlone, sign] in
                    Worker.standBack()
                    while let signing = unsignedAlone.take() { signing.run(sign) }
                }
            }
            // Only here is it sure that the thread has not ended: anyone who ends it
            // takes it away first.
            threads.aside?.stayHere()
            return threads.aside != nil
        }
        return isThere && unsignedAlone.put(signing)
    }

    // MARK: Threads

    private func startCommitters() {
        threads.withLock { threads in
            guard threads.committers.isEmpty, !threads.isClosed else { return }
            threads.committers = (0..<ledger.concurrency).map { _ in Worker { [self] in commit() } }
        }
    }

    /// Takes nothing more, answers all that was asked, and ends the threads.
    func finish() {
        let ending = end()
        for committer in ending.committers { committer.join() }
        unsigned.close()
        unsignedAlone.close()
        ending.signer?.join()
        ending.aside?.join()
    }

    /// The same without waiting for it, which may be asked on one of the threads.
    /// Where there are none, nothing is left to do.
    func finishInBackground() {
        let isAtWork = threads.withLock { threads in
            !threads.committers.isEmpty || threads.signer != nil || threads.aside != nil
        }
        if isAtWork { Worker { [self] in finish() }.detach() } else { line.close() }
    }

    private func end() -> Threads {
        line.close()
        return threads.withLock { threads in
            defer { threads = Threads(isClosed: true) }
            return threads
        }
    }
}

extension WaitingLine.Refusal {
    fileprivate var told: LedgerError {
        switch self {
        case .full: .busy
        case .closed: .closed
        }
    }
}

/// Verdicts of one group, while their receipts are being signed and the group
/// is on its way to the disk. Whichever ends last answers.
final class Signing: Sendable {
    private struct State {
        var outcomes: [Outcome]?
        var answer: (@Sendable ([Outcome]) -> Void)?
    }

    private let verdicts: [Verdict]
    private let state = Monitor(State())

    init(_ verdicts: [Verdict]) { self.verdicts = verdicts }

    func run(_ sign: (Verdict) -> Outcome) {
        let outcomes = verdicts.map(sign)
        let answer = state.withLock { state in
            state.outcomes = outcomes
            return state.answer
        }
        answer?(outcomes)
    }

    /// After the commit: the outcomes, if all is signed; nil if `answer` will be
    /// called with them.
    func release(to answer: @escaping @Sendable ([Outcome]) -> Void) -> [Outcome]? {
        state.withLock { state in
            if state.outcomes == nil { state.answer = answer }
            return state.outcomes
        }
    }

    /// After the commit, on a thread that may wait.
    func wait() -> [Outcome] { state.wait { $0.outcomes } }
}
