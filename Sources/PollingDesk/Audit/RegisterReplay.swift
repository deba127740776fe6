package import Counterfoil

/// The registers, rebuilt from the rows that were made of them.
struct RegisterReplay {
    private let election: Election
    private let timeline: Timeline
    private var records: [BatchRecord] = []
    private var headers: [RegisterHeader] = []
    private var hashes: [RegisterHash] = []
    private(set) var packs = 0
    private(set) var difference: String?

    init(election: Election, timeline: Timeline) {
        self.election = election
        self.timeline = timeline
    }

    mutating func begin(_ records: [BatchRecord]) {
        self.records = records
        for (record, digest) in zip(records, timeline.digests) {
            let name = record.batch.name
            guard let header = record.header(of: election) else {
                difference = "the header of register \(name) is not that of batch \(name) of this election"
                return
            }
            let (batch, loading) = (timeline.batches[headers.count], timeline.loadings[headers.count])
            guard header.count == batch.count else {
                difference =
                    "entry \(loading) of the log: it says that batch \(name) has \(batch.count) packs, and its register has \(header.count)"
                return
            }
            guard record.digest == digest else {
                difference = "the digest of register \(name) is not the one in the log"
                return
            }
            guard digest.isSigned(by: record.signature, election: election) else {
                difference = "register \(name) is not signed by the issuing room"
                return
            }
            headers.append(header)
            hashes.append(RegisterHash(header, election))
        }
    }

    mutating func add(_ row: RegisterRow, batch: Int) {
        guard hashes.indices.contains(batch - 1) else {
            difference = "pack \(row.pack) belongs to a batch that was not loaded"
            return
        }
        packs += 1
        hashes[batch - 1].add(row)
    }

    /// After all rows.
    mutating func add(_ pair: PackPair, batch: Int) {
        guard hashes.indices.contains(batch - 1) else {
            difference = "a pair with pack \(pair.cancelled) belongs to a batch that was not loaded"
            return
        }
        hashes[batch - 1].add(pair)
    }

    mutating func end() {
        guard difference == nil else { return }
        for ((record, header), hash) in zip(zip(records, headers), hashes) {
            let name = record.batch.name
            guard hash.pairs == header.pairs else {
                difference = "batch \(name) has \(hash.pairs) pairs of packs, its register \(header.pairs)"
                return
            }
            guard hash.count == record.batch.count else {
                difference = "batch \(name) has \(hash.count) packs, its register \(record.batch.count)"
                return
            }
            guard hash.finish() == record.digest else {
                difference =
                    "the packs\(header.pairs > 0 ? ", or the pairs," : "") of batch \(name) are not those of its register"
                return
            }
        }
    }
}

/// A register's digest, computed from rows and pairs in their order. In a box: an
/// array cannot hold what cannot be copied.
private final class RegisterHash {
    private var digest: StreamingBLAKE2b
    private(set) var count = 0
    private(set) var pairs = 0

    init(_ header: RegisterHeader, _ election: Election) { digest = Register.digest(of: header, election) }

    func add(_ row: RegisterRow) {
        count += 1
        row.bytes.withBytes { digest.update($0) }
    }

    func add(_ pair: PackPair) {
        pairs += 1
        pair.bytes.withBytes { digest.update($0) }
    }

    func finish() -> RegisterDigest { Register.finish(&digest) }
}

extension BatchRecord {
    /// The header of its register; nil unless it says of the batch what the batch
    /// says of itself.
    fileprivate func header(of election: Election) -> RegisterHeader? {
        guard
            let header = try? header.withBytes({ (bytes) throws(RegisterError) in
                try RegisterHeader(bytes, election: election)
            }), header.batch == batch.name, header.kind == batch.kind, header.count == batch.count
        else { return nil }
        return header
    }
}

extension LedgerSnapshot {
    /// Whether the rows and the pairs of a batch are those of a register that the
    /// issuing room signed; of the one with this digest, if one is given.
    package func isSigned(
        _ name: BatchName, digest: RegisterDigest? = nil, _ election: Election
    ) throws(LedgerError) -> Bool {
        guard let record = try batches().first(where: { $0.batch.name == name }),
            let header = record.header(of: election), digest == nil || digest == record.digest,
            record.digest.isSigned(by: record.signature, election: election)
        else { return false }
        let hash = RegisterHash(header, election)
        try eachPack(ofBatch: record.batch.number) { row, _ in
            hash.add(row)
            return true
        }
        try eachPair { pair, batch in
            if batch == record.batch.number { hash.add(pair) }
            return true
        }
        return hash.count == header.count && hash.pairs == header.pairs && hash.finish() == record.digest
    }
}

extension RegisterRow {
    /// As it is in a register.
    var bytes: Bytes<97> {
        var bytes = Bytes<97>()
        bytes.withMutableBytes { write(into: &$0) }
        return bytes
    }
}
