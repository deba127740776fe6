/// What is between two fields of a row.
public enum RollSeparator: UInt8, Sendable, CaseIterable {
    case comma = 0x2C
    case semicolon = 0x3B
    case tab = 0x09
}

/// How the letters of a roll are written in bytes.
public enum RollEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    /// Western Europe's code page before Unicode. It cannot be told from
    /// UTF-8 by a look at the first rows, so the officer has to say so.
    case windows1252 = "windows-1252"
}

/// How the header ends; rows may differ, and are taken either way.
package enum RollLineEnd: String, Sendable {
    case crlf = "CRLF"
    case lf = "LF"
}

/// How a roll turned out to be written.
package struct RollFormat: Sendable, Equatable {
    package let separator: RollSeparator
    /// Of the file. What the reader hands out is UTF-8 always.
    package let encoding: RollEncoding
    /// Whether the file begins with UTF-8's byte order mark. It is no part of the
    /// first column's name.
    package let hasByteOrderMark: Bool
    package let lineEnd: RollLineEnd
}

/// What the officer says about a roll beforehand.
public struct RollOptions: Sendable {
    /// Nil: the one of the three that is most frequent in the header.
    public var separator: RollSeparator?
    public var encoding: RollEncoding

    public init(separator: RollSeparator? = nil, encoding: RollEncoding = .utf8) {
        self.separator = separator
        self.encoding = encoding
    }
}
