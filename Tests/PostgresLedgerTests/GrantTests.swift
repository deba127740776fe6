#if PostgreSQL
import TestSupport
import Testing

/// All rights that the roles have in the database of a ledger, by the server's own
/// list: on every table, column, sequence, function and schema, and on the database.
@Suite struct GrantTests {
    private static let functions: [String: [String]] = [
        "loader": [
            "begin_load", "finish_load", "first_loss", "hold_places", "is_as_staged", "place",
            "place_if_free", "record_opening", "server_now",
        ],
        "desk": [
            "first_loss", "gather", "hold_places", "place", "place_if_free", "record_opening",
            "record_votes", "server_now",
        ],
        "officer": [
            "first_loss", "gather", "gather_scans", "hold_ballot", "hold_places", "place", "place_if_free",
            "record_acts", "record_opening", "server_now",
        ],
        "auditor": ["first_loss"],
    ]
    private static let all = [
        "attempts", "ballot", "batches", "cancelled", "integration", "ledger", "log", "numbered", "packs",
        "pairs", "places", "scans", "votes", "waiting",
    ].map { "table \($0) SELECT" }
    private static let order = [
        "column integration.size SELECT", "column places.hashes SELECT", "column places.number SELECT",
    ]
    private static let tables: [String: [String]] = [
        "loader": order + [
            "column batches.number SELECT", "table ledger SELECT", "table staged INSERT",
            "table staged_pairs INSERT",
        ],
        "desk": order + ["table ballot SELECT", "table batches SELECT", "table ledger SELECT"],
        "officer": all,
        "auditor": all,
    ]

    private static func expected(_ role: String) -> [String] {
        let rights = ["database CONNECT", "schema counterfoil USAGE", "schema public USAGE"]
        return (rights + tables[role]! + functions[role]!.map { "function \($0) EXECUTE" }).sorted()
    }

    @Test(arguments: ["loader", "desk", "officer", "auditor"])
    func theRolesHaveTheseAndNoOthers(_ role: String) throws {
        let precinct = try Precinct(packs: 1)
        #expect(try rights(role, precinct) == Self.expected(role))
    }

    /// The control: one right more, of each kind, is seen.
    static let more: [(sql: String, line: String)] = [
        ("GRANT UPDATE (at) ON votes TO ROLE", "column votes.at UPDATE"),
        ("GRANT INSERT ON log TO ROLE", "table log INSERT"),
        ("GRANT TRUNCATE ON staged TO PUBLIC", "table staged TRUNCATE"),
        ("GRANT SELECT ON ballot_gate TO ROLE", "table ballot_gate SELECT"),
        ("GRANT USAGE ON SEQUENCE turns TO ROLE", "sequence turns USAGE"),
        ("GRANT EXECUTE ON FUNCTION must TO PUBLIC", "function must EXECUTE"),
        ("CREATE FUNCTION new() RETURNS void LANGUAGE sql AS ''", "function new EXECUTE"),
        ("GRANT CREATE ON SCHEMA counterfoil TO ROLE", "schema counterfoil CREATE"),
        ("GRANT TEMPORARY ON DATABASE DATABASE TO PUBLIC", "database TEMPORARY"),
        ("ALTER TABLE scans OWNER TO ROLE", "owner of scans"),
        ("ALTER ROLE ROLE CREATEROLE", "role CREATEROLE"),
    ]

    @Test(arguments: more)
    func oneMoreIsSeen(_ sql: String, line: String) throws {
        let precinct = try Precinct(packs: 1)
        let name = precinct.database.name
        let words = precinct.shell().run(
            sql.replacing("ROLE ROLE", with: "ROLE ROLENAME").replacing("TO ROLE", with: "TO ROLENAME")
                .replacing("DATABASE DATABASE", with: "DATABASE \(name)")
                .replacing("ROLENAME", with: "counterfoil_\(name)_desk"))
        #expect(words == nil)
        #expect(try rights("desk", precinct).contains(line))
        #expect(!Self.expected("desk").contains(line))
    }

    private func rights(_ role: String, _ precinct: Precinct) throws -> [String] {
        let text = precinct.shell().ask(
            """
            WITH me AS (SELECT oid, rolname FROM pg_roles WHERE rolname = 'test_\(role)'),
            mine AS (SELECT r.* FROM pg_roles r, me WHERE pg_has_role(me.oid, r.oid, 'MEMBER')),
            relations AS (SELECT c.*, c.relkind = 'S' AS counts FROM pg_class c
                          WHERE relnamespace = 'counterfoil'::regnamespace
                            AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
            found (line) AS (
                SELECT concat_ws(' ', 'table', c.relname, p) FROM me, relations c,
                    unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
                WHERE NOT c.counts AND has_table_privilege(me.oid, c.oid, p)
                UNION ALL
                SELECT concat_ws(' ', 'column', c.relname || '.' || a.attname, p) FROM me, relations c,
                    pg_attribute a, unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) p
                WHERE NOT c.counts AND a.attrelid = c.oid AND a.attnum > 0
                  AND has_column_privilege(me.oid, c.oid, a.attnum, p)
                  AND NOT has_table_privilege(me.oid, c.oid, p)
                UNION ALL
                SELECT concat_ws(' ', 'sequence', c.relname, p) FROM me, relations c,
                    unnest('{USAGE,SELECT,UPDATE}'::text[]) p
                WHERE CASE WHEN c.counts THEN has_sequence_privilege(me.oid, c.oid, p) END
                UNION ALL
                SELECT concat_ws(' ', 'function', f.proname, 'EXECUTE') FROM me, pg_proc f
                WHERE f.pronamespace = 'counterfoil'::regnamespace AND has_function_privilege(me.oid, f.oid, 'EXECUTE')
                UNION ALL
                SELECT concat_ws(' ', 'schema', n.nspname, p) FROM me, pg_namespace n,
                    unnest('{USAGE,CREATE}'::text[]) p
                WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                  AND has_schema_privilege(me.oid, n.oid, p)
                UNION ALL
                SELECT 'database ' || p FROM me, unnest('{CONNECT,CREATE,TEMPORARY}'::text[]) p
                WHERE has_database_privilege(me.oid, current_database(), p)
                UNION ALL
                SELECT 'owner of ' || c.relname FROM mine, relations c WHERE c.relowner = mine.oid
                UNION ALL
                SELECT 'owner of ' || f.proname FROM mine, pg_proc f
                WHERE f.pronamespace = 'counterfoil'::regnamespace AND f.proowner = mine.oid
                UNION ALL
                SELECT 'role ' || p FROM mine, LATERAL (VALUES
                    ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
                    ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) v (p, has)
                WHERE has)
            SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") FROM found
            """)
        return try #require(text).split(separator: "\n").map(String.init)
    }
}
#endif
