public import Counterfoil
internal import Synchronization

/// The polling desk: spends codes, each once, records ballots that came back by
/// post, and does what officers decide.
///
/// It holds the ledger key and the desk's own keys, and nothing that could make
/// a code. One desk serves all of a program's tasks and threads: what they ask at
/// the same time is committed together, by threads of the desk's own. No call
/// here blocks the thread pool of a caller, and a task that is cancelled never
/// takes back what it has asked.
///
/// An answer is a value, and durable when it is returned. A thrown
/// ``LedgerError`` means that there is no answer.
public final class Desk: Sendable {
    /// The ledger's, which is the key's as well.
    public let election: Election
    package var ledger: any Ledger { guarded }
    let guarded: GuardedLedger
    let secrets: DeskSecrets
    let clock: @Sendable () -> Moment
    let forms: FormPool
    let commits: GroupCommit
    let clerk = Clerk()
    /// Held while the desk is being closed.
    private let closing = Mutex(())

    /// How much a desk takes on at the same time.
    public struct Limits: Sendable {
        /// Forms that may be lent at the same time. Each takes about 20 KiB of
        /// memory that is locked against swapping.
        public var forms = 256
        /// Votes and scans that may wait to be committed.
        public var waiting = 4096

        public init() {}
    }

    /// For the ledgers: each of them makes it public for itself.
    ///
    /// Refuses a key that is not of the ledger's election, before anything is
    /// written. Then it says in the log that a desk was opened.
    package init(
        key: consuming DeskKey, ledger: any Ledger, limits: Limits = Limits(),
        clock: @escaping @Sendable () -> Moment = { .now }
    ) throws(LedgerError) {
        let election = ledger.election
        guard key.isKey(of: election) else { throw .otherKey }
        try ledger.recordOpening(at: clock())
        let secrets = DeskSecrets(key, election)
        let guarded = GuardedLedger(ledger)
        self.election = election
        self.guarded = guarded
        self.secrets = secrets
        self.clock = clock
        forms = FormPool(election, limit: limits.forms)
        commits = GroupCommit(guarded, waiting: limits.waiting, clock: clock) { secrets.sign($0) }
    }

    /// Votes and scans that wait to be committed.
    package var waiting: Int { commits.waiting }

    /// What was asked is still answered; the ledger closes with the last
    /// reference to it.
    deinit {
        commits.finishInBackground()
        clerk.finishInBackground()
    }

    /// Answers what was asked, takes nothing more, and closes the ledger. Whatever
    /// is asked afterwards throws ``LedgerError/closed``.
    public func drain() async {
        await withCheckedContinuation { continuation in
            Worker { [self] in
                finish()
                continuation.resume()
            }.detach()
        }
    }

    /// The same on a thread that may wait.
    @available(*, noasync, message: "await drain(), which blocks no thread")
    public func drain() { finish() }

    private func finish() {
        // Whoever comes second waits for the first: or the ledger would be closed
        // under those who are still to be answered.
        closing.withLock { _ in
            commits.finish()
            clerk.finish()
            ledger.close()
        }
    }
}

/// The desk's key where several threads can reach it.
final class DeskSecrets: Sendable {
    let key: DeskKey
    private let election: Election

    init(_ key: consuming DeskKey, _ election: Election) {
        self.key = key
        self.election = election
    }

    func sign(_ verdict: Verdict) -> Outcome {
        switch verdict {
        case .accepted(let number): .accepted(Receipt(number, election, key))
        case .repeated(let number): .repeated(Receipt(number, election, key))
        case .plain(let outcome): outcome
        }
    }

    func checkpoint(_ head: TreeHead) -> Checkpoint { Checkpoint(head, election, key) }
}
