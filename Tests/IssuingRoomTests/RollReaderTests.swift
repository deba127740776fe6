import Counterfoil
import Testing

@testable import IssuingRoom

private let pieces = [1, 7, 1 << 16]

@Suite("RollReader") struct RollReaderTests {
    @Test("reads what Python reads", arguments: pythonCases, pieces)
    func python(_ known: (roll: String, rows: [[String]]), piece: Int) {
        for chunk in [1, 4096] {
            let reading = Reading(known.roll, piece: piece, chunk: chunk)
            #expect(reading.end == nil)
            #expect([reading.columns] + reading.rows == known.rows)
            // String's == takes canonical equivalents for equal; bytes do not.
            #expect(
                reading.rows.flatMap { $0 }.map { Array($0.utf8) }
                    == known.rows.dropFirst().flatMap { $0 }.map { Array($0.utf8) })
        }
    }

    @Test("tells on which line a row begins")
    func lines() {
        let reading = Reading("a,b\r\n1,\"x\r\ny\n\"\n2,\"\r\"\r\n3,z")
        #expect(reading.lines == [2, 5, 6])
    }

    @Test(
        "finds the separator",
        arguments: [
            ("a,b;c,d", RollSeparator.comma, 3), ("a;b,c;d", .semicolon, 3), ("a\tb\tc", .tab, 3),
            ("a", .comma, 1), ("\"a,b,c\";d", .semicolon, 2), ("a;b,c", .comma, 2),
            ("\"x;y\n;z\",b,c", .comma, 3),
        ])
    func separator(_ header: String, _ separator: RollSeparator, _ columns: Int) {
        let mark = String(UnicodeScalar(separator.rawValue))
        let reading = Reading(header + "\n" + Array(repeating: "x", count: columns).joined(separator: mark))
        #expect(reading.format?.separator == separator)
        #expect(reading.columns.count == columns)
        #expect(reading.rows == [Array(repeating: "x", count: columns)])
    }

    @Test("takes the separator that it is given")
    func givenSeparator() {
        let reading = Reading("a,b;c\n1,2;3\n", RollOptions(separator: .semicolon))
        #expect(reading.columns == ["a,b", "c"])
        #expect(reading.rows == [["1,2", "3"]])
        #expect(Reading("a\tb\n\t\n", RollOptions(separator: .tab)).rows == [["", ""]])
    }

    @Test("knows line ends and the byte order mark", arguments: pieces)
    func format(piece: Int) {
        let plain = Reading("a,b\n1,2\r\n", piece: piece)
        #expect(plain.format?.lineEnd == .lf)
        #expect(plain.format?.hasByteOrderMark == false)
        let marked = Reading("\u{FEFF}a,b\r\n1,2\n", piece: piece)
        #expect(marked.columns == ["a", "b"])
        #expect(marked.format?.lineEnd == .crlf)
        #expect(marked.format?.hasByteOrderMark == true)
        #expect(marked.rows == plain.rows)
        #expect(Reading("\u{FEFF}\"a\",b\n1,2\n", piece: piece).columns == ["a", "b"])
    }

    @Test("turns windows-1252 into UTF-8", arguments: pieces)
    func windows1252(piece: Int) {
        // € Š é ÿ, and curly quotes, which are no quotes to CSV.
        let bytes =
            Array("n\u{0}me,b\r\n".utf8).map { $0 == 0 ? 0xE4 : $0 } + [
                0x80, 0x8A, 0x2C, 0x93, 0xE9, 0xFF, 0x94, 0x0A,
            ]
        let reading = Reading(bytes, RollOptions(encoding: .windows1252), piece: piece)
        #expect(reading.columns == ["näme", "b"])
        #expect(reading.rows == [["€Š", "“éÿ”"]])
        #expect(reading.format?.encoding == .windows1252)

        let long =
            Array("a,b\n".utf8)
            + (0..<40_000).flatMap { _ in [0x80, 0x81 - 1, 0xFE, 0x2C, 0x78, 0x0A] as [UInt8] }
        let rows = Reading(long, RollOptions(encoding: .windows1252), piece: piece).rows
        let areRight = rows.count == 40_000 && rows.allSatisfy { $0 == ["€€þ", "x"] }
        #expect(areRight)
    }

    @Test("knows the bytes that windows-1252 has not", arguments: [0x81, 0x8D, 0x8F, 0x90, 0x9D] as [UInt8])
    func undefined(byte: UInt8) {
        let bytes: [UInt8] = Array("a,b\nx,".utf8) + [0xE9, byte, 0x0A]
        #expect(
            Reading(bytes, RollOptions(encoding: .windows1252)).end
                == RollFault(line: 2, column: 4, .notWindows1252(byte)))
    }

    @Test("cuts chunks by rows, however the bytes arrive")
    func chunks() throws {
        let text =
            "id,name\r\n" + (1...10_000).map { "\($0),\"name \"\"\($0)\"\"\nof the voter\"\r\n" }.joined()
        let whole = Reading(text)
        let count = whole.rows.count
        #expect(count == 10_000)
        let last = whole.rows[9_999]
        #expect(last == ["10000", "name \"10000\"\nof the voter"])
        #expect(whole.lines[9_999] == 20_000)
        for piece in pieces {
            let isSame = Reading(text, piece: piece, chunk: 1000) == whole
            #expect(isSame)
        }

        var reader = try RollReader(PieceSource(Array(text.utf8), piece: 7))
        var counts: [Int] = []
        while let chunk = try reader.next() {
            #expect(chunk.count == chunk.lines.count && chunk.ends.count == 2 * chunk.count)
            #expect(chunk.ends.last.map(Int.init) == chunk.bytes.count)
            counts.append(chunk.count)
        }
        #expect(counts == [4096, 4096, 1808])
        #expect(try reader.next() == nil)
    }

    @Test("passes over blank lines at the end, and takes them where there is one column")
    func blankLines() {
        #expect(Reading("a,b\n1,2\n\n").rows == [["1", "2"]])
        #expect(Reading("a,b\r\n1,2\r\n\r\n\r\n\n").rows == [["1", "2"]])
        #expect(Reading("a\n1\n\n\r\n2\n\n").rows == [["1"], [""], [""], ["2"]])
        #expect(Reading("a\n1\n\n\r\n2\n\n").lines == [2, 3, 4, 5])
        #expect(Reading("a\n1\n\n\r\n2\n\n", chunk: 2).rows == [["1"], [""], [""], ["2"]])
        #expect(Reading("a\n\"\"\n").rows == [[""]])
        let many = "a\n1\n" + String(repeating: "\r\n", count: 300_000)
        let (inside, atEnd) = (Reading(many + "2").rows.count, Reading(many).rows.count)
        #expect(inside == 300_002 && atEnd == 1)
    }

    @Test("takes a long value whole")
    func longValue() {
        let long = String(repeating: "Ω,\"\n", count: 100_000)
        let text = "a,b\n1,\"" + long.replacing("\"", with: "\"\"") + "\"\n2,3\n"
        for piece in [4999, 1 << 16] {
            let reading = Reading(text, piece: piece)
            let isWhole = reading.rows == [["1", long], ["2", "3"]]
            #expect(isWhole)
            #expect(reading.lines == [2, 100_003])
        }
    }
}
