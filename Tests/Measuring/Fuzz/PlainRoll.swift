/// A roll as one would read it a byte at a time: RFC 4180 in strict mode, in
/// UTF-8, the header first.
struct PlainRoll: CustomStringConvertible {
    private(set) var rows: [[[UInt8]]] = []
    /// On which line each row begins.
    private(set) var lines: [Int] = []
    private(set) var fault: String?

    var isRight: Bool { fault == nil }
    var description: String { fault ?? "\(rows.count) rows" }

    init(_ file: [UInt8], separator: UInt8) {
        var bytes = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
        do throws(Fault) {
            var line = 1
            var i = 0
            var blanks = 0
            while i < bytes.count {
                let start = (i, line)
                let row = try Self.row(bytes, &i, &line, separator)
                let isBlank = bytes[start.0..<i] == [0x0A] || bytes[start.0..<i] == [0x0D, 0x0A]
                blanks = isBlank ? blanks + 1 : 0
                rows.append(row)
                lines.append(start.1)
            }
            rows.removeLast(blanks)
            lines.removeLast(blanks)
            guard rows.count > 1 else { throw Fault(what: "no rows") }
            for row in rows {
                if row.count != rows[0].count { throw Fault(what: "\(row.count) fields") }
                for field in row where String(validating: field, as: UTF8.self) == nil {
                    throw Fault(what: "not UTF-8")
                }
            }
        } catch {
            fault = error.what
        }
    }

    private struct Fault: Error { let what: String }

    private static func row(
        _ bytes: [UInt8], _ i: inout Int, _ line: inout Int, _ separator: UInt8
    ) throws(Fault) -> [[UInt8]] {
        var row: [[UInt8]] = [[]]
        while i < bytes.count {
            if row[row.count - 1].isEmpty, bytes[i] == 0x22 {
                row[row.count - 1] = try quoted(bytes, &i, &line)
                guard i < bytes.count, [separator, 0x0A, 0x0D].contains(bytes[i]) else {
                    throw Fault(what: "text after a quote")
                }
            }
            let byte = bytes[i]
            i += 1
            switch byte {
            case separator: row.append([])
            case 0x0A:
                line += 1
                return row
            case 0x0D:
                guard i < bytes.count, bytes[i] == 0x0A else {
                    throw Fault(what: "a return alone")
                }
            case 0: throw Fault(what: "NUL")
            case 0x22 where !planted: throw Fault(what: "a quote in a field")
            default: row[row.count - 1].append(byte)
            }
        }
        return row
    }

    private static func quoted(
        _ bytes: [UInt8], _ i: inout Int, _ line: inout Int
    ) throws(Fault) -> [UInt8] {
        var value: [UInt8] = []
        i += 1
        while i < bytes.count {
            if bytes[i] == 0x22 {
                i += 1
                guard i < bytes.count, bytes[i] == 0x22 else { return value }
            }
            if bytes[i] == 0 { throw Fault(what: "NUL") }
            if bytes[i] == 0x0A { line += 1 }
            value.append(bytes[i])
            i += 1
        }
        throw Fault(what: "a quote that does not end")
    }
}
