/// What became of an officer's act.
public enum ActOutcome: Sendable, Equatable {
    case done
    case refused(ActRefusal)
}

/// Why the rules refuse an act; nothing was changed.
public enum ActRefusal: String, Sendable, CaseIterable {
    case final
    case noSuchPack = "no-such-pack"
    case nothingToAnnul = "nothing-to-annul"
    case alreadyAnnulled = "already-annulled"
    case specimen
    case alreadyCancelled = "already-cancelled"
    case notLocked = "not-locked"
    case lockedForGood = "locked-for-good"
    case noSuchBatch = "no-such-batch"
    case withdrawn
    case alreadyActive = "already-active"
    case alreadyWithdrawn = "already-withdrawn"
    case alreadyReconciled = "already-reconciled"
    case notReconciled = "not-reconciled"
    case replacedVoted = "replaced-voted"
    case otherPacks = "other-packs"
    case alreadyOpen = "already-open"
    case notOpen = "not-open"
    case closed
    case alreadyClosed = "already-closed"
    case inThePast = "in-the-past"
    /// Another closing time was announced, which is later.
    case earlier
    case badGrace = "bad-grace"
}
