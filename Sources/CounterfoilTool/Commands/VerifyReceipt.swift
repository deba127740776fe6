internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

struct VerifyReceipt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-receipt",
        abstract: "Verify receipts of votes. Needs no ledger and no key.",
        discussion: """
            A genuine receipt was given by this election's desk for a vote that it accepted. It does \
            not say whose vote it is, nor for whom. Exit status 0 if all are genuine, 1 if not.

            Examples:
              counterfoil verify-receipt --election ballot/public/election.json RECEIPT
              counterfoil verify-receipt --election ballot/public/election.json < receipts.txt
            """)

    @Option(help: ArgumentHelp("election.json, as everybody has it.", valueName: "FILE")) var election: String
    @Flag(help: "As JSON, a line for each receipt.") var json = false
    @Argument(
        help: ArgumentHelp(
            "Receipts, of 128 characters each; without any, a line each of standard input.",
            valueName: "RECEIPT"))
    var receipts: [String] = []

    func run() throws {
        let election = try KeyFolder.election(election)
        var (count, genuine) = (0, 0)
        func judge(_ text: String) throws {
            count += 1
            let verdict = Verdict(text, election)
            if verdict == .genuine { genuine += 1 }
            try Terminal.say(
                json
                    ? JSONValue.object([
                        ("receipt", .integer(count)), ("outcome", .string(verdict.rawValue)),
                    ]).text() : "receipt \(count): \(verdict.words)")
        }
        if receipts.isEmpty {
            while let line = readLine() {
                let text = line.split(whereSeparator: \.isWhitespace).joined()
                if !text.isEmpty { try judge(text) }
            }
        } else {
            for receipt in receipts { try judge(receipt) }
        }
        guard count > 0 else { throw Stop.couldNot("there is no receipt on standard input") }
        if genuine < count {
            throw Stop.refused("\(counted(count - genuine, "receipt")) of \(grouped(count)) not genuine")
        }
    }

    private enum Verdict: String {
        case genuine
        case notGenuine = "not-genuine"
        case unreadable

        init(_ text: String, _ election: Election) {
            guard let receipt = Receipt(text) else {
                self = .unreadable
                return
            }
            self = receipt.isGenuine(in: election) ? .genuine : .notGenuine
        }

        var words: String {
            switch self {
            case .genuine: "genuine: the desk of this election accepted a vote"
            case .notGenuine: "NOT genuine: this election's desk did not sign it"
            case .unreadable:
                "NOT a receipt: one has 128 letters, digits, - and _; compare it with the original"
            }
        }
    }
}
