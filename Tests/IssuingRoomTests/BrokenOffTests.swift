import Counterfoil
import Synchronization
import Testing

@testable import IssuingRoom

/// A run may end between any two of its files. It is then run again into the
/// same folder, and makes the same packs.
@Suite struct BrokenOffTests {
    private let roll = ["100", "200", "300"]
    private let finn = "group,voter,decision\n1,100,same\n1,200,same\n"

    @Test(arguments: [
        "B01.csv", "B01.register", "B01.packs.csv", "B01.manifest.json.minisig", "B01.manifest.json",
    ])
    func inTheFolder(_ file: String) async throws {
        let room = try PracticeRoom()
        room.out.fail(file)
        await expectRefused(.noRoom(for: file)) { try await room.issue("B01", roll, decided: finn) }
        #expect(try !room.out.names().contains("B01.manifest.json"))
        try await expectUnfinished(room)
        room.out.fail(nil)
        try await expectSamePacksNow(room)
    }

    /// Or there would be a batch with a roll that nobody has.
    @Test func aRollThatChangesWhileItIsReadBeginsNone() async throws {
        let room = try PracticeRoom()
        let order = PrintOrder(batch: "B01".batch, voterColumn: "voter")
        let run = PrintRun(
            order, election: room.election, key: try room.key(), book: room.book, out: room.out)
        let changed = StreamError(.read, "roll.csv", .changedMeanwhile)
        let opened = Atomic(0)
        await expectRefused(.roll(.fault(RollFault(.unreadable(changed))))) {
            _ = try await run.run(roll: { () throws(StreamError) in
                guard opened.add(1, ordering: .relaxed).newValue == 1 else { throw changed }
                return PieceSource(Array("voter\n100\n".utf8))
            })
        }
        #expect(try room.book.names().isEmpty && room.out.names().isEmpty)
    }

    /// After the manifest, the mark of a complete run, and before the page is
    /// closed: the batch does not count as finished.
    @Test func betweenTheManifestAndThePage() async throws {
        let room = try PracticeRoom()
        // The page is written twice; let the first one through.
        room.out.fail("B01.manifest.json")
        await expectRefused(.noRoom(for: "B01.manifest.json")) {
            try await room.issue("B01", roll, decided: finn)
        }
        let register = try room.out.read("B01.register")
        room.out.fail(nil)
        for (file, isKilled) in [("B01.doubles", false), ("B01.batch", false), ("B01.batch", true)] {
            room.book.fail(file)
            room.out.die(isKilled)
            await expectRefused(.noRoomInBook(for: file)) { try await room.issue("B01", roll, decided: finn) }
            // What fails takes the mark away again; what is killed cannot.
            #expect(try room.out.names().contains("B01.manifest.json") == isKilled)
            room.out.die(false)
            try await expectUnfinished(room)
            room.book.fail(nil)
        }
        try await expectSamePacksNow(room)
        #expect(try room.out.read("B01.register") == register)
    }

    /// The doubles are written first. Those of a run whose page never came must
    /// not become those of a later batch of that name.
    @Test func betweenTheDoublesAndThePage() async throws {
        let room = try PracticeRoom()
        let dropped = "group,voter,decision\n1,100,same\n1,200,drop\n"
        room.book.fail("B01.batch")
        await expectRefused(.noRoomInBook(for: "B01.batch")) {
            try await room.issue("B01", roll, decided: dropped)
        }
        #expect(try room.book.names() == ["B01.doubles"])
        room.book.fail(nil)
        let packs = try await room.issue("B01", roll)
        #expect(try room.book.names() == ["B01.batch"])
        // Each of them is a person apart, whatever was decided then.
        let later = try await room.issue(
            "B02", ["400"], decided: "group,voter,decision\n1,400,same\n1,200,same\n", skipIssued: true)
        #expect(later["400"]?.voter == packs["200"]?.voter)
    }

    /// Another election's files of the same name are never written over.
    @Test func anotherElectionsManifestStays() async throws {
        let other = try PracticeRoom()
        try await other.issue("B01", roll)
        let manifest = try #require(try other.out.read("B01.manifest.json"))
        let room = try PracticeRoom()
        room.out.fail("B01.manifest.json")
        await expectRefused(.noRoom(for: "B01.manifest.json")) {
            try await room.issue("B01", roll, decided: finn)
        }
        room.out.fail(nil)
        for foreign in [manifest, Array("{}".utf8), []] {
            let file = try room.out.create("B01.manifest.json")
            foreign.withBytes { try? file.write($0) }
            try file.publish()
            await expectRefused(.complete("B01".batch)) {
                try await room.issue("B01", roll, decided: finn)
            }
            #expect(try room.out.read("B01.manifest.json") == foreign)
        }
    }

    /// Only the batch that put a file into the folder may replace it.
    @Test(arguments: ["B01.csv", "B01.register", "B01.packs.csv", "B01.manifest.json.minisig"])
    func whatIsSomebodyElsesStays(_ name: String) async throws {
        let room = try PracticeRoom()
        let file = try room.out.create(name)
        Array("theirs".utf8).withBytes { try? file.write($0) }
        try file.publish()
        await expectRefused(.inTheWay(name)) { try await room.issue("B01", roll) }
        #expect(try room.out.read(name) == Array("theirs".utf8))
        #expect(try room.book.names().isEmpty && room.out.names() == [name])
        try room.out.remove(name)
        try await room.issue("B01", roll)
    }

    /// Such a batch's files would be called as another one's.
    @Test(arguments: [
        ("B01.packs", "packs"), ("B01.1of2", "1of2"), ("B01.10of12", "10of12"), ("B01.1of2.packs", "packs"),
    ])
    func aNameThatIsTheEndOfAFilesIsRefused(_ name: String, _ ending: String) async throws {
        let room = try PracticeRoom()
        await expectRefused(.batchName(name.batch, ending: ending)) { try await room.issue(name, roll) }
        for name in ["B01.pack", "packs", "B01.of2", "B01.1of", "1of2", "B01.1of2x"] {
            try await room.issue(name, roll, specimens: 1)
        }
    }

    /// Numbers of earlier batches are in use, and a pack that would get one of them gets
    /// another. It happens by chance once in 2⁴⁵ times; here it is written into the book.
    @Test func aPackNumberOfAnEarlierBatchIsNotGivenAgain() async throws {
        let room = try PracticeRoom()
        try await room.issue("B01", ["100"])
        func again() async throws -> PackNumber {
            for name in try room.out.names() where name.hasPrefix("B02") { try room.out.remove(name) }
            return try #require(try await room.issue("B02", ["200"])["200"]).number
        }
        let number = try await again()
        #expect(try await again() == number)
        let book = BatchBook(in: room.book, of: room.election)
        let page = try #require(try book.pages(room.key()).first)
        var voters: [VoterNumber] = []
        page.forEachRow { voters.append($0.voter) }
        try book.write(
            BookPage(finishing: page, voters: voters, folded: voters, ascending: [0], packs: [number]),
            room.key())
        #expect(try await again() != number)
    }

    private func expectUnfinished(_ room: PracticeRoom) async throws {
        await expectRefused(.unfinished("B01".batch)) {
            try await room.issue("B02", ["400"])
        }
        let book = BatchBook(in: room.book, of: room.election)
        #expect(try book.destroy(BatchName("B01")!, room.key()) == .unfinished)
    }

    private func expectSamePacksNow(_ room: PracticeRoom) async throws {
        let register = try room.out.read("B01.register")
        let packs = try await room.issue("B01", roll, decided: finn)
        if let register { #expect(try room.out.read("B01.register") == register) }
        await expectRefused(.complete("B01".batch)) {
            try await room.issue("B01", roll, decided: finn)
        }
        for name in try room.out.names() { try room.out.remove(name) }
        #expect(try await room.issue("B01", roll, decided: finn).packs == packs.packs)
        try await room.issue("B02", ["400"])
        #expect(
            try BatchBook(in: room.book, of: room.election).destroy(BatchName("B01")!, room.key())
                == .destroyed)
    }

    @Test(arguments: [(1, [3]), (2, [2, 1]), (3, [1, 1, 1]), (40, [1, 1, 1])])
    func noPartIsEmpty(_ parts: Int, _ counts: [Int]) async throws {
        let room = try PracticeRoom()
        let files = try await room.issue("B01", roll, parts: parts).manifest.files
        #expect(files.map { $0.lastSequence - $0.firstSequence + 1 } == counts)
        let names = counts.indices.map { "B01.\($0 + 1)of\(counts.count).csv" }
        #expect(files.map(\.name) == (counts.count == 1 ? ["B01.csv"] : names))
    }
}
