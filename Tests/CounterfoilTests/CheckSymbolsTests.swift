import TestSupport
import Testing

@testable import Counterfoil

@Suite struct CheckSymbolsTests {
    private func word(_ n: Int, _ constant: ElectionConstant) -> [UInt8] {
        var word = (0..<n).map { _ in UInt8.random(in: 0..<32) }
        word.withMutableBytes { CheckSymbols.append(to: &$0, count: n, constant: constant) }
        return word
    }

    private func difference(_ word: [UInt8], _ constant: ElectionConstant) -> UInt32 {
        var word = word
        let n = word.count
        return word.withMutableBytes { CheckSymbols.difference($0, count: n, constant: constant) }
    }

    /// The code has distance 4: whatever happens to one, two or three symbols is seen.
    @Test(arguments: [12, 20, 24, 28])
    func findsUpToThreeWrongSymbols(_ n: Int) {
        let constant = ElectionConstant(bits: .random(in: 1...32767))
        let right = word(n, constant)
        #expect(difference(right, constant) == 0)
        func isFound(_ changes: [(Int, UInt8)]) -> Bool {
            var wrong = right
            for (place, by) in changes { wrong[place] ^= by }
            return difference(wrong, constant) != 0
        }
        var missed: [[(Int, UInt8)]] = []
        for place in 0..<n {
            for by in UInt8(1)..<32 where !isFound([(place, by)]) { missed.append([(place, by)]) }
        }
        for _ in 0..<4000 {
            let places = Array((0..<n).shuffled()[..<3])
            let two = places[..<2].map { ($0, UInt8.random(in: 1..<32)) }
            let three = places.map { ($0, UInt8.random(in: 1..<32)) }
            if !isFound(two) { missed.append(two) }
            if !isFound(three) { missed.append(three) }
        }
        #expect(missed.isEmpty)
    }

    /// What the voter gets to hear after a slip in a real word.
    @Test(arguments: [12, 20, 24, 28])
    func namesTheGroupsOfASlip(_ n: Int) {
        let constant = ElectionConstant(bits: .random(in: 1...32767))
        for _ in 0..<200 {
            let right = word(n, constant)
            let slip = Slip.all(n).randomElement()!
            var wrong = right
            for (place, by) in slip.changes { wrong[place] ^= by }
            let reading = Array(printed(wrong).utf8).withBytes { typed in
                wrong.withMutableBytes {
                    Alphabet.read(typed: typed, count: n, constant: constant, into: &$0)
                }
            }
            guard case .malformed(let groups) = reading else {
                Issue.record("a slip was not seen")
                return
            }
            #expect(groups.numbers == slip.groups)
        }
    }

    /// 31 values for each symbol, each pair of neighbours and each pair across one.
    @Test(arguments: [(12, 1023), (20, 1767), (24, 2139), (28, 2511)])
    func tellsSlipsApart(_ n: Int, _ count: Int) {
        let slips = Slip.all(n)
        #expect(slips.count == count)
        #expect(Set(slips.map { $0.difference(n) }).count == count)
    }

    @Test func failsUnderAnotherElectionsConstant() {
        for _ in 0..<200 {
            let (a, b) = (UInt16.random(in: 1...32767), UInt16.random(in: 1...32767))
            let typed = word(20, ElectionConstant(bits: a))
            #expect((difference(typed, ElectionConstant(bits: b)) == 0) == (a == b))
        }
    }
}

@Suite struct ElectionConstantTests {
    @Test func isNeverZero() {
        var most: UInt16 = 0
        for i in 0..<3000 {
            var id = Bytes<16>()
            id[0] = UInt8(i & 255)
            id[1] = UInt8(i >> 8)
            let bits = ElectionConstant(ElectionID(id)).bits
            #expect((1...32767).contains(bits))
            most = max(most, bits)
        }
        #expect(most > 32000)
    }

    /// Too near is what differs by nothing, or by what a slip makes.
    @Test func isTooNearWhereASlipWouldDo() {
        for _ in 0..<50 {
            let here = ElectionConstant(bits: .random(in: 1...32767))
            #expect(here.isTooNear(here))
            let n = [12, 20, 24, 28].randomElement()!
            let slip = Slip.all(n).randomElement()!
            let there = ElectionConstant(bits: here.bits ^ UInt16(slip.difference(n)))
            #expect(here.isTooNear(there) && there.isTooNear(here))
        }
        var slips: Set<UInt32> = []
        for n in [12, 20, 24, 28] { slips.formUnion(Slip.all(n).map { $0.difference(n) }) }
        let far = (UInt32(1)..<32768).filter { !slips.contains($0) }.shuffled()
        #expect(far.count > 25_000)
        for difference in far.prefix(100) {
            let here = ElectionConstant(bits: .random(in: 1...32767))
            let there = ElectionConstant(bits: here.bits ^ UInt16(difference))
            #expect(!here.isTooNear(there))
        }
    }
}
