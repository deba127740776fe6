import Counterfoil
import Testing

@testable import IssuingRoom

/// One person, one voter number: what officers decide, and what becomes of it
/// in this batch and in later ones.
@Suite struct DoublesTests {
    private let room: PracticeRoom
    init() throws { room = try PracticeRoom() }

    /// A filled-in `doubles.csv`, all of one group.
    private func group(_ decisions: (String, String)...) -> String {
        "group,line,voter,decision\n" + decisions.map { "1,2,\($0.0),\($0.1)\n" }.joined()
    }

    @Test func nothingMergesUnasked() async throws {
        let packs = try await room.issue("B01", ["100", "200"])
        #expect(packs["100"]?.voter != packs["200"]?.voter)
        #expect(try room.book.names() == ["B01.batch"])
    }

    @Test func sameIsOneNumberAndTwoPacks() async throws {
        let alone = try await room.issue("A", ["150"]).packs["150"]
        let room = self.room
        let packs = try await room.issue(
            "B01", ["300", "200", "100"], decided: group(("300", "same"), ("200", "same")))
        #expect(packs.packs.count == 3)
        #expect(packs["300"]?.voter == packs["200"]?.voter)
        #expect(packs["300"]?.number != packs["200"]?.number)
        #expect(packs["100"]?.voter != packs["200"]?.voter && alone?.voter != packs["200"]?.voter)
        // The number is that of the lowest id.
        let own = Array("200".utf8).withBytes { [key = try room.key()] in
            key.voterNumber($0, in: room.election.id)
        }
        #expect(packs["200"]?.voter == own.bytes.array)
    }

    @Test func dropIsOnePack() async throws {
        let packs = try await room.issue(
            "B01", ["100", "200", "300"], decided: group(("100", "drop"), ("200", "same")))
        #expect(packs.packs.keys.sorted() == ["200", "300"])
        // Nor in a later batch, unless it is another person.
        await expectRefused(.alreadyIssued(voter: "100", line: 2, batch: "B01".batch)) {
            try await room.issue("B02", ["100", "400"])
        }
        let later = try await room.issue("B02", ["100", "200", "400"], skipIssued: true)
        #expect(later.packs.keys.sorted() == ["400"])
    }

    /// A batch that is made again into another folder says the same of its doubles:
    /// a member who is dropped has no pack in it, and no part in its digest.
    @Test func doublesDoNotChangeWhenABatchIsMadeAgain() async throws {
        let decided = group(("100", "same"), ("200", "drop"))
        try await room.issue("B01", ["100", "300"])
        for name in try room.out.names() { try room.out.remove(name) }
        await expectRefused(.otherRoll("B01".batch)) {
            try await room.issue("B01", ["100", "200", "300"], decided: decided)
        }
        try await room.issue("B03", ["700", "800", "900"], decided: group(("700", "same"), ("800", "drop")))
        for name in try room.out.names() { try room.out.remove(name) }
        await expectRefused(.otherRoll("B03".batch)) {
            try await room.issue("B03", ["700", "900"])
        }
        try await room.issue("B03", ["700", "800", "900"], decided: group(("700", "same"), ("800", "drop")))
    }

    /// A member who gets no pack is on the roll once, too: their row in the book would
    /// be there twice, and the book's own reader refuses that.
    @Test func aMemberWhoIsDroppedIsOnTheRollOnce() async throws {
        let decided = group(("100", "same"), ("200", "drop"))
        await expectRefused(.repeatedVoter(firstLine: 3, secondLine: 5)) {
            try await room.issue("B01", ["100", "200", "300", "200"], decided: decided)
        }
        #expect(try room.book.names().isEmpty)
        try await room.issue("B01", ["100", "200", "300"], decided: decided)
        try await room.issue("B02", ["400"])
    }

    @Test func aPageOfDoublesThatNobodyCouldReadIsNotWritten() throws {
        let nobody = VoterNumber(Bytes())
        let row = DoublesPage.Row(
            member: MemberNumbers(own: nobody, folded: nobody), carried: nobody, pack: 0)
        let page = DoublesPage(batch: BatchName("B01")!, rows: [row, row])
        #expect(throws: BookError.repeatedDouble("B01".batch)) {
            try BatchBook(in: room.book, of: room.election).write(page, room.key())
        }
        #expect(try room.book.names().isEmpty)
    }

    @Test func differentAndUndecidedArePersonsApart() async throws {
        let decided = group(("100", "different"), ("200", "different"), ("300", " "))
        // A row that was forgotten would be a second vote of a person.
        await expectRefused(.undecided(1)) {
            try await room.issue("B01", ["100", "200", "300"], decided: decided)
        }
        #expect(try room.book.names().isEmpty)
        let packs = try await room.issue(
            "B01", ["100", "200", "300"], decided: decided, leaveUndecided: true)
        #expect(Set(packs.packs.values.map(\.voter)).count == 3)
    }

    @Test func aLaterMembershipTakesTheNumberThatWasIssuedFirst() async throws {
        let first = try await room.issue("B01", ["200"])
        let later = try await room.issue(
            "B02", ["100", "200"], decided: group(("100", "same"), ("200", "same")), skipIssued: true)
        #expect(later.packs.keys.sorted() == ["100"])
        #expect(later["100"]?.voter == first["200"]?.voter)
        // And a third one, in a third batch, although the second is the lowest id.
        let third = try await room.issue(
            "B03", ["050"], decided: group(("050", "same"), ("100", "same")), skipIssued: true)
        #expect(third["050"]?.voter == first["200"]?.voter)
    }

    /// The dropped one has its pack already: the other must not get a number of its own.
    @Test func aDroppedMembershipThatWasIssuedGivesItsNumber() async throws {
        let first = try await room.issue("B01", ["200"])
        let later = try await room.issue(
            "B02", ["100"], decided: group(("100", "same"), ("200", "drop")), skipIssued: true)
        #expect(later["100"]?.voter == first["200"]?.voter)
    }

    @Test func twoThatWereIssuedUnderDifferentNumbersAreNamed() async throws {
        let first = try await room.issue("B01", ["100", "200"])
        await expectRefused(.twoNumbers("100", "200")) {
            try await room.issue(
                "B02", ["100", "200", "300"], decided: group(("100", "same"), ("200", "same")),
                skipIssued: true)
        }
        let later = try await room.issue(
            "B02", ["100", "200", "300"],
            decided: group(("100", "same"), ("200", "drop"), ("300", "same")), skipIssued: true)
        #expect(later["300"]?.voter == first["100"]?.voter)
    }

    @Test func whoIsDecidedUponIsKnown() async throws {
        await expectRefused(.decidedUnknown("2000", count: 1)) {
            try await room.issue("B01", ["100", "200"], decided: group(("100", "same"), ("2000", "same")))
        }
        await expectRefused(.decidedUnknown("1000", count: 2)) {
            try await room.issue("B01", ["100", "200"], decided: group(("1000", "same"), ("2000", "drop")))
        }
        #expect(try room.book.names().isEmpty)
        // Test packs are nobody's.
        try await room.issue(
            "PROOF", ["100"], decided: group(("100", "same"), ("2000", "same")), specimens: 1)
    }

    @Test func theSameDecisionsGiveTheSamePacksAndOthersAreRefused() async throws {
        let decided = group(("100", "same"), ("200", "same"))
        let packs = try await room.issue("B01", ["100", "200"], decided: decided)
        for name in try room.out.names() { try room.out.remove(name) }
        for other in [nil, group(("100", "drop"), ("200", "same"))] {
            await expectRefused(.otherRoll("B01".batch)) {
                try await room.issue("B01", ["100", "200"], decided: other)
            }
        }
        #expect(try await room.issue("B01", ["100", "200"], decided: decided).packs == packs.packs)
    }

    @Test func aChangedPageOfDoublesIsNotBelieved() async throws {
        try await room.issue("B01", ["100", "200"], decided: group(("100", "same"), ("200", "same")))
        let page = try #require(try room.book.read("B01.doubles"))
        for place in [0, 30, 50, 79, 90, 112, page.count - 1] {
            try room.book.overwrite("B01.doubles", at: place, with: [page[place] ^ 1])
            let error = await #expect(throws: IssueError.self) { try await room.issue("B02", ["300"]) }
            if case .book = error {} else { Issue.record("\(place): \(error as Any)") }
            try room.book.overwrite("B01.doubles", at: 0, with: page)
        }
        // A page under another batch's name.
        let file = try room.book.create("B09.doubles")
        try page.withBytes { (page) throws(StreamError) in try file.write(page) }
        try file.publish()
        await expectRefused(.book(.damaged(page: "B09.doubles"))) { try await room.issue("B02", ["300"]) }
        try room.book.remove("B09.doubles")
        try await room.issue("B02", ["300"])
    }
}

/// What an officer can write into `doubles.csv`.
@Suite struct DecisionsTests {
    private func decisions(_ rows: String...) throws -> Decisions {
        let text = "group,line,voter,surname,decision\r\n" + rows.map { $0 + "\r\n" }.joined()
        return try Decisions(PieceSource(Array(text.utf8)))
    }

    @Test func wordsAreReadAsTheyAreTyped() throws {
        let read = try decisions(
            "1,2,100,Fox,Same", "1,9, 200 ,Fox,DROP", "2,3,300,Gray,different", "2,4,400,Gray,",
            "3,5,500,Smith,same", "3,6,600,Smith,same", "3,7,700,Smith,different")
        #expect(read.undecided == 1)
        #expect(read.persons.count == 2)
        #expect(read.persons[0].same == [Array("100".utf8)] && read.persons[0].drop == [Array("200".utf8)])
        #expect(read.persons[1].same.count == 2 && read.persons[1].drop.isEmpty)
        #expect(
            read.named == Set(["100", "200", "300", "500", "600", "700"].map { Array($0.utf8) }))
    }

    /// A column more or less, in another order, from a spreadsheet.
    @Test func columnsAreFoundByName() throws {
        let text = "\u{FEFF}Decision;VOTER;Group\nsame;100;7\nsame;200;7\n"
        #expect(try Decisions(PieceSource(Array(text.utf8))).persons.count == 1)
    }

    @Test(arguments: [
        (["1,2,100,Fox,Yes"], ListError.unknownDecision(line: 2)),
        (["1,2,100,Fox,same"], .incompleteGroup("1", line: 2)),
        (["1,2,100,Fox,same", "1,3,200,Fox,different"], .incompleteGroup("1", line: 2)),
        (["1,2,100,Fox,drop", "1,3,200,Fox,drop"], .incompleteGroup("1", line: 2)),
        (["1,2,100,Fox,same", "1,3,100,Fox,drop"], .decidedTwice(voter: "100", line: 3)),
        (
            ["1,2,100,Fox,same", "1,3,200,Fox,same", "2,2,100,Fox,same"],
            .decidedTwice(voter: "100", line: 4)
        ),
        // Ids that differed by their zeros, until a spreadsheet saved the list.
        (["1,2,42,Fox,different", "1,3,42,Fox,different"], .decidedTwice(voter: "42", line: 3)),
        (["1,2,42,Fox,different", "1,3,42,Fox,drop"], .decidedTwice(voter: "42", line: 3)),
    ])
    func isMalformed(_ rows: [String], _ why: ListError) throws {
        let text = "group,line,voter,surname,decision\n" + rows.map { $0 + "\n" }.joined()
        #expect(throws: why) { try Decisions(PieceSource(Array(text.utf8))) }
    }

    @Test func aListWithoutDecisionsIsNone() {
        let columns = ["group", "line", "voter"]
        #expect(throws: ListError.column(.unknown("decision", nearest: nil, columns: columns))) {
            try Decisions(PieceSource(Array("group,line,voter\n1,2,100\n".utf8)))
        }
    }
}
