package import Counterfoil

/// An event, when it happened, and who did it: what the log keeps.
///
/// vectors/README.md, section 18, has the bytes.
package struct Entry: Sendable {
    package let event: Event
    package let at: Moment
    package let note: Note

    package init(_ event: Event, at: Moment, note: Note = .none) {
        self.event = event
        self.at = at
        self.note = note
    }
}

/// 16 random bytes that are an entry's own. They blind its leaf: anyone who
/// holds a leaf's hash cannot try out what the entry might say. A proof about
/// a neighbour gives such a hash away.
package struct EntryID: Sendable, Hashable {
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
    /// The leaf of this entry in the log's tree, 154 bytes: the event, and SHA-384
    /// of its note together with the blinding bytes.
    package func leaf(id: EntryID) -> Bytes<154> {
        Self.leaf(
            encoded, reason: note.reason?.rawValue ?? "", reference: note.reference,
            officer: note.officer, id: id)
    }

    package static func leaf(
        _ encoded: EncodedEntry, reason: String, reference: String, officer: String, id: EntryID
    ) -> Bytes<154> {
        var text = Label.logEntry.padded.array
        text.append(id.bytes)
        for part in [reason, reference, officer] { text.appendWithLength(part.utf8) }
        var leaf = Bytes<154>()
        leaf.withMutableBytes { leaf in
            encoded.withBytes { leaf.copy($0) }
            let seal = text.withBytes { Sodium.sha384($0) }
            seal.withBytes { leaf.copy($0, at: EncodedEntry.count) }
        }
        return leaf
    }

    /// The event without its note: see `EntryField`.
    package var encoded: EncodedEntry {
        var bytes = EncodedEntry()
        bytes.withMutableBytes { out in
            out.put(EncodedEntry.version, at: .version)
            out.put(event.type.rawValue, at: .type)
            out.put(at, at: .time)
            if let pack = event.pack { out.put(pack.value, at: .pack) }
            switch event {
            case .deskOpened, .ballotFinal, .packUnlocked: break
            case .created(let election): out.put(election, at: .detail)
            case .registerLoaded(let batch, let count, let digest):
                out.put(UInt32(batch), at: .batch)
                out.put(UInt32(count), at: .count)
                out.put(digest.bytes, at: .detail)
            case .batchActivated(let batch, let reconciled):
                out.put(UInt32(batch), at: .batch)
                out.put(UInt32(reconciled ? 1 : 0), at: .count)
            case .batchReconciled(let batch, let missing):
                out.put(UInt32(batch), at: .batch)
                out.put(UInt32(missing), at: .count)
            case .batchWithdrawn(let batch): out.put(UInt32(batch), at: .batch)
            case .ballotOpened(let closes, let grace):
                out.put(UInt32(grace), at: .count)
                if let closes { out.put(closes, at: .moment) }
            case .ballotExtended(let moment), .ballotClosed(let moment): out.put(moment, at: .moment)
            case .voteCast(_, let voter, let fingerprint, let opening):
                out.put(voter.bytes, at: .voter)
                out.put(fingerprint.bytes, at: .mark)
                out.put(opening.bytes, at: .chain)
            case .wrongAnswers(_, let answers, let trial):
                out.put(answers.bytes, at: .mark)
                out.put(trial.bytes, at: .chain)
            case .secondAttempt(_, let second): out.put(second.bytes, at: .second)
            case .postReceived(_, let voter, let scan), .postAnnulled(_, let voter, let scan):
                out.put(voter.bytes, at: .voter)
                out.put(scan.bytes, at: .mark)
            case .postSetAside(_, let why, let scan, let voted):
                out.put(why.rawValue, at: .why)
                out.put(scan.bytes, at: .asideNonce)
                if let voted { out.put(voted, at: .asideVoted) }
            case .packCancelled(_, let why): out.put(why.rawValue, at: .why)
            }
        }
        return bytes
    }

    /// Reads the bytes back, or nil: what `encoded` cannot have written.
    package init?(_ bytes: EncodedEntry, note: Note = .none, constant: ElectionConstant) {
        guard let event = Event(bytes, constant: constant) else { return nil }
        self.init(event, at: bytes.time, note: note)
        // Every byte that has no meaning must be zero, or one entry would have
        // many forms.
        guard encoded == bytes else { return nil }
    }
}

extension Event {
    fileprivate init?(_ entry: EncodedEntry, constant: ElectionConstant) {
        guard let type = entry.type else { return nil }
        let event: Event? = entry.withBytes { bytes in
            let batch = Int(bytes.u32(.batch))
            let count = Int(bytes.u32(.count))
            let voter = VoterNumber(bytes.bytes(.voter))
            let moment = bytes.moment(.moment)
            let scan = ScanNonce(bytes.bytes(.mark))
            func aboutPack(_ event: (PackNumber) -> Event?) -> Event? {
                PackNumber(bytes.u64(.pack), constant: constant).flatMap(event)
            }
            switch type {
            case .created: return .created(election: bytes.bytes(.detail))
            case .deskOpened: return .deskOpened
            case .registerLoaded:
                return .registerLoaded(batch: batch, count: count, RegisterDigest(bytes.bytes(.detail)))
            case .batchActivated: return .batchActivated(batch: batch, reconciled: count == 1)
            case .ballotOpened:
                return .ballotOpened(closes: moment.milliseconds == 0 ? nil : moment, grace: count)
            case .voteCast:
                let opening = CodeChain.Opening(bytes.bytes(.chain))
                return aboutPack {
                    .voteCast(pack: $0, voter: voter, Fingerprint(bytes.bytes(.mark)), opening)
                }
            case .wrongAnswers:
                let trial = CodeChain.Trial(bytes.bytes(.chain))
                return aboutPack { .wrongAnswers(pack: $0, AnswerTag(bytes.bytes(.mark)), trial) }
            case .secondAttempt:
                let second = CodeChain.Second(bytes.bytes(.second))
                return aboutPack { .secondAttempt(pack: $0, second) }
            case .postReceived: return aboutPack { .postReceived(pack: $0, voter: voter, scan) }
            case .postSetAside:
                let (scan, voted) = (ScanNonce(bytes.bytes(.asideNonce)), bytes.moment(.asideVoted))
                return aboutPack { pack in
                    SetAside(rawValue: entry[.why]).map {
                        .postSetAside(pack: pack, $0, scan, voted: voted.milliseconds == 0 ? nil : voted)
                    }
                }
            case .postAnnulled: return aboutPack { .postAnnulled(pack: $0, voter: voter, scan) }
            case .packCancelled:
                // What the activation of a batch cancels has no entry of its own.
                return aboutPack { pack in
                    guard let why = Cancellation(rawValue: entry[.why]),
                        why == .byOfficer || why == .missing
                    else { return nil }
                    return .packCancelled(pack: pack, why)
                }
            case .packUnlocked: return aboutPack { .packUnlocked(pack: $0) }
            case .batchReconciled: return .batchReconciled(batch: batch, missing: count)
            case .batchWithdrawn: return .batchWithdrawn(batch: batch)
            case .ballotExtended: return .ballotExtended(until: moment)
            case .ballotClosed: return .ballotClosed(moment)
            case .ballotFinal: return .ballotFinal
            }
        }
        guard let event else { return nil }
        self = event
    }
}
