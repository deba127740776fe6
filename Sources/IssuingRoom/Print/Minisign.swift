internal import Counterfoil

/// Signatures that the stock `minisign` verifies; vectors/README.md, section 13.
///
/// The prehashed form (`ED`): Ed25519 over BLAKE2b-512 of the file, and a
/// second signature over the first and the trusted comment.
enum Minisign {
    static func publicKeyFile(_ election: Election, comment: String? = nil) -> String {
        var bytes = Array("Ed".utf8)
        let keyID = keyID(election)
        bytes.append(keyID)
        bytes.append(election.manifestKey)
        return """
            untrusted comment: \(comment ?? "Counterfoil manifest key \(display(keyID))")
            \(bytes.withBytes { Base64.encode($0) })

            """
    }

    /// The text of `NAME.minisig`. Each comment is one line; the signature covers
    /// the trusted one alone.
    static func sign(
        _ file: [UInt8], comment: String,
        untrusted: String = "signed by the issuing room with Counterfoil", election: Election,
        key: borrowing IssuingKey
    ) -> String {
        var digest = Bytes<64>()
        digest.withMutableBytes { out in
            file.withBytes {
                Sodium.blake2b($0, key: RawSpan(), salt: Bytes(), label: .none, into: &out)
            }
        }
        let signature = digest.withBytes { Sodium.ed25519Sign($0, expanded: key.manifestSigner) }
        var first = Array("ED".utf8)
        first.append(keyID(election))
        first.append(signature)
        var trusted = signature.array
        trusted += Array(comment.utf8)
        let second = trusted.withBytes { Sodium.ed25519Sign($0, expanded: key.manifestSigner) }
        return """
            untrusted comment: \(untrusted)
            \(first.withBytes { Base64.encode($0) })
            trusted comment: \(comment)
            \(second.withBytes { Base64.encode($0) })

            """
    }

    static func fileName(for batch: BatchName) -> String { Manifest.fileName(batch) + ".minisig" }

    static func keyID(_ election: Election) -> Bytes<8> {
        election.manifestKey.withBytes { election.id.hash(.manifestKey, $0) }
    }

    /// As minisign shows it: the eight bytes as a little-endian number, capital hex.
    private static func display(_ id: Bytes<8>) -> String {
        Bytes<8>(id.array.reversed())!.hex.uppercased()
    }
}
