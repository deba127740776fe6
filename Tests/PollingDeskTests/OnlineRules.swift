import Testing

/// Section 20 of the specification, online with a code: one test for each rule.
@Suite struct OnlineRules {
    @Test(arguments: Keeping.allCases)
    func rule1WhatIsNotWellFormedIsToldSo(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(.slip(1, key: 1), "malformed")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule1NoSuchPack(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(column(Plan.unknownPack), "no-such-code")
        try hall.expect(column(Plan.unknownPack, .wrongA), "no-such-code")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule2NoCodeFindsAPackForPostAlone(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(column(4), "no-such-code")
        try hall.given(.scan(4))
        try hall.expect(column(4), "no-such-code")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule3ASpecimenIsToldAsOneInEveryPhase(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("proof"))
        try hall.expect(column(8), "specimen")
        for step in [.activate("proof"), .open(), .withdraw("proof"), .close, .finish] as [Step] {
            try hall.given(step)
            try hall.expect(column(8), "specimen")
            try hall.expect(column(8, .wrongA), "specimen")
        }
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule6ABatchThatIsNotActivated(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"))
        try hall.expect(column(1), "not-active")
        try hall.expect(column(1, .wrongA), "not-active")
        try hall.given(.open())
        try hall.expect(column(1), "not-active")
        try hall.given(.close)
        try hall.expect(column(1), "not-active")
    }

    /// Its standing is not inactive any more: nobody should wait for it.
    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule6APackThatIsDeadBeforeItsBatchWasActivated(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .load("again"), .cancel(2), .activate("again"))
        try hall.expect(column(1), "not-open")
        try hall.given(.open())
        // Replaced; cancelled; neither.
        try hall.expect(column(1), "cancelled")
        try hall.expect(column(2), "cancelled")
        try hall.expect(column(5), "not-active")
        try hall.given(.withdraw("main"))
        try hall.expect(column(5), "cancelled")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule7BeforeTheBallotIsOpened(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .activate("main"))
        for answer in Answer.allCases { try hall.expect(column(1, answer), "not-open") }
        try hall.given(.cancel(1))
        try hall.expect(column(1), "not-open")
    }

    /// Nothing is judged any more: neither answers nor votes.
    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule7AfterTheEnd(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(2, .right, key: 2)]), .cancel(3),
            .ask([.redeem(5, .wrongA, key: 1)]), .finish)
        // Who has not voted; who has, also under this key; dead; locked.
        for pack in [1, 2, 3, 5] {
            for answer in Answer.allCases { try hall.expect(column(pack, answer, key: 2), "closed") }
        }
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule8ALockedPackJudgesNoAnswers(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(1, .wrongA, key: 1)]), .cancel(1))
        for step in [.close, .extend(by: 60), .close] as [Step] {
            for answer in Answer.allCases { try hall.expect(column(1, answer), "locked") }
            try hall.given(step)
        }
    }

    /// Even if the vote was cast under this very key: the lock comes first, or keys
    /// could be tried with a code that is locked.
    @Test(arguments: Keeping.allCases)
    func rule8ComesBeforeTheReplay(_ keeping: Keeping) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(1, .right, key: 1)]),
            .ask([.redeem(1, .wrongA, key: 2)]))
        for answer in Answer.allCases { try hall.expect(.redeem(1, answer, key: 1), "locked") }
        try hall.given(.unlock(1))
        try hall.expect(.redeem(1, .right, key: 1), "repeated")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule9AnAnswerThatCannotBeReadCostsNothing(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(2, .right, key: 1)]))
        for step in [.cancel(1), .close, .extend(by: 60)] as [Step] {
            for _ in 1...7 {
                // Who has voted, under this key too, hears the same as who has not.
                for pack in [1, 2] {
                    try hall.expect(column(pack, .unreadable, key: 1), "bad-answer: Date of birth")
                }
            }
            try hall.given(step)
        }
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule10WrongAnswersCountUntilTheLock(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping, .lenient)
        try hall.given(.load("main"), .activate("main"), .open())
        try hall.expect(column(1, .wrongA), "wrong-answers, 2 left", records: "wrong-answers 1")
        try hall.expect(column(1, .wrongB), "wrong-answers, 1 left", records: "wrong-answers 1")
        // Not the last ones: they count again.
        try hall.expect(column(1, .wrongA), "locked", records: "wrong-answers 1")
        try hall.expect(column(1, .wrongA), "locked")
    }

    /// Guesses are bounded whenever they are made: the close does not begin a time
    /// in which they cost nothing.
    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule10WrongAnswersCountAfterTheCloseAsWell(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall(keeping, .lenient)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(2, .right, key: 1)]),
            .ask([column(1, .wrongA), column(2, .wrongA)]), .close)
        for pack in [1, 2] {
            try hall.expect(column(pack, .wrongA), "wrong-answers, 2 left")
            let record = "wrong-answers \(pack)"
            try hall.expect(column(pack, .wrongB), "wrong-answers, 1 left", records: record)
            try hall.expect(column(pack, .wrongC), "locked", records: record)
            try hall.expect(column(pack), "locked")
            // In all, and not from the close on.
            try hall.given(.unlock(pack))
            try hall.expect(column(pack, .wrongA), "wrong-answers, 1 left", records: record)
            try hall.expect(column(pack, .wrongB), "locked", records: record)
            try hall.expect(.unlock(pack), "locked-for-good")
        }
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule10TheSameWrongAnswersAgainCostNothing(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(column(1, .wrongA), "wrong-answers, 4 left", records: "wrong-answers 1")
        for other in Column.allCases {
            try hall.expect(other(1, .wrongA, key: 2), "wrong-answers, 4 left")
        }
        // Nor do right or unreadable ones in between.
        try hall.given(.ask([.check(1, .right)]), .ask([.redeem(1, .unreadable, key: 3)]))
        try hall.expect(column(1, .wrongA), "wrong-answers, 4 left")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule10IsJudgedBeforeReplayStandingAndVote(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.cancel(1), .ask([.redeem(2, .right, key: 1)]))
        try hall.expect(column(1, .wrongA), "wrong-answers, 4 left", records: "wrong-answers 1")
        // Under the key of the vote, and under another.
        try hall.expect(column(2, .wrongA, key: 1), "wrong-answers, 4 left", records: "wrong-answers 2")
        try hall.expect(column(2, .wrongB, key: 2), "wrong-answers, 3 left", records: "wrong-answers 2")
    }

    @Test(arguments: Keeping.allCases)
    func rule11TheSameRequestIsRepeatedWhateverCameAfterIt(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(
            .load("again"), .ask([.redeem(1, .right, key: 1)]),
            .ask([.wrongA, .wrongB, .wrongC].map { .redeem(1, $0, key: 2) }))
        let after: [Step] = [.cancel(1), .activate("again"), .withdraw("main"), .close]
        for step in after {
            try hall.given(step)
            try hall.expect(.redeem(1, .right, key: 1), "repeated")
        }
        try hall.given(.finish)
        try hall.expect(.redeem(1, .right, key: 1), "closed")
    }

    @Test(arguments: Keeping.allCases)
    func rule11IsAboutThisPackAndThisKeyAlone(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(1, .right, key: 1)]))
        try hall.expect(.redeem(1, .right, key: 2), "already-voted", records: "second-attempt 1")
        // The voter's other pack under the same key.
        try hall.expect(.redeem(5, .right, key: 1), "already-voted", records: "second-attempt 5")
        // And a vote by post has no key.
        try hall.given(.scan(2))
        try hall.expect(.redeem(2, .right, key: 1), "already-voted", records: "second-attempt 2")
        try hall.given(.close)
        for pack in [5, 2] { try hall.expect(.redeem(pack, .right, key: 1), "closed") }
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule12AfterTheClose(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(2, .right, key: 2)]), .cancel(3), .scan(5), .close)
        // Neither the vote nor the cancelling is told any more.
        for pack in [1, 2, 3, 5] { try hall.expect(column(pack), "closed") }
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule13SupersededWithdrawnOrCancelled(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.given(
            .load("again"), .load("more"), .load("listed"), .activate("more"), .activate("again"),
            .cancel(2), .withdraw("more"))
        for pack in [1, 2, 6, 7] { try hall.expect(column(pack), "cancelled") }
    }

    /// In the list of an activated batch, until then not.
    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule13APackThatAPairCancels(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("listed"))
        try hall.expect(.check(3, .right), "good until 900")
        try hall.given(.activate("listed"))
        try hall.expect(column(3), "cancelled")
        try hall.expect(column(3, .wrongA), "wrong-answers, 4 left", records: "wrong-answers 3")
        // The pack that is kept, and the batch's own.
        try hall.expect(.redeem(2, .right, key: 1), "accepted", records: "vote-cast 2")
        try hall.expect(.redeem(24, .right, key: 1), "accepted", records: "vote-cast 24")
    }

    @Test(arguments: Keeping.allCases, Column.allCases)
    func rule13ComesBeforeTheVote(_ keeping: Keeping, _ column: Column) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(1, .right, key: 1)]), .cancel(1), .cancel(5))
        try hall.expect(column(1, key: 2), "cancelled")
        try hall.expect(column(5, key: 2), "cancelled")
    }

    @Test(arguments: Keeping.allCases)
    func rule14AVoteIsToldAndTheAttemptRecorded(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(1, .right, key: 1)]), .scan(2))
        try hall.expect(.redeem(1, .right, key: 2), "already-voted", records: "second-attempt 1")
        try hall.expect(.redeem(5, .right, key: 2), "already-voted", records: "second-attempt 5")
        try hall.expect(.redeem(2, .right, key: 2), "already-voted", records: "second-attempt 2")
    }

    @Test(arguments: Keeping.allCases)
    func rule14RecordsNothingForACheck(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(1, .right, key: 1)]), .scan(2))
        for pack in [1, 5, 2] { try hall.expect(.check(pack, .right), "already-voted") }
    }

    @Test(arguments: Keeping.allCases)
    func rule14RecordsTwentyAttemptsAPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(1, .right, key: 1)]))
        for key in 2...21 {
            try hall.expect(.redeem(1, .right, key: key), "already-voted", records: "second-attempt 1")
        }
        try hall.expect(.redeem(1, .right, key: 22), "already-voted")
        try hall.expect(.redeem(5, .right, key: 22), "already-voted", records: "second-attempt 5")
    }

    @Test(arguments: Keeping.allCases)
    func rule15ARightCodeIsSpent(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
        try hall.expect(.redeem(2, .right, key: 1), "accepted", records: "vote-cast 2")
    }

    @Test(arguments: Keeping.allCases)
    func rule15ACheckSpendsNothing(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        for _ in 1...3 { try hall.expect(.check(1, .right, lasts: 900), "good until 900") }
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
    }
}
