import Counterfoil
import Testing

@testable import IssuingRoom

/// New packs for old ones.
@Suite struct ReplacementTests {
    private let room: PracticeRoom
    private let roll = ["100", "200", "300", "400"]
    private let finn = "group,voter,decision\n1,100,same\n1,200,same\n"

    init() throws { room = try PracticeRoom() }

    @Test func onlyTheNamedPacksAreReplaced() async throws {
        let old = try await room.issue("B01", roll)
        let new = try await room.issue(
            "R01", roll, replacing: [old["400"]!.number, old["200"]!.number, old["400"]!.number])
        #expect(new.packs.keys.sorted() == ["200", "400"])
        #expect(new.manifest.kind == .replacements)
        for voter in ["200", "400"] {
            #expect(new[voter]?.replaces == old[voter]?.number.value)
            #expect(new[voter]?.voter == old[voter]?.voter)
            #expect(new[voter]?.number != old[voter]?.number)
        }
    }

    /// A member who has two packs and one number keeps one number, although nobody
    /// gives the decisions again: with two they could vote twice.
    @Test func theNumberIsThatOfTheReplacedPack() async throws {
        let old = try await room.issue("B01", roll, decided: finn)
        let shared = old["100"]!.voter
        #expect(old["200"]?.voter == shared)
        // The second membership's own number would be another.
        let all = try await room.issue("B02", roll, replacing: old.numbers)
        #expect(all["100"]?.voter == shared && all["200"]?.voter == shared)
        #expect(all["200"]?.replaces == old["200"]?.number.value)
        // And so a replacement of the replacement.
        let again = try await room.issue("R01", roll, replacing: [all["200"]!.number])
        #expect(again.packs.keys.sorted() == ["200"] && again["200"]?.voter == shared)
        #expect(again["200"]?.replaces == all["200"]?.number.value)
    }

    /// The doubles are found when all is made again: both packs are replaced under the
    /// person's number.
    @Test func aPersonFoundLaterHasOneNumberFromThenOn() async throws {
        let old = try await room.issue("B01", roll)
        #expect(old["100"]?.voter != old["200"]?.voter)
        let merged = "group,voter,decision\n1,150,same\n1,200,same\n"
        let new = try await room.issue("B02", ["150"], decided: merged, skipIssued: true)
        #expect(new["150"]?.voter == old["200"]?.voter)
        // A third membership of the same person, decided by the second alone.
        let third = try await room.issue(
            "B03", ["500"], decided: "group,voter,decision\n1,500,same\n1,150,same\n", skipIssued: true)
        #expect(third["500"]?.voter == old["200"]?.voter)
        // And a replacement of what was issued then, without any decisions.
        let again = try await room.issue(
            "R01", ["150", "200", "500"], replacing: [new["150"]!.number, third["500"]!.number])
        #expect(again["150"]?.voter == old["200"]?.voter && again["500"]?.voter == old["200"]?.voter)
    }

    /// The book has found a member to be somebody else since their pack was made. A
    /// pack in its place would carry the old number, and be a second vote.
    @Test func aPersonFoundMeanwhileGetsNoSecondNumberAgain() async throws {
        let old = try await room.issue("B01", roll)
        func decided(_ a: String, _ b: String) -> String { "group,voter,decision\n1,100,\(a)\n1,200,\(b)\n" }
        try await room.issue("B02", roll + ["500"], decided: decided("same", "drop"), skipIssued: true)
        // That the member is dropped is decided otherwise now: their pack is replaced
        // under the person's number, and the other one is dropped.
        let new = try await room.issue(
            "R01", roll, decided: decided("drop", "same"), replacing: [old["200"]!.number])
        #expect(new["200"]?.voter == old["100"]?.voter)
        // Every pack of the other number is listed: the one replaced votes on until this
        // batch is activated.
        let cancelled = [old["100"]!.number, old["200"]!.number].sorted()
        #expect(new.pairs == cancelled.map { PackPair(kept: new["200"]!.number, cancelled: $0) })
        // Which the old pack knows nothing of.
        await expectRefused(.numberChanged(voter: "200", line: 3, old["200"]!.number)) {
            try await room.issue("R02", roll, replacing: [old["200"]!.number])
        }
        #expect(try !room.book.names().contains("R02.batch"))
        // The others' are replaced as ever, and this one with the decisions.
        try await room.issue("R02", roll, replacing: [old["300"]!.number])
        let again = try await room.issue("R03", roll, replacing: new.numbers)
        #expect(again["200"]?.voter == old["100"]?.voter)
    }

    @Test func whatCannotBeReplacedIsNamed() async throws {
        let old = try await room.issue("B01", roll)
        let proof = try await room.issue("PROOF", roll, specimens: 2)
        let foreign = try await PracticeRoom().issue("B01", roll).numbers[0]
        for pack in [foreign, proof.numbers[0]] {
            await expectRefused(.unknownPack(pack)) {
                try await room.issue("R01", roll, replacing: [old["100"]!.number, pack])
            }
        }
        let new = try await room.issue("R01", roll, replacing: [old["100"]!.number])
        await expectRefused(.packTwice(old["100"]!.number, new["100"]!.number)) {
            try await room.issue("R02", roll, replacing: [old["100"]!.number, new["100"]!.number])
        }
        await expectRefused(.voterMissing([old["400"]!.number])) {
            try await room.issue(
                "R02", ["100", "200", "300"], replacing: [old["300"]!.number, old["400"]!.number])
        }
        await expectRefused(.nobody) { try await room.issue("R02", roll, replacing: []) }
        #expect(try room.book.names() == ["B01.batch", "PROOF.batch", "R01.batch"])
    }

    @Test func anotherListUnderOneNameIsRefused() async throws {
        let old = try await room.issue("B01", roll)
        try await room.issue("R01", roll, replacing: [old["100"]!.number])
        for name in try room.out.names() where name.hasPrefix("R01") { try room.out.remove(name) }
        await expectRefused(.otherRoll("R01".batch)) {
            try await room.issue("R01", roll, replacing: [old["200"]!.number])
        }
    }
}

/// The lists that officers give to `--replace`.
@Suite struct PackListTests {
    private let election: Election
    private let packs: [PackNumber]

    init() async throws {
        let room = try PracticeRoom()
        election = room.election
        packs = try await room.issue("B01", ["1", "2", "3"]).numbers.sorted()
    }

    private func read(_ text: String) throws -> [PackNumber] {
        try PackList.read(PieceSource(Array(text.utf8)), election)
    }

    @Test func oneNumberALine() throws {
        let (a, b) = (packs[0], packs[1])
        #expect(try read("\(a)\n\(b)\n") == [a, b])
        #expect(try read("\(a)\r\n") == [a])
        #expect(try read("\(a)") == [a])
        #expect(try read("pack\n\(a)\n\(b)\n") == [a, b])
        #expect(try read(" Pack\n\(a)\n") == [a])
        #expect(try read("\("\(a)".lowercased().replacing("-", with: " "))\n") == [a])
    }

    @Test func aTableWithAColumnOfPacks() throws {
        let (a, b) = (packs[0], packs[1])
        #expect(try read("voter,pack\r\n1,\(a)\r\n2,\(b)\r\n") == [a, b])
        #expect(try read("Pack;reason\n\(a);lost\n") == [a])
    }

    @Test func aLineWithoutAPackIsNamed() throws {
        let (a, b) = (packs[0], packs[1])
        for (text, why) in [
            ("Packs that were lost\n\(a)\n", ListError.noHeader), ("\(a)x\n\(b)\n", .noHeader),
            ("\("\(a)".dropLast())\n\(b)\n", .noHeader), ("\(a)\n\(b)x\n", .noPackNumber(line: 2)),
            ("pack\n\(a)\nlost\n", .noPackNumber(line: 3)),
            ("voter,pack\n1,\(a)\n2,\n", .noPackNumber(line: 3)),
            (
                "voter,number\n1,\(a)\n",
                .column(.unknown("pack", nearest: nil, columns: ["voter", "number"]))
            ),
            ("", .fault(RollFault(.empty))), ("pack\n", .fault(RollFault(line: 2, .noRows))),
        ] {
            #expect(throws: why) { try read(text) }
        }
    }
}
