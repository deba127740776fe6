internal import Counterfoil

extension Desk {
    /// Signs the log as it is on the disk. Give the result to people who do not
    /// work at the desk.
    public func checkpoint() async throws(LedgerError) -> Checkpoint {
        try await clerk.run { [self] () throws(LedgerError) in try checkpoint { $0 } }
    }

    /// The same on a thread that may wait, and while nobody writes. It is for a
    /// copy that is kept elsewhere: that copy must never be older than the one
    /// that was kept before. A log that does not go on from the head that this one
    /// had, `seen`, stops the desk, as with ``expect(_:)``.
    package func checkpoint<R>(
        after seen: TreeHead? = nil, _ keep: (Checkpoint) -> R
    ) throws(LedgerError) -> R {
        try ledger.withHead(after: seen) { keep(secrets.checkpoint($0)) }
    }

    /// Compares the log with a head that somebody has seen of it: a checkpoint that is
    /// kept elsewhere.
    ///
    /// Where the log is not the one with that head, and does not go on from it, this
    /// throws ``LedgerError/olderCopy(_:has:seen:by:)`` or
    /// ``LedgerError/otherLog(_:first:by:)``. The desk then takes no vote and no act
    /// any more: all that is asked of it throws the same. Open the right ledger.
    public func expect(_ seen: TreeHead) async throws(LedgerError) {
        try await clerk.run { [self] () throws(LedgerError) in try expectNow(seen) }
    }

    /// The same on a thread that may wait.
    package func expectNow(_ seen: TreeHead) throws(LedgerError) {
        do throws(LedgerError) {
            try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in try snapshot.expect(seen) }
        } catch {
            guarded.stopIfContradicted(by: error)
            throw error
        }
    }
}

extension LedgerSnapshot {
    /// Refuses a log that does not go on from this head.
    func expect(_ seen: TreeHead) throws(LedgerError) {
        let size = try logSize()
        guard size >= seen.size else { throw .olderCopy(place, has: size, seen: seen.size, by: .head) }
        guard try MerkleTree.root(size: seen.size, node) == seen.root else {
            throw .otherLog(place, first: seen.size, by: .head)
        }
    }
}
