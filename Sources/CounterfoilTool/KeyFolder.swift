internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import IssuingRoom

/// A room's folder as `keygen` made it: its key, and the election.
struct KeyFolder {
    let path: String
    let room: Room
    let election: Election

    init(_ path: String, _ room: Room) throws {
        self.path = path
        self.room = room
        // The desk is online. An issuing key there would be the end of the wall.
        if room == .desk, PrivateFile.exists("\(path)/\(Room.issuing.fileName)") {
            throw Stop.couldNot(
                "\(shown(path)) holds an issuing key, which must never be at the desk; use the folder \u{201C}desk\u{201D} of the key ceremony"
            )
        }
        if !PrivateFile.exists("\(path)/\(room.fileName)") {
            let other: Room = room == .desk ? .issuing : .desk
            throw Stop.couldNot(
                PrivateFile.exists("\(path)/\(other.fileName)")
                    ? "\(shown(path)) holds the key of the \(other.name); here the key of the \(room.name) is needed"
                    : "there is no \(room.fileName) in \(shown(path)); give the folder that keygen made for the \(room.name)"
            )
        }
        election = try Self.election("\(path)/election.json")
    }

    static func election(_ path: String) throws -> Election {
        let bytes = try attempt { () throws(StreamError) in try PrivateFile.read(path, atMost: 1 << 20) }
        do { return try Election(json: bytes) } catch {
            throw Stop.couldNot("\(shown(path)): \(error.sentence)")
        }
    }

    private func open<Key: ~Copyable>(
        _ options: PassphraseOptions,
        _ open: ([UInt8], borrowing SecretBytes?) throws(KeyFileError) -> Key
    ) throws -> Key {
        var file = try attempt { () throws(StreamError) in
            try PrivateFile.readKey("\(path)/\(room.fileName)")
        }
        defer { file.withMutableBytes { Sodium.wipe(&$0) } }
        let header = try attempt { () throws(KeyFileError) in
            try KeyFile.Header(file, room: room, of: election)
        }
        let passphrase: SecretBytes?
        if header.needsPassphrase {
            passphrase = try options.passphrase(for: room)
        } else {
            passphrase = nil
        }
        do { return try open(file, passphrase) } catch {
            throw Stop.couldNot("\(shown("\(path)/\(room.fileName)")): \(error.sentence)")
        }
    }

    func issuingKey(_ options: PassphraseOptions) throws -> IssuingKey {
        try open(options) { (file, passphrase) throws(KeyFileError) in
            try IssuingKey.open(file, election: election, passphrase: passphrase)
        }
    }

    func deskKey(_ options: PassphraseOptions) throws -> DeskKey {
        try open(options) { (file, passphrase) throws(KeyFileError) in
            try DeskKey.open(file, election: election, passphrase: passphrase)
        }
    }

    /// The batch book of the issuing room, for this process alone.
    func book() throws -> (PrivateFolder, FolderLock) {
        do {
            let folder = try PrivateFolder(keeping: "\(path)/book")
            return (folder, try folder.lock())
        } catch {
            guard error.reason == .inUse else { throw Stop.couldNot(error) }
            throw Stop.couldNot(
                "the book in \(shown(path)) is in use by another run of counterfoil; wait until it has ended")
        }
    }
}
