import Counterfoil
import TestSupport
import Testing

@testable import IssuingRoom

/// Which members of a roll are suspected to be one person.
@Suite struct SamePersonTests {
    private func groups(
        _ rows: [String], _ columns: [String] = ["name", "born"], as ids: VoterIDs = .anyCase
    ) throws -> [[String]] {
        let roll = Array(("id,name,born\n" + rows.map { $0 + "\n" }.joined()).utf8)
        return try SamePerson.groups(voter: "id", as: ids, columns: columns) { () throws(StreamError) in
            PieceSource(roll)
        }.map { $0.map(\.voter) }
    }

    /// Ids that coincide are listed without a column in which members are compared.
    @Test func idsThatCoincideAreAGroup() throws {
        let rows = ["0042,A,1", "M7,B,2", "42,C,3", "m7\u{A0},D,4", "9,E,5", "42.0,F,6"]
        #expect(try groups(rows, []) == [["0042", "42", "42.0"], ["M7", "m7\u{A0}"]])
        #expect(try groups(rows, [], as: .exactCase) == [["0042", "42", "42.0"]])
        #expect(try groups(["1,A,1", "2,A,1"], []).isEmpty)
    }

    /// One id on two lines is a fault of the roll. It is listed where a third row is
    /// another spelling of it.
    @Test func aRepeatedIDIsNoSuspicion() throws {
        #expect(try groups(["7,A,1", "7,B,2"], []).isEmpty)
        #expect(try groups(["7,A,1", "7,B,2", "M,C,3"], []).isEmpty)
        #expect(try groups(["7,A,1", "7,B,2", "07,C,3", "7,D,4"], []) == [["7", "7", "07", "7"]])
    }

    /// Alike by their ids, and alike by the columns: one group, and each row in it once.
    @Test func groupsThatOverlapAreOne() throws {
        let rows = ["1,A,1", "2,B,1", "3,a,1", "02,C,1", "4,c,1", "5,D,1", "03,E,1"]
        #expect(try groups(rows) == [["1", "3", "03"], ["2", "02", "4"]])
        // Joined in an order that makes long chains, and in the other.
        let chain = (1...400).map { "\($0),\($0 / 2),x" } + (1...400).map { "0\($0),n\(($0 + 1) / 2),x" }
        for rows in [chain, chain.reversed()] {
            let found = try groups(rows)
            #expect(found.count == 1 && Set(found[0]).count == 800)
        }
    }

    @Test(arguments: [
        ("O'Neill", "o neill"), ("O'NEILL", "O\u{2019}Neill"), ("Łukasz", "LUKASZ"), ("Zoë", "Zoe"),
        ("Zo\u{EB}", "Zoe\u{308}"), ("Straße", "STRASSE"), ("Smith-Jones", " Smith  Jones "),
        ("van\u{A0}der Berg", "Van der Berg"), ("St. John", "St John"),
    ])
    func isEqualWhenFolded(_ a: String, _ b: String) throws {
        #expect(try groups(["1,\(a),2/3/79", "2,\(b),2/3/79"]) == [["1", "2"]])
    }

    @Test(arguments: [
        ("1,Ann,2/3/79", "2,Anne,2/3/79"), ("1,Ann,2/3/79", "2,Ann,2/3/78"),
        // Not what is in both together, but column by column.
        ("1,Ann1,2/3/79", "2,Ann,12/3/79"),
        // Nobody's double: a column is empty, or holds nothing that counts.
        ("1,Ann,", "2,Ann,"), ("1,Ann, ", "2,Ann, "), ("1,-,2/3/79", "2,-,2/3/79"),
    ])
    func isNot(_ a: String, _ b: String) throws {
        #expect(try groups([a, b]).isEmpty)
    }

    @Test func groupsAreInTheOrderOfTheRoll() throws {
        let rows = ["1,B,1", "2,A,1", "3,b,1", "4,C,1", "5,a,1", "6,B ,1"]
        #expect(try groups(rows) == [["1", "3", "6"], ["2", "5"]])
        #expect(try groups(rows, ["born"]) == [["1", "2", "3", "4", "5", "6"]])
    }

    @Test func theListShowsWhatTheRollHas() throws {
        let roll = Array("id,name,born\r\n 1 ,\"Fox, F.\",1970\r\n2,fox f,1970\r\n".utf8)
        let groups = try SamePerson.groups(voter: "ID", columns: ["born", "name"]) { () throws(StreamError) in
            PieceSource(roll)
        }
        let list = SamePerson.csv(groups, columns: ["born", "name"])
        #expect(
            String(decoding: list, as: UTF8.self) == """
                group,line,voter,born,name,decision\r
                1,2,1,1970,"Fox, F.",\r
                1,3,2,1970,fox f,\r

                """)
        // Until it is filled in, nothing is decided.
        let decisions = try Decisions(PieceSource(list))
        #expect(decisions.undecided == 2 && decisions.persons.isEmpty)
    }

    @Test func columnsThatAreNotThereAreNamed() {
        let columns = ["id", "name", "born"]
        #expect(throws: ListError.column(.unknown("surname", nearest: nil, columns: columns))) {
            try groups(["1,A,1"], ["surname"])
        }
        #expect(throws: ListError.comparedTwice("Name")) { try groups(["1,A,1"], ["name", "Name"]) }
    }

    /// A column that answers a question is compared as answers are; other dates in the
    /// order that the column shows.
    @Test func datesAreComparedByWhatTheyMean() throws {
        let rows = ["1,A,01/02/1980", "2,A,1980-02-01", "3,a,1/2/80", "4,A,2.1.1980", "5,A,1/3/1980"]
        #expect(try groups(rows) == [["1", "2", "3", "4"]])
        #expect(try groups(rows + ["6,B,23/2/1980"]) == [["1", "2", "3"]])
        #expect(try groups(rows + ["6,B,2/23/1980"]) == [["1", "3"], ["2", "4"]])
        #expect(
            try groups(rows + ["6,B,23/2/1980", "7,B,2/23/1980"]) == [["1", "2", "3", "4"], ["6", "7"]])
        #expect(try groups(["1,A,80/2/1", "2,A,1980-02-01", "3,A,01/02/80"]) == [["1", "2"]])
        // A number of a house, a version or an address is none.
        #expect(try groups(["1,A,1.2.3", "2,A,3.2.1", "3,A,1-2-34567", "4,A,1/2-1980"]).isEmpty)
        let roll = Array(("id,name,born\n" + rows.map { $0 + "\n" }.joined()).utf8)
        let election = Election.standIn(
            ElectionID(Bytes()), questions: [Question(name: "Birth", kind: .date(.dmy, latestYear: 2012))])
        let answers = [AnswerColumn(question: "Birth", column: "born")]
        let asked = try SamePerson.groups(
            voter: "id", columns: ["name", "born"], answers: answers, election: election
        ) { () throws(StreamError) in PieceSource(roll) }
        // The second of January is another day than the first of February.
        #expect(asked.map { $0.map(\.voter) } == [["1", "2", "3"]])
        let monthFirst = try SamePerson.groups(
            voter: "id", columns: ["name", "born"],
            answers: [AnswerColumn(question: "Birth", column: "born", order: .mdy)], election: election
        ) { () throws(StreamError) in PieceSource(roll) }
        #expect(monthFirst.map { $0.map(\.voter) } == [["1", "3"], ["2", "4"]])
    }
}
