import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/doubles.json, `run`: whole runs of the issuing room, after others that its
/// book has. What a run gives is read from the files that it wrote.
@Suite struct RunVectorTests {
    static let runs = DoublesVectorTests.file.tests("run")

    @Test(arguments: runs)
    func gives(_ test: VectorObject) async throws {
        let room = try Room(test)
        let roll = Array(("voter\n" + (try test.strings("roll").map { $0 + "\n" }.joined())).utf8)
        do {
            let run = PrintRun(
                try Self.order(test), election: room.election, key: try room.key(), book: room.book,
                out: room.out)
            _ = try await run.run(roll: { () throws(StreamError) in PieceSource(roll) })
        } catch {
            let reason = try #require(try test.reason, "\(error)")
            #expect(Self.isFor(reason, error), "\(error)")
            #expect(try room.out.names().isEmpty)
            #expect(try !room.book.names().contains { $0.hasPrefix("run.") })
            #expect(test.unread == [])
            return
        }
        #expect(try test.reason == nil)
        try expectPacks(test, room)
        try expectDoubles(test, room)
        try expectPairs(test, room)
        #expect(test.unread == [])
    }

    private func expectPacks(_ test: VectorObject, _ room: Room) throws {
        let (rows, _) = try room.register()
        let made = try room.packs().map { voter, pack in
            let row = try #require(rows[pack])
            return Pack(voter: voter, carried: row.voter, replaced: row.replaced?.value ?? 0)
        }
        let expected = try test.objects("packs").map {
            Pack(
                voter: try $0.string("voterId"), carried: VoterNumber(try $0.bytes("carried")),
                replaced: try $0.u64("replaces"))
        }
        #expect(made == expected)
    }

    private struct Pack: Equatable {
        let voter: String
        let carried: VoterNumber
        let replaced: UInt64
    }

    private func expectDoubles(_ test: VectorObject, _ room: Room) throws {
        let packs = try room.packs().map(\.pack.value)
        let expected = try test.objects("doubles").map { row in
            DoublesPage.Row(
                member: MemberNumbers(
                    own: VoterNumber(try row.bytes("own")),
                    folded: VoterNumber(try row.bytes("foldedNumber"))),
                carried: VoterNumber(try row.bytes("carried")),
                pack: row.has("ordinal") ? packs[try row.int("ordinal") - 1] : 0)
        }
        guard let page = try room.book.read("run.doubles") else {
            #expect(expected.isEmpty)
            return
        }
        #expect(try DoublesPage(page, election: room.election, key: room.key()).rows == expected)
    }

    private func expectPairs(_ test: VectorObject, _ room: Room) throws {
        let packs = try room.packs().map(\.pack)
        let expected = try test.objects("pairs").map { pair in
            let (isEarlier, isOfThisBatch) = (pair.has("kept"), pair.has("keptOrdinal"))
            #expect(isEarlier != isOfThisBatch)
            return PackPair(
                kept: isEarlier
                    ? PackNumber(unchecked: try pair.u64("kept")) : packs[try pair.int("keptOrdinal") - 1],
                cancelled: PackNumber(unchecked: try pair.u64("cancelled")))
        }
        #expect(try room.register().pairs == expected.sorted())
    }

    private static func order(_ test: VectorObject) throws -> PrintOrder {
        var order = PrintOrder(batch: "run".batch, voterColumn: "voter")
        order.skipIssued = try test.bool("skipIssued")
        let listed = try test.strings("listed").map { text in
            PackNumber(unchecked: try #require(UInt64(text, radix: 16)))
        }
        if try test.batchKind() == .replacements { order.replaced = listed } else { #expect(listed.isEmpty) }
        let list = try test.objects("decisions").map {
            "\(try $0.string("group")),\(try $0.string("voterId")),\(try $0.string("decision"))\n"
        }
        if !list.isEmpty {
            order.decided = try Decisions(
                PieceSource(Array(("group,voter,decision\n" + list.joined()).utf8)))
        }
        return order
    }

    /// Which Swift error a reason is told by.
    static func isFor(_ reason: String, _ error: any Error) -> Bool {
        switch (reason, error) {
        case ("already-issued", IssueError.alreadyIssued), ("decided-unknown", IssueError.decidedUnknown),
            ("same-without-pack", IssueError.sameWithoutPack), ("drop-listed", IssueError.droppedReplaced),
            ("number-changed", IssueError.numberChanged), ("unknown-pack", IssueError.unknownPack),
            ("pack-twice", IssueError.packTwice), ("voter-missing", IssueError.voterMissing),
            ("repeated-voter", IssueError.repeatedVoter), ("two-numbers", IssueError.twoNumbers),
            ("coinciding", IssueError.alikeVoters), ("coinciding", IssueError.alikeIssued),
            ("incomplete-group", ListError.incompleteGroup), ("nobody", IssueError.nobody):
            true
        // A roll without rows is none.
        case ("nobody", IssueError.roll(.fault(let fault))): fault.kind == .noRows
        default: false
        }
    }

    /// A room whose book has the batches of a vector.
    private struct Room {
        let election: Election
        let book = MemoryFolder()
        let out = MemoryFolder()
        private let voterKey: [UInt8]

        init(_ test: VectorObject) throws {
            let voterKey = try test.hex("voterKey")
            self.voterKey = voterKey
            let name = try test.string("voterIDs")
            let key = Self.key(voterKey)
            election = Election.standIn(
                try test.electionID(), voterIDs: try #require(VoterIDs(name: name)),
                registerKey: key.registerPublicKey)
            let shelf = BatchBook(in: book, of: election)
            for (i, batch) in try test.objects("book").enumerated() {
                let name = "B0\(i + 1)".batch
                let rows = try batch.objects("rows")
                let voters = try rows.map { VoterNumber(try $0.bytes("voterNumber")) }
                let folded = try rows.map { VoterNumber(try $0.bytes("foldedNumber")) }
                let ascending = ascendingIndices(voters.count) { (voters[$0].high, voters[$0].low) }
                let begun = BookPage(
                    beginning: name, kind: try batch.batchKind(), place: i + 1, planDigest: Bytes(),
                    voters: voters, folded: folded, ascending: ascending, election: election, key: key)
                let page = BookPage(
                    finishing: begun, voters: voters, folded: folded, ascending: ascending,
                    packs: try rows.map { PackNumber(unchecked: try $0.u64("pack")) })
                try shelf.write(page, key)
                let doubles = try batch.objects("doubles").map { row in
                    DoublesPage.Row(
                        member: MemberNumbers(
                            own: VoterNumber(try row.bytes("own")),
                            folded: VoterNumber(try row.bytes("foldedNumber"))),
                        carried: VoterNumber(try row.bytes("carried")), pack: try row.u64("pack"))
                }
                if !doubles.isEmpty { try shelf.write(DoublesPage(batch: name, rows: doubles), key) }
            }
        }

        func key() throws -> IssuingKey { Self.key(voterKey) }

        private static func key(_ voterKey: [UInt8]) -> IssuingKey {
            .standIn(voterKey: voterKey.withBytes { SecretBytes(copying: $0) })
        }

        /// Voter ids and packs, in the order of their ordinals.
        func packs() throws -> [(voter: String, pack: PackNumber)] {
            let list = String(decoding: try #require(try out.read("run.packs.csv")), as: UTF8.self)
            return try list.split(separator: "\r\n").dropFirst().map { line in
                let fields = line.split(separator: ",").map(String.init)
                return (
                    fields[0],
                    try Array(fields[1].utf8).withBytes {
                        PackNumber.read($0, constant: election.constant)
                    }.get()
                )
            }
        }

        func register() throws -> (rows: [PackNumber: RegisterRow], pairs: [PackPair]) {
            let file = try #require(try out.read("run.register"))
            var reader = try RegisterReader(MemoryBytes(file), election: election)
            var rows: [PackNumber: RegisterRow] = [:]
            while let row = try reader.next() { rows[row.pack] = row }
            var pairs: [PackPair] = []
            while let pair = try reader.nextPair() { pairs.append(pair) }
            return (rows, pairs)
        }
    }
}
