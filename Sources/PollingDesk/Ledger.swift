public import Counterfoil

/// Where the stubs are kept, and every change of theirs.
///
/// The protocol says what a ballot needs, not what a database does: judge a
/// group of requests against the records they touch, and write what was judged,
/// all of it or nothing, durably, before anybody hears of it. `MemoryLedger` is
/// the plainest one; every ledger passes the same contract suite.
///
/// A ledger excludes all other writers for the time of `write`, other processes
/// among them.
public protocol Ledger: Sendable {
    /// Gathers the records of `subjects`, lets `judge` record events on them,
    /// and makes these durable. When this returns, they are on the disk; when
    /// it throws, nobody may be told that they are, or that they are not.
    func write<R>(
        _ subjects: [Subject], at moment: Moment,
        _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R

    /// Takes the rows of a register in one transaction: all of them, or, when
    /// it throws, none.
    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome

    /// What is known without any key: for `status` and reports.
    func summary() throws(LedgerError) -> LedgerSummary
}

/// What a request is about.
public enum Subject: Sendable {
    /// A code that somebody typed.
    case code(LookupID)
    /// A pack that somebody holds in his hand.
    case pack(PackNumber)
}

public enum LoadOutcome: Sendable, Equatable {
    case loaded
    /// The same register, byte for byte, was loaded before: nothing changed.
    case alreadyLoaded
}

/// A batch as the ledger has it.
public struct Batch: Sendable, Equatable {
    /// Its place in the order of loading, from 1.
    public let number: Int
    public let name: BatchName
    public let kind: BatchKind
    public let count: Int
    public let loaded: Moment
    public internal(set) var activated: Moment?

    public init(
        number: Int, name: BatchName, kind: BatchKind, count: Int, loaded: Moment, activated: Moment?
    ) {
        self.number = number
        self.name = name
        self.kind = kind
        self.count = count
        self.loaded = loaded
        self.activated = activated
    }
}

/// Whether votes are taken.
public struct BallotState: Sendable, Equatable {
    public internal(set) var opened: Moment?
    public internal(set) var closed: Moment?

    public init(opened: Moment? = nil, closed: Moment? = nil) {
        self.opened = opened
        self.closed = closed
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
}

/// All that a ledger knows of one pack when it is judged. Whether its voter has
/// voted is not among it: that is the word of the votes, for all packs of the
/// voter at once.
public struct PackRecord: Sendable {
    public let row: RegisterRow
    /// The number of its batch.
    public let batch: Int
    public internal(set) var cancelled: Bool
    public internal(set) var attempts: Attempts

    public init(row: RegisterRow, batch: Int, cancelled: Bool, attempts: Attempts) {
        self.row = row
        self.batch = batch
        self.cancelled = cancelled
        self.attempts = attempts
    }
}

/// What anybody with the ledger file can read off it.
public struct LedgerSummary: Sendable {
    public let election: Election
    public let ballot: BallotState
    public let batches: [Batch]
    public let votesOnline: Int
    public let votesByPost: Int
    public let cancelled: Int
    public let locked: Int
    public let secondAttempts: Int
    /// Entries in the log.
    public let entries: Int

    public init(
        election: Election, ballot: BallotState, batches: [Batch], votesOnline: Int, votesByPost: Int,
        cancelled: Int, locked: Int, secondAttempts: Int, entries: Int
    ) {
        self.election = election
        self.ballot = ballot
        self.batches = batches
        self.votesOnline = votesOnline
        self.votesByPost = votesByPost
        self.cancelled = cancelled
        self.locked = locked
        self.secondAttempts = secondAttempts
        self.entries = entries
    }
}

/// Why a ledger gave no answer. None of these is an outcome.
public enum LedgerError: Error, Equatable, CustomStringConvertible {
    /// Nothing was changed; the text says what is wrong and what to do.
    case unusable(String)
    /// The commit failed, or was not heard of: what was judged may be on the
    /// disk or not. Stop, open the ledger again, ask again with the same key.
    case undecided(String)

    public static func otherRegister(named name: BatchName) -> LedgerError {
        .unusable(
            "another register named \(name) has been loaded; a batch is never loaded in two versions")
    }

    public static let packTwice = LedgerError.unusable(
        "a pack of this register stands twice in it, or in another one that has been loaded; nothing was loaded"
    )

    public var description: String {
        switch self {
        case .unusable(let what): what
        case .undecided(let what): "it is not known whether the last change was kept: \(what)"
        }
    }
}
