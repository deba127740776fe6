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
        case .unknownStatus(let line):
            "line \(line) of the list: the status is packed, remade or missing, and missing packs are replaced; take the column away to replace all packs of the list"
        case .noneMissing:
            "no pack of this return is missing, so that none is replaced; take the column status away to replace all packs of the list"
        case .unknownChannel(let line):
            "line \(line) of the list: the channel is online or post; write the list anew with `counterfoil report --voted`"
        case .unknownDecision(let line):
            "the decisions, line \(line): the decision is same, drop or different"
        case .decidedTwice(let voter, let line):
            "the decisions, line \(line): voter \(shown(voter)) is decided twice; if two ids differed here, a spreadsheet may have changed one (zeros in front, spaces): make the list again, and edit it as text"
        case .incompleteGroup(let group, let line):
            "the decisions, line \(line): group \(quoted(group)) needs at least two rows that are same or drop, and one that is same"
        case .ownColumn(let name):
            "the column \(quoted(name)) has the name of one of the list's own; rename it in the roll"
        case .comparedTwice(let name): "the column \(quoted(name)) is to be compared twice"
        }
    }
}
