internal import Counterfoil

/// Some rows of a roll, as a worker can take them along.
///
/// The values are one after another in `bytes`, unquoted, with nothing
/// between them; `ends` tells them apart.
package struct RollChunk: Sendable {
    /// The most rows of a chunk.
    package static let mostRows = 4096
    /// A chunk with more bytes than this takes no further row.
    package static let mostBytes = 16 << 20

    /// The number of the first row, from 1, the header not counted. Rows that
    /// were passed over for a fault have no number.
    package let firstRow: Int
    /// Rows.
    package let count: Int
    /// Fields of each row.
    package let columns: Int
    /// UTF-8.
    package let bytes: [UInt8]
    /// For each field, row by row, where it ends in `bytes`.
    package let ends: [UInt32]
    /// For each row, the line of the file on which it begins, from 1.
    package let lines: [UInt32]

    /// Where a field is in `bytes`; rows and columns count from 0.
    @inline(__always)
    package func range(_ row: Int, _ column: Int) -> Range<Int> {
        precondition(row >= 0 && row < count && column >= 0 && column < columns)
        let field = row * columns + column
        let start = field == 0 ? 0 : Int(ends[field - 1])
        return start..<Int(ends[field])
    }

    /// The bytes of all fields of a column.
    package func byteCount(of column: Int) -> Int {
        (0..<count).reduce(0) { $0 + range($1, column).count }
    }

    /// Lends the bytes of a field, as the roll has them, without the
    /// quotes of CSV: leading and trailing spaces and line breaks included.
    @inline(__always)
    package func withField<R: ~Copyable, E: Error>(
        _ row: Int, _ column: Int, _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        let range = range(row, column)
        return try bytes.withBytes { (bytes: borrowing RawSpan) throws(E) -> R in
            try body(bytes.extracting(range))
        }
    }

    /// Lends the bytes of all fields.
    @inline(__always)
    package func withBytes<R: ~Copyable, E: Error>(
        _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try bytes.withBytes(body)
    }
}

/// A chunk in the making.
struct RollRows {
    static let mostColumns = 4096

    let columns: Int
    var count = 0
    /// How much of `bytes` is used; the rest is room to write in.
    var used = 0
    var bytes: [UInt8]
    var ends: [UInt32]
    var lines: [UInt32]

    /// Room for `limit` rows, and at first for `room` bytes of them.
    init(columns: Int, limit: Int, room: Int) {
        self.columns = columns
        bytes = Self.uninitialised(room)
        ends = Self.uninitialised(limit * columns)
        lines = Self.uninitialised(limit)
    }

    /// Makes room for as many bytes more.
    mutating func reserve(_ room: Int) {
        guard bytes.count - used < room else { return }
        var larger: [UInt8] = Self.uninitialised(max(bytes.count * 2, used + room))
        var span = larger.mutableSpan
        var out = unsafe span.mutableBytes
        bytes.withBytes { out.copy($0.extracting(0..<used)) }
        bytes = larger
    }

    /// A row of one column with nothing in it.
    mutating func appendEmpty(line: Int) {
        precondition(columns == 1)
        ends[count] = UInt32(used)
        lines[count] = UInt32(truncatingIfNeeded: line)
        count += 1
    }

    /// Hands over the rows; nothing is left to add to.
    mutating func take(firstRow: Int) -> RollChunk {
        bytes.removeLast(bytes.count - used)
        ends.removeLast(ends.count - count * columns)
        lines.removeLast(lines.count - count)
        defer { (bytes, ends, lines) = ([], [], []) }
        return RollChunk(
            firstRow: firstRow, count: count, columns: columns, bytes: bytes, ends: ends, lines: lines)
    }

    /// Whatever the memory holds: clearing it would cost as much as a quarter
    /// of the scan. Nobody reads what the scan has not written, and `take`
    /// cuts off what it never wrote.
    private static func uninitialised<T: BitwiseCopyable>(_ count: Int) -> [T] {
        unsafe [T](unsafeUninitializedCapacity: count) { _, initialised in initialised = count }
    }
}
