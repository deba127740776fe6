import Testing

/// Scripts in which a desk and the model once differed, as they were printed.
@Suite struct Replays {
    private func replay(lock: Int, _ steps: [Step]) throws {
        let world = try #require([World.strict, .lenient, .severe, .usual].first { $0.plan.lock == lock })
        for keeping in Keeping.allCases {
            #expect(Trial(keeping, world).run(Script(steps), reportEvery: 1) == nil, "\(keeping)")
        }
    }

    /// The desk said `not-active` of a pack that will never be active.
    @Test func aPackThatWasCancelledBeforeItsBatchWasActivated() throws {
        try replay(
            lock: 2,
            [
                .load("main"),
                .open(),
                .withdraw("main"),
                .ask([.redeem(1, .right, key: 1)]),
            ])
    }

    /// The desk wrote no close for a code that it does not know.
    @Test func anUnknownCodePastTheClosingTime() throws {
        try replay(
            lock: 2,
            [
                .open(closesIn: 60),
                .clock(60),
                .ask([.redeem(99, .right, key: 1)]),
            ])
    }

    /// Both ledgers took it.
    @Test func aRegisterAfterTheEnd() throws {
        try replay(lock: 2, [.open(), .finish, .load("main")])
    }

    /// The ledger wrote that the desk had been opened.
    @Test func aRestartAfterTheEnd() throws {
        try replay(lock: 2, [.open(), .finish, .restart])
    }
}
