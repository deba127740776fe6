public import Counterfoil

/// What a voter's request came to.
public enum Outcome: Sendable {
    /// The vote is written, durably. Counts.
    case accepted(Receipt)
    /// This very request was accepted before. Counts, once: no second ballot.
    case repeated(Receipt)
    /// The code is good, but its voter has voted, here or by post.
    case alreadyVoted
    /// The answers do not fit; so many attempts are left.
    case wrongAnswers(left: Int)
    /// Some answers cannot be read (a date that is none); nothing is lost.
    case badAnswer(questions: [String])
    /// Too many wrong answers; an officer can unlock, and post works.
    case locked
    /// The pack was cancelled: lost, spoiled or replaced.
    case cancelled
    /// The batch is not activated yet.
    case notActive
    case notOpen
    case closed
    case noSuchCode
    /// No code: the groups to look at again, `[]` where nobody can tell.
    case malformed(Groups)
    /// The key of an accepted request, with other answers.
    case keyReused
    /// A printer's test pack.
    case specimen
    /// The request is not one: what is missing.
    case badRequest(String)
    /// The ledger failed: ask again with the same key.
    case undecided

    /// `check`: code and answers are right, and nothing is spent. The pass
    /// stands for both until it expires.
    case good(Pass, expires: Moment)
    /// What was given is no pass of this desk.
    case badPass
    case passExpired

    /// As in the command's answers.
    public var name: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .alreadyVoted: "already-voted"
        case .wrongAnswers: "wrong-answers"
        case .badAnswer: "bad-answer"
        case .locked: "locked"
        case .cancelled: "cancelled"
        case .notActive: "not-active"
        case .notOpen: "not-open"
        case .closed: "closed"
        case .noSuchCode: "no-such-code"
        case .malformed: "malformed"
        case .keyReused: "key-reused"
        case .specimen: "specimen"
        case .badRequest: "bad-request"
        case .undecided: "undecided"
        case .good: "good"
        case .badPass: "bad-pass"
        case .passExpired: "pass-expired"
        }
    }
}

/// A request with everything computed that takes a code or a key to compute:
/// keyed hashes, and nothing else. What is left needs no secret.
public struct Redemption: Sendable {
    enum Credential {
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

    enum Purpose {
        /// Spend the code under this idempotency key.
        case redeem(Fingerprint, receipt: Bytes<32>)
        /// Hand out this pass if all is right.
        case check(Pass, expires: Moment)
    }
}

/// The judgement on a redemption, before it is signed.
enum Verdict: Sendable {
    case accepted(Bytes<32>)
    case repeated(Bytes<32>)
    case other(Outcome)
}

/// The rules, in their order; the first that applies answers.
/// vectors/README.md, section 16, has them as a table.
///
/// The order is part of the protection. Whoever holds a code without its
/// answers learns nothing of its vote, and cannot make its owner look like an
/// offender: whether a vote was cast is judged behind the answers.
func rule(on request: Redemption, in scene: inout Scene) -> Verdict {
    guard let pack = scene.pack(request.id) else { return .other(.noSuchCode) }
    if case .code(let tag) = request.credential {
        guard pack.row.lookup.tag.matches(tag) else { return .other(.noSuchCode) }
    }
    // A pack for post alone carries no code, so no code finds it; and no desk
    // gives a pass for it, nor for a specimen.
    guard pack.row.kind != .postOnly else { return .other(.noSuchCode) }
    guard pack.row.kind != .specimen else { return .other(.specimen) }
    let fits = request.answers.map { $0.matches(pack.row.answers) } ?? false

    // The replay of an accepted request, even when locked or closed since, and
    // with a pass that has expired.
    let vote = scene.vote(of: pack.row.voter)
    if case .redeem(let fingerprint, let receipt) = request.purpose,
        let vote, vote.pack == pack.row.pack, case .online(let stored) = vote.channel,
        stored.matches(fingerprint)
    {
        if case .pass = request.credential { return .repeated(receipt) }
        return fits ? .repeated(receipt) : .other(.keyReused)
    }

    if let refusal = whetherOpen(request, pack, scene) { return .other(refusal) }
    if case .code = request.credential,
        let refusal = ruleOnAnswers(request, pack, fits: fits, in: &scene)
    {
        return .other(refusal)
    }

    guard scene.standing(of: pack) == .live else { return .other(.cancelled) }
    switch request.purpose {
    case .check(let pass, let expires):
        return .other(vote == nil ? .good(pass, expires: expires) : .alreadyVoted)
    case .redeem(let fingerprint, let receipt):
        guard vote == nil else {
            if pack.attempts.second < secondAttemptsRecorded {
                scene.record(.secondAttempt(pack: pack.row.pack))
            }
            return .other(.alreadyVoted)
        }
        scene.record(.voteCast(pack: pack.row.pack, voter: pack.row.voter, fingerprint))
        return .accepted(receipt)
    }
}

/// Whether a vote can be taken now: the batch, the ballot, the pass.
private func whetherOpen(_ request: Redemption, _ pack: PackRecord, _ scene: Scene) -> Outcome? {
    if case .pass(_, let expires) = request.credential, expires <= scene.now { return .passExpired }
    // Not the batch's activation but the pack's standing: a pack that was
    // cancelled, withdrawn or replaced before its batch was ever activated is
    // not to be waited for, and its holder must hear so.
    guard scene.standing(of: pack) != .inactive else { return .notActive }
    switch scene.ballot.phase {
    case .before: return .notOpen
    case .open: return nil
    case .final: return .closed
    case .closed:
        // Who had signed in before the close may finish, for a stated while.
        guard case .pass(let given, _) = request.credential, let closed = scene.ballot.closed,
            given < closed, scene.ballot.isInGrace(at: scene.now)
        else { return .closed }
        return nil
    }
}

private func ruleOnAnswers(
    _ request: Redemption, _ pack: PackRecord, fits: Bool, in scene: inout Scene
) -> Outcome? {
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
