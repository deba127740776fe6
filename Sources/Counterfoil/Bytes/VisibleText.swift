/// Text that somebody else wrote, made fit to be shown.
///
/// Some characters show nothing, or steer what shows them: controls, both sorts,
/// marks that turn a line around, characters without width, ends of lines, and
/// spaces that only look like one. In their place is `\u{202E}`, with the number
/// that Unicode gives them.
package enum VisibleText {
    /// Whether a character shows as itself.
    package static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            return false
        default:
            return !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// - Parameter kept: characters that stay as they are all the same.
    package static func of(_ text: String, keeping kept: Set<Unicode.Scalar> = []) -> String {
        let isFine = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        guard !isFine else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            if isPlain(scalar) || kept.contains(scalar) {
                out.unicodeScalars.append(scalar)
            } else {
                out += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return out
    }
}
