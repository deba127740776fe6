#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// The roles of a ledger have rights in that ledger alone, and nobody else comes near it.
@Suite struct OneLedgerTests {
    /// A login with all roles of one ledger, and no others. Gone with the last reference.
    private final class Login {
        let name: String
        private let shell: TestServer.Session

        init(_ precinct: Precinct) {
            (name, shell) = ("only_\(precinct.database.name)", precinct.shell())
            #expect(shell.run("CREATE ROLE \(name) LOGIN") == nil)
            for role in ["loader", "desk", "officer", "auditor"] {
                #expect(shell.run("GRANT counterfoil_\(precinct.database.name)_\(role) TO \(name)") == nil)
            }
        }

        deinit {
            shell.run("DROP OWNED BY \(name)")
            shell.run("DROP ROLE \(name)")
        }
    }

    /// What they can do in theirs.
    private static let acts = [
        "SELECT count(*) FROM counterfoil.ledger", "SELECT count(*) FROM counterfoil.votes",
        "SELECT counterfoil.place()", "SELECT counterfoil.gather('{}', '{}', false)",
        "SELECT counterfoil.begin_load('', 'x')", "SELECT counterfoil.hold_ballot()",
    ]

    @Test func rolesOfOneLedgerDoNothingInAnother() throws {
        let (mine, other) = (try Precinct(packs: 1), try Precinct(packs: 1))
        let login = Login(mine)
        // The control.
        #expect(mine.shell(as: login.name).refusal == nil)
        let own = mine.shell(as: login.name)
        for act in Self.acts { #expect(own.run(act) == nil, "\(act)") }

        let refusal = other.shell(as: login.name).refusal
        #expect(refusal?.contains("permission denied for database") == true)
        // And if somebody lets them in, they can do nothing there.
        let database = other.database.name
        #expect(other.shell().run("GRANT CONNECT ON DATABASE \(database) TO \(login.name)") == nil)
        let guest = other.shell(as: login.name)
        for act in Self.acts {
            let words = guest.run(act) ?? "done"
            #expect(words.contains("permission denied for schema counterfoil"), "\(act): \(words)")
        }
        #expect(other.shell().run("REVOKE CONNECT ON DATABASE \(database) FROM \(login.name)") == nil)
    }

    /// A login without a role is not let in. The control: it is one of this server.
    @Test func otherLoginsAreNotLetIn() throws {
        let precinct = try Precinct(packs: 1)
        let shell = precinct.shell()
        let name = "nobody_\(precinct.database.name)"
        #expect(shell.run("CREATE ROLE \(name) LOGIN") == nil)
        defer { shell.run("DROP ROLE \(name)") }
        #expect(TestServer.Session(TestServer.address("postgres", user: name)).refusal == nil)
        let refusal = precinct.shell(as: name).refusal
        #expect(refusal?.contains("permission denied for database") == true)
    }

    // MARK: Names

    @Test(arguments: [(43, true), (44, false)])
    func aNameMustLeaveRoomForTheRoles(bytes: Int, fits: Bool) throws {
        let server = TestServer.Session(TestServer.address("postgres"))
        let name = "n" + String(repeating: "m", count: bytes - 1)
        #expect(server.run("CREATE DATABASE \(name)") == nil)
        defer {
            server.run("DROP DATABASE \(name) WITH (FORCE)")
            for role in ["loader", "desk", "officer", "auditor"] {
                server.run("DROP ROLE IF EXISTS counterfoil_\(name)_\(role)")
            }
        }
        func create() throws(LedgerError) {
            try PostgresLedger.create(at: TestServer.address(name), election: Rehearsal().election).close()
        }
        if fits {
            try create()
            #expect(server.ask("SELECT count(*) FROM pg_roles WHERE rolname LIKE '%\(name)%'") == "4")
        } else {
            let error = #expect(throws: LedgerError.self) { try create() }
            #expect(error.map { "\($0)" }?.contains("there is room for 43") == true)
            // Nothing of it is left.
            #expect(server.ask("SELECT count(*) FROM pg_roles WHERE rolname LIKE '%\(name)%'") == "0")
        }
    }

    /// A name that SQL would read otherwise is a name all the same.
    @Test(arguments: ["Ballot-2026", "b\"; DROP TABLE x; --", "élection"])
    func anyNameWillDo(_ name: String) throws {
        let server = TestServer.Session(TestServer.address("postgres"))
        func quote(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
        let quoted = quote(name)
        server.run("DROP DATABASE IF EXISTS \(quoted) WITH (FORCE)")
        #expect(server.run("CREATE DATABASE \(quoted)") == nil)
        defer {
            server.run("DROP DATABASE \(quoted) WITH (FORCE)")
            for role in ["loader", "desk", "officer", "auditor"] {
                server.run("DROP ROLE IF EXISTS \(quote("counterfoil_\(name)_\(role)"))")
            }
        }
        let base = TestServer.address("postgres")
        let encoded = name.utf8.map { byte in
            byte < 0x80 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte])
        }.joined()
        let address = base.replacing("/postgres?", with: "/\(encoded)?")
        let ledger = try PostgresLedger.create(at: address, election: Rehearsal().election)
        #expect(try ledger.rolePrefix() == "counterfoil_\(name)")
        ledger.close()
    }

    /// A role of that name may have members from before. Nobody gets rights by chance.
    @Test func aRoleThatIsThereAlreadyIsNotUsed() throws {
        let database = TestServer.Database()
        let server = TestServer.Session(TestServer.address("postgres"))
        #expect(server.run("CREATE ROLE counterfoil_\(database.name)_officer") == nil)
        let election = Rehearsal().election
        let error = #expect(throws: LedgerError.self) {
            try PostgresLedger.create(at: database.address(), election: election)
        }
        let sentence = "end them by DROP ROLE counterfoil_\(database.name)_officer,"
        #expect(error.map { "\($0)" }?.contains(sentence) == true)
        #expect(server.run("DROP ROLE counterfoil_\(database.name)_officer") == nil)
        // The control.
        try PostgresLedger.create(at: database.address(), election: election).close()
    }

    /// A ledger that is restored into a database of another name keeps its roles.
    @Test func aRestoredLedgerKeepsItsRoles() throws {
        let precinct = try Precinct(packs: 3)
        let rehearsal = precinct.rehearsal
        #expect(try precinct.owner.redeem(rehearsal.pack(1), key: 1).name == "accepted")
        let server = TestServer.Session(TestServer.address("postgres"))
        let name = "restored_\(precinct.database.name)"
        #expect(server.run("CREATE DATABASE \(name)") == nil)
        defer { server.run("DROP DATABASE \(name) WITH (FORCE)") }
        let folder = TemporaryFolder()
        let file = folder.file("dump")
        let dump = try Tool.run("pg_dump", ["-f", file, precinct.database.address()])
        try #require(dump.status == 0)
        let restore = try Tool.run(
            "psql", ["-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", file, TestServer.address(name)])
        try #require(restore.status == 0)

        let login = Login(precinct)
        let ledger = try PostgresLedger(
            opening: TestServer.address(name, user: login.name), election: rehearsal.election, clock: .none)
        #expect(try ledger.rolePrefix() == "counterfoil_\(precinct.database.name)")
        let booth = try Booth(rehearsal, ledger)
        #expect(try booth.redeem(rehearsal.pack(1), key: 2).name == "already-voted")
        #expect(try booth.redeem(rehearsal.pack(2), key: 2).name == "accepted")
        ledger.close()
    }

    // MARK: Locks

    /// Advisory locks can be taken by anyone who can connect. They stop no ballot, no
    /// load and no checkpoint: only the voters whose numbers somebody knows.
    @Test func anAuditorStopsNoBallotByItsLocks() throws {
        let precinct = try Precinct(packs: 4)
        let rehearsal = precinct.rehearsal
        let auditor = precinct.shell(as: "test_auditor")
        for number in 0...5 {
            #expect(auditor.run("SELECT pg_advisory_lock(1128680519, \(number))") == nil)
            #expect(auditor.run("SELECT pg_advisory_lock(\(number))") == nil)
        }
        let voter = rehearsal.pack(1).voter.bytes.hex
        #expect(auditor.run("SELECT pg_advisory_lock(uuid_hash_extended('\(voter)'::uuid, 0))") == nil)

        #expect(try precinct.owner.redeem(rehearsal.pack(2), key: 2).name == "accepted")
        #expect(try precinct.owner.load("more", [rehearsal.pack(9)]) == .loaded)
        #expect(try precinct.owner.activate("more") == .done)
        #expect(
            try precinct.owner.desk.checkpoint { $0 }.head.size
                == precinct.owner.desk.ledger.summary().entries)
        #expect(try precinct.owner.desk.close(.none, at: .test(20)) == .done)
        #expect(try precinct.audit() == nil)

        // What it does hold up, until it lets go: one voter.
        let desk = precinct.shell(as: "test_desk")
        desk.run("SET lock_timeout = '200ms'")
        func gather(_ number: Int) -> String? {
            desk.run("SELECT gather('{}', '{\(rehearsal.pack(number).number.value)}', false)")
        }
        #expect(gather(1)?.contains("lock timeout") == true)
        #expect(gather(3) == nil)
        #expect(auditor.run("SELECT pg_advisory_unlock_all()") == nil)
        #expect(gather(1) == nil)
    }

    /// The control: a gate that is an advisory lock is taken by any login, and then
    /// nobody votes.
    @Test func aGateOfAdvisoryLocksIsStoppedByAnAuditor() throws {
        let precinct = try Precinct(packs: 1)
        try precinct.without(
            "LOCK TABLE ballot_gate IN ROW SHARE MODE;", in: "enter",
            instead: "PERFORM pg_advisory_xact_lock_shared(1128680519, 1);")
        let auditor = precinct.shell(as: "test_auditor")
        #expect(auditor.run("SELECT pg_advisory_lock(1128680519, 1)") == nil)
        let desk = precinct.shell(as: "test_desk")
        desk.run("SET lock_timeout = '200ms'")
        #expect(desk.run("SELECT gather('{}', '{}', false)")?.contains("lock timeout") == true)
    }

    /// No lock that a role can take by itself stops a vote: not on the gates, where it has
    /// no right, nor on the tables that it may read.
    @Test(arguments: ["loader", "desk", "officer", "auditor"])
    func noRoleLocksATable(_ role: String) throws {
        let precinct = try Precinct(packs: 2)
        let shell = precinct.shell(as: "test_\(role)")
        let tables = precinct.shell().ask(
            """
            SELECT string_agg(relname, ' ') FROM pg_class
            WHERE relnamespace = 'counterfoil'::regnamespace AND relkind IN ('r', 'v')
            """)!
        var refused = 0
        for table in tables.split(separator: " ") {
            for mode in ["ROW SHARE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] {
                #expect(shell.run("BEGIN") == nil)
                let words = shell.run("LOCK TABLE \(table) IN \(mode) MODE")
                // A loader can lock where it may insert, and nobody waits for that but itself.
                if words == nil {
                    #expect(role == "loader" && table.hasPrefix("staged") && mode == "ROW SHARE", "\(table)")
                } else {
                    refused += 1
                }
                shell.run("ROLLBACK")
            }
        }
        #expect(refused > 60)
    }
}
#endif
