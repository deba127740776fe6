import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// Section 20: the pairs of a register. Two members were found to be one person, who
/// keeps one pack; activating the batch cancels the other.
///
/// The batch "joined" has pack 22, which replaces 7, and pack 23, which replaces 1.
/// Its pairs: 2, 14 or 22 instead of 3; 5 or 23 instead of 6; 23 instead of 5; and
/// 2 instead of 7.
@Suite struct PairRules {
    private func standing(_ pack: Int, _ hall: Hall) throws -> String {
        let line = try hall.line("pack \(pack):")
        return Standing.allCases.map { "\($0)" }.first { line.contains(", \($0),") } ?? line
    }

    // MARK: What activating does

    @Test(arguments: Keeping.allCases)
    func activatingCancelsThePacksOfThePairs(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("more"), .activate("more"), .load("joined"))
        // Until then all can vote: the officer can cancel them at once.
        for pack in [1, 3, 5, 6, 7] { #expect(try standing(pack, hall) == "live") }
        #expect(try hall.line("pack 3:").contains("kept instead []"))
        try hall.expect(.activate("joined"), "done", records: "batch-activated 3 unreconciled")
        for (pack, expected) in [
            (3, "cancelled"), (5, "cancelled"), (6, "cancelled"), (1, "superseded"), (7, "superseded"),
            (2, "live"), (22, "live"), (23, "live"),
        ] {
            #expect(try standing(pack, hall) == expected, "pack \(pack)")
        }
        for (pack, kept) in [
            (3, #"["14", "2", "22"]"#), (5, #"["23"]"#), (6, #"["23", "5"]"#), (7, #"["2"]"#), (1, "[]"),
        ] {
            #expect(try hall.line("pack \(pack):").contains("kept instead \(kept)"), "pack \(pack)")
        }
        for pack in [3, 5, 6] {
            try hall.expect(.redeem(pack, .right, key: 1), "cancelled")
            try hall.expect(.cancel(pack), "already-cancelled")
            try hall.expect(
                .scan(pack), "set-aside cancelled", records: "post-set-aside \(pack) cancelled, nonce 1")
        }
        #expect(
            try hall.line("balance: ").contains("superseded 2, withdrawn 0, cancelled 3, inactive 0"))
        #expect(try hall.audit() == nil)
    }

    /// A pair of two batches is one that the helpline hears once.
    @Test(arguments: Keeping.allCases)
    func twoBatchesWithOnePair(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("listed"), .load("joined"), .activate("listed"))
        #expect(try hall.line("pack 3:").contains(#"kept instead ["2"]"#))
        try hall.given(.activate("joined"))
        #expect(try hall.line("pack 3:").contains(#"kept instead ["14", "2", "22"]"#))
        #expect(try hall.audit() == nil)
    }

    @Test(arguments: Keeping.allCases)
    func packsWhoseRegisterComesLaterArriveCancelled(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("joined"), .activate("joined"), .open())
        #expect(try hall.audit() == nil)
        try hall.given(.load("more"), .load("main"))
        // Not "not active": nobody should wait for them.
        for pack in [3, 5, 6] {
            #expect(try standing(pack, hall) == "cancelled")
            try hall.expect(.redeem(pack, .right, key: 1), "cancelled")
        }
        for pack in [1, 7] { #expect(try standing(pack, hall) == "superseded") }
        try hall.given(.activate("main"), .activate("more"))
        for pack in [3, 5, 6] {
            try hall.expect(.redeem(pack, .right, key: 1), "cancelled")
            try hall.expect(
                .scan(pack), "set-aside cancelled", records: "post-set-aside \(pack) cancelled, nonce 1")
        }
        try hall.expect(.redeem(2, .right, key: 1), "accepted", records: "vote-cast 2")
        #expect(try hall.line("balance: ").contains("superseded 2, withdrawn 0, cancelled 3"))
        #expect(try hall.audit() == nil)
    }

    /// Neither a batch that is withdrawn since gives them back, nor one that never
    /// was activated takes them.
    @Test(arguments: Keeping.allCases)
    func whateverBecomesOfTheBatch(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("joined"), .load("listed"), .withdraw("listed"))
        #expect(try standing(3, hall) == "live")
        #expect(try standing(4, hall) == "live")
        try hall.given(.activate("joined"), .withdraw("joined"))
        #expect(try standing(3, hall) == "cancelled")
        try hall.given(.load("more"), .restart)
        #expect(try standing(6, hall) == "cancelled")
        try hall.expect(.redeem(3, .right, key: 1), "cancelled")
        #expect(try hall.audit() == nil)
    }

    /// Superseded is told first. Else what came first stays.
    @Test(arguments: Keeping.allCases)
    func whichCancellingIsTold(_ keeping: Keeping) throws {
        func told(_ pack: Int, after steps: Step...) throws -> Cancellation? {
            let hall = try Hall.open(keeping)
            for step in steps { try hall.given(step) }
            #expect(try hall.audit() == nil)
            let number = hall.world.packs[pack]!.number
            return try hall.desk.ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
                try snapshot.cancellation(of: number)
            }
        }
        let (list, replace) = (Step.activate("listed"), Step.activate("again"))
        let loads = (Step.load("listed"), Step.load("again"))
        #expect(try told(3, after: loads.0, loads.1) == nil)
        #expect(try told(3, after: loads.0, list) == .listed)
        #expect(try told(3, after: loads.0, loads.1, list, replace) == .superseded)
        #expect(try told(3, after: loads.0, loads.1, replace, list) == .superseded)
        #expect(try told(3, after: loads.0, .cancel(3), list) == .byOfficer)
        #expect(try told(3, after: loads.0, list, .reconcile("main", missing: [3])) == .listed)
        #expect(try told(3, after: loads.0, .reconcile("main", missing: [3]), list) == .missing)
        // Superseded by a row and listed by a pair of one batch.
        #expect(try told(7, after: .load("more"), .load("joined"), .activate("joined")) == .superseded)
    }

    @Test(arguments: Keeping.allCases)
    func aVoteThatWasCastStays(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        // Voter 1, with the pack that is cancelled: the other one carries the same number.
        try hall.given(.load("joined"), .ask([.redeem(5, .right, key: 1)]), .scan(4), .load("listed"))
        // A pair of another voter's: 24 is in the batch itself, and can be cancelled first.
        try hall.expect(.activate("listed"), "replaced-voted")
        try hall.given(.cancel(24), .activate("listed"), .activate("joined"))
        let balance = try hall.line("balance: ")
        #expect(balance.contains("votedOnline 1, votedByPost 1, superseded 1, withdrawn 0, cancelled 2"))
        try hall.expect(.redeem(5, .right, key: 1), "repeated")
        try hall.expect(.redeem(23, .right, key: 2), "already-voted", records: "second-attempt 23")
        #expect(try hall.audit() == nil)
    }

    // MARK: When it is refused

    /// The voter of the pack that is going to be cancelled has voted: the same person
    /// could vote again by the pack that they keep, under another number.
    @Test(arguments: Keeping.allCases)
    func theVoterOfThePackHasVoted(_ keeping: Keeping) throws {
        for vote in [.ask([.redeem(3, .right, key: 1)]), .scan(3)] as [Step] {
            let hall = try Hall.open(keeping)
            try hall.given(.load("joined"), vote)
            // 14 is not loaded; 2 is live; 22 is of the batch, and live once it is active.
            for step in [.cancel(2), .cancel(22), .load("third"), .clock(1)] as [Step] {
                try hall.expect(.activate("joined"), "replaced-voted")
                try hall.given(step)
            }
            // Loaded, and not active yet: it could be.
            try hall.expect(.activate("joined"), "replaced-voted")
            try hall.given(.withdraw("third"))
            try hall.expect(.activate("joined"), "done", records: "batch-activated 2 unreconciled")
            #expect(try hall.line("balance: ").contains("votedOnline 1") == (vote != .scan(3)))
            #expect(try hall.audit() == nil)
        }
    }

    /// With another of their packs as well: it is the voter who counts.
    @Test(arguments: Keeping.allCases)
    func theVoterHasVotedWithAnotherPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(
            .load("more"), .activate("more"), .load("again"), .activate("again"), .load("joined"))
        // Pack 12 is voter 5's, and so is 6, which it replaced.
        try hall.given(.ask([.redeem(12, .right, key: 1)]))
        try hall.expect(.activate("joined"), "replaced-voted")
        try hall.given(.cancel(5))
        try hall.expect(.activate("joined"), "replaced-voted")
        try hall.given(.cancel(23))
        try hall.expect(.activate("joined"), "done", records: "batch-activated 4 unreconciled")
        #expect(try hall.audit() == nil)
    }

    /// The other way round nobody can vote twice: the pack is cancelled.
    @Test(arguments: Keeping.allCases)
    func theVoterOfThePackThatIsKeptHasVoted(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("joined"), .ask([.redeem(2, .right, key: 1)]))
        try hall.expect(.activate("joined"), "done", records: "batch-activated 2 unreconciled")
        try hall.expect(.redeem(3, .right, key: 1), "cancelled")
        try hall.expect(.redeem(22, .right, key: 1), "already-voted", records: "second-attempt 22")
        #expect(try hall.audit() == nil)
    }

    /// Once the return is annulled, nobody has voted.
    @Test(arguments: Keeping.allCases)
    func aReturnThatIsAnnulled(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("joined"), .scan(3))
        try hall.expect(.activate("joined"), "replaced-voted")
        try hall.given(.annul(3), .activate("joined"))
        #expect(try hall.audit() == nil)
    }

    /// What the rule looks at is what the pack that is kept can do, whatever its batch.
    @Test(arguments: Keeping.allCases)
    func whatThePackThatIsKeptCanDo(_ keeping: Keeping) throws {
        let dead: [[Step]] = [
            [.cancel(2)], [.withdraw("main")], [.load("third"), .activate("third")],
            [.reconcile("main", missing: [2])],
        ]
        for steps in dead + [[.clock(1)], [.close]] {
            let hall = try Hall.open(keeping)
            // Of "listed" there is one pair that concerns voter 3: pack 2 is kept.
            try hall.given(.load("listed"), .ask([.redeem(3, .right, key: 1)]))
            for step in steps { try hall.given(step) }
            let isDead = dead.contains(steps)
            #expect(
                try hall.perform(.activate("listed")) == [isDead ? "done" : "replaced-voted"], "\(steps)")
            #expect(try hall.audit() == nil)
        }
    }

    /// Nobody's vote is in the way when a pack that is listed is not loaded: it has no
    /// voter yet, and it will arrive cancelled.
    @Test(arguments: Keeping.allCases)
    func aListedPackThatIsNotLoaded(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("joined"), .open(), .activate("joined"), .load("more"), .activate("more"))
        try hall.expect(.redeem(6, .right, key: 1), "cancelled")
    }
}
