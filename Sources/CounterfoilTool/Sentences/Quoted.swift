/// A name that somebody else wrote, as a line on a terminal may show it.
///
/// In quotes, at most 60 characters, without anything that could move a
/// terminal's cursor or end the line.
func quoted(_ name: String) -> String {
    var text = ""
    for (i, scalar) in name.unicodeScalars.enumerated() {
        guard i < 60 else { return "\u{201C}\(text)\u{2026}\u{201D}" }
        text.unicodeScalars.append(isPlain(scalar) ? scalar : "\u{FFFD}")
    }
    return "\u{201C}\(text)\u{201D}"
}

/// A voter id in which everything can be seen: what a terminal does not show, or shows
/// as a space, is written as `<U+00A0>`.
func shown(_ voter: String) -> String {
    var text = ""
    for scalar in voter.unicodeScalars {
        if isPlain(scalar) && (scalar == " " || !scalar.properties.isWhitespace)
            && !scalar.properties.isDefaultIgnorableCodePoint
        {
            text.unicodeScalars.append(scalar)
        } else {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            text += "<U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + ">"
        }
    }
    return text
}

private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
    default: true
    }
}
