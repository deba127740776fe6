#if PostgreSQL
import Glibc
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// What was acknowledged is there after the server died, whatever its operator sets
/// under desks that are open.
@Suite struct DurabilityTests {
    /// The two that ask for a commit on the disk, and whether something takes them away.
    struct Protection: Sendable, CustomTestStringConvertible {
        var session: Bool
        var transaction: Bool

        var testDescription: String {
            "session: \(session ? "asks" : "reset"), transaction: \(transaction ? "looks" : "does not look")"
        }
        /// Either of them will do. The last one is the control.
        static let all = [
            Protection(session: true, transaction: true), Protection(session: true, transaction: false),
            Protection(session: false, transaction: true), Protection(session: false, transaction: false),
        ]
    }

    /// The server's file is changed under a desk that is open, and all processes of the
    /// server are killed after a while of voting.
    @Test(arguments: Protection.all)
    func whatWasAcknowledgedIsThereAfterAKill(_ protection: Protection) throws {
        // Nothing is written to the disk that no commit asks for.
        let server = try TestServer.Own(
            "wal_writer_delay = 10s", "wal_writer_flush_after = 1GB", "wal_buffers = 64MB", "autovacuum = off"
        )
        let rehearsal = Rehearsal()
        let packs = (0..<80).map { rehearsal.pack($0) }
        let booth = try Booth(
            rehearsal,
            try PostgresLedger.create(
                at: server.address("postgres"), election: rehearsal.election, at: .test(0), connections: 1,
                clock: .none))
        try booth.begin(packs)
        let shell = TestServer.Session(server.address("postgres"))
        // As a pooler resets what a session said; after that it is as the file says.
        let body =
            (protection.session ? "" : "RESET synchronous_commit; ")
            + (protection.transaction
                ? "IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN PERFORM set_config('synchronous_commit', 'on', true); END IF; "
                : "")
        if !(protection.session && protection.transaction) {
            #expect(
                shell.run(
                    "CREATE OR REPLACE FUNCTION commit_to_disk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN \(body)END $$"
                ) == nil)
        }
        #expect(try booth.redeem(packs[0], key: 0).name == "accepted")
        #expect(shell.run("ALTER SYSTEM SET synchronous_commit = off") == nil)
        #expect(shell.run("SELECT pg_reload_conf()") == nil)
        while shell.ask("SHOW synchronous_commit") != "off" { usleep(1000) }
        usleep(200_000)
        for number in 1..<packs.count {
            #expect(try booth.redeem(packs[number], key: number).name == "accepted")
        }
        try server.killAndStartAgain()
        let kept = TestServer.Session(server.address("postgres")).ask("SELECT count(*) FROM votes")
            .flatMap { Int($0) }
        if protection.session || protection.transaction {
            #expect(kept == packs.count)
        } else {
            #expect(try #require(kept) < packs.count)
        }
    }

    /// And it is looked at with each commit whether the server syncs at all. The control
    /// is a ledger that does not look.
    @Test(arguments: ["fsync", "full_page_writes"], [true, false])
    func aServerThatIsToldNotToSyncTakesNoVote(_ setting: String, looks: Bool) throws {
        let server = try TestServer.Own()
        let address = server.address("postgres")
        let rehearsal = Rehearsal()
        let booth = try Booth(
            rehearsal,
            try PostgresLedger.create(at: address, election: rehearsal.election, at: .test(0), clock: .none))
        try booth.begin([rehearsal.pack(1), rehearsal.pack(2)])
        #expect(try booth.redeem(rehearsal.pack(1), key: 1).name == "accepted")
        // All its connections are there, and were looked at when they were made.
        _ = try booth.desk.checkpoint { $0 }
        let shell = TestServer.Session(address)
        if !looks {
            #expect(
                shell.run(
                    "CREATE OR REPLACE FUNCTION commit_to_disk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$"
                ) == nil)
        }
        #expect(shell.run("ALTER SYSTEM SET \(setting) = off") == nil)
        #expect(shell.run("SELECT pg_reload_conf()") == nil)
        while shell.ask("SHOW \(setting)") != "off" { usleep(1000) }
        usleep(200_000)
        guard looks else {
            #expect(try booth.redeem(rehearsal.pack(2), key: 2).name == "accepted")
            _ = try booth.desk.checkpoint { $0 }
            return
        }
        let refusal = LedgerError.notDurable(.database(address), setting: setting)
        #expect(throws: refusal) { try booth.redeem(rehearsal.pack(2), key: 2) }
        #expect(throws: refusal) { try booth.desk.checkpoint { $0 } }
        #expect(throws: refusal) { try booth.load("more", [rehearsal.pack(3)]) }
        #expect(shell.run("ALTER SYSTEM RESET \(setting)") == nil)
        #expect(shell.run("SELECT pg_reload_conf()") == nil)
        while shell.ask("SHOW \(setting)") != "on" { usleep(1000) }
        usleep(200_000)
        #expect(try booth.redeem(rehearsal.pack(2), key: 2).name == "accepted")
    }

    /// What is more than enough stays: readers of a standby who ask for the latest.
    @Test func whatIsStrongerStays() throws {
        let precinct = try Precinct(packs: 1)
        let shell = precinct.shell()
        #expect(
            shell.run("ALTER DATABASE \(precinct.database.name) SET synchronous_commit = remote_apply") == nil
        )
        defer { shell.run("ALTER DATABASE \(precinct.database.name) RESET synchronous_commit") }
        let booth = try precinct.desk()
        #expect(
            shell.run(
                """
                CREATE OR REPLACE FUNCTION write_before_no_horizon() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION '%', current_setting('synchronous_commit') USING ERRCODE = '23000';
                END $$
                """) == nil)
        let error = #expect(throws: LedgerError.self) {
            try booth.redeem(precinct.rehearsal.pack(1), key: 1)
        }
        guard case .rulesRefused(let fault) = error, case .server(_, "remote_apply") = fault.cause else {
            throw try #require(error)
        }
    }
}
#endif
