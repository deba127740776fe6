internal import Counterfoil

/// What the first reading of a roll finds: which members get a pack. Nothing is
/// derived and nothing is written yet.
struct RollPlan {
    /// By ordinal, from 1 at index 0.
    var voters: [VoterNumber] = []
    /// By ordinal too: the numbers of the members' own ids, where they can differ
    /// from those that their packs carry; else empty.
    var owns: [VoterNumber] = []
    /// By ordinal: the packs that these replace; empty but for replacements.
    var replaced: [PackNumber] = []
    /// Members that are among the decisions.
    var decided: [VoterNumber] = []
    /// Members whose number is another's, or who get no pack.
    var doubles: [PlannedDouble] = []
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
        owns += chunk.owns
        decided += chunk.decided
        replaced += chunk.replaced
        voters += chunk.voters
        postOnly += chunk.postOnly
        chunkHashes.append(chunk.hash)
        skipped += chunk.skipped
        for i in longest.indices { longest[i] = max(longest[i], chunk.longest[i]) }
    }

    mutating func sortVoters() {
        ascending = ascendingIndices(voters.count) { [voters] in (voters[$0].high, voters[$0].low) }
    }

    /// Refuses a voter id that is on the roll twice.
    ///
    /// - Parameter lines: by ordinal, the line of the roll.
    func refuseRepeated(_ lines: [UInt32]) throws(IssueError) {
        // Packs may carry one number; ids are on the roll once.
        let owns = owns.isEmpty ? voters : owns
        let ascending =
            self.owns.isEmpty
            ? ascending : ascendingIndices(owns.count) { (owns[$0].high, owns[$0].low) }
        for (a, b) in zip(ascending, ascending.dropFirst()) where owns[Int(a)] == owns[Int(b)] {
            throw Self.repeated(lines[Int(a)], lines[Int(b)])
        }
        // So are those of members who get no pack: the book has a row for each.
        var withoutPack: [VoterNumber: UInt32] = [:]
        for double in doubles where double.ordinal == nil {
            if let line = withoutPack.updateValue(double.line, forKey: double.own) {
                throw Self.repeated(line, double.line)
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
