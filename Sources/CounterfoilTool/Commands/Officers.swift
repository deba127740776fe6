internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cancel packs: lost, spoiled, stolen. A vote that was cast stays.",
        discussion: """
            Example:
              counterfoil cancel --ledger ballot.ledger --keys ballot/desk \\
                4F2T-HW8C-NB6R --reason lost --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions
    @Argument(help: ArgumentHelp("Pack numbers.", valueName: "PACK")) var packs: [String]

    func run() throws {
        try options.onPacks(packs) { (desk, pack) throws(LedgerError) in
            try desk.cancel(pack, officer.note(why.reason.reason), at: .now)
        }
    }
}

struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unlock packs that were locked after wrong answers.",
        discussion: """
            Example:
              counterfoil unlock --ledger ballot.ledger --keys ballot/desk \\
                4F2T-HW8C-NB6R --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions
    @Argument(help: ArgumentHelp("Pack numbers.", valueName: "PACK")) var packs: [String]

    func run() throws {
        try options.onPacks(packs) { (desk, pack) throws(LedgerError) in
            try desk.unlock(pack, officer.note(), at: .now)
        }
    }
}

struct Annul: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back a postal return that was scanned in error. Never an online vote.",
        discussion: """
            Example:
              counterfoil annul --ledger ballot.ledger --keys ballot/desk 4F2T-HW8C-NB6R \\
                --reason mistake --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions
    @Argument(help: ArgumentHelp("Pack numbers.", valueName: "PACK")) var packs: [String]

    func run() throws {
        try options.onPacks(packs) { (desk, pack) throws(LedgerError) in
            try desk.annul(pack, officer.note(why.reason.reason), at: .now)
        }
    }
}

struct Withdraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Withdraw a batch: none of its packs can vote any longer.",
        discussion: """
            Votes that were cast with its packs stay.

            Example:
              counterfoil withdraw --ledger ballot.ledger --keys ballot/desk B01 \\
                --reason court --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions
    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH")) var batch: BatchArgument

    func run() throws {
        try options.act("Batch \(batch.name)") { (desk) throws(LedgerError) in
            try desk.withdraw(batch.name, officer.note(why.reason.reason), at: .now)
        }
        try Terminal.say("Batch \(batch.name) is withdrawn.")
    }
}

extension DeskOptions {
    /// One act at the desk. If it is done already, and to do it again would
    /// change nothing, `again` is no refusal: the result is false.
    @discardableResult
    func act(
        _ what: String, again: ActRefusal? = nil,
        _ body: (Desk) throws(LedgerError) -> ActOutcome
    ) throws -> Bool {
        let outcome = try withDesk { desk in
            try attempt { () throws(LedgerError) in try body(desk) }
        }
        if let again, outcome == .refused(again) { return false }
        try outcome.orStop(what)
        return true
    }

    /// One act on each pack; all are read before the first is touched. Exit 1
    /// if the rules refused any.
    fileprivate func onPacks(
        _ texts: [String],
        _ body: (Desk, PackNumber) throws(LedgerError) -> ActOutcome
    ) throws {
        var refused = 0
        let packs = try withDesk { desk in
            let packs = try texts.map { try desk.pack($0) }
            for pack in packs {
                switch try attempt({ () throws(LedgerError) in try body(desk, pack) }) {
                case .done: try Terminal.say("\(pack): done")
                case .refused(let why):
                    refused += 1
                    try Terminal.say("\(pack): \(why.sentence)")
                }
            }
            return packs
        }
        if refused > 0 { throw Stop.refused("\(refused) of \(packs.count) packs were left as they are") }
    }
}
