internal import Counterfoil

/// HKDF-SHA-256 (RFC 5869) with one block of output.
enum HKDF {
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
