import Counterfoil
import Testing

@testable import IssuingRoom

/// The two things of a print run that look at many bytes or keys at once.
@Suite struct SheetTests {
    /// A byte that needs quotes is seen at every place of values of every length.
    @Test(arguments: [0x22, 0x0A, 0x0D, 0x2C, 0x3B] as [UInt8])
    func quotesWhatMustBe(_ special: UInt8) {
        for length in 0...20 {
            let plain = [UInt8](repeating: 0x2D, count: length)
            #expect(Self.written(plain) == plain)
            for place in 0..<length {
                var value = plain
                value[place] = special
                let doubled = value.flatMap { $0 == 0x22 ? [$0, $0] : [$0] }
                #expect(Self.written(value) == (special == 0x2C ? value : [0x22] + doubled + [0x22]))
            }
        }
    }

    /// Test packs as wide as a roll's widest values are made a few at a time,
    /// as the roll itself is read.
    @Test func chunksOfSpecimensAreNoLargerThanTheRolls() throws {
        let width = 1 << 16
        var order = PrintOrder(batch: BatchName("PROOF")!, voterColumn: "voter")
        order.specimens = RollChunk.mostRows + 1
        var plan = RollPlan(
            layout: RollLayout(voter: 0, printed: [1], answers: []), longest: [width])
        plan.voters = [VoterNumber](repeating: VoterNumber(Bytes()), count: order.specimens!)
        var source = try SheetWorkSource(
            RepeatableRoll(options: RollOptions()) { () throws(StreamError) in
                PieceSource(Array("voter,name\n1,W\n".utf8))
            }, plan, order)
        var packs = 0
        while let work = try source.next() {
            #expect(work.firstOrdinal == packs + 1 && work.voters.count == work.chunk.count)
            #expect(work.chunk.bytes.count <= RollChunk.mostBytes)
            #expect(work.chunk.range(work.chunk.count - 1, 1).count == width)
            packs += work.chunk.count
        }
        #expect(packs == order.specimens)
    }

    /// It is put into the CSV as it is, with nothing around it.
    @Test(arguments: [
        ("https://vote.example/", PrintLayout.LinkFault.noFragment),
        ("https://vote.example/\"#", .needsEscapes), ("https://vote.example/,#", .needsEscapes),
        ("https://vote.example/;#", .needsEscapes), ("https://vote.example/\t#", .needsEscapes),
        ("https://vote.example/\u{7F}#", .needsEscapes), ("a b#", .needsEscapes),
    ])
    func aLinkThatWouldBreakTheFileIsRefused(_ link: String, _ fault: PrintLayout.LinkFault) async throws {
        let room = try PracticeRoom()
        await expectRefused(.link(fault)) { try await room.issue("B01", ["1"], link: link) }
        #expect(try room.book.names().isEmpty && room.out.names().isEmpty)
        try await room.issue("B01", ["1"], link: "https://vote.example/%20?a=b&c=d:'#")
    }

    /// With a semicolon between the values, so that a comma means nothing.
    private static func written(_ value: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        value.withBytes { CSV.append($0, separator: 0x3B, to: &out) }
        return out
    }

    /// Spread evenly as hashes are, crowded together, and all alike.
    @Test(arguments: [UInt64.max, 1 << 20, 3, 0])
    func sortsAnyKeys(_ largest: UInt64) {
        for count in [0, 1, 2, 3, 64, 1000] {
            let keys = (0..<count).map { _ in
                (UInt64.random(in: 0...largest), UInt64.random(in: 0...largest))
            }
            let sorted = ascendingIndices(count) { keys[$0] }
            #expect(sorted.sorted() == (0..<count).map(UInt32.init))
            // In order, and the earlier one first where two are alike.
            for (a, b) in zip(sorted, sorted.dropFirst()) {
                let (first, second) = (keys[Int(a)], keys[Int(b)])
                #expect(first < second || first == second && a < b)
            }
        }
    }
}
