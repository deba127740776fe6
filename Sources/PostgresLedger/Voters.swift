#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// Who could vote, and what becomes of them.
extension Reporting {
    /// How many people have a pack of a batch that is active, or have voted.
    func voters() throws(Failure) -> Int {
        let rows = try connection.run(
            """
            SELECT count(*) FROM (
                SELECT p.voter FROM packs p JOIN batches b ON b.number = p.batch
                WHERE p.kind <> \(PackKind.specimen.rawValue)
                AND b.activated IS NOT NULL AND b.withdrawn IS NULL AND p.pack NOT IN (\(Self.left))
                UNION
                SELECT v.voter
                FROM votes v JOIN packs p ON p.pack = v.pack JOIN batches b ON b.number = p.batch
                WHERE b.activated IS NULL OR b.withdrawn IS NOT NULL OR p.pack IN (\(Self.left))) voters
            """)
        return Int(try rows.integer(0, 0))
    }

    /// Packs of people who keep another one.
    private static let left = """
        SELECT q.cancelled FROM pairs q JOIN batches a ON a.number = q.batch WHERE a.activated IS NOT NULL
        """

    func outlook(ofBatch name: BatchName) throws(Failure) -> BatchOutlook? {
        try connection.reading { () throws(Failure) in
            let batches = try connection.batches()
            guard let batch = batches.first(where: { $0.name == name }) else { return nil }
            let packs = "(SELECT * FROM packs WHERE batch = \(batch.number))"
            let ended = """
                (SELECT o.* FROM packs o WHERE o.pack IN (
                    SELECT replaced FROM packs WHERE batch = \(batch.number) AND replaced <> 0
                    UNION SELECT cancelled FROM pairs WHERE batch = \(batch.number)))
                """
            // Each voter once, with whether one of their packs replaces another.
            let last = try connection.run(
                """
                SELECT count(*), count(*) FILTER (WHERE replaces)
                FROM (SELECT p.voter, bool_or(p.replaced <> 0) AS replaces
                      FROM packs p LEFT JOIN cancelled c ON c.pack = p.pack
                      LEFT JOIN votes v ON v.voter = p.voter
                      WHERE p.batch = \(batch.number) AND p.kind <> \(PackKind.specimen.rawValue)
                      AND c.pack IS NULL AND v.voter IS NULL GROUP BY p.voter) mine
                WHERE NOT EXISTS (
                    SELECT 1 FROM packs o JOIN batches b ON b.number = o.batch
                    LEFT JOIN cancelled c ON c.pack = o.pack
                    WHERE o.voter = mine.voter AND o.batch <> \(batch.number)
                    AND o.kind <> \(PackKind.specimen.rawValue) AND c.pack IS NULL
                    AND b.activated IS NOT NULL AND b.withdrawn IS NULL)
                """)
            return BatchOutlook(
                batch: batch, balance: try balance(of: packs, batches),
                ended: try balance(of: ended, batches), lastPacks: Int(try last.integer(0, 0)),
                lastReplacements: Int(try last.integer(0, 1)))
        }
    }
}
#endif
