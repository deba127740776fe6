/// What can be told from a file's first bytes: whether it is a roll, how it is
/// written, and its columns.
struct RollHeader {
    private(set) var format: RollFormat
    /// In front of the first row, once the names have been read.
    private(set) var scan: RollScan

    /// - Parameters:
    ///   - opening: the file's first 64 bytes, or all of them.
    ///   - bytes: up to `end` what the file begins with, in UTF-8.
    init(
        _ opening: [UInt8], _ bytes: [UInt8], end: Int, _ options: RollOptions
    ) throws(RollFault) {
        if let kind = Self.fault(opening, options.encoding) { throw RollFault(kind) }
        let hasMark = opening.starts(with: Self.byteOrderMark)
        var start = hasMark ? Self.byteOrderMark.count : 0
        let told = Self.toldSeparator(bytes[start..<end])
        if let told { start = told.end }
        let record = Self.firstRecord(bytes[start..<end])
        let separator = options.separator ?? told?.separator ?? Self.separator(record)
        format = RollFormat(
            separator: separator, encoding: options.encoding, hasByteOrderMark: hasMark,
            lineEnd: record.suffix(2).first == 0x0D ? .crlf : .lf)
        scan = RollScan(separator: separator, place: start)
        if told != nil { scan.line = 2 }
    }

    /// The names of the columns.
    mutating func names(_ bytes: [UInt8], end: Int) throws(RollFault) -> [String] {
        // A row with one column more than there may be, which never comes whole.
        var row = RollRows(columns: RollRows.mostColumns + 1, limit: 1, room: end + RollScan.slack)
        let stop = scan.rows(bytes, end: end, into: &row, upTo: 1)
        guard stop == .fields, scan.fieldCount < row.columns else {
            if stop == .fields || stop == .limit { throw RollFault(.tooManyColumns) }
            if stop == .blankLine { throw RollFault(.blankHeader) }
            throw scan.fault(stop, bytes, encoding: format.encoding, columns: row.columns)
        }
        var names: [String] = []
        var places: [String: Int] = [:]
        for column in 0..<scan.fieldCount {
            let start = column == 0 ? 0 : Int(row.ends[column - 1])
            let name = String(decoding: row.bytes[start..<Int(row.ends[column])], as: UTF8.self)
            if name.isEmpty || places.updateValue(column, forKey: name) != nil {
                let (line, place) = scan.position(ofField: column, bytes)
                throw RollFault(
                    line: line, column: place, name.isEmpty ? .noName : .repeatedName(name))
            }
            names.append(name)
        }
        scan.passOver(.fields, bytes, end: end)
        return names
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Why the file is no roll at all, or nil.
    private static func fault(_ bytes: [UInt8], _ encoding: RollEncoding) -> RollFault.Kind? {
        if bytes.isEmpty || bytes == byteOrderMark { return .empty }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .workbook }
        if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { return .workbook }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return .utf16 }
        if bytes.starts(with: byteOrderMark), encoding != .utf8 { return .markOfUTF8 }
        return looksLikeUTF16(bytes) ? .utf16 : nil
    }

    /// Whether every second byte, or nearly, is NUL, and none of the others:
    /// Latin letters in UTF-16 without a byte order mark.
    private static func looksLikeUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        var nuls = [0, 0]
        for (i, byte) in bytes.enumerated() where byte == 0 { nuls[i & 1] += 1 }
        return min(nuls[0], nuls[1]) == 0 && max(nuls[0], nuls[1]) * 4 >= bytes.count
    }

    /// What a first line `sep=;` says, which some spreadsheets write and read. It is no
    /// part of the table.
    private static func toldSeparator(
        _ bytes: ArraySlice<UInt8>
    ) -> (separator: RollSeparator, end: Int)? {
        var line = bytes[..<(bytes.firstIndex(of: 0x0A) ?? bytes.startIndex)]
        let end = line.endIndex + 1
        if line.last == 0x0D { line.removeLast() }
        if line.count == 7, line.first == 0x22, line.last == 0x22 { line = line.dropFirst().dropLast() }
        guard line.count == 5, line.starts(with: Array("sep=".utf8)), let byte = line.last,
            let separator = RollSeparator(rawValue: byte)
        else { return nil }
        return (separator, end)
    }

    /// Up to and with the first LF outside quotes.
    private static func firstRecord(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        for (i, byte) in zip(bytes.indices, bytes) {
            if byte == 0x22 { isQuoted.toggle() }
            if byte == 0x0A, !isQuoted { return bytes[...i] }
        }
        return bytes
    }

    /// The candidate that is most frequent outside quotes; the comma where
    /// none does.
    private static func separator(_ record: ArraySlice<UInt8>) -> RollSeparator {
        var counts: [RollSeparator: Int] = [:]
        var isQuoted = false
        for byte in record {
            if byte == 0x22 { isQuoted.toggle() }
            if !isQuoted, let candidate = RollSeparator(rawValue: byte) { counts[candidate, default: 0] += 1 }
        }
        var best = RollSeparator.comma
        for candidate in RollSeparator.allCases where counts[candidate, default: 0] > counts[best, default: 0]
        {
            best = candidate
        }
        return best
    }
}
