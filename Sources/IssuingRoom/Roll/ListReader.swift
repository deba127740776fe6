internal import Counterfoil

/// Reads a short list row by row: pack numbers, decisions, those who voted.
struct ListReader<Source: ByteSource>: ~Copyable {
    struct Row {
        let line: Int
        /// As they are in the file.
        let fields: [[UInt8]]

        func text(_ field: Int) -> String { String(decoding: fields[field], as: UTF8.self) }
    }

    let columns: RollColumns
    private var reader: RollReader<Source>
    private var chunk: RollChunk?
    private var row = 0

    init(_ source: consuming Source) throws(ListError) {
        do { reader = try RollReader(source) } catch { throw .fault(error) }
        columns = RollColumns(reader.columns)
    }

    /// The place of a column.
    func column(_ name: String) throws(ListError) -> Int {
        do { return try columns.index(of: name) } catch { throw .column(error) }
    }

    /// Some fields of the next row, or nil after the last.
    mutating func next(_ columns: [Int]) throws(ListError) -> Row? {
        while chunk.map({ row == $0.count }) ?? true {
            do { chunk = try reader.next() } catch { throw .fault(error) }
            guard chunk != nil else { return nil }
            row = 0
        }
        defer { row += 1 }
        return chunk.map { chunk in
            Row(
                line: Int(chunk.lines[row]),
                fields: columns.map { Array(chunk.bytes[chunk.range(row, $0)]) })
        }
    }
}
