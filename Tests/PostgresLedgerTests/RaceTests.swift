#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import Synchronization
import TestSupport
import Testing

/// Several desks at once, on the same voters.
@Suite struct RaceTests {
    // MARK: Siblings

    /// Three desks, groups in any order, packs of one voter in many of them,
    /// online and by post: each voter votes once, nobody waits for ever, and
    /// the log tells it in an order that follows the rules.
    @Test func siblingsVoteOnce() throws {
        let precinct = try Precinct(packs: 120) { $0 % 40 }
        let (votes, failures) = try race(precinct)
        #expect(failures.isEmpty, "\(failures)")
        #expect(votes == 40)
        #expect(try precinct.owner.desk.ledger.summary().balance.votes == 40)
        #expect(try precinct.audit(as: "test_auditor") == nil)
        #expect(try precinct.audit() == nil)
    }

    /// The control: without the lock on a voter, votes meet at the primary key,
    /// and groups are refused as a whole.
    @Test func withoutLocksSiblingsMeetAtTheKey() throws {
        let precinct = try Precinct(packs: 120) { $0 % 40 }
        let (_, failures) = try race(precinct) {
            try precinct.without("PERFORM pg_advisory_xact_lock(l) FROM unnest(_locks) l;", in: "gather")
        }
        #expect(!failures.isEmpty)
        #expect(try precinct.owner.desk.ledger.summary().balance.votes <= 40)
    }

    /// How many votes were accepted or received, and what was thrown. `once` runs when
    /// the desks are open.
    private func race(
        _ precinct: Precinct, once: () throws -> Void = {}
    ) throws -> (votes: Int, failures: [String]) {
        let desks = try (0..<3).map { _ in try precinct.desk(connections: 2) }
        try once()
        let rehearsal = precinct.rehearsal
        let votes = Atomic(0)
        let failures = Mutex<[String]>([])
        concurrently(6) { thread in
            let booth = desks[thread / 2]
            var order = SystemRandomNumberGenerator()
            for round in 0..<8 {
                let numbers = (1...120).shuffled(using: &order).prefix(16)
                do {
                    if thread % 3 == 2 {
                        let outcomes = try booth.desk.receive(
                            numbers.map { rehearsal.pack($0, voter: $0 % 40).scan() }, at: .test(10))
                        votes.add(outcomes.count { $0.name == "received" }, ordering: .relaxed)
                    } else {
                        let group = numbers.map {
                            (rehearsal.pack($0, voter: $0 % 40), thread * 100_000 + round * 1000 + $0)
                        }
                        let outcomes = try booth.redeem(group)
                        votes.add(outcomes.count { $0.name == "accepted" }, ordering: .relaxed)
                    }
                    if round % 3 == thread % 3 { _ = try booth.desk.checkpoint { $0 } }
                } catch { failures.withLock { $0.append("\(error)") } }
            }
        }
        return (votes.load(ordering: .relaxed), failures.withLock { $0 })
    }

    /// A scan that was asked at many tables, since its answers were lost, is recorded
    /// once, and every table hears the same.
    @Test func aScanAskedByManyIsRecordedOnce() throws {
        let precinct = try Precinct(packs: 12)
        let scans = (1...12).map { precinct.rehearsal.pack($0).scan() }
        let desks = try (0..<3).map { _ in try precinct.desk(connections: 2) }
        let answers = Mutex<[String]>([])
        concurrently(6) { thread in
            for _ in 0..<4 {
                let names: [String]
                do {
                    names = try desks[thread / 2].desk.receive(scans.shuffled(), at: .test(10)).map(\.name)
                } catch { names = ["\(error)"] }
                answers.withLock { $0 += names }
            }
        }
        #expect(answers.withLock { $0 } == [String](repeating: "received", count: 6 * 4 * 12))
        #expect(precinct.shell().ask("SELECT count(*) FROM scans") == "12")
        #expect(
            precinct.shell().ask("SELECT count(*) FROM log WHERE type = \(EventType.postReceived.rawValue)")
                == "12")
        #expect(try precinct.audit() == nil)
    }

    // MARK: Ballot and votes

    /// A vote that is on its way when an officer withdraws its batch comes before
    /// that, in the tables and in the log.
    @Test func anActWaitsForTheVotesOnTheirWay() throws {
        let precinct = try Precinct(packs: 2)
        let order = try duringAVote(precinct) {
            _ = try precinct.owner.desk.withdraw(BatchName("main")!, .none, at: .test(11))
        }
        #expect(order == "vote, act")
        #expect(try precinct.audit() == nil)
    }

    /// So does the close, which a voter's request writes when the time has come:
    /// such a group is judged again, alone.
    @Test func theAnnouncedCloseWaitsForTheVotesOnTheirWay() throws {
        let precinct = try Precinct(packs: 2)
        _ = try precinct.owner.desk.extend(until: .test(1000), .none, at: .test(5))
        let order = try duringAVote(precinct) {
            _ = try precinct.owner.redeem(precinct.rehearsal.pack(2), key: 2, at: .test(1001))
        }
        #expect(order == "vote, act")
        #expect(try precinct.owner.desk.ledger.summary().ballot.phase == .closed)
        #expect(try precinct.audit() == nil)
    }

    /// The control: without the lock on the ballot it does not, and the log has
    /// a vote after the withdrawal.
    @Test func withoutTheLockAnActDoesNotWait() throws {
        let precinct = try Precinct(packs: 2)
        try precinct.without("LOCK TABLE ballot_gate IN EXCLUSIVE MODE;", in: "enter")
        let order = try duringAVote(precinct) {
            _ = try precinct.owner.desk.withdraw(BatchName("main")!, .none, at: .test(11))
        }
        #expect(order == "act, vote")
        #expect(try precinct.audit()?.contains("the pack could not vote") == true)
    }

    /// What is done first, when the act begins in the middle of a vote.
    private func duringAVote(
        _ precinct: Precinct, _ act: @escaping @Sendable () throws -> Void
    ) throws -> String {
        let pack = precinct.rehearsal.pack(1)
        let vote = precinct.shell()
        #expect(vote.run("BEGIN; SELECT gather('{}', '{\(pack.number.value)}', false)") == nil)
        #expect(
            vote.run(precinct.rehearsal.cast(pack).recording(by: "record_votes")) == nil)
        let order = Mutex<[String]>([])
        let failure = Mutex<String?>(nil)
        concurrently(2) { thread in
            do {
                if thread == 0 {
                    try act()
                    // So that an entry which came first has its place first.
                    _ = try precinct.owner.desk.checkpoint { $0 }
                    order.withLock { $0.append("act") }
                } else {
                    // Until the other one waits, or has come to its end.
                    let shell = precinct.shell()
                    while order.withLock({ $0.isEmpty })
                        && shell.ask(
                            "SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                        )
                            == nil
                    { usleep(1000) }
                    order.withLock { $0.append("vote") }
                    if let words = vote.run("COMMIT") { failure.withLock { $0 = words } }
                }
            } catch { failure.withLock { $0 = "\(error)" } }
        }
        #expect(failure.withLock { $0 } == nil)
        return order.withLock { $0.joined(separator: ", ") }
    }

    // MARK: The log

    /// An entry is written before others get their places, and committed after
    /// that: it is found.
    @Test func anEntryThatCommitsLateGetsItsPlace() throws {
        let precinct = try Precinct(packs: 5)
        let booth = precinct.owner
        let late = precinct.rehearsal.pack(1)
        let shell = precinct.shell()
        #expect(shell.run("BEGIN; SELECT gather('{}', '{\(late.number.value)}', false)") == nil)
        #expect(
            shell.run(precinct.rehearsal.cast(late).recording(by: "record_votes")) == nil)
        for number in 2...4 {
            #expect(try booth.redeem(precinct.rehearsal.pack(number), key: number).name == "accepted")
        }
        let before = try booth.desk.checkpoint { $0 }.head.size
        #expect(shell.run("COMMIT") == nil)

        // The control: a mark up to which all is placed would skip it.
        let skipped = """
            SELECT count(*) FROM log WHERE turn NOT IN (SELECT turn FROM places)
                AND turn < (SELECT max(turn) FROM places)
            """
        #expect(shell.ask(skipped) == "1")
        #expect(try booth.desk.checkpoint { $0 }.head.size == before + 1)
        #expect(shell.ask(skipped) == "0")
        #expect(try precinct.audit() == nil)

        // And the horizon goes past it. If it did not, an integrator would look
        // at all entries for ever.
        #expect(try horizonComes(precinct))
    }

    /// A transaction that is still open holds the horizon back, and only that.
    @Test func theHorizonStopsAtWhatIsOpen() throws {
        let precinct = try Precinct(packs: 3)
        let booth = precinct.owner
        let open = precinct.shell()
        #expect(open.run("BEGIN; SELECT pg_current_xact_id()") == nil)
        #expect(try booth.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        #expect(try !horizonComes(precinct, tries: 3))
        #expect(precinct.shell().ask("SELECT count(*) FROM waiting") == "0")
        open.run("COMMIT")
        #expect(try horizonComes(precinct))
    }

    /// Whether it goes past all entries. It does not while anybody on the server,
    /// even in another test, is in the middle of something older.
    private func horizonComes(_ precinct: Precinct, tries: Int = 500) throws -> Bool {
        let shell = precinct.shell()
        for _ in 0..<tries {
            #expect(shell.run(Event.deskOpened.recording(by: "record_opening")) == nil)
            _ = try precinct.owner.desk.checkpoint { $0 }
            if shell.ask("SELECT count(*) FROM log WHERE xact >= (SELECT horizon FROM integration)") == "0" {
                return true
            }
            usleep(10_000)
        }
        return false
    }

    /// Who is shown a head is alone: a copy that is kept elsewhere must not become older.
    /// Where the lock is lost before, nothing is shown, and all is done again.
    @Test func noHeadIsShownWithoutItsLock() throws {
        let precinct = try Precinct(packs: 1)
        let booth = try precinct.desk()
        let (gate, places, shell) = (precinct.shell(), precinct.shell(), precinct.shell())
        func wait(for condition: String) {
            while shell.ask("SELECT \(condition)") != "t" { usleep(1000) }
        }
        #expect(gate.run("BEGIN; LOCK TABLE places_gate IN EXCLUSIVE MODE") == nil)
        let shown = Monitor<(times: Int, size: Int?)>((0, nil))
        let worker = Worker {
            let size = try? booth.desk.checkpoint { checkpoint in
                shown.withLock { $0.times += 1 }
                return checkpoint.head.size
            }
            shown.withLock { $0.size = size }
        }
        let lock = "FROM pg_locks WHERE relation = 'places_gate'::regclass"
        wait(for: "EXISTS (SELECT \(lock) AND NOT granted)")
        #expect(places.run("BEGIN; SELECT FROM integration FOR UPDATE") == nil)
        #expect(gate.run("COMMIT") == nil)
        // It has its lock, and waits to give places.
        wait(
            for: """
                EXISTS (SELECT \(lock) AND granted) AND EXISTS (
                    SELECT FROM pg_stat_activity WHERE datname = current_database()
                        AND query LIKE '%place()%' AND wait_event_type = 'Lock' AND pid <> pg_backend_pid())
                """)
        #expect(shell.ask("SELECT pg_terminate_backend(pid, 10000) \(lock) AND granted") == "t")
        #expect(places.run("COMMIT") == nil)
        worker.join()
        let (times, size) = shown.withLock { $0 }
        #expect(times == 1)
        #expect(size == (try booth.desk.ledger.summary().entries))
    }

    /// A ledger is restored into a new server, which counts transactions from the
    /// beginning: nothing is overlooked.
    @Test func aHorizonInTheFutureHidesNothing() throws {
        let precinct = try Precinct(packs: 2)
        let shell = precinct.shell()
        #expect(shell.run("UPDATE integration SET horizon = '99999999999'") == nil)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        let before = try precinct.owner.desk.ledger.summary().entries
        #expect(try precinct.owner.desk.checkpoint { $0 }.head.size == before)
        #expect(try precinct.audit() == nil)
    }

    /// Nor when the server's transactions have gone past the horizon, and entries
    /// that were written before that have no place yet. This desk was open all the
    /// time: it connects again, and does not open the ledger again.
    @Test func aHorizonThatIsPassedHidesNothing() throws {
        let precinct = try Precinct(packs: 3)
        let shell = precinct.shell()
        let horizon = try #require(
            shell.ask("SELECT (pg_current_xact_id()::text::bigint + 2000)::text"))
        #expect(shell.run("UPDATE integration SET horizon = '\(horizon)'") == nil)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        #expect(try precinct.owner.load("more", [precinct.rehearsal.pack(20)]) == .loaded)
        while shell.ask("SELECT pg_snapshot_xmin(pg_current_snapshot()) > '\(horizon)'::xid8") != "t" {
            #expect(shell.run("SELECT pg_current_xact_id()") == nil)
        }
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
        let entries = try precinct.owner.desk.ledger.summary().entries
        #expect(try precinct.owner.desk.checkpoint { $0 }.head.size == entries)
        #expect(try precinct.audit() == nil)
    }
}
#endif
