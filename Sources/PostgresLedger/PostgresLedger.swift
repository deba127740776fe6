#if PostgreSQL
public import Counterfoil
public import PollingDesk
internal import Synchronization

/// A ledger in PostgreSQL. Many threads, processes and machines may use it at
/// once, and it may have standbys.
///
/// A group of requests is one transaction: locks, reads, judges, writes and
/// commits (`Writing`); groups about different voters do not wait for each
/// other. The database keeps the rules of the tables by itself, whatever a desk
/// says: SQL/votes.sql. The log gets its order after the votes: SQL/log.sql.
///
/// The server itself must survive a failure of its disk or power; a server with
/// syncing switched off is refused. A commit may go without an answer, or be
/// interrupted while it waits for a standby. Then its group is `undecided`, and
/// no other group is: the ledger connects again and goes on.
public final class PostgresLedger: Ledger {
    public let election: Election
    package let concurrency: Int
    private let pool: Pool
    /// One connection more, to hold a lock while another one gives places.
    private let gate: Pool
    private let isReader: Bool
    private let mayIntegrate: Bool
    private let clock: LedgerClock
    /// Entries written here since somebody was last asked to give places.
    private let waiting = Atomic(0)
    /// Whether its log has nothing to say of a desk that opens it: it was made
    /// just now, and says that.
    private let isNew: Atomic<Bool>

    private init(
        _ election: Election, _ pool: Pool, isReader: Bool, mayIntegrate: Bool, clock: LedgerClock,
        isNew: Bool = false
    ) {
        self.clock = clock
        self.isNew = Atomic(isNew)
        self.election = election
        self.pool = pool
        gate = Pool(pool.address, connections: 1, patience: 0, Session.forWriting)
        concurrency = pool.limit
        self.isReader = isReader
        self.mayIntegrate = mayIntegrate
    }

    deinit { close() }

    // MARK: Making and opening

    /// Makes the schema of a ledger in a database, and the roles for its users.
    /// Whatever user does this owns the schema, and should have no more part in
    /// the ballot.
    public static func create(
        at address: String, election: Election, at moment: Moment = .now, connections: Int = 4
    ) throws(LedgerError) -> PostgresLedger {
        try create(at: address, election: election, at: moment, connections: connections, clock: .server)
    }

    /// The same, for tests that make up their times.
    package static func create(
        at address: String, election: Election, at moment: Moment, connections: Int = 4, clock: LedgerClock
    ) throws(LedgerError) -> PostgresLedger {
        try told(of: .database(address)) { () throws(Failure) in
            let pool = try Self.pool(address, connections: connections, patience: 0)
            try pool.with { (connection) throws(Failure) in
                try Session.expectOwnSessions(of: pool, connection)
                try Self.expectRightToMakeRoles(connection)
                try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
                do throws(Failure) { try Schema.make(on: connection, for: election, clock: clock) } catch {
                    guard case .server("42P06", _) = error else { throw error }
                    throw .refused(.exists(connection.place))
                }
                // A server that describes in other words what it was told, such as one of
                // a later version, is met here, and not when somebody wants to vote.
                try Inspection(connection: connection).expectOwnSchema(clock)
                try DeskClock(moment).expect(connection)
                try Self.begin(connection, election, at: moment)
                try connection.commit([])
            }
            return PostgresLedger(
                election, pool, isReader: false, mayIntegrate: true, clock: clock, isNew: true)
        }
    }

    /// PostgreSQL says of it only that permission was denied.
    private static func expectRightToMakeRoles(_ connection: Connection) throws(Failure) {
        let mayMake = try connection.run(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
        guard mayMake.count == 1, try mayMake.integer(0, 0) == 1 else {
            throw .refused(.mayNotMakeRoles(connection.place))
        }
    }

    /// The first entry of the log, with its place.
    private static func begin(
        _ connection: Connection, _ election: Election, at moment: Moment
    ) throws(Failure) {
        let entry = Entry(.created(election: election.digest), at: moment)
        let id = EntryID.random(count: 1)[0]
        var parameters = Parameters()
        parameters.add(moment)
        parameters.add(id.bytes)
        parameters.add(entry.encoded)
        _ = try connection.run(
            """
            INSERT INTO log (turn, xact, at, id, type, entry, reason, reference, officer)
            VALUES (nextval('turns'), pg_current_xact_id(), $1::bigint, $2::uuid,
                    \(EventType.created.rawValue), $3::bytea, '', '', '')
            """, parameters)
        _ = try connection.run("SELECT * FROM place()")
    }

    /// Opens a ledger for a desk that will write. Nothing is written to it before
    /// there is a desk.
    ///
    /// A schema in which anything was changed is refused, and tables that do not have
    /// what the last entries of the log tell of; and so is a server whose clock differs
    /// from this machine's by more than a minute.
    ///
    /// - Parameters:
    ///   - head: the head that somebody has seen of the log. A ledger whose log
    ///     is not that one, or does not go on from it, is refused.
    ///   - connections: groups that may be on their way at the same time.
    ///   - patience: for how many milliseconds a server that cannot be reached
    ///     is tried again, before anything was asked to be committed.
    public convenience init(
        opening address: String, election: Election, seen head: TreeHead? = nil, connections: Int = 4,
        patience: Int64 = 60_000
    ) throws(LedgerError) {
        try self.init(
            opening: address, election: election, seen: head, connections: connections, patience: patience,
            clock: .server, at: .now)
    }

    /// The same, for tests that make up their times.
    package convenience init(
        opening address: String, election: Election, seen head: TreeHead? = nil, connections: Int = 4,
        patience: Int64 = 60_000, clock: LedgerClock, at moment: Moment = .now
    ) throws(LedgerError) {
        let (pool, mayIntegrate) = try Self.told(of: .database(address)) { () throws(Failure) in
            let pool = try Self.pool(address, connections: connections, patience: patience)
            let connection = try pool.another()
            try Session.expectOwnSessions(of: pool, connection)
            let found = try Schema.election(connection)
            guard found.id == election.id, found.digest == election.digest else {
                throw .refused(.otherElection(connection.place, named: found.name))
            }
            let inspection = Inspection(connection: connection)
            try inspection.expectOwnSchema(clock)
            try inspection.expectEffects()
            try DeskClock(moment).expect(connection)
            if let head { try Integrator(connection: connection).expect(head) }
            return (pool, try Self.mayIntegrate(connection))
        }
        self.init(election, pool, isReader: false, mayIntegrate: mayIntegrate, clock: clock)
    }

    /// Opens a ledger to read from it, on a standby too. Needs no election and
    /// no key. It changes nothing, but for one thing: with the right to do so it
    /// gives entries their places.
    public convenience init(reading address: String) throws(LedgerError) {
        try self.init(reading: address, clock: .server)
    }

    /// The same, for tests that make up their times.
    package convenience init(reading address: String, clock: LedgerClock) throws(LedgerError) {
        let (pool, election, mayIntegrate) = try Self.told(of: .database(address)) { () throws(Failure) in
            let address = try Address(address, for: .reading)
            let pool = Pool(address, connections: 2, patience: 0, Session.forReading)
            let connection = try pool.another()
            try Session.expectOwnSessions(of: pool, connection)
            let election = try Schema.election(connection)
            try Inspection(connection: connection).expectOwnSchema(clock)
            return (pool, election, try Self.mayIntegrate(connection))
        }
        self.init(election, pool, isReader: true, mayIntegrate: mayIntegrate, clock: clock)
    }

    /// The lines of `SQL/objects.txt`, as the server at an address has them of a schema
    /// that is made and not kept.
    package static func objects(at address: String, election: Election) throws(LedgerError) -> String {
        try told(of: .database(address)) { () throws(Failure) in
            let connection = try Self.pool(address, connections: 1, patience: 0).another()
            try connection.execute("BEGIN")
            try Schema.make(on: connection, for: election, clock: .server)
            let objects = try Inspection(connection: connection).objects()
            try connection.rollBack()
            return Schema.file(of: objects)
        }
    }

    /// Ends the use of the ledger; whatever is asked of it afterwards is
    /// refused. Happens by itself when the last reference goes.
    public func close() {
        pool.close()
        gate.close()
    }

    /// What the names of its roles begin with.
    package func rolePrefix() throws(LedgerError) -> String {
        try Self.told(of: pool.address.place) { () throws(Failure) in
            try pool.with { (connection) throws(Failure) in
                try connection.run("SELECT roles FROM ledger").text(0, 0)
            }
        }
    }

    // MARK: The protocol

    package func recordOpening(at moment: Moment) throws(LedgerError) {
        guard !isNew.exchange(false, ordering: .relaxed) else { return }
        try writing { (connection) throws(Failure) in
            try Writing(connection: connection, election: election).recordOpening(at: moment)
        }
    }

    /// `judge` runs while the group's packs are locked, and must not use the
    /// ledger. It may run more than once; what it returned last counts.
    package func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        let clock = DeskClock(moment)
        return try writing { (connection) throws(Failure) in
            let writing = Writing(connection: connection, election: election)
            let (result, entries) = try writing.write(subjects, by: clock, judge)
            integrateSometimes(connection, after: entries)
            return result
        }
    }

    package func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        try writing { (connection) throws(Failure) in
            do throws(Failure) {
                return try Loading(connection: connection, election: election).load(&register, at: moment)
            } catch {
                // It is not tried again: the register's reader has moved on.
                throw error.isPassing ? .refused(error.told(of: connection.place)) : error
            }
        }
    }

    /// Of a standby, the moment until which it has what happened; nil of a server that
    /// takes votes, and so has all. What is reported of a standby afterwards is at least
    /// as new as this, and may lack whatever came later.
    public func standbyMoment() throws(LedgerError) -> Moment? {
        try reporting { (reports) throws(Failure) in try reports.standbyMoment() }
    }

    /// Without a look at who writes meanwhile: what was loaded never changes.
    package func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool {
        let snapshot = try Self.told(of: pool.address.place) { () throws(Failure) in
            try Snapshot(try pool.another(), election)
        }
        return try snapshot.isSigned(batch, election)
    }

    public func summary() throws(LedgerError) -> LedgerSummary {
        try reporting { (reports) throws(Failure) in try reports.summary() }
    }

    package func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? {
        try reporting { (reports) throws(Failure) in try reports.history(of: pack) }
    }

    package func report() throws(LedgerError) -> LedgerReport {
        try reporting { (reports) throws(Failure) in try reports.report() }
    }

    package func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair] {
        try reporting { (reports) throws(Failure) in try reports.pairsOfOtherVoters(inBatch: name) }
    }

    package func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook? {
        try reporting { (reports) throws(Failure) in try reports.outlook(ofBatch: name) }
    }

    package func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        try reporting { (reports) throws(Failure) in try reports.packs(ofBatch: number) }
    }

    /// While nobody else is shown a head: others may go on voting.
    package func withHead<R>(
        after seen: TreeHead?, _ body: (TreeHead) -> R
    ) throws(LedgerError) -> R {
        try writing { (connection) throws(Failure) in
            try gate.with { (gate) throws(Failure) in
                try Integrator(connection: connection).withHead(gate, after: seen, body)
            }
        }
    }

    /// On a connection of its own. A reader who may give places does so first,
    /// and holds up the voters for the moment in which the last ones are given:
    /// so the reader sees a whole log. To a reader without that right, the places
    /// of the last entries are provisional.
    package func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        let snapshot = try Self.told(of: pool.address.place) { () throws(Failure) in
            let own = try pool.another()
            // An audit believes no schema that somebody changed since it was opened.
            if long { try Inspection(connection: own).expectOwnSchema(clock) }
            guard mayIntegrate else { return try Snapshot(own, election) }
            return try pool.with { (gate) throws(Failure) in
                try Integrator(connection: own).whileNobodyWrites(gate) { () throws(Failure) in
                    try Snapshot(own, election)
                }
            }
        }
        return try body(snapshot)
    }

    // MARK: Connections

    private static func pool(
        _ address: String, connections: Int, patience: Int64
    ) throws(Failure) -> Pool {
        Pool(
            try Address(address, for: .writing), connections: connections, patience: patience,
            Session.forWriting)
    }

    private static func mayIntegrate(_ connection: Connection) throws(Failure) -> Bool {
        try connection.run(
            """
            SELECT has_function_privilege('place()', 'EXECUTE')
               AND has_function_privilege('hold_ballot()', 'EXECUTE')
               AND NOT pg_is_in_recovery()
            """
        ).integer(0, 0) == 1
    }

    /// Now and then, so that there is never much to do when somebody must wait
    /// for it. What goes wrong here does not trouble the voters.
    private func integrateSometimes(_ connection: Connection, after entries: Int) {
        guard waiting.add(entries, ordering: .relaxed).newValue >= Self.entriesBetweenIntegrations else {
            return
        }
        waiting.store(0, ordering: .relaxed)
        let integrator = Integrator(connection: connection)
        do throws(Failure) {
            try integrator.placeAllIfFree()
        } catch { try? connection.rollBack() }
    }

    private static let entriesBetweenIntegrations = 8192

    private func writing<R>(
        _ work: (Connection) throws(Failure) -> R
    ) throws(LedgerError) -> R {
        try Self.told(of: pool.address.place) { () throws(Failure) in
            guard !isReader else { throw .refused(.readOnly) }
            return try pool.with(work)
        }
    }

    private func reporting<R>(
        _ work: (Reporting) throws(Failure) -> R
    ) throws(LedgerError) -> R {
        try Self.told(of: pool.address.place) { () throws(Failure) in
            try pool.with { (connection) throws(Failure) in
                try work(Reporting(connection: connection, election: election))
            }
        }
    }

    private static func told<R>(
        of place: LedgerPlace, _ body: () throws(Failure) -> R
    ) throws(LedgerError) -> R {
        do throws(Failure) { return try body() } catch { throw error.told(of: place) }
    }
}

extension Desk {
    /// A desk over a ledger in a database. See ``Desk`` for what it refuses.
    public convenience init(
        key: consuming DeskKey, ledger: PostgresLedger, limits: Limits = Limits()
    ) throws(LedgerError) {
        try self.init(key: key, ledger: ledger as any Ledger, limits: limits)
    }
}
#endif
