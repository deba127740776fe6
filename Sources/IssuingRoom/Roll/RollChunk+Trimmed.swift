internal import Counterfoil

extension RollChunk {
    /// Where a field is in `bytes` without the spaces and tabs around it. So
    /// voter ids are read; vectors/README.md, section 8.
    func trimmedRange(_ row: Int, _ column: Int) -> Range<Int> {
        let range = range(row, column)
        return withBytes { Self.trimmed($0, range) }
    }

    /// The field as a text, without the spaces and tabs around it.
    func trimmedText(_ row: Int, _ column: Int) -> String {
        String(decoding: bytes[trimmedRange(row, column)], as: UTF8.self)
    }

    @inline(__always)
    static func trimmed(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes.byte(start) == 0x20 || bytes.byte(start) == 0x09 { start += 1 }
        while start < end, bytes.byte(end - 1) == 0x20 || bytes.byte(end - 1) == 0x09 { end -= 1 }
        return start..<end
    }
}
