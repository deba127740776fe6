internal import Counterfoil

/// What an export has done to the text of a cell, and what readers take otherwise.
enum RollCellText {
    /// Calls `found` once for each kind that the cell has.
    @inline(__always)
    static func findings(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, _ found: (RollReport.Finding.Kind) -> Void
    ) {
        // Most cells are plain ASCII without an ampersand.
        guard hasMore(bytes, range) else { return }
        look(bytes, range, found)
    }

    /// Whether there is a byte outside of printable ASCII, or an ampersand.
    @inline(__always)
    private static func hasMore(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool {
        for i in range {
            let byte = bytes.byte(i)
            if byte < 0x20 || byte >= 0x7F || byte == 0x26 { return true }
        }
        return false
    }

    private static func look(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, _ found: (RollReport.Finding.Kind) -> Void
    ) {
        var seen: Set<RollReport.Finding.Kind> = []
        func tell(_ kind: RollReport.Finding.Kind) { if seen.insert(kind).inserted { found(kind) } }
        let text = String(decoding: bytes.extracting(range).array, as: UTF8.self)
        let scalars = Array(text.unicodeScalars)
        for (i, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0xFFFD: tell(.lostLetter)
            case 0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: tell(.lineBreak)
            // A tab is blank to everybody, and a soft hyphen, a joiner and a mark that
            // chooses a form belong to how some words are written.
            case 0x09, 0xAD, 0x200C, 0x200D, 0xFE00...0xFE0F: break
            case 0x00..<0x20, 0x7F..<0xA0: tell(.unseen)
            case 0x26 where isEntity(scalars[(i + 1)...]): tell(.webText)
            case 0xC2...0xC3 where isLeftOver(after: scalar, scalars[(i + 1)...]): tell(.encodedTwice)
            case 0xE2 where isLeftOver(after: scalar, scalars[(i + 1)...]): tell(.encodedTwice)
            default:
                if scalar.value > 0xFF, scalar.properties.isDefaultIgnorableCodePoint { tell(.unseen) }
            }
        }
    }

    /// After an ampersand: `amp;`, `#39;`, `#x27;`.
    private static func isEntity(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let end = rest.prefix(10).firstIndex(of: ";") else { return false }
        let name = String(String.UnicodeScalarView(rest[..<end]))
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            return name.count > 2 && name.dropFirst(2).allSatisfy(\.isHexDigit)
        }
        if name.hasPrefix("#") { return name.count > 1 && name.dropFirst().allSatisfy(\.isNumber) }
        return entities.contains(name.lowercased())
            || (name.count >= 4 && letters.contains { name.hasSuffix($0) } && name.first!.isLetter)
    }

    private static let entities: Set = [
        "amp", "lt", "gt", "quot", "apos", "nbsp", "szlig", "ndash", "mdash", "rsquo", "lsquo", "ldquo",
        "rdquo",
        "hellip", "euro", "pound", "oelig", "aelig",
    ]
    /// How the names of accented letters end: `&eacute;`, `&Ouml;`.
    private static let letters = [
        "acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "slash", "caron",
    ]

    /// Whether two or three characters are the bytes of one, each taken for a character
    /// of windows-1252: `\u{C3}\u{A9}` for `\u{E9}`.
    private static func isLeftOver(after first: Unicode.Scalar, _ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let second = rest.first, isContinuation(second) else { return false }
        if first.value != 0xE2 { return true }
        guard let third = rest.dropFirst().first else { return false }
        return isContinuation(third)
    }

    /// A byte from 0x80 to 0xBF, read as windows-1252 or as ISO 8859-1. A letter after a
    /// capital A with a tilde or a circumflex is no such byte.
    private static func isContinuation(_ scalar: Unicode.Scalar) -> Bool {
        (0x80...0xBF).contains(scalar.value) || windows1252.contains(scalar.value)
    }

    private static let windows1252: Set<UInt32> = [
        0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
        0x017D,
        0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
        0x017E,
        0x0178,
    ]
}
