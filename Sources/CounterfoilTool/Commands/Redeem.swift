internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

struct Redeem: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Spend voting codes, each once.",
        discussion: """
            On a terminal it asks for one code and its answers. Otherwise it reads one JSON object a \
            line and answers one a line, in order, each after its change is durable:

              {"code": "7K3M-9QXP-…", "answers": {"Date of birth": "2/3/79"}, "key": "…"}
              {"pass": "…", "key": "…"}
              {"outcome": "accepted", "receipt": "…"}

            `key` is 16 to 64 random bytes in base64url, made when the voter presses the button, and \
            the same for every retry of that press. Requests that wait are committed together. \
            Several processes may work on one ledger.

            Outcomes: accepted, repeated (both with the receipt), already-voted, wrong-answers, \
            bad-answer, locked, cancelled, not-active, not-open, closed, no-such-code, malformed \
            (with the groups to look at again), specimen, bad-pass, pass-expired, \
            bad-request, undecided. Ask again, with the same keys, about what is undecided. With a \
            ledger in a file all that follows is undecided too: start again first. With a database the \
            desk goes on by itself. Either way the exit status is 3.

            Examples:
              counterfoil redeem --ledger ballot.ledger --keys ballot/desk
              counterfoil redeem --ledger ballot.ledger --keys ballot/desk < requests \\
                > answers
            """)

    @OptionGroup var options: DeskOptions

    func run() throws {
        try options.withDesk { desk in
            if Terminal.inputIsTerminal { try ask(desk) } else { try VotePipe(desk: desk).runToEnd() }
        }
    }

    private func ask(_ desk: Desk) throws {
        var form = try attempt { () throws(LedgerError) in try desk.makeForm() }
        try Terminal.askForCode(&form, desk.election)
        SecretBytes.random(count: 32).withBytes { form.setKey($0) }
        let outcome = try attempt { () throws(LedgerError) in try desk.redeem(&form) }
        switch outcome {
        case .accepted(let receipt): try Terminal.say("Accepted. Receipt: \(receipt)")
        case .repeated(let receipt): try Terminal.say("Accepted before. Receipt: \(receipt)")
        case .badPass: throw Stop.refused("this is no pass of this desk")
        case .passExpired: throw Stop.refused("the pass has expired; check the code again")
        case .refused(let refusal): throw Stop.refused(refusal.sentence)
        }
    }
}

extension CodeRefusal {
    /// For a person who typed a code.
    var sentence: String {
        switch self {
        case .alreadyVoted: "this voter has voted already"
        case .wrongAnswers(let left): "the answers do not fit; \(left) more attempts"
        case .badAnswer(let questions):
            "cannot be read: \(questions.map { quoted($0) }.joined(separator: ", ")); nothing was counted"
        case .locked: "this pack is locked after wrong answers; an officer can unlock it, and post works"
        case .cancelled: "this pack was cancelled"
        case .notActive: "this batch is not active yet"
        case .notOpen: "the ballot is not open yet"
        case .closed: "the ballot is closed"
        case .noSuchCode: "there is no such code in this election"
        case .malformed(let groups) where groups.numbers.isEmpty: "this is no code; compare it with the paper"
        case .malformed(let groups):
            "this is no code; look again at group \(groups.numbers.map(String.init).joined(separator: " and "))"
        case .specimen: "this is a printer's test pack; it counts for nothing"
        case .badRequest(let fault): fault.text
        }
    }
}
