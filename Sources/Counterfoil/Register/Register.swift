/// The register of a batch: what the desk learns of it, signed by the issuing room.
///
/// A fixed header, rows of 97 bytes in ascending order of look-up ids, pairs of
/// packs of 16 bytes, and a signature of 64 bytes; vectors/README.md, section 12.
/// It holds keyed hashes, hashes of them, and pack numbers; no code, no name, and
/// nothing the desk could test a name against.
package enum Register {
    package static let headerSize = 128
    package static let rowSize = 97
    package static let pairSize = 16
    package static let signatureSize = 64

    /// The size in bytes of a register of so many rows and pairs.
    package static func size(rows: Int, pairs: Int) -> Int {
        headerSize + rowSize * rows + pairSize * pairs + signatureSize
    }

    fileprivate static let magic = Array("counterfoil register v1\n".utf8)
}

/// What a batch is for.
public enum BatchKind: UInt8, Sendable {
    /// Packs for members of the roll.
    case members = 1
    /// Test packs for the print house. The desk knows them and never counts them.
    case specimens = 2
    /// New packs for those that were lost, spoiled or held back.
    case replacements = 3

    public var name: String {
        switch self {
        case .members: "members"
        case .specimens: "specimens"
        case .replacements: "replacements"
        }
    }
}

/// What a pack can do.
public enum PackKind: UInt8, Sendable {
    case normal = 1
    /// Its voter can vote by post alone: no code is printed.
    case postOnly = 2
    case specimen = 3
}

/// A batch's name: 1 to 31 of A–Z a–z 0–9 . _ -, beginning with a letter or digit.
/// It becomes part of file names.
public struct BatchName: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func alphanumeric(_ c: UInt8) -> Bool {
            (0x30...0x39).contains(c) || (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c)
        }
        guard (1...31).contains(bytes.count), alphanumeric(bytes[0]),
            bytes.allSatisfy({ alphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D })
        else { return nil }
        description = text
    }

    package init?(padded: borrowing RawSpan) {
        let bytes = padded.array
        let name = bytes.prefix { $0 != 0 }
        guard bytes[name.count...].allSatisfy({ $0 == 0 }) else { return nil }
        self.init(String(decoding: name, as: UTF8.self))
    }

    package var padded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendPadded(Array(description.utf8), to: 32)
        return bytes
    }
}

/// 16 bytes that every pack of one person carries: a keyed hash of the voter id.
/// Its key never leaves the issuing room. It is the primary key of the ledger's
/// table of votes: one person, one vote.
package struct VoterNumber: Hashable, Comparable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(_ bytes: Bytes<16>) {
        (high, low) = bytes.withBytes { ($0.u64(0), $0.u64(8)) }
    }

    /// All zero: no voter's, since nobody finds an id that gives it.
    package static let nobody = VoterNumber(Bytes())

    package static func < (a: VoterNumber, b: VoterNumber) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    package var bytes: Bytes<16> {
        var bytes = Bytes<16>()
        bytes.withMutableBytes { out in
            out.put(high, at: 0)
            out.put(low, at: 8)
        }
        return bytes
    }
}

/// One row.
package struct RegisterRow: Sendable {
    package let lookup: Lookup
    package let pack: PackNumber
    package let voter: VoterNumber
    package let answers: AnswerTag
    package let kind: PackKind
    /// The pack that this one replaces.
    package let replaced: PackNumber?

    package init(
        lookup: Lookup, pack: PackNumber, voter: VoterNumber, answers: AnswerTag, kind: PackKind,
        replaced: PackNumber?
    ) {
        self.lookup = lookup
        self.pack = pack
        self.voter = voter
        self.answers = answers
        self.kind = kind
        self.replaced = replaced
    }

    package func write(into out: inout MutableRawSpan) {
        out.put(lookup.id.high, at: 0)
        out.put(lookup.id.low, at: 8)
        lookup.tag.bytes.withBytes { out.copy($0, at: 16) }
        out.put(pack.value, at: 48)
        out.put(voter.high, at: 56)
        out.put(voter.low, at: 64)
        answers.bytes.withBytes { out.copy($0, at: 72) }
        out.put(kind.rawValue, at: 88)
        out.put(replaced?.value ?? 0, at: 89)
    }

    /// Reads a row of a batch of the given kind.
    init(
        _ bytes: borrowing RawSpan, in batch: BatchKind, constant: ElectionConstant
    ) throws(RegisterError) {
        guard let kind = PackKind(rawValue: bytes.byte(88)), (kind == .specimen) == (batch == .specimens)
        else { throw .content(.packKind) }
        let replaced = bytes.u64(89)
        guard (replaced != 0) == (batch == .replacements) else {
            throw .content(.replacement)
        }
        guard let pack = PackNumber(bytes.u64(48), constant: constant) else {
            throw .content(.packNumber)
        }
        if replaced != 0 {
            guard let old = PackNumber(replaced, constant: constant) else {
                throw .content(.replacedNumber)
            }
            self.replaced = old
        } else {
            self.replaced = nil
        }
        self.lookup = Lookup(id: LookupID(bytes.bytes(0)), tag: Tag(bytes.bytes(16)))
        self.pack = pack
        self.voter = VoterNumber(bytes.bytes(56))
        self.answers = AnswerTag(bytes.bytes(72))
        self.kind = kind
    }
}

/// The 128 bytes before the rows.
package struct RegisterHeader: Sendable {
    package let batch: BatchName
    package let kind: BatchKind
    /// Rows, one or more.
    package let count: Int
    /// Pairs of packs, after the rows.
    package let pairs: Int
    /// As they are in the file.
    package let bytes: [UInt8]

    package init(election: Election, batch: BatchName, kind: BatchKind, count: Int, pairs: Int) {
        precondition(count > 0 && pairs >= 0 && (pairs == 0 || kind != .specimens))
        self.batch = batch
        self.kind = kind
        self.count = count
        self.pairs = pairs
        var bytes = Register.magic
        bytes.append(election.id.bytes)
        bytes.append(election.digest)
        bytes += batch.padded
        bytes.append(kind.rawValue)
        bytes += [UInt8](repeating: 0, count: 7)
        bytes.appendBigEndian(UInt64(count))
        bytes.appendBigEndian(UInt64(pairs))
        self.bytes = bytes
    }

    /// Reads the header of a file of `size` bytes, or, where there is no file, of
    /// whatever size it says.
    package init(
        _ bytes: borrowing RawSpan, fileSize size: Int? = nil, election: Election
    ) throws(RegisterError) {
        guard bytes.byteCount >= 24, bytes.extracting(0..<24).array == Register.magic else {
            throw .notARegister
        }
        guard bytes.byteCount >= Register.headerSize else { throw .wrongSize }
        guard ElectionID(bytes.bytes(24)) == election.id, bytes.bytes(40) == election.digest else {
            throw .otherElection
        }
        let (count, pairs) = (bytes.u64(112), bytes.u64(120))
        // Below 2^32 each, so that no sum is too large; a batch of more has no file.
        guard count >= 1, count < 1 << 32, pairs < 1 << 32 else { throw .wrongSize }
        if let size, size != Register.size(rows: Int(count), pairs: Int(pairs)) { throw .wrongSize }
        guard let batch = BatchName(padded: bytes.extracting(72..<104)),
            let kind = BatchKind(rawValue: bytes.byte(104)),
            bytes.extracting(105..<112).array.allSatisfy({ $0 == 0 })
        else { throw .content(.header) }
        guard pairs == 0 || kind != .specimens else { throw .content(.pair) }
        self.batch = batch
        self.kind = kind
        self.count = Int(count)
        self.pairs = Int(pairs)
        self.bytes = bytes.extracting(0..<Register.headerSize).array
    }
}

/// 64 bytes that name a register: what its signature is made over.
package struct RegisterDigest: Sendable, Equatable {
    package let bytes: Bytes<64>

    package init(_ bytes: Bytes<64>) { self.bytes = bytes }

    package func isSigned(by signature: Bytes<64>, election: Election) -> Bool {
        bytes.withBytes { Signed.verify(signature, $0, as: .register, key: election.registerKey) }
    }
}

extension Register {
    package static func digest(of header: RegisterHeader, _ election: Election) -> StreamingBLAKE2b {
        var digest = StreamingBLAKE2b(.register, key: RawSpan(), salt: election.id.bytes, size: 64)
        header.bytes.withBytes { digest.update($0) }
        return digest
    }

    package static func finish(_ digest: inout StreamingBLAKE2b) -> RegisterDigest {
        var bytes = Bytes<64>()
        bytes.withMutableBytes { digest.finish(into: &$0) }
        return RegisterDigest(bytes)
    }
}
