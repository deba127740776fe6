public import Counterfoil

/// What an officer asks of a print run.
public struct PrintOrder: Sendable {
    /// The batch that is issued.
    public var batch: BatchName
    /// The roll's column with the voter id.
    public var voterColumn: String
    /// The roll's columns that are printed, in their order.
    public var printedColumns: [String] = []
    /// For each question the roll's column with its answer. A question that is
    /// not named here takes the column of its own name.
    public var answerColumns: [(question: String, column: String)] = []
    /// A member without a needed answer gets a pack for post alone. Otherwise
    /// such a member stops the run.
    public var postOnlyIfEmpty = false
    /// Leaves out those who have a pack of an earlier batch. Otherwise one such
    /// member stops the run.
    public var skipIssued = false
    /// Prints a column although it answers a question, so that whoever opens a
    /// pack can answer. Otherwise that stops the run.
    public var allowPrintedAnswers = false
    /// What was decided of members who may be one person.
    public var decided: Decisions?
    /// The packs that this batch replaces; nil for a batch of its own right.
    public var replaced: [PackNumber]?
    /// So many test packs instead of the members'.
    public var specimens: Int?
    public var layout = PrintLayout()
    /// Who can open the print file; empty for a plain file.
    public var recipients: [AgeRecipient] = []

    public init(batch: BatchName, voterColumn: String) {
        self.batch = batch
        self.voterColumn = voterColumn
    }

    /// Refuses what nobody can be issued by, whatever the roll.
    func check() throws(IssueError) {
        if let fault = layout.linkFault { throw .order(fault) }
    }

    /// A new batch named `B01.packs` or `B01.2of3` would have files that are
    /// called as some of batch B01's are.
    func checkName() throws(IssueError) {
        let parts = batch.description.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let end = parts.last else { return }
        let numbers = end.split(separator: "of", omittingEmptySubsequences: false)
        let isPart = numbers.count == 2 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
        guard end == "packs" || isPart else { return }
        throw .order(
            "batch \(batch) would have files that are called as another batch's; choose another batch name, one that does not end in .\(end)"
        )
    }

    var kind: BatchKind {
        if specimens != nil { return .specimens }
        return replaced == nil ? .members : .replacements
    }
}

/// How the print file is laid out: CSV (RFC 4180), UTF-8, lines ending CRLF.
public struct PrintLayout: Sendable {
    public var separator = RollSeparator.comma
    /// For printers whose software takes UTF-8 for windows-1252 without it.
    public var byteOrderMark = false
    /// Line breaks within a printed value become one space.
    public var flatten = false
    /// A column `link`: this text with the code behind it, for a QR code. Ends
    /// with `#`, so that a browser never sends the code to a server, and holds
    /// nothing that CSV would have to quote.
    public var link: String?
    /// Into so many files, for as many production lines.
    public var parts = 1

    public init() {}

    /// What is wrong with the link, if anything is.
    public var linkFault: String? {
        guard let link else { return nil }
        guard link.utf8.last == 0x23 else {
            return "--link must end with #, so that a browser keeps the code to itself"
        }
        let marks: Set<Unicode.Scalar> = ["\"", ",", ";"]
        let isPlain = link.unicodeScalars.allSatisfy {
            !marks.contains($0) && !$0.properties.isWhitespace
                && ![.control, .format].contains($0.properties.generalCategory)
        }
        guard isPlain else {
            return
                "--link takes no quotes, commas, semicolons, spaces or control characters; write them as %22, %2C, %3B, %20"
        }
        return nil
    }

    /// The columns in front of the printed ones.
    var ownColumns: [String] { ["sequence", "pack", "code"] + (link == nil ? [] : ["link"]) }
}

/// Why a batch was not issued. Nothing that looks finished was left behind.
public enum IssueError: Error, CustomStringConvertible {
    case roll(RollFault)
    case columns(String)
    case order(String)
    case emptyVoter(line: Int)
    case repeatedVoter(firstLine: Int, secondLine: Int)
    case alreadyIssued(voter: String, line: Int, batch: BatchName)
    case unreadableAnswer(question: String, line: Int, isEmpty: Bool)
    case nobody
    case decisions(Int, String)
    case twoNumbers(String, String)
    case decidedUnknown(String, count: Int)
    case unknownPack(PackNumber)
    case packTwice(PackNumber, PackNumber)
    case voterMissing([PackNumber])
    /// The book has another number for him than this pack of his carries.
    case numberChanged(voter: String, line: Int, PackNumber)
    case tooShort(AttackCost, CodeLength, packs: Int)
    case otherRoll(BatchName)
    case keyDestroyed(BatchName)
    case unfinished(BatchName)
    /// Its key is destroyed, and its page is still there.
    case halfGivenUp(BatchName)
    /// The folder has the manifest of this batch.
    case complete(BatchName)
    /// The folder has a file of this name, and the batch is a new one.
    case inTheWay(String)
    case rollChanged
    case collision
    case book(BookError)
    case output(StreamError)

    public var description: String {
        switch self {
        case .roll(let fault): fault.description
        case .columns(let what), .order(let what): what
        case .emptyVoter(let line): "line \(line): the voter id is empty; every member needs one"
        case .repeatedVoter(let first, let second):
            "lines \(first) and \(second) carry the same voter id; a voter gets one pack: remove one of them"
        case .alreadyIssued(let voter, let line, let batch):
            "line \(line): voter \(voter) has a pack of batch \(batch); use --skip-issued to issue the others alone"
        case .unreadableAnswer(let question, let line, let isEmpty):
            isEmpty
                ? "line \(line): the answer to \u{201C}\(question)\u{201D} is empty; complete the roll, or use --post-only-if-empty to send such members a pack for post alone"
                : "line \(line): the answer to \u{201C}\(question)\u{201D} cannot be read; correct it in the roll"
        case .decisions(let line, let what): "the decisions, line \(line): \(what)"
        case .twoNumbers(let a, let b):
            "voters \(a) and \(b) were issued under different numbers, so that each could vote; cancel a pack of one at the desk, and mark it `drop` among the decisions"
        case .decidedUnknown(let voter, let count):
            "\(count == 1 ? "voter \(voter) is" : "\(count) voters, \(voter) among them, are") decided upon, and neither in this roll nor issued before; correct the decisions"
        case .unknownPack(let pack): "pack \(pack) was issued in no finished batch of this book"
        case .packTwice(let a, let b): "packs \(a) and \(b) belong to one member; replace the one that he has"
        case .voterMissing(let packs):
            "the roll does not hold the members of \(packs.count) packs to be replaced, \(packs[0]) among them; use the roll that they were issued from"
        case .numberChanged(let voter, let line, let pack):
            "line \(line): voter \(voter) was found to be the same person as another member after pack \(pack) was made, and a pack in its place would be a second vote; give those decisions again with --decided, or leave the pack out of the list"
        case .nobody: "nobody is left to issue a pack to: all members of this roll have one"
        case .tooShort(let cost, let length, let packs):
            "codes of \(length.symbols) symbols are too short for \(packs) packs: a thief of the ledger and its key would find a code within \(cost.description); make an election with --packs \(packs)"
        case .otherRoll(let batch):
            "batch \(batch) was begun with another roll, other answers or other options; use the very same roll, or another batch name"
        case .keyDestroyed(let batch):
            "the key of batch \(batch) was destroyed: its codes can be made no more"
        case .unfinished(let batch):
            "batch \(batch) was begun and not finished; run it again first, with the same roll. If the roll is lost, give it up: counterfoil destroy --unfinished \(batch). But if \(Manifest.fileName(batch)) is in its folder, do not give it up: the printer may have its packs"
        case .halfGivenUp(let batch):
            "batch \(batch) is given up, but not to the end; end it: counterfoil destroy --unfinished \(batch)"
        case .complete(let batch):
            "\(Manifest.fileName(batch)) exists: this batch is complete; to write it again, choose another folder"
        case .inTheWay(let name):
            "\(name) exists already, and this batch did not write it; move it away, or choose another folder"
        case .rollChanged: "the roll changed while it was read; nothing was issued, run it again"
        case .collision:
            "two codes have the same look-up id; this should happen once in 10^27 runs: do not use this batch, and report it"
        case .book(let error): error.description
        case .output(let error): error.description
        }
    }
}
