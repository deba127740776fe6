internal import Counterfoil

/// What people put where there is no value.
enum RollPlaceholder {
    /// - Parameter cell: without blanks around it.
    static func isOne(_ bytes: borrowing RawSpan, _ cell: Range<Int>) -> Bool {
        guard cell.count <= 16 else { return false }
        var packed: UInt128 = 0
        for i in cell {
            let byte = bytes.byte(i)
            packed = packed << 8 | UInt128(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        }
        return packedWords.contains(packed)
    }

    private static let words = [
        "-", "--", "---", "\u{2013}", "\u{2014}", "?", "??", "???", ".", "x", "xx", "xxx", "n/a", "n.a.",
        "#n/a", "null", "nil", "none", "unknown", "not known", "not given", "tbc", "tba", "tbd", "0",
        "00", "000",
    ]

    /// A call for each cell of a roll: as numbers they are found without a string.
    private static let packedWords = Set(
        words.map { word in word.utf8.reduce(0 as UInt128) { $0 << 8 | UInt128($1) } })
}
