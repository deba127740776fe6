package import Counterfoil

/// The ballot at one moment: what anyone with the ledger can read off it.
public struct LedgerSummary: Sendable {
    package let election: Election
    /// Whether votes are taken.
    public let ballot: BallotState
    package let batches: [Batch]
    /// What became of the packs.
    public let balance: Balance
    /// Attempts with right answers after the voter had voted.
    package let secondAttempts: Int
    /// Envelopes that were set aside: each scan of one, but for those that are only
    /// scanned again.
    package let setAside: Int
    /// Scans of envelopes that count already.
    package let rescans: Int
    /// Entries in the log.
    package let entries: Int

    package init(
        election: Election, ballot: BallotState, batches: [Batch], balance: Balance,
        secondAttempts: Int, setAside: Int, rescans: Int, entries: Int
    ) {
        self.election = election
        self.ballot = ballot
        self.batches = batches
        self.balance = balance
        self.secondAttempts = secondAttempts
        self.setAside = setAside
        self.rescans = rescans
        self.entries = entries
    }
}
