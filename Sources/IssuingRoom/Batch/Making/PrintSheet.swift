internal import Counterfoil

/// The packs of one chunk: their lines for the printer, in guarded memory, and
/// their rows for the register.
final class PrintSheet: @unchecked Sendable {
    // Unchecked because of the scratch, which nobody writes to any more.
    private let lines: SecretScratch
    /// Where each line for the printer ends.
    private let ends: [Int]
    /// Rows of 97 bytes, in order of ordinals.
    let rows: [UInt8]
    let packs: [PackNumber]
    /// The attempt that counted for each pack.
    let attempts: [UInt32]
    /// The lines of packs.csv.
    let packList: [UInt8]

    init(_ made: consuming SheetInTheMaking) {
        ends = made.ends
        rows = made.rows
        packs = made.packs
        attempts = made.attempts
        packList = made.packList
        lines = made.lines
    }

    /// Lends the lines of some of the packs.
    func withLines<E: Error>(
        _ packs: Range<Int>, _ body: (borrowing RawSpan) throws(E) -> Void
    ) throws(E) {
        let start = packs.lowerBound == 0 ? 0 : ends[packs.lowerBound - 1]
        let end = packs.isEmpty ? start : ends[packs.upperBound - 1]
        try lines.withBytes { (bytes: borrowing RawSpan) throws(E) in
            try body(bytes.extracting(start..<end))
        }
    }
}

/// A sheet while its rows are added: a value, so that nothing is checked at
/// run time that one task alone cannot get wrong.
struct SheetInTheMaking: ~Copyable {
    fileprivate var lines: SecretScratch
    fileprivate var ends: [Int] = []
    fileprivate var rows: [UInt8]
    private(set) var packs: [PackNumber] = []
    fileprivate var attempts: [UInt32] = []
    var packList: [UInt8] = []

    init(packs count: Int, lineBytes: Int, listBytes: Int) {
        lines = SecretScratch(count: max(1, lineBytes))
        ends.reserveCapacity(count)
        rows = [UInt8](repeating: 0, count: count * Register.rowSize)
        packs.reserveCapacity(count)
        attempts.reserveCapacity(count)
        packList.reserveCapacity(listBytes)
    }

    /// Adds a pack's row of the register.
    @inline(__always)
    mutating func append(_ row: RegisterRow, attempt: UInt32) {
        let place = packs.count * Register.rowSize
        rows.withMutableBytes { rows in
            var out = rows._mutatingExtracting(place..<place + Register.rowSize)
            row.write(into: &out)
        }
        packs.append(row.pack)
        attempts.append(attempt)
    }

    /// Adds its line for the printer: `write` gets the place where the line
    /// begins, and returns where it ends.
    @inline(__always)
    mutating func appendLine(_ write: (inout MutableRawSpan, Int) -> Int) {
        let start = ends.last ?? 0
        let end = lines.withMutableBytes { out in write(&out, start) }
        ends.append(end)
    }
}
