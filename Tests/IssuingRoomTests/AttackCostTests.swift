import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

@Suite struct AttackCostTests {
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
