#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// A group of requests: locked, read, judged, written, committed.
struct Writing {
    let connection: Connection
    let election: Election

    /// Runs `judge` on the records of the subjects and writes what it recorded;
    /// returns how many entries that were.
    ///
    /// It runs twice where the first run shows that the group must be alone: it
    /// changes the ballot or a batch, on which all other groups rely.
    func write<R>(
        _ subjects: [Subject], by clock: DeskClock, _ judge: (inout Scene) -> R
    ) throws(Failure) -> (R, entries: Int) {
        // An officer's act on the ballot names no pack; one on thousands of
        // packs would ask for thousands of locks.
        var isAlone = subjects.isEmpty || subjects.count > Self.most
        while true {
            do throws(Failure) {
                let (found, isOnRecord) = try gather(subjects, by: clock, alone: isAlone)
                var scene = found
                let result = judge(&scene)
                if !isAlone && scene.entries.contains(where: { $0.event.changesBallotOrBatch }) {
                    try connection.rollBack()
                    isAlone = true
                    continue
                }
                if !scene.entries.isEmpty {
                    try connection.commit([record(scene.entries, of: subjects)])
                } else if isOnRecord {
                    try connection.commit([Self.confirmation])
                } else {
                    try connection.rollBack()
                }
                return (result, scene.entries.count)
            } catch {
                guard error.isAboutLocks, !isAlone else { throw error }
                try connection.rollBack()
                isAlone = true
            }
        }
    }

    /// The most subjects for which locks are asked one by one.
    private static let most = 512

    /// Writes nothing but a mark in the server's own log, and so waits for the
    /// standby like any other commit.
    ///
    /// A vote or a scan that somebody else has written may not be on the standby yet:
    /// its commit was interrupted while it waited, or the server came up again in
    /// between. It must not be confirmed before it is there.
    static let confirmation = (
        "SELECT pg_logical_emit_message(true, 'counterfoil', '')::text", Parameters()
    )

    static let begin = ("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", Parameters())

    /// Says that a desk was opened, unless the ballot is final.
    func recordOpening(at moment: Moment) throws(Failure) {
        try connection.execute(Self.begin.0)
        try connection.commit([record([Entry(.deskOpened, at: moment)], of: [])])
    }

    // MARK: What the judge sees

    /// `isOnRecord`: there are votes or scans of which an answer may tell.
    private func gather(
        _ subjects: [Subject], by clock: DeskClock, alone: Bool
    ) throws(Failure) -> (Scene, isOnRecord: Bool) {
        var ids = PostgresArray(of: .uuid)
        var numbers = PostgresArray(of: .int8)
        var scanned = PostgresArray(of: .int8)
        var nonces = PostgresArray(of: .uuid)
        for subject in subjects {
            switch subject {
            case .code(let id): ids.append(id.bytes)
            case .pack(let number): numbers.append(number)
            case .scan(let number, let nonce):
                numbers.append(number)
                scanned.append(number)
                nonces.append(nonce.bytes)
            }
        }
        var parameters = Parameters()
        parameters.add(ids)
        parameters.add(numbers)
        parameters.add(alone)
        var statements = [
            Self.begin, ("SELECT * FROM gather($1::uuid[], $2::bigint[], $3::boolean)", parameters),
            Self.state,
        ]
        // For an officer alone: a desk online has no right to ask for scans.
        if !scanned.isEmpty {
            var parameters = Parameters()
            parameters.add(scanned)
            parameters.add(nonces)
            statements.append(("SELECT * FROM gather_scans($1::bigint[], $2::uuid[])", parameters))
        }
        let rows = try connection.run(statements)
        let (ballot, batches) = try Self.state(rows[2])
        try Session.expectOwn(connection, rows[2], 0, 14)
        try clock.expect(rows[2], 0, 13, at: connection.place)
        var scene = Scene(election: election, now: clock.moment, ballot: ballot, batches: batches)
        var isOnRecord = false
        for row in 0..<rows[1].count {
            let pack = try PackRecord(rows[1], row, batches: batches.count, election.constant)
            let vote = try Vote.read(rows[1], row, election.constant)
            if vote != nil { isOnRecord = true }
            scene.add(pack, vote: vote)
        }
        if !scanned.isEmpty {
            for row in 0..<rows[3].count {
                scene.add(try RecordedScan(rows[3], row, election.constant))
                isOnRecord = true
            }
        }
        return (scene, isOnRecord)
    }

    /// The ballot, beside each batch, or beside nothing; the server's clock, and the
    /// mark of the session.
    private static let state = (
        """
        SELECT b.opened, b.closes, b.grace, b.closed, b.final,
               t.number, t.name, t.kind, t.count, t.loaded, t.activated, t.reconciled, t.withdrawn,
               server_now(), \(Session.mark)
        FROM ballot b LEFT JOIN batches t ON true ORDER BY t.number
        """, Parameters()
    )

    private static func state(_ rows: Rows) throws(Failure) -> (BallotState, [Batch]) {
        guard rows.count > 0 else { throw .damaged(.noBallot) }
        var batches: [Batch] = []
        if !rows.isNull(0, 5) {
            for row in 0..<rows.count { batches.append(try Batch(rows, row, from: 5, at: row + 1)) }
        }
        return (try BallotState(rows, 0), batches)
    }

    // MARK: What was judged

    /// The statement that writes entries and their effects. What they are decides
    /// which right it needs.
    private func record(_ entries: [Entry], of subjects: [Subject]) -> (String, Parameters) {
        let function = Self.function(for: entries, of: subjects)
        var ids = PostgresArray(of: .uuid)
        var encoded = PostgresArray(of: .bytea)
        var reasons = PostgresArray(of: .text)
        var references = PostgresArray(of: .text)
        var officers = PostgresArray(of: .text)
        for (entry, id) in zip(entries, EntryID.random(count: entries.count)) {
            ids.append(id.bytes)
            encoded.append(entry.encoded)
            reasons.append(text: entry.note.reason?.rawValue ?? "")
            references.append(text: entry.note.reference)
            officers.append(text: entry.note.officer)
        }
        var parameters = Parameters()
        parameters.add(entries[0].at)
        for array in [ids, encoded, reasons, references, officers] { parameters.add(array) }
        return (
            """
            SELECT \(function)($1::bigint, $2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::text[])::text
            """, parameters
        )
    }

    /// The close that was announced is written by the first who comes after it: a
    /// request with a code by a desk, and anything else by an officer's program.
    private static func function(for entries: [Entry], of subjects: [Subject]) -> String {
        if entries.allSatisfy(\.event.isOpening) { return "record_opening" }
        let isOnline =
            entries.contains(where: \.event.isOnline)
            || subjects.contains { if case .code = $0 { true } else { false } }
        return isOnline ? "record_votes" : "record_acts"
    }
}

extension Event {
    fileprivate var isOpening: Bool { if case .deskOpened = self { true } else { false } }

    /// What a desk online alone may write.
    fileprivate var isOnline: Bool {
        switch self {
        case .voteCast, .wrongAnswers, .secondAttempt: true
        default: false
        }
    }

    /// All but what is about a single pack.
    fileprivate var changesBallotOrBatch: Bool { pack == nil }
}
#endif
