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
        "INSERT INTO votes VALUES (gen_random_uuid(), 1, 1, 2, gen_random_uuid())",
        "UPDATE votes SET pack = 1",
        "DELETE FROM votes", "INSERT INTO log SELECT * FROM log", "UPDATE log SET at = 1", "DELETE FROM log",
        "INSERT INTO places VALUES (99, 99, decode(repeat('00', 32), 'hex'))", "UPDATE places SET turn = 9",
        "DELETE FROM places", "UPDATE integration SET horizon = '9999999'", "UPDATE ballot SET closed = 1",
        "UPDATE batches SET activated = NULL", "INSERT INTO cancelled VALUES (1, 2)",
        "DELETE FROM cancelled", "UPDATE attempts SET wrong = 0", "INSERT INTO attempts VALUES (1, 1, 1, 1)",
        "UPDATE ledger SET version = 2", "DELETE FROM staged", "DELETE FROM staged_pairs",
        "INSERT INTO pairs VALUES (1, 2, 3)", "DELETE FROM pairs", "UPDATE pairs SET kept = 1",
        "INSERT INTO scans VALUES (1, gen_random_uuid(), 1)", "DELETE FROM scans", "SELECT nextval('turns')",
        "TRUNCATE votes", "TRUNCATE log", "DROP TABLE votes", "ALTER TABLE votes DISABLE TRIGGER ALL",
        "ALTER TABLE log DISABLE TRIGGER log_stays", "CREATE TABLE counterfoil.mine (a int)",
        "DROP VIEW waiting CASCADE", "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION enter(_alone boolean) RETURNS void LANGUAGE sql AS ''",
        "SELECT write_entries('{6}', 1, '{}', '{}', '{}', '{}', '{}')",
        "SELECT apply_votes(1, '{}')", "SELECT apply_act(1, '')", "SELECT enter(true)",
        "DO $$ BEGIN LOCK TABLE ballot_gate IN ACCESS SHARE MODE; END $$",
        "DO $$ BEGIN LOCK TABLE ballot_gate IN ROW SHARE MODE; END $$",
        "DO $$ BEGIN LOCK TABLE loading_gate IN EXCLUSIVE MODE; END $$", "SELECT FROM places_gate FOR SHARE",
        "SET ROLE postgres",
    ]

    /// What some may do, and these may not.
    static let reserved: [(role: String, sql: [String])] = [
        (
            "desk",
            [
                "SELECT * FROM packs", "SELECT * FROM votes", "SELECT * FROM log", "SELECT * FROM attempts",
                "SELECT * FROM waiting", "SELECT * FROM numbered", "SELECT * FROM scans",
                "SELECT * FROM pairs",
                "SELECT * FROM cancelled", "SELECT turn FROM places", "SELECT horizon FROM integration",
                "INSERT INTO staged SELECT * FROM staged", "INSERT INTO staged_pairs VALUES (1, 2)",
                "SELECT begin_load('', 'x')", "SELECT is_as_staged('x', 1::smallint, 1, '', '', '')",
                "SELECT * FROM gather_scans('{}', '{}')", "SELECT hold_ballot()",
                Event.ballotFinal.recording(by: "record_acts"),
            ]
        ),
        (
            "loader",
            [
                "SELECT * FROM packs", "SELECT * FROM votes", "SELECT * FROM staged",
                "SELECT * FROM staged_pairs",
                "SELECT * FROM ballot", "SELECT name FROM batches", "SELECT * FROM log",
                "SELECT * FROM waiting",
                "SELECT * FROM numbered", "SELECT * FROM scans", "SELECT * FROM pairs",
                "SELECT * FROM cancelled",
                "SELECT * FROM attempts", "SELECT turn FROM places", "SELECT horizon FROM integration",
                "SELECT gather('{}', '{}', false)", "SELECT * FROM gather_scans('{}', '{}')",
                "SELECT hold_ballot()",
                Event.ballotFinal.recording(by: "record_acts"),
                Event.deskOpened.recording(by: "record_votes"),
            ]
        ),
        (
            "officer",
            [
                "INSERT INTO staged SELECT * FROM staged", "INSERT INTO staged_pairs VALUES (1, 2)",
                "SELECT begin_load('', 'x')", "SELECT is_as_staged('x', 1::smallint, 1, '', '', '')",
                Event.ballotClosed(.test(10)).recording(by: "record_votes"),
            ]
        ),
        (
            "auditor",
            [
                "SELECT gather('{}', '{}', false)", "SELECT * FROM gather_scans('{}', '{}')",
                "SELECT begin_load('', 'x')", "SELECT is_as_staged('x', 1::smallint, 1, '', '', '')",
                "SELECT place()", "SELECT place_if_free()", "SELECT hold_places()", "SELECT hold_ballot()",
                Event.deskOpened.recording(by: "record_opening"),
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
        #expect(shell.ask("SELECT count(*) FROM ledger") == "1")
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
            at: database.address(), election: rehearsal.election, at: .test(0), clock: .none)
        ledger.close()
        database.grantRoles()

        func booth(_ role: String) throws -> Booth {
            try Booth(
                rehearsal,
                try PostgresLedger(
                    opening: database.address(user: "test_\(role)"), election: rehearsal.election,
                    clock: .none))
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
        let scans = [packs[0].scan(), packs[2].scan()]
        #expect(
            try officer.desk.receive(scans, at: .test(11)).map(\.name) == ["already-voted", "received"])
        // Asked once more, since the answers were lost: the first ones again.
        #expect(
            try officer.desk.receive(scans, at: .test(12)).map(\.name) == ["already-voted", "received"])
        #expect(try desk.redeem(packs[0], key: 3).name == "already-voted")
        #expect(try loader.desk.checkpoint { $0 }.head.size == 12)
        // The announced close, by the first request after it.
        #expect(try desk.redeem(packs[3], key: 4, at: .test(1001)).name == "closed")
        #expect(try officer.desk.finish(.none, at: .test(1002)) == .done)
        let summary = try PostgresLedger(reading: database.address(user: "test_auditor"), clock: .none)
            .summary()
        #expect(summary.ballot.phase == .final)
        #expect(summary.balance.votes == 2)

        // Some entries have no place yet. The auditor sees where they would be;
        // the officer gives them one; both find nothing wrong.
        let audit = Audit(election: rehearsal.election)
        var heads: [TreeHead] = []
        for role in ["auditor", "officer", "auditor"] {
            let reader = try PostgresLedger(reading: database.address(user: "test_\(role)"), clock: .none)
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

    /// What a code opens, and who may write it at all.
    static let writers = [("loader", false), ("desk", true), ("officer", false), ("auditor", false)]

    /// Whatever a role calls, it adds no vote, no wrong answers and no second attempt
    /// that a code did not open. The control: the right values are taken from those
    /// roles that may write any.
    @Test(arguments: writers)
    func noRoleWritesWhatACodeDoesNotOpen(_ role: String, mayWrite: Bool) throws {
        let precinct = try Precinct(packs: 4)
        let rehearsal = precinct.rehearsal
        let (pack, other, voted) = (rehearsal.pack(1), rehearsal.pack(2), rehearsal.pack(3))
        #expect(try precinct.owner.redeem(voted, key: 1).name == "accepted")
        let (shell, owner) = (precinct.shell(as: "test_\(role)"), precinct.shell())
        let before = owner.ask("SELECT count(*) FROM log")

        // Zeros; made up; another pack's; and the pack's own, nearer to its tag.
        let made = Bytes<32>([UInt8](repeating: 7, count: 32))!
        let (mine, others) = (rehearsal.chain(of: pack), rehearsal.chain(of: other))
        let tag = try #require(
            owner.ask("SELECT encode(tag, 'hex') FROM packs WHERE pack = \(pack.number.value)"))
        let openings = [Bytes(), made, others.opening.bytes, mine.trial.bytes, Bytes<32>(hex: tag)!]
        let trials = [Bytes(), made, others.trial.bytes, Bytes<32>(hex: tag)!]
        let (first, second) = (rehearsal.chain(of: voted), rehearsal.chain(of: other).second)
        let seconds = [Bytes(), made, second.bytes, first.opening.bytes, first.trial.bytes]
        var events: [Event] = openings.map {
            .voteCast(pack: pack.number, voter: pack.voter, Fingerprint(Bytes()), CodeChain.Opening($0))
        }
        events += trials.map {
            .wrongAnswers(pack: pack.number, AnswerTag(Bytes()), CodeChain.Trial($0))
        }
        events += seconds.map { .secondAttempt(pack: voted.number, CodeChain.Second($0)) }
        let right = rehearsal.cast(pack)
        for event in events {
            for function in ["record_votes", "record_acts", "record_opening"] {
                for sql in [[event], [right, event], [event, right]].map({ $0.recording(by: function) }) {
                    let words = shell.run(sql) ?? "done"
                    let isRefused =
                        words.contains("that the code of its pack does not open")
                        || words.contains("permission denied")
                        || words.contains("does not write such entries")
                    #expect(isRefused, "\(event): \(words)")
                }
            }
        }
        #expect(owner.ask("SELECT count(*) FROM log") == before)
        #expect(owner.ask("SELECT count(*) FROM votes") == "1")
        #expect(owner.ask("SELECT count(*) FROM attempts") == "0")

        // The control.
        let taken: [Event] = [
            right, .wrongAnswers(pack: other.number, AnswerTag(Bytes()), others.trial),
            .secondAttempt(pack: voted.number, first.second),
        ]
        let words = shell.run(taken.recording(by: "record_votes"))
        #expect(mayWrite ? words == nil : words?.contains("permission denied") ?? false)
        #expect(owner.ask("SELECT count(*) FROM votes") == (mayWrite ? "2" : "1"))
        #expect(owner.ask("SELECT count(*) FROM attempts") == (mayWrite ? "2" : "0"))
        #expect(try precinct.audit() == nil)
    }

    /// The control of the test above: without the comparison all of it is taken, and
    /// the audit names it.
    @Test(arguments: [
        "vote-cast", "wrong-answers", "second-attempt",
    ])
    func withoutTheChainARoleWritesAnything(_ kind: String) throws {
        let precinct = try Precinct(packs: 2)
        let (pack, voted) = (precinct.rehearsal.pack(1), precinct.rehearsal.pack(2))
        #expect(try precinct.owner.redeem(voted, key: 1).name == "accepted")
        switch kind {
        case "vote-cast":
            try precinct.without(" AND p.tag = entry_tag(e.entry)", in: "apply_votes", instead: "")
        case "wrong-answers":
            try precinct.without(
                "p.tag = entry_tag(e.entry) AND p.kind", in: "apply_wrong_answers", instead: "p.kind")
        default:
            try precinct.without(
                "p.tag = entry_tag(e.entry) AND p.kind", in: "apply_second_attempts", instead: "p.kind")
        }
        let event: Event =
            switch kind {
            case "vote-cast":
                .voteCast(
                    pack: pack.number, voter: pack.voter, Fingerprint(Bytes()), CodeChain.Opening(Bytes()))
            case "wrong-answers":
                .wrongAnswers(pack: pack.number, AnswerTag(Bytes()), CodeChain.Trial(Bytes()))
            default: .secondAttempt(pack: voted.number, CodeChain.Second(Bytes()))
            }
        let shell = precinct.shell(as: "test_desk")
        #expect(shell.run(event.recording(by: "record_votes")) == nil)
        #expect(try precinct.audit()?.contains("not opened by the code of this pack") == true)
    }

    /// A role that gives entries their places can choose neither order nor hashes.
    /// Nor does it help to choose how the session reads texts, where it looks for
    /// functions, or what becomes of the transaction.
    @Test(arguments: ["loader", "desk", "officer"])
    func noRoleSpoilsTheLog(_ role: String) throws {
        let precinct = try Precinct(packs: 40)
        let officer = precinct.owner.desk
        let note = Note(reason: .lost, reference: "Fall 7 – ä€𝄞 'x' \\x41", officer: "Ωμέγα ß 日本")
        for number in 1...8 {
            _ = try officer.cancel(precinct.rehearsal.pack(number).number, note, at: .test(20 + number))
        }
        // A role has no right to make temporary tables. Here it has: that would not help it.
        let name = precinct.database.name
        #expect(
            precinct.shell().run("GRANT TEMPORARY ON DATABASE \(name) TO counterfoil_\(name)_\(role)") == nil)
        let shell = precinct.shell(as: "test_\(role)")
        var next = 10
        for setup in Self.tricks {
            for sql in setup.split(separator: ";") {
                let words = shell.run(String(sql))
                #expect(words == nil, "\(sql): \(words ?? "")")
            }
            // Something waits each time.
            #expect(try precinct.owner.redeem(precinct.rehearsal.pack(next), key: next).name == "accepted")
            next += 1
            for sql in ["SELECT place()", "SELECT * FROM counterfoil.place()", "COMMIT", "DISCARD ALL"] {
                shell.run(sql)
            }
            shell.run("SET search_path = counterfoil; SET client_min_messages = error")
        }
        // By itself, and in a transaction in which it also writes.
        #expect(shell.run("BEGIN") == nil)
        #expect(shell.run("SELECT place()") == nil)
        #expect(shell.run(Event.deskOpened.recording(by: "record_opening")) == nil)
        #expect(shell.run("COMMIT") == nil)
        // One byte more than the entry has, or a reason that there is none of: such an
        // entry would end every audit.
        for (old, new) in [("00', 'hex')", "78', 'hex')"), ("ARRAY['']", "ARRAY['no reason']")] {
            let spoiled = Event.deskOpened.recording(by: "record_opening").replacing(old, with: new)
            #expect(shell.run(spoiled)?.contains("no reader takes") == true)
        }
        #expect(shell.run("BEGIN") == nil)
        #expect(shell.run("SELECT place(), place() FROM generate_series(1, 3)") == nil)
        #expect(shell.run("COMMIT") == nil)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(39), key: 39).name == "accepted")
        #expect(shell.run("BEGIN ISOLATION LEVEL REPEATABLE READ") == nil)
        #expect(shell.run("SELECT place()")?.contains("READ COMMITTED") == true)
        shell.run("ROLLBACK")
        // It can take no turns and no hashes.
        #expect(shell.run("SELECT place(1, '{}', '{}')")?.contains("does not exist") == true)

        #expect(precinct.shell().ask("SELECT count(*) FROM waiting") != "0")
        #expect(shell.run("SELECT place()") == nil)
        #expect(precinct.shell().ask("SELECT count(*) FROM waiting") == "0")
        #expect(try precinct.audit() == nil)
        // As Swift hashes it.
        let entries = try precinct.owner.desk.ledger.summary().entries
        #expect(try officer.checkpoint { $0 }.head.size == entries)
    }

    /// What a session may do to itself before it calls a function.
    static let tricks = [
        "SELECT 1", "SET client_encoding = 'LATIN1'", "SET client_encoding = 'SQL_ASCII'",
        "SET bytea_output = escape", "SET standard_conforming_strings = off; SET backslash_quote = on",
        "SET datestyle = 'German'; SET extra_float_digits = -15", "SET transform_null_equals = on",
        "SET enable_indexscan = off; SET enable_sort = off; SET enable_nestloop = off",
        "SET work_mem = '64kB'; SET force_parallel_mode = on", "SET from_collapse_limit = 1",
        "SET search_path = pg_temp, counterfoil; CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION pg_temp.sha384(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
        "SET search_path = pg_temp, counterfoil; CREATE TEMP TABLE waiting AS SELECT 1::bigint AS turn; CREATE TEMP TABLE places (number bigint, turn bigint, hashes bytea); CREATE TEMP TABLE integration (size bigint, horizon xid8)",
        "BEGIN; SELECT place(); SAVEPOINT a; SELECT place(); ROLLBACK TO a",
        "BEGIN; SELECT place(); ROLLBACK",
    ]

    /// The control: a hash of what the session makes of a text is found.
    @Test func aHashThatDependsOnTheSessionIsFound() throws {
        let precinct = try Precinct(packs: 2)
        try precinct.keep("with_length")
        #expect(
            precinct.shell().run(
                """
                CREATE OR REPLACE FUNCTION with_length(_text text) RETURNS bytea LANGUAGE sql STABLE AS
                $$ SELECT int4send(octet_length(textsend(_text))) || textsend(_text) $$
                """) == nil)
        let note = Note(reference: "", officer: "é")
        _ = try precinct.owner.desk.cancel(precinct.rehearsal.pack(1).number, note, at: .test(20))
        let shell = precinct.shell(as: "test_desk")
        #expect(shell.run("SET client_encoding = 'LATIN1'") == nil)
        #expect(shell.run("SELECT place()") == nil)
        #expect(try precinct.audit()?.contains("its hashes do not fit") == true)
    }

    /// Two at a time do not give one place twice: the second one waits.
    @Test func whoGivesPlacesIsAlone() throws {
        let precinct = try Precinct(packs: 4)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        let (first, second) = (precinct.shell(as: "test_desk"), precinct.shell(as: "test_loader"))
        #expect(first.run("BEGIN; SELECT place()") == nil)
        second.run("SET lock_timeout = '200ms'")
        #expect(second.run("SELECT place()")?.contains("lock timeout") == true)
        // Or it does without.
        #expect(second.ask("SELECT _size IS NULL FROM place_if_free()") == "t")
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
        #expect(first.run("COMMIT") == nil)
        #expect(second.ask("SELECT _size IS NULL FROM place_if_free()") == "f")
        #expect(precinct.shell().ask("SELECT count(*) FROM waiting") == "0")
        #expect(try precinct.audit() == nil)
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
        #expect(
            desk.run(precinct.rehearsal.cast(pack).recording(by: "record_votes")) == nil)
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
        _ = try desk.receive([pack(3).scan()], at: .test(6))

        let shell = precinct.shell(as: "test_desk")
        func refused(_ event: Event, because words: String, _ at: Moment = .test(10)) {
            let found = shell.run(event.recording(by: "record_votes", at: at))
            #expect(found?.contains(words) ?? false, "\(event): \(found ?? "done")")
        }
        let (cannot, unopened) = ("a pack that cannot vote", "that the code of its pack does not open")
        func cast(_ number: Int) -> Event { rehearsal.cast(pack(number)) }
        refused(cast(1), because: cannot)  // cancelled
        refused(rehearsal.cast(rehearsal.pack(30, kind: .specimen)), because: cannot)
        refused(cast(31), because: cannot)  // not active
        refused(cast(77), because: unopened)  // of no register
        // Another voter's pack.
        refused(
            .voteCast(
                pack: pack(4).number, voter: pack(5).voter, Fingerprint(Bytes()),
                rehearsal.chain(of: pack(4)).opening),
            because: cannot)
        refused(cast(2), because: "votes_pkey")
        refused(cast(3), because: "votes_pkey")  // by post
        refused(
            .secondAttempt(pack: pack(4).number, rehearsal.chain(of: pack(4)).second),
            because: "cannot have been")
        let other = "does not write such entries"
        let nonce = ScanNonce.random()
        refused(
            .postAnnulled(pack: pack(3).number, voter: pack(3).voter, nonce), because: other)
        refused(
            .postReceived(pack: pack(4).number, voter: pack(4).voter, nonce), because: other)
        refused(
            .postSetAside(pack: pack(3).number, .scannedBefore, nonce, voted: .test(6)), because: other)
        refused(.packUnlocked(pack: pack(4).number), because: other)
        refused(.packCancelled(pack: pack(4).number, .byOfficer), because: other)
        refused(.batchActivated(batch: 3, reconciled: true), because: other)
        refused(.ballotFinal, because: other)
        // Not before its time, nor at another.
        refused(.ballotClosed(.test(10)), because: "does not close yet")
        _ = try desk.extend(until: Moment(milliseconds: 4_000_000_000_000), .none, at: .test(7))
        refused(.ballotClosed(Moment(milliseconds: 4_000_000_000_000)), because: "does not close yet")
        _ = try desk.close(.none, at: .test(20))
        // Wrong answers count after the close, and nothing else does.
        let late = Moment.test(2000)
        refused(cast(4), because: "the ballot is closed", late)
        refused(
            .secondAttempt(pack: pack(2).number, rehearsal.chain(of: pack(2)).second),
            because: "the ballot is closed", late)
        let wrong = Event.wrongAnswers(
            pack: pack(4).number, AnswerTag(Bytes()), rehearsal.chain(of: pack(4)).trial)
        #expect(shell.run(wrong.recording(by: "record_votes", at: late)) == nil)
        _ = try desk.finish(.none, at: .test(2001))
        refused(cast(4), because: "the ballot is final")
        refused(wrong, because: "the ballot is final")
        #expect(try precinct.audit() == nil)
    }

    /// What comes of a vote is not written before it, in one call either.
    @Test func aGroupIsInOrder() throws {
        let precinct = try Precinct(packs: 3) { min($0, 2) }
        let rehearsal = precinct.rehearsal
        let (online, post, sibling) = (rehearsal.pack(1), rehearsal.pack(2), rehearsal.pack(3, voter: 2))
        func record(_ events: [Event], as user: String, by function: String) -> String? {
            precinct.shell(as: user).run(events.recording(by: function))
        }
        let cast = rehearsal.cast(online)
        let second = Event.secondAttempt(pack: online.number, rehearsal.chain(of: online).second)
        let early = record([second, cast], as: "test_desk", by: "record_votes")
        #expect(early?.contains("an attempt that cannot have been") == true)
        #expect(record([cast, second], as: "test_desk", by: "record_votes") == nil)

        let received = Event.postReceived(pack: post.number, voter: post.voter, .random())
        let aside = Event.postSetAside(pack: sibling.number, .votedByPost, .random(), voted: .test(10))
        let before = record([aside, received], as: "test_officer", by: "record_acts")
        #expect(before?.contains("no reason to be set aside") == true)
        #expect(record([received, aside], as: "test_officer", by: "record_acts") == nil)
        #expect(try precinct.audit() == nil)
    }

    /// An officer's role receives a return once for a scan, and annuls it by its scan.
    @Test func anOfficersRoleNamesTheScan() throws {
        let precinct = try Precinct(packs: 3)
        let (pack, other) = (precinct.rehearsal.pack(1), precinct.rehearsal.pack(2))
        let (first, second) = (ScanNonce.random(), ScanNonce.random())
        let (shell, owner) = (precinct.shell(as: "test_officer"), precinct.shell())
        func record(_ event: Event) -> String? {
            shell.run(event.recording(by: "record_acts"))
        }
        #expect(record(.postReceived(pack: pack.number, voter: pack.voter, first)) == nil)
        #expect(
            record(.postSetAside(pack: pack.number, .scannedBefore, first, voted: .test(10)))?
                .contains("scans_pkey") == true)
        #expect(
            record(.postSetAside(pack: pack.number, .scannedBefore, second, voted: .test(10))) == nil)
        for nonce in [second, ScanNonce.random()] {
            #expect(
                record(.postAnnulled(pack: pack.number, voter: pack.voter, nonce))?
                    .contains("cannot be") == true)
        }
        #expect(
            shell.run(
                Event.postAnnulled(pack: other.number, voter: other.voter, first)
                    .recording(by: "record_acts"))?.contains("cannot be") == true)
        // The control.
        #expect(record(.postAnnulled(pack: pack.number, voter: pack.voter, first)) == nil)
        #expect(owner.ask("SELECT count(*) FROM votes") == "0")
        // It was received once, and is not received again.
        #expect(
            record(.postReceived(pack: pack.number, voter: pack.voter, first))?.contains("scans_pkey") == true
        )
        #expect(owner.ask("SELECT count(*) FROM scans") == "2")
        #expect(try precinct.audit() == nil)
    }

    /// Nor does an officer's role activate a batch after which one person could vote under
    /// two numbers: an audit would not name that. The control: once the pack that the
    /// person would keep is dead, it is activated.
    @Test(arguments: ["a pair", "a replacement", "a pack that comes later", "the same voter"])
    func anOfficersRoleLetsNobodyVoteTwice(_ kind: String) throws {
        let precinct = try Precinct(packs: 3)
        let (rehearsal, owner) = (precinct.rehearsal, precinct.owner)
        let old = rehearsal.pack(1)
        #expect(try owner.redeem(old, key: 1).name == "accepted")
        let new = rehearsal.pack(
            8, voter: kind == "the same voter" ? 1 : 8, replacing: kind == "a replacement" ? old : nil)
        let later = kind == "a pack that comes later"
        try precinct.load(
            "more", [later ? rehearsal.pack(9) : new], pairs: kind == "a replacement" ? [] : [(new, old)],
            as: kind == "a replacement" ? .replacements : .members)
        let shell = precinct.shell(as: "test_officer")
        func activate() -> String? {
            shell.run(Event.batchActivated(batch: 2, reconciled: false).recording(by: "record_acts"))
        }
        if kind != "the same voter" {
            #expect(activate()?.contains("vote twice") == true)
            // As our own program says it.
            #expect(try owner.activate("more") == .refused(.replacedVoted))
            if later { try owner.load("latest", [new]) }
            #expect(activate()?.contains("vote twice") == true)
            _ = try owner.desk.cancel(new.number, .none, at: .test(11))
        }
        #expect(activate() == nil)
        #expect(try precinct.audit() == nil)
    }

    /// A desk that writes without having looked waits for a change of the ballot,
    /// like any other.
    @Test func aDeskRoleDoesNotWritePastAnActOnItsWay() throws {
        let precinct = try Precinct(packs: 2)
        _ = try precinct.owner.desk.close(.none, at: .test(20))
        let pack = precinct.rehearsal.pack(1)
        let vote = precinct.rehearsal.cast(pack).recording(
            by: "record_votes", at: .test(10))
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
        #expect(
            desk.run(precinct.rehearsal.cast(pack).recording(by: "record_votes")) == nil)

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
