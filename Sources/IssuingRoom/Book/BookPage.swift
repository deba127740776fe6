public import Counterfoil

/// One page of the book.
public struct BookPage: Sendable {
    public let batch: BatchName
    public let kind: BatchKind
    /// The batch's place in the book, from 1.
    public let place: Int
    public let isFinished: Bool
    public let count: Int
    let planDigest: Bytes<32>
    /// 72 bytes, nonce and box; zero once the key is destroyed.
    private let sealedKey: [UInt8]
    /// 40 bytes a pack, ascending: voter number, pack number, and the folded number
    /// of the member's id.
    private var rows: [UInt8]

    /// Where the sealed key is.
    static let box = 152..<224
    private static let headerSize = 224
    private static let rowSize = 40
    private static let magic = Array("counterfoil book page v1".utf8)

    public var keyIsDestroyed: Bool { sealedKey.allSatisfy { $0 == 0 } }

    /// A new page: draws the batch's key.
    ///
    /// - Parameters:
    ///   - folded: the folded numbers of the members' ids.
    ///   - ascending: the indices of the voters in order of their numbers.
    init(
        beginning batch: BatchName, kind: BatchKind, place: Int, planDigest: Bytes<32>,
        voters: [VoterNumber], folded: [VoterNumber], ascending: [UInt32], election: Election,
        key: borrowing IssuingKey
    ) {
        var nonce = Bytes<24>()
        nonce.withMutableBytes { Sodium.random(into: &$0) }
        self.init(
            beginning: batch, kind: kind, place: place, planDigest: planDigest, voters: voters,
            folded: folded, ascending: ascending, election: election, key: key,
            batchKey: SecretBytes.random(count: 32), nonce: nonce)
    }

    /// The same with the batch's key and the nonce of its box given.
    init(
        beginning batch: BatchName, kind: BatchKind, place: Int, planDigest: Bytes<32>,
        voters: [VoterNumber], folded: [VoterNumber], ascending: [UInt32], election: Election,
        key: borrowing IssuingKey, batchKey: borrowing SecretBytes, nonce: Bytes<24>
    ) {
        self.batch = batch
        self.kind = kind
        self.place = place
        self.planDigest = planDigest
        isFinished = false
        count = voters.count
        rows = Self.rows(voters, folded, ascending) { _ in 0 }
        var box = Bytes<48>()
        box.withMutableBytes { box in
            Self.associated(election, batch, kind).withBytes {
                Sodium.xChaChaSeal(batchKey, with: $0, key: key.bookKey, nonce: nonce, into: &box)
            }
        }
        sealedKey = nonce.array + box.array
    }

    /// The same page at the end of its run, with the pack numbers.
    init(
        finishing page: BookPage, voters: [VoterNumber], folded: [VoterNumber], ascending: [UInt32],
        packs: [PackNumber]
    ) {
        batch = page.batch
        kind = page.kind
        place = page.place
        planDigest = page.planDigest
        sealedKey = page.sealedKey
        isFinished = true
        count = page.count
        precondition(voters.count == count && packs.count == count)
        rows = Self.rows(voters, folded, ascending) { packs[$0].value }
    }

    private static func rows(
        _ voters: [VoterNumber], _ folded: [VoterNumber], _ ascending: [UInt32], pack: (Int) -> UInt64
    ) -> [UInt8] {
        // Several packs may carry one voter number: those in order of the rest of a row.
        var order = ascending
        var first = 0
        while first < order.count {
            let voter = voters[Int(order[first])]
            var end = first + 1
            while end < order.count, voters[Int(order[end])] == voter { end += 1 }
            if end - first > 1 {
                order[first..<end].sort { a, b in
                    let (a, b) = (Int(a), Int(b))
                    return (pack(a), folded[a]) < (pack(b), folded[b])
                }
            }
            first = end
        }
        var rows = [UInt8](repeating: 0, count: order.count * rowSize)
        rows.withMutableBytes { rows in
            var place = 0
            for i in order {
                let (voter, folded) = (voters[Int(i)], folded[Int(i)])
                rows.put(voter.high, at: place)
                rows.put(voter.low, at: place + 8)
                rows.put(pack(Int(i)), at: place + 16)
                rows.put(folded.high, at: place + 24)
                rows.put(folded.low, at: place + 32)
                place += rowSize
            }
        }
        return rows
    }

    /// Reads a page and verifies it.
    init(_ bytes: [UInt8], election: Election, key: borrowing IssuingKey) throws(BookError) {
        guard bytes.count >= Self.headerSize, bytes.starts(with: Self.magic) else {
            throw .damaged(page: nil)
        }
        let page = try bytes.withBytes { (page) throws(BookError) -> BookPage in
            guard ElectionID(page.bytes(24)) == election.id else { throw .otherElection }
            guard let batch = BatchName(padded: page.extracting(40..<72)),
                let kind = BatchKind(rawValue: page.byte(72)), (1...2).contains(page.byte(73)),
                page.byte(74) == 0, page.byte(75) == 0,
                page.u64(80) <= UInt64(bytes.count / Self.rowSize),
                bytes.count == Self.headerSize + Int(page.u64(80)) * Self.rowSize
            else { throw .damaged(page: nil) }
            let found = BookPage(
                batch: batch, kind: kind, place: Int(page.u32(76)), isFinished: page.byte(73) == 2,
                count: Int(page.u64(80)), planDigest: page.bytes(88),
                sealedKey: page.extracting(Self.box).array,
                rows: page.extracting(Self.headerSize..<bytes.count).array)
            let mac: Bytes<32> = page.bytes(120)
            guard mac == found.mac(election, key), found.isSorted else {
                throw .damaged(page: batch.description)
            }
            return found
        }
        self = page
    }

    private init(
        batch: BatchName, kind: BatchKind, place: Int, isFinished: Bool, count: Int,
        planDigest: Bytes<32>, sealedKey: [UInt8], rows: [UInt8]
    ) {
        self.batch = batch
        self.kind = kind
        self.place = place
        self.isFinished = isFinished
        self.count = count
        self.planDigest = planDigest
        self.sealedKey = sealedKey
        self.rows = rows
    }

    /// A finished page on its way out of the book: begun, and without a key.
    func givenUp() -> BookPage {
        BookPage(
            batch: batch, kind: kind, place: place, isFinished: false, count: count,
            planDigest: planDigest, sealedKey: [UInt8](repeating: 0, count: Self.box.count), rows: rows)
    }

    /// Lets go of the rows, for a run that is about to need the memory. What it
    /// has already written and will finish, nobody asks for its voters.
    consuming func withoutRows() -> BookPage {
        rows = []
        return self
    }

    /// The batch's key, or nil where it was destroyed.
    func openKey(_ election: Election, _ key: borrowing IssuingKey) throws(BookError) -> SecretBytes? {
        guard !keyIsDestroyed else { return nil }
        let associated = Self.associated(election, batch, kind)
        let opened: SecretBytes? = sealedKey.withBytes { sealed in
            associated.withBytes {
                Sodium.xChaChaOpen(
                    sealed.extracting(24..<72), with: $0, key: key.bookKey, nonce: sealed.bytes(0))
            }
        }
        guard let opened else { throw .damaged(page: batch.description) }
        return consume opened
    }

    /// A pack of the batch.
    struct Row: Equatable {
        /// The number that it carries.
        let voter: VoterNumber
        /// Zero while the batch is begun.
        let pack: UInt64
        /// The folded number of its member's id.
        let folded: VoterNumber
    }

    /// Whether the batch has a pack for this voter.
    func has(_ voter: VoterNumber) -> Bool {
        rows.withBytes { rows in
            let first = first(from: voter, in: rows)
            return first < count && Self.voter(rows, first) == voter
        }
    }

    /// The packs that carry this number.
    func rows(of voter: VoterNumber) -> [Row] {
        rows.withBytes { rows in
            var found: [Row] = []
            var i = first(from: voter, in: rows)
            while i < count, Self.voter(rows, i) == voter {
                found.append(Self.row(rows, i))
                i += 1
            }
            return found
        }
    }

    func forEachRow(_ body: (Row) -> Void) {
        rows.withBytes { rows in for i in 0..<count { body(Self.row(rows, i)) } }
    }

    /// The first row of this voter, or of the next one.
    private func first(from voter: VoterNumber, in rows: borrowing RawSpan) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if Self.voter(rows, middle) < voter { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private var isSorted: Bool {
        rows.withBytes { rows in
            (1..<max(1, count)).allSatisfy { i in
                let (a, b) = (Self.row(rows, i - 1), Self.row(rows, i))
                return (a.voter, a.pack, a.folded) <= (b.voter, b.pack, b.folded)
            }
        }
    }

    private static func row(_ rows: borrowing RawSpan, _ i: Int) -> Row {
        Row(
            voter: voter(rows, i), pack: rows.u64(i * rowSize + 16),
            folded: VoterNumber(rows.bytes(i * rowSize + 24)))
    }

    private static func voter(_ rows: borrowing RawSpan, _ i: Int) -> VoterNumber {
        VoterNumber(rows.bytes(i * rowSize))
    }

    private static func associated(_ election: Election, _ batch: BatchName, _ kind: BatchKind) -> [UInt8] {
        var bytes = magic
        bytes.append(election.id.bytes)
        bytes += batch.padded
        bytes.append(kind.rawValue)
        return bytes
    }

    /// The page without its code and its key box.
    private func header(_ election: Election) -> [UInt8] {
        var bytes = Self.associated(election, batch, kind)
        bytes.append(isFinished ? 2 : 1)
        bytes.appendBigEndian(0 as UInt16)
        bytes.appendBigEndian(UInt32(place))
        bytes.appendBigEndian(UInt64(count))
        bytes.append(planDigest)
        return bytes
    }

    private func mac(_ election: Election, _ key: borrowing IssuingKey) -> Bytes<32> {
        var hash = key.bookKey.withBytes {
            StreamingBLAKE2b(.batchBook, key: $0, salt: election.id.bytes, size: 32)
        }
        header(election).withBytes { hash.update($0) }
        rows.withBytes { hash.update($0) }
        var mac = Bytes<32>()
        mac.withMutableBytes { hash.finish(into: &$0) }
        return mac
    }

    /// The page's bytes, in two pieces: a copy of the rows would be large.
    func parts(_ election: Election, _ key: borrowing IssuingKey) -> [[UInt8]] {
        var start = header(election)
        start.append(mac(election, key))
        start += sealedKey
        return [start, rows]
    }
}
