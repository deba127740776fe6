internal import Counterfoil

/// Collects the rows of a batch and writes its register, sorted and signed.
///
/// The rows stay in memory until the last pack is made, 97 bytes each, since
/// only then their order is known: it is that of the look-up ids, which says
/// nothing of the roll's.
struct RegisterBuilder {
    private var rows: [UInt8] = []
    /// By ordinal, for the book.
    private(set) var packs: [PackNumber] = []

    init(capacity: Int) {
        rows.reserveCapacity(capacity * Register.rowSize)
        packs.reserveCapacity(capacity)
    }

    mutating func append(_ rows: [UInt8], _ packs: [PackNumber]) {
        self.rows += rows
        self.packs += packs
    }

    /// Writes the register and returns what its signature is made over. Once:
    /// the rows are let go of, since the memory is needed for the book.
    ///
    /// - Parameter pairs: in ascending order, as many as the header says.
    mutating func write(
        _ header: RegisterHeader, pairs: [PackPair] = [], to sink: inout some ByteSink, _ election: Election,
        _ key: borrowing IssuingKey
    ) throws(IssueError) -> RegisterDigest {
        let order = try ascending()
        do {
            var digest = Register.digest(of: header, election)
            try header.bytes.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
            try writeRows(order, to: &sink, &digest)
            rows = []
            var buffer: [UInt8] = []
            for pair in pairs { buffer.append(pair.bytes) }
            try Self.flush(&buffer, &digest, &sink)
            let finished = Register.finish(&digest)
            let signature = finished.bytes.withBytes {
                Signed.sign($0, as: .register, with: key.registerSigner)
            }
            try signature.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
            return finished
        } catch { throw .output(error) }
    }

    private func writeRows(
        _ order: [UInt32], to sink: inout some ByteSink, _ digest: inout StreamingBLAKE2b
    ) throws(StreamError) {
        var buffer: [UInt8] = []
        let atOnce = 675 * Register.rowSize
        buffer.reserveCapacity(atOnce)
        for index in order {
            let start = Int(index) * Register.rowSize
            buffer += rows[start..<start + Register.rowSize]
            if buffer.count == atOnce {
                try Self.flush(&buffer, &digest, &sink)
            }
        }
        try Self.flush(&buffer, &digest, &sink)
    }

    private static func flush(
        _ buffer: inout [UInt8], _ digest: inout StreamingBLAKE2b, _ sink: inout some ByteSink
    ) throws(StreamError) {
        try buffer.withBytes { (bytes) throws(StreamError) in
            digest.update(bytes)
            try sink.write(bytes)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// The rows' indices by look-up id; two equal ids stop the run.
    private func ascending() throws(IssueError) -> [UInt32] {
        try rows.withBytes { (rows) throws(IssueError) in
            func id(_ i: Int) -> (UInt64, UInt64) {
                (rows.u64(i * Register.rowSize), rows.u64(i * Register.rowSize + 8))
            }
            let order = ascendingIndices(packs.count, key: id)
            for (a, b) in zip(order, order.dropFirst()) where id(Int(a)) == id(Int(b)) {
                throw .collision
            }
            return order
        }
    }
}
