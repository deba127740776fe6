internal import Counterfoil

/// The loop that cuts rows into fields: RFC 4180 over bytes in memory.
///
/// Sixteen bytes at a time are read, written to where the field's value goes,
/// and compared with the few bytes that mean something; so finding the end of
/// a field and copying it are one. The loop runs over every byte of the roll,
/// and it alone uses addresses without checking each.
///
/// Why it stays within its bounds, given what `rows` demands at its beginning:
/// - *Reading.* The byte at `end` is NUL, which every step stops at. So no step
///   begins after `end`, and none reads beyond `end + 16`.
/// - *Writing values.* A step writes 16 bytes at `out`, and `out` moves on by no
///   more than `at` does, from `place` to at most `end`. So nothing is written
///   beyond `used + (end - place) + 16`.
/// - *Writing ends and lines.* Fields beyond `columns` are counted, not
///   written; rows are fewer than `limit` whenever one begins.
struct RollScan {
    /// How many bytes there must be after the end of the input, and after the
    /// values.
    static let slack = 32

    /// Why the scan came to rest.
    enum Stop {
        /// There are as many rows as were asked for.
        case limit
        /// The input ends within a row, or where one would begin.
        case more
        // The row at `place` cannot be taken: see `RollFault`.
        case fields, blankLine, strayQuote, textAfterQuote, strayReturn, nul, notUTF8
    }

    let separator: UInt8

    /// Where in the input the next row begins, and on which line.
    var place = 0
    var line = 1

    // About the row at `place` that could not be taken.
    /// Which byte of the input is at fault.
    var faultAt = 0
    /// Where the quote is that was open at the end of the input, or whose
    /// fellow has text after it.
    var openedAt: Int?
    /// How many fields it has.
    private(set) var fieldCount = 0
    /// After the row, where its end was found: for `fields`, `blankLine` and `notUTF8`.
    private(set) var nextPlace = 0
    private(set) var nextLine = 0

    init(separator: RollSeparator, place: Int) {
        self.separator = separator.rawValue
        self.place = place
    }

    /// Adds rows to `rows` until something stops it.
    ///
    /// - Parameter input: bytes up to `end`, a NUL there, and `slack` bytes.
    mutating func rows(_ input: [UInt8], end: Int, into rows: inout RollRows, upTo limit: Int) -> Stop {
        precondition(place >= 0 && place <= end && end <= input.count - Self.slack)
        precondition(input[end] == 0)
        precondition(rows.used >= 0 && rows.bytes.count - rows.used >= end - place + Self.slack)
        precondition(rows.count >= 0 && limit <= rows.lines.count && limit <= RollChunk.mostRows)
        precondition(rows.columns > 0 && rows.columns * limit <= rows.ends.count)
        openedAt = nil
        let columns = rows.columns
        var taken = (used: rows.used, count: rows.count)
        let stop = unsafe input.withUnsafeBytes { input in
            unsafe rows.bytes.withUnsafeMutableBytes { bytes in
                unsafe rows.ends.withUnsafeMutableBufferPointer { ends in
                    unsafe rows.lines.withUnsafeMutableBufferPointer { lines in
                        unsafe scan(
                            input.baseAddress!, to: end, values: bytes.baseAddress!, ends: ends.baseAddress!,
                            columns: columns, lines: lines.baseAddress!, rows: &taken, upTo: limit)
                    }
                }
            }
        }
        (rows.used, rows.count) = taken
        return stop
    }

    private mutating func scan(
        _ input: UnsafeRawPointer, to end: Int, values bytes: UnsafeMutableRawPointer,
        ends: UnsafeMutablePointer<UInt32>, columns: Int, lines: UnsafeMutablePointer<UInt32>,
        rows: inout (used: Int, count: Int), upTo limit: Int
    ) -> Stop {
        var row = Row(at: place, out: rows.used)
        var line = line
        // Where the row begins: what has been taken so far stays taken, and a
        // row that turns out badly leaves no trace.
        var start = row.at
        var used = row.out
        var startLine = line
        var count = rows.count
        var rowEnds = unsafe ends + count * columns
        defer { (place, self.line, rows) = (start, startLine, (used, count)) }
        while count < limit {
            row.fields = 0
            row.seen = Block()
            while true {
                unsafe row.plain(separator, input, values: bytes, ends: rowEnds, columns: columns)
                guard row.byte == 0x22 else { break }
                guard
                    unsafe row.at == start
                        || input.load(fromByteOffset: row.at - 1, as: UInt8.self) == separator
                else { return fault(.strayQuote, row.at) }
                guard
                    unsafe row.quoted(
                        separator, input, values: bytes, ends: rowEnds, columns: columns, lines: &line)
                else {
                    openedAt = row.opened
                    return fault(row.at == end ? .more : .nul, row.at)
                }
                guard row.byte == separator || row.byte == 0x0A || row.byte == 0x0D || row.at == end else {
                    openedAt = row.opened
                    return fault(.textAfterQuote, row.at)
                }
                guard row.byte == separator else { break }
                unsafe row.endField(rowEnds, columns)
            }
            unsafe row.endField(rowEnds, columns)

            // After the byte that ended the row.
            if row.byte == 0x0D {
                guard unsafe input.load(fromByteOffset: row.at, as: UInt8.self) == 0x0A else {
                    return fault(row.at == end ? .more : .strayReturn, row.at - 1)
                }
                row.at &+= 1
            } else if row.byte == 0 {
                return fault(row.at - 1 == end ? .more : .nul, row.at - 1)
            }
            line &+= 1
            if row.fields != columns || row.out == used || row.hasForeign {
                nextPlace = row.at
                nextLine = line
                fieldCount = row.fields
                let text = unsafe RawSpan(_unsafeStart: input + start, byteCount: row.at - start)
                if Self.isBlank(text) { return fault(.blankLine, start) }
                if let bad = UTF8Check.firstFault(text) { return fault(.notUTF8, start + bad) }
                guard row.fields == columns else { return fault(.fields, start) }
            }
            unsafe lines[count] = UInt32(truncatingIfNeeded: startLine)
            count &+= 1
            unsafe rowEnds += columns
            start = row.at
            used = row.out
            startLine = line
        }
        return .limit
    }

    private mutating func fault(_ stop: Stop, _ at: Int) -> Stop {
        faultAt = at
        return stop
    }

    /// Whether the row is a line end and nothing else (and not, say, `""`).
    private static func isBlank(_ row: borrowing RawSpan) -> Bool {
        row.byte(0) == 0x0A || (row.byteCount == 2 && row.byte(0) == 0x0D)
    }
}

private typealias Block = SIMD16<UInt8>

/// How far the scan of one row has come.
///
/// `plain` and `quoted` are functions of their own, and work on a copy, so that their
/// few variables stay in registers.
private struct Row {
    /// In the input, and in the values.
    var at: Int
    var out: Int
    /// How many fields have ended.
    var fields = 0
    /// All bytes of the row or-ed together, and some from after it.
    var seen = Block()
    /// The last opening quote.
    var opened = 0
    /// The byte at `at`, once a scan has come to rest.
    var byte: UInt8 = 0

    /// Copies plain values, and ends those that a separator ends, up to a
    /// quote, CR, LF or NUL.
    @inline(never)
    mutating func plain(
        _ separator: UInt8, _ input: UnsafeRawPointer, values bytes: UnsafeMutableRawPointer,
        ends: UnsafeMutablePointer<UInt32>, columns: Int
    ) {
        let separators = Block(repeating: separator)
        var row = self
        while true {
            guard unsafe row.step(input, bytes, separators) else { continue }
            row.byte = unsafe input.load(fromByteOffset: row.at, as: UInt8.self)
            if row.byte == separator {
                unsafe row.endField(ends, columns)
                continue
            }
            if row.byte == 0x22 || row.byte == 0x0A || row.byte == 0x0D || row.byte == 0 { break }
            // Another control character: the value's own business.
            row.at &+= 1
            row.out &+= 1
        }
        self = row
    }

    /// Copies a value in quotes, and those that follow at once; `at` moves from
    /// the opening quote to after the last closing one. False where NUL comes
    /// first.
    @inline(never)
    mutating func quoted(
        _ separator: UInt8, _ input: UnsafeRawPointer, values bytes: UnsafeMutableRawPointer,
        ends: UnsafeMutablePointer<UInt32>, columns: Int, lines: inout Int
    ) -> Bool {
        let quotes = Block(repeating: 0x22)
        var row = self
        defer { self = row }
        row.opened = row.at
        row.at &+= 1
        while true {
            guard unsafe row.step(input, bytes, quotes) else { continue }
            row.byte = unsafe input.load(fromByteOffset: row.at, as: UInt8.self)
            if row.byte == 0x22 {
                row.at &+= 1
                row.byte = unsafe input.load(fromByteOffset: row.at, as: UInt8.self)
                if row.byte != 0x22 {
                    guard row.byte == separator,
                        unsafe input.load(fromByteOffset: row.at + 1, as: UInt8.self) == 0x22
                    else { return true }
                    unsafe row.endField(ends, columns)
                    row.opened = row.at
                    row.at &+= 1
                    continue
                }
                // Of two quotes the first is written already.
            } else if row.byte == 0x0A {
                lines += 1
            } else if row.byte == 0 {
                return false
            }
            row.at &+= 1
            row.out &+= 1
        }
    }

    /// The field whose value goes up to `out` ends with the byte at `at`.
    @inline(__always)
    mutating func endField(_ ends: UnsafeMutablePointer<UInt32>, _ columns: Int) {
        if fields < columns { unsafe ends[fields] = UInt32(truncatingIfNeeded: out) }
        fields &+= 1
        at &+= 1
    }

    /// Copies up to 16 bytes: to the first that is a quote, a control character
    /// or one of `others`. False where none of them is.
    @inline(__always)
    private mutating func step(
        _ input: UnsafeRawPointer, _ bytes: UnsafeMutableRawPointer, _ others: Block
    ) -> Bool {
        let block = unsafe input.loadUnaligned(fromByteOffset: at, as: Block.self)
        unsafe bytes.storeBytes(of: block, toByteOffset: out, as: Block.self)
        seen |= block
        let hits =
            (block .== others) .| (block .== Block(repeating: 0x22)) .| (block .< Block(repeating: 0x20))
        // Each hit is 0xFF; half of each makes a word. The first byte is lowest
        // because every machine that this runs on is little-endian.
        let pairs = unsafe unsafeBitCast(hits, to: SIMD8<UInt16>.self)
        let word = unsafe unsafeBitCast(SIMD8<UInt8>(truncatingIfNeeded: pairs &>> 4), to: UInt64.self)
        guard word != 0 else {
            at &+= 16
            out &+= 16
            return false
        }
        let count = word.trailingZeroBitCount >> 2
        at &+= count
        out &+= count
        return true
    }

    /// Whether there may be a byte outside ASCII.
    var hasForeign: Bool {
        let halves = unsafe unsafeBitCast(seen, to: SIMD2<UInt64>.self)
        return (halves[0] | halves[1]) & 0x8080_8080_8080_8080 != 0
    }
}
