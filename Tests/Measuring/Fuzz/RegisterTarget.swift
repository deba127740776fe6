internal import TestSupport

@testable internal import Counterfoil

/// A register: as it comes, where only the one that the issuing room signed may
/// be taken; and with a signature over whatever is in it, judged row by row
/// against plain rules. vectors/README.md, section 12.
///
/// First byte, bit 0: signed; bit 1: pack numbers get their check symbols;
/// bit 2: rows and pairs are put in order. Then how many pairs there are (at most
/// 16), the pairs, the header's bytes between the election and the counts, and rows.
enum RegisterTarget: FuzzTarget {
    static let name = "register"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        guard first & 1 == 1 else {
            let file = Array(input[1...])
            must(
                content(of: file) == nil || file == genuine || file == genuineWithPair,
                "a register that nobody signed")
            return
        }
        guard input.count >= 2 else { return }
        let header = 2 + 16 * Int(input[1] % 17)
        guard input.count >= header + 40 + 97 else { return }
        var pairs = stride(from: 2, to: header, by: 16).map { Array(input[$0..<$0 + 16]) }
        var rows = stride(from: header + 40, through: input.count - 97, by: 97).map {
            Array(input[$0..<$0 + 97])
        }
        if first & 2 != 0 {
            for i in rows.indices { mend(&rows[i], at: [48, 89]) }
            for i in pairs.indices { mend(&pairs[i], at: [0, 8]) }
        }
        if first & 4 != 0 {
            rows.sort { $0.lexicographicallyPrecedes($1) }
            pairs.sort { swapped($0).lexicographicallyPrecedes(swapped($1)) }
        }
        var file = Array(genuine[..<72]) + input[header..<header + 40]
        file.appendBigEndian(UInt64(rows.count))
        file.appendBigEndian(UInt64(pairs.count))
        for piece in rows + pairs { file += piece }
        file = Props.rehearsal.signed(file)

        let found = content(of: file)
        must((found != nil) == isFit(header: Array(file[72..<112]), rows, pairs), "taken: \(found != nil)")
        if let found { must(found == rows + pairs, "the rows and pairs are not those of the file") }
    }

    /// A pair as it is ordered: by the pack that is cancelled.
    private static func swapped(_ pair: [UInt8]) -> [UInt8] { Array(pair[8...] + pair[..<8]) }

    /// What a reader takes rows and pairs for, or nil where it refuses.
    private static func content(of file: [UInt8]) -> [[UInt8]]? {
        do {
            var reader = try RegisterReader(MemoryBytes(file), election: Props.election)
            var rows: [[UInt8]] = []
            while let row = try reader.next() {
                var bytes = Bytes<97>()
                bytes.withMutableBytes { row.write(into: &$0) }
                rows.append(bytes.array)
            }
            must(rows.count == reader.header.count, "other rows than the header says")
            while let pair = try reader.nextPair() { rows.append(pair.bytes.array) }
            must(rows.count == reader.header.count + reader.header.pairs, "other pairs than it says")
            return rows
        } catch {
            return nil
        }
    }

    private static func isFit(header: [UInt8], _ rows: [[UInt8]], _ pairs: [[UInt8]]) -> Bool {
        let name = header[..<32].prefix { $0 != 0 }
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        guard let initial = name.first, name.count <= 31, letters.contains(initial),
            name.allSatisfy({ letters.contains($0) || "._-".utf8.contains($0) }),
            header[name.count..<32].allSatisfy({ $0 == 0 }), planted || header[33...].allSatisfy({ $0 == 0 }),
            (1...3).contains(header[32])
        else { return false }
        for (i, row) in rows.enumerated() {
            if i > 0, !rows[i - 1][..<16].lexicographicallyPrecedes(row[..<16]) { return false }
            guard header[32] == 2 ? row[88] == 3 : row[88] == 1 || row[88] == 2 else { return false }
            let hasReplaced = row[89...].contains { $0 != 0 }
            guard hasReplaced == (header[32] == 3), isPackNumber(row[48..<56]),
                !hasReplaced || isPackNumber(row[89..<97])
            else { return false }
        }
        guard pairs.isEmpty || header[32] != 2 else { return false }
        for (i, pair) in pairs.enumerated() {
            if i > 0, !swapped(pairs[i - 1]).lexicographicallyPrecedes(swapped(pair)) { return false }
            guard isPackNumber(pair[..<8]), isPackNumber(pair[8...]), pair[..<8] != pair[8...] else {
                return false
            }
        }
        return true
    }

    private static let plain = PlainCode(12, Props.election.constant.bits)

    private static func symbols(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let value = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return (0..<12).map { PlainCode.alphabet[Int(value >> (55 - 5 * UInt64($0)) & 31)] }
    }

    static func isPackNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes[bytes.startIndex] < 0x10 && plain.read(symbols(bytes)).groups == nil
    }

    private static func mend(_ row: inout [UInt8], at places: [Int]) {
        for start in places where row[start..<start + 8].contains(where: { $0 != 0 }) {
            var symbols = symbols(row[start..<start + 8])
            plain.mend(&symbols, Array(0..<12))
            let value = symbols.reduce(0 as UInt64) {
                $0 << 5 | UInt64(PlainCode.alphabet.firstIndex(of: $1)!)
            }
            for i in 0..<8 { row[start + i] = UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * i)) }
        }
    }

    private static let packs = (0..<3).map { Props.rehearsal.pack($0) }
    static let genuine = Props.rehearsal.register("B01", packs).bytes
    private static let genuineWithPair = Props.rehearsal.register(
        "B01", packs, pairs: [(packs[0], packs[1])]
    ).bytes
}
