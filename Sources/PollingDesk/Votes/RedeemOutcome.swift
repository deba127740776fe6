public import Counterfoil

/// What `Desk.redeem` answered. Whichever it is, it is durable and final: the
/// form was wiped, and the same request asked again is answered in the same way
/// or as `repeated`.
public enum RedeemOutcome: Sendable {
    /// The vote is written, on the disk. Count the ballot.
    case accepted(Receipt)
    /// This very request was accepted before. Count the ballot once: the receipt
    /// is the same, byte for byte.
    case repeated(Receipt)
    /// What was given as a pass is none of this desk's.
    case badPass
    /// The pass was good until now: check the code again.
    case passExpired
    /// The code, or its answers, cannot be taken. Nothing was spent.
    case refused(CodeRefusal)

    /// The receipt if this vote counts, or nil: the one thing to look at before
    /// a ballot is counted.
    public var receipt: Receipt? {
        switch self {
        case .accepted(let receipt), .repeated(let receipt): receipt
        case .badPass, .passExpired, .refused: nil
        }
    }
}

/// What `Desk.check` answered.
public enum CheckOutcome: Sendable {
    /// Code and answers are right, and nothing is spent. Until it expires the
    /// pass redeems in place of both.
    case good(Pass, expires: Moment)
    /// The code, or its answers, cannot be taken. Nothing was spent.
    case refused(CodeRefusal)
}

/// Why a code, or its answers, cannot be taken. Nothing was spent; wrong answers
/// and second attempts are on the record.
public enum CodeRefusal: Sendable, Equatable {
    /// The request lacks something, or has too much.
    case badRequest(RequestFault)
    /// No code of this election: a slip of the pen in these groups; none where
    /// nobody can tell. It costs nothing.
    case malformed(Groups)
    /// Well formed, and no code that was printed.
    case noSuchCode
    /// A printer's test pack.
    case specimen
    /// The batch of this pack is not activated yet.
    case notActive
    /// The ballot was not opened yet.
    case notOpen
    /// The ballot is closed for online votes.
    case closed
    /// Too many wrong answers. An officer can unlock the pack, and post works.
    case locked
    /// The answers to these questions cannot be read, such as a date that is
    /// none. It costs nothing.
    case badAnswer(questions: [String])
    /// The answers are wrong; so many attempts are left until the pack is locked.
    case wrongAnswers(left: Int)
    /// The pack was cancelled, withdrawn or replaced.
    case cancelled
    /// The code and its answers are right, and its voter has voted, online or by
    /// post.
    case alreadyVoted
}

/// What is wrong with a request as such. It never holds what was typed.
public enum RequestFault: Sendable, Equatable {
    case codeMissing
    case keyMissing
    /// The key must have 16 to 64 bytes.
    case keySize
    /// The election asks this, and the request has no answer to it.
    case answerMissing(question: String)
    /// An answer was given to a question that the election does not ask.
    case unknownQuestion
    /// A pass takes the place of code and answers.
    case passAndCode
    /// A check takes a code and its answers, and neither key nor pass.
    case notForCheck
}
