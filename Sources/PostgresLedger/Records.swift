#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

// From rows to the records of the desk. What cannot have been written by this
// program is called damaged, never guessed at.

extension BallotState {
    static let columns = "opened, closes, grace, closed, final"

    init(_ rows: Rows, _ row: Int) throws(Failure) {
        self.init(
            opened: try rows.moment(row, 0), closes: try rows.moment(row, 1),
            grace: Int(try rows.integer(row, 2)), closed: try rows.moment(row, 3),
            final: try rows.moment(row, 4))
    }
}

extension Batch {
    static let columns = "number, name, kind, count, loaded, activated, reconciled, withdrawn"

    /// `place` is the number that it must have.
    init(_ rows: Rows, _ row: Int, from first: Int32 = 0, at place: Int) throws(Failure) {
        guard try rows.integer(row, first) == place, let name = BatchName(rows.text(row, first + 1)),
            let kind = UInt8(exactly: try rows.integer(row, first + 2)).flatMap({ BatchKind(rawValue: $0) }),
            let loaded = try rows.moment(row, first + 4)
        else { throw .damaged(.batch(place)) }
        self.init(
            number: place, name: name, kind: kind, count: Int(try rows.integer(row, first + 3)),
            loaded: loaded, activated: try rows.moment(row, first + 5),
            reconciled: try rows.moment(row, first + 6), withdrawn: try rows.moment(row, first + 7))
    }
}

extension PackRecord {
    /// All that is known of one pack, and the vote of its voter; to be followed
    /// by a WHERE. The same columns as those of the function `gather`.
    static let query = """
        SELECT p.id, p.tag, p.pack, p.voter, p.answers, p.kind, p.replaced, p.batch,
               c.why, a.wrong, a.lifetime, a.last, a.second, v.pack, v.channel, v.at, v.under
        FROM packs p
        LEFT JOIN cancelled c ON c.pack = p.pack
        LEFT JOIN attempts a ON a.pack = p.pack
        LEFT JOIN votes v ON v.voter = p.voter
        """

    init(_ rows: Rows, _ row: Int, batches: Int, _ constant: ElectionConstant) throws(Failure) {
        let pack = try rows.pack(row, 2, constant)
        let batch = try rows.integer(row, 7)
        guard let kind = UInt8(exactly: try rows.integer(row, 5)).flatMap({ PackKind(rawValue: $0) }),
            batch >= 1, batch <= batches
        else { throw .damaged(.pack) }
        let replaced = try rows.integer(row, 6) == 0 ? nil : try rows.pack(row, 6, constant)
        let cancelled = rows.isNull(row, 8) ? nil : try Cancellation(rows, row, 8)
        var attempts = Attempts()
        if !rows.isNull(row, 9) {
            let last = rows.isNull(row, 11) ? nil : AnswerTag(try rows.bytes(row, 11))
            attempts = Attempts(
                wrong: Int(try rows.integer(row, 9)), lifetime: Int(try rows.integer(row, 10)),
                last: last, second: Int(try rows.integer(row, 12)))
        }
        self.init(
            row: RegisterRow(
                lookup: Lookup(id: LookupID(try rows.bytes(row, 0)), tag: Tag(try rows.bytes(row, 1))),
                pack: pack, voter: VoterNumber(try rows.bytes(row, 3)),
                answers: AnswerTag(try rows.bytes(row, 4)), kind: kind, replaced: replaced),
            batch: Int(batch), cancelled: cancelled, attempts: attempts)
    }
}

extension Cancellation {
    init(_ rows: Rows, _ row: Int, _ column: Int32) throws(Failure) {
        guard let why = UInt8(exactly: try rows.integer(row, column)).flatMap({ Cancellation(rawValue: $0) })
        else { throw .damaged(.cancellation) }
        self = why
    }
}

extension Vote {
    /// From the last columns of `PackRecord.query`; nil where there is none.
    static func read(_ rows: Rows, _ row: Int, _ constant: ElectionConstant) throws(Failure) -> Vote? {
        if rows.isNull(row, 13) { return nil }
        let pack = try rows.pack(row, 13, constant)
        guard let at = try rows.moment(row, 15) else { throw .damaged(.vote) }
        let under: Bytes<16> = try rows.bytes(row, 16)
        return switch try rows.channel(row, 14) {
        case .online: Vote(pack: pack, channel: .online(Fingerprint(under)), at: at)
        case .post: Vote(pack: pack, channel: .post(ScanNonce(under)), at: at)
        }
    }
}

extension RecordedScan {
    /// From the function `gather_scans`. Refuses a scan whose entry is about
    /// something else.
    init(_ rows: Rows, _ row: Int, _ constant: ElectionConstant) throws(Failure) {
        let encoded: EncodedEntry = try rows.bytes(row, 1)
        guard let entry = Entry(encoded, constant: constant),
            let scan = RecordedScan(entry.event, at: entry.at, officer: rows.text(row, 2))
        else { throw .damaged(.scan(entry: Int(try rows.integer(row, 0)))) }
        self = scan
    }
}

extension LoggedEntry {
    /// From the view `numbered`.
    static let columns = "number, entry, reason, reference, officer, id"

    init(_ rows: Rows, _ row: Int) throws(Failure) {
        self.init(
            number: Int(try rows.integer(row, 0)), encoded: try rows.bytes(row, 1),
            reason: rows.text(row, 2), reference: rows.text(row, 3), officer: rows.text(row, 4),
            id: EntryID(try rows.bytes(row, 5)))
    }
}

extension Rows {
    func channel(_ row: Int, _ column: Int32) throws(Failure) -> ReportedChannel {
        switch try integer(row, column) {
        case 1: return .online
        case 2: return .post
        default: throw .damaged(.channel)
        }
    }

    /// Hashes, one after the other.
    func hashes(_ row: Int, _ column: Int32) throws(Failure) -> [Bytes<32>] {
        try with(row, column) { (bytes) throws(Failure) in
            guard bytes.byteCount % 32 == 0 else { throw .damaged(.hashes) }
            return stride(from: 0, to: bytes.byteCount, by: 32).map { bytes.bytes($0) }
        }
    }
}
#endif
