/// Every domain that a hash or a signature of Counterfoil is made for.
///
/// vectors/README.md, section 1. A label is BLAKE2b's personalisation: ASCII,
/// padded with zeros to 16 bytes. It has at least nine, because with the same
/// key, an empty message and a label of eight or fewer, the hash would equal
/// libsodium's `crypto_kdf`, whose context has exactly eight.
package struct Label: Sendable {
    package let padded: Bytes<16>

    private init(_ name: StaticString) {
        precondition((9...16).contains(name.utf8CodeUnitCount), "a label has 9 to 16 bytes")
        var padded = Bytes<16>()
        for (i, byte) in String(describing: name).utf8.enumerated() { padded[i] = byte }
        self.padded = padded
    }

    package static let constant = Label("cf1.constant")
    package static let election = Label("cf1.election")
    package static let refusedWords = Label("cf1.refused")
    package static let textFold = Label("cf1.textfold")
    package static let subkey = Label("cf1.subkey")
    package static let packCode = Label("cf1.pack-code")
    package static let voterNumber = Label("cf1.voter")
    package static let lookup = Label("cf1.lookup")
    package static let codeSecrets = Label("cf1.codesecret")
    package static let opening = Label("cf1.opening")
    package static let answers = Label("cf1.answers")
    package static let idempotency = Label("cf1.idempotent")
    package static let receipt = Label("cf1.receipt")
    package static let batchPlan = Label("cf1.batchplan")
    package static let batchBook = Label("cf1.batchbook")
    package static let register = Label("cf1.register")
    package static let manifestKey = Label("cf1.manifest")
    /// Not a hash's: associated data of the box that a pass is.
    package static let pass = Label("cf1.deskpass")
    // Not BLAKE2b's: the first 16 bytes of what SHA-2 hashes, so that anyone can
    // check it who has no BLAKE2b with a personalisation.
    package static let codeOpening = Label("cf1.code-open")
    package static let codeTrial = Label("cf1.code-try")
    package static let codeTag = Label("cf1.code-tag")
    package static let logEntry = Label("cf1.logentry")
    /// Minisign's own hash of a file has neither label nor salt.
    package static let none = Label()

    private init() { padded = Bytes() }
}

/// The random 16 bytes that tell one election from every other. They are the
/// salt of every hash, so that nothing computed for one election means
/// anything in another.
public struct ElectionID: Hashable, Sendable {
    public let bytes: Bytes<16>

    public init(_ bytes: Bytes<16>) { self.bytes = bytes }

    /// A new one. Two elections never share theirs, or last year's codes would
    /// be this year's.
    public static func random() -> ElectionID {
        var bytes = Bytes<16>()
        bytes.withMutableBytes { Sodium.random(into: &$0) }
        return ElectionID(bytes)
    }

    /// H(key, label, message) of vectors/README.md, section 1.
    @inline(__always)
    package func hash(
        _ label: Label, key: borrowing RawSpan, _ message: borrowing RawSpan,
        into out: inout MutableRawSpan
    ) {
        Sodium.blake2b(message, key: key, salt: bytes, label: label, into: &out)
    }

    @inline(__always)
    package func hash(
        _ label: Label, key: borrowing SecretBytes, _ message: borrowing RawSpan,
        into out: inout MutableRawSpan
    ) {
        key.withBytes { key in hash(label, key: key, message, into: &out) }
    }

    /// The same without a key, for what everybody may compute.
    package func hash<let size: Int>(_ label: Label, _ message: borrowing RawSpan) -> Bytes<size> {
        var out = Bytes<size>()
        out.withMutableBytes { out in
            Sodium.blake2b(message, key: RawSpan(), salt: bytes, label: label, into: &out)
        }
        return out
    }

    /// A working key under a room's secret, by its purpose.
    package func subkey(of secret: borrowing SecretBytes, _ purpose: StaticString) -> SecretBytes {
        let purpose = Array(String(describing: purpose).utf8)
        return SecretBytes(count: 32) { out in
            purpose.withBytes { hash(.subkey, key: secret, $0, into: &out) }
        }
    }
}
