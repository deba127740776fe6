package import Counterfoil

/// A request after all that takes a code or a key was computed: keyed hashes,
/// and nothing else. What is left to do needs no secret.
package struct Redemption: Sendable {
    enum Credential: Sendable {
        case code(Tag)
        case pass(given: Moment, expires: Moment)
    }

    let id: LookupID
    let credential: Credential
    /// Nil where some answer could not be read, and with a pass.
    let answers: AnswerTag?
    /// The questions whose answers could not be read.
    let unreadable: [String]
    let purpose: Purpose

    enum Purpose: Sendable {
        /// Spend the code under this idempotency key.
        case redeem(Fingerprint, receipt: Bytes<32>)
        /// Hand out this pass if all is right.
        case check(Pass, expires: Moment)
    }
}

/// The judgement on a redemption, before it is signed.
package enum Verdict: Sendable {
    case accepted(Bytes<32>)
    case repeated(Bytes<32>)
    /// Nothing to sign.
    case plain(Outcome)

    static func refused(_ refusal: CodeRefusal) -> Verdict { .plain(.refused(refusal)) }

    /// Signing takes longer than all else that is computed for a vote.
    package var hasReceipt: Bool {
        switch self {
        case .accepted, .repeated: true
        case .plain: false
        }
    }
}

/// The rules, in their order; the first that applies answers.
/// vectors/README.md, section 16, has them as a table.
///
/// The order is part of the protection. Whether a vote was cast is judged after
/// the answers. So anyone who holds a code without its answers learns nothing of
/// its vote, and cannot make its owner look like an offender.
func rule(on request: Redemption, in scene: inout Scene) -> Verdict {
    guard let pack = scene.pack(request.id) else { return .refused(.noSuchCode) }
    if case .code(let tag) = request.credential {
        guard pack.row.lookup.tag.matches(tag) else { return .refused(.noSuchCode) }
    }
    // A pack for post alone carries no code, so no code finds it; and no desk
    // gives a pass for it, nor for a specimen.
    guard pack.row.kind != .postOnly else { return .refused(.noSuchCode) }
    guard pack.row.kind != .specimen else { return .refused(.specimen) }
    let fits = request.answers.map { $0.matches(pack.row.answers) } ?? false

    // The replay of an accepted request: also where the pack was locked or the
    // ballot closed since, and with a pass that has expired.
    let vote = scene.vote(of: pack.row.voter)
    if case .redeem(let fingerprint, let receipt) = request.purpose,
        let vote, vote.pack == pack.row.pack, case .online(let stored) = vote.channel,
        stored.matches(fingerprint)
    {
        if case .pass = request.credential { return .repeated(receipt) }
        return fits ? .repeated(receipt) : .plain(.keyReused)
    }

    if let verdict = whetherOpen(request, pack, scene) { return verdict }
    if case .code = request.credential,
        let refusal = ruleOnAnswers(request, pack, fits: fits, in: &scene)
    {
        return .refused(refusal)
    }

    guard scene.standing(of: pack) == .live else { return .refused(.cancelled) }
    switch request.purpose {
    case .check(let pass, let expires):
        return vote == nil ? .plain(.good(pass, expires: expires)) : .refused(.alreadyVoted)
    case .redeem(let fingerprint, let receipt):
        guard vote == nil else {
            if pack.attempts.second < secondAttemptsRecorded {
                scene.record(.secondAttempt(pack: pack.row.pack))
            }
            return .refused(.alreadyVoted)
        }
        scene.record(.voteCast(pack: pack.row.pack, voter: pack.row.voter, fingerprint))
        return .accepted(receipt)
    }
}

/// Whether a vote can be taken now: the batch, the ballot, the pass.
private func whetherOpen(_ request: Redemption, _ pack: PackRecord, _ scene: Scene) -> Verdict? {
    if case .pass(_, let expires) = request.credential, expires <= scene.now {
        return .plain(.passExpired)
    }
    // The pack's standing counts here, and not the batch's activation: a pack
    // may be cancelled, withdrawn or replaced before its batch is ever active.
    // Then there is nothing to wait for, and its holder must hear so.
    guard scene.standing(of: pack) != .inactive else { return .refused(.notActive) }
    switch scene.ballot.phase {
    case .before: return .refused(.notOpen)
    case .open: return nil
    case .final: return .refused(.closed)
    case .closed:
        // Voters who signed in before the close may finish, for a stated time.
        guard case .pass(let given, _) = request.credential, let closed = scene.ballot.closed,
            given < closed, scene.ballot.isInGrace(at: scene.now)
        else { return .refused(.closed) }
        return nil
    }
}

private func ruleOnAnswers(
    _ request: Redemption, _ pack: PackRecord, fits: Bool, in scene: inout Scene
) -> CodeRefusal? {
    guard !pack.isLocked(in: scene.election) else { return .locked }
    guard let answers = request.answers else { return .badAnswer(questions: request.unreadable) }
    guard !fits else { return nil }
    // The same wrong answers again are a second press of the button.
    if !(pack.attempts.last?.matches(answers) ?? false) {
        scene.record(.wrongAnswers(pack: pack.row.pack, answers))
    }
    let left = (scene.pack(pack.row.pack) ?? pack).attemptsLeft(in: scene.election)
    return left == 0 ? .locked : .wrongAnswers(left: left)
}

/// Beyond this many, second attempts on one pack are answered but not written:
/// a voting site in a loop must not fill the disk.
let secondAttemptsRecorded = 20
