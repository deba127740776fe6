internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk

struct Postal: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record ballots that came back by post: their online codes are dead.",
        discussion: """
            Takes pack numbers as arguments, or one a line on standard input, as a barcode scanner \
            types them. Answers each by its number after its change is durable, and says which envelopes must \
            be set aside. Everything is on the record.

            Answers: received, scanned-before, already-voted, set-aside, annulled, not-open, final, \
            no-such-pack, malformed. Packs given as arguments end with exit status 1 where one of \
            them was not recorded: not-open, final, no-such-pack.

            A scan that got no answer is to be made again, also after a restart: it is answered as it \
            would have been. Which scans wait for an answer is kept in files beside the ledger, or in \
            the folder of the keys where the ledger is a database.

            Examples:
              counterfoil postal --ledger ballot.ledger --keys ballot/desk 4F2T-HW8C-NB6R
              counterfoil postal --ledger ballot.ledger --keys ballot/desk \\
                --by "Table 3" < scanner
            """)

    @OptionGroup var options: DeskOptions
    @OptionGroup var officer: OfficerOptions

    @Flag(help: "Answer each line with a JSON object.") var json = false

    @Option(
        help: ArgumentHelp(
            "Where scans that wait for an answer are kept: a path that a number is added to.",
            valueName: "PATH"))
    var pending: String?

    @Argument(help: ArgumentHelp("Pack numbers; none to read them from standard input.", valueName: "PACK"))
    var packs: [String] = []

    func run() throws {
        guard packs.isEmpty else { return try receivePacks() }
        try options.withDesk { desk in try receiveLines(desk) }
    }

    /// Exit 1 if the rules refused any; what is set aside is recorded.
    private func receivePacks() throws {
        let refused = try options.withDesk { desk in
            let numbers = try desk.packs(packs)
            let memory = try memory(desk.election)
            let scans = numbers.map { Scan($0, memory.nonce(for: $0), officer.note()) }
            let outcomes = try attempt { () throws(LedgerError) in
                try memory.willAsk(scans)
                return try desk.receive(scans, at: .now)
            }
            for (scan, outcome) in zip(scans, outcomes) {
                try Terminal.say(Self.text(scan, .success(outcome), json: json))
                memory.took(outcome, of: scan)
            }
            return outcomes.count { !$0.isRecorded }
        }
        guard refused == 0 else {
            throw Stop.refused(
                "\(refused) of \(packs.count) packs \(refused == 1 ? "was" : "were") not recorded")
        }
    }

    private func memory(_ election: Election) throws(Stop) -> ScanMemory {
        let place =
            pending ?? (NamedLedger.isFile(options.ledger) ? options.ledger : "\(options.keys)/postal")
            + ".scans-"
        return try attempt { () throws(StreamError) in try ScanMemory(at: place, election) }
    }

    private func receiveLines(_ desk: Desk) throws {
        let memory = try memory(desk.election)
        let pipe = RequestPipe(
            RequestPipe<Scan, PostOutcome>.Asking(
                submit: { (waiting) throws(LedgerError) in
                    try memory.willAsk(waiting.map(\.request))
                    try desk.submit(waiting)
                },
                alone: { (scan) throws(LedgerError) in
                    try memory.willAsk([scan])
                    return try desk.receive([scan], at: .now)[0]
                }))
        let (note, json) = (officer.note(), json)
        let constant = desk.election.constant
        let tooLong = text(ofUnread: "a line of more than 256 bytes is no pack number")
        let ending = pipe.run(longest: 256, tooLong: tooLong) { line in
            switch PackNumber.read(line.bytes, constant: constant) {
            case .success(let pack):
                let scan = Scan(pack, memory.nonce(for: pack), note)
                return .ask(
                    scan, tell: { Self.text(scan, $0, json: json) },
                    told: { memory.took(try? $0.get(), of: scan) })
            // Nothing of the line is repeated. It may be a code, or the better part
            // of one, which leaves few guesses to anyone who reads the answers.
            case .failure where PackNumber.mayBeCode(line.bytes):
                return .answered(
                    text(ofUnread: "longer than a pack number, it may be a voting code; scan the pack number")
                )
            case .failure(let error): return .answered(text(ofUnread: error.sentence))
            }
        }
        try ending.orStop("scan these envelopes again")
    }

    private static func text(
        _ scan: Scan, _ result: Result<PostOutcome, LedgerError>, json: Bool
    ) -> String {
        let pack = scan.pack
        guard case .success(let outcome) = result else {
            return json
                ? JSONValue.object([
                    ("pack", .string(pack.description)), ("outcome", .string("undecided")),
                ]).text()
                : "\(pack): NOT KNOWN whether it was recorded: scan it again"
        }
        guard json else { return "\(pack): \(outcome.sentence)" }
        var members: [(String, JSONValue)] = [
            ("pack", .string(pack.description)), ("outcome", .string(outcome.name)),
            ("scan", .string(scan.nonce.bytes.hex)),
        ]
        switch outcome {
        case .alreadyVoted(let channel, let at):
            members.append(("channel", .string(channel.rawValue)))
            members.append(("at", .string(at.text)))
        case .scannedBefore(let at, let officer):
            members.append(("at", .string(at.text)))
            members.append(("by", .string(officer)))
        case .setAside(let standing): members.append(("standing", .string(standing.rawValue)))
        default: break
        }
        return JSONValue.object(members).text(visible: true)
    }

    /// What is answered to a line that holds no pack number.
    private func text(ofUnread why: String) -> String {
        guard json else { return "NOT READ: \(why)" }
        return JSONValue.object([("outcome", .string("malformed")), ("error", .string(why))]).text()
    }
}

extension PostOutcome {
    fileprivate var isRecorded: Bool {
        switch self {
        case .received, .scannedBefore, .alreadyVoted, .setAside, .annulled: true
        case .notOpen, .final, .noSuchPack: false
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .received: "received"
        case .scannedBefore(let at, let officer):
            "scanned before: the envelope that was counted on \(at.text)\(officer.isEmpty ? "" : " by \(shown(officer))") stays counted"
        case .annulled:
            "NOT COUNTED: this scan was received, and its return was annulled since; scan the envelope again if it is to count"
        case .alreadyVoted(let channel, let at):
            "SET ASIDE: this voter voted \(channel == .post ? "by post with another pack" : "online"), \(at.text)"
        case .setAside(let standing):
            "SET ASIDE: \(standing == .specimen ? "a printer's test pack" : "the pack is \(standing.rawValue)")"
        case .notOpen: "NOT RECORDED: the ballot was not opened yet"
        case .final: "NOT RECORDED: the ballot is final"
        case .noSuchPack: "NOT RECORDED: there is no such pack in the ledger"
        }
    }
}
