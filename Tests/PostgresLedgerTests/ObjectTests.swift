#if PostgreSQL
import Foundation
import PollingDesk
import PostgresLedger
import TestSupport
import Testing

/// A schema in which anything was changed is refused, and the change is named.
@Suite struct ObjectTests {
    @Test func theListIsThatOfANewLedger() throws {
        let database = TestServer.Database()
        let found = try PostgresLedger.objects(at: database.address(), election: Rehearsal().election)
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/PostgresLedger/SQL/objects.txt")
        if ProcessInfo.processInfo.environment["COUNTERFOIL_WRITE_OBJECTS"] != nil {
            try Data(found.utf8).write(to: file)
            return
        }
        #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == found)
    }

    /// What the owner does, and the part that is then named. It begins a session as the
    /// owner of a new ledger, whose search path is the schema.
    static let changes: [(sql: String, part: String, fault: SchemaPart.Fault)] = [
        // Functions.
        (
            "CREATE OR REPLACE FUNCTION must(_what boolean, _else text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$",
            "function must", .altered
        ),
        ("ALTER FUNCTION record_votes SECURITY INVOKER", "function record_votes", .altered),
        ("ALTER FUNCTION gather RESET search_path", "function gather", .altered),
        ("ALTER FUNCTION place SET synchronous_commit = off", "function place", .altered),
        ("ALTER FUNCTION apply_votes IMMUTABLE", "function apply_votes", .altered),
        ("ALTER FUNCTION apply_votes OWNER TO test_desk", "function apply_votes", .altered),
        ("ALTER FUNCTION entry_tag RENAME TO entry_label", "function entry_tag", .missing),
        ("DROP FUNCTION begin_load", "function begin_load", .missing),
        (
            "CREATE FUNCTION must(_what integer, _else text) RETURNS void LANGUAGE sql AS 'SELECT'",
            "function must", .foreign
        ),
        // Triggers.
        ("ALTER TABLE votes DISABLE TRIGGER votes_stay", "trigger votes_stay of votes", .altered),
        ("ALTER TABLE votes ENABLE REPLICA TRIGGER votes_stay", "trigger votes_stay of votes", .altered),
        ("DROP TRIGGER log_stays ON log", "trigger log_stays of log", .missing),
        (
            "CREATE OR REPLACE TRIGGER votes_online_stay BEFORE DELETE ON votes FOR EACH ROW WHEN (OLD.channel = 3) EXECUTE FUNCTION refuse('an online vote is never annulled')",
            "trigger votes_online_stay of votes", .altered
        ),
        (
            "CREATE TRIGGER again AFTER INSERT ON votes EXECUTE FUNCTION refuse('no votes')",
            "trigger again of votes", .foreign
        ),
        (
            "ALTER TABLE scans DISABLE TRIGGER ALL; ALTER TABLE scans ENABLE TRIGGER USER",
            "trigger for the constraint scans_turn_fkey of scans", .altered
        ),
        // Constraints, indexes and columns.
        ("ALTER TABLE votes DROP CONSTRAINT votes_pkey", "constraint votes_pkey of votes", .missing),
        ("ALTER TABLE log DROP CONSTRAINT log_check2", "constraint log_check2 of log", .missing),
        (
            "ALTER TABLE votes DROP CONSTRAINT votes_pkey; ALTER TABLE votes ADD CONSTRAINT votes_pkey PRIMARY KEY (voter, at)",
            "constraint votes_pkey of votes", .altered
        ),
        (
            "ALTER TABLE votes ADD CONSTRAINT few CHECK (at < 1) NOT VALID", "constraint few of votes",
            .foreign
        ),
        (
            "ALTER TABLE votes DROP CONSTRAINT votes_channel_check; ALTER TABLE votes ADD CONSTRAINT votes_channel_check CHECK (channel = ANY (ARRAY[1, 2])) NOT VALID",
            "constraint votes_channel_check of votes", .altered
        ),
        ("DROP INDEX log_by_transaction", "index log_by_transaction", .missing),
        ("CREATE INDEX mine ON votes (at)", "index mine", .foreign),
        (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'votes_pkey'::regclass",
            "index votes_pkey", .altered
        ),
        ("ALTER TABLE ballot ALTER grace SET DEFAULT 600", "column ballot.grace", .altered),
        ("ALTER TABLE votes ALTER pack DROP NOT NULL", "column votes.pack", .altered),
        ("ALTER TABLE attempts ALTER lifetime TYPE bigint", "column attempts.lifetime", .altered),
        ("ALTER TABLE votes ADD name text", "column votes.name", .foreign),
        // Tables, views and sequences.
        ("ALTER TABLE votes SET UNLOGGED", "index votes_pkey", .altered),
        ("ALTER TABLE votes ENABLE ROW LEVEL SECURITY", "table votes", .altered),
        ("ALTER TABLE votes FORCE ROW LEVEL SECURITY", "table votes", .altered),
        ("CREATE POLICY few ON votes USING (false)", "policy few of votes", .foreign),
        ("CREATE TABLE more () INHERITS (votes)", "table votes", .altered),
        ("ALTER TABLE votes OWNER TO test_desk", "index votes_pkey", .altered),
        ("CREATE TABLE mine (a int)", "table mine", .foreign),
        ("CREATE RULE none AS ON INSERT TO votes DO INSTEAD NOTHING", "rule none of votes", .foreign),
        (
            "CREATE OR REPLACE VIEW waiting AS SELECT l.* FROM log l WHERE false", "view waiting", .altered
        ),
        ("ALTER VIEW numbered SET (security_invoker = true)", "view numbered", .altered),
        ("ALTER SEQUENCE turns CYCLE", "sequence turns", .altered),
        ("ALTER SEQUENCE turns INCREMENT -1", "sequence turns", .altered),
        ("ALTER SEQUENCE turns CACHE 20", "sequence turns", .altered),
        // Rights.
        ("GRANT DELETE ON votes TO test_desk", "right of the user test_desk on votes", .foreign),
        ("GRANT INSERT (voter) ON votes TO PUBLIC", "right of PUBLIC on votes.voter", .foreign),
        ("GRANT EXECUTE ON FUNCTION apply_votes TO PUBLIC", "right of PUBLIC on apply_votes()", .foreign),
        (
            "GRANT CREATE ON SCHEMA counterfoil TO test_desk", "right of the user test_desk on the schema",
            .foreign
        ),
        (
            "GRANT UPDATE ON votes TO counterfoil_officer", "right of the role officer on votes", .altered
        ),
        (
            "GRANT SELECT ON votes TO counterfoil_officer WITH GRANT OPTION",
            "right of the role officer on votes", .altered
        ),
        (
            "REVOKE SELECT ON votes FROM counterfoil_auditor", "right of the role auditor on votes",
            .missing
        ),
        // What takes the place of something of the system's.
        (
            "CREATE OPERATOR = (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_ne)",
            "operator counterfoil.?(pg_catalog.uuid,pg_catalog.uuid)", .foreign
        ),
        ("CREATE TYPE uuid AS ENUM ('none')", "type counterfoil.uuid", .foreign),
        ("CREATE DOMAIN mine AS text", "type counterfoil.mine", .foreign),
        // A name that would turn a line around.
        ("CREATE TABLE \"a\u{202E}b\u{9B}\" (a int)", "table a?b?", .foreign),
    ]

    @Test(arguments: changes.indices)
    func aChangeIsNamed(_ index: Int) throws {
        let (sql, part, fault) = Self.changes[index]
        let precinct = try Precinct(packs: 1)
        let auditor = try PostgresLedger(reading: precinct.database.address(), clock: .none)
        // As it is, nothing is wrong.
        #expect(try precinct.audit() == nil)
        let prefix = "counterfoil_\(precinct.database.name)_"
        let change = sql.replacing("counterfoil_", with: prefix)
        #expect(precinct.shell().run("SET allow_system_table_mods = on; \(change)") == nil)
        let refusal = LedgerError.alteredPart(
            .database(precinct.database.address()), SchemaPart(part, fault))
        #expect(throws: refusal) { try precinct.desk() }
        #expect(throws: refusal) { try PostgresLedger(reading: precinct.database.address(), clock: .none) }
        // By an audit that was begun by a program that had it open.
        #expect(throws: refusal) { try auditor.snapshot(long: true) { _ in } }
    }

    /// What an operator does every day changes nothing.
    @Test func everydayWorkIsNoChange() throws {
        let precinct = try Precinct(packs: 3)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        let shell = precinct.shell()
        for sql in [
            "VACUUM FULL votes", "ANALYZE", "REINDEX TABLE votes", "REINDEX TABLE CONCURRENTLY log",
            "CLUSTER votes USING votes_pkey", "ALTER TABLE log SET (autovacuum_vacuum_scale_factor = 0.01)",
            "COMMENT ON TABLE votes IS 'one voter, one vote'",
            "ALTER TABLE votes ALTER voter SET STATISTICS 500",
            "CREATE STATISTICS more ON pack, at FROM votes", "CREATE PUBLICATION all_of_it FOR ALL TABLES",
            "ALTER TABLE votes REPLICA IDENTITY FULL", "ALTER ROLE test_desk SET work_mem = '1MB'",
        ] {
            #expect(shell.run(sql) == nil, "\(sql)")
        }
        shell.run("DROP PUBLICATION all_of_it; ALTER ROLE test_desk RESET work_mem")
        let booth = try precinct.desk(as: "test_desk")
        #expect(try booth.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
        #expect(try precinct.audit(as: "test_auditor") == nil)
    }

    /// A restore into another database, owned by somebody else, has all parts.
    @Test func aRestoreHasAllParts() throws {
        let precinct = try Precinct(packs: 3)
        #expect(try precinct.owner.redeem(precinct.rehearsal.pack(1), key: 1).name == "accepted")
        let copy = try Copy(of: precinct)
        let booth = try Booth(
            precinct.rehearsal,
            try PostgresLedger(
                opening: copy.database.address(), election: precinct.rehearsal.election, clock: .none))
        #expect(try booth.redeem(precinct.rehearsal.pack(1), key: 1).name == "repeated")
        #expect(try booth.redeem(precinct.rehearsal.pack(2), key: 2).name == "accepted")
    }

    /// A superuser can have a server leave out triggers.
    @Test func aSessionWithoutTriggersIsRefused() throws {
        let precinct = try Precinct(packs: 1)
        let (shell, name) = (precinct.shell(), precinct.database.name)
        #expect(shell.run("ALTER DATABASE \(name) SET session_replication_role = replica") == nil)
        defer { shell.run("ALTER DATABASE \(name) RESET session_replication_role") }
        #expect(
            throws: LedgerError.alteredPart(
                .database(precinct.database.address()),
                SchemaPart("setting session_replication_role", .altered))
        ) { try precinct.desk() }
    }
}
#endif
