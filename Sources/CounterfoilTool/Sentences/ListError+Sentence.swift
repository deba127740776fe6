internal import IssuingRoom

extension ListError: Explained {
    var sentence: String {
        switch self {
        case .fault(let fault): fault.sentence
        case .column(let error): error.sentence
        case .noPackNumber(let line):
            "line \(line) of the list holds no pack number of this election"
        case .noHeader:
            "line 1 of the list holds no pack number of this election, and is no header either, which would be `pack`"
        case .unknownDecision(let word, let line):
            "the decisions, line \(line): \u{201C}\(word)\u{201D} is no decision; it is same, drop or different"
        case .decidedTwice(let voter, let line):
            "the decisions, line \(line): voter \(shown(voter)) is decided twice; if two ids differed here, a spreadsheet may have changed one (zeros in front, spaces): make the list again, and edit it as text"
        case .incompleteGroup(let group, let line):
            "the decisions, line \(line): group \(group) needs at least two rows that are same or drop, and one that is same"
        case .ownColumn(let name):
            "the column \u{201C}\(name)\u{201D} has the name of one of the list's own; rename it in the roll"
        case .comparedTwice(let name): "the column \u{201C}\(name)\u{201D} is to be compared twice"
        }
    }
}
