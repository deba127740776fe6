internal import Counterfoil

/// Finds equal values among millions without keeping one, and ids that coincide.
///
/// Of each value 16 bytes are kept: 96 bits of a keyed hash and the line. The
/// key is random and dies with this value, so that nobody can prepare two ids
/// that collide; among five million, two that differ share 96 bits with a
/// chance of 1 in 6 × 10¹⁵, so equal hashes are taken for equal ids.
struct RollIDs {
    private struct Entry {
        var high: UInt64
        var low: UInt32
        var line: UInt32

        static func isAscending(_ a: Entry, _ b: Entry) -> Bool {
            if a.high != b.high { return a.high < b.high }
            if a.low != b.low { return a.low < b.low }
            return a.line < b.line
        }

        func isAlike(_ other: Entry) -> Bool { high == other.high && low == other.low }

        /// Without the line.
        var hash: [UInt64] { [high, UInt64(low)] }
    }

    /// How the values are folded, in the column of the voter ids; nil for another.
    private let voterIDs: VoterIDs?
    /// Go on when a value is missing or repeated, for a column of voter ids.
    private var keepsRepeats: Bool { voterIDs != nil }
    /// Nothing can be said any more, and nothing is kept.
    private var hasGivenUp = false
    private var key = Bytes<32>()
    private var entries: [Entry] = []
    /// Of ids that are not their own folded forms, the folded forms, in order of the lines.
    private var folded: [Entry] = []
    private var folding = IDFolding()
    private var nextThinning = 256

    /// - Parameter voterIDs: how voter ids are compared, where this is their column.
    init(as voterIDs: VoterIDs?) {
        self.voterIDs = voterIDs
        key.withMutableBytes { Sodium.random(into: &$0) }
    }

    @inline(__always)
    mutating func add(_ bytes: borrowing RawSpan, _ id: Range<Int>, _ line: UInt32) {
        guard !hasGivenUp else { return }
        let id = bytes.extracting(id)
        entries.append(entry(id, line))
        // Few columns outlive this, and those that do not need no more hashing.
        if entries.count == 256 { thinOut() }
        guard let voterIDs, let form = folding.fold(id, as: voterIDs) else { return }
        folded.append(form.withBytes { entry($0, line) })
    }

    @inline(__always)
    private func entry(_ value: borrowing RawSpan, _ line: UInt32) -> Entry {
        var hash = Bytes<16>()
        key.withBytes { key in
            hash.withMutableBytes { hash in
                // A voter number under a key of its own.
                Sodium.blake2b(value, key: key, salt: Bytes(), label: .voterNumber, into: &hash)
            }
        }
        return hash.withBytes { Entry(high: $0.u64(0), low: $0.u32(8), line: line) }
    }

    /// A value is missing: this is no column of ids.
    mutating func giveUp() {
        guard !keepsRepeats, !hasGivenUp else { return }
        hasGivenUp = true
        entries = []
    }

    /// Gives up where two values are alike already, so that only columns that
    /// may be of ids grow with the roll. Looks whenever they have doubled.
    mutating func thinOut() {
        guard !keepsRepeats, !hasGivenUp, entries.count >= nextThinning else { return }
        nextThinning = entries.count * 2
        if !areDistinct() { giveUp() }
    }

    mutating func areDistinct() -> Bool {
        guard !hasGivenUp else { return false }
        entries.sort(by: Entry.isAscending)
        return entries.indices.dropFirst().allSatisfy { !entries[$0].isAlike(entries[$0 - 1]) }
    }

    /// How many values an earlier line has, and the first few of them in the
    /// order of their lines.
    mutating func repeats(listing most: Int) -> (Int, [RollReport.Repeated]) {
        entries.sort(by: Entry.isAscending)
        var found: [RollReport.Repeated] = []
        var first = 0
        var count = 0
        for i in entries.indices.dropFirst() {
            guard entries[i].isAlike(entries[first]) else {
                first = i
                continue
            }
            count += 1
            found.append(
                RollReport.Repeated(firstLine: Int(entries[first].line), line: Int(entries[i].line)))
            // Kept short, or a roll of one repeated id would fill the memory.
            if found.count >= most * 2 { found = Self.earliest(found, most) }
        }
        return (count, Self.earliest(found, most))
    }

    /// Ids that coincide with one of an earlier line, which is written otherwise: how many
    /// have a decision, as all do that they coincide with, and how many have none; and the
    /// first few of these.
    ///
    /// - Parameter named: ids that an officer decided about.
    mutating func coincidences(
        named: Set<[UInt8]>, listing most: Int
    ) -> (decided: Int, undecided: Int, first: [RollReport.Repeated]) {
        // Where each id is its own folded form, no two coincide.
        guard !folded.isEmpty else { return (0, 0, []) }
        let forms = foldedForms()
        let named = Set(named.map { id in id.withBytes { entry($0, 0).hash } })
        var found: [RollReport.Repeated] = []
        var (decided, undecided) = (0, 0)
        var first = 0
        while first < forms.count {
            var end = first + 1
            while end < forms.count, forms[end].form.isAlike(forms[first].form) { end += 1 }
            let group = forms[first..<end]
            // The sort is by lines where the forms are alike.
            let others = group.filter { !$0.id.isAlike(group[first].id) }
            if group.allSatisfy({ named.contains($0.id.hash) }) {
                decided += others.count
            } else {
                undecided += others.count
                let line = Int(group[first].id.line)
                found += others.map { RollReport.Repeated(firstLine: line, line: Int($0.id.line)) }
                if found.count >= most * 2 { found = Self.earliest(found, most) }
            }
            first = end
        }
        return (decided, undecided, Self.earliest(found, most))
    }

    /// All ids with their folded forms, in order of these and then of the lines.
    private mutating func foldedForms() -> [(form: Entry, id: Entry)] {
        entries.sort { $0.line < $1.line }
        var next = 0
        var forms = entries.map { id in
            guard next < folded.count, folded[next].line == id.line else { return (form: id, id: id) }
            next += 1
            return (form: folded[next - 1], id: id)
        }
        forms.sort { Entry.isAscending($0.form, $1.form) }
        return forms
    }

    private static func earliest(_ found: [RollReport.Repeated], _ most: Int) -> [RollReport.Repeated] {
        Array(found.sorted { $0.line < $1.line }.prefix(most))
    }
}
