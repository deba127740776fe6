import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/proof.json: section 19, proofs.
@Suite struct ProofVectorTests {
    static let file = VectorFile("proof")
    static let made = file.tests("prove")
    static let verified = file.tests("verify")
    static let held = file.tests("hold")

    @Test(arguments: made)
    func proves(_ test: VectorObject) throws {
        let key = DeskKey(
            ledgerKey: .filled(0), receiptSeed: .filled(1), checkpointSeed: try test.secret("checkpointSeed"),
            passKey: .filled(2))
        let election = Election.standIn(try test.electionID(), checkpointKey: key.checkpointPublicKey)
        var frontier = Frontier()
        var kept: [[Bytes<32>]] = []
        var entries: [LoggedEntry] = []
        for extra in try test.strings("extras") {
            let bytes = try #require(Hex.decode(extra))
            let entry = try #require(LoggedEntry(extra: bytes, number: entries.count))
            #expect(entry.extra == bytes)
            entries.append(entry)
            kept.append(frontier.append(MerkleTree.leaf(entry.leaf)))
        }
        let index = try test.int("index")
        let path = MerkleTree.inclusion(of: index, size: entries.count) { level, index in
            let place = MerkleTree.place(level: level, index: index)
            return kept[place.leaf][place.position]
        }
        let proof = try LogProof(
            of: entries[index], path: path, checkpoint: Checkpoint(frontier.head, election, key),
            constant: election.constant)
        #expect(proof.text == (try test.string("proof")))
        #expect(test.unread == [])
    }

    @Test(arguments: verified)
    func verifies(_ test: VectorObject) throws {
        let election = Election.standIn(
            try test.electionID(), checkpointKey: try test.bytes("checkpointKey"))
        let file = try test.text("proof")
        switch try test.reason {
        case nil:
            let proof = try LogProof(file, election: election)
            #expect(Array(proof.text.utf8) == file)
            #expect(proof.index == (try test.int("index")))
            #expect(proof.checkpoint.head.size == (try test.int("size")))
            #expect(proof.entry.at.milliseconds == Int64(try test.int("at")))
            if test.has("noteReferenceLength") {
                #expect(proof.entry.note.reference.utf8.count == (try test.int("noteReferenceLength")))
                #expect(proof.entry.note.officer == (try test.string("noteOfficer")))
                #expect(proof.entry.note.reason?.rawValue ?? "" == (try test.string("noteReason")))
            } else {
                #expect(proof.entry.note == (try test.note()))
            }
            #expect(proof.entry.encoded == Entry(try test.event(), at: proof.entry.at).encoded)
            // The id is in the file, and nowhere else to be had.
            #expect(Hex.encode(try test.hex("entryId")).count == 32)
        case "not-a-proof": expect(file, election, .notAProof)
        case "wrong-extra", "not-utf8", "unknown-reason", "unknown-version", "unknown-type",
            "unknown-detail", "should-be-zero", "wrong-pack-number":
            expect(file, election, .notAnEntry)
        case "does-not-lead": expect(file, election, .doesNotLead)
        case let other?: expect(file, election, .checkpoint(try CheckpointError(vector: other)))
        }
        #expect(test.unread == [])
    }

    /// Beside a register, which has the pack's tag.
    @Test(arguments: held)
    func holds(_ test: VectorObject) throws {
        let election = Election.standIn(
            try test.electionID(), registerKey: try test.bytes("registerKey"),
            checkpointKey: try test.bytes("checkpointKey"), digest: try test.bytes("electionDigest"))
        let file = try test.text("proof")
        let bytes = MemoryBytes(try test.hex("register"))
        switch try test.reason {
        case "not-a-proof": expect(file, election, .notAProof)
        case "other-election":
            #expect(throws: RegisterError.otherElection) {
                _ = try RegisterReader(bytes, election: election)
            }
        case let reason:
            let proof = try LogProof(file, election: election)
            var register = try RegisterReader(bytes, election: election)
            var found: RegisterRow?
            while let row = try register.next() { if row.pack == proof.entry.event.pack { found = row } }
            while try register.nextPair() != nil {}
            let isOpened = proof.isOpened(by: found?.lookup.tag ?? Tag(Bytes()))
            switch reason {
            case nil:
                #expect(proof.entry.event.type.name == (try test.string("type")))
                #expect(isOpened == (try test.bool("codeShown")))
            case "not-in-register": #expect(isOpened == false && found == nil)
            case "another-code": #expect(isOpened == false && found != nil)
            case let other: Issue.record("no such reason: \(other ?? "")")
            }
        }
        // Where the proof or the register is refused, the other one is not looked at.
        if try test.reason == nil { #expect(test.unread == []) }
    }

    private func expect(_ file: [UInt8], _ election: Election, _ error: LogProofError) {
        #expect(throws: error) { try LogProof(file, election: election) }
    }

    @Test func allAreRun() {
        #expect(Self.made.count + Self.verified.count + Self.held.count == Self.file.count)
    }
}
