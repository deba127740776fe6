#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// What each role may do, and what the database does not let it do, whatever
/// program it uses.
@Suite struct RoleTests {
    /// What nobody but the owner may do.
    static let forbidden = [
        "INSERT INTO packs SELECT * FROM packs", "UPDATE packs SET batch = 2", "DELETE FROM packs",
        "INSERT INTO votes VALUES (gen_random_uuid(), 1, 1, 2, NULL)", "UPDATE votes SET pack = 1",
        "DELETE FROM votes", "INSERT INTO log SELECT * FROM log", "UPDATE log SET at = 1", "DELETE FROM log",
        "INSERT INTO places VALUES (99, 99, decode(repeat('00', 32), 'hex'))", "UPDATE places SET turn = 9",
        "DELETE FROM places", "UPDATE integration SET horizon = '9999999'", "UPDATE ballot SET closed = 1",
        "UPDATE batches SET activated = NULL", "INSERT INTO cancelled VALUES (1, 2)",
        "DELETE FROM cancelled", "UPDATE attempts SET wrong = 0", "INSERT INTO attempts VALUES (1, 1, 1, 1)",
        "UPDATE ledger SET version = 2", "DELETE FROM staged", "SELECT nextval('turns')",
        "TRUNCATE votes", "TRUNCATE log", "DROP TABLE votes", "ALTER TABLE votes DISABLE TRIGGER ALL",
        "ALTER TABLE log DISABLE TRIGGER log_stays", "CREATE TABLE counterfoil.mine (a int)",
        "DROP VIEW waiting CASCADE", "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION enter(_alone boolean) RETURNS void LANGUAGE sql AS ''",
        "SELECT write_entries('{6}', 1, '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
        "SELECT apply_votes(1, '{}', '{}', '{}')", "SELECT apply_act(1, '', 1, NULL)",
        "SET ROLE postgres",
    ]

    /// What some may do, and these may not.
    static let reserved: [(role: String, sql: [String])] = [
        (
            "desk",
            [
                "SELECT * FROM packs", "SELECT * FROM votes", "SELECT * FROM log", "SELECT * FROM attempts",
                "INSERT INTO staged SELECT * FROM staged", "SELECT begin_load('', 'x')",
                Event.ballotFinal.recording(by: "record_acts"),
            ]
        ),
        (
            "loader",
            [
                "SELECT * FROM packs", "SELECT * FROM votes", "SELECT * FROM staged",
                "SELECT gather('{}', '{}', false)", Event.ballotFinal.recording(by: "record_acts"),
                Event.deskOpened.recording(by: "record_votes"),
            ]
        ),
        ("officer", ["INSERT INTO staged SELECT * FROM staged", "SELECT begin_load('', 'x')"]),
        (
            "auditor",
            [
                "SELECT gather('{}', '{}', false)", "SELECT begin_load('', 'x')",
                "SELECT place(1, '{}', '{}')", Event.deskOpened.recording(by: "record_opening"),
                Event.deskOpened.recording(by: "record_votes"),
                Event.ballotFinal.recording(by: "record_acts"),
            ]
        ),
    ]

    @Test(arguments: ["loader", "desk", "officer", "auditor"])
    func noRoleChangesATable(_ role: String) throws {
        let precinct = try Precinct(packs: 3)
        let shell = precinct.shell(as: "test_\(role)")
        // The control: this is a role that can do something.
        #expect(shell.ask("SELECT count(*) FROM ballot") == "1")
        for sql in Self.forbidden + Self.reserved.first(where: { $0.role == role })!.sql {
            let words = shell.run(sql)
            let isRefused =
                words.map {
                    $0.contains("permission denied") || $0.contains("must be owner")
                        || $0.contains("must be a")
                } ?? false
            #expect(isRefused, "\(sql): \(words ?? "done")")
        }
    }

    /// The control of the test above: these things can be done, though not always
    /// to these rows.
    @Test func theOwnerIsKeptFromNoneOfItByPermissions() throws {
        let precinct = try Precinct(packs: 3)
        let shell = precinct.shell()
        for sql in Self.forbidden + Self.reserved.flatMap(\.sql) {
            shell.run("BEGIN")
            let words = shell.run(sql)
            shell.run("ROLLBACK")
            #expect(!(words ?? "").contains("permission denied"), "\(sql): \(words ?? "done")")
            #expect(!(words ?? "").contains("does not exist"), "\(sql): \(words ?? "done")")
            #expect(!(words ?? "").contains("syntax"), "\(sql): \(words ?? "done")")
        }
    }

    // MARK: What they are for

    @Test func aBallotIsRunByItsRoles() throws {
        let rehearsal = Rehearsal()
        let database = TestServer.Database()
        let ledger = try PostgresLedger.create(
            at: database.address(), election: rehearsal.election, at: .test(0))
        ledger.close()
        _ = try Precinct(packs: 1)  // makes the users, if they are not there

        func booth(_ role: String) throws -> Booth {
            try Booth(
                rehearsal,
                try PostgresLedger(
                    opening: database.address(user: "test_\(role)"), election: rehearsal.election))
        }
        let (loader, officer, desk) = (try booth("loader"), try booth("officer"), try booth("desk"))
        let packs = (1...5).map { rehearsal.pack($0) }
        #expect(try loader.load("main", packs) == .loaded)
        #expect(try loader.load("main", packs) == .alreadyLoaded)
        let error = #expect(throws: LedgerError.self) { try desk.load("more", [rehearsal.pack(6)]) }
        guard case .noRight(let fault) = error, case .server("42501", _) = fault.cause else {
            throw try #require(error)
        }
        #expect(try officer.activate("main") == .done)
        #expect(try officer.desk.open(closes: .test(1000), at: .test(3)) == .done)
        #expect(try desk.redeem(packs[0], key: 1).name == "accepted")
        #expect(try desk.redeem(packs[1], key: 2, answers: ["1/1/1970", "9"]).name == "wrong-answers")
        #expect(try officer.desk.receive([packs[0].number, packs[2].number], at: .test(11)).count == 2)
        #expect(try desk.redeem(packs[0], key: 3).name == "already-voted")
        #expect(try loader.desk.checkpoint { $0 }.head.size == 12)
        // The announced close, by the first request after it.
        #expect(try desk.redeem(packs[3], key: 4, at: .test(1001)).name == "closed")
        #expect(try officer.desk.finish(.none, at: .test(1002)) == .done)
        let summary = try PostgresLedger(reading: database.address(user: "test_auditor")).summary()
        #expect(summary.ballot.phase == .final)
        #expect(summary.balance.votes == 2)

        // Some entries have no place yet. The auditor sees where they would be;
        // the officer gives them one; both find nothing wrong.
        let audit = Audit(election: rehearsal.election)
        var heads: [TreeHead] = []
        for role in ["auditor", "officer", "auditor"] {
            let reader = try PostgresLedger(reading: database.address(user: "test_\(role)"))
            let report = try reader.snapshot(long: true) { (snapshot) throws(LedgerError) in
                try audit.run(on: snapshot)
            }
            #expect(report.difference == nil)
            heads.append(report.head)
        }
        #expect(Set(heads).count == 1)
        #expect(heads[0].size == 14)
    }

    // MARK: What a desk may write, and what not even that

    /// The residue: a stolen desk role needs no code. The log has the vote, as
    /// it has all others, and its voter will be told that they have voted.
    @Test func aDeskRoleCanVoteWithoutACode() throws {
        let precinct = try Precinct(packs: 2)
        let pack = precinct.rehearsal.pack(1)
        let shell = precinct.shell(as: "test_desk")
        #expect(shell.run(pack.cast.recording(by: "record_votes", voter: pack.voter)) == nil)
        #expect(try precinct.owner.redeem(pack, key: 1).name == "already-voted")
        #expect(try precinct.audit() == nil)
        #expect(
            precinct.shell().ask("SELECT count(*) FROM log WHERE type = \(EventType.voteCast.rawValue)")
                == "1")
    }

    /// The other residue: it must be able to give entries their places, so it can
    /// give them wrong ones. The wrong places stay, and so do entries and votes.
    @Test func aDeskRoleCanSpoilTheOrderOfTheLogAndNothingElse() throws {
        let precinct = try Precinct(packs: 2)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        #expect(try precinct.audit() == nil)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
        let zeros = "decode(repeat('00', 32), 'hex')"
        #expect(
            precinct.shell(as: "test_desk").run(
                """
                SELECT place((SELECT size FROM integration), array_agg(turn), array_agg(\(zeros)))
                FROM waiting
                """) == nil)
        if case .success(nil) = Result(catching: { try precinct.audit() }) {
            Issue.record("the audit found nothing")
        }
        #expect(try precinct.owner.desk.ledger.summary().balance.votes == 2)
        #expect(
            precinct.shell().ask("SELECT count(*) FROM log WHERE type = \(EventType.voteCast.rawValue)")
                == "2")
    }

    /// Or can write without having locked the voter, past an act on their pack.
    @Test func aDeskRoleCanVotePastACancellationOnItsWay() throws {
        let precinct = try Precinct(packs: 1)
        let pack = precinct.rehearsal.pack(1)
        let officer = precinct.shell(as: "test_officer")
        #expect(officer.run("BEGIN; SELECT gather('{}', '{\(pack.number.value)}', false)") == nil)
        #expect(
            officer.run(
                Event.packCancelled(pack: pack.number, .byOfficer).recording(by: "record_acts")) == nil)
        let desk = precinct.shell(as: "test_desk")
        #expect(desk.run(pack.cast.recording(by: "record_votes", voter: pack.voter)) == nil)
        #expect(officer.run("COMMIT") == nil)
        #expect(try precinct.audit()?.contains("the pack could not vote") == true)
    }

    @Test func aDeskRoleCanDoNoMoreThanThat() throws {
        let precinct = try Precinct(packs: 6)
        let rehearsal = precinct.rehearsal
        func pack(_ number: Int) -> TestPack { rehearsal.pack(number) }
        let desk = precinct.owner.desk
        _ = try desk.cancel(pack(1).number, .none, at: .test(5))
        try precinct.owner.load("test", [rehearsal.pack(30, kind: .specimen)], as: .specimens)
        try precinct.owner.activate("test")
        try precinct.owner.load("late", [rehearsal.pack(31)])
        #expect(try precinct.owner.redeem(pack(2), key: 1).name == "accepted")
        _ = try desk.receive([pack(3).number], at: .test(6))

        let shell = precinct.shell(as: "test_desk")
        func refused(_ event: Event, _ voter: VoterNumber?, because words: String, _ at: Moment = .test(10)) {
            let found = shell.run(event.recording(by: "record_votes", at: at, voter: voter))
            #expect(found?.contains(words) ?? false, "\(event): \(found ?? "done")")
        }
        let cannot = "a pack that cannot vote"
        refused(pack(1).cast, pack(1).voter, because: cannot)  // cancelled
        refused(rehearsal.pack(30, kind: .specimen).cast, pack(30).voter, because: cannot)
        refused(rehearsal.pack(31).cast, pack(31).voter, because: cannot)  // not active
        refused(rehearsal.pack(77).cast, pack(77).voter, because: cannot)  // of no register
        // Another voter's pack; and one voter in the entry, another beside it.
        refused(
            .voteCast(pack: pack(4).number, voter: pack(5).voter, Fingerprint(Bytes())), pack(5).voter,
            because: cannot)
        refused(pack(4).cast, pack(5).voter, because: cannot)
        refused(pack(2).cast, pack(2).voter, because: "votes_pkey")
        refused(pack(3).cast, pack(3).voter, because: "votes_pkey")  // by post
        refused(.secondAttempt(pack: pack(4).number), nil, because: "cannot have been")
        let other = "does not write such entries"
        refused(.postAnnulled(pack: pack(3).number, voter: pack(3).voter), pack(3).voter, because: other)
        refused(.postReceived(pack: pack(4).number, voter: pack(4).voter), pack(4).voter, because: other)
        refused(.packUnlocked(pack: pack(4).number), nil, because: other)
        refused(.packCancelled(pack: pack(4).number, .byOfficer), nil, because: other)
        refused(.batchActivated(batch: 3, reconciled: true), nil, because: other)
        refused(.ballotFinal, nil, because: other)
        // Not before its time, nor at another.
        refused(.ballotClosed(.test(10)), nil, because: "does not close yet")
        _ = try desk.extend(until: Moment(milliseconds: 4_000_000_000_000), .none, at: .test(7))
        refused(.ballotClosed(Moment(milliseconds: 4_000_000_000_000)), nil, because: "does not close yet")
        _ = try desk.close(.none, at: .test(20))
        _ = try desk.finish(.none, at: .test(21))
        refused(pack(4).cast, pack(4).voter, because: "the ballot is final")
        #expect(try precinct.audit() == nil)
    }

    /// A desk that writes without having looked waits for a change of the ballot,
    /// like any other.
    @Test func aDeskRoleDoesNotWritePastAnActOnItsWay() throws {
        let precinct = try Precinct(packs: 2)
        _ = try precinct.owner.desk.close(.none, at: .test(20))
        let pack = precinct.rehearsal.pack(1)
        let vote = pack.cast.recording(by: "record_votes", at: .test(10), voter: pack.voter)
        let officer = precinct.shell(as: "test_officer")
        #expect(officer.run("BEGIN; SELECT gather('{}', '{}', true)") == nil)
        #expect(officer.run(Event.ballotFinal.recording(by: "record_acts", at: .test(21))) == nil)

        let desk = precinct.shell(as: "test_desk")
        desk.run("SET lock_timeout = '200ms'")
        #expect(desk.run(vote)?.contains("lock timeout") == true)
        #expect(officer.run("COMMIT") == nil)
        #expect(desk.run(vote)?.contains("the ballot is final") == true)
        // Nor with a view of the ballot from before.
        #expect(desk.run("BEGIN ISOLATION LEVEL REPEATABLE READ") == nil)
        #expect(desk.run(vote)?.contains("READ COMMITTED") == true)
        #expect(try precinct.audit() == nil)
    }

    /// And an act on the ballot waits for the votes on their way.
    @Test func anOfficersRoleDoesNotActPastAVoteOnItsWay() throws {
        let precinct = try Precinct(packs: 2)
        let pack = precinct.rehearsal.pack(1)
        let desk = precinct.shell(as: "test_desk")
        #expect(desk.run("BEGIN") == nil)
        #expect(desk.run(pack.cast.recording(by: "record_votes", voter: pack.voter)) == nil)

        let officer = precinct.shell(as: "test_officer")
        officer.run("SET lock_timeout = '200ms'")
        let close = Event.ballotClosed(.test(10)).recording(by: "record_acts")
        #expect(officer.run(close)?.contains("lock timeout") == true)
        // What is about one pack need not wait for another's.
        #expect(
            officer.run(
                Event.packCancelled(pack: precinct.rehearsal.pack(2).number, .byOfficer)
                    .recording(by: "record_acts")) == nil)
        #expect(desk.run("COMMIT") == nil)
        #expect(officer.run(close) == nil)
        #expect(try precinct.audit() == nil)
    }
}
#endif
