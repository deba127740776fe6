import PollingDesk
import TestSupport
import Testing

/// Section 20, by post: one test for each rule.
@Suite struct PostRules {
    @Test(arguments: Keeping.allCases)
    func rule1NoSuchPackInAnyPhase(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.expect(.scan(Plan.unknownPack), "no-such-pack")
        for step in [.open(), .close, .finish] as [Step] {
            try hall.given(step)
            try hall.expect(.scan(Plan.unknownPack), "no-such-pack")
        }
    }

    // MARK: Rule 2, an answer that was lost

    /// Whatever became of pack and voter since: the envelope counts, and its table
    /// hears so.
    @Test(arguments: Keeping.allCases)
    func rule2AReturnIsReceivedEachTimeItsScanIsAsked(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("again"), .scan(1), .clock(5))
        let after: [Step] = [
            .clock(0), .cancel(1), .activate("again"), .withdraw("main"), .close, .restart, .finish, .restart,
        ]
        for step in after {
            try hall.given(step)
            try hall.expect(.scan(1), "received")
            // At another table too: the nonce is the scan's, and not the table's.
            try hall.expect(.scan(1, table: 2), "received")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule2AReturnThatWasAnnulledSince(_ keeping: Keeping) throws {
        for then in [.clock(0), .scan(1, nonce: 2), .ask([.redeem(5, .right, key: 1)])] as [Step] {
            let hall = try Hall.open(keeping)
            try hall.given(.scan(1), .annul(1), then)
            for step in [.clock(0), .close, .restart, .finish, .restart] as [Step] {
                try hall.given(step)
                try hall.expect(.scan(1), "annulled")
            }
        }
    }

    /// With the time and the table of the return that counted then, though it was
    /// annulled, and another one counts now.
    @Test(arguments: Keeping.allCases)
    func rule2AnEnvelopeThatHadBeenScannedBefore(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .scan(1, table: 2), .clock(5))
        let answer = "scanned-before at 7 by table 2"
        try hall.expect(
            .scan(1, nonce: 2, table: 3), answer,
            records: "post-set-aside 1 scanned again, nonce 2, voted at 7")
        let after: [Step] = [
            .clock(3), .annul(1), .scan(1, nonce: 3, table: 1), .cancel(1), .close, .restart, .finish,
            .restart,
        ]
        for step in after {
            try hall.given(step)
            try hall.expect(.scan(1, nonce: 2, table: 3), answer)
        }
    }

    /// The clock may stand still, and the table is yet the one that was there.
    @Test(arguments: Keeping.allCases)
    func rule2TheTableIsThatOfTheReturnThatCountedThen(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.scan(1, table: 2))
        let (first, second) = ("scanned-before at 0 by table 2", "scanned-before at 0 by table 3")
        try hall.expect(
            .scan(1, nonce: 2), first, records: "post-set-aside 1 scanned again, nonce 2, voted at 0")
        try hall.given(.annul(1), .scan(1, nonce: 3, table: 3))
        try hall.expect(
            .scan(1, nonce: 4), second, records: "post-set-aside 1 scanned again, nonce 4, voted at 0")
        for step in [.clock(0), .annul(1, nonce: 3), .restart] as [Step] {
            try hall.given(step)
            try hall.expect(.scan(1, nonce: 2), first)
            try hall.expect(.scan(1, nonce: 4), second)
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule2AnEnvelopeWhoseVoterHadVoted(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .ask([.redeem(1, .right, key: 1)]), .scan(2, nonce: 2), .load("more"))
        try hall.given(.activate("more"), .clock(5))
        for pack in [1, 5] {
            try hall.expect(
                .scan(pack), "already-voted online at 7",
                records: "post-set-aside \(pack) already voted online, nonce 1, voted at 7")
        }
        try hall.expect(
            .scan(7), "already-voted post at 7",
            records: "post-set-aside 7 already voted by post, nonce 1, voted at 7")
        for step in [.cancel(5), .annul(2, nonce: 2), .close, .restart, .finish, .restart] as [Step] {
            try hall.given(step)
            for pack in [1, 5] { try hall.expect(.scan(pack), "already-voted online at 7") }
            try hall.expect(.scan(7), "already-voted post at 7")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule2AnEnvelopeThatWasSetAside(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("more"), .load("proof"), .load("again"), .activate("again"), .cancel(2))
        let standings = [(7, "inactive"), (8, "specimen"), (1, "superseded"), (2, "cancelled")]
        for (pack, standing) in standings {
            try hall.expect(
                .scan(pack), "set-aside \(standing)", records: "post-set-aside \(pack) \(standing), nonce 1")
        }
        // What is live now was not so then, and what is withdrawn was cancelled.
        let after: [Step] = [.activate("more"), .withdraw("main"), .close, .restart, .finish, .restart]
        for step in after {
            try hall.given(step)
            for (pack, standing) in standings { try hall.expect(.scan(pack), "set-aside \(standing)") }
        }
    }

    /// The envelope that was set aside before its batch was active is scanned anew.
    @Test(arguments: Keeping.allCases)
    func rule2IsAboutThisNonceOfThisPackAlone(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("more"))
        try hall.expect(.scan(7), "set-aside inactive", records: "post-set-aside 7 inactive, nonce 1")
        try hall.given(.activate("more"))
        try hall.expect(.scan(7), "set-aside inactive")
        try hall.expect(.scan(7, nonce: 2), "received", records: "post-received 7, nonce 2")
        // The nonces of another pack's scans.
        try hall.expect(.scan(3), "received", records: "post-received 3, nonce 1")
        try hall.expect(
            .scan(3, nonce: 2), "scanned-before at 0 by table 1",
            records: "post-set-aside 3 scanned again, nonce 2, voted at 0")
    }

    /// Nothing was recorded, so there is nothing to hear again.
    @Test(arguments: Keeping.allCases)
    func rule2IsNotAboutAnswersThatRecordNothing(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .activate("main"))
        try hall.expect(.scan(1), "not-open")
        try hall.expect(.scan(6), "no-such-pack")
        try hall.given(.load("more"), .open())
        try hall.expect(.scan(1), "received", records: "post-received 1, nonce 1")
        try hall.expect(.scan(6), "set-aside inactive", records: "post-set-aside 6 inactive, nonce 1")
    }

    /// In one bundle as well.
    @Test(arguments: Keeping.allCases)
    func rule2WithinABundle(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        let bundle = [1, 1, 2, 1].enumerated().map { Envelope($1, nonce: [1, 1, 1, 2][$0]) }
        for _ in 1...2 {
            #expect(
                try hall.perform(.scan(bundle))
                    == ["received", "received", "received", "scanned-before at 0 by table 1"])
        }
        #expect(
            hall.recorded().map { $0.split(separator: " by table")[0] }
                == [
                    "post-received 1, nonce 1", "post-received 2, nonce 1",
                    "post-set-aside 1 scanned again, nonce 2, voted at 0",
                ])
    }

    // MARK: Rules 3 to 8

    @Test(arguments: Keeping.allCases)
    func rule3AfterTheEndNothingIsWritten(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("proof"), .scan(1), .ask([.redeem(2, .right, key: 1)]), .finish)
        for pack in [1, 2, 3, 4, 5, 8] { try hall.expect(.scan(pack, nonce: 2), "final") }
    }

    @Test(arguments: Keeping.allCases)
    func rule4BeforeTheBallotIsOpened(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .activate("main"), .load("proof"), .cancel(2))
        for pack in [1, 2, 4, 8] { try hall.expect(.scan(pack), "not-open") }
    }

    @Test(arguments: Keeping.allCases)
    func rule5TheSameEnvelopeAgain(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .scan(1, table: 2), .clock(5))
        var nonce = 1
        func again() throws {
            nonce += 1
            try hall.expect(
                .scan(1, nonce: nonce), "scanned-before at 7 by table 2",
                records: "post-set-aside 1 scanned again, nonce \(nonce), voted at 7")
        }
        try again()
        // Whatever became of the pack since, and after the close.
        for step in [.cancel(1), .withdraw("main"), .close] as [Step] {
            try hall.given(step)
            try again()
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule6TheVoterVotedOnline(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .ask([.redeem(1, .right, key: 1)]), .clock(5))
        for pack in [1, 5] {
            try hall.expect(
                .scan(pack), "already-voted online at 7",
                records: "post-set-aside \(pack) already voted online, nonce 1, voted at 7")
        }
        // Told before the standing.
        try hall.given(.cancel(5))
        try hall.expect(
            .scan(5, nonce: 2), "already-voted online at 7",
            records: "post-set-aside 5 already voted online, nonce 2, voted at 7")
    }

    @Test(arguments: Keeping.allCases)
    func rule6TheVoterVotedByPostWithAnotherPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.clock(7), .scan(1))
        // Also by a scan that has the nonce of the other pack's.
        try hall.expect(
            .scan(5), "already-voted post at 7",
            records: "post-set-aside 5 already voted by post, nonce 1, voted at 7")
    }

    @Test(arguments: Keeping.allCases)
    func rule7APackThatCannotVoteIsSetAsideWithItsStanding(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(
            .load("proof"), .activate("proof"), .load("again"), .activate("again"), .load("more"),
            .load("third"), .load("listed"), .activate("listed"), .cancel(2))
        let standings = [
            (8, "specimen"), (1, "superseded"), (2, "cancelled"), (4, "cancelled"), (7, "inactive"),
            (14, "inactive"),
        ]
        for (pack, standing) in standings {
            try hall.expect(
                .scan(pack), "set-aside \(standing)", records: "post-set-aside \(pack) \(standing), nonce 1")
        }
        try hall.given(.withdraw("main"), .close)
        // Superseded is told first, withdrawn before cancelled.
        for (pack, standing) in [(1, "superseded"), (2, "withdrawn"), (4, "withdrawn")] {
            try hall.expect(
                .scan(pack, nonce: 2), "set-aside \(standing)",
                records: "post-set-aside \(pack) \(standing), nonce 2")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule8AnEnvelopeIsReceivedAndTheCodeIsDead(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.expect(.scan(1), "received", records: "post-received 1, nonce 1")
        try hall.expect(.scan(4), "received", records: "post-received 4, nonce 1")
        try hall.expect(.redeem(1, .right, key: 1), "already-voted", records: "second-attempt 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule8AlsoFromALockedPackAndAfterTheClose(_ keeping: Keeping) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(1, .wrongA, key: 1)]),
            .ask([.redeem(2, .wrongA, key: 1)]))
        try hall.expect(.scan(1), "received", records: "post-received 1, nonce 1")
        try hall.given(.close)
        try hall.expect(.scan(2), "received", records: "post-received 2, nonce 1")
        try hall.expect(.scan(3), "received", records: "post-received 3, nonce 1")
    }

    @Test(arguments: Keeping.allCases)
    func aBundleIsJudgedPackByPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        let bundle = [1, 1, 5, Plan.unknownPack, 2].enumerated().map { Envelope($1, nonce: $0 + 1) }
        #expect(
            try hall.perform(.scan(bundle, table: 3)) == [
                "received", "scanned-before at 0 by table 3", "already-voted post at 0", "no-such-pack",
                "received",
            ])
        #expect(
            hall.recorded()
                == [
                    "post-received 1, nonce 1", "post-set-aside 1 scanned again, nonce 2, voted at 0",
                    "post-set-aside 5 already voted by post, nonce 3, voted at 0", "post-received 2, nonce 5",
                ].map { $0 + " by table 3" })
    }

    @Test(arguments: Keeping.allCases)
    func tellsWhyAnEnvelopeWasSetAside(_ keeping: Keeping) throws {
        try keeping.with { booth in
            let (pack, other) = (booth.rehearsal.pack(1), booth.rehearsal.pack(2))
            try booth.load("main", [pack, other])
            _ = try booth.desk.open(at: .test(3))
            try booth.receive([pack, pack], at: .test(4))
            let lines = try booth.desk.ledger.history(of: pack.number)?.entries.map(\.what)
            #expect(lines == ["envelope set aside: not active", "envelope set aside: not active"])
        }
    }
}
