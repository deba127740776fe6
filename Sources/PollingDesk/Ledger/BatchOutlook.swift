/// What activating or withdrawing a batch means for voters: what an officer looks at
/// before they do it.
package struct BatchOutlook: Sendable {
    package let batch: Batch
    /// What became of its packs.
    package let balance: Balance
    /// What became of the packs that its activation ends: those that it replaces, and
    /// those that its register lists because the person keeps another one. Packs that
    /// are not loaded are not counted.
    package let ended: Balance
    /// Voters who have not voted, and could with a pack of this batch, were it active, and
    /// with no pack of another batch that is active.
    package let lastPacks: Int
    /// Of these voters, those whose pack of this batch replaces another.
    package let lastReplacements: Int

    package init(batch: Batch, balance: Balance, ended: Balance, lastPacks: Int, lastReplacements: Int) {
        self.batch = batch
        self.balance = balance
        self.ended = ended
        self.lastPacks = lastPacks
        self.lastReplacements = lastReplacements
    }
}

extension Balance {
    /// Packs that can vote, online or by post.
    package var usable: Int { self[.live] + self[.locked] }
}
