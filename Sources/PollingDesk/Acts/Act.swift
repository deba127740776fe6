public import Counterfoil

/// What an officer decides. Each is one transaction, and one entry or more in the
/// log, with a note of who did it and why.
public enum Act: Sendable, Equatable {
    /// Votes are taken, until the closing time if there is one. A pass that was
    /// given before the close is good for `grace` after it, at most
    /// for 24 hours.
    case open(closes: Moment? = nil, grace: Duration = .seconds(600))
    /// The ballot stays open until then, or opens again. `earlier`: although another
    /// time was announced, which is later.
    case extend(until: Moment, earlier: Bool = false)
    /// No votes are taken online any more. Post is scanned until the ballot is final.
    case close
    /// Closes the ballot if it is open, and writes the last entry. Nothing is
    /// written afterwards.
    case finish
    /// The batch's packs can vote, and those that they replace no longer.
    /// `unreconciled`: although the print house's return was not taken.
    case activate(BatchName, unreconciled: Bool = false)
    /// Takes the print house's return, and cancels the packs that are missing.
    /// Whether the return adds up must be known beforehand.
    case reconcile(BatchName, missing: [PackNumber])
    /// None of the batch's packs can vote any longer. Votes that were cast stay.
    case withdraw(BatchName)
    /// The pack is lost, spoiled or stolen. A vote that was cast stays.
    case cancel(PackNumber)
    /// The voter may try again after too many wrong answers, up to the limit of
    /// the pack's lifetime.
    case unlock(PackNumber)
    /// The return that this scan recorded was scanned in error: its voter has not
    /// voted. An online vote is never annulled.
    case annul(PackNumber, scan: ScanNonce)
}

extension Desk {
    /// Does what an officer decided. When there is an outcome it is durable.
    public func perform(_ act: Act, note: Note = .none) async throws(LedgerError) -> ActOutcome {
        try await clerk.run { [self] () throws(LedgerError) in try perform(act, note: note, at: clock()) }
    }

    /// The same on a thread that may wait.
    package func perform(
        _ act: Act, note: Note = .none, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        switch act {
        case .open(let closes, let grace):
            try open(closes: closes, grace: grace.milliseconds, note, at: moment)
        case .extend(let closes, let earlier):
            try extend(until: closes, earlier: earlier, note, at: moment)
        case .close: try close(note, at: moment)
        case .finish: try finish(note, at: moment)
        case .activate(let batch, let unreconciled):
            try activate(batch, unreconciled: unreconciled, note, at: moment)
        case .reconcile(let batch, let missing):
            try reconcile(batch, missing: missing, note, at: moment)
        case .withdraw(let batch): try withdraw(batch, note, at: moment)
        case .cancel(let pack): try cancel(pack, note, at: moment)
        case .unlock(let pack): try unlock(pack, note, at: moment)
        case .annul(let pack, let scan): try annul(pack, scan: scan, note, at: moment)
        }
    }
}

extension Duration {
    /// Whole milliseconds; what is too long for a number is as long as can be.
    fileprivate var milliseconds: Int {
        let (seconds, parts) = components
        let (whole, isTooLong) = Int(seconds).multipliedReportingOverflow(by: 1000)
        return isTooLong ? (seconds < 0 ? .min : .max) : whole &+ Int(parts / 1_000_000_000_000_000)
    }
}
