import Counterfoil
import Testing

@testable import IssuingRoom

private typealias Kind = RollFault.Kind

private let faultyRolls: [(roll: [UInt8], fault: RollFault)] = [
    // The file.
    ("", 1, 1, .empty), ("\u{FEFF}", 1, 1, .empty), ("a,b\n", 2, 1, .noRows), ("a,b", 2, 1, .noRows),
    ("a,b\r\n\r\n", 3, 1, .noRows), ("PK\u{3}\u{4}\u{14}", 1, 1, .workbook),
    ("a\u{0}b\u{0}c\u{0}", 1, 1, .utf16), ("\u{0}a\u{0}b\u{0}c", 1, 1, .utf16),
    // The header.
    ("\n1,2\n", 1, 1, .blankHeader), ("a,,c\n1,2,3\n", 1, 3, .noName), ("a,\n1,2\n", 1, 3, .noName),
    ("\"a,\n\",b,b\n1,2,3\n", 2, 5, .repeatedName("b")), ("ä,é,e\u{301}\n", 1, 5, .repeatedName("é")),
    ("a,\"b\n1,2\n", 1, 3, .unclosedQuote), ("a,b\"\n", 1, 4, .strayQuote),
    (String(repeating: "a,", count: 5000) + "\n", 1, 1, .tooManyColumns),
    (String(repeating: "a,", count: 4096) + "a\n", 1, 1, .tooManyColumns),
    // The rows.
    ("a,b\n1,2\u{0}3\n", 2, 4, .nul), ("a,b\n1,\"2\u{0}3\"\n", 2, 5, .nul), ("a,b\n1,2\u{0}", 2, 4, .nul),
    ("a,b\n1,é\"2\"\n", 2, 4, .strayQuote), ("a,b\n1, \"2\"\n", 2, 4, .strayQuote),
    ("a,b\n1,\"2\" \n", 2, 6, .textAfterQuote(openedLine: 2, openedColumn: 3)),
    ("a,b\n1,\"2\n\nü\"x\n", 4, 3, .textAfterQuote(openedLine: 2, openedColumn: 3)),
    ("a,b\n1,2\n3,\"4\n5,6\n", 3, 3, .unclosedQuote), ("a,b\n1,\"2\"\"", 2, 3, .unclosedQuote),
    ("a,b\n\"", 2, 1, .unclosedQuote), ("a,b\n1,2\r3,4\n", 2, 4, .strayReturn),
    ("a,b\r1,2\r", 1, 4, .strayReturn), ("a,b\n1,\"2\"\r3\n", 2, 6, .strayReturn),
    ("a,b\n1,2\n1\n", 3, 1, .fields(found: 1, expected: 2)),
    ("a,b\n1,\"2\n\"\n1,2,3\n", 4, 1, .fields(found: 3, expected: 2)),
    ("a,b\n1," + String(repeating: ",", count: 9998), 2, 1, .fields(found: 10_000, expected: 2)),
    ("a\n1,2\n", 2, 1, .fields(found: 2, expected: 1)), ("a,b\n1,2\n\n3,4\n", 3, 1, .blankLine),
    ("a,b\r\n\r\n1,2\r\n", 2, 1, .blankLine), ("a,b\n \n1,2", 2, 1, .fields(found: 1, expected: 2)),
].map { (text: String, line: Int, column: Int, kind: Kind) in
    (Array(text.utf8), RollFault(line: line, column: column, kind))
}

/// Bytes that are not UTF-8, and which of them is at fault.
private let notUTF8: [(bytes: [UInt8], at: Int)] = [
    ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xC3], 0), ([0xE0, 0x80, 0x80], 0),
    ([0xED, 0xA0, 0x80], 0), ([0xE2, 0x82], 0), ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
    ([0xF5], 0), ([0xFF], 0), ([0xC3, 0xA9, 0xE9], 2), ([0xF0, 0x9F, 0x98, 0x80, 0xFE], 4),
    ([0xE2, 0x82, 0x2C, 0xAC], 0),
]

@Suite("RollFault") struct RollFaultTests {
    @Test("says what is wrong, and where", arguments: faultyRolls, [1, 7, 1 << 16])
    func faults(_ known: (roll: [UInt8], fault: RollFault), piece: Int) {
        #expect(Reading(known.roll, piece: piece).end == known.fault)
        #expect(Reading(known.roll, piece: piece, chunk: 1).end == known.fault)
    }

    @Test("finds the byte that is not UTF-8", arguments: notUTF8)
    func utf8(_ known: (bytes: [UInt8], at: Int)) {
        for padding in [0, 1, 15, 40] {
            let front = Array(("a,b\n" + String(repeating: "x", count: padding) + ",").utf8)
            let roll = front + known.bytes + Array("\n1,2\n".utf8)
            // Every sequence before the byte at fault is one character.
            let column = padding + 2 + (known.at > 0 ? 1 : 0)
            #expect(
                Reading(roll).end == RollFault(line: 2, column: column, .notUTF8(known.bytes[known.at])))
        }
        let header = Array("a,".utf8) + known.bytes + Array("\n1,2\n".utf8)
        #expect(Reading(header).end?.kind == .notUTF8(known.bytes[known.at]))
    }

    @Test(
        "knows a workbook and UTF-16 by their first bytes, whatever the encoding",
        arguments: RollEncoding.allCases)
    func openings(encoding: RollEncoding) {
        let options = RollOptions(encoding: encoding)
        #expect(Reading([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1], options).end?.kind == .workbook)
        #expect(Reading([0xFF, 0xFE, 0x61, 0x00], options).end?.kind == .utf16)
        #expect(Reading([0xFE, 0xFF, 0x00, 0x61], options).end?.kind == .utf16)
        #expect(
            Reading("\u{FEFF}a\n1\n", options).end?.kind == (encoding == .utf8 ? nil : .markOfUTF8))
    }

    @Test("says that the file cannot be read")
    func unreadable() {
        let unreadable = StreamError(.read, "roll.csv", .diskError)
        let roll = Array(("a,b\n" + String(repeating: "1,2\n", count: 100_000)).utf8)
        let early = Reading(roll, piece: 1000, failsAt: 1000)
        #expect(early.end == RollFault(line: 1, column: 1, .unreadable(unreadable)))
        let late = Reading(roll, piece: 1000, failsAt: 300_000)
        #expect(late.end?.kind == .unreadable(unreadable))
    }

    @Test("goes on after a row at fault", arguments: [1, 7, 1 << 16], [1, 3, 4096])
    func collecting(piece: Int, chunk: Int) {
        var roll = Array("a,b\n1,2\n3\n4,5\n6,\"7\"8,\"\n9,10\n\n\n11,1\u{0}2\n13,14\n1,2,3\n".utf8)
        roll += [0x31, 0x2C, 0xFF, 0x0A] + Array("15,\"16\n\"\n17,\"18\n19,20\n".utf8)
        let reading = Reading(roll, piece: piece, chunk: chunk, collecting: true)
        #expect(reading.end == nil)
        #expect(
            reading.rows == [
                ["1", "2"], ["4", "5"], ["9", "10"], ["13", "14"], ["15", "16\n"], ["19", "20"],
            ])
        #expect(reading.lines == [2, 4, 6, 10, 13, 16])
        #expect(
            reading.faults == [
                RollFault(line: 3, column: 1, .fields(found: 1, expected: 2)),
                RollFault(line: 5, column: 6, .textAfterQuote(openedLine: 5, openedColumn: 3)),
                RollFault(line: 7, column: 1, .blankLine),
                RollFault(line: 9, column: 5, .nul),
                RollFault(line: 11, column: 1, .fields(found: 3, expected: 2)),
                RollFault(line: 12, column: 3, .notUTF8(0xFF)),
                RollFault(line: 15, column: 4, .unclosedQuote),
            ])
    }

    @Test("stops where it is told to")
    func stopping() throws {
        let roll = Array("a,b\n1,2\n3\n4\n5,6\n".utf8)
        var reader = try RollReader(PieceSource(roll))
        var seen = 0
        #expect(throws: RollFault.self) {
            _ = try reader.next { (fault) throws(RollFault) in
                seen += 1
                if seen == 2 { throw fault }
            }
        }
        #expect(seen == 2)
        #expect(try reader.next() == nil)
    }

    @Test(
        "does not read on for ever after an open quote or a row without end",
        arguments: RollEncoding.allCases)
    func tooLong(encoding: RollEncoding) {
        let options = RollOptions(encoding: encoding)
        let letter: UInt8 = encoding == .utf8 ? 0x78 : 0x80
        let plain = Array("1,2\n".utf8)
        let long = [UInt8](repeating: letter, count: 3 << 20)
        let front = Array("a,b\n".utf8) + plain + [0x33, 0x2C]
        let open = Reading(front + [0x22] + long + [0x0A] + plain, options, collecting: true)
        #expect(open.faults == [RollFault(line: 3, column: 3, .unclosedQuote)])
        #expect(open.rows.count == 2 && open.lines == [2, 4])
        let endless = Reading(front + long + [0x0A] + plain, options, collecting: true)
        #expect(endless.faults == [RollFault(line: 3, column: 1, .rowTooLong)])
        #expect(endless.rows.count == 2 && endless.lines == [2, 4])
        let rest = Reading(front + long, options, collecting: true).rows.count
        #expect(rest == 1)
        #expect(Reading(Array("a,".utf8) + long, options).end?.kind == .rowTooLong)
    }

    @Test("does not say that there are no rows when all are at fault")
    func allFaulty() {
        let reading = Reading("a,b\n1\n2\n", collecting: true)
        #expect(reading.end == nil && reading.rows.isEmpty && reading.faults.count == 2)
    }
}
