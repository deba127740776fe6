internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import IssuingRoom

struct RollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roll",
        abstract: "Check a roll before anything is issued. Needs no key.",
        discussion: """
            Shows how the file is written, its columns, repeated ids, missing answers, what a \
            spreadsheet has damaged already, and the first faults with line and column. It shows \
            no value of the roll. Exit status 0 if codes could be issued for it, 1 if not.

            With --voter it also finds ids that may be one member's: written differently, and alike \
            but for case, accents, spaces, zeros in front, .0 at the end and characters that nobody \
            sees. Correct the roll where it is one member. Otherwise list them with --doubles FILE, \
            and decide. In an election of --exact-case-ids give --election: case and accents count \
            then.

            Examples:
              counterfoil roll members.csv
              counterfoil roll members.csv --voter membership_no \\
                --answer "Date of birth=date_of_birth" \\
                --election ballot/public/election.json
              counterfoil roll export.csv --encoding windows-1252 --json
              counterfoil roll members.csv --voter membership_no --doubles doubles.csv
              counterfoil roll members.csv --voter membership_no \\
                --same-person forename --same-person surname --same-person date_of_birth
              counterfoil roll members.csv --voter membership_no --decided doubles.csv

            doubles.csv lists groups of members who may be one person: those whose ids are alike, \
            and with --same-person those who are equal in these columns but for case, accents and \
            spaces. Fill in its decision column with same (one person, one vote, a pack for each \
            membership), drop (the same person, no pack) or different. Give it to --decided here, \
            to see whether the roll is fit now, and to `issue --decided`. Nothing merges unasked: \
            namesakes exist.

            Edit doubles.csv as text, or with every column as text: a spreadsheet can drop the very \
            zeros or spaces by which two ids differ. Then one id is decided twice, and the list is \
            refused.
            """)

    @Argument(help: ArgumentHelp("The roll, a CSV file; - for standard input.", valueName: "FILE"))
    var file: String

    @Option(help: ArgumentHelp("The column with the voter id.", valueName: "COLUMN"))
    var voter: String?

    @Option(help: ArgumentHelp("The column with the answer to a question.", valueName: "QUESTION=COLUMN"))
    var answer: [String] = []

    @Option(
        help: ArgumentHelp(
            "The election, to judge whether its answers can be read; without it they are only counted.",
            valueName: "election.json"))
    var election: String?

    @Option(
        help: ArgumentHelp(
            "List members who are equal in this column; repeat for several.", valueName: "COLUMN"))
    var samePerson: [String] = []

    @Option(
        help: ArgumentHelp(
            "List members who may be one person in this file, which is never overwritten; doubles.csv with --same-person.",
            valueName: "FILE"))
    var doubles: String?

    @Option(help: ArgumentHelp("What was decided of them: the list, filled in.", valueName: "FILE"))
    var decided: String?

    @Flag(help: "As JSON.")
    var json = false

    @OptionGroup var format: RollFormatOptions

    func validate() throws {
        _ = try answer.map(AnswerColumn.init(argument:))
        if !samePerson.isEmpty && voter == nil {
            throw ValidationError("--same-person needs --voter COLUMN, to name the members.")
        }
        if voter == nil && (doubles != nil || decided != nil) {
            throw ValidationError("--doubles and --decided need --voter COLUMN, to name the members.")
        }
    }

    func run() throws {
        let election = try election.map { try KeyFolder.election($0) }
        let source = try RollSource(file)
        let answers = try answer.map(AnswerColumn.init(argument:))
        let decisions = try decided.map { file in
            let list = try FileSource.opened(file)
            return try attempt { () throws(ListError) in try Decisions(list) }
        }
        let opened = try attempt { () throws(StreamError) in try source.open() }
        let report = try attempt { () throws(RollError) in
            try RollCheck.report(
                of: opened, format.options, voter: voter, answers: answers, election: election,
                decided: decisions)
        }
        try Terminal.say(json ? report.json : report.text)
        if doubles != nil || !samePerson.isEmpty {
            let coincide = report.voters.map { $0.coinciding + $0.decided > 0 } ?? false
            try listDoubles(source, election?.voterIDs ?? .anyCase, coincide)
        }
        guard report.isFit else {
            throw Stop.refused(
                report.voters.map(\.isSuggestion) ?? true
                    ? "not complete: say which column has the voter id, with --voter COLUMN"
                    : "this roll is not fit to be issued; see above")
        }
    }

    /// - Parameter coincide: whether some are suspected for their ids.
    private func listDoubles(_ source: RollSource, _ ids: VoterIDs, _ coincide: Bool) throws {
        let doubles = doubles ?? "doubles.csv"
        let groups = try attempt { () throws(ListError) in
            try SamePerson.groups(
                voter: voter ?? "", as: ids, columns: samePerson, options: format.options,
                roll: source.open)
        }
        guard !groups.isEmpty else { return Terminal.note("No suspected doubles.") }
        try attempt { () throws(StreamError) in
            try PrivateFile.create(doubles, SamePerson.csv(groups, columns: samePerson))
        }
        Terminal.note(
            "\(counted(groups.count, "group")) of suspected doubles, \(grouped(groups.reduce(0) { $0 + $1.count })) members, listed in \(shown(doubles)): decide each, then issue with --decided \(shown(doubles))\(coincide ? ". Edit it as text: a spreadsheet can drop the zeros or spaces by which two ids differ, and then the list is refused" : "")"
        )
    }
}

extension AnswerColumn {
    /// `QUESTION=COLUMN` on the command line.
    init(argument text: String) throws {
        guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("--answer takes QUESTION=COLUMN, as in \"Date of birth=date_of_birth\".")
        }
        self.init(
            question: String(text[..<equals]), column: String(text[text.index(after: equals)...]))
    }
}

extension RollReport {
    fileprivate var text: String {
        var lines = [
            "\(counted(rows, "row")), \(counted(columns.count, "column")); \(format.encoding.rawValue)\(format.hasByteOrderMark ? " with byte order mark" : ""), separated by \(format.separator), lines end \(format.lineEnd.rawValue)"
        ]
        let names = columns.map { shown($0.name, atMost: 60) }
        let width = min(32, names.map(\.count).max() ?? 0)
        for (i, column) in columns.enumerated() {
            var notes = ["longest \(column.longest)"]
            if column.empty.count > 0 { notes.append("\(grouped(column.empty.count)) empty") }
            if voters?.column == i {
                notes.append(voters!.isSuggestion ? "could be the voter id" : "voter id")
            }
            for answer in answers where answer.column == i {
                notes.append("answers \(quoted(answer.question))")
            }
            let padding = String(repeating: " ", count: max(0, width - names[i].count))
            lines.append("  \(names[i])\(padding)  \(notes.joined(separator: ", "))")
        }
        lines += voterLines + answerLines
        for (column, name) in zip(columns, names) {
            for finding in column.findings {
                lines.append(
                    "\(finding.kind.isDamage ? "damaged" : "beware"): \(name): \(finding.sentence)")
            }
        }
        for fault in faults { lines.append("fault: \(fault.sentence)") }
        if faultCount > faults.count {
            lines.append("and \(counted(faultCount - faults.count, "more fault", "more faults"))")
        }
        return lines.joined(separator: "\n")
    }

    private var voterLines: [String] {
        guard let voters, !voters.isSuggestion else { return [] }
        var lines: [String] = []
        if voters.empty.count > 0 {
            lines.append("fault: \(voters.empty.text("row", "rows")) without a voter id")
        }
        if voters.repeated > 0 {
            lines.append(
                "fault: \(grouped(voters.repeated)) repeated voter \(voters.repeated == 1 ? "id" : "ids"): \(Self.pairs(voters.firstRepeated, of: voters.repeated))"
            )
        }
        if voters.coinciding > 0 {
            lines.append(
                "fault: \(counted(voters.coinciding, "voter id")) may be another one, written otherwise: \(Self.pairs(voters.firstCoinciding, of: voters.coinciding)); if both are one member's, correct the roll; otherwise list them with --doubles FILE, decide each, and give the list with --decided"
            )
        }
        if voters.decided > 0 {
            lines.append(
                "decided: \(counted(voters.decided, "voter id")) that may be another one, written otherwise"
            )
        }
        if voters.shortened.count > 0 {
            lines.append(
                "beware: \(voters.shortened.text("id", "ids")) shorter than the usual \(voters.usualDigits) digits; a spreadsheet may have dropped leading zeros"
            )
        }
        return lines
    }

    /// "lines 2 and 3, lines 5 and 9, …".
    private static func pairs(_ some: [Repeated], of count: Int) -> String {
        some.map { "lines \($0.firstLine) and \($0.line)" }.joined(separator: ", ")
            + (count > some.count ? ", …" : "")
    }

    private var answerLines: [String] {
        answers.flatMap { answer in
            var lines: [String] = []
            if answer.empty.count > 0 {
                lines.append(
                    "fault: \(answer.empty.text("member", "members")) without an answer to \(quoted(answer.question)); complete them, or issue with --post-only-if-empty"
                )
            }
            if answer.unreadable.count > 0 {
                lines.append(
                    "fault: \(answer.unreadable.text("answer", "answers")) to \(quoted(answer.question)) cannot be read"
                )
            }
            return lines
        }
    }

    /// A column's name as a program needs it, to the letter.
    private static func name(_ text: String) -> String { mayHoldCode(text) ? shown(text) : text }

    fileprivate var json: String {
        func tally(_ tally: Tally) -> JSONValue {
            .object([("count", .integer(tally.count)), ("firstLine", .integer(tally.firstLine))])
        }
        return JSONValue.object([
            ("fit", .bool(isFit)), ("rows", .integer(rows)), ("encoding", .string(format.encoding.rawValue)),
            ("byteOrderMark", .bool(format.hasByteOrderMark)),
            ("separator", .string(String(decoding: [format.separator.rawValue], as: UTF8.self))),
            ("lineEnd", .string(format.lineEnd.rawValue)),
            (
                "columns",
                .array(
                    columns.map { column in
                        .object([
                            ("name", .string(Self.name(column.name))),
                            ("empty", .integer(column.empty.count)),
                            ("longest", .integer(column.longest)), ("distinct", .bool(column.isDistinct)),
                            (
                                "findings",
                                .array(
                                    column.findings.map {
                                        .object([
                                            ("kind", .string($0.kind.rawValue)),
                                            ("damage", .bool($0.kind.isDamage)), ("cells", tally($0.cells)),
                                        ])
                                    })
                            ),
                        ])
                    })
            ),
            (
                "voters",
                voters.map { voters in
                    .object([
                        ("column", .string(Self.name(columns[voters.column].name))),
                        ("suggestion", .bool(voters.isSuggestion)), ("empty", tally(voters.empty)),
                        ("repeated", .integer(voters.repeated)), ("shortened", tally(voters.shortened)),
                        (
                            "firstRepeated",
                            .array(
                                voters.firstRepeated.map {
                                    .array([.integer($0.firstLine), .integer($0.line)])
                                })
                        ),
                        ("coinciding", .integer(voters.coinciding)),
                        (
                            "firstCoinciding",
                            .array(
                                voters.firstCoinciding.map {
                                    .array([.integer($0.firstLine), .integer($0.line)])
                                })
                        ),
                        ("decided", .integer(voters.decided)),
                    ])
                } ?? .null
            ),
            (
                "answers",
                .array(
                    answers.map {
                        .object([
                            ("question", .string($0.question)),
                            ("column", .string(Self.name(columns[$0.column].name))),
                            ("empty", tally($0.empty)), ("unreadable", tally($0.unreadable)),
                        ])
                    })
            ),
            ("faults", .array(faults.map { .string($0.sentence) })), ("faultCount", .integer(faultCount)),
        ]).text(indented: true, visible: true)
    }
}

extension RollReport.Tally {
    /// "3 rows, the first on line 17".
    fileprivate func text(_ one: String, _ many: String) -> String {
        count == 1
            ? "1 \(one), on line \(firstLine)" : "\(grouped(count)) \(many), the first on line \(firstLine)"
    }
}

extension RollReport.Finding {
    fileprivate var sentence: String {
        let cells = cells.text("cell", "cells")
        return switch kind {
        case .roundedNumber:
            "\(cells): a spreadsheet has rounded a long number (9.17E+08); export again from the source"
        case .dateAsNumber:
            "\(cells): a spreadsheet has turned a date into a number; export again from the source"
        case .hashes: "\(cells): ####### in place of a value; export again from the source"
        case .errorValue: "\(cells): an error of a spreadsheet in place of a value"
        case .leadingZeros: "\(cells): leading zeros, which a spreadsheet at the printer would drop"
        case .longNumber: "\(cells): more than 15 digits, which a spreadsheet at the printer would round"
        case .exponent: "\(cells): reads as a number with exponent to a spreadsheet at the printer"
        case .formula: "\(cells): begins with =, +, - or @, which a spreadsheet at the printer would run"
        }
    }
}
