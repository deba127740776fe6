internal import Counterfoil

/// The registers, rebuilt from the rows that were made of them.
struct RegisterReplay {
    private let election: Election
    private let timeline: Timeline
    private var records: [BatchRecord] = []
    private var headers: [RegisterHeader] = []
    private var hashes: [Hash] = []
    private(set) var packs = 0
    private(set) var difference: String?

    /// In a box: an array cannot hold what cannot be copied.
    private final class Hash {
        var digest: StreamingBLAKE2b
        var count = 0
        var pairs = 0
        init(_ digest: consuming StreamingBLAKE2b) { self.digest = digest }
    }

    init(election: Election, timeline: Timeline) {
        self.election = election
        self.timeline = timeline
    }

    mutating func begin(_ records: [BatchRecord]) {
        self.records = records
        for (record, digest) in zip(records, timeline.digests) {
            let name = record.batch.name
            guard
                let header = try? record.header.withBytes({ (bytes) throws(RegisterError) in
                    try RegisterHeader(bytes, election: election)
                }), header.batch == name, header.kind == record.batch.kind,
                header.count == record.batch.count
            else {
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
            hashes.append(Hash(Register.digest(of: header, election)))
        }
    }

    mutating func add(_ row: RegisterRow, batch: Int) {
        guard hashes.indices.contains(batch - 1) else {
            difference = "pack \(row.pack) belongs to a batch that was not loaded"
            return
        }
        packs += 1
        let hash = hashes[batch - 1]
        hash.count += 1
        row.bytes.withBytes { hash.digest.update($0) }
    }

    /// After all rows.
    mutating func add(_ pair: PackPair, batch: Int) {
        guard hashes.indices.contains(batch - 1) else {
            difference = "a pair with pack \(pair.cancelled) belongs to a batch that was not loaded"
            return
        }
        let hash = hashes[batch - 1]
        hash.pairs += 1
        pair.bytes.withBytes { hash.digest.update($0) }
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
            guard Register.finish(&hash.digest) == record.digest else {
                difference =
                    "the packs\(header.pairs > 0 ? ", or the pairs," : "") of batch \(name) are not those of its register"
                return
            }
        }
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
