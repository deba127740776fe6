#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// A desk and a server whose clocks differ by more than a minute do nothing together,
/// and the refusal names both times.
@Suite struct ClockTests {
    let rehearsal = Rehearsal()
    let database = TestServer.Database()
    let booth: Booth

    /// With times as they are. Pack 1 and pack 2 can vote.
    init() throws {
        let ledger = try PostgresLedger.create(at: database.address(), election: rehearsal.election)
        booth = try Booth(rehearsal, ledger, at: .now)
        let register = rehearsal.register("main", [rehearsal.pack(1), rehearsal.pack(2)])
        _ = try booth.desk.load(register, at: .now)
        _ = try booth.desk.activate(BatchName("main")!, unreconciled: true, at: .now)
        _ = try booth.desk.open(at: .now)
    }

    private static func moment(_ seconds: Int) -> Moment {
        Moment(milliseconds: Moment.now.milliseconds + Int64(seconds) * 1000)
    }

    /// By how many seconds the two times of the refusal differ; nil without one.
    private func difference(_ body: () throws -> Void) throws -> Int? {
        do {
            try body()
            return nil
        } catch LedgerError.clocksDiffer(let place, let here, let there) {
            #expect(place == .database(database.address()))
            // The second time is the server's, which is this machine's.
            #expect((Moment.now.milliseconds - there.milliseconds).magnitude < 10_000)
            return Int(((Double(here.milliseconds) - Double(there.milliseconds)) / 1000).rounded())
        }
    }

    @Test(arguments: [-7200, -62, -58, 0, 58, 62, 7200])
    func aDeskIsOpenedByAClockThatAgrees(_ seconds: Int) throws {
        let found = try difference {
            _ = try PostgresLedger(
                opening: database.address(), election: rehearsal.election, clock: .server,
                at: Self.moment(seconds))
        }
        #expect(found == (abs(seconds) > 60 ? seconds : nil))
    }

    /// Whether or not something would be recorded: what is not is an answer as well.
    @Test(arguments: [-7200, -62, -58, 0, 58, 62, 7200])
    func theyAreComparedWithEachGroup(_ seconds: Int) throws {
        let expected = abs(seconds) > 60 ? seconds : nil
        let unknown = rehearsal.pack(77)
        #expect(
            try difference { _ = try booth.redeem(unknown, key: 7, at: Self.moment(seconds)) } == expected)
        #expect(
            try difference { _ = try booth.redeem(rehearsal.pack(1), key: 1, at: Self.moment(seconds)) }
                == expected)
        #expect(
            try difference {
                _ = try booth.desk.receive([rehearsal.pack(2).scan()], at: Self.moment(seconds))
            } == expected)
        // An officer's clock that is fast does not close the ballot.
        #expect(try difference { _ = try booth.desk.close(.none, at: Self.moment(seconds)) } == expected)
        let summary = try booth.desk.ledger.summary()
        #expect(summary.balance.votes == (expected == nil ? 2 : 0))
        #expect(summary.ballot.phase == (expected == nil ? .closed : .open))
    }

    /// The control: a ledger that compares them with nothing takes such a vote. And no
    /// program that is not a test opens it.
    @Test func aLedgerWithoutAClockIsATestsOwn() throws {
        let precinct = try Precinct(packs: 1)
        #expect(
            try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1, at: .test(-7200)).name == "accepted"
        )
        let refusal = LedgerError.alteredPart(
            .database(precinct.database.address()), SchemaPart("function server_clock", .altered))
        #expect(throws: refusal) {
            try PostgresLedger(
                opening: precinct.database.address(), election: precinct.rehearsal.election)
        }
        #expect(throws: refusal) { try PostgresLedger(reading: precinct.database.address()) }
    }

    /// A request that had to wait is late, and its desk's clock is not to blame.
    @Test(arguments: [(0, "agrees"), (59, "agrees"), (61, "is late"), (3600, "is late")])
    func whoWaitedIsLate(_ seconds: Int, _ expected: String) {
        let asked = Moment.test(0)
        let clock = DeskClock(asked, then: 0)
        switch clock.agreement(with: .test(seconds), now: Int64(seconds) * 1_000_000_000) {
        case .agrees: #expect(expected == "agrees")
        case .isLate: #expect(expected == "is late")
        case .differs(let here): Issue.record("\(here)")
        }
        // The control: it did not wait, or waited less.
        #expect(
            clock.agreement(with: .test(seconds), now: 0)
                == (seconds > 60 ? .differs(here: asked) : .agrees))
    }

    @Test(arguments: [Int64.min, .max]) func noTimeIsTooFarAway(_ milliseconds: Int64) {
        let (far, near) = (Moment(milliseconds: milliseconds), Moment.test(0))
        #expect(DeskClock(far, then: 0).agreement(with: near, now: 1 << 60) != .agrees)
        #expect(DeskClock(near, then: 0).agreement(with: far, now: 0) == .differs(here: near))
    }
}
#endif
