internal import Counterfoil
internal import IssuingRoom

extension IssueError: Explained {
    var sentence: String {
        switch self {
        case .link(let fault): fault.sentence
        case .batchName(let batch, let ending):
            "batch \(batch) would have files that are called as another batch's; choose another batch name, one that does not end in .\(ending)"
        case .ownColumn(let name):
            "the roll's column \(quoted(name)) has the name of one of Counterfoil's own; rename it in the roll"
        case .printedTwice(let name): "the column \(quoted(name)) is to be printed twice"
        case .printedAnswer(let name):
            "\(quoted(name)) answers a question and would be printed on the pack, so that anyone who opens it could answer; leave it out, or insist with --allow-printed-answers"
        case .roll(let error): error.sentence
        case .emptyVoter(let line): "line \(line): the voter id is empty; every member needs one"
        case .repeatedVoter(let first, let second):
            "lines \(first) and \(second) carry the same voter id; a voter gets one pack: remove one of them"
        case .alreadyIssued(let voter, let line, let batch):
            "line \(line): voter \(shown(voter)) has a pack of batch \(batch); use --skip-issued to issue the others alone"
        case .unreadableAnswer(let question, let line, .empty):
            "line \(line): the answer to \(quoted(question)) is empty; complete the roll, or use --post-only-if-empty to send such members a pack for post alone"
        case .unreadableAnswer(let question, let line, .partialDate):
            "line \(line): the answer to \(quoted(question)) is a date of which a part is not known; complete the roll, or use --post-only-if-partial to send such members a pack for post alone"
        case .unreadableAnswer(let question, let line, .other):
            "line \(line): the answer to \(quoted(question)) cannot be read; correct it in the roll, or say with --answer \u{201C}QUESTION=COLUMN:ymd\u{201D} in which order the roll has its dates; `counterfoil roll` lists all such lines"
        case .twoNumbers(let a, let b):
            "voters \(shown(a)) and \(shown(b)) were issued under different numbers, so that each could vote; mark one of them `drop` among the decisions: activating this batch then cancels their packs"
        case .undecided(let rows):
            "\(counted(rows, "row")) of the decisions \(rows == 1 ? "has" : "have") none; fill in same, drop or different in each, or say --leave-undecided: each then counts as a person apart, with a vote of its own"
        case .decidedUnknown(let voter, let count):
            "\(count == 1 ? "voter \(shown(voter)) is" : "\(count) voters, \(shown(voter)) among them, are") decided upon, and neither in this roll nor issued before; correct the decisions, which a spreadsheet may have changed (zeros in front, spaces)"
        case .sameWithoutPack(let voter, let count):
            "\(count == 1 ? "voter \(shown(voter)) is" : "\(count) voters, \(shown(voter)) among them, are") `same` among the decisions, and have no pack as that person, in this batch or an earlier one; mark them `drop`, or issue them a pack, with --replace if they have one from before they were dropped"
        case .alikeVoters(let first, let second, let count):
            "lines \(first) and \(second): these voter ids may be one member's, written differently (\(Self.differences))\(Self.inAll(count)); if it is one member, correct the roll; otherwise list them with `counterfoil roll --voter COLUMN --doubles FILE`, decide each, and give the list with --decided"
        case .alikeIssued(let line, let batch, let count):
            "line \(line): this voter id may be one of batch \(batch), written differently (\(Self.differences))\(Self.inAll(count)); if it is the same member, write it in the roll as it was; otherwise give a list with the columns group, voter and decision that says `different` of it, with --decided"
        case .unknownPack(let pack): "pack \(pack) was issued in no finished batch of this book"
        case .droppedReplaced(let voter, let pack):
            "voter \(shown(voter)) is dropped and gets no more packs, so that pack \(pack) is not replaced; take it out of the list, and cancel it at the desk if it can still vote"
        case .packTwice(let a, let b):
            "packs \(a) and \(b) belong to one member; replace the one that they have"
        case .voterMissing(let packs):
            "the roll does not hold the members of \(packs.count) packs to be replaced, \(packs[0]) among them; use the roll that they were issued from"
        case .numberChanged(let voter, let line, let pack):
            "line \(line): voter \(shown(voter)) was found to be the same person as another member after pack \(pack) was made, and a pack in its place would be a second vote; leave the pack out of the list, or give those decisions again with --decided if they say `same` of the voter"
        case .nobody:
            "nobody is left to issue a pack to: all members of this roll have one, or are dropped; a pack of a member who is dropped is cancelled at the desk"
        case .tooShort(let cost, let length, let packs):
            "codes of \(length.symbols) symbols are too short for \(packs) packs: a thief of the ledger and its key would find a code within \(cost.words); make an election with --packs \(packs)"
        case .otherRoll(let batch):
            "batch \(batch) was begun with another roll, other answers or other options; use the very same roll, or another batch name"
        case .keyDestroyed(let batch):
            "the key of batch \(batch) was destroyed: its codes can be made no more"
        case .unfinished(let batch):
            "batch \(batch) was begun and not finished; run it again first, with the same roll. If the roll is lost, give it up: counterfoil destroy --give-up \(batch). But if \(Manifest.fileName(batch)) is in its folder, do not give it up: the printer may have its packs"
        case .halfGivenUp(let batch):
            "batch \(batch) is given up, but not to the end; end it: counterfoil destroy --give-up \(batch)"
        case .complete(let batch):
            "\(Manifest.fileName(batch)) exists: this batch is complete; to write it again, choose another folder"
        case .inTheWay(let name):
            "\(shown(name)) exists already, and this batch did not write it; move it away, or choose another folder"
        case .rollChanged: "the roll changed while it was read; nothing was issued, run it again"
        case .collision:
            "two codes have the same look-up id; this should happen once in 10^27 runs: do not use this batch, and report it"
        case .book(let error): error.sentence
        case .output(let error): error.sentence
        }
    }

    private static let differences = "case, accents, spaces, zeros in front, or characters that nobody sees"

    private static func inAll(_ count: Int) -> String { count == 1 ? "" : ", \(grouped(count)) rows in all" }
}
