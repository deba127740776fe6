internal import Counterfoil

extension Desk {
    /// An empty form for a voter's request, from a limited number of them: throws
    /// ``LedgerError/busy`` where all are lent. It goes back by itself.
    public func makeForm() throws(LedgerError) -> RedemptionForm {
        guard let form = forms.lend() else { throw .busy }
        return form
    }

    /// Spends the code in the form, or the pass, under the form's idempotency key.
    ///
    /// The vote counts if the outcome has a ``RedeemOutcome/receipt``. The form is
    /// wiped when there is an outcome. When this throws it is as it was: on
    /// ``LedgerError/busy`` nothing was asked. On ``LedgerError/undecided(_:)``
    /// nobody knows: ask again with the same form. A ledger in a file says so from
    /// then on of everything, until a new desk opens it; that desk takes the form too.
    public func redeem(_ form: inout RedemptionForm) async throws(LedgerError) -> RedeemOutcome {
        let preparation = form.prepareToRedeem(secrets.key)
        let outcome = try await outcome(of: preparation)
        form.clear()
        return RedeemOutcome(outcome)
    }

    /// The same on a thread that may wait: without a change of threads where
    /// nobody else is asking.
    @available(*, noasync, message: "await redeem(_:), which blocks no thread")
    public func redeem(_ form: inout RedemptionForm) throws(LedgerError) -> RedeemOutcome {
        let preparation = form.prepareToRedeem(secrets.key)
        let outcome = try outcome(of: preparation)
        form.clear()
        return RedeemOutcome(outcome)
    }

    /// Judges code and answers, and spends nothing. If all is right there is a
    /// pass, which redeems in their place for so long. Wrong answers count as they
    /// do when redeeming. The form takes no key; it is wiped as by `redeem`.
    public func check(
        _ form: inout RedemptionForm, passGoodFor lifetime: Duration = .seconds(1800)
    ) async throws(LedgerError) -> CheckOutcome {
        let preparation = prepareToCheck(&form, passGoodFor: lifetime)
        let outcome = try await outcome(of: preparation)
        form.clear()
        return CheckOutcome(outcome)
    }

    /// The same on a thread that may wait.
    @available(*, noasync, message: "await check(_:passGoodFor:), which blocks no thread")
    public func check(
        _ form: inout RedemptionForm, passGoodFor lifetime: Duration = .seconds(1800)
    ) throws(LedgerError) -> CheckOutcome {
        let preparation = prepareToCheck(&form, passGoodFor: lifetime)
        let outcome = try outcome(of: preparation)
        form.clear()
        return CheckOutcome(outcome)
    }

    // MARK: The two halves

    /// The first half, which needs no ledger and may run on any thread: checks
    /// the form and computes the keyed hashes. The form stays as it is.
    package func prepareToRedeem(_ form: inout RedemptionForm) -> Preparation {
        form.prepareToRedeem(secrets.key)
    }

    /// The first half of a check.
    package func prepareToCheck(
        _ form: inout RedemptionForm, passGoodFor lifetime: Duration
    ) -> Preparation {
        let now = clock()
        return prepareToCheck(&form, at: now, expires: now.later(by: lifetime))
    }

    package func prepareToCheck(
        _ form: inout RedemptionForm, at now: Moment, expires: Moment
    ) -> Preparation {
        form.prepareToCheck(secrets.key, given: now, expires: expires)
    }

    /// The second half of many requests: each is answered when it is durable, in
    /// any order, on a thread of the desk's. Waits while the line is full, on the
    /// caller's own thread.
    package func submit(_ votes: [WaitingVote]) throws(LedgerError) {
        try commits.submit(votes: votes, patiently: true)
    }

    /// The second half of one request on the caller's own thread, if nobody else
    /// is asking; nil if somebody is.
    package func answerAlone(_ request: Redemption) throws(LedgerError) -> Outcome? {
        try commits.answerAlone(request)
    }

    /// The second half of a group by itself, when the caller wants it.
    package func redeem(
        _ group: [Redemption], at moment: Moment
    ) throws(LedgerError) -> [Outcome] {
        try ledger.judge(group, at: moment).map { secrets.sign($0) }
    }

    private func outcome(of preparation: Preparation) async throws(LedgerError) -> Outcome {
        switch preparation {
        case .refused(let outcome): return outcome
        case .ready(let request):
            // No handler for a task that is cancelled: what was asked may be on
            // the disk by then.
            let result = await withCheckedContinuation { continuation in
                let waiting = WaitingVote(request) { continuation.resume(returning: $0) }
                do throws(LedgerError) {
                    try commits.submit(votes: [waiting], patiently: false)
                } catch { continuation.resume(returning: .failure(error)) }
            }
            return try result.get()
        }
    }

    private func outcome(of preparation: Preparation) throws(LedgerError) -> Outcome {
        switch preparation {
        case .refused(let outcome): return outcome
        case .ready(let request):
            if let outcome = try commits.answerAlone(request) { return outcome }
            let answer = Monitor<Result<Outcome, LedgerError>?>(nil)
            let waiting = WaitingVote(request) { result in answer.withLock { $0 = result } }
            try commits.submit(votes: [waiting], patiently: true)
            return try answer.wait { $0 }.get()
        }
    }
}

extension Ledger {
    /// Judges and commits a group; the receipts are not signed yet.
    ///
    /// - Parameter committing: called with the verdicts when all that is left is
    ///   to write them, so that somebody can sign meanwhile. Nobody may be told
    ///   before this function has returned.
    package func judge(
        _ group: [Redemption], at moment: Moment, committing: ([Verdict]) -> Void = { _ in }
    ) throws(LedgerError) -> [Verdict] {
        try write(group.map { .code($0.id) }, at: moment) { scene in
            // Whatever the first request past the closing time is for.
            if !group.isEmpty { scene.closeIfDue() }
            let verdicts = group.map { rule(on: $0, in: &scene) }
            committing(verdicts)
            return verdicts
        }
    }
}
