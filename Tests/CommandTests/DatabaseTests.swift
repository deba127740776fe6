#if PostgreSQL
import Foundation
import TestSupport
import Testing

@Suite("A ledger in a database")
struct DatabaseTests {
    private let database = TestServer.Database()
    private let ballot: Ballot
    private let desk: [String]
    private let packs: [Pack]

    /// Batch B01 is loaded.
    init() throws {
        ballot = try Ballot(members: 4)
        expectDone(try ballot.run(ballot.issue()))
        packs = try ballot.packs()
        expectDone(
            try ballot.run([
                "database", "--ledger", database.address(), "--election", "ballot/public/election.json",
            ]))
        desk = ["--ledger", database.address(), "--keys", "ballot/desk"]
        expectDone(try ballot.run(["load"] + desk + ["out/B01.register"]))
    }

    /// A failover to a copy that is behind looks like this: the name is the same, and the
    /// desk connects again by itself.
    @Test("a witness does not follow a database that goes back")
    func goesBack() throws {
        expectDone(try ballot.run(["activate"] + desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + desk))
        try ballot.folder.write("witness", ballot.run(["checkpoint"] + desk).output)
        let operating = TestServer.Session(TestServer.address("postgres"))
        let (name, older) = (database.name, "\(database.name)_older")
        #expect(operating.run("CREATE DATABASE \(older) TEMPLATE \(name)") == nil)
        defer { _ = operating.run("DROP DATABASE IF EXISTS \(older)") }
        func swap() {
            for step in [
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'",
                "ALTER DATABASE \(name) RENAME TO \(name)_between",
                "ALTER DATABASE \(older) RENAME TO \(name)",
                "ALTER DATABASE \(name)_between RENAME TO \(older)",
            ] { #expect(operating.run(step) == nil) }
        }
        let child = try ballot.start(
            ["redeem"] + desk + ["--witness", "witness"], input: .pipe, output: .pipe)
        for pack in packs[..<2] {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            #expect(try Answer(line: try #require(child.line())).outcome == "accepted")
        }
        let entries = try ballot.status(database.address()).logEntries
        func seen() throws -> Int? {
            Int(try ballot.folder.text("witness").split(separator: "\n")[1])
        }
        while try seen() != entries { usleep(20_000) }
        swap()
        // An idle desk finds it with its next look at the witness.
        #expect(child.line(within: 60) == nil)
        let ended = child.finish()
        #expect(ended.status == 3 && ended.errors.contains("its witness has seen \(entries)"), "\(ended)")
        #expect(try seen() == entries)
        swap()
    }

    @Test("a witness that could not be kept up once is kept up again, and it is said once")
    func hiccup() throws {
        expectDone(try ballot.run(["activate"] + desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + desk))
        try ballot.folder.write("witness", ballot.run(["checkpoint"] + desk).output)
        let child = try ballot.start(
            ["redeem"] + desk + ["--witness", "witness"], input: .pipe, output: .pipe)
        func vote(_ pack: Pack) throws {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            #expect(try Answer(line: try #require(child.line())).outcome == "accepted")
        }
        func wait(_ what: String, _ isThere: () throws -> Bool) throws {
            let start = ContinuousClock.now
            while try !isThere() {
                try #require(ContinuousClock.now - start < .seconds(20), "\(what)")
                usleep(5000)
            }
        }
        // Somebody else gives places, and takes too long; twice.
        let shell = TestServer.Session(database.address())
        let other = TestServer.Session(database.address())
        #expect(other.run("BEGIN; SELECT hold_places()") == nil)
        try vote(packs[0])
        for _ in 0..<2 {
            try wait("nobody waits to show the witness the log") {
                shell.ask(
                    """
                    SELECT pg_cancel_backend(pid) FROM pg_locks
                    WHERE relation = 'places_gate'::regclass AND NOT granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """) == "t"
            }
            usleep(100_000)
        }
        try vote(packs[1])
        #expect(other.run("COMMIT") == nil)
        let entries = try #require(shell.ask("SELECT count(*) FROM log"))
        try wait("the witness does not follow") {
            try ballot.folder.text("witness").split(separator: "\n")[1] == entries
        }
        let ended = child.finish()
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.errors.split(separator: "\n").count == 1, "\(ended)")
        #expect(ended.errors.contains("The witness was not written"), "\(ended)")
    }

    @Test("an act that is done is told as done, though what else is to be said cannot be read")
    func withoutASummary() throws {
        // An act counts nothing together, and a summary does.
        let shell = TestServer.Session(database.address())
        database.grantRoles()
        #expect(shell.run("REVOKE EXECUTE ON FUNCTION pg_catalog.sum(integer) FROM PUBLIC") == nil)
        defer { shell.run("GRANT EXECUTE ON FUNCTION pg_catalog.sum(integer) TO PUBLIC") }
        let officer = ["--ledger", database.address(user: "test_officer"), "--keys", "ballot/desk"]
        // The control: it cannot be read.
        expectStop(try ballot.run(["status", "--ledger", officer[1]]), 3, "may not do that")

        func says(_ verb: [String], _ words: String) throws {
            let ended = try ballot.run(verb + officer)
            expectDone(ended)
            #expect(ended.output == words + "\n", "\(ended)")
        }
        try says(["open"], "The ballot is open.")
        try says(["open"], "The ballot is open already.")
        try says(["activate", "B01", "--unreconciled"], "Batch B01 is active. `withdraw` ends it.")
        try says(["activate", "B01", "--unreconciled"], "Batch B01 is active already.")
    }
}

@Suite("A standby")
struct StandbyTests {
    @Test("what is read on a standby is said to be of a standby, and a report has to be asked for")
    func isNamed() throws {
        let ballot = try Ballot(members: 4)
        expectDone(try ballot.run(ballot.issue()))
        let server = try TestServer.Own()
        expectDone(
            try ballot.run([
                "database", "--ledger", server.address("postgres"), "--election",
                "ballot/public/election.json",
            ]))
        let standby = try TestServer.Own(standbyOf: server)
        func run(_ verb: [String], on server: TestServer.Own) throws -> Ended {
            try ballot.run(verb + ["--ledger", server.address("postgres")])
        }
        for verb in [["status"], ["report", "--standby"], ["report", "--standby", "--json"]] {
            let ended = try run(verb, on: standby)
            #expect(ended.status == 0, "\(ended)")
            #expect(
                ended.errors.contains("this server is a standby: it has what happened until 2"), "\(ended)")
        }
        expectStop(try run(["report"], on: standby), 1, "may lack the latest votes")
        #expect(try run(["report", "--voted", "voted.csv"], on: standby).status == 1)
        expectStop(
            try run(["open", "--keys", "ballot/desk"], on: standby), 3, "is a standby, and takes nothing")
        // The control.
        for verb in [["status"], ["report"], ["report", "--standby"]] {
            expectDone(try run(verb, on: server))
        }
    }
}
#endif
