internal import Counterfoil

extension Desk {
    /// Signs the log as it is on the disk. Give the result to people who do not
    /// work at the desk.
    public func checkpoint() async throws(LedgerError) -> Checkpoint {
        try await clerk.run { [self] () throws(LedgerError) in try checkpoint { $0 } }
    }

    /// The same on a thread that may wait, and while nobody writes. It is for a
    /// copy that is kept elsewhere: that copy must never be older than the one
    /// that was kept before.
    package func checkpoint<R>(_ keep: (Checkpoint) -> R) throws(LedgerError) -> R {
        try ledger.withHead { keep(secrets.checkpoint($0)) }
    }
}
