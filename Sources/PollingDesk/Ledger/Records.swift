package import Counterfoil

/// A batch as the ledger has it.
package struct Batch: Sendable, Equatable {
    /// Its place in the order of loading, from 1.
    package let number: Int
    package let name: BatchName
    package let kind: BatchKind
    package let count: Int
    package let loaded: Moment
    package internal(set) var activated: Moment?
    /// When the print house's return was taken.
    package internal(set) var reconciled: Moment?
    package internal(set) var withdrawn: Moment?
    /// Whether its packs can vote.
    package var isActive: Bool { activated != nil && withdrawn == nil }

    package init(
        number: Int, name: BatchName, kind: BatchKind, count: Int, loaded: Moment,
        activated: Moment? = nil, reconciled: Moment? = nil, withdrawn: Moment? = nil
    ) {
        self.number = number
        self.name = name
        self.kind = kind
        self.count = count
        self.loaded = loaded
        self.activated = activated
        self.reconciled = reconciled
        self.withdrawn = withdrawn
    }
}

/// The one vote of a voter.
package struct Vote: Sendable {
    package enum Channel: Sendable {
        /// With the fingerprint of the idempotency key that it was cast under.
        case online(Fingerprint)
        /// With the nonce of the scan that recorded it.
        case post(ScanNonce)
    }

    /// The pack that it was cast with.
    package let pack: PackNumber
    package let channel: Channel
    package let at: Moment

    package init(pack: PackNumber, channel: Channel, at: Moment) {
        self.pack = pack
        self.channel = channel
        self.at = at
    }

    package var isByPost: Bool { reportedChannel == .post }

    /// Whether this scan of this pack recorded it.
    package func isOfScan(_ nonce: ScanNonce, with pack: PackNumber) -> Bool {
        guard self.pack == pack, case .post(let stored) = channel else { return false }
        return stored == nonce
    }

    package var reportedChannel: ReportedChannel {
        switch channel {
        case .online: .online
        case .post: .post
        }
    }
}

/// A scan that is on the record: what its entry in the log says.
package struct RecordedScan: Sendable {
    package let pack: PackNumber
    package let nonce: ScanNonce
    package let at: Moment
    /// Why the envelope was set aside, and when its voter had voted; nil where the
    /// return was received.
    package let setAside: (why: SetAside, voted: Moment?)?
    /// Who recorded it.
    package let officer: String

    /// Nil where the event is no scan.
    package init?(_ event: Event, at moment: Moment, officer: String) {
        switch event {
        case .postReceived(let pack, _, let nonce):
            (self.pack, self.nonce, setAside) = (pack, nonce, nil)
        case .postSetAside(let pack, let why, let nonce, let voted):
            (self.pack, self.nonce, setAside) = (pack, nonce, (why, voted))
        default: return nil
        }
        at = moment
        self.officer = officer
    }
}

/// What was tried on a pack.
package struct Attempts: Sendable {
    /// Wrong answers since the pack was last unlocked.
    package internal(set) var wrong: Int
    /// Wrong answers in its lifetime.
    package internal(set) var lifetime: Int
    /// The wrong answers given last, as a tag. The same answers again cost nothing.
    package internal(set) var last: AnswerTag?
    /// Attempts with right answers after its voter had voted.
    package internal(set) var second: Int

    package init(wrong: Int = 0, lifetime: Int = 0, last: AnswerTag? = nil, second: Int = 0) {
        self.wrong = wrong
        self.lifetime = lifetime
        self.last = last
        self.second = second
    }

    mutating func count(wrong answers: AnswerTag) {
        wrong += 1
        lifetime += 1
        last = answers
    }

    mutating func unlock() {
        wrong = 0
        last = nil
    }
}

/// All that a ledger knows of one pack when it is judged. It does not say
/// whether the pack's voter has voted: the votes say that, for all packs of the
/// voter at once.
package struct PackRecord: Sendable {
    package let row: RegisterRow
    /// The number of its batch.
    package let batch: Int
    package internal(set) var cancelled: Cancellation?
    package internal(set) var attempts: Attempts

    package init(row: RegisterRow, batch: Int, cancelled: Cancellation?, attempts: Attempts) {
        self.row = row
        self.batch = batch
        self.cancelled = cancelled
        self.attempts = attempts
    }

    package func isLocked(in election: Election) -> Bool { attemptsLeft(in: election) == 0 }

    /// Wrong answers until it is locked.
    package func attemptsLeft(in election: Election) -> Int {
        max(
            0,
            min(election.lockAfter - attempts.wrong, election.lifetimeLimit - attempts.lifetime))
    }
}
