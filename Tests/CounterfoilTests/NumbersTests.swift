import TestSupport
import Testing

@testable import Counterfoil

@Suite struct PackNumberTests {
    @Test func comesBackFromAllItsForms() throws {
        for _ in 0..<300 {
            let constant = ElectionConstant(bits: .random(in: 1...32767))
            var symbols = (0..<12).map { _ in UInt8.random(in: 0..<32) }
            symbols.withMutableBytes { CheckSymbols.append(to: &$0, count: 12, constant: constant) }
            let number = symbols.withBytes { PackNumber(symbols: $0) }
            #expect(number.value >> 60 == 0)
            #expect(number.description == printed(symbols))
            #expect(PackNumber(number.value, constant: constant) == number)
            let read = Array(number.description.lowercased().utf8).withBytes {
                PackNumber.read($0, constant: constant)
            }
            #expect(try read.get() == number)
            // The upper bits, another symbol, another election.
            #expect(PackNumber(number.value | 1 << 60, constant: constant) == nil)
            #expect(PackNumber(number.value | 1 << 63, constant: constant) == nil)
            #expect(PackNumber(number.value ^ (1 << UInt64.random(in: 0..<60)), constant: constant) == nil)
            let other = ElectionConstant(bits: constant.bits ^ 1)
            #expect(PackNumber(number.value, constant: other) == nil)
        }
    }

    @Test func isOrderedAsItsText() {
        let numbers = (0..<200).map { _ in PackNumber(unchecked: .random(in: 0..<1 << 60)) }
        #expect(
            numbers.sorted().map(\.description)
                == numbers.map(\.description).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test func isNeverZero() { #expect(PackNumber(0, constant: ElectionConstant(bits: 1)) == nil) }
}

/// Look-up ids and voter numbers are ordered as their bytes are: the rows of a
/// register and of the book are in that order.
@Suite struct OrderTests {
    /// Where the first halves are equal, where the second are, and neither.
    static let ids: [Bytes<16>] = [0x00, 0x01, 0x7F, 0x80, 0xFF].flatMap { (high: UInt8) in
        [0x00, 0x01, 0x80, 0xFF].map { (low: UInt8) in
            var id = Bytes<16>()
            (id[0], id[7], id[8], id[15]) = (high, low, low, high)
            return id
        }
    }

    @Test func isThatOfTheBytes() {
        for a in Self.ids {
            for b in Self.ids {
                let isLess = a.array.lexicographicallyPrecedes(b.array)
                #expect((LookupID(a) < LookupID(b)) == isLess)
                #expect((VoterNumber(a) < VoterNumber(b)) == isLess)
                #expect((LookupID(a) == LookupID(b)) == (a == b))
                #expect((VoterNumber(a) == VoterNumber(b)) == (a == b))
            }
            // Equal at the front, different at the end.
            var c = a
            c[15] ^= 1
            let isLess = a.array.lexicographicallyPrecedes(c.array)
            #expect((LookupID(a) < LookupID(c)) == isLess)
            #expect((VoterNumber(a) < VoterNumber(c)) == isLess)
            #expect(LookupID(a).bytes == a)
            #expect(VoterNumber(a).bytes == a)
        }
    }
}

@Suite struct BatchNameTests {
    static let longest = String(repeating: "x", count: 31)

    @Test(arguments: ["B", "0", "members-1", "2031_a.B", longest])
    func takes(_ text: String) throws {
        let name = try #require(BatchName(text))
        #expect(name.padded.count == 32)
        #expect(name.padded.withBytes { BatchName(padded: $0) } == name)
    }

    @Test(arguments: ["", "-a", ".a", "_a", "a b", "a/b", "\u{E9}", "a\u{301}", "a\u{0}", longest + "x"])
    func refuses(_ text: String) { #expect(BatchName(text) == nil) }

    @Test func refusesWhatStandsBehindItsEnd() {
        var padded = BatchName("B01")!.padded
        padded[31] = 0x78
        #expect(padded.withBytes { BatchName(padded: $0) } == nil)
        #expect([UInt8](repeating: 0x78, count: 32).withBytes { BatchName(padded: $0) } == nil)
    }
}
