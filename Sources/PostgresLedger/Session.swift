#if PostgreSQL
internal import PollingDesk

/// What a connection is told before it is used.
enum Session {
    /// For how many seconds a session waits for a lock that another one has.
    static let patience = 30

    /// For votes and acts: small transactions. Nobody should have to wait for
    /// one whose desk has gone.
    static func forWriting(_ connection: Connection) throws(Failure) {
        try common(connection)
        try connection.execute(
            """
            SET idle_in_transaction_session_timeout = '10s';
            SET lock_timeout = '\(patience)s';
            -- What opens a vote is a parameter, and belongs in no log of statements. A
            -- role may need the right to say so: GRANT SET ON PARAMETER.
            SET log_parameter_max_length_on_error = 0;
            DO $$ BEGIN
                PERFORM set_config('log_parameter_max_length', '0', false);
            EXCEPTION WHEN insufficient_privilege THEN NULL;
            END $$;
            """)
        // What each commit looks at as well: see commit_to_disk.
        let settings = try connection.run(
            """
            SELECT name FROM unnest('{fsync, full_page_writes}'::text[]) name
            WHERE current_setting(name) <> 'on'
            """)
        guard settings.count == 0 else {
            throw .refused(.notDurable(connection.place, setting: settings.text(0, 0)))
        }
        // By this one a server leaves out the triggers that keep the log as it is. A
        // session may change it only with the server's highest right.
        let role = try connection.run("SELECT current_setting('session_replication_role')").text(0, 0)
        guard role == "origin" else {
            throw .refused(
                .alteredPart(connection.place, SchemaPart("setting session_replication_role", .altered)))
        }
    }

    static func forReading(_ connection: Connection) throws(Failure) {
        try common(connection)
        try connection.execute("SET default_transaction_read_only = on")
    }

    /// Refuses a connection whose session is not the one that was told all this. A pooler
    /// that lends sessions for a transaction gives another one at any time, and settings
    /// and locks are a session's. Looked at in each transaction: see `Writing`.
    static func expectOwn(_ connection: Connection, _ rows: Rows, _ row: Int, _ column: Int32) throws(Failure)
    {
        guard !rows.isNull(row, column), rows.text(row, column) == connection.token else {
            throw .refused(.pooled(connection.place))
        }
    }

    /// As SQL: what `expectOwn` looks at.
    static let mark = "current_setting('counterfoil.session', true)"

    /// The same, before a ledger is used. That there is a pooler in between shows in the
    /// number of the server's process; and how it lends, in two sessions that take turns.
    static func expectOwnSessions(of pool: Pool, _ first: Connection) throws(Failure) {
        let process = try first.process()
        guard first.isPooled else { return }
        let second = try pool.another()
        for _ in 0..<16 {
            // One that is lent for a session is nobody else's meanwhile.
            guard try second.process() != process, try first.process() == process else {
                throw .refused(.pooled(first.place))
            }
        }
    }

    private static func common(_ connection: Connection) throws(Failure) {
        try connection.execute(
            """
            SET search_path = counterfoil, pg_temp;
            SET client_min_messages = warning;
            -- Compiling a statement takes longer than any of ours runs, and a
            -- planner that is told not to scan tables thinks them dear.
            SET jit = off;
            -- Rows that a policy would hide are an error instead.
            SET row_security = off;
            -- A commit that returns is on the disk, and on that of the standby if the
            -- server has one to wait for. What a session has set, the server's file
            -- does not change any more: so it is set whatever it is. It may be more.
            SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);
            SELECT set_config('counterfoil.session', '\(connection.token)', false);
            """)
        _ = try connection.process()
    }
}

extension Connection {
    /// Reads at one moment, though writers may be at work.
    func reading<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try Session.expectOwn(self, try run("SELECT \(Session.mark)"), 0, 0)
        let result = try body()
        try execute("COMMIT")
        return result
    }
}
#endif
