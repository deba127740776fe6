/// How the print file is laid out: CSV (RFC 4180), UTF-8, lines ending CRLF.
public struct PrintLayout: Sendable {
    public var separator = RollSeparator.comma
    /// For printers whose software takes UTF-8 for windows-1252 without it.
    public var byteOrderMark = false
    /// Line breaks within a printed value become one space.
    public var flatten = false
    /// A column `link`: this text and then the code, for a QR code. Ends
    /// with `#`, so that a browser never sends the code to a server, and holds
    /// nothing that CSV would have to quote.
    public var link: String?
    /// Into so many files, for as many production lines.
    public var parts = 1

    public init() {}

    /// What is wrong with a link.
    public enum LinkFault: Sendable {
        /// It does not end with `#`, so that a browser would send the code away.
        case noFragment
        /// It holds quotes, commas, semicolons, spaces or control characters.
        case needsEscapes
    }

    /// What is wrong with the link, if anything is.
    package var linkFault: LinkFault? {
        guard let link else { return nil }
        guard link.utf8.last == 0x23 else { return .noFragment }
        let marks: Set<Unicode.Scalar> = ["\"", ",", ";"]
        let isPlain = link.unicodeScalars.allSatisfy {
            !marks.contains($0) && !$0.properties.isWhitespace
                && ![.control, .format].contains($0.properties.generalCategory)
        }
        return isPlain ? nil : .needsEscapes
    }

    /// The columns in front of the printed ones.
    var ownColumns: [String] { ["sequence", "pack", "code"] + (link == nil ? [] : ["link"]) }
}
