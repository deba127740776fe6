internal import Counterfoil

/// The columns of a roll, found by the names that an officer types.
package struct RollColumns: Sendable {
    /// As the header has them.
    package let names: [String]

    package init(_ names: [String]) { self.names = names }

    /// The place of a column, from 0: the one of exactly this name, else the
    /// only one of this name when case, surrounding blanks and what nobody sees are
    /// left aside.
    package func index(of name: String) throws(RollColumnError) -> Int {
        if let exact = names.firstIndex(of: name) { return exact }
        let wanted = Self.folded(name)
        let alike = names.indices.filter { Self.folded(names[$0]) == wanted }
        if alike.count == 1 { return alike[0] }
        if alike.count > 1 { throw .ambiguous(name, alike: alike.map { names[$0] }) }
        throw .unknown(name, nearest: nearest(to: wanted), columns: names)
    }

    /// The places of several, in the order given.
    package func indices(of names: [String]) throws(RollColumnError) -> [Int] {
        var indices: [Int] = []
        for name in names { indices.append(try index(of: name)) }
        return indices
    }

    /// The name that differs least, unless all are something else altogether.
    private func nearest(to wanted: String) -> String? {
        let letters = Self.letters(wanted)
        guard !letters.isEmpty else { return nil }
        let distances = names.map { Self.distance(letters, Self.letters(Self.folded($0))) }
        guard let least = distances.min(), least <= max(1, letters.count / 3) else { return nil }
        return names[distances.firstIndex(of: least)!]
    }

    /// Without case, blanks of any kind around it, and what nobody sees in it.
    private static func folded(_ name: String) -> String { shown(name).lowercased() }

    /// What somebody reads: without blanks around it and what nobody sees in it.
    private static func shown(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in name.unicodeScalars where !isUnseen(scalar) {
            text.append(scalar.properties.isWhitespace ? " " : scalar)
        }
        var words = Substring(String(text))
        while words.first == " " { words.removeFirst() }
        while words.last == " " { words.removeLast() }
        return String(words)
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .control
    }

    /// Whether a name has a character that nobody sees, or a blank that is no space.
    static func hasUnseen(_ name: String) -> Bool {
        name.unicodeScalars.contains { isUnseen($0) || ($0.properties.isWhitespace && $0 != " ") }
    }

    /// Whether two names that differ are the same to somebody who reads them.
    static func lookAlike(_ a: String, _ b: String) -> Bool {
        !a.isByteForByte(b) && shown(a) == shown(b)
    }

    /// Without what people put between words: `date_of_birth` is Date of birth.
    private static func letters(_ name: String) -> [Character] {
        name.filter { $0.isLetter || $0.isNumber }
    }

    /// How many letters must be put in, left out or exchanged (Levenshtein).
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
