internal import Counterfoil

/// A supplement to a page of the book: memberships whose packs carry another
/// member's voter number, or that got no pack because they are another
/// member's. `book/NAME.doubles`; vectors/README.md, section 16.
///
/// Without it, a later roll would give such a member a pack under their own number.
struct DoublesPage: Sendable {
    struct Row: Sendable, Equatable {
        /// The numbers made from the member's own id.
        let member: MemberNumbers
        /// The number of the person, which their packs carry.
        let carried: VoterNumber
        /// The member's pack; 0 while the batch is begun, and where there is none.
        let pack: UInt64

        var own: VoterNumber { member.own }
    }

    let batch: BatchName
    /// Ascending by own number.
    let rows: [Row]

    private static let magic = Array("counterfoil doubles v1  ".utf8)
    private static let headerSize = 112
    private static let rowSize = 56

    static func fileName(_ batch: BatchName) -> String { "\(batch).doubles" }

    init(batch: BatchName, rows: [Row]) {
        self.batch = batch
        self.rows = rows.sorted { $0.own < $1.own }
    }

    /// Of a batch that begins, or, with the packs by ordinal, of one that ends.
    init(batch: BatchName, _ doubles: [PlannedDouble], packs: [PackNumber]?) {
        self.init(
            batch: batch,
            rows: doubles.map { double in
                Row(
                    member: double.member, carried: double.carried,
                    pack: double.ordinal.flatMap { packs?[$0].value } ?? 0)
            })
    }

    init(_ bytes: [UInt8], election: Election, key: borrowing IssuingKey) throws(BookError) {
        guard bytes.count >= Self.headerSize, bytes.starts(with: Self.magic),
            (bytes.count - Self.headerSize) % Self.rowSize == 0,
            bytes.withBytes({ $0.u64(72) }) == UInt64((bytes.count - Self.headerSize) / Self.rowSize)
        else { throw .damaged(page: nil) }
        let read = bytes.withBytes { bytes -> (BatchName?, ElectionID, Bytes<32>, [Row]) in
            var rows: [Row] = []
            for start in stride(from: Self.headerSize, to: bytes.byteCount, by: Self.rowSize) {
                let member = MemberNumbers(
                    own: VoterNumber(bytes.bytes(start)), folded: VoterNumber(bytes.bytes(start + 16)))
                rows.append(
                    Row(
                        member: member, carried: VoterNumber(bytes.bytes(start + 32)),
                        pack: bytes.u64(start + 48)))
            }
            return (
                BatchName(padded: bytes.extracting(40..<72)), ElectionID(bytes.bytes(24)), bytes.bytes(80),
                rows
            )
        }
        guard read.1 == election.id else { throw .otherElection }
        guard let batch = read.0 else { throw .damaged(page: nil) }
        self.batch = batch
        rows = read.3
        guard encoded(election, key) == bytes, read.2 == mac(election, key), ascends else {
            throw .damaged(page: batch.description)
        }
    }

    /// Whether each member has one row, and in order.
    var ascends: Bool { zip(rows, rows.dropFirst()).allSatisfy { $0.own < $1.own } }

    func encoded(_ election: Election, _ key: borrowing IssuingKey) -> [UInt8] {
        var bytes = header(election)
        bytes.append(mac(election, key))
        return bytes + body
    }

    private func header(_ election: Election) -> [UInt8] {
        var bytes = Self.magic
        bytes.append(election.id.bytes)
        bytes += batch.padded
        bytes.appendBigEndian(UInt64(rows.count))
        return bytes
    }

    private var body: [UInt8] {
        var bytes: [UInt8] = []
        for row in rows {
            bytes.append(row.own.bytes)
            bytes.append(row.member.folded.bytes)
            bytes.append(row.carried.bytes)
            bytes.appendBigEndian(row.pack)
        }
        return bytes
    }

    private func mac(_ election: Election, _ key: borrowing IssuingKey) -> Bytes<32> {
        var mac = Bytes<32>()
        mac.withMutableBytes { out in
            (header(election) + body).withBytes { election.hash(key, $0, into: &out) }
        }
        return mac
    }
}

extension Election {
    fileprivate func hash(
        _ key: borrowing IssuingKey, _ message: borrowing RawSpan, into out: inout MutableRawSpan
    ) {
        id.hash(.batchBook, key: key.bookKey, message, into: &out)
    }
}
