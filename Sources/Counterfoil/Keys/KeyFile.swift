/// The two rooms that hold keys.
public enum Room: UInt8, Sendable {
    case issuing = 1
    case desk = 2

    /// What a person calls it.
    public var name: String { self == .issuing ? "issuing room" : "polling desk" }
    public var fileName: String { self == .issuing ? "issuing.key" : "desk.key" }
}

/// A room's keys, sealed: 208 bytes, vectors/README.md, section 14.
///
/// The library reads and writes bytes. Where they are kept is the caller's
/// business, and so is the passphrase.
public enum KeyFile {
    public static let size = 208

    /// How hard a passphrase is stretched: Argon2id with one lane.
    public struct Stretching: Sendable {
        public let passes: UInt32
        /// In bytes, a multiple of 1,024.
        public let memory: UInt64

        package init(passes: UInt32, memory: UInt64) {
            self.passes = passes
            self.memory = memory
        }

        /// 3 passes over 256 MiB: most of a second on a desk machine.
        public static let standard = Stretching(passes: 3, memory: 256 << 20)
    }

    private static let magic = Array("counterfoil key file v1\n".utf8)
    private static let sealedCount = 64

    /// What a reader learns before it asks for a passphrase.
    public struct Header: Sendable {
        public let room: Room
        public let needsPassphrase: Bool
        public let election: ElectionID
        public let electionDigest: Bytes<32>
        fileprivate let stretching: Stretching
        fileprivate let salt: Bytes<16>

        /// Refuses what is no key file, another room's, or another election's.
        public init(_ file: [UInt8], room wanted: Room, of election: Election) throws(KeyFileError) {
            guard file.count >= 24, Array(file[..<24]) == magic else { throw .notAKeyFile }
            guard file.count == size else { throw .wrongSize(file.count) }
            self = try file.withBytes { (bytes) throws(KeyFileError) in
                try Header(bytes, room: wanted)
            }
            guard self.election == election.id, electionDigest == election.digest else {
                throw .otherElection
            }
        }

        private init(_ bytes: borrowing RawSpan, room wanted: Room) throws(KeyFileError) {
            guard let room = Room(rawValue: bytes.byte(24)) else { throw .damaged }
            guard room == wanted else { throw .otherRoom(found: room, wanted: wanted) }
            guard bytes.byte(25) <= 1, bytes.byte(26) == 0, bytes.byte(27) == 0 else { throw .damaged }
            self.room = room
            needsPassphrase = bytes.byte(25) == 1
            stretching = Stretching(passes: bytes.u32(28), memory: bytes.u64(32))
            salt = bytes.bytes(40)
            election = ElectionID(bytes.bytes(56))
            electionDigest = bytes.bytes(72)
            if needsPassphrase {
                guard (1...16).contains(stretching.passes), stretching.memory % 1024 == 0,
                    (8192...(4 << 30)).contains(stretching.memory)
                else { throw .unreasonable }
            } else {
                guard stretching.passes == 0, stretching.memory == 0, salt == Bytes() else {
                    throw .damaged
                }
            }
        }
    }

    /// The 64 bytes inside: ledger key and room secret.
    package static func open(
        _ file: [UInt8], _ header: Header, _ passphrase: borrowing SecretBytes?
    ) throws(KeyFileError) -> SecretBytes {
        let key = try sealingKey(header, passphrase)
        let opened: SecretBytes? = file.withBytes { bytes in
            Sodium.xChaChaOpen(
                bytes.extracting(128..<size), with: bytes.extracting(0..<128), key: key,
                nonce: bytes.bytes(104))
        }
        guard let opened else { throw header.needsPassphrase ? .wrongPassphrase : .damaged }
        return opened
    }

    private static func sealingKey(
        _ header: Header, _ passphrase: borrowing SecretBytes?
    ) throws(KeyFileError) -> SecretBytes {
        guard header.needsPassphrase else { return SecretBytes(count: 32) { _ in } }
        let key: SecretBytes?
        switch passphrase {
        case .none: throw .passphraseNeeded
        case .some(let passphrase):
            key = Sodium.argon2id(
                passphrase, salt: header.salt, passes: header.stretching.passes,
                memory: header.stretching.memory)
        }
        guard let key else { throw .noMemory(header.stretching.memory) }
        return key
    }

    /// Seals a room's keys; without a passphrase the box only guards against damage.
    package static func seal(
        room: Room, election: Election, ledgerKey: borrowing SecretBytes,
        secret: borrowing SecretBytes, passphrase: borrowing SecretBytes?,
        stretching: Stretching = .standard
    ) throws(KeyFileError) -> [UInt8] {
        var salt = Bytes<16>()
        var nonce = Bytes<24>()
        salt.withMutableBytes { Sodium.random(into: &$0) }
        nonce.withMutableBytes { Sodium.random(into: &$0) }
        return try seal(
            room: room, election: election, ledgerKey: ledgerKey, secret: secret,
            passphrase: passphrase, stretching: stretching, salt: salt, nonce: nonce)
    }

    /// The same with salt and nonce given. Without a passphrase the file has no salt.
    static func seal(
        room: Room, election: Election, ledgerKey: borrowing SecretBytes,
        secret: borrowing SecretBytes, passphrase: borrowing SecretBytes?, stretching: Stretching,
        salt: Bytes<16>, nonce: Bytes<24>
    ) throws(KeyFileError) -> [UInt8] {
        let protected = passphrase != nil
        var file = magic
        file.append(room.rawValue)
        file.append(protected ? 1 : 0)
        file.appendBigEndian(0 as UInt16)
        file.appendBigEndian(protected ? stretching.passes : 0)
        file.appendBigEndian(protected ? stretching.memory : 0)
        file.append(protected ? salt : Bytes())
        file.append(election.id.bytes)
        file.append(election.digest)
        file.append(nonce)

        let header = try Header(file + [UInt8](repeating: 0, count: 80), room: room, of: election)
        let key = try sealingKey(header, passphrase)
        let secrets = SecretBytes(count: sealedCount) { out in
            ledgerKey.withBytes { out.copy($0) }
            secret.withBytes { out.copy($0, at: 32) }
        }
        var box = Bytes<80>()
        box.withMutableBytes { box in
            file.withBytes { header in
                Sodium.xChaChaSeal(
                    secrets, with: header.extracting(0..<128), key: key, nonce: nonce, into: &box)
            }
        }
        file.append(box)
        return file
    }
}
