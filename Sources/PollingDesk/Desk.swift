public import Counterfoil

/// The polling desk: takes registers, activates batches, opens the ballot, and
/// spends codes, each once.
///
/// It holds the ledger key and the desk's own keys, and nothing that could make
/// a code. It may be shared by many threads; the ledger lets one write at a time.
public final class Desk<Store: Ledger>: Sendable {
    public let election: Election
    public let ledger: Store
    private let key: DeskKey

    public init(election: Election, key: consuming DeskKey, ledger: Store) {
        self.election = election
        self.key = key
        self.ledger = ledger
    }

    // MARK: Votes

    /// A form to fill in: guarded memory for a code and its answers. Making one
    /// costs some 100 µs, so each thread keeps its own.
    public func form() -> RedemptionForm { RedemptionForm(election) }

    /// Judges one request and, if it is accepted, spends the code.
    ///
    /// When this returns `accepted`, the vote is on the disk. When it throws,
    /// nobody knows: ask again with the same key. Wipes the form.
    public func redeem(
        _ form: inout RedemptionForm, at moment: Moment
    ) throws(LedgerError) -> Outcome {
        switch prepare(&form) {
        case .refused(let outcome): return outcome
        case .ready(let request): return try redeem([request], at: moment)[0]
        }
    }

    /// The first half, which needs no ledger and may run on any thread: checks
    /// the form and computes the keyed hashes. Wipes the form.
    public func prepare(_ form: inout RedemptionForm) -> Preparation { form.prepareToRedeem(key) }

    /// Judges code and answers without spending the code. If all is right the
    /// outcome is `good`, with a pass that is good until `expires`. Wrong
    /// answers count as they do when redeeming. Wipes the form.
    public func check(
        _ form: inout RedemptionForm, at moment: Moment, expires: Moment
    ) throws(LedgerError) -> Outcome {
        switch prepareToCheck(&form, at: moment, expires: expires) {
        case .refused(let outcome): return outcome
        case .ready(let request): return try redeem([request], at: moment)[0]
        }
    }

    /// The first half of a check.
    public func prepareToCheck(
        _ form: inout RedemptionForm, at moment: Moment, expires: Moment
    ) -> Preparation {
        form.prepareToCheck(key, given: moment, expires: expires)
    }

    /// The second half of both, for a group: one transaction, one commit.
    public func redeem(_ group: [Redemption], at moment: Moment) throws(LedgerError) -> [Outcome] {
        try judge(group, at: moment).map(sign)
    }

    /// Judges and commits a group; the receipts are not signed yet, so that
    /// somebody can do that while the next group is on its way to the disk.
    ///
    /// - Parameter committing: called with the judgements when all that is left
    ///   is to write them, so that somebody can sign meanwhile. Nobody may be
    ///   told before this function has returned.
    package func judge(
        _ group: [Redemption], at moment: Moment, committing: ([Judged]) -> Void = { _ in }
    ) throws(LedgerError) -> [Judged] {
        let subjects = group.map { Subject.code($0.id) }
        return try ledger.write(subjects, at: moment) { scene in
            // Whatever the first request past the closing time is for.
            if !group.isEmpty { scene.closeIfDue() }
            let judged = group.map { Judged(verdict: rule(on: $0, in: &scene)) }
            committing(judged)
            return judged
        }
    }

    package func sign(_ judged: Judged) -> Outcome {
        switch judged.verdict {
        case .accepted(let number): .accepted(Receipt(number, election, key))
        case .repeated(let number): .repeated(Receipt(number, election, key))
        case .other(let outcome): outcome
        }
    }

    // MARK: The log

    /// Signs the log as it stands on the disk.
    public func checkpoint() throws(LedgerError) -> Checkpoint {
        try checkpoint { $0 }
    }

    /// The same, while nobody writes: for a copy of it kept elsewhere, which
    /// must never lag behind one that was kept before.
    public func checkpoint<R>(_ keep: (Checkpoint) -> R) throws(LedgerError) -> R {
        try ledger.withHead { keep(Checkpoint($0, election, key)) }
    }

    // MARK: Registers and batches

    /// Loads a register: the signature first, then the rows, all or none.
    public func load<File: RandomAccessBytes>(
        _ file: File, at moment: Moment
    ) throws(LedgerError) -> (RegisterHeader, LoadOutcome) {
        var register: RegisterReader<File>
        do { register = try RegisterReader(file, election: election) } catch { throw .register(error) }
        let header = register.header
        return (header, try ledger.load(&register, at: moment))
    }
}

/// A judgement whose receipt is not signed yet.
package struct Judged: Sendable {
    let verdict: Verdict

    /// Signing takes longer than all else that is computed for a vote.
    package var hasReceipt: Bool {
        switch verdict {
        case .accepted, .repeated: true
        case .other: false
        }
    }
}
