public import Counterfoil

/// The issuing room's keys. Whoever holds them can sign registers and
/// manifests and open the book, in which each batch has a key of its own.
public struct IssuingKey: ~Copyable, Sendable {
    public let ledgerKey: LedgerKey
    let registerSigner: SecretBytes
    let manifestSigner: SecretBytes
    /// Turns voter ids into voter numbers; never leaves the room.
    let voterKey: SecretBytes
    /// Opens and authenticates the book's pages.
    let bookKey: SecretBytes

    let registerPublicKey: Bytes<32>
    let manifestPublicKey: Bytes<32>

    init(election id: ElectionID, ledgerKey: consuming SecretBytes, secret: borrowing SecretBytes) {
        self.init(
            ledgerKey: ledgerKey, registerSeed: id.subkey(of: secret, "register-signing"),
            manifestSeed: id.subkey(of: secret, "manifest-signing"),
            voterKey: id.subkey(of: secret, "voter-numbers"),
            bookKey: id.subkey(of: secret, "batch-book"))
    }

    /// From the working keys themselves.
    init(
        ledgerKey: consuming SecretBytes, registerSeed: borrowing SecretBytes,
        manifestSeed: borrowing SecretBytes, voterKey: consuming SecretBytes,
        bookKey: consuming SecretBytes
    ) {
        var registerPublicKey = Bytes<32>()
        var manifestPublicKey = Bytes<32>()
        registerSigner = Sodium.ed25519Expand(seed: registerSeed, publicKey: &registerPublicKey)
        manifestSigner = Sodium.ed25519Expand(seed: manifestSeed, publicKey: &manifestPublicKey)
        self.voterKey = voterKey
        self.bookKey = bookKey
        self.ledgerKey = LedgerKey(ledgerKey)
        self.registerPublicKey = registerPublicKey
        self.manifestPublicKey = manifestPublicKey
    }

    /// Opens `issuing.key`. `passphrase` is needed where its header says so.
    public static func open(
        _ file: [UInt8], election: Election, passphrase: borrowing SecretBytes?
    ) throws(KeyFileError) -> IssuingKey {
        let header = try KeyFile.Header(file, room: .issuing, of: election)
        let secrets = try KeyFile.open(file, header, passphrase)
        let key = IssuingKey(
            election: election.id, ledgerKey: secrets.slice(0..<32), secret: secrets.slice(32..<64))
        guard key.registerPublicKey == election.registerKey,
            key.manifestPublicKey == election.manifestKey
        else { throw .otherElection }
        return key
    }

    /// The 16 bytes that all packs of a voter carry; vectors/README.md, section 8.
    func voterNumber(_ id: borrowing RawSpan, in election: ElectionID) -> VoterNumber {
        var number = Bytes<16>()
        number.withMutableBytes { election.hash(.voterNumber, key: voterKey, id, into: &$0) }
        return VoterNumber(number)
    }
}

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
        name: String, codeLength: CodeLength, questions: [Question], previous: [Election] = []
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
            id: id, name: name, codeLength: codeLength, questions: questions,
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
