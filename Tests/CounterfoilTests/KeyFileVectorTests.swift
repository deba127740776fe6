import TestSupport
import Testing

@testable import Counterfoil

/// vectors/key-files.json: section 14.
@Suite struct KeyFileVectorTests {
    static let file = VectorFile("key-files")
    static let writings = file.tests("write")
    static let readings = file.tests("read")

    @Test(arguments: writings)
    func writes(_ test: VectorObject) throws {
        let room = try #require(Room(rawValue: UInt8(try test.int("room"))))
        let election = Election.standIn(try test.electionID(), digest: try test.bytes("electionDigest"))
        let stretching = KeyFile.Stretching(
            passes: UInt32(try test.int("passes")), memory: UInt64(try test.int("memory")))
        let passphrase: SecretBytes? = test.has("passphrase") ? try test.secret("passphrase") : nil
        let isProtected = try test.int("protection") == 1
        let salt: Bytes<16> = try test.bytes("salt")
        if isProtected {
            let key = Sodium.argon2id(
                try test.secret("passphrase"), salt: salt, passes: stretching.passes,
                memory: stretching.memory)
            #expect(key?.array == (try test.hex("sealingKey")))
        } else {
            #expect([UInt8](repeating: 0, count: 32) == (try test.hex("sealingKey")))
        }
        let file = try KeyFile.seal(
            room: room, election: election, ledgerKey: try test.secret("ledgerKey"),
            secret: try test.secret("roomSecret"), passphrase: passphrase, stretching: stretching,
            salt: salt, nonce: try test.bytes("nonce"))
        #expect(file == (try test.hex("keyFile")))
        let header = try KeyFile.Header(file, room: room, of: election)
        #expect(header.needsPassphrase == isProtected)
        #expect(test.unread == [])
    }

    @Test(arguments: readings)
    func reads(_ test: VectorObject) throws {
        let room = try #require(Room(rawValue: UInt8(try test.int("room"))))
        let election = Election.standIn(try test.electionID(), digest: try test.bytes("electionDigest"))
        let file = try test.hex("keyFile")
        func open() throws -> [UInt8] {
            let passphrase: SecretBytes? = test.has("passphrase") ? try test.secret("passphrase") : nil
            let header = try KeyFile.Header(file, room: room, of: election)
            return try KeyFile.open(file, header, passphrase).array
        }
        if let reason = try test.reason {
            let error = #expect(throws: KeyFileError.self) { try open() }
            if let error {
                #expect(Self.isFor(reason, error, protected: test.has("passphrase")), "\(error)")
            }
            // What is in the header is judged without the box, and without a passphrase.
            if reason != "does-not-open" && reason != "passphrase-needed" {
                #expect(throws: KeyFileError.self) {
                    try KeyFile.Header(file, room: room, of: election)
                }
            }
        } else {
            #expect(try open() == test.hex("ledgerKey") + test.hex("roomSecret"))
        }
        #expect(test.unread == [])
    }

    /// Which Swift error a reason is told by.
    static func isFor(_ reason: String, _ error: KeyFileError, protected: Bool) -> Bool {
        switch (reason, error) {
        case ("wrong-magic", .notAKeyFile), ("wrong-length", .wrongSize), ("wrong-room", .otherRoom),
            ("unknown-room", .damaged), ("unknown-protection", .damaged),
            ("reserved-not-zero", .damaged), ("too-many-passes", .unreasonable),
            ("too-much-memory", .unreasonable), ("bad-parameters", .unreasonable),
            ("other-election", .otherElection), ("passphrase-needed", .passphraseNeeded):
            true
        case ("does-not-open", .wrongPassphrase): protected
        case ("does-not-open", .damaged): !protected
        default: false
        }
    }

    /// Section 14: the room first, then the parameters, then the election. The
    /// vectors have one fault at a time; here each file has two.
    @Test func judgesTheRoomFirst() throws {
        let test = try #require(try Self.writings.first { try $0.int("passes") == 3 && $0.int("room") == 1 })
        let election = Election.standIn(try test.electionID(), digest: try test.bytes("electionDigest"))
        let other = Election.standIn(try test.electionID())
        var file = try test.hex("keyFile")
        file[31] = 17
        #expect(throws: KeyFileError.otherRoom(found: .issuing, wanted: .desk)) {
            try KeyFile.Header(file, room: .desk, of: election)
        }
        #expect(throws: KeyFileError.unreasonable) { try KeyFile.Header(file, room: .issuing, of: other) }
        #expect(throws: KeyFileError.otherElection) {
            try KeyFile.Header(test.hex("keyFile"), room: .issuing, of: other)
        }
    }

    @Test func allAreRun() {
        #expect(Self.writings.count + Self.readings.count == Self.file.count)
    }
}

extension SecretBytes {
    var array: [UInt8] { withBytes { $0.array } }
}
