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
        }
    }
}

/// A request with everything computed that takes a code or a key to compute:
/// keyed hashes, and nothing else. What is left needs no secret.
public struct Redemption: Sendable {
    let lookup: Lookup
    /// Nil where some answer could not be read.
    let answers: AnswerTag?
    /// The questions whose answers could not be read.
    let unreadable: [String]
    let fingerprint: Fingerprint
    let receiptNumber: Bytes<32>
}

/// The judgement on a redemption, before it is signed.
enum Verdict: Sendable {
    case accepted(Bytes<32>)
    case repeated(Bytes<32>)
    case refused(Outcome)
}

/// The rules, in their order; the first that applies answers.
///
/// The order is part of the protection. Whoever holds a code without its
/// answers learns nothing of its vote, and cannot make its owner look like an
/// offender: whether a vote was cast is judged behind the answers.
func rule(on request: Redemption, in scene: inout Scene) -> Verdict {
    // A pack for post alone carries no code, so no code finds it.
    guard let pack = scene.pack(request.lookup.id), pack.row.lookup.tag.matches(request.lookup.tag),
        pack.row.kind != .postOnly
    else { return .refused(.noSuchCode) }
    guard pack.row.kind != .specimen else { return .refused(.specimen) }

    let fits = request.answers.map { $0.matches(pack.row.answers) } ?? false

    // The replay of an accepted request, even when locked or closed since.
    let vote = scene.vote(of: pack.row.voter)
    if let vote, vote.pack == pack.row.pack, case .online(let fingerprint) = vote.channel,
        fingerprint.matches(request.fingerprint)
    {
        return fits ? .repeated(request.receiptNumber) : .refused(.keyReused)
    }

    guard scene.batch(pack.batch).activated != nil else { return .refused(.notActive) }
    guard scene.ballot.opened != nil else { return .refused(.notOpen) }
    guard scene.ballot.closed == nil else { return .refused(.closed) }
    guard !pack.isLocked(in: scene.election) else { return .refused(.locked) }

    guard let answers = request.answers else {
        return .refused(.badAnswer(questions: request.unreadable))
    }
    guard fits else {
        // The same wrong answers again are a second press of the button.
        if !(pack.attempts.last?.matches(answers) ?? false) {
            scene.record(.wrongAnswers(pack: pack.row.pack, answers))
        }
        let after = scene.pack(pack.row.pack) ?? pack
        guard !after.isLocked(in: scene.election) else { return .refused(.locked) }
        return .refused(.wrongAnswers(left: after.attemptsLeft(in: scene.election)))
    }

    guard !pack.cancelled else { return .refused(.cancelled) }
    guard vote == nil else {
        if pack.attempts.second < secondAttemptsRecorded {
            scene.record(.secondAttempt(pack: pack.row.pack))
        }
        return .refused(.alreadyVoted)
    }
    scene.record(
        .voteCast(pack: pack.row.pack, voter: pack.row.voter, request.fingerprint))
    return .accepted(request.receiptNumber)
}

/// Beyond this many, second attempts on one pack are answered but not written:
/// a voting site in a loop must not fill the disk.
let secondAttemptsRecorded = 20

extension PackRecord {
    func isLocked(in election: Election) -> Bool { attemptsLeft(in: election) == 0 }

    func attemptsLeft(in election: Election) -> Int {
        max(
            0,
            min(election.lockAfter - attempts.wrong, election.lifetimeLimit - attempts.lifetime))
    }
}
