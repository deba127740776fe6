public import Counterfoil

/// What is wrong with a roll, and where.
public struct RollFault: Error, Equatable, Sendable {
    /// The line of the file, from 1. A line ends with LF or CRLF, inside
    /// quotes too; so a row can take several.
    public let line: Int
    /// The character (Unicode scalar) of that line, from 1. A byte order mark
    /// does not count.
    public let column: Int
    public let kind: Kind

    /// The most columns that a roll may have.
    package static let mostColumns = RollRows.mostColumns

    public enum Kind: Equatable, Sendable {
        // The file as a whole.
        /// The file could not be read.
        case unreadable(StreamError)
        case empty
        case noRows
        /// A workbook of a spreadsheet program, .xlsx, .ods or .xls.
        case workbook
        case utf16
        /// Said to be windows-1252, but the file begins with UTF-8's byte order mark.
        case markOfUTF8

        // The header.
        case blankHeader
        case noName
        case repeatedName(String)
        case tooManyColumns

        // Bytes that cannot be where they are.
        case notUTF8(UInt8)
        /// One of the five bytes that windows-1252 does not use.
        case notWindows1252(UInt8)
        case nul
        /// A carriage return, outside quotes, that no line feed follows.
        case strayReturn
        /// A quote inside a field that does not begin with one.
        case strayQuote
        /// Something between a closing quote and the next separator. The
        /// quote that was closed is at this line and column.
        case textAfterQuote(openedLine: Int, openedColumn: Int)
        /// A quote without its fellow; the fault is where it opens.
        case unclosedQuote

        // Rows.
        case fields(found: Int, expected: Int)
        case blankLine
        /// A row of more than a mebibyte.
        case rowTooLong
    }

    public init(line: Int = 1, column: Int = 1, _ kind: Kind) {
        self.line = line
        self.column = column
        self.kind = kind
    }
}
