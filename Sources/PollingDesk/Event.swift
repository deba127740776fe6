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
    package var encoded: Bytes<106> {
        var bytes = Bytes<106>()
        bytes.withMutableBytes { out in
            out.put(1 as UInt8, at: 0)
            out.put(event.type, at: 1)
            out.put(UInt64(bitPattern: at.milliseconds), at: 2)
            switch event {
            case .created, .deskOpened, .ballotOpened: break
            case .registerLoaded(let batch, let count, let digest):
                out.put(UInt32(batch), at: 34)
                out.put(UInt32(count), at: 38)
                digest.bytes.withBytes { out.copy($0, at: 42) }
            case .batchActivated(let batch, let reconciled):
                out.put(UInt32(batch), at: 34)
                out.put(UInt32(reconciled ? 1 : 0), at: 38)
            case .voteCast(let pack, let voter, let fingerprint):
                out.put(pack.value, at: 10)
                voter.bytes.withBytes { out.copy($0, at: 18) }
                fingerprint.bytes.withBytes { out.copy($0, at: 42) }
            case .wrongAnswers(let pack, let answers):
                out.put(pack.value, at: 10)
                answers.bytes.withBytes { out.copy($0, at: 42) }
            case .secondAttempt(let pack): out.put(pack.value, at: 10)
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
        }
    }
}
