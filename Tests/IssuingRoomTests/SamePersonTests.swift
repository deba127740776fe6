import Counterfoil
import Testing

@testable import IssuingRoom

/// Which members of a roll are suspected to be one person.
@Suite struct SamePersonTests {
    private func groups(_ rows: [String], _ columns: [String] = ["name", "born"]) throws -> [[String]] {
        let roll = Array(("id,name,born\n" + rows.map { $0 + "\n" }.joined()).utf8)
        return try SamePerson.groups(voter: "id", columns: columns) { () throws(StreamError) in
            PieceSource(roll)
        }.map { $0.map(\.voter) }
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
}
