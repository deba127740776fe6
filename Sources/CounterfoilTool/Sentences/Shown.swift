internal import Counterfoil

/// What somebody else wrote, as a sentence may repeat it: the name of a file, a
/// column, a question, an officer, the words of a database. Every sentence
/// repeats through here.
///
/// Nothing in it moves a terminal's cursor, turns a line around or ends it. A
/// long text loses its middle, so that the name of a file at its end stays. What
/// may be a voting code or hold a password is not repeated at all: people paste
/// into the wrong place, and errors are kept in logs.
func shown(_ text: String, atMost most: Int = 200) -> String {
    if mayHoldCode(text) { return "(not shown: it may be a voting code)" }
    if mayHoldPassword(text) { return "(not shown: it may hold a password)" }
    let scalars = text.unicodeScalars
    guard scalars.count > most else { return VisibleText.of(text) }
    let (start, end) = (scalars.prefix(most / 2), scalars.suffix(most / 2))
    return "\(VisibleText.of(String(start)))\u{2026}\(VisibleText.of(String(end)))"
}

/// The same in quotes, for names that may hold spaces.
func quoted(_ name: String) -> String { "\u{201C}\(shown(name, atMost: 60))\u{201D}" }

/// Whether a text has something of the shape of a code in it: five groups of
/// four symbols one after another, or as many symbols as a code has without a
/// break, digits and letters mixed. Names of files hardly ever look like that;
/// where one does, it is only not repeated.
func mayHoldCode(_ text: String) -> Bool {
    var groups = 0
    var (count, digits, changes) = (0, 0, 0)
    var wasDigit = false
    /// At the end of symbols in a row.
    func endGroup() -> Bool {
        defer { (count, digits, changes) = (0, 0, 0) }
        groups = count == 4 ? groups + 1 : 0
        let isWhole = CodeLength.allCases.contains { $0.symbols == count } && digits > 1 && changes > 3
        return groups == 5 || isWhole
    }
    for scalar in text.unicodeScalars {
        let byte = UInt8(ascii: scalar.isASCII ? scalar : "/")
        if Alphabet.read(byte) >> 8 == 1 {
            let isDigit = (0x30...0x39).contains(byte)
            if count > 0 && isDigit != wasDigit { changes += 1 }
            count += 1
            digits += isDigit ? 1 : 0
            wasDigit = isDigit
        } else {
            if count > 0, endGroup() { return true }
            // Whatever people put between groups.
            let isBetween =
                scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation
                || scalar.properties.isDefaultIgnorableCodePoint || scalar == "_"
            if !isBetween { groups = 0 }
        }
    }
    return count > 0 && endGroup()
}

/// Whether a text has the shape of `user:password@host`, or names a password.
private func mayHoldPassword(_ text: String) -> Bool {
    if text.lowercased().contains("password=") { return true }
    guard let at = text.lastIndex(of: "@") else { return false }
    let scheme = text[..<at].firstRange(of: /[a-z]+:\/+/)?.upperBound ?? text.startIndex
    return text[scheme..<at].contains(":")
}
