import Foundation
import TestSupport
import Testing

/// What `roll` and `issue` say about a roll that hides damage.
@Suite struct RollTests {
    private let ballot: Ballot

    init() throws { ballot = try Ballot(members: 3) }

    private func roll(_ text: String, _ more: String...) throws -> Ended {
        try ballot.folder.write("other.csv", text)
        return try ballot.run(
            ["roll", "other.csv", "--voter", "no", "--election", "ballot/public/election.json"]
                + ["--answer", "Date of birth=dob"] + more)
    }

    private func issue(_ text: String, answer: String = "dob", _ more: String...) throws -> Ended {
        try ballot.folder.write("other.csv", text)
        return try ballot.run(
            ballot.issue(
                with: [
                    "--roll": "other.csv", "--voter": "no", "--answer": "Date of birth=\(answer)",
                ], more: more))
    }

    @Test("A date that cannot be is told by its lines, and the roll is fit")
    func dates() throws {
        let ended = try roll("no,dob\n1,02/03/2099\n2,02/03/1801\n3,02/03/1979\n4,3/3/2099\n")
        #expect(ended.status == 0)
        #expect(
            ended.lines.contains(
                "beware: 2 answers to \u{201C}Date of birth\u{201D} in the future, the first on line 2"),
            "\(ended)")
        #expect(
            ended.lines.contains(
                "beware: 1 answer to \u{201C}Date of birth\u{201D} 120 years ago or more, on line 3"))
    }

    @Test("A column that reads in another order: all lines, and the order to give")
    func otherOrder() throws {
        let rows = (1...12).map { "\($0),\($0)/\($0 + 12)/1970\n" }.joined()
        let ended = try roll("no,dob\n" + rows, "--lines", "remarks.csv")
        #expect(ended.status == 1)
        #expect(
            ended.lines.contains {
                $0.hasPrefix("beware: all of these can be read as month, day, year")
                    && $0.hasSuffix("give --answer \u{201C}Date of birth=dob:mdy\u{201D}")
            }, "\(ended)")
        let lines = CSV.read(try ballot.folder.text("remarks.csv"))
        #expect(lines[0] == ["line", "grade", "column", "remark"])
        #expect(lines.dropFirst().map { $0[0] } == (2...13).map { "\($0)" })
        #expect(
            lines[1] == ["2", "fault", "", "answer to \u{201C}Date of birth\u{201D} that cannot be read"])
        #expect(!(try ballot.folder.text("remarks.csv")).contains("1970"))
        // Never overwritten.
        expectStop(try roll("no,dob\n" + rows, "--lines", "remarks.csv"), 3, "remarks.csv")

        let read = try ballot.run(
            ["roll", "other.csv", "--voter", "no", "--election", "ballot/public/election.json"]
                + ["--answer", "Date of birth=dob:mdy"])
        #expect(read.status == 0 && !read.output.contains("beware"), "\(read)")
        expectStop(try issue("no,dob\n" + rows), 3, "line 2", "--answer", "counterfoil roll")
        expectDone(try issue("no,dob\n" + rows, answer: "dob:mdy"))
    }

    @Test("A roll that was issued in its own order is answered in the election's")
    func ownOrderVotes() throws {
        expectDone(try issue("no,dob\nM1,12/31/1970\n", answer: "dob:mdy"))
        let rows = CSV.read(try ballot.opened("out/B01.csv.age"))
        let code = rows[1][2]
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + Ballot.desk))
        let voted = try ballot.redeem([
            Counterfoil.request(code: code, born: "31/12/1970", key: Counterfoil.newKey())
        ])
        #expect(voted.map(\.outcome) == ["accepted"])
    }

    @Test("Dates known in part stop the run, or get a pack for post alone by choice")
    func partial() throws {
        let text = "no,dob\n1,00/05/1980\n2,1980\n3,02/03/1979\n"
        let looked = try roll(text)
        #expect(looked.status == 1 && looked.output.contains("--post-only-if-partial"))
        expectStop(try issue(text), 3, "line 2", "a part is not known", "--post-only-if-partial")
        // A date in another order is no date known in part.
        expectStop(try issue("no,dob\n7,05/17/1970\n", "--post-only-if-partial"), 3, "cannot be read")
        let issued = try issue(text, "--post-only-if-partial")
        expectDone(issued)
        #expect(issued.lines[0] == "batch B01: 3 packs, 2 of them for post alone")
    }

    @Test(
        "What is printed and cannot be read by anybody is said by roll and, briefly, by issue",
        arguments: [
            ("no,name,dob\n1,Ren\u{FFFD},02/03/1979\n", "U+FFFD"),
            ("no,name,dob\n1,Ren\u{C3}\u{A9},02/03/1979\n", "encoded twice"),
            ("no,name,dob\n1,Marks &amp; Co,02/03/1979\n", "web page"),
            ("no,name,dob\n1,A\u{2028}B,02/03/1979\n", "line break"),
            ("no,name,dob\n1,\"A\nB\",02/03/1979\n", "line break"),
            ("no,name,dob\n1,-,02/03/1979\n", "nobody could post"),
        ])
    func printed(_ text: String, _ told: String) throws {
        let looked = try roll(text, "--print", "name")
        #expect(looked.status == 0 && looked.output.contains(told), "\(looked)")
        let issued = try issue(text, "--print", "name")
        #expect(
            issued.status == 0 && issued.errors.contains(told) && issued.errors.contains("counterfoil roll"),
            "\(issued)")
        // A column that is not used is roll's matter.
        let other = try ballot.run(
            ballot.issue(
                "B02", with: ["--roll": "other.csv", "--voter": "no", "--answer": "Date of birth=dob"],
                more: ["--specimen", "1"]))
        expectDone(other)
        #expect(!other.errors.contains(told))
    }

    @Test("--flatten leaves no character that a reader takes for a line end")
    func flatten() throws {
        let breaks = ["\u{2028}", "\u{2029}", "\u{B}", "\u{C}", "\u{85}", "\n", "\r\n", "\n\u{2028}\n"]
        let rows = breaks.enumerated().map { "\($0.offset),\"A\($0.element)B\",02/03/1979\n" }.joined()
        let issued = try issue("no,name,dob\n" + rows, "--print", "name", "--flatten")
        expectDone(issued)
        #expect(!issued.errors.contains("line break"))
        let names = CSV.read(try ballot.opened("out/B01.csv.age")).dropFirst().map { $0[3] }
        #expect(names == [String](repeating: "A B", count: breaks.count))
    }

    @Test("The first line of a spreadsheet, sep=;, is read")
    func separator() throws {
        let ended = try roll("sep=;\r\nno;name;dob\r\n1;A;02/03/1979\r\n")
        #expect(ended.status == 0 && ended.output.contains("separated by semicolon"), "\(ended)")
        expectDone(try issue("sep=;\r\nno;name;dob\r\n1;A;02/03/1979\r\n"))
    }

    @Test("Members are compared in the normal form of the question, and dates by their numbers")
    func samePerson() throws {
        let text = "no,sn,dob\n1,Gray,01/02/1980\n2,Gray,1980-02-01\n3,GRAY,1/2/80\n4,Gray,2 Feb 1980\n"
        _ = try roll(text, "--same-person", "sn", "--same-person", "dob", "--doubles", "with.csv")
        let rows = CSV.read(try ballot.folder.text("with.csv"))
        #expect(rows.dropFirst().map { $0[1] } == ["2", "3", "4"])
        // Without an election nobody knows the order, and numbers are compared.
        _ = try ballot.run(
            ["roll", "other.csv", "--voter", "no", "--same-person", "sn", "--same-person", "dob"])
        #expect(CSV.read(try ballot.folder.text("doubles.csv")).dropFirst().map { $0[1] } == ["2", "3", "4"])
    }

    @Test("The JSON has every line")
    func json() throws {
        struct Report: Decodable {
            struct Lines: Decodable { let count: Int, lines: [Int] }
            struct Answer: Decodable {
                struct Order: Decodable { let order: String, count: Int, contradicted: Bool }
                let unreadable, future, partial: Lines
                let otherOrder: Order?
            }
            struct Printed: Decodable { let blank: Lines }
            let fit: Bool
            let answers: [Answer]
            let printed: Printed?
        }
        let ended = try roll(
            "no,name,dob\n1,,05/17/1970\n2,-,06/18/1970\n3,A,1980\n4,B,1/1/2099\n", "--print", "name",
            "--json")
        let report = try JSONDecoder().decode(Report.self, from: Data(ended.bytes))
        #expect(!report.fit && report.answers[0].unreadable.lines == [2, 3, 4])
        #expect(report.answers[0].future.lines == [5] && report.answers[0].partial.lines == [4])
        #expect(report.answers[0].otherOrder?.order == "mdy" && report.answers[0].otherOrder?.count == 2)
        #expect(report.answers[0].otherOrder?.contradicted == false)
        #expect(report.printed?.blank.lines == [2, 3])
    }
}
