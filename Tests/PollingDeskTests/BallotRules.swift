import PollingDesk
import TestSupport
import Testing

/// Section 20: the phases of a ballot, and its end.
@Suite struct BallotRules {
    // MARK: Opening, extending, closing

    @Test(arguments: Keeping.allCases)
    func opening(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.open(closesIn: 0), "in-the-past")
        try hall.expect(.open(closesIn: -5), "in-the-past")
        try hall.expect(.open(closesIn: 60, grace: 10), "done", records: "ballot-opened until 60, grace 10")
        try hall.expect(.open(), "already-open")
        try hall.given(.close)
        try hall.expect(.open(), "closed")
    }

    @Test(arguments: Keeping.allCases)
    func openingWithoutAClosingTime(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.open(), "done", records: "ballot-opened until -, grace 600")
        try hall.given(.load("main"), .activate("main"), .clock(10_000_000))
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func extending(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.extend(by: 60), "not-open")
        try hall.given(.open(closesIn: 60), .clock(10))
        for by in [0, -1] { try hall.expect(.extend(by: by), "in-the-past") }
        try hall.expect(.extend(by: 100), "done", records: "ballot-extended until 110")
        // To an earlier time as well, if it is still to come.
        try hall.expect(.extend(by: 20), "done", records: "ballot-extended until 30")
        try hall.given(.clock(20))
        try hall.expect(.close, "already-closed", records: "ballot-closed at 30")
    }

    @Test(arguments: Keeping.allCases)
    func extendingReopens(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(60))
        try hall.expect(.redeem(1, .right, key: 1), "closed", records: "ballot-closed at 60")
        try hall.expect(.extend(by: 30), "done", records: "ballot-extended until 90")
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
        try hall.given(.close)
        try hall.expect(.redeem(2, .right, key: 1), "closed")
        try hall.given(.extend(by: 30))
        try hall.expect(.redeem(2, .right, key: 1), "accepted", records: "vote-cast 2")
    }

    /// The close is written even if nobody asked before the extension.
    @Test(arguments: Keeping.allCases)
    func extendingPastTheClosingTime(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(70))
        try hall.expect(
            .extend(by: 30), "done", records: "ballot-closed at 60", "ballot-extended until 100")
    }

    @Test(arguments: Keeping.allCases)
    func closing(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.close, "not-open")
        try hall.given(.open(closesIn: 60), .clock(20))
        try hall.expect(.close, "done", records: "ballot-closed at 20")
        try hall.expect(.close, "already-closed")
        // The announced time that comes afterwards writes nothing.
        try hall.given(.clock(60), .load("main"), .activate("main"))
        try hall.expect(.redeem(1, .right, key: 1), "closed")
    }

    // MARK: The closing time

    /// Any first request does it, for whatever it asks, and whatever the answer.
    @Test(arguments: Keeping.allCases)
    func theFirstRequestPastTheClosingTimeWritesTheClose(_ keeping: Keeping) throws {
        let unknown = Plan.unknownPack
        let first: [(Step, String)] = [
            (.ask([.redeem(1, .right, key: 1)]), "closed"),
            (.ask([.check(1, .unreadable)]), "bad-answer: Date of birth"),
            (.ask([.redeem(2, .right, key: 1)]), "repeated"),
            (.ask([.redeem(4, .right, key: 1)]), "no-such-code"),
            (.ask([.redeem(unknown, .right, key: 1)]), "no-such-code"),
            (.ask([.redeem(8, .right, key: 1)]), "specimen"),
            (.scan(unknown), "no-such-pack"), (.annul(1), "nothing-to-annul"), (.unlock(1), "not-locked"),
            // A scan that is asked again records nothing, and yet it is a request.
            (.scan(3), "received"),
            (.close, "already-closed"), (.open(), "closed"), (.activate("none"), "no-such-batch"),
        ]
        for (step, answer) in first {
            let hall = try Hall.open(keeping, closesIn: 60)
            try hall.given(.load("proof"), .ask([.redeem(2, .right, key: 1)]), .scan(3), .clock(59))
            _ = try hall.perform(.ask([.check(1, .right)]))
            #expect(hall.recorded().isEmpty)
            try hall.given(.clock(14))
            try hall.expect(step, answer, records: "ballot-closed at 60")
            #expect(try hall.line("ballot ").contains("closed 60"))
        }
        // Before what the request itself records.
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(60))
        try hall.expect(
            .check(1, .wrongA), "wrong-answers, 4 left", records: "ballot-closed at 60", "wrong-answers 1")
    }

    @Test(arguments: Keeping.allCases)
    func theClosingTimeItselfIsTooLate(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(59))
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
        try hall.given(.clock(1))
        try hall.expect(.redeem(2, .right, key: 1), "closed", records: "ballot-closed at 60")
    }

    @Test(arguments: Keeping.allCases)
    func aClockThatIsSetBackReopensNothing(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(60), .ask([.check(1, .right)]), .clock(-50))
        for column in Column.allCases { try hall.expect(column(1), "closed") }
        // Nor does a program that ends and starts again.
        try hall.given(.restart)
        for column in Column.allCases { try hall.expect(column(1), "closed") }
        try hall.expect(.close, "already-closed")
        // Only this does.
        try hall.expect(.extend(by: 20), "done", records: "ballot-extended until 30")
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
    }

    /// As long as nobody has been judged past it, nothing was closed.
    @Test(arguments: Keeping.allCases)
    func aMalformedCodeAndAReportCloseNothing(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(70))
        try hall.expect(.slip(1, key: 1), "malformed")
        #expect(try hall.line("ballot ").hasPrefix("ballot open: "))
        #expect(try hall.desk.redeem([], at: .test(hall.now)).isEmpty)
        #expect(try hall.desk.receive([], at: .test(hall.now)).isEmpty)
        #expect(try hall.line("ballot ").hasPrefix("ballot open: "))
    }

    @Test(arguments: Keeping.allCases)
    func aGroupIsJudgedBehindTheClose(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping, closesIn: 60)
        try hall.given(.clock(60))
        #expect(
            try hall.perform(.ask([.redeem(99, .right, key: 1), .redeem(1, .right, key: 1)]))
                == ["no-such-code", "closed"])
        #expect(hall.recorded() == ["ballot-closed at 60"])
    }

    // MARK: The end

    @Test(arguments: Keeping.allCases)
    func finishing(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.finish, "not-open")
        try hall.given(.open(), .clock(5))
        try hall.expect(.finish, "done", records: "ballot-closed at 5", "ballot-final")
    }

    @Test(arguments: Keeping.allCases)
    func finishingABallotThatIsClosed(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.open(), .clock(5), .close, .clock(5))
        try hall.expect(.finish, "done", records: "ballot-final")
        #expect(try hall.line("ballot ").contains("closed 5, final 10"))
    }

    @Test(arguments: Keeping.allCases)
    func finishingPastTheClosingTime(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.open(closesIn: 60), .clock(70))
        try hall.expect(.finish, "done", records: "ballot-closed at 60", "ballot-final")
    }

    @Test(arguments: Keeping.allCases)
    func nothingIsWrittenAfterTheEnd(_ keeping: Keeping) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .load("again"), .load("proof"), .open(closesIn: 60),
            .ask([.check(5, .right)]), .ask([.redeem(1, .right, key: 1)]), .scan(2),
            .ask([.redeem(3, .wrongA, key: 1)]), .finish)
        let report = try hall.report()
        let acts: [Step] = [
            .annul(2), .annul(99), .cancel(1), .cancel(99), .unlock(3), .activate("again"), .activate("none"),
            .withdraw("main"), .reconcile("main", missing: [1]), .open(), .extend(by: 60), .close, .finish,
            .load("more"),
        ]
        for act in acts { try hall.expect(act, "final") }
        // The same register as before, byte for byte, is no news.
        try hall.expect(.load("main"), "already loaded")
        for pack in [1, 2, 3, 4, 8] { try hall.expect(.scan(pack, nonce: 2), "final") }
        // A scan that is asked again, and a vote with a pass, are answered all the same.
        try hall.expect(.scan(2), "received")
        for pack in [1, 3] {
            for answer in Answer.allCases { try hall.expect(.redeem(pack, answer, key: 1), "closed") }
        }
        try hall.expect(.pass(1, key: 1), "closed")
        try hall.expect(.sealedPass(1, .own, key: 1), "repeated")
        // Past the closing time, with a clock set back, with a new program.
        for step in [.clock(100), .clock(-100), .restart] as [Step] {
            try hall.given(step)
            try hall.expect(.redeem(5, .right, key: 1), "closed")
        }
        #expect(try hall.report() == report)
    }
}
