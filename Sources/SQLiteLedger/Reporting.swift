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

        let log = try prepare("SELECT \(LoggedEntry.columns) FROM log WHERE pack = ?1 ORDER BY number")
        try log.bind(1, number)
        var lines: [PackHistory.Line] = []
        while try log.step() { lines.append(PackHistory.Line(try LoggedEntry(log))) }
        return PackHistory(
            record, in: batches[record.batch - 1], vote: vote, election, entries: lines)
    }

    func batches() throws(Failure) -> [Batch] {
        let rows = try prepare("SELECT \(Batch.columns) FROM batches ORDER BY number")
        var batches: [Batch] = []
        while try rows.step() { batches.append(try Batch(rows, at: batches.count + 1)) }
        return batches
    }

    func turnout() throws(Failure) -> [TurnoutQuarter] {
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

    func votedPacks(_ constant: ElectionConstant) throws(Failure) -> [(PackNumber, ReportedChannel)] {
        let rows = try prepare("SELECT pack, channel FROM votes ORDER BY pack")
        var packs: [(PackNumber, ReportedChannel)] = []
        while try rows.step() {
            packs.append(
                (try rows.pack(0, constant), rows.integer(1) == VoteChannel.post ? .post : .online))
        }
        return packs
    }

    func packs(ofBatch number: Int, _ constant: ElectionConstant) throws(Failure) -> [PackNumber] {
        let rows = try prepare("SELECT pack FROM packs WHERE batch = ?1 ORDER BY pack")
        try rows.bind(1, Int64(number))
        var packs: [PackNumber] = []
        while try rows.step() { packs.append(try rows.pack(0, constant)) }
        return packs
    }

    func secondAttempts(_ constant: ElectionConstant) throws(Failure) -> [(PackNumber, Int)] {
        let rows = try prepare("SELECT pack, second FROM attempts WHERE second > 0 ORDER BY pack")
        var packs: [(PackNumber, Int)] = []
        while try rows.step() { packs.append((try rows.pack(0, constant), Int(rows.integer(1)))) }
        return packs
    }
}

extension Statement {
    func pack(_ column: Int32, _ constant: ElectionConstant) throws(Failure) -> PackNumber {
        guard let pack = PackNumber(UInt64(bitPattern: integer(column)), constant: constant) else {
            throw .damaged("a pack that is not one")
        }
        return pack
    }
}
