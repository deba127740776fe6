internal import Counterfoil
internal import PollingDesk

// From rows to the records of the desk. SQLite checks no sums: what cannot have
// been written by this program is called damaged, never guessed at.

extension BallotState {
    static let columns = "opened, closes, grace, closed, final"

    init(_ row: Statement) {
        self.init(
            opened: row.moment(0), closes: row.moment(1), grace: Int(row.integer(2)),
            closed: row.moment(3), final: row.moment(4))
    }
}

extension Batch {
    static let columns = "number, name, kind, count, loaded, activated, reconciled, withdrawn"

    /// `place` is the number that it must have.
    init(_ row: Statement, at place: Int) throws(Failure) {
        guard row.integer(0) == place, let name = BatchName(row.text(1)),
            let kind = UInt8(exactly: row.integer(2)).flatMap({ BatchKind(rawValue: $0) }),
            let count = Int(exactly: row.integer(3)), let loaded = row.moment(4)
        else { throw .damaged(.batch(place)) }
        self.init(
            number: place, name: name, kind: kind, count: count, loaded: loaded,
            activated: row.moment(5), reconciled: row.moment(6), withdrawn: row.moment(7))
    }
}

extension PackRecord {
    /// All that is known of one pack, and the vote of its voter; to be followed
    /// by a WHERE.
    static let query = """
        SELECT p.id, p.tag, p.pack, p.voter, p.answers, p.kind, p.replaced, p.batch,
               c.why, a.wrong, a.lifetime, a.last, a.second,
               v.pack, v.channel, v.at, v.under
        FROM packs p
        LEFT JOIN cancelled c ON c.pack = p.pack
        LEFT JOIN attempts a ON a.pack = p.pack
        LEFT JOIN votes v ON v.voter = p.voter
        """

    init(
        _ row: Statement, batches: Int, constant: ElectionConstant
    ) throws(Failure) {
        let batch = row.integer(7)
        let replaced = row.integer(6)
        guard let pack = PackNumber(UInt64(bitPattern: row.integer(2)), constant: constant),
            let kind = UInt8(exactly: row.integer(5)).flatMap({ PackKind(rawValue: $0) }),
            batch >= 1, batch <= batches
        else { throw .damaged(.pack) }
        var old: PackNumber?
        if replaced != 0 {
            old = PackNumber(UInt64(bitPattern: replaced), constant: constant)
            guard old != nil else { throw .damaged(.replacedPack) }
        }
        var cancelled: Cancellation?
        if !row.isNull(8) {
            cancelled = UInt8(exactly: row.integer(8)).flatMap { Cancellation(rawValue: $0) }
            guard cancelled != nil else { throw .damaged(.cancellation) }
        }
        var attempts = Attempts()
        if !row.isNull(9) {
            let last = row.isNull(11) ? nil : AnswerTag(try row.bytes(11))
            attempts = Attempts(
                wrong: Int(row.integer(9)), lifetime: Int(row.integer(10)), last: last,
                second: Int(row.integer(12)))
            guard attempts.wrong >= 0, attempts.wrong <= attempts.lifetime, attempts.second >= 0 else {
                throw .damaged(.attempts)
            }
        }
        self.init(
            row: RegisterRow(
                lookup: Lookup(id: LookupID(try row.bytes(0)), tag: Tag(try row.bytes(1))),
                pack: pack, voter: VoterNumber(try row.bytes(3)),
                answers: AnswerTag(try row.bytes(4)), kind: kind, replaced: old),
            batch: Int(batch), cancelled: cancelled, attempts: attempts)
    }
}

extension Vote {
    /// From the last columns of `PackRecord.query`; nil where there is none.
    static func read(
        _ row: Statement, constant: ElectionConstant
    ) throws(Failure) -> Vote? {
        if row.isNull(13) { return nil }
        guard let pack = PackNumber(UInt64(bitPattern: row.integer(13)), constant: constant),
            let at = row.moment(15)
        else { throw .damaged(.vote) }
        switch row.integer(14) {
        case VoteChannel.online:
            return Vote(pack: pack, channel: .online(Fingerprint(try row.bytes(16))), at: at)
        case VoteChannel.post:
            return Vote(pack: pack, channel: .post(ScanNonce(try row.bytes(16))), at: at)
        default: throw .damaged(.channel)
        }
    }
}

extension LoggedEntry {
    /// To be followed by what the rows are to be, from the table log.
    static let columns = "number, entry, reason, reference, officer, id"

    init(_ row: Statement) throws(Failure) {
        guard let number = Int(exactly: row.integer(0)), number >= 0 else {
            throw .damaged(.entryNumber(row.integer(0)))
        }
        do throws(Failure) {
            self.init(
                number: number, encoded: try row.bytes(1), reason: row.text(2), reference: row.text(3),
                officer: row.text(4), id: EntryID(try row.bytes(5)))
        } catch { throw error.within(entry: number) }
    }
}

extension RecordedScan {
    /// To be followed by a WHERE.
    static let query = "SELECT l.entry, l.officer, l.number FROM scans s JOIN log l ON l.number = s.number"

    /// Refuses a scan whose entry is about something else.
    init(_ row: Statement, constant: ElectionConstant) throws(Failure) {
        let entry: EncodedEntry = try row.bytes(0)
        guard let read = Entry(entry, constant: constant),
            let scan = RecordedScan(read.event, at: read.at, officer: row.text(1))
        else { throw .damaged(.scan(entry: Int(row.integer(2)))) }
        self = scan
    }
}

extension Statement {
    /// The hashes that are kept with an entry.
    static let hashes = "SELECT hashes FROM log WHERE number = ?1"

    /// Of the statement above: one of them.
    func node(level: Int, index: Int) throws(Failure) -> Bytes<32> {
        defer { reset() }
        let place = MerkleTree.place(level: level, index: index)
        try bind(1, Int64(place.leaf))
        guard try step() else { throw .damaged(.missingEntry(place.leaf)) }
        let hashes = try self.hashes(0)
        guard hashes.indices.contains(place.position) else {
            throw .damaged(.missingHashes(entry: place.leaf))
        }
        return hashes[place.position]
    }

    func hashes(_ column: Int32) throws(Failure) -> [Bytes<32>] {
        let bytes = array(column)
        guard bytes.count % 32 == 0 else { throw .damaged(.hashes) }
        return bytes.withBytes { bytes in
            stride(from: 0, to: bytes.byteCount, by: 32).map { bytes.bytes($0) }
        }
    }
}

/// As `votes.channel` has them.
enum VoteChannel {
    static let online: Int64 = 1
    static let post: Int64 = 2
}

extension Statement {
    func moment(_ column: Int32) -> Moment? {
        isNull(column) ? nil : Moment(milliseconds: integer(column))
    }

    func bind(_ index: Int32, _ pack: PackNumber) throws(Failure) {
        // 60 bits: never negative.
        try bind(index, Int64(pack.value))
    }

    func bind(_ index: Int32, _ moment: Moment) throws(Failure) {
        try bind(index, moment.milliseconds)
    }
}
