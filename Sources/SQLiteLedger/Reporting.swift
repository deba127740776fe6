internal import Counterfoil
internal import PollingDesk

/// What reports and the helpline read.
extension Database {
    func history(of number: PackNumber, _ election: Election) throws(Failure) -> PackHistory? {
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        let batches = try batches()
        let pack = try prepare("\(PackRecord.query) WHERE p.pack = ?1")
        try pack.bind(1, number)
        guard try pack.step() else { return nil }
        let record = try PackRecord(pack, batches: batches.count, constant: election.constant)
        let vote = try Vote.read(pack, constant: election.constant)

        let later = try prepare("SELECT pack, batch FROM packs WHERE replaced = ?1 ORDER BY batch, pack")
        try later.bind(1, number)
        var replacements: [(pack: PackNumber, batch: Batch)] = []
        while try later.step() {
            guard let batch = batches.first(where: { $0.number == later.integer(1) }) else {
                throw .damaged(.packWithoutBatch)
            }
            replacements.append((try later.pack(0, election.constant), batch))
        }

        let pairs = try prepare(
            """
            SELECT DISTINCT q.kept FROM pairs q JOIN batches b ON b.number = q.batch
            WHERE q.cancelled = ?1 AND b.activated IS NOT NULL ORDER BY 1
            """)
        try pairs.bind(1, number)
        var kept: [PackNumber] = []
        while try pairs.step() { kept.append(try pairs.pack(0, election.constant)) }

        let log = try prepare("SELECT \(LoggedEntry.columns) FROM log WHERE pack = ?1 ORDER BY number")
        try log.bind(1, number)
        var lines: [PackHistory.Line] = []
        while try log.step() { lines.append(PackHistory.Line(try LoggedEntry(log))) }
        return PackHistory(
            record, in: batches[record.batch - 1], replacements: replacements, kept: kept, vote: vote,
            election, entries: lines)
    }

    func batches() throws(Failure) -> [Batch] {
        let rows = try prepare("SELECT \(Batch.columns) FROM batches ORDER BY number")
        var batches: [Batch] = []
        while try rows.step() { batches.append(try Batch(rows, at: batches.count + 1)) }
        return batches
    }

    /// Of one moment, as `summary` is.
    func report(of election: Election) throws(Failure) -> LedgerReport {
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        return LedgerReport(
            summary: try summaryWithin(election), voters: try voters(), turnout: try turnout(),
            voted: try votedPacks(election.constant),
            secondAttempts: try secondAttempts(election.constant))
    }

    private func turnout() throws(Failure) -> [TurnoutQuarter] {
        let rows = try prepare(
            """
            SELECT at / \(TurnoutQuarter.milliseconds), channel, count(*) FROM votes
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
        var quarters: [TurnoutQuarter] = []
        while try rows.step() {
            quarters.append(
                TurnoutQuarter(
                    start: Moment(milliseconds: rows.integer(0) * TurnoutQuarter.milliseconds),
                    channel: rows.integer(1) == VoteChannel.post ? .post : .online,
                    votes: Int(rows.integer(2))))
        }
        return quarters
    }

    private func votedPacks(
        _ constant: ElectionConstant
    ) throws(Failure) -> [(pack: PackNumber, channel: ReportedChannel)] {
        let rows = try prepare("SELECT pack, channel FROM votes ORDER BY pack")
        var packs: [(pack: PackNumber, channel: ReportedChannel)] = []
        while try rows.step() {
            packs.append(
                (try rows.pack(0, constant), rows.integer(1) == VoteChannel.post ? .post : .online))
        }
        return packs
    }

    func pairsOfOtherVoters(
        inBatch name: BatchName, _ constant: ElectionConstant
    ) throws(Failure) -> [PackPair] {
        let rows = try prepare(
            """
            SELECT p.pack, p.replaced
            FROM batches b JOIN packs p ON p.batch = b.number LEFT JOIN packs o ON o.pack = p.replaced
            WHERE b.name = ?1 AND p.replaced <> 0 AND o.voter IS NOT p.voter
            UNION
            SELECT q.kept, q.cancelled
            FROM batches b JOIN pairs q ON q.batch = b.number LEFT JOIN packs o ON o.pack = q.cancelled
            LEFT JOIN packs k ON k.pack = q.kept
            WHERE b.name = ?1 AND (o.voter IS NULL OR k.voter IS NOT o.voter)
            ORDER BY 2, 1
            """)
        try rows.bind(1, text: name.description)
        var pairs: [PackPair] = []
        while try rows.step() {
            pairs.append(
                PackPair(kept: try rows.pack(0, constant), cancelled: try rows.pack(1, constant)))
        }
        return pairs
    }

    func packs(ofBatch number: Int, _ constant: ElectionConstant) throws(Failure) -> [PackNumber] {
        let rows = try prepare("SELECT pack FROM packs WHERE batch = ?1 ORDER BY pack")
        try rows.bind(1, Int64(number))
        var packs: [PackNumber] = []
        while try rows.step() { packs.append(try rows.pack(0, constant)) }
        return packs
    }

    private func secondAttempts(
        _ constant: ElectionConstant
    ) throws(Failure) -> [(pack: PackNumber, count: Int)] {
        let rows = try prepare("SELECT pack, second FROM attempts WHERE second > 0 ORDER BY pack")
        var packs: [(pack: PackNumber, count: Int)] = []
        while try rows.step() { packs.append((try rows.pack(0, constant), Int(rows.integer(1)))) }
        return packs
    }
}

extension Statement {
    func pack(_ column: Int32, _ constant: ElectionConstant) throws(Failure) -> PackNumber {
        guard let pack = PackNumber(UInt64(bitPattern: integer(column)), constant: constant) else {
            throw .damaged(.pack)
        }
        return pack
    }
}
