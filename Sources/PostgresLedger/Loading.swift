#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// Taking a register.
struct Loading {
    let connection: Connection
    let election: Election

    /// All rows, all pairs and the batch, or nothing; the register is believed when it
    /// has been read to its end.
    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(Failure) -> LoadOutcome {
        let header = register.header
        try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        var parameters = Parameters()
        parameters.add(register.digest.bytes)
        parameters.add(text: header.batch.description)
        let answer = try connection.run("SELECT begin_load($1::bytea, $2::text)", parameters).text(0, 0)
        switch answer {
        case "ready": break
        case "loaded":
            // Under this digest: the rows may be a thief's all the same.
            try copyRows(of: &register)
            try copyPairs(of: &register)
            guard try isAsStaged(header, register.digest, register.signature) else {
                throw .refused(.unsignedBatch(header.batch))
            }
            try connection.commit([Writing.confirmation])
            return .alreadyLoaded
        case "final": throw .refused(.ballotFinal)
        default: throw .refused(.otherRegister(header.batch))
        }
        try copyRows(of: &register)
        try copyPairs(of: &register)
        do throws(Failure) {
            let isInTime = try finish(header, register.digest, register.signature, at: moment)
            guard isInTime else { throw .refused(.ballotFinal) }
        } catch {
            // The ids are in order, so no two of one register are equal; pack
            // numbers may be.
            throw error.isDuplicate ? .refused(.packTwice) : error
        }
        try connection.commit([])
        return .loaded
    }

    private func copyRows<Source: RandomAccessBytes>(
        of register: inout RegisterReader<Source>
    ) throws(Failure) {
        try copy(to: "staged (id, pack, voter, answers, replaced, kind, tag)") { (out) throws(Failure) in
            guard let row = try next(&register) else { return false }
            out.appendBigEndian(7 as Int16)
            out.appendField(row.lookup.id.bytes)
            out.appendField(row.pack.value)
            out.appendField(row.voter.bytes)
            out.appendField(row.answers.bytes)
            out.appendField(row.replaced?.value ?? 0)
            out.appendField(Int16(row.kind.rawValue))
            out.appendField(row.lookup.tag.bytes)
            return true
        }
    }

    private func copyPairs<Source: RandomAccessBytes>(
        of register: inout RegisterReader<Source>
    ) throws(Failure) {
        try copy(to: "staged_pairs (kept, cancelled)") { (out) throws(Failure) in
            guard let pair = try nextPair(&register) else { return false }
            out.appendBigEndian(2 as Int16)
            out.appendField(pair.kept.value)
            out.appendField(pair.cancelled.value)
            return true
        }
    }

    /// Copies rows into a table: `append` appends one, or returns false at the end.
    private func copy(
        to table: String, _ append: (inout [UInt8]) throws(Failure) -> Bool
    ) throws(Failure) {
        var isBegun = false
        var isEnded = false
        try connection.copy("COPY \(table) FROM STDIN (FORMAT binary)") { () throws(Failure) in
            if isEnded { return nil }
            var piece: [UInt8] = []
            piece.reserveCapacity(Self.piece + 256)
            if !isBegun {
                piece += [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]  // PGCOPY…
                piece.appendBigEndian(0 as UInt32)  // no flags
                piece.appendBigEndian(0 as UInt32)  // nothing more in the header
                isBegun = true
            }
            while piece.count < Self.piece {
                guard try append(&piece) else {
                    piece.appendBigEndian(-1 as Int16)
                    isEnded = true
                    break
                }
            }
            return piece
        }
    }

    private func next<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>
    ) throws(Failure) -> RegisterRow? {
        do { return try register.next() } catch { throw .refused(.register(error)) }
    }

    private func nextPair<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>
    ) throws(Failure) -> PackPair? {
        do { return try register.nextPair() } catch { throw .refused(.register(error)) }
    }

    private func isAsStaged(
        _ header: RegisterHeader, _ digest: RegisterDigest, _ signature: Bytes<64>
    ) throws(Failure) -> Bool {
        var parameters = Parameters()
        parameters.add(text: header.batch.description)
        parameters.add(Int16(header.kind.rawValue))
        parameters.add(Int32(header.count))
        parameters.add(header.bytes)
        parameters.add(signature)
        parameters.add(digest.bytes)
        let rows = try connection.run(
            """
            SELECT is_as_staged($1::text, $2::smallint, $3::integer, $4::bytea, $5::bytea, $6::bytea)
            """, parameters)
        return try rows.integer(0, 0) == 1
    }

    private func finish(
        _ header: RegisterHeader, _ digest: RegisterDigest, _ signature: Bytes<64>, at moment: Moment
    ) throws(Failure) -> Bool {
        // After begin_load took its lock, no other register can come.
        let number = Int(try connection.run("SELECT count(number) FROM batches").integer(0, 0)) + 1
        let event = Event.registerLoaded(batch: number, count: header.count, digest)
        var parameters = Parameters()
        parameters.add(moment)
        parameters.add(text: header.batch.description)
        parameters.add(Int16(header.kind.rawValue))
        parameters.add(Int32(header.count))
        parameters.add(Int64(header.pairs))
        parameters.add(header.bytes)
        parameters.add(signature)
        parameters.add(digest.bytes)
        parameters.add(Int32(number))
        parameters.add(EntryID.random(count: 1)[0].bytes)
        parameters.add(Entry(event, at: moment).encoded)
        let rows = try connection.run(
            """
            SELECT finish_load($1::bigint, $2::text, $3::smallint, $4::integer, $5::bigint, $6::bytea,
                               $7::bytea, $8::bytea, $9::integer, $10::uuid, $11::bytea)
            """, parameters)
        return try rows.integer(0, 0) == 1
    }

    /// About so many bytes are sent at once.
    private static let piece = 65536
}

extension [UInt8] {
    /// A value of a row, as COPY takes it.
    fileprivate mutating func appendField<let count: Int>(_ value: Bytes<count>) {
        appendBigEndian(Int32(count))
        append(value)
    }

    fileprivate mutating func appendField(_ value: some FixedWidthInteger) {
        appendBigEndian(Int32(value.bitWidth / 8))
        appendBigEndian(value)
    }
}
#endif
