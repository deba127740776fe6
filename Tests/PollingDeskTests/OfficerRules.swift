import Testing

/// Section 20, officers: every refusal of every act on a pack or a batch. Where
/// an act is not refused: what is recorded.
@Suite struct OfficerRules {
    // MARK: Annul

    @Test(arguments: Keeping.allCases)
    func onlyAReturnByPostIsAnnulledAndOnlyThatPack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.ask([.redeem(2, .right, key: 1)]), .scan(1))
        try hall.expect(.annul(Plan.unknownPack), "no-such-pack")
        // An online vote; the voter's other pack; nobody's vote.
        for pack in [2, 5, 3, 4] { try hall.expect(.annul(pack), "nothing-to-annul") }
        // Another scan, and one that was set aside.
        try hall.expect(.annul(1, nonce: 2), "nothing-to-annul")
        _ = try hall.perform(.scan(1, nonce: 2))
        _ = hall.recorded()
        try hall.expect(.annul(1, nonce: 2), "nothing-to-annul")
        try hall.expect(.annul(1), "done", records: "post-annulled 1, nonce 1")
        try hall.expect(.annul(1), "already-annulled")
    }

    /// An officer whose answer was lost asks again. By then the envelope may have been
    /// scanned anew: that return is another one, and stays.
    @Test(arguments: Keeping.allCases)
    func annullingAgainRemovesNoNewerReturn(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.scan(1), .annul(1), .clock(5), .scan(1, nonce: 2))
        try hall.expect(.annul(1), "already-annulled")
        #expect(try hall.line("balance: ").contains("votedByPost 1"))
        try hall.expect(
            .scan(1, nonce: 3), "scanned-before at 5 by table 1",
            records: "post-set-aside 1 scanned again, nonce 3, voted at 5")
        // Nor one of the voter's other pack, nor a vote online.
        try hall.given(.annul(1, nonce: 2), .scan(5, nonce: 4))
        for nonce in [1, 2, 3] {
            try hall.expect(.annul(1, nonce: nonce), nonce == 3 ? "nothing-to-annul" : "already-annulled")
        }
        #expect(try hall.line("balance: ").contains("votedByPost 1"))
        try hall.given(.annul(5, nonce: 4), .ask([.redeem(1, .right, key: 1)]))
        try hall.expect(.annul(1), "already-annulled")
        #expect(try hall.line("balance: ").contains("votedOnline 1"))
    }

    @Test(arguments: Keeping.allCases)
    func aVoterWhoseReturnIsAnnulledHasNotVoted(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.scan(1), .annul(1))
        try hall.expect(.scan(1, nonce: 2), "received", records: "post-received 1, nonce 2")
        try hall.given(.annul(1, nonce: 2))
        try hall.expect(.redeem(5, .right, key: 1), "accepted", records: "vote-cast 5")
        try hall.expect(.annul(5), "nothing-to-annul")
        for nonce in [1, 2] { try hall.expect(.annul(1, nonce: nonce), "already-annulled") }
        // What was scanned stays in the pack's history.
        #expect(try hall.report().count { $0.contains("received by post, nonce ") } == 2)
    }

    @Test(arguments: Keeping.allCases)
    func aReturnIsAnnulledAfterTheCloseAndWhateverBecameOfThePack(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.scan(1), .cancel(1), .withdraw("main"), .close)
        try hall.expect(.annul(1), "done", records: "post-annulled 1, nonce 1")
        try hall.expect(
            .scan(1, nonce: 2), "set-aside withdrawn", records: "post-set-aside 1 withdrawn, nonce 2")
    }

    // MARK: Cancel

    @Test(arguments: Keeping.allCases)
    func whatIsCancelledAndWhatIsNot(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("proof"), .load("again"), .load("more"), .activate("again"))
        try hall.expect(.cancel(Plan.unknownPack), "no-such-pack")
        try hall.expect(.cancel(8), "specimen")
        // Replaced.
        try hall.expect(.cancel(1), "already-cancelled")
        // Live, for post alone, not active yet: once.
        for pack in [2, 4, 7] {
            try hall.expect(.cancel(pack), "done", records: "pack-cancelled \(pack) byOfficer")
            try hall.expect(.cancel(pack), "already-cancelled")
        }
        try hall.given(.withdraw("main"))
        try hall.expect(.cancel(5), "already-cancelled")
    }

    @Test(arguments: Keeping.allCases)
    func votesStayWhateverBecomesOfTheirPacks(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(
            .ask([.redeem(1, .right, key: 1)]), .scan(2), .ask([.redeem(3, .right, key: 1)]),
            .load("again"),
            .load("third"))
        let votes = try hall.line("balance: ")
        #expect(votes.contains("votedOnline 2, votedByPost 1"))
        for step in [.cancel(2), .activate("again"), .activate("third"), .withdraw("main")] as [Step] {
            try hall.given(step)
            #expect(try hall.line("balance: ").contains("votedOnline 2, votedByPost 1"))
        }
        // And they still belong to their voters, who have other packs now.
        for pack in [13, 11, 14] {
            try hall.expect(
                .redeem(pack, .right, key: 5), "already-voted", records: "second-attempt \(pack)")
        }
        try hall.expect(.redeem(1, .right, key: 1), "repeated")
    }

    // MARK: Unlock

    @Test(arguments: Keeping.allCases)
    func anUnlockedPackHasAllItsAttemptsUpToItsLifetime(_ keeping: Keeping) throws {
        // Three until it is locked, five in all.
        let hall = try Hall(keeping, .lenient)
        try hall.given(.load("main"), .activate("main"), .load("proof"), .open())
        try hall.expect(.unlock(Plan.unknownPack), "no-such-pack")
        for pack in [1, 4, 8] { try hall.expect(.unlock(pack), "not-locked") }
        try hall.given(.ask([.wrongA, .wrongB].map { .redeem(1, $0, key: 1) }))
        try hall.expect(.unlock(1), "not-locked")
        try hall.given(.ask([.redeem(1, .wrongC, key: 1)]))
        try hall.expect(.unlock(1), "done", records: "pack-unlocked 1")
        try hall.expect(.unlock(1), "not-locked")
        // The last ones are forgotten: they count again.
        try hall.expect(.redeem(1, .wrongC, key: 1), "wrong-answers, 1 left", records: "wrong-answers 1")
        try hall.expect(.redeem(1, .wrongC, key: 1), "wrong-answers, 1 left")
        try hall.expect(.redeem(1, .wrongA, key: 1), "locked", records: "wrong-answers 1")
        try hall.expect(.unlock(1), "locked-for-good")
        try hall.expect(.redeem(1, .right, key: 1), "locked")
        try hall.expect(.scan(1), "received", records: "post-received 1, nonce 1")
    }

    @Test(arguments: Keeping.allCases)
    func anUnlockedPackVotes(_ keeping: Keeping) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(1, .wrongA, key: 1)]), .unlock(1))
        try hall.expect(.redeem(1, .right, key: 1), "accepted", records: "vote-cast 1")
    }

    /// An officer can unlock a dead pack. It stays dead, and its voter hears so.
    @Test(arguments: Keeping.allCases)
    func unlockingDoesNotReviveAPack(_ keeping: Keeping) throws {
        let hall = try Hall(keeping, .severe)
        try hall.given(
            .load("main"), .activate("main"), .open(), .ask([.redeem(1, .wrongA, key: 1)]), .cancel(1))
        try hall.expect(.unlock(1), "done", records: "pack-unlocked 1")
        try hall.expect(.redeem(1, .right, key: 1), "cancelled")
    }

    // MARK: Batches

    @Test(arguments: Keeping.allCases)
    func activating(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .load("more"), .load("proof"), .load("again"))
        try hall.expect(.activate("none"), "no-such-batch")
        try hall.expect(.activate("main", insisted: false), "not-reconciled")
        try hall.expect(.activate("main"), "done", records: "batch-activated 1 unreconciled")
        try hall.expect(.activate("main"), "already-active")
        try hall.given(.reconcile("more", missing: []))
        try hall.expect(.activate("more", insisted: false), "done", records: "batch-activated 2")
        // Nobody packs specimens, so nobody returns them.
        try hall.expect(.activate("proof", insisted: false), "done", records: "batch-activated 3")
        try hall.given(.withdraw("again"), .withdraw("main"))
        try hall.expect(.activate("again"), "withdrawn")
        try hall.expect(.activate("main"), "withdrawn")
    }

    @Test(arguments: Keeping.allCases)
    func withdrawing(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("more"))
        try hall.expect(.withdraw("none"), "no-such-batch")
        for (name, number) in [("main", 1), ("more", 2)] {
            try hall.expect(.withdraw(name), "done", records: "batch-withdrawn \(number)")
            try hall.expect(.withdraw(name), "already-withdrawn")
        }
    }

    @Test(arguments: Keeping.allCases)
    func reconciling(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .load("more"), .cancel(2))
        try hall.expect(.reconcile("none", missing: []), "no-such-batch")
        for missing in [[6], [1, 6], [Plan.unknownPack]] {
            try hall.expect(.reconcile("main", missing: missing), "other-packs")
        }
        // A pack that is in the list twice is cancelled once.
        try hall.expect(
            .reconcile("main", missing: [1, 2, 1]), "done", records: "pack-cancelled 1 missing",
            "pack-cancelled 2 missing", "batch-reconciled 1, 2 missing")
        try hall.expect(.reconcile("main", missing: []), "already-reconciled")
        try hall.given(.activate("main", insisted: false), .open())
        try hall.expect(.redeem(1, .right, key: 1), "cancelled")
        try hall.expect(.redeem(5, .right, key: 1), "accepted", records: "vote-cast 5")
    }

    @Test(arguments: Keeping.allCases)
    func aSupersededPackStaysSuperseded(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.load("again"), .activate("again"))
        for step in [.reconcile("main", missing: [1, 2]), .withdraw("again"), .withdraw("main")] as [Step] {
            try hall.given(step)
            #expect(try hall.line("pack 1:").contains("superseded"))
        }
        // Two batches replace it, and none of their packs can vote.
        try hall.given(.load("odd"), .activate("odd"), .withdraw("odd"))
        #expect(try hall.line("pack 1:").contains("superseded"))
    }

    @Test(arguments: Keeping.allCases)
    func aCancelledPackIsToldAsSupersededOnceItIsReplaced(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        try hall.given(.cancel(1), .load("again"))
        #expect(try hall.line("pack 1:").contains(", cancelled"))
        try hall.given(.activate("again"))
        #expect(try hall.line("pack 1:").contains(", superseded"))
    }

    @Test(arguments: Keeping.allCases)
    func packsWhoseRegisterComesLaterArriveSuperseded(_ keeping: Keeping) throws {
        let hall = try Hall(keeping)
        try hall.given(.load("third"), .activate("third"), .open())
        try hall.given(.load("again"), .activate("again"), .load("main"), .activate("main"))
        // 13 replaces 10, which replaces 1; 15 replaces 4.
        for pack in [10, 1, 4] { #expect(try hall.line("pack \(pack):").contains(", superseded")) }
        try hall.expect(.redeem(10, .right, key: 1), "cancelled")
        try hall.expect(.redeem(13, .right, key: 1), "accepted", records: "vote-cast 13")
    }

    @Test(arguments: Keeping.allCases)
    func everyActNamesItsOfficerAndItsReason(_ keeping: Keeping) throws {
        let hall = try Hall.open(keeping)
        for step in [.cancel(1), .withdraw("main"), .extend(by: 60), .close, .finish] as [Step] {
            _ = try hall.perform(step)
            for entry in hall.recorded() { #expect(entry.hasSuffix(" by A. Officer for mistake case 7")) }
        }
        #expect(try hall.report().contains("  0 cancelled by A. Officer for mistake case 7"))
    }
}
