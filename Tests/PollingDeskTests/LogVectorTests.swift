import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/log.json: section 18, entries and leaves.
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
        #expect(entry.leaf(id: id).array == (try test.hex("leaf")))
        #expect(MerkleTree.leaf(entry.leaf(id: id)) == (try test.bytes("leafHash")))
        // A proof carries the note as it was hashed.
        let logged = LoggedEntry(entry, number: 0, id: id)
        #expect(Array(logged.extra.dropFirst(122)) == (try test.hex("noteBytes")))
        #expect(logged.leaf.array == (try test.hex("leaf")))
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
        let parts: [[EntryField]] = [
            [.why, .asideNonce, .asideVoted], [.mark, .chain], [.second], [.moment],
        ]
        var end = 0
        for field in EntryField.allCases where !parts.joined().contains(field) {
            #expect(field.offset == end)
            end += field.size
        }
        #expect(end == EncodedEntry.count)
        // What one type of entry has in its detail is there from the left, without gaps.
        for fields in parts {
            var place = EntryField.detail.offset
            for field in fields {
                #expect(field.offset == place)
                place += field.size
            }
            #expect(place <= end)
        }
    }

    @Test func allAreRun() { #expect(Self.written.count + Self.read.count == Self.file.count) }
}

extension VectorObject {
    /// By the fields that section 18 names.
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
        case "vote-cast":
            let (print, opening) = try markAndChain()
            return .voteCast(pack: pack, voter: voter, Fingerprint(print), CodeChain.Opening(opening))
        case "wrong-answers":
            let (answers, trial) = try markAndChain()
            return .wrongAnswers(pack: pack, AnswerTag(answers), CodeChain.Trial(trial))
        case "second-attempt":
            return .secondAttempt(pack: pack, CodeChain.Second(try bytes("detail")))
        case "post-received":
            return .postReceived(pack: pack, voter: voter, ScanNonce(try bytes("detail")))
        case "post-set-aside":
            let why: [SetAside] = [
                .specimen, .withdrawn, .superseded, .cancelled, .inactive, .votedOnline, .votedByPost,
                .scannedBefore,
            ]
            let rest: Bytes<25> = try bytes("detail")
            let (scan, voted) = rest.withBytes { (ScanNonce($0.bytes(1)), Int64(bitPattern: $0.u64(17))) }
            return .postSetAside(
                pack: pack, why[Int(detail[0]) - 1], scan,
                voted: voted == 0 ? nil : Moment(milliseconds: voted))
        case "post-annulled":
            return .postAnnulled(pack: pack, voter: voter, ScanNonce(try bytes("detail")))
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

    private func markAndChain() throws -> (Bytes<16>, Bytes<32>) {
        let detail: Bytes<48> = try bytes("detail")
        return detail.withBytes { ($0.bytes(0), $0.bytes(16)) }
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
