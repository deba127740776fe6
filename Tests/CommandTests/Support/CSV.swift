/// A plain reader and writer of CSV for the tests, of their own.
enum CSV {
    static func read(_ text: String, separator: UInt8 = 0x2C) -> [[String]] {
        let (quote, feed, `return`) = (0x22 as UInt8, 0x0A as UInt8, 0x0D as UInt8)
        var rows: [[String]] = []
        var row: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        let bytes = Array(text.utf8)
        var i = 0
        func endCell() {
            row.append(String(decoding: cell, as: UTF8.self))
            cell.removeAll(keepingCapacity: true)
        }
        func endRow() {
            endCell()
            rows.append(row)
            row = []
        }
        while i < bytes.count {
            let byte = bytes[i]
            if byte == quote {
                if isQuoted && i + 1 < bytes.count && bytes[i + 1] == quote {
                    cell.append(quote)
                    i += 1
                } else {
                    isQuoted.toggle()
                }
            } else if isQuoted {
                cell.append(byte)
            } else if byte == separator {
                endCell()
            } else if byte == feed {
                endRow()
            } else if byte != `return` {
                cell.append(byte)
            }
            i += 1
        }
        if !row.isEmpty || !cell.isEmpty { endRow() }
        return rows
    }

    static func write(_ rows: [[String]]) -> String {
        var text = ""
        for row in rows {
            for (i, cell) in row.enumerated() {
                if i > 0 { text += "," }
                let needsQuotes = cell.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
                text += needsQuotes ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
            }
            text += "\n"
        }
        return text
    }
}
