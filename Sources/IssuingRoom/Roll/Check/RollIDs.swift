internal import Counterfoil

/// Finds equal values among millions without keeping one.
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
    }

    /// Go on when a value is missing or repeated, for a column of voter ids.
    private let keepsRepeats: Bool
    /// Nothing can be said any more, and nothing is kept.
    private var hasGivenUp = false
    private var key = Bytes<32>()
    private var entries: [Entry] = []
    private var nextThinning = 256

    init(keepsRepeats: Bool) {
        self.keepsRepeats = keepsRepeats
        key.withMutableBytes { Sodium.random(into: &$0) }
    }

    @inline(__always)
    mutating func add(_ bytes: borrowing RawSpan, _ id: Range<Int>, _ line: UInt32) {
        guard !hasGivenUp else { return }
        var hash = Bytes<16>()
        key.withBytes { key in
            hash.withMutableBytes { hash in
                // A voter number under a key of its own.
                Sodium.blake2b(
                    bytes.extracting(id), key: key, salt: Bytes(), label: .voterNumber, into: &hash)
            }
        }
        entries.append(
            hash.withBytes { Entry(high: $0.u64(0), low: $0.u32(8), line: line) })
        // Few columns outlive this, and those that do not need no more hashing.
        if entries.count == 256 { thinOut() }
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
            if found.count == 1024 { found = Self.earliest(found, most) }
        }
        return (count, Self.earliest(found, most))
    }

    private static func earliest(_ found: [RollReport.Repeated], _ most: Int) -> [RollReport.Repeated] {
        Array(found.sorted { $0.line < $1.line }.prefix(most))
    }
}
