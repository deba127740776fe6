import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

@Suite struct AttackCostTests {
    /// 2ᵇ/N tries, 2³³ a second.
    static let costs: [(CodeLength, Int, String)] = [
        (.twenty, 172_437, "828 years with one processor, 302 days with a thousand"),
        (.twenty, 50_000_000, "2.9 years with one processor, 25 hours with a thousand"),
        (.twenty, 1, "1.4×10^8 years with one processor, 142,710 years with a thousand"),
        (.twentyFour, 172_437, "8.7×10^8 years with one processor, 867,811 years with a thousand"),
        (.twentyFour, 50_000_000, "3.0×10^6 years with one processor, 2,993 years with a thousand"),
        (.twentyEight, 172_437, "9.1×10^14 years with one processor, 9.1×10^11 years with a thousand"),
        (.twentyEight, 50_000_000, "3.1×10^12 years with one processor, 3.1×10^9 years with a thousand"),
    ]

    @Test(arguments: costs)
    func says(_ length: CodeLength, _ codes: Int, _ expected: String) {
        #expect(AttackCost(length, codes: codes).description == expected)
    }

    @Test func isReckonedThisWay() {
        let year = 365.25 * 86400
        #expect(abs(AttackCost(.twenty, codes: 172_437).seconds / year - 828) < 0.5)
        #expect(abs(AttackCost(.twenty, codes: 50_000_000).seconds / year - 2.85) < 0.01)
        #expect(abs(AttackCost(.twenty, codes: 50_000_000).seconds / 1000 / 86400 - 1.04) < 0.01)
        // 20 bits more, a million times the work.
        let more = AttackCost(.twentyFour, codes: 7).seconds / AttackCost(.twenty, codes: 7).seconds
        #expect(more == 0x1p20)
    }

    /// Thirty days with a thousand processors are enough; a code too many is not.
    @Test func refusesWhatIsTooShort() {
        let most = Int(0x1p85 / 0x1p33 / 1000 / (30 * 86400))
        #expect((1_500_000...2_000_000).contains(most))
        #expect(AttackCost(.twenty, codes: most).isEnough)
        #expect(!AttackCost(.twenty, codes: most + 1).isEnough)
        #expect(AttackCost.shortestLength(for: 172_437) == .twenty)
        #expect(AttackCost.shortestLength(for: most) == .twenty)
        #expect(AttackCost.shortestLength(for: most + 1) == .twentyFour)
        #expect(AttackCost.shortestLength(for: 50_000_000) == .twentyFour)
        #expect(AttackCost.shortestLength(for: most << 21) == .twentyEight)
    }
}
