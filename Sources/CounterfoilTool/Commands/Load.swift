internal import ArgumentParser
internal import Counterfoil
internal import Files
internal import PollingDesk
internal import SQLiteLedger

struct Load: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load a register into the ledger.",
        discussion: """
            Verifies that the issuing room of this election signed it, and takes all of its packs or
            none. Loading the same register again changes nothing.

            Examples:
              counterfoil load --ledger ballot.ledger --keys ballot/desk --create B01.register
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
        let desk = try options.desk(creating: create)
        let header: RegisterHeader
        let outcome: LoadOutcome
        do { (header, outcome) = try desk.load(file, at: Clock.now) } catch {
            throw Stop.couldNot(
                create ? "\(error); the ledger is made: load again without --create" : "\(error)")
        }
        switch outcome {
        case .loaded:
            try Terminal.say("Loaded batch \(header.batch): \(grouped(header.count)) packs, not active yet.")
        case .alreadyLoaded:
            try Terminal.say("Batch \(header.batch) is loaded already; nothing was changed.")
        }
        desk.ledger.close()
    }
}

struct Activate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Activate a batch: its packs can vote.",
        discussion: """
            Normally the print house first returns which packs it packed. --unreconciled activates
            the batch without that, and the log says so.

            Example:
              counterfoil activate --ledger ballot.ledger --keys ballot/desk B01 --unreconciled
            """)

    @OptionGroup var options: DeskOptions

    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH"))
    var batch: BatchArgument

    @Flag(help: "Activate without the print house's return.")
    var unreconciled = false

    func validate() throws {
        guard unreconciled else {
            throw ValidationError(
                "This batch has not been reconciled with the print house; --unreconciled activates it all the same."
            )
        }
    }

    func run() throws {
        let desk = try options.desk()
        let outcome = try attempt { () throws(LedgerError) in
            try desk.activate(batch.name, reconciled: false, at: Clock.now)
        }
        desk.ledger.close()
        switch outcome {
        case .activated(let packs):
            try Terminal.say("Batch \(batch.name) is active: \(grouped(packs)) packs, unreconciled.")
        case .alreadyActive(let since): try Terminal.say("Batch \(batch.name) is active since \(since.text).")
        case .noSuchBatch:
            throw Stop.refused(
                "no batch \(batch.name) is loaded; see `counterfoil status --ledger \(options.ledger)`")
        }
    }
}

struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the ballot: votes are taken from now on.",
        discussion: """
            Example:
              counterfoil open --ledger ballot.ledger --keys ballot/desk
            """)

    @OptionGroup var options: DeskOptions

    func run() throws {
        let desk = try options.desk()
        let outcome = try attempt { () throws(LedgerError) in try desk.open(at: Clock.now) }
        desk.ledger.close()
        switch outcome {
        case .opened: try Terminal.say("The ballot is open.")
        case .alreadyOpen(let since): try Terminal.say("The ballot is open since \(since.text).")
        case .closed: throw Stop.refused("the ballot is closed")
        }
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
        let summary = try attempt { () throws(LedgerError) in
            let ledger = try SQLiteLedger(reading: ledger)
            let summary = try ledger.summary()
            ledger.close()
            return summary
        }
        try Terminal.say(json ? summary.json : summary.text)
    }
}

extension LedgerSummary {
    private var state: String {
        if ballot.closed != nil { return "closed" }
        return ballot.opened != nil ? "open" : "not open"
    }

    fileprivate var text: String {
        var lines = [election.name]
        switch (ballot.opened, ballot.closed) {
        case (_, let closed?): lines.append("  ballot closed since \(closed.text)")
        case (let opened?, nil): lines.append("  ballot open since \(opened.text)")
        case (nil, nil): lines.append("  ballot not open")
        }
        if batches.isEmpty { lines.append("  no batch loaded") }
        for batch in batches {
            let active = batch.activated.map { "active since \($0.text)" } ?? "not active"
            lines.append("  batch \(batch.name): \(grouped(batch.count)) \(batch.kind.name), \(active)")
        }
        lines.append("  votes: \(grouped(votesOnline)) online, \(grouped(votesByPost)) by post")
        if locked > 0 { lines.append("  locked after wrong answers: \(grouped(locked))") }
        if cancelled > 0 { lines.append("  cancelled: \(grouped(cancelled))") }
        if secondAttempts > 0 { lines.append("  attempts to vote again: \(grouped(secondAttempts))") }
        lines.append("  log: \(grouped(entries)) entries")
        return lines.joined(separator: "\n")
    }

    fileprivate var json: String {
        func time(_ moment: Moment?) -> JSONValue { moment.map { .string($0.text) } ?? .null }
        return JSONValue.object([
            (
                "election",
                .object([("id", .string(election.id.bytes.hex)), ("name", .string(election.name))])
            ),
            ("ballot", .string(state)), ("opened", time(ballot.opened)), ("closed", time(ballot.closed)),
            (
                "batches",
                .array(
                    batches.map { batch in
                        .object([
                            ("name", .string(batch.name.description)), ("kind", .string(batch.kind.name)),
                            ("packs", .integer(batch.count)), ("loaded", time(batch.loaded)),
                            ("activated", time(batch.activated)),
                        ])
                    })
            ),
            ("votes", .object([("online", .integer(votesOnline)), ("post", .integer(votesByPost))])),
            ("cancelled", .integer(cancelled)), ("locked", .integer(locked)),
            ("secondAttempts", .integer(secondAttempts)), ("logEntries", .integer(entries)),
        ]).text(indented: true)
    }
}
