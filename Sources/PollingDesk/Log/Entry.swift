package import Counterfoil

/// An event, when it happened, and who did it: what the log keeps.
///
/// vectors/README.md, section 19, has the bytes.
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

/// 16 random bytes that are an entry's own. They blind its leaf: who holds a
/// leaf's hash, as everybody does who was given a proof about a neighbour,
/// cannot try out what the entry might say.
public struct EntryID: Sendable, Hashable {
    package let bytes: Bytes<16>

    package init(_ bytes: Bytes<16>) { self.bytes = bytes }

    /// New ones, drawn at once: a call to the system costs more than the bytes.
    package static func random(count: Int) -> [EntryID] {
        var bytes = [UInt8](repeating: 0, count: 16 * count)
        bytes.withMutableBytes { Sodium.random(into: &$0) }
        return bytes.withBytes { bytes in (0..<count).map { EntryID(bytes.bytes(16 * $0)) } }
    }
}

extension Entry {
    /// The leaf of the log's tree that stands for this entry, 154 bytes: the
    /// event, and a hash of its note together with the blinding bytes.
    package func leaf(_ id: EntryID, _ election: ElectionID) -> Bytes<154> {
        Self.leaf(
            encoded, reason: note.reason?.rawValue ?? "", reference: note.reference,
            officer: note.officer, id, election)
    }

    package static func leaf(
        _ encoded: Bytes<106>, reason: String, reference: String, officer: String, _ id: EntryID,
        _ election: ElectionID
    ) -> Bytes<154> {
        var text: [UInt8] = []
        for part in [reason, reference, officer] { text.appendWithLength(part.utf8) }
        var leaf = Bytes<154>()
        leaf.withMutableBytes { leaf in
            encoded.withBytes { leaf.copy($0) }
            var seal = Bytes<48>()
            id.bytes.withBytes { key in
                text.withBytes { text in
                    seal.withMutableBytes { election.hash(.logEntry, key: key, text, into: &$0) }
                }
            }
            seal.withBytes { leaf.copy($0, at: 106) }
        }
        return leaf
    }

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
            case .deskOpened, .ballotFinal, .secondAttempt, .packUnlocked: break
            case .created(let election): election.withBytes { out.copy($0, at: 42) }
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

    /// Reads the 106 bytes back, or nil: what `encoded` cannot have written.
    package init?(_ bytes: Bytes<106>, note: Note = .none, constant: ElectionConstant) {
        guard let event = Event(bytes, constant: constant) else { return nil }
        let at = bytes.withBytes { Moment(milliseconds: Int64(bitPattern: $0.u64(2))) }
        self.init(event, at: at, note: note)
        // Every byte that has no meaning must be zero, or one entry would have
        // many forms.
        guard encoded == bytes else { return nil }
    }
}

extension Event {
    fileprivate init?(_ bytes: Bytes<106>, constant: ElectionConstant) {
        let event: Event? = bytes.withBytes { bytes in
            let batch = Int(bytes.u32(34))
            let count = Int(bytes.u32(38))
            let voter = VoterNumber(bytes.bytes(18))
            let moment = Moment(milliseconds: Int64(bitPattern: bytes.u64(42)))
            func aboutPack(_ event: (PackNumber) -> Event?) -> Event? {
                PackNumber(bytes.u64(10), constant: constant).flatMap(event)
            }
            switch bytes.byte(1) {
            case 1: return .created(election: bytes.bytes(42))
            case 2: return .deskOpened
            case 3: return .registerLoaded(batch: batch, count: count, RegisterDigest(bytes.bytes(42)))
            case 4: return .batchActivated(batch: batch, reconciled: count == 1)
            case 5: return .ballotOpened(closes: moment.milliseconds == 0 ? nil : moment, grace: count)
            case 6: return aboutPack { .voteCast(pack: $0, voter: voter, Fingerprint(bytes.bytes(42))) }
            case 7: return aboutPack { .wrongAnswers(pack: $0, AnswerTag(bytes.bytes(42))) }
            case 8: return aboutPack { .secondAttempt(pack: $0) }
            case 9: return aboutPack { .postReceived(pack: $0, voter: voter) }
            case 10:
                return aboutPack { pack in
                    SetAside(rawValue: bytes.byte(42)).map { .postSetAside(pack: pack, $0) }
                }
            case 11: return aboutPack { .postAnnulled(pack: $0, voter: voter) }
            case 12:
                // What supersedes a pack is a batch's activation, and no entry of its own.
                return aboutPack { pack in
                    guard let why = Cancellation(rawValue: bytes.byte(42)), why != .superseded else {
                        return nil
                    }
                    return .packCancelled(pack: pack, why)
                }
            case 13: return aboutPack { .packUnlocked(pack: $0) }
            case 14: return .batchReconciled(batch: batch, missing: count)
            case 15: return .batchWithdrawn(batch: batch)
            case 16: return .ballotExtended(until: moment)
            case 17: return .ballotClosed(moment)
            case 18: return .ballotFinal
            default: return nil
            }
        }
        guard let event else { return nil }
        self = event
    }
}
