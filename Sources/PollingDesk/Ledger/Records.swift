public import Counterfoil

/// A batch as the ledger has it.
public struct Batch: Sendable, Equatable {
    /// Its place in the order of loading, from 1.
    public let number: Int
    public let name: BatchName
    public let kind: BatchKind
    public let count: Int
    public let loaded: Moment
    public internal(set) var activated: Moment?
    /// When the print house's return was taken.
    public internal(set) var reconciled: Moment?
    public internal(set) var withdrawn: Moment?

    public init(
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

/// Whether votes are taken.
public struct BallotState: Sendable, Equatable {
    public enum Phase: String, Sendable { case before, open, closed, final }

    public internal(set) var opened: Moment?
    /// When it is going to close by itself.
    public internal(set) var closes: Moment?
    /// How long behind the close a pass given before it is good, in milliseconds.
    public internal(set) var grace: Int
    /// When it closed. Set until it is extended, whatever clocks say.
    public internal(set) var closed: Moment?
    public internal(set) var final: Moment?

    public init(
        opened: Moment? = nil, closes: Moment? = nil, grace: Int = 0, closed: Moment? = nil,
        final: Moment? = nil
    ) {
        self.opened = opened
        self.closes = closes
        self.grace = grace
        self.closed = closed
        self.final = final
    }

    public var phase: Phase {
        if final != nil { return .final }
        if closed != nil { return .closed }
        return opened == nil ? .before : .open
    }

    /// Whether it is closed, and somebody who had a pass before may still finish.
    func isInGrace(at now: Moment) -> Bool {
        guard phase == .closed, let closed else { return false }
        // A forged log can hold any time; then the difference has no number.
        let (late, hasNone) = now.milliseconds.subtractingReportingOverflow(closed.milliseconds)
        return !hasNone && late < grace
    }
}

/// The one vote of a voter.
public struct Vote: Sendable {
    public enum Channel: Sendable {
        /// With the fingerprint of the idempotency key that it was cast under.
        case online(Fingerprint)
        case post
    }

    /// The pack that it was cast with.
    public let pack: PackNumber
    public let channel: Channel
    public let at: Moment

    public init(pack: PackNumber, channel: Channel, at: Moment) {
        self.pack = pack
        self.channel = channel
        self.at = at
    }

    public var isByPost: Bool { reportedChannel == .post }

    public var reportedChannel: ReportedChannel {
        switch channel {
        case .online: .online
        case .post: .post
        }
    }
}

/// What was tried on a pack.
public struct Attempts: Sendable {
    /// Wrong answers since the pack was last unlocked.
    public internal(set) var wrong: Int
    /// Wrong answers in its lifetime.
    public internal(set) var lifetime: Int
    /// The wrong answers given last, as a tag: the same again cost nothing.
    public internal(set) var last: AnswerTag?
    /// Attempts with right answers after its voter had voted.
    public internal(set) var second: Int

    public init(wrong: Int = 0, lifetime: Int = 0, last: AnswerTag? = nil, second: Int = 0) {
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

/// All that a ledger knows of one pack when it is judged. Whether its voter has
/// voted is not among it: that is the word of the votes, for all packs of the
/// voter at once.
public struct PackRecord: Sendable {
    public let row: RegisterRow
    /// The number of its batch.
    public let batch: Int
    public internal(set) var cancelled: Cancellation?
    public internal(set) var attempts: Attempts

    public init(row: RegisterRow, batch: Int, cancelled: Cancellation?, attempts: Attempts) {
        self.row = row
        self.batch = batch
        self.cancelled = cancelled
        self.attempts = attempts
    }

    public func isLocked(in election: Election) -> Bool { attemptsLeft(in: election) == 0 }

    /// Wrong answers until it is locked.
    public func attemptsLeft(in election: Election) -> Int {
        max(
            0,
            min(election.lockAfter - attempts.wrong, election.lifetimeLimit - attempts.lifetime))
    }
}

/// What a pack can do, whatever its voter has done; the first that applies.
public enum Standing: String, Sendable, CaseIterable {
    case specimen, superseded, withdrawn, cancelled, inactive, live

    public init(_ pack: PackRecord, in batch: Batch) {
        self.init(pack.row.kind, in: batch, cancelled: pack.cancelled)
    }

    init(_ kind: PackKind, in batch: Batch, cancelled: Cancellation?) {
        if kind == .specimen {
            self = .specimen
        } else if cancelled == .superseded {
            self = .superseded
        } else if batch.withdrawn != nil {
            self = .withdrawn
        } else if cancelled != nil {
            self = .cancelled
        } else {
            self = batch.activated == nil ? .inactive : .live
        }
    }

    /// For an envelope of such a pack.
    var setAside: SetAside? {
        switch self {
        case .specimen: .specimen
        case .withdrawn: .withdrawn
        case .superseded: .superseded
        case .cancelled: .cancelled
        case .inactive: .inactive
        case .live: nil
        }
    }
}
