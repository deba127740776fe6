import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// Logs that contradict neither themselves nor their tables, and break the
/// rules of section 20: what a desk would never write, written past the judge.
@Suite struct ForgedLogTests {
    private let log: ForgedLog

    init() throws { log = try ForgedLog() }

    private func pack(_ number: Int) -> PackNumber { log.pack(number) }
    private func vote(_ number: Int, voter: Int? = nil) -> Event { log.vote(number, voter: voter) }
    private func post(_ number: Int, voter: Int? = nil, nonce: Int = 1) -> Event {
        log.post(number, voter: voter, nonce: nonce)
    }
    private func annul(_ number: Int, nonce: Int = 1) -> Event { log.annul(number, nonce: nonce) }
    private func aside(_ number: Int, _ why: SetAside, nonce: Int = 1, voted second: Int? = nil) -> Event {
        log.aside(number, why, nonce: nonce, voted: second)
    }
    private func wrong(_ number: Int, _ tag: UInt8) -> Event { log.wrong(number, tag) }
    private func again(_ number: Int) -> Event { log.again(number) }

    /// The forged events, and what is wrong with the last of them: without it
    /// the log is clean, which is the control.
    private func expect(
        _ events: [Event], at second: Int = 10, _ words: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let forged = try ForgedLog()
        try forged.write(Array(events.dropLast()), at: second)
        #expect(try forged.audit() == nil, sourceLocation: location)
        try forged.write([events[events.count - 1]], at: second + events.count)
        let found = try forged.audit()
        #expect(found?.contains(words) == true, "\(found ?? "clean")", sourceLocation: location)
    }

    @Test func whatTheRulesAllowIsClean() throws {
        try log.write([
            vote(1), again(2), post(5), annul(5), post(5, nonce: 2),
            aside(5, .scannedBefore, nonce: 3, voted: 14), aside(1, .votedOnline, voted: 10),
            aside(6, .inactive), aside(7, .specimen), aside(4, .superseded), wrong(3, 1), wrong(3, 2),
            wrong(3, 3), .packUnlocked(pack: pack(3)), wrong(3, 1), wrong(3, 2),
            .packCancelled(pack: pack(6), .byOfficer), .batchActivated(batch: 2, reconciled: false),
            .ballotClosed(.test(28)), .ballotExtended(until: .test(2000)), vote(8, voter: 4),
            .batchActivated(batch: 5, reconciled: false), aside(10, .cancelled), .ballotClosed(.test(33)),
            wrong(9, 1), post(3, nonce: 2), aside(3, .scannedBefore, voted: 35), .ballotFinal,
        ])
        #expect(try log.audit() == nil)
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
        let forged = try ForgedLog()
        try forged.write([.ballotClosed(.test(10))])
        try forged.ledger.write([], at: Moment(milliseconds: Moment.test(70).milliseconds - 1)) {
            $0.record(vote(3))
        }
        #expect(try forged.audit() == nil)
        try forged.ledger.write([], at: .test(70)) { $0.record(vote(8, voter: 4)) }
        #expect(try forged.audit()?.contains("the ballot was not open") == true)
    }

    @Test func beforeTheBallotIsOpened() throws {
        for event in [vote(1), post(1), wrong(1, 1), aside(6, .inactive)] {
            let fresh = try ForgedLog(isOpen: false)
            #expect(try fresh.audit() == nil)
            try fresh.write([event], at: 4)
            #expect(try fresh.audit()?.contains("the ballot was not open") == true, "\(event)")
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
        // Also after the close, where they count as they did before it.
        try expect([.ballotClosed(.test(10))] + locking + [wrong(3, 4)], "the pack was locked")
        try expect([.ballotClosed(.test(10)), .ballotFinal, wrong(3, 1)], "final")
    }

    @Test func secondAttempts() throws {
        let attempt = again(3)
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
        try expect([annul(3)], "no return by this scan to annul")
        // An online vote is never annulled; a return is, once, by the scan that recorded it.
        try expect([vote(3), annul(3)], "no return by this scan to annul")
        try expect([post(3), annul(3), annul(3)], "no return by this scan to annul")
        try expect([post(3), annul(3, nonce: 2)], "no return by this scan to annul")
        try expect([post(3), annul(3), post(3, nonce: 2), annul(3)], "no return by this scan to annul")
        try expect([post(1), annul(2)], "another voter than the pack's")
        try expect(
            [post(1), .postAnnulled(pack: pack(2), voter: log.voter(1), ScanNonce(test: 1))], "this scan")
        let wrongly = "no reason to be set aside"
        try expect([aside(3, .inactive)], wrongly)
        try expect([aside(3, .scannedBefore)], wrongly)
        try expect([vote(3), aside(3, .votedByPost, voted: 10)], wrongly)
        try expect([post(3), aside(3, .votedOnline, nonce: 2, voted: 10)], wrongly)
        try expect([aside(4, .cancelled)], wrongly)
        try expect([post(3), aside(3, .votedByPost, nonce: 2, voted: 10)], wrongly)
    }

    /// The time is that of the vote that was there: a table is told it again.
    @Test func theTimeOfTheVoteThatWasThere() throws {
        let words = "another time for the vote that was there"
        for second in [9, 11, nil] {
            try expect([vote(3), aside(3, .votedOnline, voted: second)], words)
            try expect([post(3), aside(3, .scannedBefore, nonce: 2, voted: second)], words)
            try expect([post(1), aside(2, .votedByPost, voted: second)], words)
        }
        try expect([aside(6, .inactive, voted: 10)], words)
        // Of the vote that counts now, and not of one that was annulled.
        let twice = [post(3), annul(3), post(3, nonce: 2)]
        try expect(twice + [aside(3, .scannedBefore, nonce: 3, voted: 10)], words)
    }

    /// A scan that is asked again is not recorded again.
    @Test func aNonceHasOneEntryOfAPack() throws {
        let words = "this scan was recorded before"
        try expect([post(3), annul(3), post(3)], words)
        try expect([post(3), aside(3, .scannedBefore, voted: 10)], words)
        try expect([aside(6, .inactive), aside(6, .inactive)], words)
        // The same nonce of another pack is another scan.
        let clean = try ForgedLog()
        try clean.write([post(3), post(5), aside(6, .inactive)])
        #expect(try clean.audit() == nil)
    }

    /// From its activation on, and not before.
    @Test func packsThatAPairCancels() throws {
        let activated: Event = .batchActivated(batch: 5, reconciled: false)
        try expect([activated, vote(10)], "the pack could not vote online")
        try expect([activated, post(10)], "the pack could not vote")
        try expect([vote(10), activated, again(10)], "the pack could not vote online")
        try expect([activated, .packCancelled(pack: pack(10), .byOfficer)], "could not be cancelled")
        try expect([activated, aside(10, .superseded)], "no reason to be set aside")
        try expect([aside(10, .cancelled)], "no reason to be set aside")
        // The pack that is kept, and wrong answers with the other one, as ever.
        let clean = try ForgedLog()
        try clean.write([vote(10), activated, vote(9), wrong(10, 1)])
        // That the activation should have been refused is not looked for: the voter of
        // pack 10, who kept pack 9, has two votes, and both are on the record.
        #expect(try clean.audit() == nil)
    }

    /// What an entry shows of a code, in every ledger. A database may refuse it by
    /// itself; then nobody needs to look for it.
    @Test(arguments: Keeping.allCases)
    func whatIsShownIsOfTheCode(_ keeping: Keeping) throws {
        let made = CodeValues(made: 7)
        for of in [made, log.values(of: 1), log.values(of: 3)] {
            let isItsOwn = of.second.bytes == log.values(of: 3).second.bytes
            let (voter, mark) = (log.voter(3), Bytes<16>())
            let shallower = CodeChain.Opening(of.trial.bytes)
            let deeper = CodeChain.Opening(of.second.bytes)
            for (opening, isRight) in [(of.opening, isItsOwn), (shallower, false), (deeper, false)] {
                let event = Event.voteCast(pack: pack(3), voter: voter, Fingerprint(mark), opening)
                try expect([], event, isRight, keeping)
            }
            let tag = log.tag(of: 3).bytes
            for (trial, isRight) in [
                (of.trial.bytes, isItsOwn), (of.opening.bytes, false), (of.second.bytes, false), (tag, false),
            ] {
                let event = Event.wrongAnswers(pack: pack(3), AnswerTag(mark), CodeChain.Trial(trial))
                try expect([], event, isRight, keeping)
            }
            for (second, isRight) in [
                (of.second.bytes, isItsOwn), (of.opening.bytes, false), (of.trial.bytes, false),
            ] {
                let event = Event.secondAttempt(pack: pack(3), CodeChain.Second(second))
                try expect([vote(3)], event, isRight, keeping)
            }
        }
    }

    private func expect(
        _ before: [Event], _ event: Event, _ isRight: Bool, _ keeping: Keeping,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let forged = try ForgedLog(keeping)
        try forged.write(before)
        #expect(try forged.audit() == nil, sourceLocation: location)
        do { try forged.write([event], at: 20) } catch .rulesRefused {
            #expect(!isRight && keeping.knowsTheRules, sourceLocation: location)
            return
        }
        let found = try forged.audit()
        let isFound = found?.hasSuffix("it was not opened by the code of this pack") == true
        #expect(isRight ? found == nil : isFound, "\(found ?? "clean")", sourceLocation: location)
    }

    @Test func packsCancelled() throws {
        let never = "the pack could not be cancelled"
        let cancel: Event = .packCancelled(pack: pack(3), .byOfficer)
        try expect([cancel, cancel], never)
        try expect([.packCancelled(pack: pack(4), .byOfficer)], never)
        try expect([.packCancelled(pack: pack(7), .byOfficer)], never)
        // No entry of its own: its bytes are no event.
        try expect([.packCancelled(pack: pack(3), .superseded)], "it cannot be read")
        try expect([.packCancelled(pack: pack(3), .listed)], "it cannot be read")
        try expect([.packCancelled(pack: pack(99), .byOfficer)], "no register has")
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
        try expect([.created(election: log.rehearsal.election.digest)], "the ledger's creation, once")
    }

    @Test func aReturnWithAPackOfAnotherBatch() throws {
        try log.write([.packCancelled(pack: pack(6), .missing), .batchReconciled(batch: 2, missing: 1)])
        #expect(try log.audit() == nil)
        try log.write(
            [.packCancelled(pack: pack(6), .missing), .batchReconciled(batch: 1, missing: 1)], at: 20)
        #expect(try log.audit()?.contains("it is not of batch 1, whose return has it") == true)
    }
}

/// A ledger into which somebody writes past the judge.
private struct ForgedLog {
    let rehearsal = Rehearsal(lockAfter: 3, lifetimeLimit: 5)
    let ledger: any Ledger
    private let place: LedgerPlace

    /// Batch 1, active: packs 1 to 5, 9 and 10, of which 5 is for post alone and 2 has
    /// the voter of 1. Batch 2, inactive: pack 6. Batch 3: the specimen 7. Batch 4,
    /// active: pack 8, which replaces 4. Batch 5, inactive: pack 11, and that whoever
    /// has pack 9 keeps it instead of 10. Open since 3, until 1,000; 60 seconds of grace.
    init(_ keeping: Keeping = .memory, isOpen: Bool = true) throws {
        place = LedgerPlace(keeping, quick: true)
        ledger = try place.create(rehearsal.election)
        let booth = try Booth(rehearsal, ledger)
        let (nine, ten) = (rehearsal.pack(9), rehearsal.pack(10))
        try booth.load(
            "main",
            [
                rehearsal.pack(1), rehearsal.pack(2, voter: 1), rehearsal.pack(3), rehearsal.pack(4),
                rehearsal.pack(5, kind: .postOnly), nine, ten,
            ])
        try booth.load("late", [rehearsal.pack(6)])
        try booth.load("proof", [rehearsal.pack(7, kind: .specimen)], as: .specimens)
        try booth.load(
            "again", [rehearsal.pack(8, voter: 4, replacing: rehearsal.pack(4))], as: .replacements)
        try booth.load("joined", [rehearsal.pack(11)], pairs: [(nine, ten)])
        for name in ["main", "proof", "again"] { try booth.activate(name) }
        guard isOpen else { return }
        _ = try booth.desk.open(closes: .test(1000), grace: 60_000, .none, at: .test(3))
    }

    func pack(_ number: Int) -> PackNumber { rehearsal.pack(number).number }

    func voter(_ number: Int) -> VoterNumber { rehearsal.pack(0, voter: number).voter }

    func values(of number: Int) -> CodeValues { CodeValues(of: rehearsal.pack(number), in: rehearsal) }

    func tag(of number: Int) -> Counterfoil.Tag { rehearsal.rows(of: [rehearsal.pack(number)])[0].lookup.tag }

    func vote(_ number: Int, voter other: Int?) -> Event {
        .voteCast(
            pack: pack(number), voter: voter(other ?? number), Fingerprint(Bytes()),
            values(of: number).opening)
    }

    func post(_ number: Int, voter other: Int?, nonce: Int) -> Event {
        .postReceived(pack: pack(number), voter: voter(other ?? number), ScanNonce(test: nonce))
    }

    func annul(_ number: Int, nonce: Int) -> Event {
        .postAnnulled(pack: pack(number), voter: voter(number), ScanNonce(test: nonce))
    }

    func aside(_ number: Int, _ why: SetAside, nonce: Int, voted second: Int?) -> Event {
        .postSetAside(pack: pack(number), why, ScanNonce(test: nonce), voted: second.map { .test($0) })
    }

    func wrong(_ number: Int, _ tag: UInt8) -> Event {
        var bytes = Bytes<16>()
        bytes[0] = tag
        return .wrongAnswers(pack: pack(number), AnswerTag(bytes), values(of: number).trial)
    }

    func again(_ number: Int) -> Event { .secondAttempt(pack: pack(number), values(of: number).second) }

    /// Writes events past the judge, each a second after the other.
    func write(_ events: [Event], at second: Int = 10) throws(LedgerError) {
        for (i, event) in events.enumerated() {
            try ledger.write([], at: .test(second + i)) { $0.record(event) }
        }
    }

    func audit() throws -> String? {
        try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try Audit(election: rehearsal.election).run(on: snapshot)
        }.difference
    }
}
