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
            scene.record(pack.cast)
        }
        #expect(judged == 2)
        #expect(precinct.shell().ask("SELECT count(*) FROM votes") == "1")
        #expect(try precinct.audit() == nil)
    }

    /// And not longer: a refusal ends its transaction as well.
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
        func refusal(_ address: String, _ election: Election) -> String {
            do {
                _ = try PostgresLedger(opening: address, election: election, patience: 0)
                return "opened"
            } catch { return "\(error)" }
        }
        let good = precinct.database.address()
        #expect(refusal(good, election) == "opened")
        let start = good.prefix { $0 != "@" }
        #expect(refusal(start + ":secret" + good.dropFirst(start.count), election).contains(".pgpass"))
        #expect(refusal(good + "&password=secret", election).contains(".pgpass"))
        #expect(refusal(good + "&sslpassword=secret", election).contains("a password in an address"))
        // This server has no TLS, and the address does not say that it need not.
        #expect(refusal(String(good.prefix { $0 != "?" }), election).contains("SSL"))
        #expect(refusal(good, Rehearsal(seed: 7).election).contains("another election"))
        #expect(refusal(TestServer.address("postgres"), election).contains("no ledger"))
        #expect(refusal(TestServer.address("nowhere"), election).contains("does not exist"))
        #expect(refusal("postgresql://127.0.0.1:1/x", election).contains("cannot be reached"))
        #expect(refusal("postgresql://[", election).contains("address"))
        #expect(throws: LedgerError.self) {
            try PostgresLedger.create(at: good, election: election, at: .test(9))
        }
        let reader = try PostgresLedger(reading: good)
        #expect(throws: LedgerError.self) {
            try Booth(precinct.rehearsal, reader).redeem(precinct.rehearsal.pack(1), key: 1)
        }
        reader.close()
        #expect(throws: LedgerError.self) { try reader.summary() }
        // A newer schema than ours, and no ledger's log that somebody has seen.
        #expect(throws: LedgerError.self) {
            try PostgresLedger(
                opening: good, election: election, seen: TreeHead(size: 3, root: Bytes()))
        }
        let shell = precinct.shell()
        shell.run("ALTER TABLE ledger DISABLE TRIGGER ALL; UPDATE ledger SET version = 3")
        #expect(refusal(good, election).contains("newer version"))
    }

    @Test func aServerThatDoesNotSyncIsRefused() throws {
        let server = try TestServer.Own("fsync = off")
        let error = #expect(throws: LedgerError.self) {
            try PostgresLedger.create(
                at: server.address("postgres"), election: Rehearsal().election, at: .test(0))
        }
        #expect(error.map { "\($0)".contains("fsync") } ?? false)
    }

    // MARK: A server whose disk fails

    /// It panics in the middle of the commit, and says so. What it had written by
    /// then may be found again when it is back, so that nobody knows whether the
    /// vote counts; and a SQLSTATE is no sign of it: here it is that of a user
    /// without permission.
    @Test func aCommitInWhichTheServerPanicsIsUndecided() throws {
        let server = try TestServer.Own()
        let rehearsal = Rehearsal()
        let address = server.address("postgres")
        try PostgresLedger.create(at: address, election: rehearsal.election, at: .test(0)).close()
        let booth = try Booth(
            rehearsal,
            try PostgresLedger(
                opening: address, election: rehearsal.election, connections: 1))
        try booth.begin([rehearsal.pack(1)])
        // A process of the server that has its log open would go on with it.
        TestServer.Session(address).run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'counterfoil'"
        )
        let told = try server.withoutItsLog { () -> String in
            do { return try booth.redeem(rehearsal.pack(1), key: 1).name } catch LedgerError.undecided(
                let why)
            { return "undecided: \(why)" } catch { return "\(error)" }
        }
        #expect(told.hasPrefix("undecided: ") && told.contains("42501"), "\(told)")
    }

    // MARK: A standby that is waited for

    /// The server waits for a standby that there is not. Whoever interrupts a
    /// commit that waits makes the server call it a success; it is `undecided`,
    /// and the vote is not confirmed to anybody until the standby has it.
    @Test func aCommitInterruptedWhileItWaitsForAStandbyIsUndecided() throws {
        let server = try TestServer.Own()
        let rehearsal = Rehearsal()
        let address = server.address("postgres")
        let ledger = try PostgresLedger.create(at: address, election: rehearsal.election, at: .test(0))
        let booth = try Booth(rehearsal, ledger)
        let packs = (1...3).map { rehearsal.pack($0) }
        try booth.begin(packs)
        let shell = TestServer.Session(address)
        func waitForStandby(_ names: String) {
            shell.run("ALTER SYSTEM SET synchronous_standby_names = '\(names)'")
            shell.run("SELECT pg_reload_conf()")
            while shell.ask("SHOW synchronous_standby_names") != names { usleep(1000) }
            // Backends hear of it between two statements; the processes that
            // release those who wait, a moment later.
            usleep(200_000)
        }
        /// Redeems in another thread; meanwhile does something to the one who waits.
        func redeem(_ pack: TestPack, key: Int, andThen act: String) -> String {
            let found = Mutex<String?>(nil)
            concurrently(2) { thread in
                if thread == 0 {
                    do {
                        let name = try booth.redeem(pack, key: key).name
                        found.withLock { $0 = name }
                    } catch LedgerError.undecided { found.withLock { $0 = "undecided" } } catch {
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
        let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

        waitForStandby("nobody")
        #expect(redeem(packs[0], key: 1, andThen: cancel) == "undecided")
        #expect(redeem(packs[1], key: 2, andThen: kill) == "undecided")
        // Both are there for everybody to see; and neither is confirmed, to
        // whoever asks, as long as no standby has it.
        #expect(shell.ask("SELECT count(*) FROM votes") == "2")
        #expect(redeem(packs[0], key: 1, andThen: cancel) == "undecided")
        waitForStandby("")
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
