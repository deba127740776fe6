import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/doubles.json: section 16.
@Suite struct DoublesVectorTests {
    static let file = VectorFile("doubles")
    static let writings = file.tests("write")
    static let readings = file.tests("read")
    static let groups = file.tests("group")

    private static func rows(_ test: VectorObject) throws -> [DoublesPage.Row] {
        try test.objects("rows").map {
            DoublesPage.Row(
                member: MemberNumbers(
                    own: VoterNumber(try $0.bytes("own")),
                    folded: VoterNumber(try $0.bytes("foldedNumber"))),
                carried: VoterNumber(try $0.bytes("carried")),
                pack: try $0.u64("pack"))
        }
    }

    @Test(arguments: writings)
    func writes(_ test: VectorObject) throws {
        let election = Election.standIn(try test.electionID())
        let key = IssuingKey.standIn(bookKey: try test.secret("bookKey"))
        let page = DoublesPage(batch: try test.batchName(), rows: try Self.rows(test))
        let bytes = page.encoded(election, key)
        #expect(bytes == (try test.hex("page")))
        #expect(Array(bytes[80..<112]) == (try test.hex("mac")))
        #expect(test.unread == [])
    }

    @Test(arguments: readings)
    func reads(_ test: VectorObject) throws {
        let election = Election.standIn(try test.electionID())
        let key = IssuingKey.standIn(bookKey: try test.secret("bookKey"))
        let bytes = try test.hex("page")
        if let reason = try test.reason {
            let error = #expect(throws: BookError.self) {
                try DoublesPage(bytes, election: election, key: key)
            }
            if let error { #expect(BookVectorTests.isFor(reason, error), "\(error)") }
        } else {
            let page = try DoublesPage(bytes, election: election, key: key)
            #expect(page.batch == (try test.batchName()))
            #expect(page.rows == (try Self.rows(test)))
            #expect(page.encoded(election, key) == bytes)
        }
        #expect(test.unread == [])
    }

    @Test(arguments: groups)
    func numbersGroups(_ test: VectorObject) throws {
        let election = Election.standIn(try test.electionID())
        let key = IssuingKey.standIn(voterKey: try test.secret("voterKey"))
        let members = try test.objects("members")
        var list = "group,voter,decision\n"
        var issued: [DoublesPage.Row] = []
        for member in members {
            let id = try member.string("voterId")
            list += "1,\(id),\(try member.string("decision"))\n"
            guard member.has("issuedUnder") else { continue }
            let own = Array(id.utf8).withBytes { key.voterNumber($0, in: election.id) }
            issued.append(
                DoublesPage.Row(
                    member: MemberNumbers(own: own, folded: own),
                    carried: VoterNumber(try member.bytes("issuedUnder")), pack: 1))
        }
        let decisions = try Decisions(PieceSource(Array(list.utf8)))
        let book = IssuedVoters(
            [Self.page(of: issued, election, key)], [DoublesPage(batch: Self.batch, rows: issued)])
        if try test.reason != nil {
            let error = #expect(throws: IssueError.self) {
                try PersonNumbers(decisions, key: key, election: election, book: book)
            }
            if case .twoNumbers = error {} else { Issue.record("\(test): \(error as Any)") }
        } else {
            let persons = try PersonNumbers(decisions, key: key, election: election, book: book)
            let carried = VoterNumber(try test.bytes("carried"))
            #expect(persons.byVoter.count == members.count)
            #expect(persons.byVoter.values.allSatisfy { $0.number == carried }, "\(test)")
            for member in members {
                let found = persons.byVoter[Array(try member.string("voterId").utf8)]
                #expect(found?.hasPack == (try member.string("decision") == "same"))
            }
        }
        #expect(test.unread == [])
    }

    private static let batch = BatchName("earlier")!

    /// The page of the batch in which these were issued.
    private static func page(
        of rows: [DoublesPage.Row], _ election: Election, _ key: borrowing IssuingKey
    ) -> BookPage {
        let voters = rows.map(\.carried)
        return BookPage(
            beginning: batch, kind: .members, place: 1, planDigest: Bytes(), voters: voters,
            folded: voters, ascending: ascendingIndices(voters.count) { (voters[$0].high, voters[$0].low) },
            election: election, key: key)
    }

    @Test func allAreRun() {
        let counts = [Self.writings, Self.readings, Self.groups, RunVectorTests.runs].map(\.count)
        #expect(counts.reduce(0, +) == Self.file.count)
        #expect(counts.allSatisfy { $0 > 5 })
    }
}
