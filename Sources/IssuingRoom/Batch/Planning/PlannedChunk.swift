internal import Counterfoil

/// What one chunk of a roll contributes to the plan.
struct PlannedChunk: Sendable {
    var voters: [VoterNumber] = []
    var owns: [VoterNumber] = []
    var folded: [VoterNumber] = []
    /// Whether an id of a member with a pack is not its own folded form.
    var hasFolded = false
    var replaced: [PackNumber] = []
    /// Members without a pack in this batch, of whom something is asked.
    var rest: [PlannedRest] = []
    /// Members whose ids coincide with other ones of the book.
    var coinciding: [PlannedRest] = []
    var served: Set<VoterNumber> = []
    var doubles: [PlannedDouble] = []
    var lines: [UInt32] = []
    var postOnly = 0
    /// The chunk's part of what the plan digest is made over.
    var message: [UInt8] = []
    var longest: [Int]
    var skipped: [Bool] = []
    let hash: UInt64

    init(longest: [Int], hash: UInt64) {
        self.longest = longest
        self.hash = hash
    }

    /// A member who gets no pack in this batch.
    ///
    /// - Parameter isKnown: whether the book has them.
    mutating func leaveOut(_ member: PlannedMember, isKnown: Bool) {
        skipped.append(true)
        // Most are known and decided: on their ids nothing depends any more.
        guard !isKnown || member.person != nil else { return }
        rest.append(PlannedRest(numbers: member.numbers, line: member.line))
    }

    /// A member who gets a pack. The answers come next, if it is of kind normal.
    ///
    /// - Parameters:
    ///   - id: the member's voter id.
    ///   - isSelective: whether rows can be left out of this batch.
    @inline(__always)
    mutating func append(
        _ member: PlannedMember, id: some Collection<UInt8>, _ kind: PackKind, isSelective: Bool
    ) {
        let isDouble = member.carried != member.own
        if isSelective { skipped.append(false) }
        owns.append(member.own)
        folded.append(member.numbers.folded)
        if member.numbers.folded != member.own { hasFolded = true }
        if member.person != nil { served.insert(member.own) }
        if kind == .postOnly { postOnly += 1 }
        if isDouble {
            doubles.append(
                PlannedDouble(member: member.numbers, carried: member.carried, ordinal: voters.count))
        }
        voters.append(member.carried)
        if let pack = member.replaced { replaced.append(pack) }
        lines.append(member.line)
        PlanDigest.append(
            voter: id, carrying: isDouble ? member.carried : nil, kind,
            replaced: member.replaced?.value ?? 0, to: &message)
    }

    /// The answers that go with the pack that was added last.
    mutating func append(answers sheet: borrowing AnswerSheet, of election: Election) {
        for i in election.questions.indices {
            sheet.withAnswer(i) { PlanDigest.append(answer: $0, to: &message) }
        }
    }
}

/// A member whose pack carries another's voter number, or who gets none, since they
/// are dropped.
struct PlannedDouble: Sendable {
    let member: MemberNumbers
    let carried: VoterNumber
    /// The pack's ordinal in its chunk, from 0, and later in the batch; nil
    /// where there is none.
    var ordinal: Int?
}

/// A member of the roll, and where.
struct PlannedRest: Sendable {
    let numbers: MemberNumbers
    /// The member's line of the roll.
    let line: UInt32
}
