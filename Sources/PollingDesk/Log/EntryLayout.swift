package import Counterfoil

/// The bytes of an entry's event: vectors/README.md, section 18.
///
/// What they are, and where, is written here and nowhere else. Swift reads and
/// writes by these names, and the SQL of a ledger on PostgreSQL gets the numbers
/// from here when its schema is made.
package typealias EncodedEntry = Bytes<106>

/// A field of an entry. What an event does not have is zero.
package enum EntryField: String, Sendable, CaseIterable {
    case version, type, time, pack, voter, batch, count, detail
    // Parts of the detail, which are one thing or another by the entry's type.
    case why, moment, mark, chain, second, asideNonce, asideVoted

    /// In bytes, from the entry's first.
    package var offset: Int { place.offset }

    /// In bytes.
    package var size: Int { place.size }

    private var place: (offset: Int, size: Int) {
        switch self {
        case .version: (0, 1)
        case .type: (1, 1)
        case .time: (2, 8)  // u64, milliseconds
        case .pack: (10, 8)  // u64
        case .voter: (18, 16)
        case .batch: (34, 4)  // u32
        case .count: (38, 4)  // u32
        case .detail: (42, 64)  // from the left, as many bytes as the event has
        case .why: (42, 1)
        case .moment: (42, 8)  // a time
        case .mark: (42, 16)  // fingerprint, answer tag, or nonce of a scan
        case .chain: (58, 32)  // opening or trial, after a mark
        case .second: (42, 32)
        case .asideNonce: (43, 16)  // nonce of a scan, after why
        case .asideVoted: (59, 8)  // time of the vote that was there, or zero
        }
    }
}

/// What kind of event an entry is about, as its byte `type` says it. Never
/// reused, never renumbered.
package enum EventType: UInt8, Sendable, CaseIterable {
    case created = 1
    case deskOpened = 2
    case registerLoaded = 3
    case batchActivated = 4
    case ballotOpened = 5
    case voteCast = 6
    case wrongAnswers = 7
    case secondAttempt = 8
    case postReceived = 9
    case postSetAside = 10
    case postAnnulled = 11
    case packCancelled = 12
    case packUnlocked = 13
    case batchReconciled = 14
    case batchWithdrawn = 15
    case ballotExtended = 16
    case ballotClosed = 17
    case ballotFinal = 18

    /// As vectors/README.md names it, and SQL.
    package var name: String {
        switch self {
        case .created: "created"
        case .deskOpened: "desk-opened"
        case .registerLoaded: "register-loaded"
        case .batchActivated: "batch-activated"
        case .ballotOpened: "ballot-opened"
        case .voteCast: "vote-cast"
        case .wrongAnswers: "wrong-answers"
        case .secondAttempt: "second-attempt"
        case .postReceived: "post-received"
        case .postSetAside: "post-set-aside"
        case .postAnnulled: "post-annulled"
        case .packCancelled: "pack-cancelled"
        case .packUnlocked: "pack-unlocked"
        case .batchReconciled: "batch-reconciled"
        case .batchWithdrawn: "batch-withdrawn"
        case .ballotExtended: "ballot-extended"
        case .ballotClosed: "ballot-closed"
        case .ballotFinal: "ballot-final"
        }
    }
}

extension EncodedEntry {
    /// What the field `version` holds.
    package static var version: UInt8 { 1 }

    /// Nil for a type that this version does not know.
    package var type: EventType? { EventType(rawValue: self[.type]) }

    package var time: Moment { withBytes { $0.moment(.time) } }

    /// The scan that it is about.
    package var scan: ScanNonce? {
        switch type {
        case .postReceived, .postAnnulled: withBytes { ScanNonce($0.bytes(.mark)) }
        case .postSetAside: withBytes { ScanNonce($0.bytes(.asideNonce)) }
        default: nil
        }
    }

    /// The first byte of a field.
    package subscript(field: EntryField) -> UInt8 { self[field.offset] }
}

extension RawSpan {
    func u32(_ field: EntryField) -> UInt32 {
        precondition(field.size >= 4)
        return u32(field.offset)
    }

    func u64(_ field: EntryField) -> UInt64 {
        precondition(field.size >= 8)
        return u64(field.offset)
    }

    func moment(_ field: EntryField) -> Moment {
        Moment(milliseconds: Int64(bitPattern: u64(field)))
    }

    /// As many bytes as the result has, from the left.
    func bytes<let size: Int>(_ field: EntryField) -> Bytes<size> {
        precondition(field.size >= size)
        return bytes(field.offset)
    }
}

extension MutableRawSpan {
    mutating func put(_ value: UInt8, at field: EntryField) { put(value, at: field.offset) }

    mutating func put(_ value: UInt32, at field: EntryField) {
        precondition(field.size >= 4)
        put(value, at: field.offset)
    }

    mutating func put(_ value: UInt64, at field: EntryField) {
        precondition(field.size >= 8)
        put(value, at: field.offset)
    }

    mutating func put(_ moment: Moment, at field: EntryField) {
        put(UInt64(bitPattern: moment.milliseconds), at: field)
    }

    mutating func put<let size: Int>(_ bytes: Bytes<size>, at field: EntryField) {
        precondition(field.size >= size)
        bytes.withBytes { copy($0, at: field.offset) }
    }
}
