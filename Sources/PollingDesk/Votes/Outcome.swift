internal import Counterfoil

/// What the rules say of a request, to redeem or to check alike: one function
/// judges both. Callers see the part of it that their question can have.
package enum Outcome: Sendable {
    case accepted(Receipt)
    case repeated(Receipt)
    case good(Pass, expires: Moment)
    case badPass
    case passExpired
    case refused(CodeRefusal)

    /// As in the command's answers.
    package var name: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .good: "good"
        case .badPass: "bad-pass"
        case .passExpired: "pass-expired"
        case .refused(let refusal): refusal.name
        }
    }
}

extension CodeRefusal {
    /// As in the command's answers.
    package var name: String {
        switch self {
        case .badRequest: "bad-request"
        case .malformed: "malformed"
        case .noSuchCode: "no-such-code"
        case .specimen: "specimen"
        case .notActive: "not-active"
        case .notOpen: "not-open"
        case .closed: "closed"
        case .locked: "locked"
        case .badAnswer: "bad-answer"
        case .wrongAnswers: "wrong-answers"
        case .cancelled: "cancelled"
        case .alreadyVoted: "already-voted"
        }
    }
}

extension RedeemOutcome {
    /// Of a request to redeem.
    package init(_ outcome: Outcome) {
        switch outcome {
        case .accepted(let receipt): self = .accepted(receipt)
        case .repeated(let receipt): self = .repeated(receipt)
        case .badPass: self = .badPass
        case .passExpired: self = .passExpired
        case .refused(let refusal): self = .refused(refusal)
        case .good: preconditionFailure("a check's outcome, and nobody checked")
        }
    }
}

extension CheckOutcome {
    /// Of a request to check: it has neither a key nor a pass.
    package init(_ outcome: Outcome) {
        switch outcome {
        case .good(let pass, let expires): self = .good(pass, expires: expires)
        case .refused(let refusal): self = .refused(refusal)
        case .accepted, .repeated, .badPass, .passExpired:
            preconditionFailure("a redemption's outcome, and nobody redeemed")
        }
    }
}
