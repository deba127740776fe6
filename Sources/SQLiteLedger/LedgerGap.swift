internal import PollingDesk

/// What is missing of a ledger that was not closed: entries that were on the disk
/// before anybody was told of them.
///
/// A vote is in the write-ahead log before it is in the ledger's own file. If a desk
/// is killed, the log has what the file has not, and the next desk copies it. If the
/// log got lost meanwhile, the file alone looks like a ledger that is older. Two
/// things tell it apart:
///
/// - The file of the lock remembers how many entries the log of the ballot had
///   (`LedgerMemory`). A ledger that has fewer has lost some.
/// - The ledger's file itself says that a desk has it open, from before the desk's
///   first change until the last desk has closed it. Where it says so and nothing is
///   remembered, nobody can tell how many are missing.
///
/// So a file that was closed is a ledger by itself, and may be copied alone.
package struct LedgerGap: Sendable, Equatable {
    /// Entries that the log of the ballot has.
    package let has: Int
    /// Entries that it had; nil where nobody can tell.
    package let seen: Int?
}

extension LedgerGap {
    func refusal(of files: LedgerFiles) -> LedgerError {
        guard let seen else { return .unsafePlace(path: files.path, .notClosed(memory: files.lock)) }
        return .olderCopy(.file(files.path), has: has, seen: seen, by: .memory(path: files.lock))
    }

    /// For an audit.
    var difference: String {
        guard let seen else {
            return
                "the ledger was not closed, and what lay beside it is gone: entries after the first \(has) may be missing"
        }
        return "the log has \(has) entries, and had \(seen): \(seen - has) are missing"
    }
}

extension Database {
    /// What is missing, if anything is. `memory` was read before.
    func gap(_ memory: LedgerMemory) throws(Failure) -> LedgerGap? {
        // One statement sees one moment.
        let row = try prepare(
            """
            SELECT (SELECT coalesce(max(number), -1) + 1 FROM log), (SELECT open FROM desks),
                   (SELECT final IS NOT NULL FROM ballot)
            """)
        // Where the row of the ballot is gone, the next who reads it says so.
        guard try row.step(), !row.isNull(1) else { throw .damaged(.noRow) }
        let has = Int(row.integer(0))
        if let seen = memory.entries { return has < seen ? LedgerGap(has: has, seen: seen) : nil }
        // After the last entry of a ballot there is none that could be missing.
        return row.integer(1) != 0 && row.integer(2) == 0 ? LedgerGap(has: has, seen: nil) : nil
    }

    /// Whether the ledger's file says that a desk has it open.
    func isMarkedOpen() throws(Failure) -> Bool {
        guard let open = try number("SELECT open FROM desks") else { throw .damaged(.noRow) }
        return open != 0
    }
}

extension SQLiteLedger {
    /// The same for a reader, beside desks that may be at work.
    static func gap(
        of files: LedgerFiles, _ database: borrowing Database
    ) throws(Failure) -> LedgerGap? {
        // A desk that opened the ledger between the two looks has made its memory by
        // the second one.
        for _ in 0..<2 {
            let memory = try LedgerMemory(reading: files.lock)
            if try database.gap(memory) == nil { return nil }
        }
        return try database.gap(LedgerMemory(reading: files.lock))
    }
}
