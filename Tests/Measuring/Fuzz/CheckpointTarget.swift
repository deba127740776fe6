internal import Synchronization
internal import TestSupport

@testable internal import Counterfoil
@testable internal import PollingDesk

/// A checkpoint, against signed notes as one reads them byte by byte.
/// c2sp.org/signed-note and c2sp.org/tlog-checkpoint; vectors/README.md, section 19.
///
/// First byte, bit 0: each `~` of the note after it becomes the key's hash and
/// a signature over the text above, in base64, so that what was altered is
/// signed too.
enum CheckpointTarget: FuzzTarget {
    static let name = "checkpoint"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let note = first & 1 == 1 ? PlainNote.signed(Array(input[1...])) : Array(input[1...])
        let plain = PlainNote(note)
        let found = try? Checkpoint(note, election: Props.election)
        must((found != nil) == (plain != nil), "taken: \(found != nil)")
        if let found, let plain {
            must(found.head.size == plain.size && found.head.root.array == plain.root, "another head")
            must(Array(found.text.utf8) == note, "another note")
        }
    }
}

/// A checkpoint of the rehearsal's desk, read plainly.
struct PlainNote {
    let size: Int
    let root: [UInt8]

    init?(_ note: [UInt8]) {
        guard note.count <= 131_072, String(validating: note, as: UTF8.self) != nil, note.last == 10,
            !note.contains(where: { $0 < 32 && $0 != 10 })
        else { return nil }
        guard let end = (1..<note.count).last(where: { note[$0 - 1] == 10 && note[$0] == 10 }) else {
            return nil
        }
        let text = note[..<end]
        let lines = Self.lines(text)
        guard lines.count >= 3, lines[0] == Array(Self.origin.utf8),
            lines[3...].allSatisfy({ planted || !$0.isEmpty }),
            !lines[1].isEmpty, lines[1].count <= 19, lines[1].allSatisfy({ $0 >= 48 && $0 <= 57 }),
            lines[1] == [48] || lines[1][0] != 48
        else { return nil }
        let size = lines[1].reduce(0 as UInt64) { $0 * 10 + UInt64($1 - 48) }
        guard size < 1 << 63, let root = PlainBase64.read(lines[2]), root.count == 32 else { return nil }
        self.size = Int(size)
        self.root = root

        let signatures = Self.lines(note[(end + 1)...])
        var ours = 0
        for line in signatures {
            guard line.starts(with: [0xE2, 0x80, 0x94, 0x20]),
                let space = line[4...].firstIndex(of: 32), space > 4,
                let bytes = PlainBase64.read(Array(line[(space + 1)...])), bytes.count > 4
            else { return nil }
            for letter in String(decoding: line[4..<space], as: UTF8.self).unicodeScalars {
                if letter == "+" || letter.properties.isWhitespace { return nil }
            }
            guard Array(line[4..<space]) == Array(Self.origin.utf8), Array(bytes[..<4]) == Self.keyHash else {
                continue
            }
            let isRight =
                bytes.count == 68
                && text.withBytes {
                    Sodium.ed25519Verify(
                        Bytes<64>(Array(bytes[4...]))!, $0, publicKey: Props.election.checkpointKey)
                }
            guard isRight else { return nil }
            ours += 1
        }
        guard ours > 0 else { return nil }
    }

    /// The note with `~` filled in.
    static func signed(_ note: [UInt8]) -> [UInt8] {
        guard note.count > 1, note.count(where: { $0 == 0x7E }) <= 4,
            let end = (1..<note.count).last(where: { note[$0 - 1] == 10 && note[$0] == 10 })
        else { return note }
        let signature = key.withLock { key in note[..<end].withBytes { key.signCheckpoint($0) } }
        let word = (keyHash + signature.array).withBytes { Base64.encode($0) }
        return note[..<end] + note[end...].flatMap { $0 == 0x7E ? Array(word.utf8) : [$0] }
    }

    /// What lies before each line break.
    private static func lines(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for byte in text {
            if byte == 10 {
                lines.append(line)
                line = []
            } else {
                line.append(byte)
            }
        }
        return lines
    }

    private static let key = Mutex(Props.rehearsal.deskKey())
    static let origin = "counterfoil/" + Hex.encode(Props.election.id.bytes.array)
    private static let keyHash: [UInt8] = {
        let signed = Array("\(origin)\n".utf8) + [1] + Props.election.checkpointKey.array
        return Array(signed.withBytes { Sodium.sha256($0) }.array[..<4])
    }()
}

extension ArraySlice<UInt8> {
    func withBytes<T>(_ body: (borrowing RawSpan) -> T) -> T { Array(self).withBytes(body) }
}

/// RFC 4648, section 4, by trying what would be written for the bytes read.
enum PlainBase64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func read(_ text: [UInt8]) -> [UInt8]? {
        let padding = text.reversed().prefix { $0 == 0x3D }.count
        let bits = text.dropLast(padding).flatMap { letter -> [Int] in
            guard let value = letters.firstIndex(of: letter) else { return [-1] }
            return (0..<6).map { value >> (5 - $0) & 1 }
        }
        guard text.count % 4 == 0, padding <= 2, !bits.contains(-1) else { return nil }
        let count = bits.count / 8
        guard bits.count - 8 * count == 2 * padding, !bits[(8 * count)...].contains(1) else { return nil }
        return (0..<count).map { i in bits[(8 * i)..<(8 * i + 8)].reduce(0) { $0 << 1 | UInt8($1) } }
    }
}
