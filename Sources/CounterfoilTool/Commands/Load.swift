internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk

struct Load: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load a register into the ledger.",
        discussion: """
            Verifies that the issuing room of this election signed it, and takes all of its packs or \
            none. Loading the same register again changes nothing.

            Examples:
              counterfoil load --ledger ballot.ledger --keys ballot/desk \\
                --create B01.register
              counterfoil load --ledger ballot.ledger --keys ballot/desk B02.register
            """)

    @OptionGroup var options: DeskOptions

    @Flag(help: "Make the ledger. Without this a missing ledger is an error.")
    var create = false

    @Argument(help: ArgumentHelp("The register that the issuing room wrote.", valueName: "REGISTER"))
    var register: String

    func run() throws {
        let file = try attempt { () throws(StreamError) in try ReadableFile(register) }
        if create {
            // Nothing is made for a register that would not be taken.
            let folder = try KeyFolder(options.keys, .desk)
            try attempt { () throws(RegisterError) in
                _ = try RegisterReader(file, election: folder.election)
            }
        }
        let (header, outcome) = try options.withDesk(creating: create) { desk in
            do throws(LedgerError) { return try desk.load(file, at: .now) } catch {
                throw Stop.couldNot(
                    create
                        ? "\(error.sentence); the ledger is made: load again without --create"
                        : error.sentence)
            }
        }
        switch outcome {
        case .loaded:
            try Terminal.say(
                "Loaded batch \(header.batch): \(counted(header.count, "pack")), not active yet.")
        case .alreadyLoaded:
            try Terminal.say("Batch \(header.batch) is loaded already; nothing was changed.")
        }
    }
}

struct Activate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Activate a batch: its packs can vote, and those that they replace no longer.",
        discussion: """
            Normally the print house first returns which packs it packed, and `reconcile` takes its \
            return. --unreconciled activates the batch without that, and the log says so.

            Where packs of the batch replace others, it shows how many, and needs --confirm: the \
            replaced packs can never vote again, even if this batch is withdrawn.

            Example:
              counterfoil activate --ledger ballot.ledger --keys ballot/desk B01 \\
                --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var confirmation: ConfirmOptions

    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH"))
    var batch: BatchArgument

    @Flag(help: "Activate without the print house's return.")
    var unreconciled = false

    func run() throws {
        let outlook = try options.outlook(of: batch.name)
        // What the rules refuse is refused by them.
        if let outlook, outlook.ended.total > 0, outlook.batch.activated == nil,
            outlook.batch.withdrawn == nil, outlook.batch.reconciled != nil || unreconciled
        {
            try confirmation.ask(outlook.activation, typing: "REPLACE")
        }
        var found: Batch?
        let isNew = try options.act("Batch \(batch.name)", again: .alreadyActive) {
            (desk) throws(LedgerError) in
            let outcome = try desk.activate(
                batch.name, unreconciled: unreconciled, officer.note(), at: .now)
            // The act is done, even if this cannot be read.
            found = try? desk.ledger.summary().batches.first { $0.name == batch.name }
            if outcome == .refused(.replacedVoted) { try name(desk) }
            return outcome
        }
        let packs = found.map { ": \(counted($0.count, "pack"))" } ?? ""
        let since = found?.activated.map { "since \($0.text)" } ?? "already"
        try Terminal.say(
            "Batch \(batch.name) is active\(isNew ? "\(packs). `withdraw` ends it" : " \(since)").")
    }

    /// Names the packs that are in the way, since their voters have voted.
    private func name(_ desk: Desk) throws(LedgerError) {
        for pair in try desk.ledger.pairsOfOtherVoters(inBatch: batch.name) {
            guard let vote = try desk.ledger.history(of: pair.cancelled)?.vote else { continue }
            switch try desk.ledger.history(of: pair.kept)?.standing {
            case .inactive, .live, nil: break
            case .specimen, .superseded, .withdrawn, .cancelled: continue
            }
            Terminal.note(
                "\(pair.kept) would be kept, and \(pair.cancelled) cancelled, whose voter voted \(vote.channel == .post ? "by post" : "online") on \(vote.at.text)"
            )
        }
    }
}

extension BatchOutlook {
    /// What it means that the batch becomes active and ends other packs.
    fileprivate var activation: String {
        "Batch \(batch.name), \(counted(batch.count, "pack")), would become active, and \(counted(ended.total, "pack")) of other batches could never vote again, even if this batch is withdrawn. Of these \(grouped(ended.usable)) can vote now. Votes that were cast with them stay: \(grouped(ended.votes))."
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a ledger holds. Needs no key, changes nothing.",
        discussion: """
            Example:
              counterfoil status --ledger ballot.ledger --json
            """)

    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE"))
    var ledger: String

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let summary = try NamedLedger.summary(of: ledger)
        try Terminal.say(json ? summary.json : summary.text)
    }
}

extension LedgerSummary {
    fileprivate var text: String {
        var lines = [shown(election.name)]
        switch ballot.phase {
        case .before: lines.append("  ballot not open")
        case .open:
            lines.append("  ballot open since \(ballot.opened!.text)")
            if let closes = ballot.closes { lines.append("  closes \(closes.text)") }
        case .closed: lines.append("  ballot closed since \(ballot.closed!.text); post is still scanned")
        case .final: lines.append("  ballot final since \(ballot.final!.text)")
        }
        if batches.isEmpty { lines.append("  no batch loaded") }
        for batch in batches {
            let active =
                batch.withdrawn.map { "withdrawn \($0.text)" }
                ?? batch.activated.map { "active since \($0.text)" }
                ?? (batch.reconciled == nil ? "not active" : "reconciled, not active")
            lines.append("  batch \(batch.name): \(grouped(batch.count)) \(batch.kind.name), \(active)")
        }
        lines.append(
            "  votes: \(grouped(balance[.votedOnline])) online, \(grouped(balance[.votedByPost])) by post")
        if balance[.locked] > 0 { lines.append("  locked after wrong answers: \(grouped(balance[.locked]))") }
        let cancelled = balance[.cancelled] + balance[.superseded]
        if cancelled > 0 { lines.append("  cancelled or replaced: \(grouped(cancelled))") }
        if secondAttempts > 0 { lines.append("  attempts to vote again: \(grouped(secondAttempts))") }
        lines.append("  log: \(counted(entries, "entry", "entries"))")
        return lines.joined(separator: "\n")
    }

    fileprivate var json: String {
        func time(_ moment: Moment?) -> JSONValue { moment.map { .string($0.text) } ?? .null }
        return JSONValue.object([
            (
                "election",
                .object([("id", .string(election.id.bytes.hex)), ("name", .string(election.name))])
            ),
            ("ballot", .string(ballot.phase.rawValue)), ("opened", time(ballot.opened)),
            ("closes", time(ballot.closes)), ("closed", time(ballot.closed)), ("final", time(ballot.final)),
            (
                "batches",
                .array(
                    batches.map { batch in
                        .object([
                            ("name", .string(batch.name.description)), ("kind", .string(batch.kind.name)),
                            ("packs", .integer(batch.count)), ("loaded", time(batch.loaded)),
                            ("activated", time(batch.activated)), ("reconciled", time(batch.reconciled)),
                            ("withdrawn", time(batch.withdrawn)),
                        ])
                    })
            ),
            (
                "votes",
                .object([
                    ("online", .integer(balance[.votedOnline])), ("post", .integer(balance[.votedByPost])),
                ])
            ),
            ("cancelled", .integer(balance[.cancelled])), ("superseded", .integer(balance[.superseded])),
            ("locked", .integer(balance[.locked])),
            ("secondAttempts", .integer(secondAttempts)), ("logEntries", .integer(entries)),
        ]).text(indented: true, visible: true)
    }
}
