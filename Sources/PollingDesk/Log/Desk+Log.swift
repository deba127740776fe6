internal import Counterfoil

extension Desk {
    /// Signs the log as it is on the disk: to be given to people who do not work
    /// at the desk.
    public func checkpoint() async throws(LedgerError) -> Checkpoint {
        try await clerk.run { [self] () throws(LedgerError) in try checkpoint { $0 } }
    }

    /// The same on a thread that may wait, and while nobody writes: for a copy of
    /// it kept elsewhere, which must never lag after one that was kept before.
    package func checkpoint<R>(_ keep: (Checkpoint) -> R) throws(LedgerError) -> R {
        try ledger.withHead { keep(secrets.checkpoint($0)) }
    }
}
