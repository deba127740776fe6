import Counterfoil
import Testing

@testable import IssuingRoom

/// One member under two spellings of an id gets no second pack unasked.
@Suite struct CoincidingIDsTests {
    /// What exports, spreadsheets and keyboards make of one id.
    static let spellings = [
        ("G-40", "G-40\u{A0}"), ("G-40", "g-40"), ("G-40", "G\u{2011}40"), ("0042", "42"),
        ("0042", "042"), ("42", "42.0"), ("42", "'42"), ("42", "4\u{200B}2"), ("G 40", "G40"),
        ("G40", "\u{FF27}\u{FF14}\u{FF10}"), ("Bj\u{F6}rn", "Bjo\u{308}rn"), ("Bj\u{F6}rn", "Bjorn"),
        ("\u{FEFF}G40", "G40"), ("42,00", "42"),
    ]

    private func group(_ decisions: (String, String)...) -> String {
        "group,voter,decision\n" + decisions.map { "1,\($0.0),\"\($0.1)\"\n" }.joined()
    }

    @Test(arguments: spellings)
    func waitForADecision(_ a: String, _ b: String) async throws {
        let room = try PracticeRoom()
        let roll = ["1001", quoted(a), "1002", quoted(b), "1003"]
        await expectRefused(.alikeVoters(firstLine: 3, secondLine: 5, count: 2)) {
            try await room.issue("B01", roll)
        }
        // One of two is not enough: a list that a spreadsheet changed names one.
        await expectRefused(.alikeVoters(firstLine: 3, secondLine: 5, count: 1)) {
            try await room.issue("B01", roll, decided: group((quoted(a), "different")))
        }
        #expect(try room.book.names().isEmpty && room.out.names().isEmpty)
    }

    @Test(arguments: spellings)
    func areOnePersonOrTwoByDecision(_ a: String, _ b: String) async throws {
        let roll = [quoted(a), quoted(b)]
        for (decisions, packs, numbers) in [
            (("different", "different"), 2, 2), (("same", "same"), 2, 1), (("same", "drop"), 1, 1),
        ] {
            let room = try PracticeRoom()
            let batch = try await room.issue(
                "B01", roll, decided: group((quoted(a), decisions.0), (quoted(b), decisions.1)))
            #expect(batch.all.count == packs)
            #expect(Set(batch.all.map(\.voter)).count == numbers)
        }
    }

    /// A later batch is issued to the other spelling: from a roll with both, or with
    /// the new one alone.
    @Test(arguments: spellings, [true, false])
    func waitInALaterBatch(_ spelling: (String, String), _ rollHasBoth: Bool) async throws {
        let (a, b) = (quoted(spelling.0), quoted(spelling.1))
        let room = try PracticeRoom()
        let first = try await room.issue("B01", [a])
        let roll = rollHasBoth ? [a, b, "1001"] : [b, "1001"]
        await expectRefused(.alikeIssued(line: rollHasBoth ? 3 : 2, batch: "B01".batch, count: 1)) {
            try await room.issue("B02", roll, skipIssued: true)
        }
        #expect(try room.book.names() == ["B01.batch"])
        // It is the same member: their number, and so one vote.
        let later = try await room.issue(
            "B02", roll, decided: group((a, "same"), (b, "same")), skipIssued: true)
        #expect(later.all.count == 2)
        #expect(later.all.count { $0.voter == first.all[0].voter } == 1)
    }

    /// What the book has is compared in the folded form too.
    @Test func neitherSpellingIsTheFoldedForm() async throws {
        let room = try PracticeRoom()
        try await room.issue("B01", ["007", "0050"])
        await expectRefused(.alikeIssued(line: 3, batch: "B01".batch, count: 1)) {
            try await room.issue("B02", ["1001", "07"])
        }
        try await room.issue("B02", ["1001"])
        await expectRefused(.alikeIssued(line: 2, batch: "B01".batch, count: 2)) {
            try await room.issue("B03", ["7", "50"])
        }
    }

    /// Who is in the book was decided when they came there: later runs need no
    /// decisions for that, and a third spelling needs one.
    @Test func whatIsInTheBookWasDecided() async throws {
        let room = try PracticeRoom()
        let old = try await room.issue(
            "B01", ["42", "042", "50"], decided: group(("42", "different"), ("042", "different")))
        let new = try await room.issue("R01", ["42", "042", "50"], replacing: [old["42"]!.number])
        #expect(new["42"]?.voter == old["42"]?.voter)
        let roll = ["42", "042", "50", "60", "42.0"]
        for decided in [group(("42", "different"), ("042", "different")), nil] {
            await expectRefused(.alikeIssued(line: 6, batch: "B01".batch, count: 1)) {
                try await room.issue("B02", roll, decided: decided, skipIssued: true)
            }
        }
        let later = try await room.issue(
            "B02", roll, decided: group(("42.0", "different")), skipIssued: true)
        #expect(later.all.count == 2)
    }

    @Test func replacementsLookAtTheWholeRoll() async throws {
        let room = try PracticeRoom()
        let old = try await room.issue("B01", ["42", "50"])
        await expectRefused(.alikeIssued(line: 4, batch: "B01".batch, count: 1)) {
            try await room.issue("R01", ["42", "50", "042"], replacing: [old["50"]!.number])
        }
        // Two new ones who coincide with each other.
        await expectRefused(.alikeVoters(firstLine: 4, secondLine: 5, count: 2)) {
            try await room.issue("R01", ["42", "50", "61", "061"], replacing: [old["50"]!.number])
        }
        // The one whose pack is replaced is on the same roll.
        await expectRefused(.alikeVoters(firstLine: 3, secondLine: 4, count: 1)) {
            try await room.issue("R01", ["42", "50", "050"], replacing: [old["50"]!.number])
        }
        // The member is on the roll under another spelling alone.
        await expectRefused(.alikeIssued(line: 2, batch: "B01".batch, count: 1)) {
            try await room.issue("R01", ["042", "50"], replacing: [old["42"]!.number])
        }
        let new = try await room.issue(
            "R01", ["42", "50", "042"], decided: group(("042", "different")),
            replacing: [old["50"]!.number])
        #expect(new.packs.keys.sorted() == ["50"])
    }

    /// A member who is dropped has no pack, and the book has them all the same.
    @Test func afterADrop() async throws {
        let room = try PracticeRoom()
        try await room.issue("B01", ["100", "0200"], decided: group(("100", "same"), ("0200", "drop")))
        await expectRefused(.alikeIssued(line: 2, batch: "B01".batch, count: 1)) {
            try await room.issue("B02", ["200"])
        }
        // And one whose pack carries another's number.
        try await room.issue(
            "B02", ["300", "0400"], decided: group(("300", "same"), ("0400", "same")))
        await expectRefused(.alikeIssued(line: 3, batch: "B02".batch, count: 1)) {
            try await room.issue("B03", ["500", "400"])
        }
    }

    /// Test packs are nobody's: a member may be called as one is.
    @Test func specimensCoincideWithNobody() async throws {
        let room = try PracticeRoom()
        try await room.issue("PROOF", ["1", "01"], specimens: 3)
        try await room.issue("B01", ["specimen:proof:1"])
    }

    @Test func caseCountsWhereTheElectionSaysSo() async throws {
        let room = try PracticeRoom(.exactCase)
        let roll = ["17a", "17A", "Bj\u{F6}rn", "bj\u{F6}rn", "Bjo\u{308}rn"]
        #expect(try await room.issue("B01", roll).all.count == 5)
        // Everything else is compared as ever.
        for other in ["17a\u{A0}", "'17A", "\u{FF11}7a"] {
            await expectRefused(.alikeIssued(line: 2, batch: "B01".batch, count: 1)) {
                try await room.issue("B02", [other])
            }
        }
        await expectRefused(.alikeVoters(firstLine: 2, secondLine: 3, count: 2)) {
            try await room.issue("B02", ["0018", "18"])
        }
    }

    /// One id on two lines is a mistake in the roll, and not two spellings.
    @Test func aRepeatedIDIsToldApart() async throws {
        let room = try PracticeRoom()
        await expectRefused(.repeatedVoter(firstLine: 2, secondLine: 3)) {
            try await room.issue("B01", ["M1", "M1"])
        }
    }

    /// Every pair is counted, and the first one is told.
    @Test func allAreCounted() async throws {
        let room = try PracticeRoom()
        let roll = ["5", "9", "05", "7", "007", "07", "11"]
        await expectRefused(.alikeVoters(firstLine: 2, secondLine: 4, count: 5)) {
            try await room.issue("B01", roll)
        }
        await expectRefused(.alikeVoters(firstLine: 5, secondLine: 6, count: 3)) {
            try await room.issue("B01", roll, decided: group(("5", "different"), ("05", "different")))
        }
    }

    /// As a CSV file has it.
    private func quoted(_ id: String) -> String { "\"\(id)\"" }
}

/// A dropped member's packs vote no more, once the desk has activated a pack of the person.
@Suite struct DroppedMemberTests {
    private let room: PracticeRoom
    private let roll = ["100", "200", "300"]
    private let dropped = "group,voter,decision\n1,100,same\n1,200,drop\n"

    init() throws { room = try PracticeRoom() }

    /// Both were issued packs; then they are found to be one person, and one pack is
    /// replaced. The new pack and the other one could both vote.
    @Test func aNewPackAndTheOldOneOfTheOtherAreAPair() async throws {
        let old = try await room.issue("B01", roll)
        #expect(old.pairs.isEmpty)
        let new = try await room.issue("R01", roll, decided: dropped, replacing: [old["100"]!.number])
        #expect(new.pairs == [PackPair(kept: new["100"]!.number, cancelled: old["200"]!.number)])
        #expect(new.packs.keys.sorted() == ["100"])
        #expect(new["100"]?.voter == old["100"]?.voter)
        // The dropped member gets no pack after that, with the decisions or without.
        for decided in [dropped, nil] {
            await expectRefused(.droppedReplaced(voter: "200", old["200"]!.number)) {
                try await room.issue("R02", roll, decided: decided, replacing: [old["200"]!.number])
            }
        }
        await expectRefused(.alreadyIssued(voter: "200", line: 2, batch: "R01".batch)) {
            try await room.issue("B02", ["200"])
        }
    }

    /// The batch that dropped a member may never be activated: a later pack of the
    /// person goes with the pair again, unasked.
    @Test func aLaterPackOfThePersonIsPairedToo() async throws {
        let old = try await room.issue("B01", roll)
        let new = try await room.issue("R01", roll, decided: dropped, replacing: [old["100"]!.number])
        let later = try await room.issue("R02", roll, replacing: [new["100"]!.number])
        let (first, last) = (old["100"]!.number, later["100"]!.number)
        #expect(
            later.pairs
                == [first, last].map { PackPair(kept: $0, cancelled: old["200"]!.number) }.sorted())
        // Others' batches say nothing of it.
        #expect(try await room.issue("R03", roll, replacing: [old["300"]!.number]).pairs.isEmpty)
        #expect(try await room.issue("B02", ["400"]).pairs.isEmpty)
    }

    /// On the roll or not, in a batch of members or of replacements: the book has the
    /// drop, and a roll that has the member again gives them nothing.
    @Test func aDropIsRecordedWhereverTheMemberIs() async throws {
        let old = try await room.issue("B01", roll)
        let new = try await room.issue("B02", ["400"], decided: dropped)
        #expect(new.pairs == [PackPair(kept: old["100"]!.number, cancelled: old["200"]!.number)])
        #expect(try room.book.names().contains("B02.doubles"))
        let later = try await room.issue("B03", ["200", "500"], skipIssued: true)
        #expect(later.packs.keys.sorted() == ["500"])
    }

    @Test func bothAreFoundAtOnce() async throws {
        let batch = try await room.issue("B01", roll, decided: dropped)
        #expect(batch.pairs.isEmpty && batch["200"] == nil)
    }

    @Test func aDropOfNobodyIsRefused() async throws {
        await expectRefused(.decidedUnknown("200", count: 1)) {
            try await room.issue("B01", ["100", "300"], decided: dropped)
        }
        #expect(try room.book.names().isEmpty)
    }

    /// Who is the same person as another and has no pack is dropped, or gets one.
    @Test func sameWithoutAPackIsRefused() async throws {
        let old = try await room.issue("B01", ["100", "300"])
        let same = "group,voter,decision\n1,100,same\n1,200,same\n1,250,same\n"
        await expectRefused(.sameWithoutPack("200", count: 2)) {
            try await room.issue(
                "R01", ["100", "200", "250", "300"], decided: same, replacing: [old["100"]!.number])
        }
        #expect(try room.book.names() == ["B01.batch"])
        let drop = "group,voter,decision\n1,100,same\n1,200,drop\n"
        try await room.issue("R01", roll, decided: drop, replacing: [old["100"]!.number])
    }

    /// Somebody who was dropped, and is not any more, has a pack of their own number. It
    /// would vote beside the person's: they get another one in its place.
    @Test func aPackFromBeforeTheDropIsNone() async throws {
        let old = try await room.issue("B01", roll)
        try await room.issue("B02", ["400"], decided: dropped)
        let otherwise = "group,voter,decision\n1,100,drop\n1,200,same\n"
        await expectRefused(.sameWithoutPack("200", count: 1)) {
            try await room.issue("B03", ["500"], decided: otherwise)
        }
        let new = try await room.issue(
            "R01", roll, decided: otherwise, replacing: [old["200"]!.number])
        #expect(new["200"]?.voter == old["100"]?.voter)
        let cancelled = [old["100"]!.number, old["200"]!.number].sorted()
        #expect(new.pairs == cancelled.map { PackPair(kept: new["200"]!.number, cancelled: $0) })
        // That one is enough for the next time.
        let later = try await room.issue("B03", ["500"], decided: otherwise)
        #expect(later.pairs == new.pairs)
    }

    /// All the person's packs that stay, and all of the dropped member's.
    @Test func severalPacksAreAllPaired() async throws {
        let first = try await room.issue("B01", roll)
        let second = try await room.issue(
            "R01", roll, replacing: [first["100"]!.number, first["200"]!.number])
        let third = try await room.issue(
            "R02", ["100", "200", "400"],
            decided: "group,voter,decision\n1,100,same\n1,200,drop\n1,50,different\n",
            replacing: [second["100"]!.number])
        let kept = [first["100"]!.number, third["100"]!.number]
        let cancelled = [first["200"]!.number, second["200"]!.number]
        #expect(
            third.pairs
                == kept.flatMap { kept in cancelled.map { PackPair(kept: kept, cancelled: $0) } }.sorted())
    }

    /// A run that was broken off is run again with the same decisions, to the same
    /// packs and pairs; with others it is refused.
    @Test func aRunThatIsRunAgainGivesTheSamePairs() async throws {
        let old = try await room.issue("B01", roll)
        let again = { [room, roll, dropped] in
            try await room.issue("R01", roll, decided: dropped, replacing: [old["100"]!.number])
        }
        room.out.fail("R01.register")
        await expectRefused(.noRoom(for: "R01.register")) { _ = try await again() }
        room.out.fail(nil)
        for other in [nil, "group,voter,decision\n1,100,same\n1,300,drop\n"] {
            await expectRefused(.otherRoll("R01".batch)) {
                try await room.issue("R01", roll, decided: other, replacing: [old["100"]!.number])
            }
        }
        let new = try await again()
        #expect(new.pairs == [PackPair(kept: new["100"]!.number, cancelled: old["200"]!.number)])
        // And once more, into another folder.
        for name in try room.out.names() { try room.out.remove(name) }
        let twice = try await again()
        #expect(twice.pairs == new.pairs && twice.packs == new.packs)
    }
}
