public import Counterfoil

/// Where a row's values stand.
struct RollLayout: Sendable {
    let voter: Int
    let printed: [Int]
    /// By question.
    let answers: [Int]

    init(voter: Int, printed: [Int], answers: [Int]) {
        self.voter = voter
        self.printed = printed
        self.answers = answers
    }

    /// Finds what an order names among the columns of a roll. Throws a
    /// `RollColumnError` or an `IssueError`.
    init(_ columns: [String], _ order: PrintOrder, _ election: Election) throws {
        let named = RollColumns(columns)
        for (question, _) in order.answerColumns { try election.refuseUnasked(question) }
        let answers = try election.questions.map { question in
            try named.index(
                of: order.answerColumns.first { $0.question.isByteForByte(question.name) }?.column
                    ?? question.name)
        }
        let printed = try order.printedColumns.map { try named.index(of: $0) }
        for (i, column) in printed.enumerated() {
            if order.layout.ownColumns.contains(columns[column]) {
                throw IssueError.columns(
                    "the roll's column \u{201C}\(columns[column])\u{201D} has the name of one of Counterfoil's own; rename it in the roll"
                )
            }
            if printed[..<i].contains(column) {
                throw IssueError.columns(
                    "the column \u{201C}\(columns[column])\u{201D} is to be printed twice")
            }
            if answers.contains(column) && !order.allowPrintedAnswers {
                throw IssueError.columns(
                    "\u{201C}\(columns[column])\u{201D} answers a question and would be printed on the pack, so that whoever opens it could answer; leave it out, or insist with --allow-printed-answers"
                )
            }
        }
        self.init(voter: try named.index(of: order.voterColumn), printed: printed, answers: answers)
    }
}

extension Election {
    /// Refuses an answer to a question that the election does not ask.
    public func refuseUnasked(_ question: String) throws(IssueError) {
        guard !questions.contains(where: { $0.name.isByteForByte(question) }) else { return }
        throw .columns(
            "this election does not ask \u{201C}\(question)\u{201D}; it asks: "
                + questions.map(\.name).joined(separator: ", "))
    }
}
