import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/derivation.json: section 7.
@Suite struct DerivationVectorTests {
    static let file = VectorFile("derivation")
    static let attempts = file.tests("attempt")
    static let batches = file.tests("derive")

    @Test(arguments: attempts)
    func triesOnce(_ test: VectorObject) throws {
        let election = try Self.election(test)
        let n = election.codeLength.symbols
        let key = try test.secret("batchKey")
        var maker = PackMaker(election)
        let pack = maker.derive(
            ordinal: UInt64(try test.int("ordinal")), attempt: UInt32(try test.int("attempt")), key: key)
        let derived = maker.derived.withBytes { $0.array }
        #expect(derived == (try test.hex("D")))
        // Whether or not it counts, the attempt is in the slot.
        let symbols = maker.slot.symbols.withBytes { Array($0.array[..<(n + 12)]) }
        let (code, number) = (Array(symbols[..<n]), Array(symbols[n...]))
        #expect(code.map(Int.init) == (try test.ints("codeSymbols")))
        #expect(number.map(Int.init) == (try test.ints("packSymbols")))
        var printed = [UInt8](repeating: 0, count: election.codeLength.printedCount)
        printed.withMutableBytes { maker.printCode(into: &$0, at: 0) }
        #expect(String(decoding: printed, as: UTF8.self) == (try test.string("code")))
        let value = number.withBytes { PackNumber(symbols: $0) }
        #expect(value.value == (try test.u64("packNumber")))
        #expect(value.description == (try test.string("pack")))
        #expect(PackNumber(value.value, constant: election.constant) == value)

        for (symbols, word) in [(code, "codeWord"), (number, "packWord")] {
            #expect(RefusedWords.spelled(in: symbols) == test.has(word))
            if test.has(word) { #expect(RefusedWords.list.contains(try test.string(word))) }
        }
        #expect(pack == (test.has("codeWord") || test.has("packWord") ? nil : value))
        #expect(test.unread == [])
    }

    /// Whole sheets, as a print run makes them, down to what is printed.
    @Test(arguments: batches)
    func makesBatches(_ test: VectorObject) throws {
        let election = try Self.election(test)
        let (first, last) = (try test.int("first"), try test.int("last"))
        let count = last - first + 1
        let zero = VoterNumber(Bytes())
        let work = SheetWork(
            chunk: RollChunk(
                firstRow: first, count: count, columns: 1, bytes: [UInt8](repeating: 0x31, count: count),
                ends: Array(1...UInt32(count)), lines: Array(repeating: 0, count: count)),
            skipped: [], firstOrdinal: first, voters: Array(repeating: zero, count: count)[...])
        var used = PackSet(capacity: 100)
        for pack in try test.strings("used") {
            let pack = try Array(pack.utf8).withBytes {
                try PackNumber.read($0, constant: election.constant).get()
            }
            let isNew = used.insert(pack.value)
            #expect(isNew)
        }
        let key = IssuingKey.standIn()
        let maker = SheetMaker(
            election, PrintOrder(batch: try #require(BatchName("b")), voterColumn: "voter"),
            RollLayout(voter: 0, printed: [], answers: []), batchKey: BatchKey(try test.secret("batchKey")))
        let sheet = try maker.unique(try maker.make(work, key: key), work, &used, key: key)

        var lines: [UInt8] = []
        sheet.withLines(0..<count) { lines = $0.array }
        var expected = ""
        let packs = try test.objects("packs")
        try #require(packs.count == count && sheet.packs.count == count)
        for (i, pack) in packs.enumerated() {
            #expect(try pack.int("ordinal") == first + i)
            #expect(sheet.attempts[i] == UInt32(try pack.int("attempt")))
            let (code, number) = (try pack.string("code"), try pack.string("pack"))
            #expect(sheet.packs[i].description == number)
            expected += "\(first + i),\(number),\(code)\r\n"
            let isNew = used.insert(sheet.packs[i].value)
            #expect(!isNew, "the number is in use now")
        }
        #expect(String(decoding: lines, as: UTF8.self) == expected)
        #expect(test.unread == [])
    }

    private static func election(_ test: VectorObject) throws -> Election {
        .standIn(
            try test.electionID(),
            codeLength: try #require(CodeLength(rawValue: try test.int("codeLength"))))
    }

    @Test func allAreRun() {
        #expect(Self.attempts.count + Self.batches.count == Self.file.count)
    }
}
