import PollingDesk
import TestSupport
import Testing

/// Section 16, by post: one test for each rule.
@Suite struct PostRules {
    @Test(arguments: Keeping.allCases)
    func rule1NoSuchPackInAnyPhase(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.scan([Plan.unknownPack]), "no-such-pack")
        for step in [.open(), .close, .finish] as [Step] {
            try hall.given(step)
            try hall.expect(.scan([Plan.unknownPack]), "no-such-pack")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule2AfterTheEndNothingIsWritten(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("proof"), .scan([1]), .ask([.redeem(2, .right, key: 1)]), .finish)
        for pack in [1, 2, 3, 4, 5, 8] { try hall.expect(.scan([pack]), "final") }
    }

    @Test(arguments: Keeping.allCases)
    func rule3BeforeTheBallotIsOpened(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .activate("main"), .load("proof"), .cancel(2))
        for pack in [1, 2, 4, 8] { try hall.expect(.scan([pack]), "not-open") }
    }

    @Test(arguments: Keeping.allCases)
    func rule4TheSameEnvelopeAgain(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .scan([1]), .clock(5))
        let record = "post-set-aside 1 scanned again"
        try hall.expect(.scan([1]), "scanned-before at 7", records: record)
        // Whatever became of the pack since, and after the close.
        for step in [.cancel(1), .withdraw("main"), .close] as [Step] {
            try hall.given(step)
            try hall.expect(.scan([1]), "scanned-before at 7", records: record)
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule5TheVoterVotedOnline(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .ask([.redeem(1, .right, key: 1)]), .clock(5))
        for pack in [1, 5] {
            try hall.expect(
                .scan([pack]), "already-voted online with 1 at 7",
                records: "post-set-aside \(pack) already voted online")
        }
        // Told before the standing.
        try hall.given(.cancel(5))
        try hall.expect(
            .scan([5]), "already-voted online with 1 at 7",
            records: "post-set-aside 5 already voted online")
    }

    @Test(arguments: Keeping.allCases)
    func rule5TheVoterVotedByPostWithAnotherPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .scan([1]))
        try hall.expect(
            .scan([5]), "already-voted post with 1 at 7", records: "post-set-aside 5 already voted by post")
    }

    @Test(arguments: Keeping.allCases)
    func rule6APackThatCannotVoteIsSetAsideWithItsStanding(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(
            .load("proof"), .activate("proof"), .load("again"), .activate("again"), .load("more"),
            .load("third"),
            .cancel(2))
        let standings = [
            (8, "specimen"), (1, "superseded"), (2, "cancelled"), (7, "inactive"), (14, "inactive"),
        ]
        for (pack, standing) in standings {
            try hall.expect(
                .scan([pack]), "set-aside \(standing)", records: "post-set-aside \(pack) \(standing)")
        }
        try hall.given(.withdraw("main"), .close)
        // Superseded is told first, withdrawn before cancelled.
        for (pack, standing) in [(1, "superseded"), (2, "withdrawn"), (4, "withdrawn")] {
            try hall.expect(
                .scan([pack]), "set-aside \(standing)", records: "post-set-aside \(pack) \(standing)")
        }
        // Every time.
        try hall.expect(.scan([4]), "set-aside withdrawn", records: "post-set-aside 4 withdrawn")
    }

    @Test(arguments: Keeping.allCases)
    func rule7AnEnvelopeIsReceivedAndTheCodeIsDead(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(.scan([1]), "received", records: "post-received 1")
        try hall.expect(.scan([4]), "received", records: "post-received 4")
        try hall.expect(.redeem(1, .right, key: 1), "already-voted", records: "second-attempt 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule7AlsoFromALockedPackAndAfterTheClose(_ keeping: Keeping) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(1, .wrongA, key: 1)]),
            .ask([.redeem(2, .wrongA, key: 1)]))
        try hall.expect(.scan([1]), "received", records: "post-received 1")
        try hall.given(.close)
        try hall.expect(.scan([2]), "received", records: "post-received 2")
        try hall.expect(.scan([3]), "received", records: "post-received 3")
    }

    @Test(arguments: Keeping.allCases)
    func aBundleIsJudgedPackByPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        let bundle = [1, 1, 5, Plan.unknownPack, 2]
        #expect(
            try hall.perform(.scan(bundle)) == [
                "received", "scanned-before at 0", "already-voted post with 1 at 0", "no-such-pack",
                "received",
            ])
        #expect(
            hall.recorded()
                == [
                    "post-received 1", "post-set-aside 1 scanned again",
                    "post-set-aside 5 already voted by post", "post-received 2",
                ].map { $0 + " by scanner 3" })
    }

    @Test(arguments: Keeping.allCases)
    func tellsWhyAnEnvelopeWasSetAside(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let (pack, other) = (booth.rehearsal.pack(1), booth.rehearsal.pack(2))
            try booth.load("main", [pack, other])
            _ = try booth.desk.open(at: .test(3))
            _ = try booth.desk.receive([pack.number, pack.number], at: .test(4))
            let lines = try booth.desk.ledger.history(of: pack.number)?.entries.map(\.what)
            #expect(lines == ["envelope set aside: not active", "envelope set aside: not active"])
        }
    }
}
