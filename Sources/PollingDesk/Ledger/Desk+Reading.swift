package import Counterfoil

extension Desk {
    /// The state of the ballot.
    public func summary() async throws(LedgerError) -> LedgerSummary {
        try await clerk.run { [ledger] () throws(LedgerError) in try ledger.summary() }
    }

    /// All of the ballot at one moment, though votes are coming in.
    package func report() async throws(LedgerError) -> LedgerReport {
        try await clerk.run { [ledger] () throws(LedgerError) in try ledger.report() }
    }

    /// What happened to one pack, or nil where there is none of this number.
    package func history(of pack: PackNumber) async throws(LedgerError) -> PackHistory? {
        try await clerk.run { [ledger] () throws(LedgerError) in try ledger.history(of: pack) }
    }
}
