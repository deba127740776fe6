internal import Counterfoil

/// The first reading of a roll: who gets a pack, and whether everything that a
/// pack needs is there. Nothing is derived and nothing is written yet.
struct RollPlan {
    /// By ordinal, from 1 at index 0.
    var voters: [VoterNumber] = []
    /// By ordinal too: the numbers of the members' own ids, where they can differ
    /// from those that their packs carry; else empty.
    var owns: [VoterNumber] = []
    /// By ordinal: the packs that these replace; empty but for replacements.
    var replaced: [PackNumber] = []
    /// Members that stand among the decisions.
    var decided: [VoterNumber] = []
    /// Members whose number is another's, or who get no pack.
    var doubles: [PlannedDouble] = []
    /// The indices of `voters` in ascending order of the numbers.
    var ascending: [UInt32] = []
    var postOnly = 0
    /// Tells whether two runs issue the same packs to the same people.
    var digest = Bytes<32>()
    /// The roll's columns that are printed, and for each the longest value, in
    /// Unicode scalars.
    let printedColumns: [Int]
    var longest: [Int]
    /// A hash of each chunk as it was read, to compare with the second reading.
    var chunkHashes: [UInt64] = []
    /// For each row of the roll whether it is left out; empty if none can be.
    var skipped: [Bool] = []

    init(printing columns: [Int], longest: [Int]? = nil) {
        printedColumns = columns
        self.longest = longest ?? [Int](repeating: 0, count: columns.count)
    }

    mutating func sortVoters() {
        ascending = ascendingIndices(voters.count) { [voters] in (voters[$0].high, voters[$0].low) }
    }

    /// Differs where a roll was changed between its two readings: by accident,
    /// since who means harm may as well change it before. Eight bytes at a time,
    /// each folded in by a multiplication, from a random beginning.
    static func hash(_ chunk: RollChunk) -> UInt64 {
        func fold(_ word: UInt64) -> UInt64 {
            let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            return product.high ^ product.low
        }
        return chunk.withBytes { bytes in
            var hash = firstHash ^ UInt64(chunk.count)
            var place = 0
            while bytes.byteCount - place >= 8 {
                hash = fold(hash ^ bytes.u64(place))
                place += 8
            }
            while place < bytes.byteCount {
                hash = fold(hash ^ UInt64(bytes.byte(place)))
                place += 1
            }
            return hash
        }
    }

    private static let firstHash = UInt64.random(in: 0...UInt64.max)
}

/// A member whose pack carries another's voter number, or who gets none.
struct PlannedDouble: Sendable {
    let own: VoterNumber
    let carried: VoterNumber
    /// The pack's ordinal in its chunk, from 0, and later in the batch; nil
    /// where there is none.
    var ordinal: Int?
    /// Where the member stands in the roll.
    let line: UInt32
}

/// What one chunk contributes to the plan.
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
}

/// Reads the rows of one chunk.
struct RowPlanner: Sendable {
    let election: Election
    let order: PrintOrder
    let layout: RollLayout
    /// Those who have a pack already.
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
        for row in 0..<chunk.count { try add(row, of: chunk, to: &plan, &sheet, key) }
        sheet.clear()
        return plan
    }

    private func add(
        _ row: Int, of chunk: RollChunk, to plan: inout PlannedChunk, _ sheet: inout AnswerSheet,
        _ key: borrowing IssuingKey
    ) throws(IssueError) {
        measure(row, of: chunk, &plan)
        // Test packs need the widths of a roll, and nobody on it.
        if order.kind == .specimens { return }
        let line = Int(chunk.lines[row])
        let id = Self.voterID(chunk, row, layout.voter)
        guard !id.isEmpty else { throw .emptyVoter(line: line) }
        let own = chunk.bytes.withBytes { key.voterNumber($0.extracting(id), in: election.id) }
        let person = persons.byVoter.isEmpty ? nil : persons.byVoter[Array(chunk.bytes[id])]
        if person != nil { plan.decided.append(own) }
        let replaced = order.kind == .replacements ? replacing[own] : nil
        let voter = person?.number ?? replaced?.carried ?? own
        if person == nil, let replaced, let known = issued.numberCarried(by: own), known != voter {
            let name = String(decoding: chunk.bytes[id], as: UTF8.self)
            throw .numberChanged(voter: name, line: line, replaced.pack)
        }

        if try isLeftOut(own, person, replaced, id, chunk, line) {
            plan.skipped.append(true)
            if let person, !person.hasPack, order.kind == .members {
                plan.doubles.append(
                    PlannedDouble(own: own, carried: voter, ordinal: nil, line: chunk.lines[row]))
            }
            return
        }
        if isSelective { plan.skipped.append(false) }

        let kind = try answers(chunk, row, &sheet)
        if kind == .postOnly { plan.postOnly += 1 }
        if voter != own {
            plan.doubles.append(
                PlannedDouble(
                    own: own, carried: voter, ordinal: plan.voters.count, line: chunk.lines[row]))
        }
        plan.voters.append(voter)
        if isSelective { plan.owns.append(own) }
        if let replaced { plan.replaced.append(replaced.pack) }
        plan.lines.append(chunk.lines[row])
        PlanDigest.append(
            voter: chunk.bytes[id], carrying: voter == own ? nil : voter, kind,
            replaced: replaced?.pack.value ?? 0, to: &plan.message)
        if kind == .normal {
            for i in election.questions.indices {
                sheet.withAnswer(i) { PlanDigest.append(answer: $0, to: &plan.message) }
            }
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

    /// Whether the row gets no pack in this batch; an error where it should.
    private func isLeftOut(
        _ own: VoterNumber, _ person: PersonNumbers.Carried?, _ replaced: Replacements.Replaced?,
        _ id: Range<Int>,
        _ chunk: RollChunk, _ line: Int
    ) throws(IssueError) -> Bool {
        if order.kind == .replacements { return replaced == nil }
        if let person, !person.hasPack { return true }
        guard let batch = issued.batch(of: own) else { return false }
        guard order.skipIssued else {
            let name = String(decoding: chunk.bytes[id], as: UTF8.self)
            throw .alreadyIssued(voter: name, line: line, batch: batch)
        }
        return true
    }

    /// Reads the answers of a row, and says what kind of pack they allow.
    func answers(
        _ chunk: RollChunk, _ row: Int, _ sheet: inout AnswerSheet
    ) throws(IssueError) -> PackKind {
        for (i, column) in layout.answers.enumerated() {
            let readable = chunk.withField(row, column) { sheet.set(i, $0) }
            if readable { continue }
            let isEmpty = chunk.bytes[chunk.range(row, column)].allSatisfy { $0 == 0x20 || $0 == 0x09 }
            guard isEmpty, order.postOnlyIfEmpty else {
                throw .unreadableAnswer(
                    question: election.questions[i].name, line: Int(chunk.lines[row]), isEmpty: isEmpty)
            }
            return .postOnly
        }
        return .normal
    }

    /// The id without spaces and tabs around it; vectors/README.md, section 8.
    static func voterID(_ chunk: RollChunk, _ row: Int, _ column: Int) -> Range<Int> {
        var range = chunk.range(row, column)
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        while !range.isEmpty, isBlank(chunk.bytes[range.lowerBound]) {
            range = range.lowerBound + 1..<range.upperBound
        }
        while !range.isEmpty, isBlank(chunk.bytes[range.upperBound - 1]) {
            range = range.lowerBound..<range.upperBound - 1
        }
        return range
    }

    /// What stands for a voter id in a specimen batch.
    static func specimenID(_ batch: BatchName, _ ordinal: Int) -> [UInt8] {
        Array("specimen:\(batch):\(ordinal)".utf8)
    }
}

/// The digest of all that decides who gets which pack and with which answers;
/// vectors/README.md, section 15.
final class PlanDigest {
    private var hash: StreamingBLAKE2b

    init(_ election: Election, _ batch: BatchName, _ kind: BatchKind, _ key: borrowing IssuingKey) {
        hash = key.bookKey.withBytes {
            StreamingBLAKE2b(.batchPlan, key: $0, salt: election.id.bytes, size: 32)
        }
        var start = election.digest.array + batch.padded
        start.append(kind.rawValue)
        update(start)
    }

    /// A pack's part of the message. The answers come next, if it is of kind normal.
    static func append(
        voter id: some Collection<UInt8>, carrying number: VoterNumber? = nil, _ kind: PackKind,
        replaced: UInt64 = 0, to message: inout [UInt8]
    ) {
        if let number {
            // No id holds a zero byte; vectors/README.md, section 18.
            message.appendWithLength(Array(id) + [0] + number.bytes.array)
        } else {
            message.appendWithLength(id)
        }
        message.append(kind.rawValue)
        message.appendBigEndian(replaced)
    }

    static func append(answer: borrowing RawSpan, to message: inout [UInt8]) {
        message.appendBigEndian(UInt32(answer.byteCount))
        message.append(answer)
    }

    func update(_ message: [UInt8]) { message.withBytes { hash.update($0) } }

    /// Once.
    func finish(packs: Int) -> Bytes<32> {
        var end: [UInt8] = []
        end.appendBigEndian(UInt64(packs))
        update(end)
        var digest = Bytes<32>()
        digest.withMutableBytes { hash.finish(into: &$0) }
        return digest
    }
}
