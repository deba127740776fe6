internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk
internal import SQLiteLedger

struct Reopen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a ledger of which a part is missing, on the record.",
        discussion: """
            After a desk died, its last votes are in the file that SQLite keeps beside the ledger \
            (-wal). Where that file is gone, or an older copy lies in the place of the ledger, every \
            other verb refuses it. `audit` reads it all the same, and with --against compares it with \
            a checkpoint.

            Look for the newest files first. What is missing stays missing: voters whose votes are \
            not in the ledger can vote again, and those who got a receipt can show it. The log gets \
            an entry "desk opened" with your name and your reason, at the place of the gap.

            Example:
              counterfoil reopen --ledger ballot.ledger --keys ballot/desk \\
                --reason lost --reference "disk of desk 2" --by "A. Officer"
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var officer: OfficerOptions

    func validate() throws {
        guard !officer.by.isEmpty else {
            throw ValidationError("Give --by NAME: the log says who went on without what is missing.")
        }
    }

    func run() throws {
        var gap: LedgerGap?
        try options.withDesk { (election, seen) throws(Stop) in
            let reopened = try NamedLedger.reopening(
                options.ledger, election, seen: seen, officer.note(why.reason.reason))
            gap = reopened.gap
            return reopened.ledger
        } body: { _ in
        }
        guard let gap else { return }
        let missing = gap.seen.map { counted($0 - gap.has, "entry is", "entries are") + " missing" }
        try Terminal.say(
            "Reopened with \(counted(gap.has, "log entry", "log entries")): \(missing ?? "nobody can tell how many are missing")."
        )
    }
}
