package import Counterfoil

/// A request after all that takes a code or a key was computed: keyed hashes,
/// and the chain that the code opens. What is left to do needs no secret.
package struct Redemption: Sendable {
    enum Credential: Sendable {
        case code
        case pass(given: Moment, expires: Moment)
    }

    let id: LookupID
    /// Where the code's chain leads: to be that of the pack's row.
    let tag: Tag
    /// What `CodeChain.derive` filled: guarded until one of its values is written,
    /// and wiped when the request is gone.
    let chain: SecretSlot
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
/// vectors/README.md, section 20, has them as a table.
///
/// The order is part of the protection. Whether a vote was cast, and under which
/// key, is judged after the answers, in every phase. So anyone who holds a code
/// without its answers learns nothing of its vote, cannot make its owner look
/// like an offender, and has no more guesses than the pack's lifetime allows.
func rule(on request: Redemption, in scene: inout Scene) -> Verdict {
    guard let pack = scene.pack(request.id) else { return .refused(.noSuchCode) }
    // Of a pass too: anyone who has the desk's key could seal one around a secret
    // that is no code's.
    guard pack.row.lookup.tag.matches(request.tag) else {
        if case .pass = request.credential { return .plain(.badPass) }
        return .refused(.noSuchCode)
    }
    // A pack for post alone carries no code, so no code finds it; and no desk
    // gives a pass for it, nor for a specimen.
    guard pack.row.kind != .postOnly else { return .refused(.noSuchCode) }
    guard pack.row.kind != .specimen else { return .refused(.specimen) }
    switch request.credential {
    case .code: return ruleOnCode(request, pack, in: &scene)
    case .pass(let given, let expires):
        return ruleOnPass(request, pack, given: given, expires: expires, in: &scene)
    }
}

private func ruleOnCode(_ request: Redemption, _ pack: PackRecord, in scene: inout Scene) -> Verdict {
    if let refusal = refusalByPhase(pack, scene) { return .refused(refusal) }
    if let refusal = ruleOnAnswers(request, pack, in: &scene) { return .refused(refusal) }
    // The answers are right.
    if let receipt = scene.receipt(ofVoteCastBy: request, with: pack) { return .repeated(receipt) }
    guard scene.ballot.phase == .open else { return .refused(.closed) }
    return ruleOnVote(request, pack, in: &scene)
}

private func ruleOnPass(
    _ request: Redemption, _ pack: PackRecord, given: Moment, expires: Moment, in scene: inout Scene
) -> Verdict {
    // The answers were right when the pass was given. The replay of an accepted
    // request is answered whatever happened since.
    if let receipt = scene.receipt(ofVoteCastBy: request, with: pack) { return .repeated(receipt) }
    guard scene.now < expires else { return .plain(.passExpired) }
    if let refusal = refusalByPhase(pack, scene) { return .refused(refusal) }
    // Voters who signed in before the close may finish, for a stated time.
    if let closed = scene.ballot.closed {
        guard given < closed, scene.ballot.isInGrace(at: scene.now) else { return .refused(.closed) }
    }
    return ruleOnVote(request, pack, in: &scene)
}

/// Where nothing is judged yet, or any more.
private func refusalByPhase(_ pack: PackRecord, _ scene: Scene) -> CodeRefusal? {
    // The pack's standing counts here, and not the batch's activation: a pack
    // may be cancelled, withdrawn or replaced before its batch is ever active.
    // Then there is nothing to wait for, and its holder must hear so.
    guard scene.standing(of: pack) != .inactive else { return .notActive }
    return switch scene.ballot.phase {
    case .before: .notOpen
    case .final: .closed
    case .open, .closed: nil
    }
}

/// Nil where the answers are right.
private func ruleOnAnswers(
    _ request: Redemption, _ pack: PackRecord, in scene: inout Scene
) -> CodeRefusal? {
    guard !pack.isLocked(in: scene.election) else { return .locked }
    guard let answers = request.answers else { return .badAnswer(questions: request.unreadable) }
    guard !answers.matches(pack.row.answers) else { return nil }
    // The same wrong answers again are a second press of the button.
    if !(pack.attempts.last?.matches(answers) ?? false) {
        let trial = request.chain.withBytes { CodeChain.Trial(revealing: $0) }
        scene.record(.wrongAnswers(pack: pack.row.pack, answers, trial))
    }
    let left = (scene.pack(pack.row.pack) ?? pack).attemptsLeft(in: scene.election)
    return left == 0 ? .locked : .wrongAnswers(left: left)
}

private func ruleOnVote(_ request: Redemption, _ pack: PackRecord, in scene: inout Scene) -> Verdict {
    guard scene.standing(of: pack) == .live else { return .refused(.cancelled) }
    let number = pack.row.pack
    let hasVoted = scene.vote(of: pack.row.voter) != nil
    switch request.purpose {
    case .check(let pass, let expires):
        return hasVoted ? .refused(.alreadyVoted) : .plain(.good(pass, expires: expires))
    case .redeem(let fingerprint, let receipt):
        guard !hasVoted else {
            if pack.attempts.second < secondAttemptsRecorded {
                let second = request.chain.withBytes { CodeChain.Second(revealing: $0) }
                scene.record(.secondAttempt(pack: number, second))
            }
            return .refused(.alreadyVoted)
        }
        let opening = request.chain.withBytes { CodeChain.Opening(revealing: $0) }
        scene.record(.voteCast(pack: number, voter: pack.row.voter, fingerprint, opening))
        return .accepted(receipt)
    }
}

extension Scene {
    /// The receipt of this request if its vote was cast with this pack, under its
    /// idempotency key.
    fileprivate func receipt(ofVoteCastBy request: Redemption, with pack: PackRecord) -> Bytes<32>? {
        guard case .redeem(let fingerprint, let receipt) = request.purpose,
            let vote = vote(of: pack.row.voter), vote.pack == pack.row.pack,
            case .online(let stored) = vote.channel, stored.matches(fingerprint)
        else { return nil }
        return receipt
    }
}

/// Beyond this many, second attempts on one pack are answered but not written:
/// a voting site in a loop must not fill the disk.
package let secondAttemptsRecorded = 20
