/// Where a fault is, and where to go on: worked out only once there is one, so
/// that rows without fault pay nothing for it.
extension RollScan {
    /// What `stop` says about the row at `place`.
    func fault(_ stop: Stop, _ bytes: [UInt8], encoding: RollEncoding, columns: Int) -> RollFault {
        let kind: RollFault.Kind
        switch stop {
        case .notUTF8 where encoding == .windows1252: kind = .notWindows1252(bytes[faultAt])
        case .notUTF8: kind = .notUTF8(bytes[faultAt])
        case .textAfterQuote:
            let (line, column) = position(of: openedAt!, bytes)
            kind = .textAfterQuote(openedLine: line, openedColumn: column)
        case .strayQuote: kind = .strayQuote
        case .strayReturn: kind = .strayReturn
        case .nul: kind = .nul
        case .blankLine: kind = .blankLine
        case .more: kind = openedAt == nil ? .rowTooLong : .unclosedQuote
        case .fields, .limit: kind = .fields(found: fieldCount, expected: columns)
        }
        let (line, column) = position(of: offender(stop), bytes)
        return RollFault(line: line, column: column, kind)
    }

    /// Goes to the end of the row at `place`, or to the next line where the row's end
    /// is in doubt. False where that is not in the input: then again with more.
    @discardableResult
    mutating func passOver(_ stop: Stop, _ bytes: [UInt8], end: Int) -> Bool {
        switch stop {
        case .fields, .notUTF8:
            place = nextPlace
            line = nextLine
            return true
        default:
            let offender = offender(stop)
            // Should there be a next time, it begins at the front.
            defer {
                faultAt = 0
                openedAt = openedAt.map { _ in 0 }
            }
            while place < end {
                let isLineEnd = bytes[place] == 0x0A
                if isLineEnd { line += 1 }
                place += 1
                if isLineEnd, place > offender { return true }
            }
            return false
        }
    }

    /// How many blank lines there are from `place` on, and where they end.
    func blankLines(_ bytes: [UInt8], upTo most: Int) -> (count: Int, next: Int) {
        var count = 0
        var at = place
        while count < most {
            if bytes[at] == 0x0A {
                at += 1
            } else if bytes[at] == 0x0D, bytes[at + 1] == 0x0A {
                at += 2
            } else {
                break
            }
            count += 1
        }
        return (count, at)
    }

    /// Line and column of a byte of the row at `place`.
    func position(of offset: Int, _ bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = line
        var column = 1
        for byte in bytes[place..<offset] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }

    /// Line and column where a field of the row at `place` begins.
    func position(ofField field: Int, _ bytes: [UInt8]) -> (line: Int, column: Int) {
        var at = place
        var left = field
        var isQuoted = false
        while left > 0 {
            if bytes[at] == 0x22 { isQuoted.toggle() }
            if bytes[at] == separator, !isQuoted { left -= 1 }
            at += 1
        }
        return position(of: at, bytes)
    }

    /// The byte to point at.
    private func offender(_ stop: Stop) -> Int {
        stop == .more ? openedAt ?? place : faultAt
    }
}
