public import Counterfoil

/// The head of a log, signed by the desk: what others keep, so that the log
/// cannot be changed without their notice.
///
/// A signed note (c2sp.org/signed-note) that holds a checkpoint
/// (c2sp.org/tlog-checkpoint): existing verifiers read it. Below 1 KiB, unless
/// others have added their signatures.
public struct Checkpoint: Sendable {
    public let head: TreeHead
    /// The whole note, as it is in a file.
    public let text: String

    /// Signs the head of a ledger's log.
    package init(_ head: TreeHead, _ election: Election, _ key: borrowing DeskKey) {
        let body = Self.body(head, election)
        let signature = Array(body.utf8).withBytes { key.signCheckpoint($0) }
        var bytes = Self.keyID(of: election)
        bytes.append(signature)
        self.head = head
        text = "\(body)\n\u{2014} \(Self.origin(of: election)) \(bytes.withBytes { Base64.encode($0) })\n"
    }

    /// Reads a checkpoint and verifies that the desk of this election signed it.
    public init(_ note: [UInt8], election: Election) throws(CheckpointError) {
        // Notes are text: no control characters, and what is no UTF-8 is none.
        guard note.count <= 1 << 17, let text = String(validating: note, as: UTF8.self),
            note.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }), note.last == 0x0A
        else { throw .notACheckpoint }
        // By bytes, not by characters: a letter may swallow the space or the
        // plus sign in front of it, and other verifiers would see it.
        // The text ends at the last empty line; signatures follow it.
        var lines = note.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard let empty = lines.lastIndex(where: { $0.isEmpty }) else { throw .notACheckpoint }
        let signatures = lines[(empty + 1)...]
        lines = lines[..<empty]
        guard lines.count >= 3, lines.dropFirst(3).allSatisfy({ !$0.isEmpty }), !signatures.isEmpty
        else { throw .notACheckpoint }
        let origin = Array(Self.origin(of: election).utf8)
        guard lines[0] == origin[...] else { throw .otherLog }
        guard let size = Int(String(decoding: lines[1], as: UTF8.self)), size >= 0,
            lines[1].elementsEqual(String(size).utf8),
            let root = Array(lines[2]).withBytes({ Base64.decode($0) }).flatMap({ Bytes<32>($0) })
        else { throw .notACheckpoint }

        let body = Array(note[..<lines[empty - 1].endIndex]) + [0x0A]
        var isSigned = false
        for line in signatures {
            guard let (name, bytes) = Self.signature(line) else { throw .notACheckpoint }
            // Others may sign too. Only ours counts, and it must be right.
            guard name == origin[...], Array(bytes[..<4]) == Self.keyID(of: election) else { continue }
            guard let signature = Bytes<64>(Array(bytes[4...])),
                body.withBytes({
                    Sodium.ed25519Verify(signature, $0, publicKey: election.checkpointKey)
                })
            else { throw .badSignature }
            isSigned = true
        }
        guard isSigned else { throw .badSignature }
        head = TreeHead(size: size, root: root)
        self.text = text
    }

    /// The name of the log, and of the key that signs for it.
    public static func origin(of election: Election) -> String { "counterfoil/\(election.id.bytes.hex)" }

    /// The key that verifies checkpoints, in the form that Go's `sumdb/note`
    /// and other verifiers of signed notes take.
    public static func verifierKey(of election: Election) -> String {
        var key: [UInt8] = [ed25519]
        key.append(election.checkpointKey)
        return
            "\(origin(of: election))+\(Hex.encode(keyID(of: election)))+\(key.withBytes { Base64.encode($0) })"
    }

    /// The name and the bytes (key hash, then signature) of a line `— NAME BASE64`.
    private static func signature(_ line: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, bytes: [UInt8])? {
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].elementsEqual("\u{2014}".utf8), !words[1].isEmpty,
            !String(decoding: words[1], as: UTF8.self).unicodeScalars
                .contains(where: { $0 == "+" || $0.properties.isWhitespace }),
            let bytes = Array(words[2]).withBytes({ Base64.decode($0) }), bytes.count > 4
        else { return nil }
        return (words[1], bytes)
    }

    private static func body(_ head: TreeHead, _ election: Election) -> String {
        "\(origin(of: election))\n\(head.size)\n\(head.root.withBytes { Base64.encode($0) })\n"
    }

    /// The first four bytes of SHA-256 over name, newline, type and key.
    private static func keyID(of election: Election) -> [UInt8] {
        var bytes = Array("\(origin(of: election))\n".utf8)
        bytes.append(ed25519)
        bytes.append(election.checkpointKey)
        return Array(bytes.withBytes { Sodium.sha256($0) }.array[..<4])
    }

    private static let ed25519: UInt8 = 1
}
