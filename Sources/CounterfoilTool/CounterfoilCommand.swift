// The command: arguments, prompts, printing. All else is in the library.
//
// Rules that every verb keeps:
// - Results go to standard output, everything else to standard error.
// - A code, an answer or a passphrase is never an argument, and never a String.
// - An error is one line that says what is wrong and what to do. It repeats
//   through `shown`, and never what may be a code or an answer.
// - Exit status: 0 done; 1 refused by the rules; 3 could not (input, disk, key);
//   ArgumentParser's own (64) for usage. A pipe of requests ends with 0 whatever
//   the outcomes, but with 3 after `undecided`.
// - A terminal gets prompts and a progress line; a pipe gets neither.

internal import ArgumentParser
internal import Counterfoil

@main
struct CounterfoilCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "counterfoil",
        abstract: "Printed voting codes: one unguessable code in each pack, one vote each.",
        discussion: """
            In the issuing room, offline:
              counterfoil keygen --election "Leadership ballot 2026" --out ballot \\
                --packs 172437
              counterfoil roll members.csv --voter membership_no
              counterfoil issue --keys ballot/issuing --roll members.csv \\
                --voter membership_no --print forename --print surname -r age1… \\
                --batch B01 --out to-printer

            At the polling desk:
              counterfoil load --ledger ballot.ledger --keys ballot/desk \\
                --create to-printer/B01.register
              counterfoil activate --ledger ballot.ledger --keys ballot/desk B01 \\
                --unreconciled
              counterfoil open --ledger ballot.ledger --keys ballot/desk
              counterfoil redeem --ledger ballot.ledger --keys ballot/desk

            Exit status: 0 done; 1 refused by the rules of the ballot; 3 could not (input, disk, \
            key); 64 wrong usage. A pipe of requests ends with 0 whatever the outcomes, with 3 \
            after an outcome "undecided".
            """,
        version: "counterfoil \(Software.version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Issuing room",
                subcommands: [Keygen.self, RollCommand.self, Issue.self, Destroy.self, WhoVoted.self]),
            CommandGroup(
                name: "Polling desk",
                subcommands: [
                    DatabaseCommand.self, Load.self, Reconcile.self, Activate.self, Open.self, Extend.self,
                    Close.self, Check.self,
                    Redeem.self,
                    Postal.self,
                ]),
            CommandGroup(
                name: "Officers' acts",
                subcommands: [Cancel.self, Unlock.self, Annul.self, Withdraw.self, Reopen.self]),
            CommandGroup(
                name: "Reading", subcommands: [Status.self, Show.self, Report.self]),
            CommandGroup(
                name: "The log",
                subcommands: [
                    CheckpointCommand.self, AuditCommand.self, Prove.self, VerifyProof.self,
                    VerifyReceipt.self,
                ]),
        ])

    static func main() {
        Hardening.apply()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let stop as Stop {
            Terminal.complain(stop.text)
            exit(withError: ExitCode(stop.status))
        } catch {
            WrongUsage.end(error)
        }
    }
}

/// Ends a verb with a line on standard error.
struct Stop: Explained {
    let status: Int32
    let text: String

    var sentence: String { text }

    /// The rules of the ballot say no: exit 1.
    static func refused(_ text: String) -> Stop { Stop(status: 1, text: text) }
    /// Input, disk or key: exit 3.
    static func couldNot(_ text: String) -> Stop { Stop(status: 3, text: text) }
    static func couldNot(_ error: some Explained) -> Stop { Stop(status: 3, text: error.sentence) }
}

/// Runs library code; what it throws ends the verb with exit 3.
func attempt<R: ~Copyable, E: Explained>(_ body: () throws(E) -> R) throws(Stop) -> R {
    do { return try body() } catch { throw (error as? Stop) ?? .couldNot(error) }
}
