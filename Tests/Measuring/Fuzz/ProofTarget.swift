internal import Synchronization
internal import TestSupport

@testable internal import Counterfoil
@testable internal import PollingDesk

/// A proof that an entry is in a log. vectors/README.md, section 19.
///
/// First byte, bit 0 clear: a file as it comes, which may say only what the
/// genuine one says. Set: index and size (a byte each), how many hashes (a byte)
/// and what they begin with (a byte each), then the extra data; under a
/// checkpoint of the root to which they lead by RFC 6962's own recursion, or,
/// with bit 1, to another.
enum ProofTarget: FuzzTarget {
    static let name = "proof"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        guard first & 1 == 1 else {
            let file = Array(input[1...])
            guard let proof = try? LogProof(file, election: Props.election) else { return }
            must(Array(proof.text.utf8) == file, "a proof has two written forms")
            must(proof.index == 5 && proof.entry.event.type == .voteCast, "proves what is not there")
            return
        }
        guard input.count >= 4 else { return }
        let (index, size, count) = (Int(input[1]), Int(input[2]), Int(input[3]) % 80)
        guard input.count >= 4 + count else { return }
        let path = input[4..<4 + count].map { Bytes<32>([UInt8](repeating: $0, count: 32))! }
        let extra = Array(input[(4 + count)...])

        let leaf = isEntry(extra) ? leaf(extra) : Bytes<32>()
        var hashes = path[...]
        let root = index < size ? Self.root(leaf, index, size, &hashes) : nil
        let isWhole = root != nil && hashes.isEmpty
        var signed = root ?? Bytes()
        if first & 2 != 0 { signed[0] ^= 1 }

        var file = "c2sp.org/tlog-proof@v1\nextra \(extra.withBytes { Base64.encode($0) })\nindex \(index)\n"
        for hash in path { file += hash.withBytes { Base64.encode($0) } + "\n" }
        file +=
            "\n" + key.withLock { Checkpoint(TreeHead(size: size, root: signed), Props.election, $0).text }
        let proof = try? LogProof(Array(file.utf8), election: Props.election)
        must((proof != nil) == (isEntry(extra) && isWhole && first & 2 == 0), "taken: \(proof != nil)")
        if let proof { must(proof.text == file && proof.index == index, "another proof") }
    }

    /// RFC 6962, section 2.1.1, from the leaf up: nil where hashes are wanting.
    private static func root(
        _ leaf: Bytes<32>, _ m: Int, _ n: Int, _ path: inout ArraySlice<Bytes<32>>
    ) -> Bytes<32>? {
        guard n > 1 else { return leaf }
        var k = 1
        while k * 2 < n { k *= 2 }
        let inner = m < k ? root(leaf, m, k, &path) : root(leaf, m - k, n - k, &path)
        guard let inner, let sibling = path.popFirst() else { return nil }
        let both = m < k ? inner.array + sibling.array : sibling.array + inner.array
        return ([1] + both).withBytes { Sodium.sha256($0) }
    }

    private static func leaf(_ extra: [UInt8]) -> Bytes<32> {
        let seal = (Label.logEntry.padded.array + extra[106...]).withBytes { Sodium.sha384($0) }
        return ([0] + extra[..<106] + seal.array).withBytes { Sodium.sha256($0) }
    }

    // MARK: What an entry is

    /// What an event has beside version, type and time, in the order of types
    /// from 1: p pack, v voter, b batch, c count; then bytes of detail.
    private static let has: [(String, Int)] = [
        ("", 32), ("", 0), ("bc", 64), ("bc", 0), ("c", 8), ("pv", 48), ("p", 48), ("p", 32), ("pv", 16),
        ("p", 25),
        ("pv", 16), ("p", 1), ("p", 0), ("bc", 0), ("b", 0), ("", 8), ("", 8), ("", 0),
    ]

    private static let reasons = [
        "", "lost", "spoiled", "stolen", "undelivered", "moved", "deceased", "duplicate", "mistake", "court",
        "other",
    ]

    private static func isEntry(_ extra: [UInt8]) -> Bool {
        guard extra.count >= 122, extra[0] == 1, (1...18).contains(extra[1]) else { return false }
        let (fields, detail) = has[Int(extra[1]) - 1]
        for (field, place) in [("p", 10..<18), ("v", 18..<34), ("b", 34..<38), ("c", 38..<42)]
        where !fields.contains(field) && extra[place].contains(where: { $0 != 0 }) { return false }
        if !planted, extra[(42 + detail)..<106].contains(where: { $0 != 0 }) { return false }
        if fields.contains("p"), !RegisterTarget.isPackNumber(extra[10..<18]) { return false }
        switch extra[1] {
        case 4: if extra[38..<41] != [0, 0, 0] || extra[41] > 1 { return false }
        case 10: if !(1...8).contains(extra[42]) { return false }
        case 12: if !(2...3).contains(extra[42]) { return false }
        default: break
        }
        var rest = extra[122...]
        var notes: [String] = []
        while !rest.isEmpty {
            guard rest.count >= 4 else { return false }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= length, let note = String(validating: rest.prefix(length), as: UTF8.self)
            else { return false }
            notes.append(note)
            rest = rest.dropFirst(length)
        }
        return notes.count == 3 && reasons.contains(notes[0])
    }

    private static let key = Mutex(Props.rehearsal.deskKey())
}
