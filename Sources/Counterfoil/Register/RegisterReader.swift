/// Reads a register: the signature first, then row by row.
///
/// Two passes over the bytes. The first only hashes, and the signature is
/// verified; the second hands out rows and must come to the same hash, or its
/// last call throws. So a row that the issuing room has not signed never acts on
/// the desk, even if the file changes in between: the caller keeps nothing until
/// `nextPair` has returned nil.
package struct RegisterReader<Source: RandomAccessBytes>: ~Copyable {
    package let header: RegisterHeader
    package let digest: RegisterDigest
    package let signature: Bytes<64>

    private let source: Source
    private let election: Election
    private var again: StreamingBLAKE2b
    private var buffer: [UInt8] = []
    private var bufferedRows = 0
    private var taken = 0
    private var previous: LookupID?
    private var pairsTaken = 0
    private var previousPair: PackPair?

    /// Verifies the whole register.
    package init(_ source: Source, election: Election) throws(RegisterError) {
        let size = source.byteCount
        var start = [UInt8](repeating: 0, count: min(size, Register.headerSize))
        try Self.read(source, at: 0, into: &start)
        let header = try start.withBytes { (bytes) throws(RegisterError) in
            try RegisterHeader(bytes, fileSize: size, election: election)
        }
        var hash = Register.digest(of: header, election)
        var row = 0
        var buffer: [UInt8] = []
        while row < header.count {
            row += try Self.readRows(source, from: row, of: header, into: &buffer)
            buffer.withBytes { hash.update($0) }
        }
        var pair = 0
        while pair < header.pairs {
            pair += try Self.readPairs(source, from: pair, of: header, into: &buffer)
            buffer.withBytes { hash.update($0) }
        }
        var end = [UInt8](repeating: 0, count: Register.signatureSize)
        try Self.read(source, at: size - Register.signatureSize, into: &end)
        let signature = Bytes<64>(end)!
        let digest = Register.finish(&hash)
        guard digest.isSigned(by: signature, election: election) else { throw .badSignature }

        self.header = header
        self.digest = digest
        self.signature = signature
        self.source = source
        self.election = election
        again = Register.digest(of: header, election)
    }

    /// The next row, or nil after the last one. Then come the pairs.
    package mutating func next() throws(RegisterError) -> RegisterRow? {
        guard taken < header.count else { return nil }
        if taken == bufferedRows {
            bufferedRows += try Self.readRows(source, from: taken, of: header, into: &buffer)
            buffer.withBytes { again.update($0) }
        }
        let place = buffer.count - (bufferedRows - taken) * Register.rowSize
        let previous = previous
        let row = try buffer.withBytes { (bytes) throws(RegisterError) -> RegisterRow in
            if let previous, !(previous < LookupID(bytes.bytes(place))) {
                throw .content(.order)
            }
            return try RegisterRow(
                bytes.extracting(place..<place + Register.rowSize), in: header.kind,
                constant: election.constant)
        }
        self.previous = row.lookup.id
        taken += 1
        return row
    }

    /// The next pair, when all rows were taken, or nil at the end, which also means:
    /// it was all as signed.
    package mutating func nextPair() throws(RegisterError) -> PackPair? {
        precondition(taken == header.count, "the rows come before the pairs")
        if pairsTaken == header.pairs {
            guard Register.finish(&again) == digest else { throw .changedWhileRead }
            return nil
        }
        let inBuffer = pairsTaken % Self.pairsAtOnce
        if inBuffer == 0 {
            _ = try Self.readPairs(source, from: pairsTaken, of: header, into: &buffer)
            buffer.withBytes { again.update($0) }
        }
        let place = inBuffer * Register.pairSize
        let previous = previousPair
        let pair = try buffer.withBytes { (bytes) throws(RegisterError) -> PackPair in
            let (kept, cancelled) = (bytes.u64(place), bytes.u64(place + 8))
            if let previous, (cancelled, kept) <= (previous.cancelled.value, previous.kept.value) {
                throw .content(.order)
            }
            return try PackPair(kept: kept, cancelled: cancelled, constant: election.constant)
        }
        previousPair = pair
        pairsTaken += 1
        return pair
    }

    private static var pairsAtOnce: Int { 4096 }

    private static func readPairs(
        _ source: Source, from pair: Int, of header: RegisterHeader, into buffer: inout [UInt8]
    ) throws(RegisterError) -> Int {
        let count = min(pairsAtOnce, header.pairs - pair)
        buffer = [UInt8](repeating: 0, count: count * Register.pairSize)
        let start = Register.headerSize + header.count * Register.rowSize
        try read(source, at: start + pair * Register.pairSize, into: &buffer)
        return count
    }

    /// Whole rows, about 64 KiB of them; returns how many.
    private static func readRows(
        _ source: Source, from row: Int, of header: RegisterHeader, into buffer: inout [UInt8]
    ) throws(RegisterError) -> Int {
        let count = min(675, header.count - row)
        if buffer.count != count * Register.rowSize {
            buffer = [UInt8](repeating: 0, count: count * Register.rowSize)
        }
        try read(source, at: Register.headerSize + row * Register.rowSize, into: &buffer)
        return count
    }

    private static func read(
        _ source: Source, at offset: Int, into bytes: inout [UInt8]
    ) throws(RegisterError) {
        guard !bytes.isEmpty else { return }
        do {
            try bytes.withMutableBytes { (bytes) throws(StreamError) in
                try source.read(at: offset, into: &bytes)
            }
        } catch { throw .unreadable(error) }
    }
}
