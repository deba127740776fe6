/// The key that both rooms share: it turns codes into what the ledger stores.
///
/// Anyone who holds it can compute the hash of a code of their own choosing.
/// They cannot find the code of a hash. That is why the desk takes packs only
/// from a register that the issuing room has signed.
public struct LedgerKey: ~Copyable, Sendable {
    package let bytes: SecretBytes

    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}

/// The desk's keys: the ledger key, and what receipts, checkpoints and passes
/// are made with. None of them can make a code or a register.
public struct DeskKey: ~Copyable, Sendable {
    public let ledgerKey: LedgerKey
    /// Expanded once, since a busy desk signs a receipt for every vote.
    private let receiptSigner: SecretBytes
    private let checkpointSigner: SecretBytes
    package let passKey: SecretBytes

    package let receiptPublicKey: Bytes<32>
    package let checkpointPublicKey: Bytes<32>

    package init(election id: ElectionID, ledgerKey: consuming SecretBytes, secret: borrowing SecretBytes) {
        self.init(
            ledgerKey: ledgerKey, receiptSeed: id.subkey(of: secret, "receipt-signing"),
            checkpointSeed: id.subkey(of: secret, "checkpoint-signing"),
            passKey: id.subkey(of: secret, "passes"))
    }

    /// From the working keys themselves.
    init(
        ledgerKey: consuming SecretBytes, receiptSeed: borrowing SecretBytes,
        checkpointSeed: borrowing SecretBytes, passKey: consuming SecretBytes
    ) {
        var receiptPublicKey = Bytes<32>()
        var checkpointPublicKey = Bytes<32>()
        receiptSigner = Sodium.ed25519Expand(seed: receiptSeed, publicKey: &receiptPublicKey)
        checkpointSigner = Sodium.ed25519Expand(seed: checkpointSeed, publicKey: &checkpointPublicKey)
        self.passKey = passKey
        self.ledgerKey = LedgerKey(ledgerKey)
        // Declassified: everybody may have them, and election.json holds them.
        self.receiptPublicKey = Sodium.declassify(receiptPublicKey)
        self.checkpointPublicKey = Sodium.declassify(checkpointPublicKey)
    }

    /// Opens `desk.key`. `passphrase` is needed where its header says so.
    public static func open(
        _ file: [UInt8], election: Election, passphrase: borrowing SecretBytes?
    ) throws(KeyFileError) -> DeskKey {
        let header = try KeyFile.Header(file, room: .desk, of: election)
        let secrets = try KeyFile.open(file, header, passphrase)
        let key = DeskKey(
            election: election.id, ledgerKey: secrets.slice(0..<32), secret: secrets.slice(32..<64))
        guard key.isKey(of: election) else { throw .otherElection }
        return key
    }

    /// Whether the election's public keys are this key's.
    package func isKey(of election: Election) -> Bool {
        receiptPublicKey == election.receiptKey && checkpointPublicKey == election.checkpointKey
    }

    /// Signs the receipt of an accepted vote; vectors/README.md, section 11.
    package func sign(_ message: borrowing RawSpan, as label: Label) -> Bytes<64> {
        Signed.sign(message, as: label, with: receiptSigner)
    }

    /// Signs the text of a checkpoint as it is: signed notes have no label.
    /// Nothing else is ever signed with this key.
    package func signCheckpoint(_ text: borrowing RawSpan) -> Bytes<64> {
        Sodium.ed25519Sign(text, expanded: checkpointSigner)
    }
}

/// Signatures over a label and a message, never over bare bytes.
package enum Signed {
    package static func sign(
        _ message: borrowing RawSpan, as label: Label, with expanded: borrowing SecretBytes
    ) -> Bytes<64> {
        labelled(message, label).withBytes { Sodium.ed25519Sign($0, expanded: expanded) }
    }

    package static func verify(
        _ signature: Bytes<64>, _ message: borrowing RawSpan, as label: Label, key: Bytes<32>
    ) -> Bool {
        labelled(message, label).withBytes { Sodium.ed25519Verify(signature, $0, publicKey: key) }
    }

    private static func labelled(_ message: borrowing RawSpan, _ label: Label) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(label.padded)
        bytes.append(message)
        return bytes
    }
}
