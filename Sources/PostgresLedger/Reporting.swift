#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// What reports and the helpline read.
struct Reporting {
    let connection: Connection
    let election: Election

    func summary() throws(Failure) -> LedgerSummary {
        try connection.reading { () throws(Failure) in try summaryWithin() }
    }

    func report() throws(Failure) -> LedgerReport {
        try connection.reading { () throws(Failure) in
            LedgerReport(
                summary: try summaryWithin(), voters: try voters(), turnout: try turnout(),
                voted: try votedPacks(), secondAttempts: try secondAttempts())
        }
    }

    /// The time of the last commit of the primary that is here; and if there was none
    /// since the standby was started, that of the log's last entry.
    func standbyMoment() throws(Failure) -> Moment? {
        let rows = try connection.run(
            """
            SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(
                (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::bigint,
                (SELECT at FROM log ORDER BY turn DESC LIMIT 1)) END
            """)
        return rows.isNull(0, 0) ? nil : Moment(milliseconds: try rows.integer(0, 0))
    }

    /// Within a transaction of the caller's, so that all counts belong together.
    private func summaryWithin() throws(Failure) -> LedgerSummary {
        // A table that lost its rows would be counted as if nobody had voted.
        try Inspection(connection: connection).expectEffects()
        let batches = try connection.batches()
        let why = "get_byte(entry, \(EntryField.why.offset))"
        let again = SetAside.scannedBefore.rawValue
        let counts = try connection.run(
            """
            SELECT (SELECT coalesce(sum(second), 0)::bigint FROM attempts),
                   count(*) FILTER (WHERE type = \(EventType.postSetAside.rawValue) AND \(why) <> \(again)),
                   count(*) FILTER (WHERE type = \(EventType.postSetAside.rawValue) AND \(why) = \(again)),
                   count(*)
            FROM log
            """)
        return LedgerSummary(
            election: election, ballot: try connection.ballot(), batches: batches,
            balance: try balance(batches), secondAttempts: Int(try counts.integer(0, 0)),
            setAside: Int(try counts.integer(0, 1)), rescans: Int(try counts.integer(0, 2)),
            entries: Int(try counts.integer(0, 3)))
    }

    /// Counts by batch and by what happened to a pack. The desk's own rule
    /// judges the column, once for each kind of pack that there is.
    ///
    /// - Parameter packs: a table with the columns of `packs`.
    func balance(of packs: String = "packs", _ batches: [Batch]) throws(Failure) -> Balance {
        let rows = try connection.run(
            """
            SELECT p.batch, p.kind, c.why,
                   coalesce(a.wrong >= \(election.lockAfter) OR a.lifetime >= \(election.lifetimeLimit), false),
                   v.channel, count(*)
            FROM \(packs) p
            LEFT JOIN cancelled c ON c.pack = p.pack
            LEFT JOIN attempts a ON a.pack = p.pack
            LEFT JOIN votes v ON v.voter = p.voter AND v.pack = p.pack
            GROUP BY 1, 2, 3, 4, 5
            """)
        var balance = Balance()
        for row in 0..<rows.count {
            let number = try rows.integer(row, 0)
            guard let kind = UInt8(exactly: try rows.integer(row, 1)).flatMap({ PackKind(rawValue: $0) }),
                let batch = batches.first(where: { $0.number == number })
            else { throw .damaged(.pack) }
            let column = Balance.column(
                kind, in: batch, cancelled: rows.isNull(row, 2) ? nil : try Cancellation(rows, row, 2),
                locked: try rows.integer(row, 3) == 1,
                votedWithIt: rows.isNull(row, 4) ? nil : try rows.channel(row, 4))
            balance[column] += Int(try rows.integer(row, 5))
        }
        return balance
    }

    func history(of number: PackNumber) throws(Failure) -> PackHistory? {
        try connection.reading { () throws(Failure) in
            let batches = try connection.batches()
            var parameters = Parameters()
            parameters.add(number.value)
            let pack = try connection.run("\(PackRecord.query) WHERE p.pack = $1::bigint", parameters)
            guard pack.count == 1 else { return nil }
            let record = try PackRecord(pack, 0, batches: batches.count, election.constant)
            // As the index of replacements has it, which is small.
            let later = try connection.run(
                """
                SELECT pack, batch FROM packs
                WHERE replaced = $1::bigint AND replaced <> 0 ORDER BY batch, pack
                """, parameters)
            var replacements: [(pack: PackNumber, batch: Batch)] = []
            for row in 0..<later.count {
                let place = try later.integer(row, 1)
                guard let batch = batches.first(where: { $0.number == place }) else {
                    throw .damaged(.packWithoutBatch)
                }
                replacements.append((try later.pack(row, 0, election.constant), batch))
            }
            let pairs = try connection.run(
                """
                SELECT DISTINCT q.kept FROM pairs q JOIN batches b ON b.number = q.batch
                WHERE q.cancelled = $1::bigint AND b.activated IS NOT NULL ORDER BY q.kept
                """, parameters)
            var kept: [PackNumber] = []
            for row in 0..<pairs.count { kept.append(try pairs.pack(row, 0, election.constant)) }
            return PackHistory(
                record, in: batches[record.batch - 1], replacements: replacements, kept: kept,
                vote: try Vote.read(pack, 0, election.constant), election,
                entries: try connection.entries(about: number).map { PackHistory.Line($0) })
        }
    }

    private func turnout() throws(Failure) -> [TurnoutQuarter] {
        let rows = try connection.run(
            """
            SELECT at / \(TurnoutQuarter.milliseconds), channel, count(*) FROM votes
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
        var quarters: [TurnoutQuarter] = []
        for row in 0..<rows.count {
            let start = Moment(milliseconds: try rows.integer(row, 0) * TurnoutQuarter.milliseconds)
            quarters.append(
                TurnoutQuarter(
                    start: start, channel: try rows.channel(row, 1), votes: Int(try rows.integer(row, 2))))
        }
        return quarters
    }

    private func votedPacks() throws(Failure) -> [(pack: PackNumber, channel: ReportedChannel)] {
        let rows = try connection.run("SELECT pack, channel FROM votes ORDER BY pack")
        var packs: [(pack: PackNumber, channel: ReportedChannel)] = []
        for row in 0..<rows.count {
            packs.append((try rows.pack(row, 0, election.constant), try rows.channel(row, 1)))
        }
        return packs
    }

    func pairsOfOtherVoters(inBatch name: BatchName) throws(Failure) -> [PackPair] {
        var parameters = Parameters()
        parameters.add(text: name.description)
        let rows = try connection.run(
            """
            SELECT p.pack, p.replaced
            FROM batches b JOIN packs p ON p.batch = b.number LEFT JOIN packs o ON o.pack = p.replaced
            WHERE b.name = $1::text AND p.replaced <> 0 AND o.voter IS DISTINCT FROM p.voter
            UNION
            SELECT q.kept, q.cancelled
            FROM batches b JOIN pairs q ON q.batch = b.number LEFT JOIN packs o ON o.pack = q.cancelled
            LEFT JOIN packs k ON k.pack = q.kept
            WHERE b.name = $1::text AND (o.voter IS NULL OR k.voter IS DISTINCT FROM o.voter)
            ORDER BY 2, 1
            """, parameters)
        var pairs: [PackPair] = []
        for row in 0..<rows.count {
            pairs.append(
                PackPair(
                    kept: try rows.pack(row, 0, election.constant),
                    cancelled: try rows.pack(row, 1, election.constant)))
        }
        return pairs
    }

    func packs(ofBatch number: Int) throws(Failure) -> [PackNumber] {
        var parameters = Parameters()
        parameters.add(Int64(number))
        let rows = try connection.run(
            "SELECT pack FROM packs WHERE batch = $1::bigint ORDER BY pack", parameters)
        var packs: [PackNumber] = []
        for row in 0..<rows.count { packs.append(try rows.pack(row, 0, election.constant)) }
        return packs
    }

    private func secondAttempts() throws(Failure) -> [(pack: PackNumber, count: Int)] {
        let rows = try connection.run("SELECT pack, second FROM attempts WHERE second > 0 ORDER BY pack")
        var packs: [(pack: PackNumber, count: Int)] = []
        for row in 0..<rows.count {
            packs.append((try rows.pack(row, 0, election.constant), Int(try rows.integer(row, 1))))
        }
        return packs
    }
}

extension Connection {
    func ballot() throws(Failure) -> BallotState {
        let rows = try run("SELECT \(BallotState.columns) FROM ballot")
        guard rows.count == 1 else { throw .damaged(.noBallot) }
        return try BallotState(rows, 0)
    }

    func batches() throws(Failure) -> [Batch] {
        let rows = try run("SELECT \(Batch.columns) FROM batches ORDER BY number")
        var batches: [Batch] = []
        for row in 0..<rows.count { batches.append(try Batch(rows, row, at: row + 1)) }
        return batches
    }

    /// What the log says of one pack, in order.
    func entries(about pack: PackNumber) throws(Failure) -> [LoggedEntry] {
        var parameters = Parameters()
        parameters.add(pack.value)
        let rows = try run(
            "SELECT \(LoggedEntry.columns) FROM numbered WHERE pack = $1::bigint ORDER BY number", parameters)
        var entries: [LoggedEntry] = []
        for row in 0..<rows.count { entries.append(try LoggedEntry(rows, row)) }
        return entries
    }
}
#endif
