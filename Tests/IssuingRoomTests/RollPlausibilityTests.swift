import Counterfoil
import TestSupport
import Testing

@testable import IssuingRoom

private typealias Kind = RollReport.Finding.Kind

/// A dry run over a roll of two columns, `id` and `x`, on 30 November 2026.
private func report(
    _ cells: [String], as kind: Question.Kind? = nil, printed: [Int] = []
) throws -> RollReport {
    let rows = cells.enumerated().map { "\($0.offset),\"\($0.element)\"\n" }
    var reader = try RollReader(PieceSource(Array(("id,x\n" + rows.joined()).utf8)))
    return try RollCheck.report(
        &reader, voter: 0, answers: [RollCheck.AnswerPlace(question: "X", column: 1, as: kind)],
        printed: printed, today: "2026-11-30")
}

private func answer(_ cells: [String], as kind: Question.Kind) throws -> RollReport.Answer {
    try #require(try report(cells, as: kind).answers.first)
}

private let dayFirst = Question.Kind.date(.dmy, latestYear: 2012)

/// Dates that are all different, from 1 January 1950.
private func days(_ count: Int) -> [String] {
    (0..<count).map { "\($0 % 28 + 1)/\($0 / 28 % 12 + 1)/\(1950 + $0 / 336)" }
}

@Suite("RollCheck of answers") struct RollPlausibilityTests {
    @Test(
        "says which dates cannot be",
        arguments: [
            ("30/11/2026", false, false), ("1/12/2026", true, false), ("2/3/2030", true, false),
            ("30/11/1906", false, true), ("1/12/1906", false, false), ("2/3/1801", false, true),
            ("2/3/1979", false, false),
        ])
    func dates(_ date: String, _ isFuture: Bool, _ isAncient: Bool) throws {
        let answer = try answer(["2/3/1979", date], as: dayFirst)
        #expect(answer.future.lines == (isFuture ? [3] : []))
        #expect(answer.ancient.lines == (isAncient ? [3] : []))
        #expect(try report([date], as: dayFirst).isFit)
    }

    @Test("reads a column in another order")
    func orders() throws {
        let whole = try answer(["05/17/1970", "06/18/1971", "03/04/1972"], as: dayFirst)
        #expect(whole.unreadable.lines == [2, 3])
        #expect(whole.otherOrder == RollReport.OtherOrder(order: .mdy, count: 2, isContradicted: false))
        let mixed = try answer(["05/17/1970", "18/06/1971", "03/04/1972"], as: dayFirst)
        #expect(mixed.otherOrder == RollReport.OtherOrder(order: .mdy, count: 1, isContradicted: true))
        let yearFirst = try answer(["70/05/17", "71-06-18"], as: .date(.mdy, latestYear: 2012))
        #expect(yearFirst.otherOrder == RollReport.OtherOrder(order: .ymd, count: 2, isContradicted: false))
        // A name of a month, or the year in front, says nothing about the order.
        let said = try answer(["05/17/1970", "18 June 1971", "1971-06-18"], as: dayFirst)
        #expect(said.otherOrder?.isContradicted == false)
        #expect(try answer(["17/05/1970", "rubbish"], as: dayFirst).otherOrder == nil)
    }

    @Test(
        "knows a date of which a part is not known",
        arguments: [
            "1980", "05/1980", "1980-05", "May 1980", "1980 sept", "00/05/1980", "00.00.1980", "1980-00-00",
            "??/05/1980", "? ? 1980", "xx/xx/1980", "XX May 1980", "0/5/80", "00/00/0000",
        ])
    func partial(_ date: String) throws {
        #expect(try answer(["2/3/1979", date], as: dayFirst).partial.lines == [3])
    }

    @Test(
        "takes nothing else for such a date",
        arguments: ["17", "31/02/1980", "13/1980", "1780", "5/17/1970", "N/A", "born 1980", "23835", "?"])
    func notPartial(_ date: String) throws {
        let answer = try answer(["2/3/1979", date], as: dayFirst)
        #expect(answer.unreadable.lines == [3] && answer.partial.count == 0)
    }

    @Test("sees days that a spreadsheet has counted")
    func serials() throws {
        #expect(try answer(["23835", "2/3/1979", "23836"], as: dayFirst).serials == 2)
        #expect(try answer(["2383", "2/3/1979"], as: dayFirst).serials == 0)
    }

    @Test(
        "says that one answer is too common, from ten members on",
        arguments: [
            // Of dates one in 200 of those that can be read.
            (9, 100, dayFirst, nil), (10, 1989, dayFirst, 10), (10, 2100, dayFirst, nil),
            (600, 600, dayFirst, 600),
        ] as [(Int, Int, Question.Kind, Int?)])
    func common(_ same: Int, _ others: Int, _ kind: Question.Kind, _ told: Int?) throws {
        let answer = try answer(
            days(others) + [String](repeating: "1 Jan 1900", count: same), as: kind)
        #expect(answer.common?.count == told)
        #expect(answer.common?.firstLine == told.map { _ in others + 2 })
    }

    @Test(
        "has a threshold for each kind of answer",
        arguments: [
            (.digits(atMost: 0), 480, "17", true), (.digits(atMost: 0), 520, "17", false),
            (.postcode, 180, "AB1 2CD", true), (.postcode, 220, "AB1 2CD", false),
            (.text, 19, "York", true), (.text, 24, "York", false),
        ] as [(Question.Kind, Int, String, Bool)])
    func thresholds(_ kind: Question.Kind, _ others: Int, _ value: String, _ isTold: Bool) throws {
        let cells = (0..<others).map { "\(1000 + $0)" } + [String](repeating: value, count: 10)
        #expect(try (answer(cells, as: kind).common != nil) == isTold)
    }

    @Test(
        "sees what is no answer",
        arguments: ["N/A", "n/a", "-", "\u{2014}", "?", "unknown", "TBC", "0", "xxx", " NULL "])
    func placeholders(_ cell: String) throws {
        let text = try answer(["York", cell], as: .text)
        #expect(text.placeholders.lines.count + text.unreadable.lines.count == 1)
        #expect(try answer(["York", "Nancy"], as: .text).placeholders.count == 0)
    }

    @Test("sees answers that lost their zeros in front")
    func shortened() throws {
        let postcodes = ["10001", "2134", "94105", "7030", "60601"]
        #expect(try answer(postcodes, as: .postcode).shortened.lines == [3, 5])
        #expect(try answer(postcodes, as: .postcode).usualDigits == 5)
        #expect(try answer(["AB1 2CD", "2134"], as: .postcode).shortened.count == 0)
        // Years of four digits and days of two are no shortened dates.
        #expect(try answer(postcodes, as: dayFirst).shortened.count == 0)
    }

    @Test("reads dates in the roll's own order, and judges nothing without an election")
    func ownOrder() throws {
        let id = ElectionID(Bytes())
        let election = Election.standIn(id, questions: [Question(name: "Born", kind: dayFirst)])
        let roll = Array("id,dob\n1,05/17/1970\n2,06/18/1971\n".utf8)
        let column = AnswerColumn(question: "Born", column: "dob", order: .mdy)
        let report = try RollCheck.report(
            of: PieceSource(roll), voter: "id", answers: [column], election: election)
        #expect(report.isFit && report.answers[0].otherOrder == nil)
        let asAsked = try RollCheck.report(
            of: PieceSource(roll), voter: "id", answers: [AnswerColumn(question: "Born", column: "dob")],
            election: election)
        #expect(asAsked.answers[0].unreadable.count == 2)
        let text = Election.standIn(id, questions: [Question(name: "Born", kind: .text)])
        #expect(throws: RollError.noDate(question: "Born")) {
            try RollCheck.report(of: PieceSource(roll), voter: "id", answers: [column], election: text)
        }
        #expect(
            try RollCheck.report(of: PieceSource(roll), voter: "id", answers: [column])
                .answers[0].unreadable.count == 0)
    }
}

@Suite("RollCheck of cells") struct RollCellTests {
    private func kinds(_ cell: String) throws -> Set<RollReport.Finding.Kind> {
        Set(try report([cell]).columns[1].findings.map(\.kind))
    }

    @Test(
        "sees what an export has lost, and what some reader takes otherwise",
        arguments: [
            ("Ren\u{FFFD}", Kind.lostLetter), ("Ren\u{C3}\u{A9}", .encodedTwice),
            ("M\u{C3}\u{BC}ller", .encodedTwice), ("\u{C3}\u{2026}se", .encodedTwice),
            ("O\u{E2}\u{20AC}\u{2122}Neill", .encodedTwice), ("\u{C2}\u{A3}5", .encodedTwice),
            ("Marks &amp; Co", .webText), ("O&#39;Neill", .webText), ("&#xE9;", .webText),
            ("Ren&eacute;", .webText), ("M&Uuml;ller", .webText), ("a&nbsp;b", .webText),
            ("a\u{2028}b", .lineBreak), ("a\u{2029}b", .lineBreak), ("a\u{B}b", .lineBreak),
            ("a\u{C}b", .lineBreak), ("a\u{85}b", .lineBreak), ("a\nb", .lineBreak), ("a\r\nb", .lineBreak),
            ("a\rb", .lineBreak), ("a\u{200B}b", .unseen), ("a\u{202E}b", .unseen), ("\u{FEFF}a", .unseen),
            ("a\u{7}b", .unseen), ("a\u{9F}b", .unseen), ("a\u{7F}b", .unseen),
        ])
    func found(_ cell: String, _ kind: RollReport.Finding.Kind) throws {
        #expect(try kinds(cell) == [kind])
        #expect(kind.isDamage == [Kind.lostLetter, .encodedTwice, .webText].contains(kind))
    }

    @Test(
        "leaves other text alone",
        arguments: [
            "Ren\u{E9}", "M\u{FC}ller", "\u{C5}se", "Marks & Co", "A&B", "a&b;c", "&;", "a\tb",
            "na\u{AD}me", "\u{1F468}\u{200D}\u{1F469}", "S\u{C3}O JO\u{C3}O", "\u{C2}NGELA", "\u{E2}me",
            "\u{627}\u{200C}\u{628}", "AT&T; more",
        ])
    func left(_ cell: String) throws { #expect(try kinds(cell).isEmpty) }

    @Test("sees packs that nobody could post")
    func blank() throws {
        let printed = try #require(try report(["York", " ", "-", "Bath", "n/a"], printed: [1]).printed)
        #expect(printed.blank.lines == [3, 4, 6] && printed.columns.map(\.cells.lines) == [[3, 4, 6]])
        #expect(!printed.columns[0].isUnusual)
        let two = try #require(try report(["York", ""], printed: [0, 1]).printed)
        // The id of the first row is 0.
        #expect(two.blank.count == 0 && two.columns.map(\.cells.lines) == [[2], [3]])
        #expect(try report(["York", ""]).printed == nil)
    }

    @Test("tells a gap among few from a column that many leave empty")
    func unusual() throws {
        let towns = (1...40).map { "Town \($0)" }
        #expect(try report(towns + [""], printed: [1]).printed?.columns[0].isUnusual == true)
        #expect(try report(towns + ["", "", ""], printed: [1]).printed?.columns[0].isUnusual == false)
        #expect(try report(towns, printed: [1]).printed?.columns[0].isUnusual == false)
        #expect(
            try report(["", "-", ""], printed: [0, 1]).printed?.columns.map(\.isUnusual) == [false, true])
    }
}

@Suite("RollHeader") struct RollHeaderTests {
    private func columns(_ text: String) throws -> [String] {
        try RollReader(PieceSource(Array(text.utf8))).columns
    }

    @Test(
        "reads the separator that a spreadsheet puts first",
        arguments: ["sep=;\r\n", "sep=;\n", "\"sep=;\"\r\n", "\u{FEFF}sep=;\n"])
    func told(_ first: String) throws {
        // Without that line, the comma would be taken.
        var reader = try RollReader(PieceSource(Array((first + "a,b,c;d\n1;2\n3\n").utf8)))
        #expect(reader.columns == ["a,b,c", "d"])
        var faults: [RollFault] = []
        var rows = 0
        while let chunk = try reader.next(onFault: { faults.append($0) }) { rows += chunk.count }
        #expect(rows == 1 && faults == [RollFault(line: 4, column: 1, .fields(found: 1, expected: 2))])
    }

    @Test(
        "takes another such line for a header", arguments: ["sep=x\n", "sep=;;\n", "separator\n", "sep;\n"])
    func notTold(_ first: String) throws {
        #expect(throws: Never.self) { try columns("id,a\n1,2\n") }
        #expect((try? columns(first + "a;b\n1;2\n")) != ["a", "b"])
    }

    @Test("finds a column whose name holds what nobody sees, and tells of it")
    func unseen() throws {
        let names = ["member\u{200B}ship", "town\u{A0}", "name"]
        let columns = RollColumns(names)
        #expect(try columns.index(of: "membership") == 0 && columns.index(of: "Town") == 1)
        let report = try report(of: "membership,member\u{200B}ship,name \n1,2,3\n")
        #expect(report.columns.map(\.hasUnseenName) == [false, true, false])
        #expect(report.columns.map(\.looksLike) == [nil, 0, nil])
    }

    private func report(of text: String) throws -> RollReport {
        try RollCheck.report(of: PieceSource(Array(text.utf8)))
    }
}
