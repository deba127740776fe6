internal import Counterfoil

/// What a run sees of its roll beside the rows that it plans: the dry run's checks of the
/// columns that it uses. Whatever would be a fault stops the run by itself.
struct RollLook {
    private let names: [String]
    private let format: RollFormat
    private var columns: [(place: Int, check: RollColumnCheck)]
    private var answers: [RollAnswerCheck]
    private var printed: RollPrintedCheck?
    private var rows = 0

    init(
        _ names: [String], _ format: RollFormat, _ layout: RollLayout, _ order: PrintOrder,
        _ election: Election
    ) {
        self.names = names
        self.format = format
        columns = Set([layout.voter] + layout.printed + layout.answers).sorted().map {
            ($0, RollColumnCheck(as: nil, countsIDs: false))
        }
        answers = election.questions.indices.map { i in
            RollAnswerCheck(
                RollCheck.AnswerPlace(
                    question: election.questions[i].name, column: layout.answers[i],
                    as: election.questions[i].kind(inOrder: layout.orders[i])), today: order.today)
        }
        printed = RollPrintedCheck(layout.printed)
    }

    mutating func see(_ chunk: RollChunk) {
        rows += chunk.count
        for i in columns.indices { columns[i].check.see(chunk, columns[i].place) }
        for i in answers.indices { answers[i].see(chunk) }
        printed?.see(chunk)
    }

    var report: RollReport {
        let checks = Dictionary(uniqueKeysWithValues: columns.map { ($0.place, $0.check) })
        let unseen = RollColumnCheck(as: nil, countsIDs: false)
        return RollReport(
            format: format, rows: rows,
            columns: names.indices.map { (checks[$0] ?? unseen).report($0, of: names, isDistinct: false) },
            voters: nil, answers: answers.map { $0.report(checks[$0.column] ?? unseen) },
            printed: printed?.report(of: rows), faults: [], faultCount: 0)
    }
}
