internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge codes and answers without spending, for a voter who signs in.",
        discussion: """
            On a terminal it asks for one code and its answers. Otherwise it reads one JSON object a \
            line and answers one a line, in order:

              {"code": "7K3M-9QXP-…", "answers": {"Date of birth": "2/3/79"}}
              {"outcome": "good", "pass": "…", "expires": 1788364800000}

            Until it expires (milliseconds since 1970), `redeem` takes the pass in place of code and \
            answers, so that a voting site need not keep the code. Wrong answers count as they do \
            when redeeming; nothing else is recorded. Outcomes: those of `redeem`, and good.

            Example:
              counterfoil check --ledger ballot.ledger --keys ballot/desk < requests \\
                > answers
            """)

    @OptionGroup var options: DeskOptions

    @Option(help: ArgumentHelp("How long a pass is good.", valueName: "MINUTES"))
    var passMinutes = 30

    func validate() throws {
        guard (1...240).contains(passMinutes) else {
            throw ValidationError("--pass-minutes takes 1 to 240.")
        }
    }

    func run() throws {
        let lifetime = Duration.seconds(passMinutes * 60)
        try options.withDesk { desk in
            if Terminal.inputIsTerminal {
                try ask(desk, lifetime)
            } else {
                try VotePipe(desk: desk, passesGoodFor: lifetime).runToEnd()
            }
        }
    }

    private func ask(_ desk: Desk, _ lifetime: Duration) throws {
        var form = try attempt { () throws(LedgerError) in try desk.makeForm() }
        try Terminal.askForCode(&form, desk.election)
        let outcome = try attempt { () throws(LedgerError) in
            try desk.check(&form, passGoodFor: lifetime)
        }
        if case .refused(let refusal) = outcome { throw Stop.refused(refusal.sentence) }
        try Terminal.say("Code and answers are right; nothing was spent.")
    }
}

extension Terminal {
    /// Prompts for a code and the answers to the election's questions.
    static func askForCode(_ form: inout RedemptionForm, _ election: Election) throws {
        try ask("Code: ", secret: false).withBytes { form.setCode($0) }
        for question in election.questions {
            try ask("\(shown(question.name)): ", secret: false).withBytes {
                form.setAnswer(question.name, $0)
            }
        }
    }
}
