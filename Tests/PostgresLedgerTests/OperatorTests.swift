#if PostgreSQL
import Counterfoil
import Glibc
import PollingDesk
import PostgresLedger
import Synchronization
import TestSupport
import Testing

/// What an operator changes, or what a server is, is named for what it is, and nobody
/// waits a minute to hear it.
@Suite struct OperatorTests {
    let rehearsal = Rehearsal()

    private func ledger(at address: String) throws -> PostgresLedger {
        try PostgresLedger(opening: address, election: rehearsal.election, clock: .none)
    }

    private func made(at address: String, packs: Int = 9) throws -> Booth {
        let booth = try Booth(
            rehearsal,
            try PostgresLedger.create(
                at: address, election: rehearsal.election, at: .test(0), clock: .none))
        try booth.begin((1...packs).map { rehearsal.pack($0) })
        return booth
    }

    /// What is refused within ten seconds, which is less than a desk's patience.
    private func refusal(_ body: () throws -> Void) throws -> LedgerError {
        let start = ContinuousClock.now
        let error = #expect(throws: LedgerError.self) { try body() }
        #expect(ContinuousClock.now - start < .seconds(10))
        return try #require(error)
    }

    // MARK: Who may come in

    @Test func aPasswordThatChangedIsToldAtOnce() throws {
        let server = try TestServer.Own()
        let owner = try made(at: server.address("postgres"))
        let shell = TestServer.Session(server.address("postgres"))
        for sql in [
            "CREATE ROLE site LOGIN PASSWORD 'old' IN ROLE counterfoil_postgres_desk",
            "COPY (SELECT unnest(ARRAY['host all site 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust'])) TO '\(try #require(shell.ask("SHOW hba_file")))'",
            "SELECT pg_reload_conf()",
        ] {
            #expect(shell.run(sql) == nil)
        }
        usleep(300_000)
        let folder = TemporaryFolder()
        let passwords = folder.file("passwords")
        try folder.write("passwords", Array("*:*:*:site:old\n".utf8))
        #expect(unsafe chmod(passwords, 0o600) == 0)
        let address = server.address("postgres", user: "site") + "&passfile=\(passwords)"
        let site = try Booth(rehearsal, try ledger(at: address))
        #expect(try site.redeem(rehearsal.pack(1), key: 1).name == "accepted")

        #expect(shell.run("ALTER ROLE site PASSWORD 'new'") == nil)
        shell.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'site'")
        let error = try refusal { _ = try site.redeem(rehearsal.pack(2), key: 2) }
        guard case .noRight(let fault) = error, case .server("28P01", _) = fault.cause else { throw error }
        // The control: with the right one it goes on.
        try folder.write("passwords", Array("*:*:*:site:new\n".utf8))
        #expect(unsafe chmod(passwords, 0o600) == 0)
        #expect(try site.redeem(rehearsal.pack(2), key: 2).name == "accepted")
        #expect(try owner.desk.ledger.summary().balance.votes == 2)
    }

    @Test func aUserWhoMayNotConnectIsToldAtOnce() throws {
        let precinct = try Precinct(packs: 2)
        let booth = try precinct.desk(as: "test_desk", connections: 1)
        let shell = precinct.shell()
        shell.run("ALTER ROLE test_desk NOLOGIN")
        defer { shell.run("ALTER ROLE test_desk LOGIN") }
        shell.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'test_desk' AND datname = current_database()"
        )
        let error = try refusal { _ = try booth.redeem(precinct.rehearsal.pack(1), key: 1) }
        guard case .noRight(let fault) = error, case .server("28000", _) = fault.cause else { throw error }
    }

    @Test func aGrantThatWasRevokedIsNamed() throws {
        let precinct = try Precinct(packs: 2)
        let booth = try precinct.desk(as: "test_desk")
        #expect(
            precinct.shell().run(
                "REVOKE EXECUTE ON FUNCTION record_votes FROM counterfoil_\(precinct.database.name)_desk")
                == nil)
        let error = try refusal { _ = try booth.redeem(precinct.rehearsal.pack(1), key: 1) }
        guard case .noRight(let fault) = error, case .server("42501", let words) = fault.cause,
            words.contains("record_votes")
        else { throw error }
        #expect(
            throws: LedgerError.alteredPart(
                .database(precinct.database.address(user: "test_desk")),
                SchemaPart("right of the role desk on record_votes()", .missing))
        ) { try precinct.desk(as: "test_desk") }
    }

    @Test func whoMayNotMakeRolesMakesNoLedger() throws {
        let server = try TestServer.Own()
        let shell = TestServer.Session(server.address("postgres"))
        for sql in ["CREATE ROLE maker LOGIN", "CREATE DATABASE ballot OWNER maker"] {
            #expect(shell.run(sql) == nil)
        }
        let address = server.address("ballot", user: "maker")
        #expect(throws: LedgerError.mayNotMakeRoles(.database(address))) { try made(at: address) }
        // The control.
        #expect(shell.run("ALTER ROLE maker CREATEROLE") == nil)
        #expect(try made(at: address).redeem(rehearsal.pack(1), key: 1).name == "accepted")
    }

    // MARK: Who takes votes

    @Test func aServerWhoseSessionsMayOnlyReadIsNamed() throws {
        let precinct = try Precinct(packs: 1)
        let (shell, name) = (precinct.shell(), precinct.database.name)
        #expect(shell.run("ALTER DATABASE \(name) SET default_transaction_read_only = on") == nil)
        defer {
            shell.run(
                "SET default_transaction_read_only = off; ALTER DATABASE \(name) RESET default_transaction_read_only"
            )
        }
        let place = LedgerPlace.database(precinct.database.address())
        #expect(throws: LedgerError.readOnlyServer(place, isStandby: false)) { try precinct.desk() }
        // Of a user who may only read, the same.
        #expect(
            throws: LedgerError.readOnlyServer(
                .database(precinct.database.address(user: "test_desk")), isStandby: false)
        ) {
            try precinct.desk(as: "test_desk")
        }
        // To read, it will do.
        #expect(try precinct.audit() == nil)
    }

    /// A standby takes no votes, and says until when it has what happened.
    @Test func aStandbyIsNamedAndSaysFromWhenItIs() throws {
        let server = try TestServer.Own()
        let booth = try made(at: server.address("postgres"))
        let standby = try TestServer.Own(standbyOf: server)
        let address = standby.address("postgres")
        #expect(throws: LedgerError.readOnlyServer(.database(address), isStandby: true)) {
            _ = try ledger(at: address)
        }
        // By both addresses the one is found that takes votes.
        let primary = server.address("postgres").split(separator: "/")[1].split(separator: "@")[1]
        let both = address.replacing("@", with: "@\(primary),")
        #expect(
            try Booth(rehearsal, try ledger(at: both)).redeem(rehearsal.pack(1), key: 1).name == "accepted")

        let reader = try PostgresLedger(reading: address, clock: .none)
        let shell = TestServer.Session(address)
        func follow() throws {
            let end = try #require(
                TestServer.Session(server.address("postgres")).ask("SELECT pg_current_wal_lsn()"))
            while shell.ask("SELECT pg_last_wal_replay_lsn() >= '\(end)'") != "t" { usleep(10_000) }
        }
        try follow()
        #expect(try reader.summary().balance.votes == 1)
        #expect(shell.run("SELECT pg_wal_replay_pause()") == nil)
        while shell.ask("SELECT pg_get_wal_replay_pause_state()") != "paused" { usleep(10_000) }
        let paused = Moment.now
        usleep(50_000)
        #expect(try booth.redeem(rehearsal.pack(2), key: 2).name == "accepted")
        let moment = try #require(try reader.standbyMoment())
        #expect(moment < paused && paused.milliseconds - moment.milliseconds < 60_000)
        #expect(try reader.summary().balance.votes == 1)
        #expect(shell.run("SELECT pg_wal_replay_resume()") == nil)
        try follow()
        #expect(try reader.summary().balance.votes == 2)
        #expect(try #require(try reader.standbyMoment()) > paused)
        // The control: a primary has all.
        #expect(try PostgresLedger(reading: server.address("postgres"), clock: .none).standbyMoment() == nil)
    }

    // MARK: What passes

    /// A session that did nothing for a while is ended by the server (57P05).
    @Test func aSessionThatIdledIsMadeAgain() throws {
        let precinct = try Precinct(packs: 2)
        let (shell, name) = (precinct.shell(), precinct.database.name)
        #expect(shell.run("ALTER DATABASE \(name) SET idle_session_timeout = '300ms'") == nil)
        let booth = try precinct.desk(connections: 1)
        #expect(shell.run("ALTER DATABASE \(name) RESET idle_session_timeout") == nil)
        #expect(try booth.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        let idle =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counterfoil' AND datname = current_database()"
        let before = shell.ask(idle)
        usleep(800_000)
        // The control: it is gone.
        #expect(shell.ask(idle) != before)
        #expect(try booth.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
    }

    /// A pooler tells of a server that went during a commit as of a fault in the protocol
    /// (08P01). Nobody knows what the server did.
    @Test func aCommitWhosePoolerLosesTheServerIsUndecided() throws {
        let server = try TestServer.Own()
        try made(at: server.address("postgres")).desk.ledger.close()
        let booth = try Booth(rehearsal, try ledger(at: try server.pooled("postgres", mode: "session")))
        let shell = TestServer.Session(server.address("postgres"))
        // A commit that waits, for a standby that there is not.
        shell.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        shell.run("SELECT pg_reload_conf()")
        while shell.ask("SHOW synchronous_standby_names") != "nobody" { usleep(1000) }
        usleep(200_000)
        let told = Mutex<LedgerError?>(nil)
        concurrently(2) { thread in
            if thread == 0 {
                do { _ = try booth.redeem(rehearsal.pack(1), key: 1) } catch {
                    told.withLock { $0 = error as? LedgerError }
                }
            } else {
                var process: String?
                while process == nil {
                    usleep(5000)
                    process = shell.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                }
                _ = try? Tool.run("kill", ["-KILL", process!])
            }
        }
        let error = try #require(told.withLock { $0 })
        guard case .undecided(let fault) = error, case .server("08P01", _) = fault.cause else { throw error }
    }
}
#endif
