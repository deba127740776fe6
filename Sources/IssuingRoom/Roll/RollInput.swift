internal import Counterfoil

/// The part of the file that is in memory: whole rows, and the beginning of one.
///
/// A row is read only once all of it is here, so that whatever is wrong with it
/// can be told by its line and column. `bytes[end]` is NUL always, which ends
/// the scan, and at least `RollScan.slack` bytes follow `end`.
struct RollInput<Source: ByteSource> {
    private var source: Source
    private let encoding: RollEncoding
    /// Bytes of windows-1252 before they become UTF-8; none for UTF-8.
    private var foreign: [UInt8]

    /// The first 64 bytes of the file, or all of them, as the file has them.
    private(set) var opening: [UInt8] = []
    private(set) var bytes: [UInt8]
    private(set) var end = 0
    /// Nothing comes after `end`. The last line has got its LF if it had none.
    private(set) var isAtEnd = false

    init(_ source: consuming Source, encoding: RollEncoding) {
        self.source = source
        self.encoding = encoding
        foreign = [UInt8](repeating: 0, count: encoding == .utf8 ? 0 : 64 << 10)
        bytes = [UInt8](repeating: 0, count: usualInput + RollScan.slack)
    }

    /// Whether a row that begins at `place` is already as long as one may be.
    func isFull(from place: Int) -> Bool { end - place > mostInput - widest }

    /// Moves what begins at `place` to the front and reads on, until there is
    /// no room or no more. Reading as much as there is room for makes the
    /// result independent of how the source cuts its pieces.
    mutating func fill(from place: Int) throws(StreamError) {
        precondition(!isFull(from: place) && !isAtEnd)
        let kept = end - place
        if place > 0 { for i in 0..<kept { bytes[i] = bytes[place + i] } }
        end = kept
        if kept > capacity / 2 {
            bytes.append(contentsOf: repeatElement(0, count: min(capacity, mostInput - capacity)))
        }
        while end < capacity, !isAtEnd {
            let count = encoding == .utf8 ? try readPlain() : try readForeign()
            guard let count else { break }
            if count == 0 { isAtEnd = true }
        }
        if isAtEnd, end > 0, bytes[end - 1] != 0x0A {
            bytes[end] = 0x0A
            end += 1
        }
        bytes[end] = 0
    }

    private var capacity: Int { bytes.count - RollScan.slack }

    private mutating func readPlain() throws(StreamError) -> Int? {
        let count = try Self.read(&source, into: &bytes, end..<capacity)
        noteOpening(bytes[end..<end + count])
        end += count
        return count
    }

    private static func read(
        _ source: inout Source, into bytes: inout [UInt8], _ range: Range<Int>
    ) throws(StreamError) -> Int {
        var span = bytes.mutableSpan
        var all = unsafe span.mutableBytes
        var room = all._mutatingExtracting(range)
        let count = try source.read(into: &room)
        precondition(count >= 0 && count <= range.count, "a source gave more than it was asked for")
        return count
    }

    private mutating func noteOpening(_ some: ArraySlice<UInt8>) {
        if opening.count < 64 { opening += some.prefix(64 - opening.count) }
    }

    /// Nil where there is no room left for the longest that may come.
    private mutating func readForeign() throws(StreamError) -> Int? {
        let most = min(foreign.count, (capacity - end) / widest)
        guard most > 0 else { return nil }
        let count = try Self.read(&source, into: &foreign, 0..<most)
        noteOpening(foreign[..<count])
        end = Self.transcode(foreign[..<count], into: &bytes, from: end)
        return count
    }

    /// Returns the end of what it wrote.
    private static func transcode(
        _ foreign: ArraySlice<UInt8>, into bytes: inout [UInt8], from start: Int
    ) -> Int {
        let table = windows1252
        var out = bytes.mutableSpan
        var end = start
        for byte in foreign {
            guard byte >= 0x80 else {
                out[end] = byte
                end += 1
                continue
            }
            let (utf8, length) = table[Int(byte - 0x80)]
            for j in 0..<length {
                out[end] = UInt8(truncatingIfNeeded: utf8 >> UInt32(8 * j))
                end += 1
            }
        }
        return end
    }
}

/// Bytes in memory, usually; and at most, which is also the most for one row.
private let usualInput = 256 << 10
private let mostInput = 1 << 20
/// The most bytes of UTF-8 that one byte of windows-1252 becomes.
private let widest = 3

/// The UTF-8 of the bytes 0x80 to 0xFF, first byte lowest, and its length. The
/// five bytes that do not exist stay as they are: alone, a byte from 0x80 on is
/// not UTF-8, so that the row which holds one is found by the same check.
private let windows1252: [(UInt32, Int)] = {
    let low: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]
    return (UInt32(0x80)...0xFF).map { byte in
        let scalar = byte < 0xA0 ? low[Int(byte - 0x80)] : byte
        guard scalar != 0, let utf8 = UTF8.encode(Unicode.Scalar(scalar)!) else { return (byte, 1) }
        var packed: UInt32 = 0
        for (i, unit) in utf8.enumerated() { packed |= UInt32(unit) << UInt32(8 * i) }
        return (packed, utf8.count)
    }
}()
