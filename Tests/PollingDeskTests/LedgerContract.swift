import PollingDesk
import Synchronization
import TestSupport
import Testing

/// What every ledger must do, seen through the desk. None of it says how.
@Suite struct LedgerContract {
    let rehearsal = Rehearsal()
    let wrong = ["1/1/1970", "99"]

    // MARK: One code, one vote

    @Test(arguments: Keeping.allCases)
    func aCodeIsAcceptedOnce(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack, rehearsal.pack(2)])
            let receipt = try #require(try booth.redeem(pack, key: 1).receipt)
            #expect(receipt.isGenuine(in: rehearsal.election))
            #expect(try booth.redeem(pack, key: 2).name == "already-voted")
            #expect(try booth.redeem(pack, key: 3).name == "already-voted")
            #expect(try booth.redeem(rehearsal.pack(2), key: 4).name == "accepted")
        }
    }

    @Test(arguments: Keeping.allCases)
    func anAcceptedRequestAskedAgainHasTheSameReceipt(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            let receipt = try booth.redeem(pack, key: 1).receipt
            let again = try booth.redeem(pack, key: 1, at: .test(99))
            #expect(again.name == "repeated")
            #expect(again.receipt?.description == receipt?.description)
            #expect(try booth.desk.ledger.summary().balance[.votedOnline] == 1)
        }
    }

    @Test(arguments: Keeping.allCases)
    func theKeyOfAVoteDoesNotStandForTheAnswers(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            #expect(try booth.redeem(pack, key: 1).name == "accepted")
            #expect(try booth.redeem(pack, key: 1, answers: wrong).name == "wrong-answers")
            #expect(try booth.redeem(pack, key: 1).name == "repeated")
        }
    }

    @Test(arguments: Keeping.allCases)
    func aRefusalBindsNoKey(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            #expect(try booth.redeem(pack, key: 1, answers: wrong).name == "wrong-answers")
            #expect(try booth.redeem(pack, key: 1).name == "accepted")
        }
    }

    @Test(arguments: Keeping.allCases)
    func packsOfOneVoterHaveOneVote(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let (a, b) = (rehearsal.pack(1, voter: 7), rehearsal.pack(2, voter: 7))
            try booth.begin([a, b, rehearsal.pack(3)])
            #expect(try booth.redeem(a, key: 1).name == "accepted")
            #expect(try booth.redeem(b, key: 2).name == "already-voted")
            // The other pack's key is not this pack's: no replay of another code.
            #expect(try booth.redeem(b, key: 1).name == "already-voted")
            #expect(try booth.redeem(a, key: 1).name == "repeated")
        }
    }

    @Test(arguments: Keeping.allCases)
    func aGroupSeesWhatItsFirstRequestsDid(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            let (a, b) = (rehearsal.pack(2, voter: 7), rehearsal.pack(3, voter: 7))
            try booth.begin([pack, a, b])
            let group = [(pack, 1), (pack, 2), (pack, 1), (a, 3), (b, 4), (pack, 5)]
            let names = try booth.redeem(group).map(\.name)
            #expect(
                names == [
                    "accepted", "already-voted", "repeated", "accepted", "already-voted",
                    "already-voted",
                ])
            let summary = try booth.desk.ledger.summary()
            #expect(summary.balance[.votedOnline] == 2)
            #expect(summary.secondAttempts == 3)
        }
    }

    @Test(arguments: Keeping.allCases)
    func anEmptyGroupChangesNothing(_ keeping: Keeping) throws {
        try keeping.with { booth in
            try booth.begin([rehearsal.pack(1)])
            let before = try booth.desk.ledger.summary().entries
            #expect(try booth.desk.redeem([], at: .test(9)).isEmpty)
            #expect(try booth.desk.ledger.summary().entries == before)
        }
    }

    // MARK: Answers

    @Test(arguments: Keeping.allCases)
    func wrongAnswersCountAndLock(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            for (attempt, left) in [(1, 4), (2, 3), (3, 2), (4, 1)] {
                let outcome = try booth.redeem(
                    pack, key: attempt, answers: ["1/1/1970", "\(attempt)000"])
                #expect(outcome.attemptsLeft == left)
            }
            #expect(try booth.redeem(pack, key: 5, answers: ["1/1/1970", "5000"]).name == "locked")
            #expect(try booth.redeem(pack, key: 6).name == "locked")
            #expect(try booth.desk.ledger.summary().balance[.locked] == 1)
        }
    }

    @Test(arguments: Keeping.allCases)
    func theSameWrongAnswersAgainCostNothing(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            for key in 1...9 {
                #expect(try booth.redeem(pack, key: key, answers: wrong).attemptsLeft == 4)
            }
            let group = Array(repeating: (pack, 20), count: 3)
            for outcome in try booth.redeem(group, answers: ["2/2/1972", "2"]) {
                #expect(outcome.attemptsLeft == 3)
            }
            #expect(try booth.redeem(pack, key: 30).name == "accepted")
        }
    }

    @Test(arguments: Keeping.allCases)
    func anUnreadableAnswerCostsNothing(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            let before = try booth.desk.ledger.summary().entries
            for key in 1...6 {
                let outcome = try booth.redeem(pack, key: key, answers: ["31/02/1980", "1"])
                guard case .refused(.badAnswer(let questions)) = outcome else {
                    Issue.record("\(outcome.name)")
                    continue
                }
                #expect(questions == ["Date of birth"])
            }
            #expect(try booth.desk.ledger.summary().entries == before)
        }
    }

    @Test(arguments: Keeping.allCases)
    func theVoteIsToldToRightAnswersAlone(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            #expect(try booth.redeem(pack, key: 1).name == "accepted")
            #expect(try booth.redeem(pack, key: 2, answers: wrong).name == "wrong-answers")
            #expect(try booth.desk.ledger.summary().secondAttempts == 0)
        }
    }

    @Test(arguments: Keeping.allCases)
    func secondAttemptsAreCountedUpToTwenty(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let pack = rehearsal.pack(1)
            try booth.begin([pack])
            #expect(try booth.redeem(pack, key: 0).name == "accepted")
            for key in 1...15 { #expect(try booth.redeem(pack, key: key).name == "already-voted") }
            let group = (16...30).map { (pack, $0) }
            for outcome in try booth.redeem(group) { #expect(outcome.name == "already-voted") }
            let summary = try booth.desk.ledger.summary()
            #expect(summary.secondAttempts == 20)
            // Created, loaded, activated, opened, one vote, and those.
            #expect(summary.entries == 25)
        }
    }

    // MARK: Many at once

    @Test(arguments: Keeping.allCases)
    func ofManyAtOnceOneWinsEachCode(_ keeping: Keeping) async throws {
        let place = LedgerPlace(keeping)
        let booth = try place.booth()
        let packs = (0..<200).map { rehearsal.pack($0) }
        try booth.begin(packs)
        let winners = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for task in 0..<4 {
                tasks.addTask { try booth.race(packs, task: task) }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(winners == 200)
        let summary = try booth.desk.ledger.summary()
        #expect(summary.balance[.votedOnline] == 200)
        #expect(summary.secondAttempts == 600)
    }

    /// The answer was lost, and several ask again: one entry, and each hears the same.
    @Test(arguments: Keeping.allCases)
    func ofManyScansWithOneNonceOneIsRecorded(_ keeping: Keeping) async throws {
        let place = LedgerPlace(keeping)
        let booth = try place.booth()
        let packs = (0..<40).map { rehearsal.pack($0) }
        try booth.begin(packs)
        let before = try booth.desk.ledger.summary().entries
        let answers = try await withThrowingTaskGroup(of: [String].self) { tasks in
            for task in 0..<4 {
                tasks.addTask {
                    try packs.indices.map { i in
                        let place = (i + task * 7) % packs.count
                        return try booth.receive([packs[place]], firstNonce: place)[0].name
                    }
                }
            }
            return try await tasks.reduce([], +)
        }
        #expect(answers.count == 160)
        #expect(Set(answers) == ["received"])
        let summary = try booth.desk.ledger.summary()
        #expect(summary.entries == before + 40)
        #expect(summary.balance[.votedByPost] == 40)
        #expect(summary.setAside == 0)
    }

    @Test(arguments: Keeping.allCases)
    func aReportIsOfOneMoment(_ keeping: Keeping) throws {
        let place = LedgerPlace(keeping)
        let booth = try place.booth()
        let packs = (0..<400).map { rehearsal.pack($0) }
        try booth.begin(packs)
        // Like another process: no lock of ours holds it up.
        let other = try place.open(rehearsal.election) ?? booth.desk.ledger
        let counts = Mutex<Set<Int>>([])
        let torn = Mutex<[String]>([])
        concurrently(2) { thread in
            if thread == 0 {
                _ = try? booth.race(packs, task: 0)
                return
            }
            // However slow the votes are, it ends.
            let deadline = ContinuousClock.now + .seconds(60)
            while !counts.withLock({ $0.contains(400) }), ContinuousClock.now < deadline {
                guard let report = try? other.report() else { continue }
                let votes = report.summary.balance.votes
                let others = (report.voted.count, report.turnout.reduce(0) { $0 + $1.votes })
                if others != (votes, votes) { torn.withLock { $0.append("\(votes), \(others)") } }
                _ = counts.withLock { $0.insert(votes) }
            }
        }
        #expect(torn.withLock { $0 } == [])
        #expect(counts.withLock { $0.contains(400) })
        if keeping != .memory {
            #expect(counts.withLock { $0.count } > 2, "no report fell between the votes")
        }
    }
}
