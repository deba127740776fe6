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
            spreadsheet or an export has damaged already, and faults with line and column. It shows \
            no value of the roll. Exit status 0 if codes could be issued for it, 1 if not.

            A fault has to be mended before codes are issued. What is damaged is lost, and the roll \
            is better exported again. Beware of the rest: look whether it is right. Give --print as \
            for `issue`, so that gaps in printed columns are seen too. --lines FILE lists every \
            remark, line by line, as a table for a spreadsheet; --json has all lines too.

            Dates to beware of are those after today and those of 120 years ago or more; and one \
            answer that at least ten members have, and more than 1 in 200 for a date, 1 in 50 for a \
            number, 1 in 20 for a postcode, 1 in 3 for a text.

            With --voter it also finds ids that may be one member's: written differently, and alike \
            but for case, accents, spaces, zeros in front, .0 at the end and characters that nobody \
            sees. Correct the roll where it is one member. Otherwise list them with --doubles FILE, \
            and decide. In an election of --exact-case-ids give --election: case and accents count \
            then.

            Examples:
              counterfoil roll members.csv
              counterfoil roll members.csv --voter membership_no \\
                --answer "Date of birth=date_of_birth" --print forename --print surname \\
                --election ballot/public/election.json --lines remarks.csv
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

    @OptionGroup var answers: AnswerOptions

    @Option(
        name: .customLong("print"),
        help: ArgumentHelp("A column that will be printed; repeat for several.", valueName: "COLUMN"))
    var printed: [String] = []

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

    @Option(
        help: ArgumentHelp(
            "List every remark, line by line, in this file, which is never overwritten.",
            valueName: "FILE"))
    var lines: String?

    @Flag(help: "As JSON.")
    var json = false

    @OptionGroup var format: RollFormatOptions

    func validate() throws {
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
        let decisions = try decided.map { file in
            let list = try FileSource.opened(file)
            return try attempt { () throws(ListError) in try Decisions(list) }
        }
        let opened = try attempt { () throws(StreamError) in try source.open() }
        let report = try attempt { () throws(RollError) in
            try RollCheck.report(
                of: opened, format.options, voter: voter, answers: answers.columns, printed: printed,
                election: election, decided: decisions, today: ClockTime.today)
        }
        try Terminal.say(json ? report.json : report.text)
        if let lines {
            try attempt { () throws(StreamError) in try PrivateFile.create(lines, report.lineTable) }
            Terminal.note("Every remark, line by line: \(shown(lines))")
        }
        if doubles != nil || !samePerson.isEmpty {
            let coincide = report.voters.map { $0.coinciding + $0.decided > 0 } ?? false
            try listDoubles(source, election, coincide)
        }
        guard report.isFit else {
            throw Stop.refused(
                report.voters.map(\.isSuggestion) ?? true
                    ? "not complete: say which column has the voter id, with --voter COLUMN"
                    : "this roll is not fit to be issued; see above")
        }
    }

    /// - Parameter coincide: whether some are suspected for their ids.
    private func listDoubles(_ source: RollSource, _ election: Election?, _ coincide: Bool) throws {
        let doubles = doubles ?? "doubles.csv"
        let groups = try attempt { () throws(ListError) in
            try SamePerson.groups(
                voter: voter ?? "", as: election?.voterIDs ?? .anyCase, columns: samePerson,
                answers: answers.columns, election: election, options: format.options, roll: source.open)
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
