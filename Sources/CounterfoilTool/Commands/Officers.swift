internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cancel packs: lost, spoiled, stolen. A vote that was cast stays.",
        discussion: """
            No pack comes back; `counterfoil issue --replace` makes a new one. More than one pack \
            at a time needs --confirm.

            Example:
              counterfoil cancel --ledger ballot.ledger --keys ballot/desk \\
                4F2T-HW8C-NB6R --reason lost --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var confirmation: ConfirmOptions
    @Argument(help: ArgumentHelp("Pack numbers.", valueName: "PACK")) var packs: [String]

    func run() throws {
        if packs.count > 1 {
            try confirmation.ask(
                "\(grouped(packs.count)) packs would be cancelled. None of them comes back; votes that were cast stay.",
                typing: "CANCEL")
        }
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
            It names the scan that it takes back: by the time that `counterfoil show` prints, or by \
            its number, 32 digits, which `show --json` and `postal --json` give. So an act that is \
            repeated takes back no other return.

            Example:
              counterfoil annul --ledger ballot.ledger --keys ballot/desk 4F2T-HW8C-NB6R \\
                --scan 2026-09-02T17:00:05+01:00 --reason mistake --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions
    @Option(help: ArgumentHelp("The scan: its time, with a zone, or its number.", valueName: "SCAN"))
    var scan: ScanArgument
    @Argument(help: ArgumentHelp("The pack number.", valueName: "PACK")) var pack: String

    func run() throws {
        try options.withDesk { desk in
            let pack = try PackNumber(typed: pack, desk.election)
            let nonce = try scan.nonce(of: pack, in: desk.ledger)
            try attempt { () throws(LedgerError) in
                try desk.annul(pack, scan: nonce, officer.note(why.reason.reason), at: .now)
            }.orStop("\(pack)")
            try Terminal.say("\(pack): done")
        }
    }
}

/// A scan by its nonce, or by the time at which it was received.
struct ScanArgument: ExpressibleByArgument {
    private enum Name {
        case nonce(ScanNonce)
        case time(Moment)
    }

    private let name: Name

    init?(argument: String) {
        if let bytes = Bytes<16>(hex: argument) {
            name = .nonce(ScanNonce(bytes))
        } else if let time = try? TimeArgument.parse(argument) {
            name = .time(time.moment)
        } else {
            return nil
        }
    }

    /// The history of a pack shows whole seconds, and so does the argument.
    func nonce(of pack: PackNumber, in ledger: any Ledger) throws(Stop) -> ScanNonce {
        switch name {
        case .nonce(let nonce): return nonce
        case .time(let moment):
            let history = try attempt { () throws(LedgerError) in try ledger.history(of: pack) }
            let second = moment.milliseconds / 1000
            let returns = (history?.entries ?? []).filter {
                $0.isReturn && $0.at.milliseconds / 1000 == second
            }
            guard let first = returns.first?.scan else {
                throw .refused(
                    "\(pack): no return was received at that time; `counterfoil show` has the times of this pack, to the second"
                )
            }
            guard returns.count == 1 else {
                throw .refused(
                    "\(pack): \(returns.count) returns were received in that second; name the scan by its number, which `counterfoil show --json` gives"
                )
            }
            return first
        }
    }
}

struct Withdraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Withdraw a batch: none of its packs can vote any longer.",
        discussion: """
            Shows what it means for voters; nobody can take it back. Votes that were cast with its \
            packs stay. Packs that it replaced stay dead.

            Example:
              counterfoil withdraw --ledger ballot.ledger --keys ballot/desk B01 \\
                --reason court --by "A. Officer" --confirm
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions
    @OptionGroup var confirmation: ConfirmOptions
    @Argument(help: ArgumentHelp("The batch.", valueName: "BATCH")) var batch: BatchArgument

    func run() throws {
        // What the rules refuse is refused by them.
        if let outlook = try options.outlook(of: batch.name), outlook.batch.withdrawn == nil {
            try confirmation.ask(outlook.withdrawal, typing: "WITHDRAW")
        }
        try options.act("Batch \(batch.name)") { (desk) throws(LedgerError) in
            try desk.withdraw(batch.name, officer.note(why.reason.reason), at: .now)
        }
        try Terminal.say("Batch \(batch.name) is withdrawn.")
    }
}

extension BatchOutlook {
    /// What it means that the batch is withdrawn.
    fileprivate var withdrawal: String {
        var lines = [
            "Batch \(batch.name), \(counted(batch.count, "pack")), would be withdrawn: \(grouped(balance.usable + balance[.inactive])) of them could vote no longer, and \(counted(balance.votes, "vote")) that \(balance.votes == 1 ? "was" : "were") cast with them \(balance.votes == 1 ? "stays" : "stay"). Nobody can take that back."
        ]
        if lastPacks > 0 {
            lines.append(
                "\(counted(lastPacks, "voter")) \(lastPacks == 1 ? "has" : "have") no other pack that can vote\(lastReplacements > 0 ? "; of \(grouped(lastReplacements)) the earlier pack was replaced by one of this batch, and stays dead" : ""). `counterfoil issue` makes them new packs."
            )
        }
        return lines.joined(separator: "\n")
    }
}

extension DeskOptions {
    /// What an act on a batch means; nil where there is none of this name, or the ballot
    /// is final.
    func outlook(of batch: BatchName) throws(Stop) -> BatchOutlook? {
        try NamedLedger.reading(ledger) { (ledger) throws(LedgerError) in
            let ballot = try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
                try snapshot.ballot()
            }
            return ballot.phase == .final ? nil : try ledger.outlook(ofBatch: batch)
        }
    }

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
            let packs = try desk.packs(texts)
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
