internal import Counterfoil

@testable internal import IssuingRoom

/// A roll, against a plain reader; and read in pieces, which must change
/// nothing; and written again, which must lose nothing.
///
/// First byte: the separator and the encoding; then how large the pieces are,
/// and how many rows are taken at once.
enum RollTarget: FuzzTarget {
    static let name = "roll"

    static func run(_ input: [UInt8]) {
        guard input.count > 3 else { return }
        let file = Array(input[3...])
        let separators: [RollSeparator?] = [nil, .comma, .semicolon, .tab]
        let options = RollOptions(
            separator: separators[Int(input[0] & 3)], encoding: input[0] & 4 == 0 ? .utf8 : .windows1252)
        let whole = Copy(file, options, piece: file.count, rows: 400)
        let pieces = Copy(file, options, piece: 1 + Int(input[1]), rows: 1 + Int(input[2]) % 9)
        must(whole == pieces, "the roll depends on how it is read")

        guard let columns = whole.columns, let format = whole.format else { return }
        if format.encoding == .utf8 {
            let plain = PlainRoll(file, separator: format.separator.rawValue)
            must(plain.isRight == whole.faults.isEmpty, "\(whole.faults), and the plain reader: \(plain)")
            if plain.isRight {
                must(plain.rows == [columns.map { Array($0.utf8) }] + whole.rows, "other rows")
                must(plain.lines.dropFirst() == whole.lines[...], "other lines")
            }
        }
        guard !whole.rows.isEmpty else { return }

        var again: [UInt8] = []
        for row in [columns.map { Array($0.utf8) }] + whole.rows {
            for (i, field) in row.enumerated() {
                if i > 0 { again.append(format.separator.rawValue) }
                field.withBytes { CSV.append($0, separator: format.separator.rawValue, to: &again) }
            }
            again += row == [[]] ? Array("\"\"\n".utf8) : [0x0A]
        }
        // A name that begins with what looks like a byte order mark, or a
        // workbook, is read differently when it comes first.
        guard again.first == file.first, again[0] < 0x80 else { return }
        let copy = Copy(
            again, RollOptions(separator: format.separator), piece: again.count, rows: 400)
        must(copy.rows == whole.rows && copy.columns == columns, "the roll does not survive its writing")
    }

    /// What a reader made of a file.
    private struct Copy: Equatable {
        private(set) var columns: [String]?
        private(set) var format: RollFormat?
        private(set) var rows: [[[UInt8]]] = []
        private(set) var lines: [Int] = []
        private(set) var faults: [RollFault] = []

        init(_ file: [UInt8], _ options: RollOptions, piece: Int, rows limit: Int) {
            do {
                var reader = try RollReader(Pieces(file, of: piece), options)
                columns = reader.columns
                format = reader.format
                while true {
                    var found: [RollFault] = []
                    let chunk = try reader.next(upTo: limit) { (fault) throws(RollFault) in
                        found.append(fault)
                    }
                    faults += found
                    guard let chunk else { break }
                    for row in 0..<chunk.count {
                        rows.append(
                            (0..<chunk.columns).map { column in
                                chunk.withField(row, column) { $0.array }
                            })
                        lines.append(Int(chunk.lines[row]))
                    }
                }
            } catch {
                faults.append(error)
            }
        }
    }

    /// A file that gives a few bytes at a time.
    private struct Pieces: ByteSource {
        private let bytes: [UInt8]
        private let size: Int
        private var place = 0

        init(_ bytes: [UInt8], of size: Int) {
            self.bytes = bytes
            self.size = size
        }

        mutating func read(into: inout MutableRawSpan) throws(StreamError) -> Int {
            let count = min(size, into.byteCount, bytes.count - place)
            bytes.withBytes { into.copy($0.extracting(place..<place + count)) }
            place += count
            return count
        }
    }
}
