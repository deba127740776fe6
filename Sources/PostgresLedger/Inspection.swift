#if PostgreSQL
internal import PollingDesk

/// Looks whether a ledger is what this program made: its schema, object by object,
/// and the tables that have the effects of the last entries. An owner, an operator or a
/// restore may have changed either, and neither a desk nor the log notices that by
/// itself.
struct Inspection {
    let connection: Connection

    /// Refuses a schema in which anything is not as this program made it.
    func expectOwnSchema(_ clock: LedgerClock) throws(Failure) {
        var found = try objects()
        for expected in Schema.objects(clock) {
            guard let text = found.removeValue(forKey: expected.name) else {
                throw refused(expected.name, .missing)
            }
            guard text == expected.text || text == Self.laterWords(for: expected) else {
                throw refused(expected.name, .altered)
            }
        }
        // Of a table with its columns, the table.
        func rank(_ name: String) -> (Int, String) { (name.hasPrefix("column ") ? 1 : 0, name) }
        if let name = found.keys.min(by: { rank($0) < rank($1) }) { throw refused(name, .foreign) }
    }

    /// What servers of version 16 and later say of the same: in a query of one table
    /// they leave out the table's name. (Tried with 16.2.)
    private static func laterWords(for object: (name: String, text: String)) -> String? {
        guard object.name == "view waiting" else { return nil }
        // The one in the query within this one stays.
        return object.text.split(separator: "= l.", omittingEmptySubsequences: false)
            .map { $0.replacing(" l.", with: " ").replacing("(l.", with: "(") }.joined(separator: "= l.")
    }

    private func refused(_ name: String, _ fault: SchemaPart.Fault) -> Failure {
        // No two functions differ in what they take alone.
        let short = name.hasPrefix("function ") ? String(name.prefix { $0 != "(" }) : name
        return .refused(.alteredPart(connection.place, SchemaPart(short, fault)))
    }

    /// Refuses tables that do not have what the end of the log tells of. As a function
    /// of the database: a desk's role cannot read what it compares.
    func expectEffects() throws(Failure) {
        let rows = try connection.run("SELECT _table, _entry FROM first_loss()")
        guard rows.count == 1 else { throw .damaged(.noRow) }
        if rows.isNull(0, 0) { return }
        throw switch rows.text(0, 0) {
        case "turns": .damaged(.turnsBehind)
        case "places": .damaged(.placesMissing)
        case let table:
            .damaged(.lostRows(table: table, entry: rows.isNull(0, 1) ? nil : Int(try rows.integer(0, 1))))
        }
    }

    // MARK: What there is

    /// What the server says of each object: in its own words where it has to
    /// translate back what it was told, and word for word where it keeps that.
    func objects() throws(Failure) -> [String: String] {
        var objects: [String: String] = [:]
        for query in [Self.relations, Self.columns, Self.details, Self.functions, Self.rights, Self.others] {
            let rows = try connection.run(query)
            for row in 0..<rows.count {
                let words = rows.text(row, 1).split(whereSeparator: \.isWhitespace)
                objects[rows.text(row, 0)] = words.joined(separator: " ")
            }
        }
        return objects
    }

    private static let schema = "'counterfoil'::regnamespace"
    private static let owner = "(SELECT nspowner FROM pg_namespace WHERE oid = \(schema))"

    /// " owned by somebody else", of an object of this owner.
    private static func owned(by column: String) -> String {
        "CASE WHEN \(column) = \(owner) THEN '' ELSE ' owned by ' || \(column)::regrole END"
    }

    /// An unlogged table is empty after a crash, and row-level security hides rows.
    /// How a table is stored, and how often it is vacuumed, is its operator's business.
    private static let relations = """
        SELECT CASE c.relkind WHEN 'r' THEN 'table ' WHEN 'v' THEN 'view ' WHEN 'S' THEN 'sequence '
                   WHEN 'i' THEN 'index ' ELSE 'relation ' END || c.relname,
               CASE c.relpersistence WHEN 'p' THEN 'logged' ELSE 'unlogged' END
               || CASE WHEN c.relrowsecurity OR c.relforcerowsecurity THEN ' row security' ELSE '' END
               || CASE WHEN EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent))
                       THEN ' inheritance' ELSE '' END
               || CASE c.relkind WHEN 'v' THEN coalesce(array_to_string(c.reloptions, ' '), '')
                       || pg_get_viewdef(c.oid)
                   WHEN 'i' THEN ' ' || pg_get_indexdef(c.oid)
                       || CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN '' ELSE ' not valid' END
                   WHEN 'S' THEN format(' %s from %s to %s by %s cache %s%s', s.seqtypid::regtype, s.seqmin,
                       s.seqmax, s.seqincrement, s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END)
                   ELSE '' END
               || \(owned(by: "c.relowner"))
        FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_sequence s ON s.seqrelid = c.oid
        WHERE c.relnamespace = \(schema)
        """

    private static let columns = """
        SELECT format('column %s.%s', c.relname, a.attname),
               format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
               || CASE WHEN a.attcollation IN (0, 100) THEN '' ELSE ' collation ' || a.attcollation::regcollation END
               || CASE WHEN a.attidentity = '' AND a.attgenerated = '' THEN '' ELSE ' generated' END
               || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = \(schema) AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relkind <> 'S'
        """

    /// What tables have: constraints, triggers, rules and policies. The triggers by
    /// which the server keeps a foreign key have no names that last.
    private static let details = """
        SELECT format('constraint %s of %s', o.conname, c.relname),
               pg_get_constraintdef(o.oid) || CASE WHEN o.convalidated THEN '' ELSE ' not valid' END
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
        WHERE c.relnamespace = \(schema) AND o.contype <> 'n'
        UNION ALL
        SELECT format('trigger %s of %s', t.tgname, c.relname),
               pg_get_triggerdef(t.oid, true) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' not enabled' END
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = \(schema) AND NOT t.tgisinternal
        UNION ALL
        SELECT format('trigger for the constraint %s of %s', o.conname, c.relname),
               format('%s of %s enabled', count(*) FILTER (WHERE t.tgenabled = 'O'), count(*))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_constraint o ON o.oid = t.tgconstraint
        WHERE c.relnamespace = \(schema) AND t.tgisinternal GROUP BY o.conname, c.relname
        UNION ALL
        SELECT format('rule %s of %s', r.rulename, c.relname), ''
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        WHERE c.relnamespace = \(schema) AND r.rulename <> '_RETURN'
        UNION ALL
        SELECT format('policy %s of %s', p.polname, c.relname), ''
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = \(schema)
        """

    /// The body is kept word for word.
    private static let functions = """
        SELECT format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
               concat_ws(' ', pg_get_function_result(p.oid), l.lanname, 'kind ' || p.prokind::text,
                   'volatility ' || p.provolatile::text, 'parallel ' || p.proparallel::text,
                   CASE WHEN p.prosecdef THEN 'security definer' END, CASE WHEN p.proisstrict THEN 'strict' END,
                   CASE WHEN p.proleakproof THEN 'leakproof' END,
                   CASE WHEN p.pronargdefaults > 0 THEN 'defaults' END,
                   'set ' || array_to_string(p.proconfig, ' set '), 'as ' || p.prosrc,
                   CASE WHEN p.prosqlbody IS NOT NULL THEN 'body' END)
               || \(owned(by: "p.proowner"))
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = \(schema)
        """

    /// What anyone but the owner may do, one line for each. The ledger's own roles have
    /// the names that it remembers. No other name is told as one of these.
    private static let rights = """
        SELECT format('right of %s on %s',
                   CASE WHEN r.grantee = 0 THEN 'PUBLIC'
                       WHEN starts_with(g.rolname, l.prefix) THEN 'the role ' || substr(g.rolname, length(l.prefix) + 1)
                       ELSE 'the user ' || coalesce(g.rolname, r.grantee::text) END, r.object),
               string_agg(r.privilege || CASE WHEN r.is_grantable THEN ' with grant option' ELSE '' END, ', '
                          ORDER BY r.privilege COLLATE "C")
        FROM (
            SELECT 'the schema'::text AS object, a.grantee, a.privilege_type AS privilege, a.is_grantable
            FROM pg_namespace n,
                 aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE n.oid = \(schema)
            UNION ALL
            SELECT c.relname::text, a.grantee, a.privilege_type, a.is_grantable
            FROM pg_class c, aclexplode(coalesce(
                c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a
            WHERE c.relnamespace = \(schema)
            UNION ALL
            SELECT c.relname || '.' || b.attname, a.grantee, a.privilege_type, a.is_grantable
            FROM pg_class c JOIN pg_attribute b ON b.attrelid = c.oid, aclexplode(b.attacl) a
            WHERE c.relnamespace = \(schema) AND NOT b.attisdropped
            UNION ALL
            SELECT p.proname || '()', a.grantee, a.privilege_type, a.is_grantable
            FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            WHERE p.pronamespace = \(schema)
        ) r LEFT JOIN pg_roles g ON g.oid = r.grantee
        CROSS JOIN (SELECT roles || '_' AS prefix FROM ledger) l
        WHERE r.grantee <> \(owner) GROUP BY 1
        """

    /// Whatever else the schema holds, such as an operator in the place of another one.
    /// Statistics change no answer.
    private static let others = """
        SELECT o.type || ' ' || o.identity, ''
        FROM pg_depend d, pg_identify_object(d.classid, d.objid, 0) o
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = \(schema)
          AND d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_statistic_ext'::regclass)
          AND NOT (d.classid = 'pg_type'::regclass
                   AND EXISTS (SELECT FROM pg_type t WHERE t.oid = d.objid AND t.typrelid <> 0))
        """
}
#endif
