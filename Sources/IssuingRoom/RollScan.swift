internal import Counterfoil

/// The loop that cuts rows into fields: RFC 4180 over bytes in memory.
///
/// Sixteen bytes at a time are read, written to where the field's value goes,
/// and compared with the few bytes that mean something; so finding the end of
/// a field and copying it are one. The loop runs over every byte of the roll,
/// and it alone uses addresses without checking each.
///
/// Why it stays within its bounds, given what `rows` demands at its beginning:
/// - *Reading.* The byte at `end` is NUL and NUL always stops a block. So no
///   step begins behind `end`, and none reads beyond `end + 16`.
/// - *Writing values.* Each step writes 16 bytes at `out`, and moves `out` on
///   by no more than it moves `at`, from `place` to at most `end`. So nothing is
///   written beyond `used + (end - place) + 16`.
/// - *Writing ends and lines.* Fields beyond `columns` are counted, not
///   written; rows are fewer than `limit` whenever a row begins.
struct RollScan {
    /// How many bytes there must be behind the end of the input, and behind
    /// the last byte of a value.
    static let slack = 32

    /// Why the scan came to rest.
    enum Stop {
        /// There are as many rows as were asked for.
        case limit
        /// The input ends within a row, or where one would begin.
        case more
        // The row at `place` cannot be taken: see `RollFault`.
        case fields, blankLine, strayQuote, textBehindQuote, strayReturn, nul, notUTF8
    }

    let separator: UInt8

    /// Where in the input the next row begins, and on which line.
    var place = 0
    var line = 1

    // About the row at `place` that could not be taken.
    /// Which byte of the input is at fault.
    var faultAt = 0
    /// Where the quote stands that was open at the end of the input, or whose
    /// fellow text stands behind.
    var openedAt: Int?
    /// How many fields it has.
    private(set) var fieldCount = 0
    /// Behind the row, where its end was found: for `fields`, `blankLine` and `notUTF8`.
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
        var count = rows.count
        var used = rows.used
        let stop = unsafe input.withUnsafeBytes { input in
            unsafe rows.bytes.withUnsafeMutableBytes { bytes in
                unsafe rows.ends.withUnsafeMutableBufferPointer { ends in
                    unsafe rows.lines.withUnsafeMutableBufferPointer { lines in
                        unsafe scan(
                            input.baseAddress!, end, bytes.baseAddress!, &used, ends.baseAddress!, columns,
                            lines.baseAddress!, &count, limit)
                    }
                }
            }
        }
        rows.count = count
        rows.used = used
        return stop
    }

    private mutating func scan(
        _ input: UnsafeRawPointer, _ end: Int, _ bytes: UnsafeMutableRawPointer, _ used: inout Int,
        _ ends: UnsafeMutablePointer<UInt32>, _ columns: Int, _ lines: UnsafeMutablePointer<UInt32>,
        _ count: inout Int, _ limit: Int
    ) -> Stop {
        let separator = separator
        let separators = Block(repeating: separator)
        let quotes = Block(repeating: 0x22)
        var at = place
        var out = used
        var line = line
        while count < limit {
            // What has been taken so far stays taken; a row that turns out
            // badly leaves no trace.
            place = at
            used = out
            self.line = line
            let rowEnds = unsafe ends + count * columns
            var fields = 0
            var seen = Block()
            var byte: UInt8
            repeat {
                let start = at
                // Up to the first byte that ends a plain value.
                while true {
                    let block = unsafe input.loadUnaligned(fromByteOffset: at, as: Block.self)
                    unsafe bytes.storeBytes(of: block, toByteOffset: out, as: Block.self)
                    seen |= block
                    let step = Self.firstHit(block, separators)
                    at &+= step
                    out &+= step
                    guard step < 16 else { continue }
                    byte = unsafe input.load(fromByteOffset: at, as: UInt8.self)
                    if byte == separator || byte == 0x0A || byte == 0x0D || byte == 0x22 || byte == 0 { break }
                    // Another control character: a value's own business.
                    at &+= 1
                    out &+= 1
                }
                if byte == 0x22 {
                    guard at == start else { return fault(.strayQuote, at) }
                    at &+= 1
                    // Up to the closing quote.
                    while true {
                        let block = unsafe input.loadUnaligned(fromByteOffset: at, as: Block.self)
                        unsafe bytes.storeBytes(of: block, toByteOffset: out, as: Block.self)
                        seen |= block
                        let step = Self.firstHit(block, quotes)
                        at &+= step
                        out &+= step
                        guard step < 16 else { continue }
                        byte = unsafe input.load(fromByteOffset: at, as: UInt8.self)
                        if byte == 0x22 {
                            at &+= 1
                            guard unsafe input.load(fromByteOffset: at, as: UInt8.self) == 0x22 else { break }
                            // Of two quotes the first is written already.
                        } else if byte == 0x0A {
                            line += 1
                        } else if byte == 0 {
                            openedAt = start
                            return fault(at == end ? .more : .nul, at)
                        }
                        at &+= 1
                        out &+= 1
                    }
                    byte = unsafe input.load(fromByteOffset: at, as: UInt8.self)
                    guard byte == separator || byte == 0x0A || byte == 0x0D || at == end else {
                        openedAt = start
                        return fault(.textBehindQuote, at)
                    }
                }
                if fields < columns { unsafe rowEnds[fields] = UInt32(truncatingIfNeeded: out) }
                fields &+= 1
                at &+= 1
            } while byte == separator

            // Behind the byte that ended the last field.
            if byte == 0x0D {
                guard unsafe input.load(fromByteOffset: at, as: UInt8.self) == 0x0A else {
                    return fault(at == end ? .more : .strayReturn, at - 1)
                }
                at &+= 1
            } else if byte == 0 {
                return fault(at - 1 == end ? .more : .nul, at - 1)
            }
            line += 1
            nextPlace = at
            nextLine = line
            fieldCount = fields
            if out == used, fields == 1, unsafe isBlank(input, at) { return fault(.blankLine, place) }
            if (seen .>= 0x80) != .init(repeating: false), let bad = unsafe firstBadByte(input, at) {
                return fault(.notUTF8, bad)
            }
            guard fields == columns else { return fault(.fields, place) }
            unsafe lines[count] = UInt32(clamping: self.line)
            count += 1
        }
        place = at
        used = out
        self.line = line
        return .limit
    }

    private mutating func fault(_ stop: Stop, _ at: Int) -> Stop {
        faultAt = at
        return stop
    }

    /// Whether the row is a line end and nothing else (and not, say, `""`).
    private func isBlank(_ input: UnsafeRawPointer, _ next: Int) -> Bool {
        let first = unsafe input.load(fromByteOffset: place, as: UInt8.self)
        return first == 0x0A || (first == 0x0D && next == place + 2)
    }

    /// Of a row that is not all ASCII.
    private func firstBadByte(_ input: UnsafeRawPointer, _ next: Int) -> Int? {
        let row = unsafe RawSpan(_unsafeStart: input + place, byteCount: next - place)
        return UTF8Check.firstFault(row).map { place + $0 }
    }

    private typealias Block = SIMD16<UInt8>

    /// Which byte is the first that is a quote, a control character, or one of
    /// `others`; 16 where none is.
    @inline(__always)
    private static func firstHit(_ block: Block, _ others: Block) -> Int {
        let hits = (block .== others) .| (block .== Block(repeating: 0x22)) .| (block .< Block(repeating: 0x20))
        // A mask has 0xFF for each hit, the first byte lowest: every machine
        // that this runs on is little-endian.
        let halves = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
        if halves[0] != 0 { return halves[0].trailingZeroBitCount >> 3 }
        return 8 + halves[1].trailingZeroBitCount >> 3
    }
}
