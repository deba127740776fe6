import Counterfoil

@testable import IssuingRoom

/// Bytes in memory, given out so many at a time.
struct PieceSource: ByteSource {
    let bytes: [UInt8]
    let piece: Int
    /// Where reading fails, if anywhere.
    var failsAt = Int.max
    private var place = 0

    init(_ bytes: [UInt8], piece: Int = 1 << 16, failsAt: Int = .max) {
        self.bytes = bytes
        self.piece = piece
        self.failsAt = failsAt
    }

    mutating func read(into out: inout MutableRawSpan) throws(StreamError) -> Int {
        if place >= failsAt { throw StreamError(.read, "roll.csv", .diskError) }
        let count = min(out.byteCount, piece, bytes.count - place)
        let place = place
        bytes.withBytes { out.copy($0.extracting(place..<place + count)) }
        self.place += count
        return count
    }
}

/// What a reader makes of a roll.
struct Reading: Equatable {
    var columns: [String] = []
    var format: RollFormat?
    var rows: [[String]] = []
    var lines: [Int] = []
    var faults: [RollFault] = []
    /// What ended the reading.
    var end: RollFault?

    /// Reads to the end, passing over faults of rows or not.
    init(
        _ bytes: [UInt8], _ options: RollOptions = RollOptions(), piece: Int = 1 << 16, chunk: Int = 4096,
        collecting: Bool = false, failsAt: Int = .max
    ) {
        do throws(RollFault) {
            var reader = try RollReader(PieceSource(bytes, piece: piece, failsAt: failsAt), options)
            columns = reader.columns
            format = reader.format
            var faults: [RollFault] = []
            defer { self.faults = faults }
            while let chunk = try collecting
                ? reader.next(upTo: chunk, onFault: { faults.append($0) }) : reader.next(upTo: chunk)
            {
                precondition(chunk.firstRow == rows.count + 1)
                for row in 0..<chunk.count {
                    lines.append(Int(chunk.lines[row]))
                    rows.append(
                        (0..<chunk.columns).map { column in
                            chunk.withField(row, column) { String(decoding: $0.array, as: UTF8.self) }
                        })
                }
            }
        } catch {
            end = error
        }
    }

    init(
        _ text: String, _ options: RollOptions = RollOptions(), piece: Int = 1 << 16, chunk: Int = 4096,
        collecting: Bool = false
    ) {
        self.init(Array(text.utf8), options, piece: piece, chunk: chunk, collecting: collecting)
    }
}
