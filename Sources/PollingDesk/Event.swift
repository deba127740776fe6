public import Counterfoil

/// Every change that any table of a ledger can show.
///
/// A ledger is the sum of its events: replaying the log in order gives its
/// tables exactly. So there is one place where an event changes a record
/// (`Scene.record`), and every ledger writes the event and its effect in one
/// transaction.
public enum Event: Sendable {
    /// A ledger was made for an election.
    case created
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
    /// before the close is good for `grace` milliseconds behind it.
    case ballotOpened(closes: Moment?, grace: Int)
    /// Votes are taken until then, also if the ballot was closed.
    case ballotExtended(until: Moment)
    /// No votes are taken online from this moment on, which may lie before the
    /// request that wrote it.
    case ballotClosed(Moment)
    /// Nothing is written after this.
    case ballotFinal

    /// An online vote was accepted.
    case voteCast(pack: PackNumber, voter: VoterNumber, Fingerprint)
    /// Wrong answers came with a right code.
    case wrongAnswers(pack: PackNumber, AnswerTag)
    /// Right answers came with a right code after its voter had voted.
    case secondAttempt(pack: PackNumber)
    /// A ballot came back by post: the voter has voted.
    case postReceived(pack: PackNumber, voter: VoterNumber)
    /// An envelope came back that cannot count.
    case postSetAside(pack: PackNumber, SetAside)
    /// A return was scanned in error: the voter has not voted.
    case postAnnulled(pack: PackNumber, voter: VoterNumber)
    /// The pack can vote no longer.
    case packCancelled(pack: PackNumber, Cancellation)
    /// An officer unlocked the pack.
    case packUnlocked(pack: PackNumber)
}

/// Why an envelope was set aside.
public enum SetAside: UInt8, Sendable, CaseIterable {
    case specimen = 1
    case withdrawn, superseded, cancelled, inactive
    case votedOnline, votedByPost
    /// The same envelope passed the scanner twice.
    case scannedBefore
}

/// Why a pack can vote no longer.
public enum Cancellation: UInt8, Sendable, CaseIterable {
    /// A pack of an activated batch replaces it.
    case superseded = 1
    /// An officer cancelled it.
    case byOfficer
    /// The print house did not pack it.
    case missing

    /// The first cancelling counts, but that a replacement is told above all.
    package func added(to before: Cancellation?) -> Cancellation {
        self == .superseded ? self : before ?? self
    }
}

/// Who did something, and why.
public struct Note: Sendable, Equatable {
    /// From a fixed list, so that reports can count them.
    public enum Reason: String, Sendable, CaseIterable {
        case lost, spoiled, stolen, undelivered, moved, deceased, duplicate, mistake, court, other
    }

    public var reason: Reason?
    /// A case number or the like, at most 80 bytes. Never a voter's name: the
    /// ledger holds none.
    public var reference: String
    /// The officer, at most 80 bytes.
    public var officer: String

    public init(reason: Reason? = nil, reference: String = "", officer: String = "") {
        self.reason = reason
        self.reference = reference
        self.officer = officer
    }

    /// By the software itself: a vote, a clock.
    public static let none = Note()
}

/// An event, when it happened, and who did it.
public struct Entry: Sendable {
    public let event: Event
    public let at: Moment
    public let note: Note

    public init(_ event: Event, at: Moment, note: Note = .none) {
        self.event = event
        self.at = at
        self.note = note
    }
}

extension Entry {
    /// The event without its note, 106 bytes: version (1), type, time in
    /// milliseconds (u64), pack (u64), voter (16), batch (u32), count (u32),
    /// detail (64). What an event does not have is zero.
    package var encoded: Bytes<106> {
        var bytes = Bytes<106>()
        bytes.withMutableBytes { out in
            out.put(1 as UInt8, at: 0)
            out.put(event.type, at: 1)
            out.put(UInt64(bitPattern: at.milliseconds), at: 2)
            if let pack = event.pack { out.put(pack.value, at: 10) }
            switch event {
            case .created, .deskOpened, .ballotFinal, .secondAttempt, .packUnlocked: break
            case .registerLoaded(let batch, let count, let digest):
                out.put(UInt32(batch), at: 34)
                out.put(UInt32(count), at: 38)
                digest.bytes.withBytes { out.copy($0, at: 42) }
            case .batchActivated(let batch, let reconciled):
                out.put(UInt32(batch), at: 34)
                out.put(UInt32(reconciled ? 1 : 0), at: 38)
            case .batchReconciled(let batch, let missing):
                out.put(UInt32(batch), at: 34)
                out.put(UInt32(missing), at: 38)
            case .batchWithdrawn(let batch): out.put(UInt32(batch), at: 34)
            case .ballotOpened(let closes, let grace):
                out.put(UInt32(grace), at: 38)
                if let closes { out.put(UInt64(bitPattern: closes.milliseconds), at: 42) }
            case .ballotExtended(let moment), .ballotClosed(let moment):
                out.put(UInt64(bitPattern: moment.milliseconds), at: 42)
            case .voteCast(_, let voter, let fingerprint):
                voter.bytes.withBytes { out.copy($0, at: 18) }
                fingerprint.bytes.withBytes { out.copy($0, at: 42) }
            case .wrongAnswers(_, let answers): answers.bytes.withBytes { out.copy($0, at: 42) }
            case .postReceived(_, let voter), .postAnnulled(_, let voter):
                voter.bytes.withBytes { out.copy($0, at: 18) }
            case .postSetAside(_, let why): out.put(why.rawValue, at: 42)
            case .packCancelled(_, let why): out.put(why.rawValue, at: 42)
            }
        }
        return bytes
    }
}

extension Event {
    /// Never reused, never renumbered.
    package var type: UInt8 {
        switch self {
        case .created: 1
        case .deskOpened: 2
        case .registerLoaded: 3
        case .batchActivated: 4
        case .ballotOpened: 5
        case .voteCast: 6
        case .wrongAnswers: 7
        case .secondAttempt: 8
        case .postReceived: 9
        case .postSetAside: Self.setAsideType
        case .postAnnulled: 11
        case .packCancelled: 12
        case .packUnlocked: 13
        case .batchReconciled: 14
        case .batchWithdrawn: 15
        case .ballotExtended: 16
        case .ballotClosed: 17
        case .ballotFinal: 18
        }
    }

    package static let setAsideType: UInt8 = 10

    /// The pack that it is about.
    package var pack: PackNumber? {
        switch self {
        case .voteCast(let pack, _, _), .wrongAnswers(let pack, _), .secondAttempt(let pack),
            .postReceived(let pack, _), .postSetAside(let pack, _), .postAnnulled(let pack, _),
            .packCancelled(let pack, _), .packUnlocked(let pack):
            pack
        default: nil
        }
    }
}
