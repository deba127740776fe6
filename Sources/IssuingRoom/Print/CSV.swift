internal import Counterfoil

/// Writing a field as RFC 4180 has it: quoted only where it must be.
enum CSV {
    /// Writes the value and returns how many bytes it took, at most twice its
    /// own and two.
    static func write(
        _ value: borrowing RawSpan, separator: UInt8, flatten: Bool, into out: inout MutableRawSpan,
        at offset: Int
    ) -> Int {
        let isQuoted = needsQuotes(value, separator)
        guard flatten, breaksLines(value) else { return write(value, isQuoted, into: &out, at: offset) }
        // The quotes stay.
        return flat(value).withBytes { write($0, isQuoted, into: &out, at: offset) }
    }

    private static func write(
        _ value: borrowing RawSpan, _ isQuoted: Bool, into out: inout MutableRawSpan, at offset: Int
    ) -> Int {
        guard isQuoted else {
            out.copy(value, at: offset)
            return value.byteCount
        }
        var place = offset
        func put(_ byte: UInt8, _ out: inout MutableRawSpan) {
            out.put(byte, at: place)
            place += 1
        }
        put(0x22, &out)
        for i in 0..<value.byteCount {
            let byte = value.byte(i)
            if byte == 0x22 { put(0x22, &out) }
            put(byte, &out)
        }
        put(0x22, &out)
        return place - offset
    }

    /// With one space for each run of line breaks.
    private static func flat(_ value: borrowing RawSpan) -> [UInt8] {
        var flat: [UInt8] = []
        flat.reserveCapacity(value.byteCount)
        var i = 0
        var breaking = false
        while i < value.byteCount {
            let length = lineBreak(value, at: i)
            if length == 0 {
                flat.append(value.byte(i))
                i += 1
            } else {
                if !breaking { flat.append(0x20) }
                i += length
            }
            breaking = length > 0
        }
        return flat
    }

    private static func breaksLines(_ value: borrowing RawSpan) -> Bool {
        for i in 0..<value.byteCount where lineBreak(value, at: i) > 0 { return true }
        return false
    }

    /// How many bytes a character takes that some reader takes for the end of a line: LF,
    /// VT, FF, CR, U+0085, U+2028, U+2029. Zero where there is none.
    @inline(__always)
    private static func lineBreak(_ value: borrowing RawSpan, at i: Int) -> Int {
        switch value.byte(i) {
        case 0x0A...0x0D: 1
        case 0xC2 where i + 1 < value.byteCount && value.byte(i + 1) == 0x85: 2
        case 0xE2 where i + 2 < value.byteCount && value.byte(i + 1) == 0x80 && value.byte(i + 2) | 1 == 0xA9:
            3
        default: 0
        }
    }

    /// Appends the value, quoted where it must be.
    static func append(
        _ value: borrowing RawSpan, separator: UInt8, flatten: Bool = false, to bytes: inout [UInt8]
    ) {
        guard flatten || needsQuotes(value, separator) else { return bytes.append(value) }
        var quoted = [UInt8](repeating: 0, count: 2 * value.byteCount + 2)
        let count = quoted.withMutableBytes { out in
            write(value, separator: separator, flatten: flatten, into: &out, at: 0)
        }
        bytes += quoted[..<count]
    }

    @inline(__always)
    private static func needsQuotes(_ value: borrowing RawSpan, _ separator: UInt8) -> Bool {
        let count = value.byteCount
        // Eight bytes at a time, the last eight perhaps twice.
        guard count < 8 else {
            for i in stride(from: 0, to: count - 8, by: 8) where breaks(value.u64(i), separator) {
                return true
            }
            return breaks(value.u64(count - 8), separator)
        }
        guard count < 4 else {
            return breaks(UInt64(value.u32(0)) << 32 | UInt64(value.u32(count - 4)), separator)
        }
        for i in 0..<count where breaks(0x0101_0101_0101_0101 &* UInt64(value.byte(i)), separator) {
            return true
        }
        return false
    }

    /// Whether one of the eight bytes is a quote, a line end or a separator.
    @inline(__always)
    private static func breaks(_ word: UInt64, _ separator: UInt8) -> Bool {
        has(word, 0x22) | has(word, 0x0A) | has(word, 0x0D) | has(word, separator) != 0
    }

    /// Not zero where one of the eight bytes is `byte`. May also be not zero
    /// above such a byte, never otherwise.
    private static func has(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let x = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (x &- 0x0101_0101_0101_0101) & ~x & 0x8080_8080_8080_8080
    }
}

/// A count in decimal digits.
enum Decimal {
    static func write(_ value: Int, into out: inout MutableRawSpan, at offset: Int) -> Int {
        var digits = 1
        var bound = 10
        while value >= bound {
            bound *= 10
            digits += 1
        }
        var rest = value
        for i in stride(from: digits - 1, through: 0, by: -1) {
            out.put(0x30 + UInt8(truncatingIfNeeded: rest % 10), at: offset + i)
            rest /= 10
        }
        return digits
    }
}
