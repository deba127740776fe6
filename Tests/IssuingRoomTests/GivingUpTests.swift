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
            ascending: [0], election: election, key: key)
        let shelf = MemoryShelf(["B01.batch": page.parts(election, key).flatMap { $0 }])
        let book = BatchBook(in: shelf, of: election)
        #expect(try book.destroy(batch, key) == .unfinished)
        #expect(try book.pages(key).count == 1)
        #expect(try book.destroy(batch, unfinished: true, key) == .destroyed)
        #expect(try book.pages(key).isEmpty)
        #expect(try book.destroy(batch, unfinished: true, key) == .noSuchBatch)
    }

    @Test func aFinishedPageStaysWithoutItsKey() throws {
        let key = IssuingKey.standIn(bookKey: .filled(7))
        let voters = [VoterNumber(Bytes())]
        let begun = BookPage(
            beginning: batch, kind: .members, place: 1, planDigest: Bytes(), voters: voters,
            ascending: [0], election: election, key: key)
        let page = BookPage(
            finishing: begun, voters: voters, ascending: [0], packs: [PackNumber(unchecked: 5)])
        let shelf = MemoryShelf(["B01.batch": page.parts(election, key).flatMap { $0 }])
        let book = BatchBook(in: shelf, of: election)
        #expect(try book.destroy(batch, unfinished: true, key) == .destroyed)
        #expect(try book.pages(key).first?.keyIsDestroyed == true)
        #expect(try book.pages(key).first?.has(voters[0]) == true)
    }
}
