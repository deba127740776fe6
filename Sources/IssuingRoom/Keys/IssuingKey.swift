public import Counterfoil

/// The issuing room's keys. Anyone who holds them can sign registers and
/// manifests and open the book, in which each batch has a key of its own.
public struct IssuingKey: ~Copyable, Sendable {
    package let ledgerKey: LedgerKey
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

    /// That, and the number of the id's folded form, which is the same for most.
    @inline(__always)
    func numbers(
        of id: borrowing RawSpan, in election: Election, _ folding: inout IDFolding
    ) -> MemberNumbers {
        let own = voterNumber(id, in: election.id)
        guard let folded = folding.fold(id, as: election.voterIDs) else {
            return MemberNumbers(own: own, folded: own)
        }
        return MemberNumbers(
            own: own, folded: folded.withBytes { voterNumber($0, in: election.id) })
    }
}

/// The numbers that are made from a member's own id.
struct MemberNumbers: Sendable, Equatable {
    /// Of the id as it is written.
    let own: VoterNumber
    /// Of its folded form: members who share it may be one.
    let folded: VoterNumber
}
