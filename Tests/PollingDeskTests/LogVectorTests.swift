import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/log.json: section 19, entries and leaves.
@Suite struct LogVectorTests {
    static let file = VectorFile("log")
    static let written = file.tests("write")
    static let read = file.tests("read")

    @Test(arguments: written)
    func writes(_ test: VectorObject) throws {
        let entry = Entry(
            try test.event(), at: Moment(milliseconds: Int64(try test.int("at"))), note: try test.note())
        #expect(entry.encoded.array == (try test.hex("event")))
        #expect(entry.event.type.name == (try test.string("type")))
        let id = EntryID(try test.bytes("entryId"))
        let election = try test.electionID()
        #expect(entry.leaf(id: id, election: election).array == (try test.hex("leaf")))
        #expect(MerkleTree.leaf(entry.leaf(id: id, election: election)) == (try test.bytes("leafHash")))
        // A proof carries the note as it was hashed.
        let logged = LoggedEntry(entry, number: 0, id: id)
        #expect(Array(logged.extra.dropFirst(122)) == (try test.hex("noteBytes")))
        #expect(logged.leaf(election).array == (try test.hex("leaf")))
        #expect(test.unread == [])
    }

    @Test(arguments: read)
    func reads(_ test: VectorObject) throws {
        let constant = ElectionConstant(bits: UInt16(try test.int("constant")))
        let bytes = try test.hex("event")
        let found = Bytes<106>(bytes).flatMap { Entry($0, constant: constant) }
        if let reason = try test.reason {
            #expect(found == nil)
            #expect((Bytes<106>(bytes) == nil) == (reason == "wrong-length"))
        } else {
            let found = try #require(found)
            #expect(found.at.milliseconds == Int64(try test.int("at")))
            #expect(found.event.type == (try test.event()).type)
            #expect(Entry(try test.event(), at: found.at).encoded.array == bytes)
            #expect(found.encoded.array == bytes)
        }
        #expect(test.unread == [])
    }

    /// Every byte of an entry belongs to one field, and no byte to two.
    @Test func theFieldsFillAnEntry() {
        var end = 0
        for field in EntryField.allCases {
            #expect(field.offset == end)
            end += field.size
        }
        #expect(end == EncodedEntry.count)
    }

    @Test func allAreRun() { #expect(Self.written.count + Self.read.count == Self.file.count) }
}

extension VectorObject {
    /// By the fields that section 19 names.
    func event() throws -> Event {
        let detail = try hex("detail")
        let batch = try int("batch")
        let count = try int("count")
        let pack = PackNumber(unchecked: try u64("pack"))
        let voter = VoterNumber(try bytes("voter"))
        func moment() throws -> Moment {
            let bytes: Bytes<8> = try bytes("detail")
            return Moment(milliseconds: Int64(bitPattern: bytes.withBytes { $0.u64(0) }))
        }
        switch try string("type") {
        case "created": return .created(election: try bytes("detail"))
        case "desk-opened": return .deskOpened
        case "register-loaded":
            return .registerLoaded(batch: batch, count: count, RegisterDigest(try bytes("detail")))
        case "batch-activated": return .batchActivated(batch: batch, reconciled: count == 1)
        case "ballot-opened":
            return .ballotOpened(closes: try moment().milliseconds == 0 ? nil : try moment(), grace: count)
        case "vote-cast": return .voteCast(pack: pack, voter: voter, Fingerprint(try bytes("detail")))
        case "wrong-answers": return .wrongAnswers(pack: pack, AnswerTag(try bytes("detail")))
        case "second-attempt": return .secondAttempt(pack: pack)
        case "post-received": return .postReceived(pack: pack, voter: voter)
        case "post-set-aside":
            let why: [SetAside] = [
                .specimen, .withdrawn, .superseded, .cancelled, .inactive, .votedOnline, .votedByPost,
                .scannedBefore,
            ]
            return .postSetAside(pack: pack, why[Int(detail[0]) - 1])
        case "post-annulled": return .postAnnulled(pack: pack, voter: voter)
        case "pack-cancelled": return .packCancelled(pack: pack, detail[0] == 2 ? .byOfficer : .missing)
        case "pack-unlocked": return .packUnlocked(pack: pack)
        case "batch-reconciled": return .batchReconciled(batch: batch, missing: count)
        case "batch-withdrawn": return .batchWithdrawn(batch: batch)
        case "ballot-extended": return .ballotExtended(until: try moment())
        case "ballot-closed": return .ballotClosed(try moment())
        case "ballot-final": return .ballotFinal
        case let other: throw TestSupport.VectorError("\(self): no event \(other)")
        }
    }

    func note() throws -> Note {
        let reason = try string("noteReason")
        let known = Note.Reason.allCases.first { $0.rawValue == reason }
        guard reason.isEmpty || known != nil else {
            throw TestSupport.VectorError("\(self): no reason \(reason)")
        }
        return Note(reason: known, reference: try string("noteReference"), officer: try string("noteOfficer"))
    }
}
