import Counterfoil
import Testing

@testable import IssuingRoom

private typealias Kind = RollReport.Finding.Kind

private func check(
    _ text: String, voter: Int? = nil, answers: [RollCheck.AnswerPlace] = [], printed: [Int] = []
) throws -> RollReport {
    var reader = try RollReader(PieceSource(Array(text.utf8)))
    return try RollCheck.report(
        &reader, voter: voter, answers: answers, printed: printed, today: "2026-11-30")
}

extension RollReport {
    fileprivate func finding(_ kind: Finding.Kind, _ column: Int) -> [Int]? {
        columns[column].findings.first { $0.kind == kind }.map { [$0.cells.count, $0.cells.firstLine] }
    }
}

@Suite("RollColumns") struct RollColumnsTests {
    private let columns = RollColumns(["membership_no", "Surname", " Town ", "town", "DATE OF BIRTH", "é"])

    @Test(
        "finds a column by its name",
        arguments: [
            ("membership_no", 0), ("MEMBERSHIP_NO", 0), ("\tsurname ", 1), ("town", 3), (" Town ", 2),
            ("date of birth", 4), ("É", 5), ("e\u{301}", 5),
        ])
    func finds(_ name: String, _ index: Int) throws {
        #expect(try columns.index(of: name) == index)
    }

    @Test("says which columns there are, and the nearest")
    func unknown() {
        #expect(throws: RollColumnError.ambiguous("TOWN", alike: [" Town ", "town"])) {
            try columns.index(of: "TOWN")
        }
        for (name, nearest) in [
            ("membership-no", "membership_no"), ("memberships no", "membership_no"), ("surnme", "Surname"),
            ("date_of_birth", "DATE OF BIRTH"), ("birthday", nil), ("", nil),
        ] {
            #expect(throws: RollColumnError.unknown(name, nearest: nearest, columns: columns.names)) {
                try columns.index(of: name)
            }
        }
    }

    @Test("finds several in the order asked for")
    func several() throws { #expect(try columns.indices(of: ["é", "surname"]) == [5, 1]) }
}

@Suite("RollCheck") struct RollCheckTests {
    @Test("finds nothing in a roll that is fit")
    func fit() throws {
        let report = try check(
            "id,name\r\n\"7\",Ann\r\n8,Bob\r\n", voter: 0, answers: [.init(question: "Name", column: 1)])
        #expect(report.isFit && report.rows == 2 && report.faults.isEmpty)
        #expect(report.format.lineEnd == .crlf)
        #expect(report.voters?.isSuggestion == false)
        #expect(report.columns.map(\.name) == ["id", "name"])
        #expect(report.columns.allSatisfy { $0.findings.isEmpty && $0.isDistinct })
    }

    @Test("measures the columns")
    func columns() throws {
        let report = try check("id,note,x\n1,Łódź,\n2,\"a\nb\", \t\n3,Łódź,z\n")
        #expect(report.columns.map(\.longest) == [1, 4, 2])
        #expect(report.columns.map(\.isDistinct) == [true, false, false])
        #expect(report.columns.map(\.empty.count) == [0, 0, 2])
        #expect(report.columns[2].empty.firstLine == 2)
    }

    private func coincidences(
        _ ids: [String], as voterIDs: VoterIDs = .anyCase, named: Set<String> = []
    ) throws -> RollReport.Voters {
        var reader = try RollReader(PieceSource(Array(("id\n" + ids.map { $0 + "\n" }.joined()).utf8)))
        let report = try RollCheck.report(
            &reader, voter: 0, as: voterIDs, named: Set(named.map { Array($0.utf8) }))
        let voters = try #require(report.voters)
        #expect(report.isFit == (voters.coinciding == 0 && voters.repeated == 0))
        return voters
    }

    @Test("finds ids that coincide, by their lines")
    func coinciding() throws {
        let voters = try coincidences(["0042", "M7", "42", "m7\u{A0}", "9", "42.0"])
        #expect(voters.coinciding == 3 && voters.decided == 0 && voters.repeated == 0)
        #expect(voters.coincidences.map(\.firstLine) == [2, 3, 2])
        #expect(voters.coincidences.map(\.line) == [4, 5, 7])
        #expect(try coincidences(["17a", "17A"]).coinciding == 1)
        #expect(try coincidences(["17a", "17A"], as: .exactCase).coinciding == 0)
        #expect(try coincidences(["17", "18", "19"]).coinciding == 0)
    }

    @Test("lists all, in the order of the lines")
    func manyCoinciding() throws {
        let voters = try coincidences((1...3000).map { "\($0)" } + (1...3000).map { "0\($0)" })
        #expect(voters.coinciding == 3000)
        #expect(voters.coincidences.map(\.line) == Array(3002...6001))
        #expect(voters.coincidences.map(\.firstLine) == Array(2...3001))
    }

    @Test("knows which ids are decided about")
    func decidedCoinciding() throws {
        let ids = ["0042", "42", "M7", "m7", "042"]
        #expect(try coincidences(ids, named: ["0042", "42"]).coinciding == 3)
        let some = try coincidences(ids, named: ["M7", "m7", "42"])
        #expect(some.coinciding == 2 && some.decided == 1)
        #expect(some.coincidences.map(\.line) == [3, 6])
        let all = try coincidences(ids, named: ["0042", "42", "042", "M7", "m7"])
        #expect(all.coinciding == 0 && all.decided == 3)
    }

    @Test("tells a repeated id from one that coincides")
    func repeatedAndCoinciding() throws {
        let voters = try coincidences(["7", "7", "07", "7", "8"])
        #expect(voters.repeated == 2 && voters.coinciding == 1)
        #expect(voters.coincidences.map(\.firstLine) == [2] && voters.coincidences.map(\.line) == [4])
        // The first of the repeated ones is also the first of the others.
        let after = try coincidences(["07", "7", "7"])
        #expect(after.repeated == 1 && after.coinciding == 2)
    }

    @Test("suggests the first column that could be the voters'")
    func suggestion() throws {
        let long = String(repeating: "x", count: 50)
        let report = try check("title,note,no\nMs,\(long)1,17\nMs,\(long)2,18\n")
        #expect(report.voters?.column == 2 && report.voters?.isSuggestion == true && !report.isFit)
        #expect(try check("title,no\nMs,17\nMs,17\n").voters == nil)
        #expect(try check("title,no\nMs,17\nMs,17 \n").voters == nil)
        #expect(try check("title,no\nMs,17\nMs,\n").voters == nil)
    }

    @Test("lists repeated and empty voter ids")
    func repeats() throws {
        let ids = ["a", "b", " a", "", "c", "a\t", "b", "A", "d", "\t", "d", "d", "d"]
        let report = try check("name,id\n" + ids.map { "x,\($0)\n" }.joined(), voter: 1)
        let voters = try #require(report.voters)
        #expect(voters.empty.count == 2 && voters.empty.firstLine == 5)
        #expect(voters.repeated == 6)
        #expect(voters.repeats.map(\.line) == [4, 7, 8, 12, 13, 14])
        #expect(voters.repeats.map(\.firstLine) == [2, 2, 3, 10, 10, 10])
        #expect(!report.isFit)
    }

    @Test("finds the few repeated ids of a long roll, and only those")
    func manyIDs() throws {
        var text = "id\n"
        for i in 0..<30_000 { text += "\(i == 29_000 ? 4_000 : i)\n" }
        let report = try check(text, voter: 0)
        #expect(report.voters?.repeated == 1)
        #expect(report.voters?.repeats.map(\.firstLine) == [4002])
        #expect(report.voters?.repeats.map(\.line) == [29_002])
        let same = try check("id,n\n" + String(repeating: "1,2\n", count: 3000), voter: 0)
        #expect(same.voters?.repeated == 2999)
        #expect(same.voters?.repeats.map(\.line) == Array(3...3001))
    }

    @Test(
        "sees what a spreadsheet has done, or would do",
        arguments: [
            ("9.17E+08", Kind.roundedNumber), ("9E+8", .roundedNumber), (" 1.5E+10 ", .roundedNumber),
            ("######", .hashes), ("#N/A", .errorValue), ("#REF!", .errorValue), ("#DIV/0!", .errorValue),
            ("007", .leadingZeros), ("00", .leadingZeros), ("1234567890123456", .longNumber),
            ("1E5", .exponent), ("12e-3", .exponent), ("1.25e4", .exponent), ("12.5E+3", .exponent),
            ("=1+1", .formula), ("+44", .formula), ("-x", .formula), ("@SUM(A1)", .formula),
        ])
    func findings(_ cell: String, _ kind: RollReport.Finding.Kind) throws {
        let report = try check("id,x\n1,\n2,\(cell)\n3,\(cell)\n")
        #expect(report.finding(kind, 1) == [2, 3])
        #expect(report.columns[1].findings.count == 1)
        #expect(kind.isDamage == [Kind.roundedNumber, .hashes, .errorValue].contains(kind))
    }

    @Test(
        "leaves other cells alone",
        arguments: [
            "0", "7", "12345", "123456789012345", "0123a", "1E", "1E+", "E5", "1.E5", "1E5a", "9.17E+08x",
            "9,17",
            " =1", "-", "+", "#", "##", "# 4", "#N/A?", "3/4/1965", "1.5", "O'Neill", "Ω", "1F3",
        ])
    func harmless(_ cell: String) throws {
        #expect(try check("id;x\n1;\(cell)\n").columns[1].findings.isEmpty)
    }

    @Test("sees numbers among dates")
    func dates() throws {
        let dates = ["03/04/1965", "1965-04-03", "3.4.65", "1965-04-03 00:00", "23835", "23836", ""]
        let report = try check("id,dob\n" + dates.enumerated().map { "\($0),\($1)\n" }.joined())
        #expect(report.finding(.dateAsNumber, 1) == [2, 6])
        // Five digits elsewhere are numbers, or part of a column of names.
        #expect(try check("id,n\n1,23835\n2,23836\n").finding(.dateAsNumber, 1) == nil)
        #expect(try check("id,n\n1,23835\n2,x\n3,3/4/65\n").finding(.dateAsNumber, 1) == nil)
    }

    @Test(
        "sees ids that may have lost their zeros",
        arguments: [
            (["123", "456", "78", "901", "2"], 2, 4, 3), (["123", "456", "078", "90"], 0, 0, 0),
            (["123", "456", "78a"], 0, 0, 0), (["12", "34", "567"], 0, 0, 0), (["123", "456"], 0, 0, 0),
        ])
    func shortened(_ ids: [String], _ count: Int, _ line: Int, _ digits: Int) throws {
        let voters = try check("id\n" + ids.map { $0 + "\n" }.joined(), voter: 0).voters
        #expect(voters?.shortened.count == count && voters?.shortened.firstLine == line)
        #expect(voters?.usualDigits == digits)
    }

    @Test("asks about every answer that is not empty")
    func answers() throws {
        let columns = [
            RollCheck.AnswerPlace(question: "Year", column: 1, as: .digits(atMost: 4)),
            RollCheck.AnswerPlace(question: "Town", column: 2, as: .text),
        ]
        let report = try check(
            "id,year,town\n1,1965,York\n2,,Bath\n3,x,\n4,y, \n", voter: 0, answers: columns)
        #expect(report.answers.map(\.question) == ["Year", "Town"])
        #expect(report.answers.map(\.empty.count) == [1, 2])
        #expect(report.answers.map(\.empty.firstLine) == [3, 4])
        #expect(report.answers.map(\.unreadable.count) == [2, 0])
        #expect(report.answers.map(\.unreadable.lines) == [[4, 5], []])
        #expect(!report.isFit)
    }

    @Test("lists all faults")
    func faults() throws {
        let report = try check("id,x\n" + (1...25).map { "\($0),y\n\($0)\n" }.joined(), voter: 0)
        #expect(report.rows == 25 && report.faultCount == 25 && report.faults.count == 25)
        #expect(report.faults.first == RollFault(line: 3, column: 1, .fields(found: 1, expected: 2)))
        #expect(report.faults.last?.line == 51)
        #expect(!report.isFit)
        #expect(throws: RollFault(line: 2, column: 1, .noRows)) { try check("id,x\n") }
        // A roll of nothing but faults has no column of ids.
        #expect(try check("id,x\n1\n").voters == nil)
    }
}
