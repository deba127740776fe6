internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import IssuingRoom

struct Issue: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issue a batch: codes for a roll, encrypted to the print house.",
        discussion: """
            Writes into OUT:
              B01.csv.age        for the printer: sequence, pack, code, and --print
              B01.register       for the polling desk: keyed hashes, signed
              B01.packs.csv      stays here: voter id and pack number, no code
              B01.manifest.json  for the printer, with B01.manifest.json.minisig;
                                 written last, as the mark of a complete run

            A run that was interrupted is run again with the same roll, and gives the same packs.

            Voter ids that may be one member's, written differently, stop the run until they are \
            decided: see `counterfoil help roll`. The packs of a member who is dropped can vote \
            until the desk activates this batch. They are named, and can be cancelled there at once.

            Examples:
              counterfoil issue --keys ballot/issuing --roll members.csv \\
                --voter membership_no --print forename --print surname --print address1 \\
                --print postcode --answer "Date of birth=date_of_birth" -r age1… \\
                --batch B01 --out to-printer
              xz -dc members.csv.xz | counterfoil issue --roll - …
              counterfoil issue … --specimen 50 --batch PROOF    test packs for the printer
              counterfoil issue … --replace lost.csv --batch R01 new packs for lost ones
              counterfoil issue … --replace B01.packs.csv --batch B02   all of them again
            """)

    @Option(help: ArgumentHelp("The folder of the issuing room.", valueName: "DIR"))
    var keys: String

    @Option(help: ArgumentHelp("The roll, a CSV file; - for standard input.", valueName: "FILE"))
    var roll: String

    @Option(help: ArgumentHelp("The column with the voter id.", valueName: "COLUMN"))
    var voter: String

    @Option(
        name: .customLong("print"),
        help: ArgumentHelp("A column to print, unchanged; repeat in order.", valueName: "COLUMN"))
    var printed: [String] = []

    @OptionGroup var answers: AnswerOptions

    @Flag(help: "A member without a needed answer gets a pack for post alone.")
    var postOnlyIfEmpty = false

    @Flag(help: "So does a member of whose date a part is not known: 1980, 00/05/1980.")
    var postOnlyIfPartial = false

    @Flag(help: "Leave out members who have a pack of an earlier batch.")
    var skipIssued = false

    @Flag(help: "Print a column although it answers a question.")
    var allowPrintedAnswers = false

    @Option(
        name: [.customShort("r"), .long],
        help: ArgumentHelp("Who can open the print file; repeat for several.", valueName: "age1…"))
    var recipient: [String] = []

    @Flag(help: "Write the print file unencrypted.")
    var plaintext = false

    @Option(help: ArgumentHelp("The batch's name, part of all file names.", valueName: "NAME"))
    var batch: BatchArgument

    @Option(help: ArgumentHelp("The folder to write to; made if it is not there.", valueName: "OUT"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "Add a column `link`: this text and the code, for a QR code.", valueName: "https://…/#"))
    var link: String?

    @Flag(help: "Line breaks within printed values become spaces.")
    var flatten = false

    @Flag(help: "Begin the print file with a byte order mark, for software that needs it.")
    var bom = false

    @Option(
        help: ArgumentHelp(
            "Between the columns of the print file: comma, semicolon or tab.", valueName: "NAME"))
    var separator: SeparatorArgument = .comma

    @Option(help: ArgumentHelp("Split the print file for N production lines.", valueName: "N"))
    var parts = 1

    @Option(
        help: ArgumentHelp(
            "N test packs, as wide as the widest of the roll, instead of the members'.", valueName: "N"))
    var specimen: Int?

    @Option(
        help: ArgumentHelp(
            "What was decided of members who may be one person; see `counterfoil help roll`.",
            valueName: "doubles.csv"))
    var decided: String?

    @Flag(help: "Take rows that nobody decided for persons apart, each with a vote of its own.")
    var leaveUndecided = false

    @Option(
        help: ArgumentHelp(
            "Replace these packs: their numbers one a line, or a CSV with a column pack. Of a print house's return, with a column status, those that are missing.",
            valueName: "PACKS.csv"))
    var replace: String?

    @OptionGroup var rollFormat: RollFormatOptions
    @OptionGroup var passphrases: PassphraseOptions

    func validate() throws {
        if recipient.isEmpty && !plaintext {
            throw ValidationError("Give the print house's recipient with -r age1…")
        }
        if !recipient.isEmpty && plaintext { throw ValidationError("Give -r or --plaintext, not both.") }
        if let specimen, !(1...100_000).contains(specimen) {
            throw ValidationError("--specimen takes a number from 1 to 100,000.")
        }
        if specimen != nil && replace != nil { throw ValidationError("Specimens replace nothing.") }
        if !(1...999).contains(parts) { throw ValidationError("--parts takes a number from 1 to 999.") }
        var layout = PrintLayout()
        layout.link = link
        if let fault = layout.linkFault { throw ValidationError("\(fault.sentence).") }
        if skipIssued && (replace != nil || specimen != nil) {
            throw ValidationError(
                "--skip-issued leaves out members who have a pack; --replace and --specimen are not for it.")
        }
        if decided != nil && specimen != nil {
            throw ValidationError("--decided is of members; specimens are nobody's.")
        }
    }

    func run() throws {
        let folder = try KeyFolder(keys, .issuing)
        let order = try order(folder.election)
        let source = try RollSource(roll)
        let key = try folder.issuingKey(passphrases)
        let (shelf, lock) = try folder.book()
        defer { withExtendedLifetime(lock) {} }
        let target = try attempt { () throws(StreamError) in try PrivateFolder(making: out) }
        if plaintext {
            Terminal.note(
                "Warning: the print file will hold every code in plain text. Anyone who copies it can vote for everybody."
            )
        }
        let undecided = order.decided?.undecided ?? 0
        let run = PrintRun(order, election: folder.election, key: key, book: shelf, out: target)
        let options = rollFormat.options
        let result =
            blocking {
                do throws(IssueError) {
                    return .success(
                        try await run.run(roll: source.open, options: options, progress: show))
                } catch { return .failure(error) }
            } as Result<IssuedBatch, IssueError>
        switch result {
        case .success(let issued):
            try report(issued)
            if undecided > 0 {
                Terminal.note(
                    "\(shown(decided ?? "")) leaves \(counted(undecided, "row")) undecided; each counts as a person apart."
                )
            }
        case .failure(.complete):
            throw Stop.refused(
                "\(shown("\(out)/\(batch.name).manifest.json")) exists: this batch is complete; to write it again, choose another --out"
            )
        case .failure(.inTheWay(let name)):
            throw Stop.couldNot(
                "\(shown("\(out)/\(name)")) exists already, and this batch did not write it; move it away, or choose another --out"
            )
        case .failure(let error): throw Self.stop(for: error)
        }
    }

    /// What `counterfoil roll` would say of the columns that are used, in short.
    private func remark(_ report: RollReport) {
        let remarks = report.remarks().filter {
            guard $0.grade == .damaged || $0.grade == .beware else { return false }
            return switch $0.topic {
            // What a spreadsheet would do to it, if the print house used one.
            case .finding(.leadingZeros), .finding(.longNumber), .finding(.exponent): false
            case .finding(.lineBreak): !flatten
            // They have a pack for post alone, by choice.
            case .partialDates: false
            case .finding, .other: true
            }
        }
        guard !remarks.isEmpty else { return }
        for remark in remarks.prefix(Self.mostRemarks) { Terminal.note(remark.text) }
        Terminal.note(
            remarks.count > Self.mostRemarks
                ? "and \(grouped(remarks.count - Self.mostRemarks)) more; `counterfoil roll` shows all of them"
                : "`counterfoil roll --lines FILE` lists every line of these")
    }

    private static let mostRemarks = 10

    private func show(_ progress: IssueProgress) {
        switch progress {
        case .checked(let report): remark(report)
        case .reading(let rows): Terminal.progress("reading the roll: \(grouped(rows)) members")
        case .making(let packs, let total):
            Terminal.progress("making packs: \(grouped(packs)) of \(grouped(total))")
        }
    }

    private func order(_ election: Election) throws -> PrintOrder {
        var order = PrintOrder(batch: batch.name, voterColumn: voter)
        order.printedColumns = printed
        order.answerColumns = answers.columns
        order.postOnlyIfEmpty = postOnlyIfEmpty
        order.postOnlyIfPartial = postOnlyIfPartial
        order.skipIssued = skipIssued
        order.allowPrintedAnswers = allowPrintedAnswers
        order.specimens = specimen
        order.leaveUndecided = leaveUndecided
        order.decided = try decided.map { file in
            let list = try FileSource.opened(file)
            return try attempt { () throws(ListError) in try Decisions(list) }
        }
        order.replaced = try replace.map { file in
            let list = try FileSource.opened(file)
            return try attempt { () throws(ListError) in try PackList.read(list, election) }
        }
        order.today = ClockTime.today
        order.layout.separator = separator.separator
        order.layout.byteOrderMark = bom
        order.layout.flatten = flatten
        order.layout.link = link
        order.layout.parts = parts
        order.recipients = try recipient.map { text in
            try attempt { () throws(AgeRecipientError) in try AgeRecipient(text) }
        }
        return order
    }

    /// What the rules refuse, and what could not be done.
    private static func stop(for error: IssueError) -> Stop {
        switch error {
        case .alreadyIssued, .nobody, .twoNumbers, .undecided, .decidedUnknown, .sameWithoutPack,
            .alikeVoters,
            .alikeIssued, .unknownPack, .packTwice, .voterMissing, .numberChanged, .droppedReplaced,
            .tooShort, .otherRoll, .keyDestroyed, .unfinished, .halfGivenUp:
            .refused(error.sentence)
        default: .couldNot(error)
        }
    }

    private func report(_ issued: IssuedBatch) throws {
        let manifest = issued.manifest
        var lines = ["batch \(batch.name): \(counted(manifest.packs, "pack"))"]
        if manifest.kind == .specimens { lines[0] += ", all of them specimens" }
        if manifest.kind == .replacements {
            lines[0] += ", each in place of another, which can vote until the desk activates this batch"
        }
        if manifest.postOnly > 0 { lines[0] += ", \(grouped(manifest.postOnly)) of them for post alone" }
        for file in manifest.files { lines.append("  \(shown("\(out)/\(file.name)"))  for the print house") }
        lines.append("  \(shown("\(out)/\(manifest.registerName)"))  for the polling desk")
        lines.append("  \(shown("\(out)/\(batch.name).packs.csv"))  stays in this room")
        lines.append("  \(shown("\(out)/\(batch.name).manifest.json")), .minisig  for the print house")
        lines.append(
            "A thief of the ledger and its key would need \(issued.cost.words) to find one code.")
        if !issued.cancelled.isEmpty {
            lines.append(
                "\(counted(issued.cancelled.count, "pack")) of members who are dropped can vote until the desk activates this batch, which cancels them, unless they were cancelled or replaced before. To stop them at once, cancel them at the desk:"
            )
            lines += issued.cancelled.map { "  \($0)" }
        }
        try Terminal.say(lines.joined(separator: "\n"))
    }
}

/// How the officer says a roll is written.
struct RollFormatOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The roll's encoding, utf-8 or windows-1252.", valueName: "NAME"))
    var encoding: EncodingArgument = .utf8

    var options: RollOptions { RollOptions(encoding: encoding.encoding) }
}

enum EncodingArgument: String, ExpressibleByArgument, CaseIterable {
    case utf8 = "utf-8"
    case windows1252 = "windows-1252"

    var encoding: RollEncoding { self == .utf8 ? .utf8 : .windows1252 }
}

enum SeparatorArgument: String, ExpressibleByArgument, CaseIterable {
    case comma, semicolon, tab

    var separator: RollSeparator {
        switch self {
        case .comma: .comma
        case .semicolon: .semicolon
        case .tab: .tab
        }
    }
}
