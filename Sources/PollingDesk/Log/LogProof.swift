package import Counterfoil

/// Shows that an entry is in the log of which somebody keeps a checkpoint, and
/// what it says. It shows nothing of any other entry.
///
/// Index, hashes and checkpoint are as in c2sp.org/tlog-proof; the extra data
/// are what it takes to make the leaf (vectors/README.md, section 18).
package struct LogProof: Sendable {
    package let entry: Entry
    /// Its place in the log, from 0.
    package let index: Int
    package let checkpoint: Checkpoint

    private let id: EntryID
    private let path: [Bytes<32>]
    private let written: [UInt8]

    /// For an entry that the checkpoint covers.
    package init(
        of logged: LoggedEntry, path: [Bytes<32>], checkpoint: Checkpoint, constant: ElectionConstant
    ) throws(LogProofError) {
        guard let entry = logged.entry(constant: constant) else { throw .notAnEntry }
        self.entry = entry
        index = logged.number
        id = logged.id
        self.path = path
        self.checkpoint = checkpoint
        written = logged.extra
    }

    /// Reads a proof and verifies it against the checkpoint that it brings,
    /// which must be signed by the desk of this election.
    package init(_ file: [UInt8], election: Election) throws(LogProofError) {
        guard file.count <= 1 << 18 else { throw .notAProof }
        // The lines are ASCII up to the empty one; the checkpoint follows it.
        var lines: [[UInt8]] = []
        var rest = file[...]
        while let end = rest.firstIndex(of: 0x0A), end != rest.startIndex {
            lines.append(Array(rest[..<end]))
            rest = rest[(end + 1)...]
        }
        guard rest.first == 0x0A, lines.count >= 3, lines.count <= 67,
            lines[0].elementsEqual(Self.magic.utf8), lines[1].starts(with: Self.extra.utf8),
            lines[2].starts(with: Self.index.utf8),
            let extra = Array(lines[1].dropFirst(Self.extra.utf8.count)).withBytes({ Base64.decode($0) }),
            let index = Int(String(decoding: lines[2].dropFirst(Self.index.utf8.count), as: UTF8.self)),
            index >= 0, lines[2].elementsEqual("\(Self.index)\(index)".utf8)
        else { throw .notAProof }
        var path: [Bytes<32>] = []
        for line in lines[3...] {
            guard let hash = line.withBytes({ Base64.decode($0) }).flatMap({ Bytes<32>($0) }) else {
                throw .notAProof
            }
            path.append(hash)
        }
        let checkpoint: Checkpoint
        do { checkpoint = try Checkpoint(Array(rest.dropFirst()), election: election) } catch {
            throw .checkpoint(error)
        }
        guard let logged = LoggedEntry(extra: extra, number: index) else { throw .notAnEntry }
        try self.init(of: logged, path: path, checkpoint: checkpoint, constant: election.constant)
        try verify(election)
    }

    /// Whether the hashes lead from the entry to the checkpoint's root.
    func verify(_ election: Election) throws(LogProofError) {
        let leaf = MerkleTree.leaf(entry.leaf(id: id))
        guard
            MerkleTree.root(of: leaf, at: index, size: checkpoint.head.size, path: path)
                == checkpoint.head.root
        else { throw .doesNotLead }
    }

    /// Whether the entry shows that somebody had the code whose pack has this tag
    /// in its register. Post and officers' acts show nothing of a code.
    package func isOpened(by tag: Tag) -> Bool {
        switch entry.event {
        case .voteCast(_, _, _, let opening): opening.leads(to: tag)
        case .wrongAnswers(_, _, let trial): trial.leads(to: tag)
        case .secondAttempt(_, let second): second.leads(to: tag)
        default: false
        }
    }

    /// As a file, `.tlog-proof`.
    package var text: String {
        var text =
            "\(Self.magic)\n\(Self.extra)\(written.withBytes { Base64.encode($0) })\n\(Self.index)\(index)\n"
        for hash in path { text += "\(hash.withBytes { Base64.encode($0) })\n" }
        return text + "\n" + checkpoint.text
    }

    private static let magic = "c2sp.org/tlog-proof@v1"
    private static let extra = "extra "
    private static let index = "index "
}

/// An entry as a ledger keeps it, not read yet.
package struct LoggedEntry: Sendable {
    /// Its place in the log, from 0.
    package let number: Int
    package let encoded: EncodedEntry
    package let reason: String
    package let reference: String
    package let officer: String
    package let id: EntryID

    package init(
        number: Int, encoded: EncodedEntry, reason: String, reference: String, officer: String,
        id: EntryID
    ) {
        self.number = number
        self.encoded = encoded
        self.reason = reason
        self.reference = reference
        self.officer = officer
        self.id = id
    }

    package init(_ entry: Entry, number: Int, id: EntryID) {
        self.init(
            number: number, encoded: entry.encoded, reason: entry.note.reason?.rawValue ?? "",
            reference: entry.note.reference, officer: entry.note.officer, id: id)
    }

    package var leaf: Bytes<154> {
        Entry.leaf(encoded, reason: reason, reference: reference, officer: officer, id: id)
    }

    /// Nil for bytes or a reason that no entry of this version has.
    package func entry(constant: ElectionConstant) -> Entry? {
        var note = Note(reference: reference, officer: officer)
        if !reason.isEmpty {
            note.reason = Note.Reason(rawValue: reason)
            if note.reason == nil { return nil }
        }
        return Entry(encoded, note: note, constant: constant)
    }

    /// All but the number, for a proof: event (106 bytes), id (16), then reason,
    /// reference and officer with their lengths.
    package var extra: [UInt8] {
        var bytes = encoded.array
        bytes.append(id.bytes)
        for part in [reason, reference, officer] { bytes.appendWithLength(part.utf8) }
        return bytes
    }

    package init?(extra bytes: [UInt8], number: Int) {
        guard bytes.count >= Self.noteOffset else { return nil }
        var parts: [String] = []
        var place = Self.noteOffset
        while place < bytes.count {
            guard bytes.count - place >= 4 else { return nil }
            let length = Int(bytes.withBytes { $0.u32(place) })
            place += 4
            guard length <= bytes.count - place,
                let part = String(validating: bytes[place..<place + length], as: UTF8.self)
            else { return nil }
            parts.append(part)
            place += length
        }
        guard parts.count == 3 else { return nil }
        self.init(
            number: number, encoded: bytes.withBytes { $0.bytes(0) }, reason: parts[0],
            reference: parts[1], officer: parts[2],
            id: EntryID(bytes.withBytes { $0.bytes(EncodedEntry.count) }))
    }

    /// Where reason, reference and officer begin in `extra`.
    private static let noteOffset = EncodedEntry.count + 16
}
