internal import Counterfoil

/// Writes an age v1 file for X25519 recipients (C2SP, age.md), which the print
/// house opens with the stock `age`.
///
/// Our own, because it is small, the codes pass through it, and they should
/// never sit in another process's pipe. age does not say who wrote a file: the
/// signed manifest does.
struct AgeWriter<Sink: ByteSink>: ~Copyable {
    private static var chunk: Int { 64 << 10 }

    private(set) var sink: Sink
    private let payloadKey: SecretBytes
    /// What was written and is not a whole chunk yet; and the sealed chunk.
    private var plain = SecretScratch(count: 64 << 10)
    private var sealed = [UInt8](repeating: 0, count: (64 << 10) + 16)
    private var filled = 0
    private var counter: UInt64 = 0

    init(to sink: consuming Sink, recipients: [AgeRecipient]) throws(StreamError) {
        precondition(!recipients.isEmpty)
        self.sink = sink
        let fileKey = SecretBytes.random(count: 16)
        var header = "age-encryption.org/v1\n"
        for recipient in recipients { header += recipient.stanza(for: fileKey) }
        header += "---"
        let macKey = HKDF.sha256(fileKey, salt: [], info: "header")
        var mac = Bytes<32>()
        mac.withMutableBytes { out in
            macKey.withBytes { key in
                Array(header.utf8).withBytes { header in
                    Sodium.hmacSHA256(key: key, header, RawSpan(), into: &out)
                }
            }
        }
        header += " \(mac.withBytes { Base64.unpadded($0) })\n"

        var nonce = Bytes<16>()
        nonce.withMutableBytes { Sodium.random(into: &$0) }
        payloadKey = HKDF.sha256(fileKey, salt: nonce.array, info: "payload")
        let start = Array(header.utf8) + nonce.array
        try start.withBytes { (bytes) throws(StreamError) in try self.sink.write(bytes) }
    }

    mutating func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        var taken = 0
        while taken < bytes.byteCount {
            // A full chunk is kept until more comes: the last one is marked as last.
            if filled == Self.chunk { try seal(last: false) }
            let count = min(Self.chunk - filled, bytes.byteCount - taken)
            plain.withMutableBytes(in: filled..<filled + count) {
                $0.copy(bytes.extracting(taken..<taken + count))
            }
            filled += count
            taken += count
        }
    }

    /// Seals what is left. Once, at the end.
    mutating func finish() throws(StreamError) { try seal(last: true) }

    private mutating func seal(last: Bool) throws(StreamError) {
        // STREAM: an 11-byte big-endian counter, and one byte for the last chunk.
        var nonce = Bytes<12>()
        nonce.withMutableBytes { nonce in
            nonce.put(counter, at: 3)
            nonce.put(last ? 1 : 0 as UInt8, at: 11)
        }
        let count = filled
        if sealed.count != count + 16 { sealed = [UInt8](repeating: 0, count: count + 16) }
        var box: [UInt8] = []
        swap(&box, &sealed)
        plain.withBytes { plain in
            box.withMutableBytes {
                Sodium.chaCha20Poly1305Seal(
                    plain.extracting(0..<count), key: payloadKey, nonce: nonce, into: &$0)
            }
        }
        try box.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
        swap(&box, &sealed)
        counter += 1
        filled = 0
    }
}

/// Somebody who can open the print file: `age1…`.
public struct AgeRecipient: Sendable, Equatable {
    private let point: Bytes<32>

    /// Reads an X25519 recipient (Bech32 with the prefix `age`, BIP-173).
    public init(_ text: String) throws(AgeRecipientError) {
        // Wherever it stands, and however it is written: it must not be repeated in a message.
        if text.uppercased().contains("AGE-SECRET-KEY-") { throw .secretKey }
        if text.hasPrefix("ssh-") { throw .sshKey }
        guard let bytes = Bech32.decode(text, prefix: "age"), let point = Bytes<32>(bytes) else {
            throw .unreadable(text)
        }
        self.point = point
        // A point of low order would give everybody the same secret.
        guard Sodium.x25519(SecretBytes.random(count: 32), point) != nil else {
            throw .unreadable(text)
        }
    }

    /// The file key, wrapped for this recipient.
    fileprivate func stanza(for fileKey: borrowing SecretBytes) -> String {
        let ephemeral = SecretBytes.random(count: 32)
        let share = Sodium.x25519Base(ephemeral)
        guard let shared = Sodium.x25519(ephemeral, point) else {
            fatalError("a recipient of low order passed its check")
        }
        let wrapKey = HKDF.sha256(
            shared, salt: share.array + point.array, info: "age-encryption.org/v1/X25519")
        var body = Bytes<32>()
        body.withMutableBytes { out in
            fileKey.withBytes { fileKey in
                // Each wrap key is used once, so that the nonce may be zero.
                Sodium.chaCha20Poly1305Seal(fileKey, key: wrapKey, nonce: Bytes(), into: &out)
            }
        }
        return """
            -> X25519 \(share.withBytes { Base64.unpadded($0) })
            \(body.withBytes { Base64.unpadded($0) })

            """
    }
}

public enum AgeRecipientError: Error, Equatable, CustomStringConvertible {
    case secretKey
    case sshKey
    case unreadable(String)

    public var description: String {
        switch self {
        case .secretKey:
            "this is a secret key; a recipient begins with age1. Make a new key: this one has been shown"
        case .sshKey: "SSH keys are not taken; ask the print house for a recipient made by age-keygen (age1…)"
        case .unreadable(let text):
            "\u{201C}\(text)\u{201D} is no age recipient; copy the whole line that begins with age1"
        }
    }
}

/// HKDF-SHA-256 (RFC 5869) with one block of output.
private enum HKDF {
    static func sha256(_ key: borrowing SecretBytes, salt: [UInt8], info: String) -> SecretBytes {
        let pseudorandom = SecretBytes(count: 32) { out in
            key.withBytes { key in
                salt.withBytes { Sodium.hmacSHA256(key: $0, key, RawSpan(), into: &out) }
            }
        }
        return SecretBytes(count: 32) { out in
            pseudorandom.withBytes { key in
                Array(info.utf8).withBytes { info in
                    [UInt8](arrayLiteral: 1).withBytes { one in
                        Sodium.hmacSHA256(key: key, info, one, into: &out)
                    }
                }
            }
        }
    }
}

extension Base64 {
    /// The standard alphabet without padding, as age writes it.
    fileprivate static func unpadded(_ bytes: borrowing RawSpan) -> String {
        var text = encode(bytes)
        while text.last == "=" { text.removeLast() }
        return text
    }
}

/// BIP-173, decoding alone.
private enum Bech32 {
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    static func decode(_ text: String, prefix: String) -> [UInt8]? {
        let lower = text.lowercased()
        guard text == lower || text == text.uppercased() else { return nil }
        let bytes = Array(lower.utf8)
        guard bytes.starts(with: Array((prefix + "1").utf8)) else { return nil }
        var symbols: [UInt8] = []
        for byte in bytes[(prefix.utf8.count + 1)...] {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            symbols.append(UInt8(value))
        }
        guard symbols.count > 6 else { return nil }
        let expanded = prefix.utf8.map { $0 >> 5 } + [0] + prefix.utf8.map { $0 & 31 }
        guard polymod(expanded + symbols) == 1 else { return nil }

        var out: [UInt8] = []
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for symbol in symbols.dropLast(6) {
            word = (word << 5 | UInt32(symbol)) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        return bits < 5 && word & ((1 << bits) - 1) == 0 ? out : nil
    }

    private static func polymod(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        var check: UInt32 = 1
        for value in values {
            let top = check >> 25
            check = (check & 0x1ff_ffff) << 5 ^ UInt32(value)
            for i in 0..<5 where top >> UInt32(i) & 1 == 1 { check ^= generator[i] }
        }
        return check
    }
}
