internal import TestSupport

@testable internal import Counterfoil

/// A register: as it comes, where only the one that the issuing room signed may
/// be taken; and with a signature over whatever is in it, judged row by row
/// against plain rules. vectors/README.md, section 12.
///
/// First byte, bit 0: signed; bit 1: pack numbers get their check symbols;
/// bit 2: the rows are put in order. Then the header's last 48 bytes without
/// the count, and rows.
enum RegisterTarget: FuzzTarget {
    static let name = "register"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        guard first & 1 == 1 else {
            let file = Array(input[1...])
            must(rows(of: file) == nil || file == genuine, "a register that nobody signed")
            return
        }
        guard input.count >= 1 + 40 + 97 else { return }
        var rows = stride(from: 41, through: input.count - 97, by: 97).map { Array(input[$0..<$0 + 97]) }
        if first & 2 != 0 { for i in rows.indices { mend(&rows[i]) } }
        if first & 4 != 0 { rows.sort { $0.lexicographicallyPrecedes($1) } }
        var file = Array(genuine[..<72]) + input[1..<41]
        file.appendBigEndian(UInt64(rows.count))
        for row in rows { file += row }
        file = Props.rehearsal.signed(file)

        let found = Self.rows(of: file)
        must((found != nil) == isFit(header: Array(file[72..<112]), rows), "taken: \(found != nil)")
        if let found { must(found == rows, "the rows are not those of the file") }
    }

    /// What a reader takes the rows for, or nil where it refuses.
    private static func rows(of file: [UInt8]) -> [[UInt8]]? {
        do {
            var reader = try RegisterReader(MemoryBytes(file), election: Props.election)
            var rows: [[UInt8]] = []
            while let row = try reader.next() {
                var bytes = Bytes<97>()
                bytes.withMutableBytes { row.write(into: &$0) }
                rows.append(bytes.array)
            }
            must(rows.count == reader.header.count, "other rows than the header says")
            return rows
        } catch {
            return nil
        }
    }

    private static func isFit(header: [UInt8], _ rows: [[UInt8]]) -> Bool {
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

    private static func mend(_ row: inout [UInt8]) {
        for start in [48, 89] where row[start..<start + 8].contains(where: { $0 != 0 }) {
            var symbols = symbols(row[start..<start + 8])
            plain.mend(&symbols, Array(0..<12))
            let value = symbols.reduce(0 as UInt64) {
                $0 << 5 | UInt64(PlainCode.alphabet.firstIndex(of: $1)!)
            }
            for i in 0..<8 { row[start + i] = UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * i)) }
        }
    }

    static let genuine = Props.rehearsal.register("B01", (0..<3).map { Props.rehearsal.pack($0) }).bytes
}
