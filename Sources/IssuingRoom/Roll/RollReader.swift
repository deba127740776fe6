package import Counterfoil

/// Reads a roll: CSV as RFC 4180 has it, from a file of any size, in chunks.
///
/// Values come out byte for byte, in UTF-8: spaces around them, line breaks in
/// them and doubled quotes are preserved. What RFC 4180 leaves open is read as
/// Python's `csv` module reads it in strict mode; where that would guess, the
/// row is a fault, with its line and column. The header names the columns, and
/// every row has as many fields.
///
/// Lines end with CRLF or LF, the last one with or without. Blank lines at the
/// end of the file are passed over. A blank line elsewhere is a fault, unless
/// the roll has one column: then it is an empty value.
package struct RollReader<Source: ByteSource>: ~Copyable {
    /// The names, as the header has them; no two are alike.
    package let columns: [String]
    package let format: RollFormat

    private var input: RollInput<Source>
    private var scan: RollScan
    /// Rows handed out, and whether there was any other.
    private var rowCount = 0
    private var hasFaults = false
    private var isFinished = false
    /// A guess at the bytes of the next chunk: what the last one had.
    private var usualBytes = 0

    /// Reads the header.
    package init(_ source: consuming Source, _ options: RollOptions = RollOptions()) throws(RollFault) {
        var input = RollInput(source, encoding: options.encoding)
        do { try input.fill(from: 0) } catch { throw RollFault(.unreadable(error)) }
        var header = try RollHeader(input.opening, input.bytes, end: input.end, options)
        columns = try header.names(input.bytes, end: input.end)
        format = header.format
        scan = header.scan
        self.input = input
    }

    /// The next rows, or nil after the last. The first fault is thrown, and
    /// nothing can be read after it.
    ///
    /// - Parameter limit: how many rows at most, up to `RollChunk.mostRows`.
    package mutating func next(upTo limit: Int = RollChunk.mostRows) throws(RollFault) -> RollChunk? {
        try next(upTo: limit) { (fault) throws(RollFault) in throw fault }
    }

    /// The next rows, or nil after the last; faults of rows are given to
    /// `onFault`, in the order of the file, and the rows passed over where it
    /// returns. Where it throws, that ends the reading, as a fault of the file
    /// as a whole does.
    ///
    /// Reading goes on after the row, or on the next line where the row's end
    /// is in doubt. After a quote that is out of place that can be the middle
    /// of a row, so that one slip may give several faults: the first is the
    /// one to mend.
    package mutating func next(
        upTo limit: Int = RollChunk.mostRows, onFault: (RollFault) throws(RollFault) -> Void
    ) throws(RollFault) -> RollChunk? {
        precondition(limit > 0)
        guard !isFinished else { return nil }
        do {
            return try chunk(min(limit, RollChunk.mostRows), onFault)
        } catch {
            isFinished = true
            throw error
        }
    }

    private mutating func chunk(
        _ limit: Int, _ onFault: (RollFault) throws(RollFault) -> Void
    ) throws(RollFault) -> RollChunk? {
        var rows = RollRows(columns: columns.count, limit: limit, room: usualBytes)
        while !isFinished, rows.count < limit, rows.used < RollChunk.mostBytes {
            rows.reserve(input.end - scan.place + RollScan.slack)
            switch scan.rows(input.bytes, end: input.end, into: &rows, upTo: limit) {
            case .limit: break
            case .more: try more(onFault)
            case .blankLine: try blankLines(&rows, upTo: limit, onFault)
            case let stop: try passOver(stop, onFault)
            }
        }
        guard rows.count > 0 else {
            if rowCount == 0, !hasFaults { throw RollFault(line: scan.line, .noRows) }
            return nil
        }
        // With room for one more filling of the input it need not grow.
        usualBytes = rows.used + input.bytes.count
        defer { rowCount += rows.count }
        return rows.take(firstRow: rowCount + 1)
    }

    /// The scan has come to the end of the input.
    private mutating func more(_ onFault: (RollFault) throws(RollFault) -> Void) throws(RollFault) {
        if input.isAtEnd, scan.place == input.end {
            isFinished = true
        } else if input.isAtEnd || input.isFull(from: scan.place) {
            try passOver(.more, onFault)
        } else {
            try fill()
        }
    }

    private mutating func fill() throws(RollFault) {
        do {
            try input.fill(from: scan.place)
        } catch {
            throw RollFault(line: scan.line, .unreadable(error))
        }
        scan.place = 0
    }

    /// Tells of the row at `scan.place`, and goes on after it.
    private mutating func passOver(
        _ stop: RollScan.Stop, _ onFault: (RollFault) throws(RollFault) -> Void
    ) throws(RollFault) {
        hasFaults = true
        try onFault(
            scan.fault(stop, input.bytes, encoding: format.encoding, columns: columns.count))
        while !scan.passOver(stop, input.bytes, end: input.end), !input.isAtEnd { try fill() }
    }

    /// There is a blank line at `scan.place`, and perhaps more of them.
    private mutating func blankLines(
        _ rows: inout RollRows, upTo limit: Int, _ onFault: (RollFault) throws(RollFault) -> Void
    ) throws(RollFault) {
        var (lines, next) = scan.blankLines(input.bytes, upTo: .max)
        let isLast = next == input.end || (next == input.end - 1 && input.bytes[next] == 0x0D)
        if isLast, !input.isAtEnd, !input.isFull(from: scan.place) { return try fill() }
        if !isLast, columns.count == 1 {
            (lines, next) = scan.blankLines(input.bytes, upTo: limit - rows.count)
            for i in 0..<lines { rows.appendEmpty(line: scan.line + i) }
        } else if !isLast {
            hasFaults = true
            try onFault(RollFault(line: scan.line, .blankLine))
        }
        scan.place = next
        scan.line += lines
    }
}
