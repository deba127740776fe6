/// What is wrong with a roll, and where.
public struct RollFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line of the file, from 1. A line ends with LF or CRLF, inside
    /// quotes too; so a row can take several.
    public let line: Int
    /// The character (Unicode scalar) of that line, from 1. A byte order mark
    /// does not count.
    public let column: Int
    public let kind: Kind

    public enum Kind: Equatable, Sendable {
        // The file as a whole.
        /// The file could not be read; the text says why.
        case unreadable(String)
        case empty
        case noRows
        /// A workbook of a spreadsheet program, .xlsx, .ods or .xls.
        case workbook
        case utf16
        /// Said to be windows-1252, but UTF-8's byte order mark stands in front.
        case markOfUTF8

        // The header.
        case blankHeader
        case noName
        case repeatedName(String)
        case tooManyColumns

        // Bytes that cannot stand where they stand.
        case notUTF8(UInt8)
        /// One of the five bytes that windows-1252 does not use.
        case notWindows1252(UInt8)
        case nul
        /// A carriage return, outside quotes, that no line feed follows.
        case strayReturn
        /// A quote inside a field that does not begin with one.
        case strayQuote
        /// Something between a closing quote and the next separator. The
        /// quote that was closed stands at this line and column.
        case textBehindQuote(openedLine: Int, openedColumn: Int)
        /// A quote without its fellow; the fault stands where it opens.
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

    /// Where it is, what it is and what to do, in one line.
    public var description: String {
        switch kind {
        case .unreadable, .empty, .noRows, .workbook, .utf16, .markOfUTF8: advice
        case .fields, .blankLine, .rowTooLong: "line \(line): \(advice)"
        default: "line \(line), column \(column): \(advice)"
        }
    }

    private var advice: String {
        switch kind {
        case .unreadable(let why): why
        case .empty: "the roll is empty; export it again"
        case .noRows: "the roll has a header but no rows; export it again"
        case .workbook:
            "this is a spreadsheet's workbook, not a CSV file; open it and save it as \u{201C}CSV UTF-8\u{201D}"
        case .utf16: "the roll is written in UTF-16; save it as \u{201C}CSV UTF-8\u{201D}"
        case .markOfUTF8:
            "the roll begins with the mark of UTF-8, so it is not windows-1252; do not give an encoding"
        case .blankHeader: "the first line is blank; it has to name the columns"
        case .noName:
            "a column has no name; name it in the header, or delete it if it is empty"
        case .repeatedName(let name):
            "there are two columns \(RollText.quoted(name)); rename one of them in the header"
        case .tooManyColumns:
            "there are more than \(RollRows.mostColumns) columns; delete those that nobody needs"
        case .notUTF8(let byte):
            "the byte 0x\(RollText.hex(byte)) is not UTF-8; save the roll as \u{201C}CSV UTF-8\u{201D}, or give its encoding if it is windows-1252"
        case .notWindows1252(let byte):
            "the byte 0x\(RollText.hex(byte)) does not exist in windows-1252; save the roll as \u{201C}CSV UTF-8\u{201D}"
        case .nul: "a NUL byte; the file is damaged, or no text: export it again"
        case .strayReturn:
            "a carriage return alone; end lines with CRLF or LF, and quote a value that holds a line break"
        case .strayQuote:
            "a quote inside a value that does not begin with one; put the whole value in quotes and double the quotes inside"
        case .textBehindQuote(let line, let column):
            "text behind a closing quote, which was opened at line \(line), column \(column); close that one, or double the quotes inside the value"
        case .unclosedQuote: "a quote is opened here and never closed; close it behind the value"
        case .fields(let found, let expected):
            "\(found) \(found == 1 ? "field" : "fields") instead of \(expected); look for a separator or a line break inside a value without quotes"
        case .blankLine: "a blank line between rows; delete it, or restore the row that stood here"
        case .rowTooLong: "a row of more than a mebibyte; end lines with CRLF or LF"
        }
    }
}

/// Words of a roll as a message may show them.
enum RollText {
    /// In quotes, at most 60 characters, without anything that could move a
    /// terminal's cursor or end the line.
    static func quoted(_ name: String) -> String {
        var text = ""
        for (i, scalar) in name.unicodeScalars.enumerated() {
            guard i < 60 else { return "\u{201C}\(text)\u{2026}\u{201D}" }
            text.unicodeScalars.append(isPlain(scalar) ? scalar : "\u{FFFD}")
        }
        return "\u{201C}\(text)\u{201D}"
    }

    static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}
