/// Room for one voting code at a time, in guarded memory.
///
/// A code is never a `String` and never an array: it is read into a slot,
/// hashed there, printed from there, and overwritten by the next. Making a slot
/// costs about 60 µs, so a worker makes one and keeps it. vectors/README.md,
/// sections 5 and 9.
public struct CodeSlot: ~Copyable {
    /// The symbol values, one byte each. Where packs are made, those of the
    /// pack number follow.
    package var symbols = SecretScratch(count: 64)
    /// Answer key and spending secret of the code in the slot, 32 bytes each.
    var secrets = SecretScratch(count: 64)
    /// What its entries in a log are opened with.
    private var chain = SecretScratch(count: CodeChain.size)

    public let length: CodeLength
    private let id: ElectionID
    private let constant: ElectionConstant

    public init(_ election: Election) {
        length = election.codeLength
        id = election.id
        constant = election.constant
    }

    /// Reads what a voter typed: any case, spaces and hyphens anywhere, O for 0
    /// and I or L for 1. At most 256 bytes. The caller wipes what was typed.
    ///
    /// Runs before any hash or look-up and could run in the voter's browser:
    /// the check is public. It tells where a slip may be, and corrects nothing.
    public mutating func read(_ typed: borrowing RawSpan) -> Reading {
        let n = length.symbols
        let constant = constant
        return symbols.withMutableBytes { symbols in
            Alphabet.read(typed: typed, count: n, constant: constant, into: &symbols)
        }
    }

    /// Computes what finds the code in a ledger and what proves it there, and the
    /// code's own secrets, which the calls below need.
    @inline(__always)
    public mutating func lookup(_ key: borrowing LedgerKey) -> Lookup {
        let id = id
        let n = length.symbols
        var found = Bytes<16>()
        symbols.withBytes { symbols in
            let symbols = symbols.extracting(0..<n)
            found.withMutableBytes { id.hash(.lookup, key: key.bytes, symbols, into: &$0) }
            secrets.withMutableBytes { id.hash(.codeSecrets, key: key.bytes, symbols, into: &$0) }
        }
        var tag = Tag(Bytes())
        secrets.withBytes { secrets in
            chain.withMutableBytes {
                tag = CodeChain.derive(from: secrets.extracting(32..<64), in: id, into: &$0)
            }
        }
        // The id is declassified: it finds a row. It is a function of the code
        // that nobody without the key can compute or steer.
        return Lookup(id: LookupID(Sodium.declassify(found)), tag: tag)
    }

    /// One hash over all answers, under a key that takes the code to make: with
    /// the ledger and its key, a date of birth still cannot be guessed.
    package func answerTag(_ answers: borrowing RawSpan) -> AnswerTag {
        var tag = Bytes<16>()
        secrets.withBytes { secrets in
            tag.withMutableBytes {
                id.hash(.answers, key: secrets.extracting(0..<32), answers, into: &$0)
            }
        }
        return AnswerTag(tag)
    }

    /// What proves the code's vote: fingerprint and receipt number of an
    /// idempotency key. A pass carries this secret in place of the code.
    package func withSpendingSecret<R>(_ body: (borrowing RawSpan) -> R) -> R {
        secrets.withBytes { body($0.extracting(32..<64)) }
    }

    /// The bytes that `CodeChain.derive` filled.
    package func withChain<R>(_ body: (borrowing RawSpan) -> R) -> R { chain.withBytes(body) }

    /// Wipes the slot. It can be used again.
    public mutating func wipe() {
        symbols.wipe()
        secrets.wipe()
        chain.wipe()
    }
}

/// What a register and a ledger hold of a code.
public struct Lookup: Sendable {
    public let id: LookupID
    public let tag: Tag

    package init(id: LookupID, tag: Tag) {
        self.id = id
        self.tag = tag
    }
}

/// Finds a row: 16 bytes of a keyed hash, which nobody outside can steer.
/// No secret: it is compared and ordered in the open, after hashing.
public struct LookupID: Hashable, Comparable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(_ bytes: Bytes<16>) {
        (high, low) = bytes.withBytes { ($0.u64(0), $0.u64(8)) }
    }

    public static func < (a: LookupID, b: LookupID) -> Bool {
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

/// Proves a code: 32 bytes, the end of its `CodeChain`, compared in constant time
/// and by no `==`.
public struct Tag: Sendable {
    package let bytes: Bytes<32>
    package init(_ bytes: Bytes<32>) { self.bytes = bytes }

    public func matches(_ other: Tag) -> Bool {
        bytes.withBytes { a in other.bytes.withBytes { b in Sodium.equal(a, b) } }
    }
}

/// Proves the answers: 16 bytes, compared in constant time and by no `==`.
public struct AnswerTag: Sendable {
    package let bytes: Bytes<16>
    package init(_ bytes: Bytes<16>) { self.bytes = bytes }

    /// Where nothing is asked: 16 zero bytes.
    package static let none = AnswerTag(Bytes())

    public func matches(_ other: AnswerTag) -> Bool {
        bytes.withBytes { a in other.bytes.withBytes { b in Sodium.equal(a, b) } }
    }
}

/// What a ledger keeps of the idempotency key of an accepted vote: 16 bytes
/// that tell nothing without code and ledger key.
public struct Fingerprint: Sendable {
    package let bytes: Bytes<16>
    package init(_ bytes: Bytes<16>) { self.bytes = bytes }

    public func matches(_ other: Fingerprint) -> Bool {
        bytes.withBytes { a in other.bytes.withBytes { b in Sodium.equal(a, b) } }
    }
}

/// What the spending secret of a code makes of an idempotency key.
package enum Spending {
    /// What is stored of the key.
    package static func fingerprint(
        _ secret: borrowing RawSpan, _ key: borrowing RawSpan, in election: ElectionID
    ) -> Fingerprint {
        var bytes = Bytes<16>()
        bytes.withMutableBytes { election.hash(.idempotency, key: secret, key, into: &$0) }
        return Fingerprint(bytes)
    }

    /// The number of the receipt: made anew each time, never stored.
    package static func receiptNumber(
        _ secret: borrowing RawSpan, _ key: borrowing RawSpan, in election: ElectionID
    ) -> Bytes<32> {
        var bytes = Bytes<32>()
        bytes.withMutableBytes { election.hash(.receipt, key: secret, key, into: &$0) }
        return bytes
    }
}
