import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/checkpoint.json: section 19, checkpoints.
@Suite struct CheckpointVectorTests {
    static let file = VectorFile("checkpoint")
    static let signed = file.tests("sign")
    static let read = file.tests("read")

    @Test(arguments: signed)
    func signs(_ test: VectorObject) throws {
        let key = DeskKey(
            ledgerKey: .filled(0), receiptSeed: .filled(1), checkpointSeed: try test.secret("checkpointSeed"),
            passKey: .filled(2))
        #expect(key.checkpointPublicKey == (try test.bytes("checkpointKey")))
        let election = Election.standIn(try test.electionID(), checkpointKey: key.checkpointPublicKey)
        let head = TreeHead(size: try test.int("size"), root: try test.bytes("root"))
        let checkpoint = Checkpoint(head, election, key)
        #expect(checkpoint.text == (try test.string("note")))
        #expect(checkpoint.text.hasPrefix(try test.string("signedText") + "\n\u{2014} "))
        #expect(Checkpoint.verifierKey(of: election) == (try test.string("checkpointPub")))
        #expect(Checkpoint.verifierKey(of: election).contains("+\(try test.string("keyHash"))+"))
        #expect(test.unread == [])
    }

    @Test(arguments: read)
    func reads(_ test: VectorObject) throws {
        let election = Election.standIn(
            try test.electionID(), checkpointKey: try test.bytes("checkpointKey"))
        let note = try test.text("note")
        if let reason = try test.reason {
            #expect(throws: try CheckpointError(vector: reason)) {
                try Checkpoint(note, election: election)
            }
        } else {
            let checkpoint = try Checkpoint(note, election: election)
            #expect(
                checkpoint.head == TreeHead(size: try test.int("size"), root: try test.bytes("root")))
            #expect(Array(checkpoint.text.utf8) == note)
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() { #expect(Self.signed.count + Self.read.count == Self.file.count) }
}

extension CheckpointError {
    init(vector reason: String) throws {
        switch reason {
        case "not-a-note", "not-a-checkpoint": self = .notACheckpoint
        case "other-origin": self = .otherLog
        case "not-signed", "wrong-signature": self = .badSignature
        default: throw TestSupport.VectorError("no such reason: \(reason)")
        }
    }
}
