package import Counterfoil

/// Every change that any table of a ledger can show.
///
/// A ledger is the sum of its events: replaying the log in order gives its
/// tables exactly. So there is one place where an event changes a record
/// (`Scene.record`), and every ledger writes the event and its effect in one
/// transaction.
package enum Event: Sendable {
    /// A ledger was made for the election with this digest.
    case created(election: Bytes<32>)
    /// A desk that will write opened the ledger.
    case deskOpened
    /// A register was loaded as the batch with this number.
    case registerLoaded(batch: Int, count: Int, RegisterDigest)
    /// The batch's packs can vote, and those that they replace no longer.
    case batchActivated(batch: Int, reconciled: Bool)
    /// The print house's return was taken; its missing packs were cancelled.
    case batchReconciled(batch: Int, missing: Int)
    /// None of the batch's packs can vote any longer.
    case batchWithdrawn(batch: Int)
    /// Votes are taken, until the closing time if there is one. A pass given
    /// before the close is good for `grace` milliseconds after it.
    case ballotOpened(closes: Moment?, grace: Int)
    /// Votes are taken until then, also if the ballot was closed.
    case ballotExtended(until: Moment)
    /// No votes are taken online from this moment on, which may lie before the
    /// request that wrote it.
    case ballotClosed(Moment)
    /// Nothing is written after this.
    case ballotFinal

    /// An online vote was accepted.
    case voteCast(pack: PackNumber, voter: VoterNumber, Fingerprint, CodeChain.Opening)
    /// Wrong answers came with a right code.
    case wrongAnswers(pack: PackNumber, AnswerTag, CodeChain.Trial)
    /// Right answers came with a right code after its voter had voted.
    case secondAttempt(pack: PackNumber, CodeChain.Second)
    /// A ballot came back by post: the voter has voted.
    case postReceived(pack: PackNumber, voter: VoterNumber, ScanNonce)
    /// An envelope came back that cannot count. `voted` is the time of the vote
    /// that was there before, if there was one.
    case postSetAside(pack: PackNumber, SetAside, ScanNonce, voted: Moment?)
    /// The return that this scan recorded was scanned in error: the voter has not
    /// voted.
    case postAnnulled(pack: PackNumber, voter: VoterNumber, ScanNonce)
    /// The pack can vote no longer.
    case packCancelled(pack: PackNumber, Cancellation)
    /// An officer unlocked the pack.
    case packUnlocked(pack: PackNumber)
}

/// Why an envelope was set aside.
package enum SetAside: UInt8, Sendable, CaseIterable {
    case specimen = 1
    case withdrawn, superseded, cancelled, inactive
    case votedOnline, votedByPost
    /// The same envelope passed the scanner twice.
    case scannedBefore
}

/// Why a pack can vote no longer.
package enum Cancellation: UInt8, Sendable, CaseIterable {
    /// A pack of an activated batch replaces it.
    case superseded = 1
    /// An officer cancelled it.
    case byOfficer
    /// The print house did not pack it.
    case missing
    /// A pair of an activated batch names it: its person keeps another pack.
    case listed

    /// The first cancelling counts. But a replacement is told before any other.
    package func added(to before: Cancellation?) -> Cancellation {
        self == .superseded ? self : before ?? self
    }
}

extension Event {
    package var type: EventType {
        switch self {
        case .created: .created
        case .deskOpened: .deskOpened
        case .registerLoaded: .registerLoaded
        case .batchActivated: .batchActivated
        case .ballotOpened: .ballotOpened
        case .voteCast: .voteCast
        case .wrongAnswers: .wrongAnswers
        case .secondAttempt: .secondAttempt
        case .postReceived: .postReceived
        case .postSetAside: .postSetAside
        case .postAnnulled: .postAnnulled
        case .packCancelled: .packCancelled
        case .packUnlocked: .packUnlocked
        case .batchReconciled: .batchReconciled
        case .batchWithdrawn: .batchWithdrawn
        case .ballotExtended: .ballotExtended
        case .ballotClosed: .ballotClosed
        case .ballotFinal: .ballotFinal
        }
    }

    /// The pack that it is about.
    package var pack: PackNumber? {
        switch self {
        case .voteCast(let pack, _, _, _), .wrongAnswers(let pack, _, _), .secondAttempt(let pack, _),
            .postReceived(let pack, _, _), .postSetAside(let pack, _, _, _), .postAnnulled(let pack, _, _),
            .packCancelled(let pack, _), .packUnlocked(let pack):
            pack
        default: nil
        }
    }
}
