internal import Counterfoil

/// What one chunk of a roll contributes to the plan.
struct PlannedChunk: Sendable {
    var voters: [VoterNumber] = []
    var owns: [VoterNumber] = []
    var replaced: [PackNumber] = []
    var decided: [VoterNumber] = []
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
    /// - Parameter isOfMembers: whether the batch is one in which the book notes
    ///   members that are somebody else's doubles.
    mutating func leaveOut(_ member: PlannedMember, isOfMembers: Bool) {
        skipped.append(true)
        if let person = member.person, !person.hasPack, isOfMembers {
            doubles.append(
                PlannedDouble(own: member.own, carried: member.carried, ordinal: nil, line: member.line))
        }
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
        if isSelective {
            skipped.append(false)
            owns.append(member.own)
        }
        if kind == .postOnly { postOnly += 1 }
        if isDouble {
            doubles.append(
                PlannedDouble(
                    own: member.own, carried: member.carried, ordinal: voters.count, line: member.line))
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

/// A member whose pack carries another's voter number, or who gets none.
struct PlannedDouble: Sendable {
    let own: VoterNumber
    let carried: VoterNumber
    /// The pack's ordinal in its chunk, from 0, and later in the batch; nil
    /// where there is none.
    var ordinal: Int?
    /// The member's line of the roll.
    let line: UInt32
}
