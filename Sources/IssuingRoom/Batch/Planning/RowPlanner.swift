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
        for row in 0..<chunk.count {
            measure(row, of: chunk, &plan)
            // Test packs need the widths of a roll, and nobody on it.
            if order.kind == .specimens { continue }
            let member = try member(row, of: chunk, key: key)
            if member.person != nil { plan.decided.append(member.own) }
            if try isLeftOut(member, of: chunk) {
                plan.leaveOut(member, isOfMembers: order.kind == .members)
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
        _ row: Int, of chunk: RollChunk, key: borrowing IssuingKey
    ) throws(IssueError) -> PlannedMember {
        let id = chunk.trimmedRange(row, layout.voter)
        let line = chunk.lines[row]
        guard !id.isEmpty else { throw .emptyVoter(line: Int(line)) }
        let own = chunk.bytes.withBytes { key.voterNumber($0.extracting(id), in: election.id) }
        let person = persons.byVoter.isEmpty ? nil : persons.byVoter[Array(chunk.bytes[id])]
        let replaced = order.kind == .replacements ? replacing[own] : nil
        let carried = person?.number ?? replaced?.carried ?? own
        if person == nil, let replaced, let known = issued.numberCarried(by: own), known != carried {
            let name = String(decoding: chunk.bytes[id], as: UTF8.self)
            throw .numberChanged(voter: name, line: Int(line), replaced.pack)
        }
        return PlannedMember(
            id: id, line: line, own: own, carried: carried, person: person, replaced: replaced?.pack)
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
    /// The number made from the member's own id.
    let own: VoterNumber
    /// The number that their pack carries.
    let carried: VoterNumber
    let person: PersonNumbers.Carried?
    /// The pack that theirs replaces.
    let replaced: PackNumber?
}
