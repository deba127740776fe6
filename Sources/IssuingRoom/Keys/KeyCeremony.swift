public import Counterfoil

/// Makes an election and the keys of its rooms: once, at the key ceremony.
public struct KeyCeremony: ~Copyable {
    public let election: Election
    private let ledgerKey: SecretBytes
    private let issuingSecret: SecretBytes
    private let deskSecret: SecretBytes

    /// Draws everything anew. The election's id is drawn again as long as codes
    /// of one of the `previous` elections could pass for codes of this one, or
    /// for typing errors.
    public init(
        name: String, codeLength: CodeLength, questions: [Question], voterIDs: VoterIDs = .anyCase,
        previous: [Election] = []
    ) throws(ElectionError) {
        var id = ElectionID.random()
        while previous.contains(where: { ElectionConstant(id).isTooNear($0.constant) }) {
            id = ElectionID.random()
        }
        ledgerKey = SecretBytes.random(count: 32)
        issuingSecret = SecretBytes.random(count: 32)
        deskSecret = SecretBytes.random(count: 32)
        let issuing = IssuingKey(
            election: id, ledgerKey: ledgerKey.slice(0..<32), secret: issuingSecret)
        let desk = DeskKey(election: id, ledgerKey: ledgerKey.slice(0..<32), secret: deskSecret)
        election = try Election(
            id: id, name: name, codeLength: codeLength, questions: questions, voterIDs: voterIDs,
            registerKey: issuing.registerPublicKey, manifestKey: issuing.manifestPublicKey,
            receiptKey: desk.receiptPublicKey, checkpointKey: desk.checkpointPublicKey)
    }

    /// The room's key file, 208 bytes, sealed under the passphrase if there is one.
    public func keyFile(
        for room: Room, passphrase: borrowing SecretBytes?
    ) throws(KeyFileError) -> [UInt8] {
        switch room {
        case .issuing:
            try KeyFile.seal(
                room: room, election: election, ledgerKey: ledgerKey, secret: issuingSecret,
                passphrase: passphrase)
        case .desk:
            try KeyFile.seal(
                room: room, election: election, ledgerKey: ledgerKey, secret: deskSecret,
                passphrase: passphrase)
        }
    }

    /// `manifest.pub`, for the stock `minisign`.
    public var manifestPublicKeyFile: String { Minisign.publicKeyFile(election) }
}
