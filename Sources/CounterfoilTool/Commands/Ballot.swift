internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk

struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the ballot: votes are taken from now on.",
        discussion: """
            A closing time needs its zone. The first request past it writes the close, and no clock \
            that is set back opens the ballot again.

            Examples:
              counterfoil open --ledger ballot.ledger --keys ballot/desk
              counterfoil open --ledger ballot.ledger --keys ballot/desk \\
                --closes "2026-09-02T17:00 Europe/London" --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions

    @Option(
        help: ArgumentHelp(
            "When the ballot closes: 2026-09-02T17:00+01:00, or with Z or a zone's name.", valueName: "TIME"),
        transform: TimeArgument.parse)
    var closes: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "How long after the close a voter who signed in before it may finish. Default: 10.",
            valueName: "MINUTES"))
    var grace: Int?

    func validate() throws {
        guard (0...120).contains(grace ?? 10) else {
            throw ValidationError("--grace takes 0 to 120 minutes.")
        }
    }

    func run() throws {
        var summary: LedgerSummary?
        // An open ballot keeps its own time and grace: another one must not be
        // passed over in silence.
        let again: ActRefusal? = closes == nil && grace == nil ? .alreadyOpen : nil
        let isNew = try options.act("The ballot", again: again) { (desk) throws(LedgerError) in
            let outcome = try desk.open(
                closes: closes?.moment, grace: (grace ?? 10) * 60_000, officer.note(), at: .now)
            // The act is done, even if this cannot be read.
            summary = try? desk.ledger.summary()
            return outcome
        }
        guard isNew else {
            let since = summary?.ballot.opened.map { "since \($0.text)" } ?? "already"
            return try Terminal.say("The ballot is open \(since).")
        }
        let until = closes.map { " until \($0.moment.text(in: $0.zone)) (\($0.moment.text))" } ?? ""
        try Terminal.say("The ballot is open\(until).")
        if let summary, !summary.batches.contains(where: { $0.activated != nil && $0.withdrawn == nil }) {
            Terminal.note("No batch is active, so that nobody can vote yet; see `counterfoil activate`.")
        }
    }
}

struct Extend: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep the ballot open until a later time, or open it again.",
        discussion: """
            A time before the announced one is refused without --earlier.

            Example:
              counterfoil extend --ledger ballot.ledger --keys ballot/desk \\
                "2026-09-02T19:00 Europe/London" --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var confirmation: ConfirmOptions
    @Flag(help: "Close the ballot before the announced time.") var earlier = false
    @Argument(
        help: ArgumentHelp("The new closing time, with its zone.", valueName: "TIME"),
        transform: TimeArgument.parse)
    var until: TimeArgument

    func run() throws {
        if earlier {
            let ballot = try NamedLedger.summary(of: options.ledger).ballot
            let announced =
                ballot.closes.map { "closes \($0.text(in: until.zone))" } ?? "has no closing time"
            try confirmation.ask(
                "The ballot \(announced), and would close \(until.moment.text(in: until.zone)). Voters who were told the other time may come too late.",
                typing: "EARLIER")
        }
        try options.act("The ballot") { (desk) throws(LedgerError) in
            try desk.extend(until: until.moment, earlier: earlier, officer.note(), at: .now)
        }
        try Terminal.say(
            "The ballot is open until \(until.moment.text(in: until.zone)) (\(until.moment.text)).")
    }
}

struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Close the ballot for online votes; with --final, end it.",
        discussion: """
            Post that came in time is scanned until --final. --final shows what would be left, writes \
            the last entry, and beside it the checkpoint and the report. After it nothing is written \
            to the ledger.

            Examples:
              counterfoil close --ledger ballot.ledger --keys ballot/desk \\
                --by "A. Officer"
              counterfoil close --ledger ballot.ledger --keys ballot/desk --final \\
                --out result --by "A. Officer" --confirm
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var confirmation: ConfirmOptions
    @Flag(help: "Write the last entry; nothing follows it.") var final = false
    @Option(
        help: ArgumentHelp(
            "With --final: the folder to make for checkpoint and report. Default: the ledger's name with .final.",
            valueName: "DIR"))
    var out: String?

    func validate() throws {
        if out != nil && !final { throw ValidationError("--out belongs to --final.") }
    }

    func run() throws {
        guard final else {
            try options.act("The ballot") { (desk) throws(LedgerError) in
                try desk.close(officer.note(), at: .now)
            }
            return try Terminal.say(
                "The ballot is closed; post is scanned until `close --final`. `extend` opens it again.")
        }
        let out = out ?? (NamedLedger.isFile(options.ledger) ? options.ledger : "ballot") + ".final"
        guard !PrivateFile.exists(out) else {
            throw Stop.couldNot(
                "\(shown(out)) exists already; choose another folder for checkpoint and report")
        }
        let before = try NamedLedger.report(of: options.ledger)
        // A ballot that is final already only lacks its files, and what the rules refuse is
        // refused by them.
        if before.summary.ballot.phase == .open || before.summary.ballot.phase == .closed {
            try confirmation.ask(before.finalPreview, typing: "FINAL")
        }
        // A run may have been killed between the last entry and its files: then
        // this one makes the files.
        let checkpoint = try options.withDesk { desk in
            let outcome = try attempt { () throws(LedgerError) in
                try desk.finish(officer.note(), at: .now)
            }
            if outcome != .refused(.final) { try outcome.orStop("The ballot") }
            return try attempt { () throws(LedgerError) in try desk.checkpoint { $0 } }
        }
        let report = try NamedLedger.report(of: options.ledger)
        let lists = try NamedLedger.lists(of: options.ledger)
        do throws(StreamError) {
            try PrivateFolder.makeTree(
                out, FinalFolder(checkpoint: checkpoint, report: report, lists: lists).files)
        } catch {
            throw Stop.couldNot(
                "the ballot is final, but \(error.sentence); run this again with another --out for checkpoint and report"
            )
        }
        try Terminal.say(
            """
            The ballot is final. \(shown(out)) holds its checkpoint, which nobody can take back once others
            have it, and the report:

            \(report.text(in: .utc))
            """)
    }
}

extension LedgerReport {
    /// What would be left when the ballot ends.
    fileprivate var finalPreview: String {
        let balance = summary.balance
        var lines = [
            "Nothing would be written any more: no vote, no envelope, no act. Nobody can take that back."
        ]
        if summary.ballot.phase == .open { lines.append("The ballot is open, and would be closed at once.") }
        lines.append(
            "\(grouped(balance.votes)) of \(counted(voters, "voter")) have voted, \(grouped(balance[.votedOnline])) online and \(grouped(balance[.votedByPost])) by post."
        )
        lines.append(
            "\(counted(balance.usable, "pack")) could still vote; an envelope that was not scanned by then never counts."
        )
        if balance[.inactive] > 0 {
            lines.append(
                "\(counted(balance[.inactive], "pack")) of batches that are not active could not vote.")
        }
        if balance[.locked] > 0 {
            lines.append("\(counted(balance[.locked], "pack")) are locked after wrong answers.")
        }
        return lines.joined(separator: "\n")
    }
}
