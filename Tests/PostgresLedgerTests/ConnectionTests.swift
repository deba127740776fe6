#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import Synchronization
import TestSupport
import Testing

/// Servers and connections that fail.
@Suite struct ConnectionTests {
    // MARK: Before a commit

    @Test func aConnectionThatWentIsMadeAgain() throws {
        let precinct = try Precinct(packs: 3)
        let booth = try precinct.desk(connections: 1)
        #expect(try booth.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        end(precinct)
        #expect(try booth.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
        #expect(try precinct.audit() == nil)
    }

    /// Nothing was asked to be committed, so nothing was changed, and the group
    /// is judged again.
    @Test func aConnectionThatGoesBeforeTheCommitCostsNothing() throws {
        let precinct = try Precinct(packs: 3)
        let ledger = try precinct.desk(connections: 1).desk.ledger
        let pack = precinct.rehearsal.pack(1)
        var judged = 0
        try ledger.write([.pack(pack.number)], at: .test(10)) { scene in
            judged += 1
            if judged == 1 { end(precinct) }
            scene.record(precinct.rehearsal.cast(pack))
        }
        #expect(judged == 2)
        #expect(precinct.shell().ask("SELECT count(*) FROM votes") == "1")
        #expect(try precinct.audit() == nil)
    }

    /// And it does not wait longer: a refusal ends its transaction as well.
    @Test func locksAreHeldForTheTimeOfAGroup() throws {
        let precinct = try Precinct(packs: 1)
        let ledger = try precinct.desk().desk.ledger
        let voters = """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        try ledger.write([.pack(precinct.rehearsal.pack(1).number)], at: .test(10)) { _ in
            #expect(precinct.shell().ask(voters) == "1")
        }
        #expect(precinct.shell().ask(voters) == "0")
    }

    private func end(_ precinct: Precinct) {
        let shell = precinct.shell()
        shell.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    }

    // MARK: What is refused

    @Test func addressesAndServersThatWillNotDo() throws {
        let precinct = try Precinct(packs: 1)
        let election = precinct.rehearsal.election
        func refusal(_ address: String, _ election: Election) -> LedgerError? {
            do throws(LedgerError) {
                _ = try PostgresLedger(opening: address, election: election, patience: 0, clock: .none)
                return nil
            } catch { return error }
        }
        /// There is no connection, and the words for it contain these.
        func isUnreachable(_ address: String, _ part: String) -> Bool {
            guard case .unreachable(let fault) = refusal(address, election),
                case .connection(let words) = fault.cause
            else { return false }
            return fault.place == .database(address) && words.contains(part)
        }
        let good = precinct.database.address()
        let there = LedgerPlace.database(good)
        #expect(refusal(good, election) == nil)
        let start = good.prefix { $0 != "@" }
        #expect(
            refusal(start + ":secret" + good.dropFirst(start.count), election) == .badAddress(.password))
        #expect(refusal(good + "&password=secret", election) == .badAddress(.password))
        #expect(refusal(good + "&sslpassword=secret", election) == .badAddress(.keyPassword))
        #expect(refusal("mysql://db1/ballot", election) == .badAddress(.notAnAddress))
        // This server has no TLS, and the address does not say that it need not.
        #expect(isUnreachable(String(good.prefix { $0 != "?" }), "SSL"))
        let nowhere = TestServer.address("nowhere")
        #expect(refusal(nowhere, election) == .missing(.database(nowhere)))
        #expect(isUnreachable("postgresql://127.0.0.1:1/x", "refused"))
        let other = Rehearsal(seed: 7).election
        #expect(refusal(good, other) == .otherElection(there, named: election.name))
        let empty = TestServer.address("postgres")
        guard case .notALedger(let fault) = refusal(empty, election),
            case .server("42P01", _) = fault.cause, fault.place == .database(empty)
        else { throw try #require(refusal(empty, election)) }
        guard case .badAddress(.unreadable) = refusal("postgresql://[", election) else {
            throw try #require(refusal("postgresql://[", election))
        }
        #expect(throws: LedgerError.exists(there)) {
            try PostgresLedger.create(at: good, election: election, at: .test(9), clock: .none)
        }
        let reader = try PostgresLedger(reading: good, clock: .none)
        #expect(throws: LedgerError.readOnly) {
            try Booth(precinct.rehearsal, reader).redeem(precinct.rehearsal.pack(1), key: 1)
        }
        reader.close()
        #expect(throws: LedgerError.closed) { try reader.summary() }
        // It is not the log that somebody has seen; and it is less than what they
        // have seen. Only entries that have a place count.
        #expect(throws: LedgerError.otherLog(there, first: 1, by: .head)) {
            try PostgresLedger(
                opening: good, election: election, seen: TreeHead(size: 1, root: Bytes()), clock: .none)
        }
        #expect(throws: LedgerError.olderCopy(there, has: 1, seen: 99, by: .head)) {
            try PostgresLedger(
                opening: good, election: election, seen: TreeHead(size: 99, root: Bytes()), clock: .none)
        }
        // A newer schema than ours.
        let shell = precinct.shell()
        shell.run("ALTER TABLE ledger DISABLE TRIGGER ALL; UPDATE ledger SET version = 3")
        #expect(refusal(good, election) == .otherVersion(there, has: 3, known: 2))
    }

    @Test func aServerThatDoesNotSyncIsRefused() throws {
        let server = try TestServer.Own("fsync = off")
        let address = server.address("postgres")
        #expect(throws: LedgerError.notDurable(.database(address), setting: "fsync")) {
            try PostgresLedger.create(at: address, election: Rehearsal().election, at: .test(0), clock: .none)
        }
    }

    // MARK: What a server writes down

    /// What opens a vote is not in the log of statements, if the server lets a session
    /// say so. The control is a user who has no right to.
    @Test(arguments: [true, false])
    func whatOpensAVoteIsInNoLogOfStatements(mayAsk: Bool) throws {
        let server = try TestServer.Own("log_statement = 'all'")
        let rehearsal = Rehearsal()
        let shell = TestServer.Session(server.address("postgres"))
        let pack = rehearsal.pack(1)
        let ledger = try PostgresLedger.create(
            at: server.address("postgres"), election: rehearsal.election, at: .test(0), clock: .none)
        try Booth(rehearsal, ledger).begin([pack])
        shell.run("CREATE ROLE site LOGIN IN ROLE counterfoil_postgres_desk")
        if mayAsk { #expect(shell.run("GRANT SET ON PARAMETER log_parameter_max_length TO site") == nil) }
        let booth = try Booth(
            rehearsal,
            try PostgresLedger(
                opening: server.address("postgres", user: "site"), election: rehearsal.election, clock: .none)
        )
        #expect(try booth.redeem(pack, key: 1).name == "accepted")
        let log = try server.log()
        #expect(log.contains("record_votes"))
        #expect(log.contains(rehearsal.chain(of: pack).opening.bytes.hex) == !mayAsk)
    }

    // MARK: A server whose disk fails

    /// It panics in the middle of the commit, and says so. What it had written by
    /// then may be found again when it is back, so nobody knows whether the vote
    /// counts. The SQLSTATE does not show that: here it is the one of a user without
    /// permission.
    @Test func aCommitInWhichTheServerPanicsIsUndecided() throws {
        let server = try TestServer.Own()
        let rehearsal = Rehearsal()
        let address = server.address("postgres")
        try PostgresLedger.create(
            at: address, election: rehearsal.election, at: .test(0), clock: .none
        ).close()
        let booth = try Booth(
            rehearsal,
            try PostgresLedger(
                opening: address, election: rehearsal.election, connections: 1, clock: .none))
        try booth.begin([rehearsal.pack(1)])
        // A process of the server that has its log open would go on with it.
        TestServer.Session(address).run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'counterfoil'"
        )
        let told = try server.withoutItsLog { () -> LedgerError? in
            do {
                _ = try booth.redeem(rehearsal.pack(1), key: 1)
                return nil
            } catch let error as LedgerError { return error }
        }
        guard case .undecided(let fault) = told, case .server("42501", _) = fault.cause else {
            Issue.record("\(String(describing: told))")
            return
        }
    }

    // MARK: A standby that is waited for

    /// The server waits for a standby that does not exist. When somebody
    /// interrupts a commit that waits, the server calls it a success. It is
    /// `undecided`, and nobody hears that the vote counts until the standby has it.
    @Test func aCommitInterruptedWhileItWaitsForAStandbyIsUndecided() throws {
        let server = try TestServer.Own()
        let rehearsal = Rehearsal()
        let address = server.address("postgres")
        let ledger = try PostgresLedger.create(
            at: address, election: rehearsal.election, at: .test(0), clock: .none)
        let booth = try Booth(rehearsal, ledger)
        let packs = (1...4).map { rehearsal.pack($0) }
        try booth.begin(packs)
        let shell = TestServer.Session(address)
        func waitForStandby(_ names: String) {
            shell.run("ALTER SYSTEM SET synchronous_standby_names = '\(names)'")
            shell.run("SELECT pg_reload_conf()")
            while shell.ask("SHOW synchronous_standby_names") != names { usleep(1000) }
            // Backends hear of it between two statements. The processes that
            // release the waiting ones hear of it a moment later.
            usleep(200_000)
        }
        /// Asks in another thread; meanwhile does something to the one that waits.
        func ask(andThen act: String, _ request: @escaping @Sendable () throws -> String) -> String {
            let found = Mutex<String?>(nil)
            concurrently(2) { thread in
                if thread == 0 {
                    do {
                        let name = try request()
                        found.withLock { $0 = name }
                    } catch LedgerError.undecided(let fault) {
                        found.withLock { $0 = fault.cause == .warned ? "warned" : "undecided" }
                    } catch {
                        found.withLock { $0 = "\(error)" }
                    }
                } else {
                    let shell = TestServer.Session(address)
                    var hasWaited = false
                    while !hasWaited && found.withLock({ $0 == nil }) {
                        hasWaited =
                            shell.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != nil
                        usleep(1000)
                    }
                    if !hasWaited { return }
                    shell.run(act)
                }
            }
            return found.withLock { $0! }
        }
        func redeem(_ pack: TestPack, key: Int, andThen act: String) -> String {
            ask(andThen: act) { try booth.redeem(pack, key: key).name }
        }
        let scan = packs[3].scan()
        func receive(andThen act: String) -> String {
            ask(andThen: act) { try booth.desk.receive([scan], at: .test(10))[0].name }
        }
        let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

        waitForStandby("nobody")
        #expect(redeem(packs[0], key: 1, andThen: cancel) == "warned")
        #expect(redeem(packs[1], key: 2, andThen: kill) == "undecided")
        #expect(receive(andThen: cancel) == "warned")
        // All are there for everybody to see. But none is confirmed to anyone who
        // asks, as long as no standby has it.
        #expect(shell.ask("SELECT count(*) FROM votes") == "3")
        #expect(redeem(packs[0], key: 1, andThen: cancel) == "warned")
        #expect(receive(andThen: cancel) == "warned")
        // Nor is that a return was annulled, though its voter has no vote then.
        #expect(
            ask(andThen: cancel) {
                try booth.desk.annul(scan.pack, scan: scan.nonce, .none, at: .test(11)) == .done
                    ? "done" : "refused"
            } == "warned")
        #expect(shell.ask("SELECT count(*) FROM votes") == "2")
        #expect(receive(andThen: cancel) == "warned")
        waitForStandby("")
        #expect(try booth.desk.receive([scan], at: .test(12))[0].name == "annulled")
        #expect(try booth.redeem(packs[0], key: 1).name == "repeated")
        #expect(try booth.redeem(packs[1], key: 2).name == "repeated")
        // The ledger goes on.
        #expect(try booth.redeem(packs[2], key: 3).name == "accepted")
        let audit = Audit(election: rehearsal.election)
        let report = try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
            try audit.run(on: snapshot)
        }
        #expect(report.difference == nil)
    }
}
#endif
