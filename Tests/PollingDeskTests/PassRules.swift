import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// Section 20, the column of the pass, and what section 17 says of one.
@Suite struct PassRules {
    /// An open ballot, and a pass for pack 1 that lasts 900 seconds.
    private func hall(_ keeping: Keeping, _ world: World = .usual, closesIn seconds: Int? = nil) throws
        -> Hall
    {
        let hall = try Hall(keeping, world)
        try hall.given(.load("main"), .activate("main"), .open(closesIn: seconds, grace: 60))
        try hall.expect(.check(1, .right, lasts: 900), "good until 900")
        return hall
    }

    @Test(arguments: Keeping.allCases)
    func rule1EveryByteOfAPassIsItsSeal(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        for byte in 0..<105 { try hall.expect(.alteredPass(1, byte: byte, key: 1), "bad-pass") }
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule1APassOfAnotherElectionOrOfNobody(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.expect(.foreignPass(key: 1), "bad-pass")
        let pass = hall.passes[1]!
        let not = [
            "", "A", String(pass.dropLast()), pass + "A", pass + "=", String(repeating: "A", count: 140),
        ]
        for text in not {
            hall.passes[2] = text
            try hall.expect(.pass(2, key: 1), "bad-pass")
        }
    }

    /// Anyone who has the desk's key can seal a pass. It is of no use without the
    /// code: the tag that its secret leads to must be the pack's.
    @Test(arguments: Keeping.allCases)
    func rule1ASecretThatIsNotTheCodes(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.load("proof"))
        // Whatever the pack is, and whatever became of it.
        for pack in [1, 3, 4, 8] { try hall.expect(.sealedPass(pack, key: 1), "bad-pass") }
        try hall.expect(.sealedPass(Plan.unknownPack, key: 1), "no-such-code")
        try hall.given(.ask([.redeem(1, .right, key: 1)]), .cancel(3))
        for step in [.close, .finish] as [Step] {
            for pack in [1, 3, 4, 8] { try hall.expect(.sealedPass(pack, key: 1), "bad-pass") }
            try hall.given(step)
        }
    }

    /// The control: the same pass around the code's own secret is one like any other.
    @Test(arguments: Keeping.allCases)
    func rule1ASecretThatIsTheCodes(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.expect(.sealedPass(1, .own, key: 1), "accepted", records: "vote-cast 1")
        try hall.expect(.sealedPass(1, .own, key: 1), "repeated")
        try hall.expect(.pass(1, key: 1), "repeated")
    }

    /// No desk gives a pass for them.
    @Test(arguments: Keeping.allCases)
    func rules2And3APackForPostAloneAndASpecimen(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.load("proof"))
        try hall.expect(.sealedPass(4, .own, key: 1), "no-such-code")
        try hall.expect(.sealedPass(8, .own, key: 1), "specimen")
    }

    @Test(arguments: Keeping.allCases)
    func rule4AReplayWithAPassThatHasExpired(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.ask([.pass(1, key: 1)]), .clock(900))
        try hall.expect(.pass(1, key: 1), "repeated")
        for step in [.cancel(1), .withdraw("main"), .close, .clock(61), .finish] as [Step] {
            try hall.given(step)
            try hall.expect(.pass(1, key: 1), "repeated")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule4CodeAndPassAreOneRequestUnderOneKey(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.ask([.redeem(1, .right, key: 1)]))
        // The hall compares the receipts.
        try hall.expect(.pass(1, key: 1), "repeated")
        try hall.expect(.redeem(1, .right, key: 1), "repeated")
    }

    @Test(arguments: Keeping.allCases)
    func rule5APassExpires(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.clock(900))
        try hall.expect(.pass(1, key: 1), "pass-expired")
        try hall.given(.clock(-1))
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
        // Before everything but the replay.
        try hall.given(.clock(1), .cancel(1), .close)
        try hall.expect(.pass(1, key: 2), "pass-expired")
    }

    /// A desk may lose its ledger, or have an older copy of it. It then gets
    /// passes that it gave before.
    @Test(arguments: Keeping.allCases)
    func rules6And7WhereTheBatchOrTheBallotIsBehindThePass(_ keeping: Keeping) throws {
        let twin = try hall(.memory)
        let hall = try Hall(keeping)
        hall.passes = twin.passes
        try hall.expect(.pass(1, key: 1), "no-such-code")
        try hall.given(.load("main"))
        try hall.expect(.pass(1, key: 1), "not-active")
        try hall.given(.activate("main"))
        try hall.expect(.pass(1, key: 1), "not-open")
        try hall.given(.open())
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule12AnyoneWhoSignedInBeforeTheCloseMayFinishInItsGrace(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.clock(100), .close, .clock(59))
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule12TheGraceIsOverAtItsEnd(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.clock(100), .close, .clock(60))
        try hall.expect(.pass(1, key: 1), "closed")
    }

    /// Also where the close is written by the pass itself.
    @Test(arguments: Keeping.allCases)
    func rule12TheGraceIsCountedFromTheAnnouncedTime(_ keeping: Keeping) throws {
        let hall = try hall(keeping, closesIn: 100)
        try hall.given(.clock(160))
        try hall.expect(.pass(1, key: 1), "closed", records: "ballot-closed at 100")
        let other = try self.hall(keeping, closesIn: 100)
        try other.given(.clock(159))
        try other.expect(
            .pass(1, key: 1), "accepted", records: "ballot-closed at 100", "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule12APassGivenAtTheCloseIsTooLate(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        // The clock stops between the pass and the close.
        try hall.given(.close)
        try hall.expect(.pass(1, key: 1), "closed")
    }

    @Test(arguments: Keeping.allCases)
    func rule7FinalHasNoGrace(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.clock(100), .finish)
        try hall.expect(.pass(1, key: 1), "closed")
    }

    @Test(arguments: Keeping.allCases)
    func rule12AnExtensionLetsAllPassesGoOn(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.clock(100), .close, .clock(200), .extend(by: 30))
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule8ALockThatCameLaterDoesNotStopAPass(_ keeping: Keeping) throws {
        let hall = try hall(keeping, .severe)
        try hall.given(.ask([.redeem(1, .wrongA, key: 9)]))
        try hall.expect(.check(1, .right), "locked")
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule13SupersededWithdrawnOrCancelled(_ keeping: Keeping) throws {
        let ways: [[Step]] = [
            [.load("again"), .activate("again")], [.withdraw("main")], [.cancel(1)],
        ]
        for steps in ways {
            let hall = try hall(keeping)
            for step in steps { try hall.given(step) }
            try hall.expect(.pass(1, key: 1), "cancelled")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule13APairCancelsThePack(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.ask([.check(3, .right, as: 2)]), .load("listed"), .activate("listed"))
        try hall.expect(.pass(2, key: 1), "cancelled")
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
    }

    @Test(arguments: Keeping.allCases)
    func rule14TheVoterHasVotedSince(_ keeping: Keeping) throws {
        for step in [.ask([.redeem(5, .right, key: 1)]), .ask([.pass(1, key: 9)]), .scan(1)] as [Step] {
            let hall = try hall(keeping)
            try hall.given(step)
            try hall.expect(.pass(1, key: 1), "already-voted", records: "second-attempt 1")
        }
    }

    @Test(arguments: Keeping.allCases)
    func rule15APassVotesOnce(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.ask([.check(1, .right, as: 2)]))
        try hall.expect(.pass(1, key: 1), "accepted", records: "vote-cast 1")
        try hall.expect(.pass(1, key: 2), "already-voted", records: "second-attempt 1")
        // Nor does another pass of the same code.
        try hall.expect(.pass(2, key: 2), "already-voted", records: "second-attempt 1")
    }

    @Test(arguments: Keeping.allCases)
    func aPassSaysNothingOfTheCode(_ keeping: Keeping) throws {
        let hall = try hall(keeping)
        try hall.given(.ask([.check(1, .right, as: 2)]))
        let passes = [hall.passes[1]!, hall.passes[2]!].map { pass in
            Array(pass.utf8).withBytes { Base64.decodeURL($0) }!
        }
        let pack = hall.world.packs[1]!
        let row = hall.world.rehearsal.rows(of: [pack])[0]
        let secrets = [
            Array(pack.printedCode), Array(pack.printedCode.filter { $0 != UInt8(ascii: "-") }),
            row.lookup.id.bytes.array, row.lookup.tag.bytes.array, row.voter.bytes.array,
            Array(row.answers.bytes.array), hall.world.chains[1]!.second.bytes.array,
            hall.world.chains[1]!.opening.bytes.array, hall.world.chains[1]!.trial.bytes.array,
        ]
        for pass in passes {
            for secret in secrets {
                // No four bytes of it in a row.
                for start in 0...(secret.count - 4) {
                    #expect(!pass.contains(Array(secret[start..<start + 4])))
                }
            }
        }
        // Two passes of one code have nothing in common but their version.
        #expect(zip(passes[0], passes[1]).count { $0 == $1 } < 10)
        #expect(passes[0][0] == 1)
    }
}
