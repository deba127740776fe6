internal import Counterfoil

/// Reads the rows of one chunk for the first time.
struct RowPlanner: Sendable {
    let election: Election
    let order: PrintOrder
    let layout: RollLayout
    /// Members who have a pack already.
    var issued = IssuedVoters([], [])
    var persons = PersonNumbers.none
    /// For a replacement batch: the pack to replace, by the member's own number.
    var replacing: [VoterNumber: Replacements.Replaced] = [:]

    private var isSelective: Bool {
        order.skipIssued || order.kind == .replacements || !persons.byVoter.isEmpty
    }

    func plan(_ chunk: RollChunk, key: borrowing IssuingKey) throws(IssueError) -> PlannedChunk {
        var plan = PlannedChunk(
            longest: [Int](repeating: 0, count: layout.printed.count), hash: RollPlan.hash(chunk))
        plan.voters.reserveCapacity(chunk.count)
        plan.lines.reserveCapacity(chunk.count)
        plan.message.reserveCapacity(chunk.byteCount(of: layout.voter) + chunk.count * 32)
        var sheet = AnswerSheet(election)
        let answers = RowAnswers(election, order, layout)
        let isSelective = isSelective
        var folding = IDFolding()
        for row in 0..<chunk.count {
            measure(row, of: chunk, &plan)
            // Test packs need the widths of a roll, and nobody on it.
            if order.kind == .specimens { continue }
            let member = try member(row, of: chunk, key: key, &folding)
            if issued.coincides(with: member.numbers) {
                plan.coinciding.append(PlannedRest(numbers: member.numbers, line: member.line))
            }
            if try isLeftOut(member, of: chunk) {
                plan.leaveOut(member, isKnown: issued.numberCarried(by: member.own) != nil)
            } else {
                let kind = try answers.read(row, of: chunk, into: &sheet)
                plan.append(member, id: chunk.bytes[member.id], kind, isSelective: isSelective)
                if kind == .normal { plan.append(answers: sheet, of: election) }
            }
        }
        sheet.clear()
        return plan
    }

    /// The member of a row, and the number that their pack is to carry.
    @inline(__always)
    private func member(
        _ row: Int, of chunk: RollChunk, key: borrowing IssuingKey, _ folding: inout IDFolding
    ) throws(IssueError) -> PlannedMember {
        let id = chunk.trimmedRange(row, layout.voter)
        let line = chunk.lines[row]
        guard !id.isEmpty else { throw .emptyVoter(line: Int(line)) }
        let numbers = chunk.bytes.withBytes {
            key.numbers(of: $0.extracting(id), in: election, &folding)
        }
        let own = numbers.own
        let person = persons.byVoter.isEmpty ? nil : persons.byVoter[Array(chunk.bytes[id])]
        let replaced = order.kind == .replacements ? replacing[own] : nil
        let carried = person?.number ?? replaced?.carried ?? own
        if let replaced {
            try refuseToReplace(replaced.pack, of: numbers.own, person, carrying: carried) {
                (String(decoding: chunk.bytes[id], as: UTF8.self), Int(line))
            }
        }
        return PlannedMember(
            id: id, line: line, numbers: numbers, carried: carried, person: person,
            replaced: replaced?.pack)
    }

    /// Refuses to replace the pack of a member who is to have no more packs, or whom the
    /// book has found to be somebody else since that pack was made.
    private func refuseToReplace(
        _ pack: PackNumber, of own: VoterNumber, _ person: PersonNumbers.Carried?,
        carrying number: VoterNumber, place: () -> (voter: String, line: Int)
    ) throws(IssueError) {
        guard person?.hasPack ?? !issued.isDropped(own) else {
            throw .droppedReplaced(voter: place().voter, pack)
        }
        if person == nil, let known = issued.numberCarried(by: own), known != number {
            throw .numberChanged(voter: place().voter, line: place().line, pack)
        }
    }

    /// The longest values of the printed columns, in Unicode scalars.
    private func measure(_ row: Int, of chunk: RollChunk, _ plan: inout PlannedChunk) {
        for (i, column) in layout.printed.enumerated() {
            let range = chunk.range(row, column)
            if range.count > plan.longest[i] {
                let scalars = chunk.bytes[range].reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
                plan.longest[i] = max(plan.longest[i], scalars)
            }
        }
    }

    /// Whether the member gets no pack in this batch; an error where they should.
    @inline(__always)
    private func isLeftOut(_ member: PlannedMember, of chunk: RollChunk) throws(IssueError) -> Bool {
        if order.kind == .replacements { return member.replaced == nil }
        if let person = member.person, !person.hasPack { return true }
        guard let batch = issued.batch(of: member.own) else { return false }
        guard order.skipIssued else {
            let name = String(decoding: chunk.bytes[member.id], as: UTF8.self)
            throw .alreadyIssued(voter: name, line: Int(member.line), batch: batch)
        }
        return true
    }

    /// What a specimen batch has in place of voter ids.
    static func specimenID(_ batch: BatchName, _ ordinal: Int) -> [UInt8] {
        Array("specimen:\(batch):\(ordinal)".utf8)
    }
}

/// A member as a row of the roll has them.
struct PlannedMember {
    /// Where the voter id is in the bytes of the chunk.
    let id: Range<Int>
    let line: UInt32
    let numbers: MemberNumbers
    /// The number that their pack carries.
    let carried: VoterNumber
    let person: PersonNumbers.Carried?
    /// The pack that theirs replaces.
    let replaced: PackNumber?

    /// The number made from the member's own id.
    var own: VoterNumber { numbers.own }
}
