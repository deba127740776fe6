import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// Somebody holds a code, and not its answers. They can ask what they like, in every
/// phase, also under the idempotency keys that a voting site has kept. They learn
/// nothing of the vote, and have no more guesses than the pack's lifetime allows.
@Suite struct LeakTests {
    /// What may have become of the vote of pack 1, whose voter has pack 5 as well.
    enum Ballot: CaseIterable {
        case none, underKey1, underKey2, online, byPost, withTheOtherPack, otherByPost, annulled

        var steps: [Step] {
            switch self {
            case .none: []
            case .underKey1: [.ask([.redeem(1, .right, key: 1)])]
            case .underKey2: [.ask([.redeem(1, .right, key: 2)])]
            case .online: [.ask([.redeem(1, .right, key: 9)])]
            case .byPost: [.scan(1)]
            case .withTheOtherPack: [.ask([.redeem(5, .right, key: 1)])]
            case .otherByPost: [.scan(5)]
            case .annulled: [.scan(1), .annul(1)]
            }
        }
    }

    /// All that somebody can ask of pack 1, twice: a lock comes between.
    private static let questions: [Request] =
        [Answer.unreadable, .wrongA, .wrongB, .wrongC, .unreadable, .wrongA].flatMap { answer in
            (1...3).map { .redeem(1, answer, key: $0) } + [.check(1, answer, as: 3)]
        }

    /// From a moment after the vote on; the questions come after each.
    private static let phases: [(String, [Step])] = [
        ("open", [.clock(1)]), ("locked", [.ask([.wrongA, .wrongB, .wrongC].map { .check(1, $0) })]),
        ("closed", [.close]), ("unlocked", [.unlock(1)]), ("open again", [.extend(by: 1000)]),
        ("cancelled", [.cancel(1)]), ("withdrawn", [.withdraw("main")]),
        ("superseded", [.load("again"), .activate("again")]), ("final", [.finish]),
    ]

    /// What they hear, and what is recorded of it.
    private func heard(
        _ keeping: Keeping, _ ballot: Ballot, _ questions: [Request], after steps: [Step]
    ) throws -> [String] {
        let hall = try Hall(keeping, .lenient)
        try hall.given(.load("main"), .activate("main"), .open())
        for step in ballot.steps { try hall.given(step) }
        for step in steps { _ = try hall.perform(step) }
        _ = hall.recorded()
        var heard: [String] = []
        for question in questions {
            let before = try hall.desk.ledger.summary().entries
            heard += try hall.perform(.ask([question]))
            heard += hall.recorded()
            heard.append("\(try hall.desk.ledger.summary().entries - before) entries")
        }
        return heard
    }

    @Test(arguments: Keeping.allCases)
    func nothingIsHeardOfTheVoteWithoutTheAnswers(_ keeping: Keeping) throws {
        var steps: [Step] = []
        for (phase, more) in Self.phases {
            steps += more
            let expected = try heard(keeping, .none, Self.questions, after: steps)
            for ballot in Ballot.allCases.dropFirst() {
                let found = try heard(keeping, ballot, Self.questions, after: steps)
                #expect(found == expected, "\(phase), \(ballot)")
            }
        }
    }

    /// The control: with right answers the vote is told, until the ballot is final.
    @Test func itIsHeardWithTheAnswers() throws {
        let questions = [Request.redeem(1, .right, key: 1)]
        let none = try heard(.memory, .none, questions, after: [])
        #expect(none == ["accepted", "vote-cast 1", "1 entries"])
        #expect(try heard(.memory, .underKey1, questions, after: [.close]) == ["repeated", "0 entries"])
        for ballot in Ballot.allCases.dropFirst() where ballot != .annulled {
            #expect(try heard(.memory, ballot, questions, after: []) != none, "\(ballot)")
        }
    }

    // MARK: Guesses

    /// Dates of birth are tried one after the other. An officer unlocks the pack as
    /// often as they may. The vote was cast under the key that is asked with.
    @Test(arguments: Keeping.allCases, [false, true])
    func guessesAreBounded(_ keeping: Keeping, hasVoted: Bool) throws {
        let phases: [(Booth) throws -> Void] = [
            { _ in }, { _ = try $0.desk.close(.none, at: .test(20)) },
            { _ = try $0.desk.extend(until: .test(900), .none, at: .test(30)) },
            { _ = try $0.desk.close(.none, at: .test(40)) },
            { _ = try $0.desk.finish(.none, at: .test(50)) },
        ]
        let place = LedgerPlace(keeping, quick: true)
        let rehearsal = Rehearsal(lockAfter: 2, lifetimeLimit: 6, questions: 1)
        let booth = try Booth(rehearsal, try place.create(rehearsal.election))
        let pack = rehearsal.pack(1)
        try booth.begin([pack])
        if hasVoted { #expect(try booth.redeem(pack, key: 1).name == "accepted") }
        var (guesses, day) = (0, 0)
        for phase in phases {
            try phase(booth)
            for _ in 0..<12 {
                day += 1
                let before = try booth.desk.ledger.summary().entries
                let answer = "\(day % 28 + 1)/\(day % 12 + 1)/1930"
                let outcome = try booth.redeem(pack, key: 1, answers: [answer], at: .test(45))
                let isJudged = try booth.desk.ledger.summary().entries > before
                if isJudged { guesses += 1 }
                // What was not counted was not judged either.
                let isTold = outcome.name == "wrong-answers"
                #expect(isTold ? isJudged : ["locked", "closed"].contains(outcome.name), "\(outcome.name)")
                _ = try booth.desk.unlock(pack.number, .none, at: .test(45))
            }
        }
        #expect(guesses == rehearsal.election.lifetimeLimit)
        // Nothing is left to be tried, whichever date is right.
        for answers in [pack.answers, ["1/1/1931"]] {
            #expect(try booth.redeem(pack, key: 1, answers: answers, at: .test(60)).name == "closed")
        }
    }

    /// In the same way without a vote and without a close: locked for good.
    @Test(arguments: Keeping.allCases)
    func aPackIsLockedForGoodWhateverIsRight(_ keeping: Keeping) throws {
        for ballot in Ballot.allCases {
            let hall = try Hall(keeping, .strict)
            try hall.given(.load("main"), .activate("main"), .open())
            for step in ballot.steps { try hall.given(step) }
            for answer in [Answer.wrongA, .wrongB, .wrongC] {
                _ = try hall.perform(.ask([.redeem(1, answer, key: 1)]))
                _ = try hall.perform(.unlock(1))
            }
            _ = hall.recorded()
            for step in [.clock(1), .close] as [Step] {
                _ = try hall.perform(step)
                _ = hall.recorded()
                for answer in Answer.allCases {
                    for key in 1...2 { try hall.expect(.redeem(1, answer, key: key), "locked") }
                    try hall.expect(.check(1, answer), "locked")
                }
            }
        }
    }
}
