import Synchronization
import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/book.json: section 15.
@Suite struct BookVectorTests {
    static let file = VectorFile("book")
    static let writings = file.tests("write")
    static let readings = file.tests("read")
    static let plans = file.tests("plan")

    @Test(arguments: writings)
    func writes(_ test: VectorObject) throws {
        let election = Election.standIn(try test.electionID())
        let key = IssuingKey.standIn(bookKey: try test.secret("bookKey"))
        let rows = try test.objects("rows")
        let voters = try rows.map { VoterNumber(try $0.bytes("voterNumber")) }
        let packs = try rows.map { try $0.u64("pack") }
        let folded = try rows.map { VoterNumber(try $0.bytes("foldedNumber")) }
        let ascending = ascendingIndices(voters.count) { (voters[$0].high, voters[$0].low) }
        let isDestroyed = !test.has("batchKey")
        var page = BookPage(
            beginning: try test.batchName(), kind: try test.batchKind(), place: try test.int("place"),
            planDigest: try test.bytes("planDigest"), voters: voters, folded: folded, ascending: ascending,
            election: election, key: key,
            batchKey: isDestroyed ? .filled(9) : try test.secret("batchKey"),
            nonce: try test.bytes("nonce"))
        if try test.int("state") == 2 {
            page = BookPage(
                finishing: page, voters: voters, folded: folded, ascending: ascending,
                packs: packs.map { PackNumber(unchecked: $0) })
        } else {
            #expect(packs.allSatisfy { $0 == 0 })
        }
        var bytes: [UInt8] = page.parts(election, key).flatMap { $0 }
        #expect(Array(bytes[120..<152]) == (try test.hex("mac")))
        if isDestroyed {
            let shelf = MemoryShelf(["\(page.batch).batch": bytes])
            #expect(try BatchBook(in: shelf, of: election).destroy(page.batch, key) == .destroyed)
            bytes = try #require(try shelf.read("\(page.batch).batch"))
        }
        #expect(bytes == (try test.hex("page")))
        #expect(test.unread == [])
    }

    @Test(arguments: readings)
    func reads(_ test: VectorObject) throws {
        let election = Election.standIn(try test.electionID())
        let key = IssuingKey.standIn(bookKey: try test.secret("bookKey"))
        let bytes = try test.hex("page")
        if let reason = try test.reason {
            guard reason != "does-not-open" else {
                // Such a page is well kept; its box is another's.
                let page = try BookPage(bytes, election: election, key: key)
                let error = #expect(throws: BookError.self) {
                    _ = try page.openKey(election, key)
                }
                #expect(error == .damaged(page: page.batch.description))
                #expect(test.unread == [])
                return
            }
            let error = #expect(throws: BookError.self) {
                try BookPage(bytes, election: election, key: key)
            }
            if let error { #expect(Self.isFor(reason, error), "\(error)") }
        } else {
            let page = try BookPage(bytes, election: election, key: key)
            #expect(page.batch == (try test.batchName()))
            #expect(page.kind == (try test.batchKind()))
            #expect(page.isFinished == (try test.int("state") == 2))
            #expect(page.place == (try test.int("place")))
            #expect(page.planDigest == (try test.bytes("planDigest")))
            #expect(page.keyIsDestroyed == !test.has("batchKey"))
            let batchKey = try page.openKey(election, key)
            #expect(batchKey?.array == (test.has("batchKey") ? try test.hex("batchKey") : nil))
            let rows = try test.objects("rows")
            let expected = try rows.map {
                BookPage.Row(
                    voter: VoterNumber(try $0.bytes("voterNumber")), pack: try $0.u64("pack"),
                    folded: VoterNumber(try $0.bytes("foldedNumber")))
            }
            var found: [BookPage.Row] = []
            page.forEachRow { found.append($0) }
            #expect(page.count == rows.count)
            #expect(found == expected)
            for row in expected {
                #expect(page.has(row.voter))
                #expect(page.rows(of: row.voter) == expected.filter { $0.voter == row.voter })
            }
            #expect(page.rows(of: VoterNumber(Bytes())).isEmpty)
            #expect(!page.has(VoterNumber(Bytes())))
            #expect(page.parts(election, key).flatMap { $0 } == bytes)
        }
        #expect(test.unread == [])
    }

    /// The number is judged before the code that protects it.
    @Test(arguments: [1 << 59, 1 << 61, 1 << 63, UInt64.max])
    func aCountOfRowsThatNoFileHasIsDamage(_ count: UInt64) throws {
        let test = try #require(Self.writings.first)
        let election = Election.standIn(try test.electionID())
        let key = IssuingKey.standIn(bookKey: try test.secret("bookKey"))
        var bytes = try test.hex("page")
        bytes.withMutableBytes { $0.put(count, at: 80) }
        #expect(throws: BookError.damaged(page: nil)) {
            try BookPage(bytes, election: election, key: key)
        }
    }

    /// Which Swift error a reason is told by. Damage found before the page is
    /// known to be whole names no batch.
    static func isFor(_ reason: String, _ error: BookError) -> Bool {
        switch (reason, error) {
        case ("other-election", .otherElection): true
        case ("wrong-magic", .damaged(page: nil)), ("wrong-length", .damaged(page: nil)),
            ("bad-batch-name", .damaged(page: nil)), ("unknown-batch-kind", .damaged(page: nil)),
            ("unknown-state", .damaged(page: nil)), ("reserved-not-zero", .damaged(page: nil)):
            true
        case ("wrong-mac", .damaged(page: let batch)), ("rows-out-of-order", .damaged(page: let batch)):
            batch != nil
        default: false
        }
    }

    @Test(arguments: plans)
    func hashesPlans(_ test: VectorObject) throws {
        let election = Election.standIn(try test.electionID(), digest: try test.bytes("electionDigest"))
        let key = IssuingKey.standIn(bookKey: try test.secret("bookKey"))
        let (batch, kind) = (try test.batchName(), try test.batchKind())
        let packs = try test.objects("packs")
        let digest = PlanDigest(election, batch, kind, key)
        var message: [UInt8] = []
        for pack in packs {
            let kind = try #require(PackKind(rawValue: UInt8(try pack.int("kind"))))
            PlanDigest.append(
                voter: try pack.string("voterId").utf8,
                carrying: pack.has("carries") ? VoterNumber(try pack.bytes("carries")) : nil, kind,
                replaced: try pack.u64("replaces"), to: &message)
            guard kind == .normal else {
                // Whatever the roll has, nothing of it is hashed.
                if pack.has("normalForms") { #expect(try !pack.strings("normalForms").isEmpty) }
                continue
            }
            for answer in try pack.strings("normalForms") {
                Array(answer.utf8).withBytes { PlanDigest.append(answer: $0, to: &message) }
            }
        }
        digest.update(message)
        let expected: Bytes<32> = try test.bytes("planDigest")
        #expect(digest.finish(packs: packs.count) == expected)
        // And the whole of what was hashed, at once.
        var whole = Bytes<32>()
        let all = try test.hex("message")
        whole.withMutableBytes { out in
            all.withBytes { election.id.hash(.batchPlan, key: key.bookKey, $0, into: &out) }
        }
        #expect(whole == expected)
        #expect(all.count == 65 + message.count + 8)
        // A roll makes members for post alone only where something is asked.
        let isAsking = try packs.contains { try $0.has("normalForms") && !$0.strings("normalForms").isEmpty }
        // `DoublesVectorTests` looks at whose numbers are carried.
        if kind == .members && isAsking && !packs.contains(where: { $0.has("carries") }) {
            #expect(try planned(packs, batch, election, key) == expected)
        }
        #expect(test.unread == [])
    }

    /// The same plan from a roll: a normal form is an answer like any other, and
    /// a member without answers votes by post.
    private func planned(
        _ packs: [VectorObject], _ batch: BatchName, _ stand: Election, _ key: borrowing IssuingKey
    ) throws -> Bytes<32> {
        let questions = [
            Question(name: "Date of birth", kind: .date(.dmy, latestYear: 2012)),
            Question(name: "Membership number", kind: .digits(atMost: 9)),
            Question(name: "Postcode", kind: .postcode), Question(name: "Surname", kind: .text),
        ]
        let rows = try packs.map { pack in
            let answers = pack.has("normalForms") ? try pack.strings("normalForms") : ["", " ", "\t", ""]
            return [" " + (try pack.string("voterId")) + "\t"] + answers
        }
        let election = Election.standIn(stand.id, questions: questions, digest: stand.digest)
        var order = PrintOrder(batch: batch, voterColumn: "voter")
        order.postOnlyIfEmpty = true
        let planner = RowPlanner(
            election: election, order: order,
            layout: RollLayout(voter: 0, printed: [], answers: Array(1..<questions.count + 1)))
        var bytes: [UInt8] = []
        var ends: [UInt32] = []
        for field in rows.joined() {
            bytes += Array(field.utf8)
            ends.append(UInt32(bytes.count))
        }
        let chunk = RollChunk(
            firstRow: 1, count: rows.count, columns: questions.count + 1, bytes: bytes, ends: ends,
            lines: Array(2..<UInt32(rows.count) + 2))
        let digest = PlanDigest(election, order.batch, order.kind, key)
        digest.update(try planner.plan(chunk, key: key).message)
        return digest.finish(packs: rows.count)
    }

    @Test func allAreRun() {
        #expect(Self.writings.count + Self.readings.count + Self.plans.count == Self.file.count)
    }
}

/// A shelf in memory, for pages that are there already.
final class MemoryShelf: Folder, Sendable {
    private let files: Mutex<[String: [UInt8]]>

    init(_ files: [String: [UInt8]]) { self.files = Mutex(files) }

    func create(_ name: String) throws(StreamError) -> NoFile {
        throw StreamError(.create, name, .readOnly)
    }
    func read(_ name: String) throws(StreamError) -> [UInt8]? { files.withLock { $0[name] } }
    func names() throws(StreamError) -> [String] { files.withLock { Array($0.keys) } }

    func remove(_ name: String) throws(StreamError) { files.withLock { $0[name] = nil } }
    func overwrite(_ name: String, at offset: Int, with bytes: [UInt8]) throws(StreamError) {
        files.withLock { $0[name]?.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
    }

    final class NoFile: NewFile {
        func write(_ bytes: borrowing RawSpan) throws(StreamError) {
            throw StreamError(.write, "shelf", .readOnly)
        }
        func publish(wiping wiped: Range<Int>) throws(StreamError) {
            throw StreamError(.write, "shelf", .readOnly)
        }
    }
}
