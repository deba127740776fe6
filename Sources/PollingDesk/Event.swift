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
    case ballotOpened
    /// An online vote was accepted.
    case voteCast(pack: PackNumber, voter: VoterNumber, Fingerprint)
    /// Wrong answers came with a right code.
    case wrongAnswers(pack: PackNumber, AnswerTag)
    /// Right answers came with a right code after its voter had voted.
    case secondAttempt(pack: PackNumber)
}

/// An event and when it happened.
public struct Entry: Sendable {
    public let event: Event
    public let at: Moment

    public init(_ event: Event, at: Moment) {
        self.event = event
        self.at = at
    }
}

extension Entry {
    /// 106 bytes: version (1), type, time in milliseconds (u64), pack (u64),
    /// voter (16), batch (u32), count (u32), detail (64). What an event does not
    /// have is zero.
    package static let size = 106

    package var encoded: [UInt8] {
        var pack: UInt64 = 0
        var voter = Bytes<16>()
        var batch = 0
        var count = 0
        var detail: [UInt8] = []
        switch event {
        case .created, .deskOpened, .ballotOpened: break
        case .registerLoaded(let number, let rows, let digest):
            batch = number
            count = rows
            detail = digest.bytes.array
        case .batchActivated(let number, let reconciled):
            batch = number
            count = reconciled ? 1 : 0
        case .voteCast(let number, let holder, let fingerprint):
            pack = number.value
            voter = holder.bytes
            detail = fingerprint.bytes.array
        case .wrongAnswers(let number, let answers):
            pack = number.value
            detail = answers.bytes.array
        case .secondAttempt(let number): pack = number.value
        }
        var bytes: [UInt8] = [1, event.type]
        bytes.reserveCapacity(Self.size)
        bytes.appendBigEndian(UInt64(bitPattern: at.milliseconds))
        bytes.appendBigEndian(pack)
        bytes.append(voter)
        bytes.appendBigEndian(UInt32(batch))
        bytes.appendBigEndian(UInt32(count))
        bytes.appendPadded(detail, to: 64)
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
        }
    }
}
