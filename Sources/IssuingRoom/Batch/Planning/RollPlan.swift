internal import Counterfoil

/// What the first reading of a roll finds: which members get a pack. Nothing is
/// derived and nothing is written yet.
struct RollPlan {
    /// By ordinal, from 1 at index 0.
    var voters: [VoterNumber] = []
    /// By ordinal too: the numbers of the members' own ids, where they can differ
    /// from those that their packs carry; else empty.
    var owns: [VoterNumber] = []
    /// By ordinal too: the folded numbers of these ids; empty where each id is its own
    /// folded form.
    private var folded: [VoterNumber] = []
    /// By ordinal: the packs that these replace; empty but for replacements.
    var replaced: [PackNumber] = []
    /// Members who get no pack, and whom the book does not have or an officer decided about.
    var rest: [PlannedRest] = []
    /// Members whose ids coincide with other ones of the book.
    var coinciding: [PlannedRest] = []
    /// Members who get a pack and are one person with another.
    var served: Set<VoterNumber> = []
    /// Members whose number is another's, or who are dropped.
    var doubles: [PlannedDouble] = []
    /// Packs of dropped members, and what their persons keep.
    var listed: [ListedPacks] = []
    /// The indices of `voters` in ascending order of the numbers.
    var ascending: [UInt32] = []
    var postOnly = 0
    /// Tells whether two runs issue the same packs to the same people.
    var digest = Bytes<32>()
    let layout: RollLayout
    /// For each printed column the longest value, in Unicode scalars.
    var longest: [Int]
    /// A hash of each chunk as it was read, to compare with the second reading.
    var chunkHashes: [UInt64] = []
    /// For each row of the roll whether it is left out; empty if none can be.
    var skipped: [Bool] = []

    init(layout: RollLayout, longest: [Int]? = nil) {
        self.layout = layout
        self.longest = longest ?? [Int](repeating: 0, count: layout.printed.count)
    }

    /// Adds what the next chunk contributes, but for its part of the digest.
    mutating func append(_ chunk: PlannedChunk) {
        doubles += chunk.doubles.map { double in
            var double = double
            double.ordinal = double.ordinal.map { $0 + voters.count }
            return double
        }
        if chunk.hasFolded || !folded.isEmpty {
            if folded.isEmpty { folded = ownNumbers }
            folded += chunk.folded
        }
        if !chunk.skipped.isEmpty { owns += chunk.owns }
        rest += chunk.rest
        coinciding += chunk.coinciding
        served.formUnion(chunk.served)
        replaced += chunk.replaced
        voters += chunk.voters
        postOnly += chunk.postOnly
        chunkHashes.append(chunk.hash)
        skipped += chunk.skipped
        for i in longest.indices { longest[i] = max(longest[i], chunk.longest[i]) }
    }

    /// Adds a test pack, which carries the number of what it has in place of an id.
    mutating func append(specimen numbers: MemberNumbers) {
        voters.append(numbers.own)
        folded.append(numbers.folded)
    }

    /// Whether an id of a member with a pack is not its own folded form.
    var hasFolded: Bool { !folded.isEmpty }

    /// By ordinal, the numbers of the members' own ids.
    var ownNumbers: [VoterNumber] { owns.isEmpty ? voters : owns }

    /// By ordinal, the numbers of their folded forms.
    var foldedNumbers: [VoterNumber] { folded.isEmpty ? ownNumbers : folded }

    /// The ordinals, from 0, of the packs that carry a number.
    func ordinals(carrying number: VoterNumber) -> [Int] {
        var low = 0
        var high = ascending.count
        while low < high {
            let middle = (low + high) / 2
            if voters[Int(ascending[middle])] < number { low = middle + 1 } else { high = middle }
        }
        return ascending[low...].prefix { voters[Int($0)] == number }.map { Int($0) }
    }

    mutating func sortVoters() {
        ascending = ascendingIndices(voters.count) { [voters] in (voters[$0].high, voters[$0].low) }
    }

    /// Refuses a voter id that is on the roll twice.
    ///
    /// - Parameters:
    ///   - lines: by ordinal, the line of the roll.
    ///   - persons: tells who is dropped.
    func refuseRepeated(_ lines: [UInt32], _ persons: PersonNumbers) throws(IssueError) {
        // Packs may carry one number; ids are on the roll once.
        let owns = ownNumbers
        let ascending =
            self.owns.isEmpty
            ? ascending : ascendingIndices(owns.count) { (owns[$0].high, owns[$0].low) }
        for (a, b) in zip(ascending, ascending.dropFirst()) where owns[Int(a)] == owns[Int(b)] {
            throw Self.repeated(lines[Int(a)], lines[Int(b)])
        }
        // So are those of members who are dropped: the officer decided on one.
        guard !persons.dropped.isEmpty else { return }
        let dropped = Set(persons.dropped.map(\.numbers.own))
        var seen: [VoterNumber: UInt32] = [:]
        for row in rest where dropped.contains(row.numbers.own) {
            if let line = seen.updateValue(row.line, forKey: row.numbers.own) {
                throw Self.repeated(line, row.line)
            }
        }
    }

    private static func repeated(_ a: UInt32, _ b: UInt32) -> IssueError {
        .repeatedVoter(firstLine: Int(min(a, b)), secondLine: Int(max(a, b)))
    }

    /// Differs where a roll was changed between its two readings: by accident,
    /// since anyone who means harm may as well change it before. Eight bytes at a time,
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
