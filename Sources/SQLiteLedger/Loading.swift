internal import Counterfoil
internal import PollingDesk

/// Taking a register.
extension Writer {
    /// All rows, all pairs and the batch, or nothing; the register is believed when
    /// it has been read to its end.
    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(Failure) -> LoadOutcome {
        let header = register.header
        if try isLoaded(register.digest) { return .alreadyLoaded }
        guard try !isFinal() else { throw .refused(.ballotFinal) }
        let batches = try allBatches()
        guard !batches.contains(where: { $0.name == header.batch }) else {
            throw .refused(.otherRegister(header.batch))
        }
        let number = batches.count + 1
        try insertRows(of: &register, batch: number)
        try insertPairs(of: &register, batch: number)
        try insert(batch: number, header, register.digest, register.signature, at: moment)
        let event = Event.registerLoaded(batch: number, count: header.count, register.digest)
        try apply([Entry(event, at: moment)])
        return .loaded
    }

    private func isLoaded(_ digest: RegisterDigest) throws(Failure) -> Bool {
        let known = try database.prepare("SELECT 1 FROM batches WHERE digest = ?1")
        try known.bind(1, digest.bytes)
        return try known.step()
    }

    private func insertRows<Source: RandomAccessBytes>(
        of register: inout RegisterReader<Source>, batch: Int
    ) throws(Failure) {
        let insert = try database.prepare("INSERT INTO packs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        try insert.bind(8, Int64(batch))
        while let row = try next(&register) {
            try insert.bind(1, row.lookup.id.bytes)
            try insert.bind(2, row.lookup.tag.bytes)
            try insert.bind(3, row.pack)
            try insert.bind(4, row.voter.bytes)
            try insert.bind(5, row.answers.bytes)
            try insert.bind(6, Int64(row.kind.rawValue))
            try insert.bind(7, Int64(row.replaced?.value ?? 0))
            do { try insert.run() } catch {
                throw error.isDuplicate ? .refused(.packTwice) : error
            }
        }
    }

    private func next<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>
    ) throws(Failure) -> RegisterRow? {
        do { return try register.next() } catch { throw .refused(.register(error)) }
    }

    private func insertPairs<Source: RandomAccessBytes>(
        of register: inout RegisterReader<Source>, batch: Int
    ) throws(Failure) {
        let insert = try database.prepare("INSERT INTO pairs VALUES (?1, ?2, ?3)")
        try insert.bind(1, Int64(batch))
        while let pair = try nextPair(&register) {
            try insert.bind(2, pair.cancelled)
            try insert.bind(3, pair.kept)
            try insert.run()
        }
    }

    private func nextPair<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>
    ) throws(Failure) -> PackPair? {
        do { return try register.nextPair() } catch { throw .refused(.register(error)) }
    }

    private func insert(
        batch number: Int, _ header: RegisterHeader, _ digest: RegisterDigest,
        _ signature: Bytes<64>, at moment: Moment
    ) throws(Failure) {
        let insert = try database.prepare(
            "INSERT INTO batches VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, NULL, ?6, ?7, ?8)")
        try insert.bind(1, Int64(number))
        try insert.bind(2, text: header.batch.description)
        try insert.bind(3, Int64(header.kind.rawValue))
        try insert.bind(4, Int64(header.count))
        try insert.bind(5, moment)
        try insert.bind(6, header.bytes)
        try insert.bind(7, signature)
        try insert.bind(8, digest.bytes)
        try insert.run()
    }
}
