import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// Logs that contradict neither themselves nor their tables, and break the
/// rules of section 16: what a desk would never write, written past the judge.
@Suite struct ForgedLogTests {
    private let rehearsal = Rehearsal(lockAfter: 3, lifetimeLimit: 5)
    private let ledger: MemoryLedger
    private let desk: Desk
    private let constant: ElectionConstant

    /// Batch 1, active: packs 1 to 5, of which 5 is for post alone and 2 has the
    /// voter of 1. Batch 2, inactive: pack 6. Batch 3: the specimen 7. Batch 4,
    /// active: pack 8, which replaces 4. Open since 3, until 1,000; 60 seconds of grace.
    init() throws {
        ledger = MemoryLedger(election: rehearsal.election, at: .test(0))
        desk = try Desk(key: rehearsal.deskKey(), ledger: ledger)
        constant = rehearsal.election.constant
        let booth = try Booth(rehearsal, ledger)
        try booth.load(
            "main",
            [
                rehearsal.pack(1), rehearsal.pack(2, voter: 1), rehearsal.pack(3), rehearsal.pack(4),
                rehearsal.pack(5, kind: .postOnly),
            ])
        try booth.load("late", [rehearsal.pack(6)])
        try booth.load("proof", [rehearsal.pack(7, kind: .specimen)], as: .specimens)
        try booth.load(
            "again", [rehearsal.pack(8, voter: 4, replacing: rehearsal.pack(4))], as: .replacements)
        for name in ["main", "proof", "again"] { try booth.activate(name) }
        _ = try desk.open(closes: .test(1000), grace: 60_000, .none, at: .test(3))
    }

    private func pack(_ number: Int) -> PackNumber { rehearsal.pack(number).number }

    private func vote(_ number: Int, voter: Int? = nil) -> Event {
        .voteCast(
            pack: pack(number), voter: rehearsal.pack(0, voter: voter ?? number).voter, Fingerprint(Bytes()))
    }

    private func post(_ number: Int, voter: Int? = nil) -> Event {
        .postReceived(pack: pack(number), voter: rehearsal.pack(0, voter: voter ?? number).voter)
    }

    private func annul(_ number: Int) -> Event {
        .postAnnulled(pack: pack(number), voter: rehearsal.pack(number).voter)
    }

    private func wrong(_ number: Int, _ tag: UInt8) -> Event {
        var bytes = Bytes<16>()
        bytes[0] = tag
        return .wrongAnswers(pack: pack(number), AnswerTag(bytes))
    }

    /// Writes events past the judge, each a second after the other.
    private func write(_ events: [Event], at second: Int = 10) throws {
        for (i, event) in events.enumerated() {
            try ledger.write([], at: .test(second + i)) { $0.record(event) }
        }
    }

    private func audit() throws -> String? {
        try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try Audit(election: rehearsal.election).run(on: snapshot)
        }.difference
    }

    /// The forged events, and what is wrong with the last of them: without it
    /// the log is clean, which is the control.
    private func expect(
        _ events: [Event], at second: Int = 10, _ words: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let forged = try ForgedLogTests()
        try forged.write(Array(events.dropLast()), at: second)
        #expect(try forged.audit() == nil, sourceLocation: location)
        try forged.write([events[events.count - 1]], at: second + events.count)
        let found = try forged.audit()
        #expect(found?.contains(words) == true, "\(found ?? "clean")", sourceLocation: location)
    }

    @Test func whatTheRulesAllowIsClean() throws {
        try write([
            vote(1), .secondAttempt(pack: pack(2)), post(5), annul(5), post(5),
            .postSetAside(pack: pack(5), .scannedBefore), .postSetAside(pack: pack(1), .votedOnline),
            .postSetAside(pack: pack(6), .inactive), .postSetAside(pack: pack(7), .specimen),
            .postSetAside(pack: pack(4), .superseded), wrong(3, 1), wrong(3, 2), wrong(3, 3),
            .packUnlocked(pack: pack(3)), wrong(3, 1), wrong(3, 2), .packCancelled(pack: pack(6), .byOfficer),
            .batchActivated(batch: 2, reconciled: false), .ballotClosed(.test(28)),
            .ballotExtended(until: .test(2000)), vote(8, voter: 4), .ballotClosed(.test(31)), post(3),
            .ballotFinal,
        ])
        #expect(try audit() == nil)
    }

    @Test func votesOnline() throws {
        let never = "the pack could not vote online"
        try expect([vote(6)], never)
        try expect([vote(7)], never)
        try expect([vote(5)], never)
        try expect([vote(4)], never)
        try expect([.packCancelled(pack: pack(3), .byOfficer), vote(3)], never)
        try expect([.batchWithdrawn(batch: 1), vote(3)], never)
        try expect([vote(1, voter: 3)], "another voter than the pack's")
        try expect([vote(1), vote(1)], "a second vote of one voter")
        // Another pack of the same voter.
        try expect([vote(1), vote(2, voter: 1)], "a second vote of one voter")
        try expect([post(3), vote(3)], "a second vote of one voter")
        // Once the return is annulled, the voter may vote, and then no more.
        try expect([post(3), annul(3), vote(3), vote(3)], "a second vote of one voter")
        // At its own millisecond the time is past; a desk writes the close first.
        try expect([vote(3), vote(8, voter: 4)], at: 998, "the closing time was past")
        try expect([.ballotClosed(.test(10)), .ballotFinal, vote(3)], "final")
    }

    @Test func graceEndsAtItsMillisecond() throws {
        let forged = try ForgedLogTests()
        try forged.write([.ballotClosed(.test(10))])
        try forged.ledger.write([], at: Moment(milliseconds: Moment.test(70).milliseconds - 1)) {
            $0.record(vote(3))
        }
        #expect(try forged.audit() == nil)
        try forged.ledger.write([], at: .test(70)) { $0.record(vote(8, voter: 4)) }
        #expect(try forged.audit()?.contains("the ballot was not open") == true)
    }

    @Test func beforeTheBallotIsOpened() throws {
        for event in [vote(1), post(1), wrong(1, 1)] {
            let fresh = MemoryLedger(election: rehearsal.election, at: .test(0))
            let booth = try Booth(rehearsal, fresh)
            try booth.load("main", [rehearsal.pack(1)])
            try booth.activate("main")
            func audit() throws -> String? {
                try fresh.snapshot(long: false) { (snapshot) throws(LedgerError) in
                    try Audit(election: rehearsal.election).run(on: snapshot)
                }.difference
            }
            #expect(try audit() == nil)
            try fresh.write([], at: .test(3)) { $0.record(event) }
            #expect(try audit()?.contains("the ballot was not open") == true, "\(event)")
        }
    }

    @Test func wrongAnswersAndLocks() throws {
        let locking = [wrong(3, 1), wrong(3, 2), wrong(3, 3)]
        try expect(locking + [wrong(3, 4)], "the pack was locked")
        let unlocked: Event = .packUnlocked(pack: pack(3))
        // Five in a lifetime.
        try expect(locking + [unlocked, wrong(3, 4), wrong(3, 5), wrong(3, 6)], "the pack was locked")
        try expect(locking + [unlocked, wrong(3, 4), wrong(3, 5), unlocked], "not to be unlocked")
        try expect([unlocked], "not to be unlocked")
        try expect([wrong(3, 1), unlocked], "not to be unlocked")
        try expect([wrong(3, 1), wrong(3, 1)], "the same answers count once")
        try expect([wrong(6, 1)], "the pack could not be tried")
        try expect([wrong(7, 1)], "the pack could not be tried")
        try expect([wrong(5, 1)], "the pack could not be tried")
        try expect([.ballotClosed(.test(10)), wrong(3, 1)], "the ballot was not open")
    }

    @Test func secondAttempts() throws {
        let attempt: Event = .secondAttempt(pack: pack(3))
        try expect([attempt], "there was no first vote")
        try expect([post(3), annul(3), attempt], "there was no first vote")
        try expect([vote(3), .packCancelled(pack: pack(3), .byOfficer), attempt], "could not vote online")
        try expect([vote(3)] + [Event](repeating: attempt, count: 21), "more second attempts")
    }

    @Test func post() throws {
        try expect([post(6)], "the pack could not vote")
        try expect([post(4)], "the pack could not vote")
        try expect([vote(3), post(3)], "a second vote of one voter")
        try expect([post(3, voter: 1)], "another voter than the pack's")
        try expect([annul(3)], "no return by post to annul")
        // An online vote is never annulled.
        try expect([vote(3), annul(3)], "no return by post to annul")
        try expect([post(3), annul(3), annul(3)], "no return by post to annul")
        let wrongly = "no reason to be set aside"
        try expect([.postSetAside(pack: pack(3), .inactive)], wrongly)
        try expect([.postSetAside(pack: pack(3), .scannedBefore)], wrongly)
        try expect([vote(3), .postSetAside(pack: pack(3), .votedByPost)], wrongly)
        try expect([post(3), .postSetAside(pack: pack(3), .votedOnline)], wrongly)
        try expect([.postSetAside(pack: pack(4), .cancelled)], wrongly)
    }

    @Test func packsCancelled() throws {
        let never = "the pack could not be cancelled"
        let cancel: Event = .packCancelled(pack: pack(3), .byOfficer)
        try expect([cancel, cancel], never)
        try expect([.packCancelled(pack: pack(4), .byOfficer)], never)
        try expect([.packCancelled(pack: pack(7), .byOfficer)], never)
        // No entry of its own: its bytes are no event.
        try expect([.packCancelled(pack: pack(3), .superseded)], "it cannot be read")
        try expect([.packCancelled(pack: rehearsal.pack(99).number, .byOfficer)], "no register has")
    }

    @Test func batchesAndTheBallot() throws {
        try expect([.batchActivated(batch: 1, reconciled: false)], "could not be activated")
        try expect(
            [.batchWithdrawn(batch: 2), .batchActivated(batch: 2, reconciled: false)],
            "could not be activated")
        try expect([.batchWithdrawn(batch: 1), .batchWithdrawn(batch: 1)], "withdrawn before")
        try expect(
            [.batchReconciled(batch: 1, missing: 0), .batchReconciled(batch: 1, missing: 0)],
            "reconciled before")
        try expect([.ballotOpened(closes: nil, grace: 0)], "opened before")
        try expect([.ballotClosed(.test(10)), .ballotClosed(.test(11))], "was not open")
        try expect([.ballotClosed(.test(9))], "not the time to close")
        try expect([.ballotClosed(.test(1000))], "not the time to close")
        try expect([.ballotFinal], "was not closed")
        try expect([.ballotClosed(.test(10)), .ballotFinal, .deskOpened], "final")
        try expect([.ballotExtended(until: .test(10))], "the closing time was past")
        let returned: Event = .batchReconciled(batch: 2, missing: 1)
        let missing: Event = .packCancelled(pack: pack(6), .missing)
        try expect([returned], "0 packs were cancelled as missing before it")
        try expect([missing, returned, .batchActivated(batch: 2, reconciled: false)], "nobody had to insist")
        try expect([.batchActivated(batch: 2, reconciled: true)], "activated as reconciled, and was not")
        try expect([.created(election: rehearsal.election.digest)], "the ledger's creation, once")
    }

    @Test func aReturnWithAPackOfAnotherBatch() throws {
        try write([.packCancelled(pack: pack(6), .missing), .batchReconciled(batch: 2, missing: 1)])
        #expect(try audit() == nil)
        try write([.packCancelled(pack: pack(6), .missing), .batchReconciled(batch: 1, missing: 1)], at: 20)
        #expect(try audit()?.contains("it is not of batch 1, whose return has it") == true)
    }
}
