#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// Taking a register.
struct Loading {
    let connection: Connection
    let election: Election

    /// All rows and the batch, or nothing; the register is believed when its
    /// last row has been read.
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
            try connection.commit([Writing.confirmation])
            return .alreadyLoaded
        case "final": throw .refused(.ballotFinal)
        default: throw .refused(.otherRegister(header.batch))
        }
        try copyRows(of: &register)
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
        var isBegun = false
        var isEnded = false
        try connection.copy(
            "COPY staged (id, pack, voter, answers, replaced, kind, tag) FROM STDIN (FORMAT binary)"
        ) { () throws(Failure) in
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
                guard let row = try next(&register) else {
                    piece.appendBigEndian(-1 as Int16)
                    isEnded = true
                    break
                }
                Self.append(row, to: &piece)
            }
            return piece
        }
    }

    private func next<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>
    ) throws(Failure) -> RegisterRow? {
        do { return try register.next() } catch { throw .refused(.register(error)) }
    }

    private static func append(_ row: RegisterRow, to out: inout [UInt8]) {
        out.appendBigEndian(7 as Int16)
        func put<let count: Int>(_ value: Bytes<count>) {
            out.appendBigEndian(Int32(count))
            out.append(value)
        }
        func put(_ value: some FixedWidthInteger) {
            out.appendBigEndian(Int32(value.bitWidth / 8))
            out.appendBigEndian(value)
        }
        put(row.lookup.id.bytes)
        put(row.pack.value)
        put(row.voter.bytes)
        put(row.answers.bytes)
        put(row.replaced?.value ?? 0)
        put(Int16(row.kind.rawValue))
        put(row.lookup.tag.bytes)
    }

    private func finish(
        _ header: RegisterHeader, _ digest: RegisterDigest, _ signature: Bytes<64>, at moment: Moment
    ) throws(Failure) -> Bool {
        // After begin_load took its lock, no other register can come.
        let number = Int(try connection.run("SELECT count(*) FROM batches").integer(0, 0)) + 1
        let event = Event.registerLoaded(batch: number, count: header.count, digest)
        var parameters = Parameters()
        parameters.add(moment)
        parameters.add(text: header.batch.description)
        parameters.add(Int16(header.kind.rawValue))
        parameters.add(Int32(header.count))
        parameters.add(header.bytes)
        parameters.add(signature)
        parameters.add(digest.bytes)
        parameters.add(Int32(number))
        parameters.add(EntryID.random(count: 1)[0].bytes)
        parameters.add(Entry(event, at: moment).encoded)
        let rows = try connection.run(
            """
            SELECT finish_load($1::bigint, $2::text, $3::smallint, $4::integer, $5::bytea, $6::bytea,
                               $7::bytea, $8::integer, $9::uuid, $10::bytea)
            """, parameters)
        return try rows.integer(0, 0) == 1
    }

    /// About so many bytes are sent at once.
    private static let piece = 65536
}
#endif
