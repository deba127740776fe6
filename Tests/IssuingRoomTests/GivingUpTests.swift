import Counterfoil
import TestSupport
import Testing

@testable import IssuingRoom

/// A batch that was begun and cannot be finished, because its roll is lost.
struct GivingUpTests {
    private let election = Election.standIn(ElectionID(Bytes()))
    private let batch = BatchName("B01")!

    @Test func isGivenUpOnlyOnPurposeAndThenIsGone() throws {
        let key = IssuingKey.standIn(bookKey: .filled(7))
        let voters = [VoterNumber(Bytes())]
        let page = BookPage(
            beginning: batch, kind: .members, place: 1, planDigest: Bytes(), voters: voters,
            folded: voters, ascending: [0], election: election, key: key)
        let shelf = MemoryShelf(["B01.batch": page.parts(election, key).flatMap { $0 }])
        let book = BatchBook(in: shelf, of: election)
        #expect(try book.destroy(batch, key) == .unfinished)
        #expect(try book.pages(key).count == 1)
        #expect(try book.giveUp(batch, key))
        #expect(try book.pages(key).isEmpty)
        #expect(try !book.giveUp(batch, key))
    }

    /// Between the key and the doubles, or between the doubles and the page: it
    /// is given up again, and no doubles are left for a later batch of the name.
    @Test(arguments: ["B01.doubles", "B01.batch"])
    func givingUpThatIsBrokenOffIsDoneAgain(_ file: String) async throws {
        let room = try PracticeRoom()
        let decided = "group,voter,decision\n1,100,same\n1,200,drop\n"
        room.out.fail("B01.manifest.json")
        await expectRefused(.noRoom(for: "B01.manifest.json")) {
            try await room.issue("B01", ["100", "200"], decided: decided)
        }
        room.out.fail(nil)
        let book = BatchBook(in: room.book, of: room.election)
        room.book.fail(file)
        #expect(throws: BookError.self) { try book.giveUp(batch, room.key()) }
        room.book.fail(nil)
        #expect(try room.book.names().contains("B01.batch"))
        // Its key is gone: to run it again is no way out.
        for name in ["B01", "B02"] {
            await expectRefused(.halfGivenUp("B01".batch)) {
                try await room.issue(name, ["100", "200"], decided: decided)
            }
        }
        #expect(try book.destroy(batch, room.key()) == .unfinished)
        #expect(try book.giveUp(batch, room.key()))
        #expect(try room.book.names().isEmpty)
        #expect(try await room.issue("B02", ["100", "200"]).packs.count == 2)
    }

    @Test func aFinishedPageStaysWithoutItsKey() throws {
        let key = IssuingKey.standIn(bookKey: .filled(7))
        let voters = [VoterNumber(Bytes())]
        let begun = BookPage(
            beginning: batch, kind: .members, place: 1, planDigest: Bytes(), voters: voters,
            folded: voters, ascending: [0], election: election, key: key)
        let page = BookPage(
            finishing: begun, voters: voters, folded: voters, ascending: [0],
            packs: [PackNumber(unchecked: 5)])
        let shelf = MemoryShelf(["B01.batch": page.parts(election, key).flatMap { $0 }])
        let book = BatchBook(in: shelf, of: election)
        #expect(try book.destroy(batch, key) == .destroyed)
        #expect(try book.destroy(batch, key) == .alreadyDestroyed)
        #expect(try book.pages(key).first?.keyIsDestroyed == true)
        #expect(try book.pages(key).first?.has(voters[0]) == true)
    }

    /// A finished batch was wrong, and no desk has it: its members are issued again, under
    /// the same name and with other decisions. A give-up that breaks off is done again.
    @Test(arguments: [nil, "B01.doubles", "B01.batch"])
    func aFinishedBatchIsGivenUp(_ file: String?) async throws {
        let room = try PracticeRoom()
        let first = try await room.issue(
            "B01", ["100", "200"], decided: "group,voter,decision\n1,100,same\n1,200,drop\n")
        #expect(first.packs.count == 1)
        let book = BatchBook(in: room.book, of: room.election)
        if let file {
            room.book.fail(file)
            #expect(throws: BookError.self) { try book.giveUp(batch, room.key()) }
            room.book.fail(nil)
        }
        #expect(try book.giveUp(batch, room.key()))
        #expect(try room.book.names().isEmpty)
        for name in try room.out.names() { try room.out.remove(name) }
        let second = try await room.issue("B01", ["100", "200"])
        #expect(second.packs.count == 2)
        // Members keep their numbers, and so one vote each, whatever batch they are in.
        #expect(second["100"]?.voter == first["100"]?.voter)
        #expect(second["100"]?.number != first["100"]?.number)
    }
}
