internal import Counterfoil
internal import PollingDesk

/// Who could vote, and what becomes of them.
extension Database {
    /// How many people have a pack of a batch that is active, or have voted.
    ///
    /// There is no index by voter, which would make a load of millions slower for the sake
    /// of a question that is asked a few times a day: the numbers are sorted here.
    func voters() throws(Failure) -> Int {
        let sent = try prepare(
            """
            SELECT p.voter FROM packs p JOIN batches b ON b.number = p.batch
            WHERE p.kind <> \(PackKind.specimen.rawValue)
            AND b.activated IS NOT NULL AND b.withdrawn IS NULL AND p.pack NOT IN (\(Self.left))
            """)
        var numbers: [UInt128] = []
        while try sent.step() { numbers.append(try sent.uint128(0)) }
        // Those who voted, and have no such pack now.
        let voted = try prepare(
            """
            SELECT v.voter FROM votes v JOIN packs p ON p.pack = v.pack JOIN batches b ON b.number = p.batch
            WHERE b.activated IS NULL OR b.withdrawn IS NOT NULL OR p.pack IN (\(Self.left))
            """)
        while try voted.step() { numbers.append(try voted.uint128(0)) }
        numbers.sort()
        return zip(numbers, numbers.dropFirst()).reduce(min(1, numbers.count)) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    }

    /// Packs of people who keep another one.
    private static let left = """
        SELECT q.cancelled FROM pairs q JOIN batches a ON a.number = q.batch WHERE a.activated IS NOT NULL
        """

    func outlook(ofBatch name: BatchName, _ election: Election) throws(Failure) -> BatchOutlook? {
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        let batches = try batches()
        guard let batch = batches.first(where: { $0.name == name }) else { return nil }
        let packs = "(SELECT * FROM packs WHERE batch = \(batch.number))"
        let ended = """
            (SELECT o.* FROM packs o WHERE o.pack IN (
                SELECT replaced FROM packs WHERE batch = \(batch.number) AND replaced <> 0
                UNION SELECT cancelled FROM pairs WHERE batch = \(batch.number)))
            """
        let (last, replacements) = try lastPacks(of: batch)
        return BatchOutlook(
            batch: batch, balance: try balance(of: packs, batches, election),
            ended: try balance(of: ended, batches, election), lastPacks: last, lastReplacements: replacements)
    }

    private func lastPacks(of batch: Batch) throws(Failure) -> (Int, replacements: Int) {
        let mine = try prepare(
            """
            SELECT p.voter, p.replaced <> 0
            FROM packs p LEFT JOIN cancelled c ON c.pack = p.pack LEFT JOIN votes v ON v.voter = p.voter
            WHERE p.batch = ?1 AND p.kind <> \(PackKind.specimen.rawValue) AND c.pack IS NULL
            AND v.voter IS NULL
            """)
        try mine.bind(1, Int64(batch.number))
        var isReplacement: [UInt128: Bool] = [:]
        while try mine.step() {
            let voter = try mine.uint128(0)
            isReplacement[voter] = isReplacement[voter, default: false] || mine.integer(1) != 0
        }
        let others = try prepare(
            """
            SELECT p.voter FROM packs p JOIN batches b ON b.number = p.batch
            LEFT JOIN cancelled c ON c.pack = p.pack
            WHERE p.batch <> ?1 AND p.kind <> \(PackKind.specimen.rawValue) AND c.pack IS NULL
            AND b.activated IS NOT NULL AND b.withdrawn IS NULL
            """)
        try others.bind(1, Int64(batch.number))
        while try others.step() { isReplacement[try others.uint128(0)] = nil }
        return (isReplacement.count, isReplacement.values.count { $0 })
    }
}

extension Statement {
    fileprivate func uint128(_ column: Int32) throws(Failure) -> UInt128 {
        let bytes: Bytes<16> = try bytes(column)
        return bytes.withBytes { UInt128($0.u64(0)) << 64 | UInt128($0.u64(8)) }
    }
}
