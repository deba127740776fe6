internal import IssuingRoom

extension RollFault: Explained {
    /// Where it is, what it is and what to do, in one line.
    var sentence: String {
        switch kind {
        case .unreadable, .empty, .noRows, .workbook, .utf16, .markOfUTF8: advice
        case .fields, .blankLine, .rowTooLong: "line \(line): \(advice)"
        default: "line \(line), column \(column): \(advice)"
        }
    }

    private var advice: String {
        switch kind {
        case .unreadable(let error): error.sentence
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
            "there are two columns \(quoted(name)); rename one of them in the header"
        case .tooManyColumns:
            "there are more than \(RollFault.mostColumns) columns; delete those that nobody needs"
        case .notUTF8(let byte):
            "the byte 0x\(hexadecimal(byte)) is not UTF-8; save the roll as \u{201C}CSV UTF-8\u{201D}, or give its encoding if it is windows-1252"
        case .notWindows1252(let byte):
            "the byte 0x\(hexadecimal(byte)) does not exist in windows-1252; save the roll as \u{201C}CSV UTF-8\u{201D}"
        case .nul: "a NUL byte; the file is damaged, or no text: export it again"
        case .strayReturn:
            "a carriage return alone; end lines with CRLF or LF, and quote a value that holds a line break"
        case .strayQuote:
            "a quote inside a value that does not begin with one; put the whole value in quotes and double the quotes inside"
        case .textAfterQuote(let line, let column):
            "text after a closing quote, which was opened at line \(line), column \(column); close that one, or double the quotes inside the value"
        case .unclosedQuote: "a quote is opened here and never closed; close it after the value"
        case .fields(let found, let expected):
            "\(found) \(found == 1 ? "field" : "fields") instead of \(expected); look for a separator or a line break inside a value without quotes"
        case .blankLine: "a blank line between rows; delete it, or restore the row that was here"
        case .rowTooLong: "a row of more than a mebibyte; end lines with CRLF or LF"
        }
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "0" + digits : digits
}
