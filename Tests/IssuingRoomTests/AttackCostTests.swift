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

    /// A thief may find any code of the election, whatever its batch. So the packs of
    /// earlier batches count with those of this one.
    @Test func codesOfEarlierBatchesCount() throws {
        let (most, election) = (1_737_000, Election.standIn(ElectionID(Bytes())))
        let voters = [VoterNumber](repeating: .nobody, count: 1000)
        let page = BookPage(
            beginning: "B01".batch, kind: .members, place: 1, planDigest: Bytes(), voters: voters,
            folded: voters, ascending: Array(0..<1000), election: election,
            key: IssuingKey.standIn(bookKey: .filled(7)))
        var plan = RollPlan(layout: RollLayout(voter: 0, printed: [], answers: []))
        plan.voters = voters
        func cost(afterThousands count: Int) throws(IssueError) -> AttackCost {
            let standing = BatchStanding(
                known: nil, place: count + 1, earlier: [BookPage](repeating: page, count: count),
                doubles: [], issued: IssuedVoters([], []))
            return try AttackCost(ofIssuing: plan, standing, .twenty)
        }
        let thousands = most / 1000
        #expect(try cost(afterThousands: thousands - 1) == AttackCost(.twenty, codes: most))
        let short = AttackCost(.twenty, codes: most + 1000)
        #expect(throws: IssueError.tooShort(short, .twenty, packs: most + 1000)) {
            try cost(afterThousands: thousands)
        }
    }
}
