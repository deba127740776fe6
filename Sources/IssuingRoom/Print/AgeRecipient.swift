internal import Counterfoil

/// Someone who can open the print file: `age1…`.
public struct AgeRecipient: Sendable, Equatable {
    private let point: Bytes<32>

    /// Reads an X25519 recipient (Bech32 with the prefix `age`, BIP-173).
    public init(_ text: String) throws(AgeRecipientError) {
        // Wherever it is, and however it is written: it must not be repeated in a message.
        if text.uppercased().contains("AGE-SECRET-KEY-") { throw .secretKey }
        if text.hasPrefix("ssh-") { throw .sshKey }
        guard let bytes = Bech32.decode(text, prefix: "age"), let point = Bytes<32>(bytes) else {
            throw .unreadable
        }
        self.point = point
        // A point of low order would give everybody the same secret.
        guard Sodium.x25519(SecretBytes.random(count: 32), point) != nil else {
            throw .unreadable
        }
    }

    /// The file key, wrapped for this recipient.
    func stanza(for fileKey: borrowing SecretBytes) -> String {
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

/// Why a text is no recipient that can be encrypted to.
public enum AgeRecipientError: Error, Equatable, Sendable {
    /// A secret key. It has been shown, and is not repeated here.
    case secretKey
    case sshKey
    /// Not `age1…`, or damaged. It may be part of a secret key, and is not repeated.
    case unreadable
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
