internal import Counterfoil

/// Reads the members' answers: in the first reading to judge them, in the second
/// to hash them.
struct RowAnswers: Sendable {
    private let questions: [Question]
    /// By question.
    private let columns: [Int]
    private let orders: [Question.DateOrder?]
    private let postOnlyIfEmpty: Bool
    private let postOnlyIfPartial: Bool

    init(_ election: Election, _ order: PrintOrder, _ layout: RollLayout) {
        questions = election.questions
        columns = layout.answers
        orders = layout.orders
        postOnlyIfEmpty = order.postOnlyIfEmpty
        postOnlyIfPartial = order.postOnlyIfPartial
    }

    /// Fills the sheet with a row's answers, and says what kind of pack they allow.
    func read(
        _ row: Int, of chunk: RollChunk, into sheet: inout AnswerSheet
    ) throws(IssueError) -> PackKind {
        for (i, column) in columns.enumerated() {
            let readable = chunk.withField(row, column) { sheet.set(i, $0, inOrder: orders[i]) }
            if readable { continue }
            let isEmpty = chunk.trimmedRange(row, column).isEmpty
            if isEmpty && postOnlyIfEmpty { return .postOnly }
            let isPartial =
                if case .date = questions[i].kind {
                    chunk.withField(row, column) { PartialDate.isOne($0) }
                } else { false }
            if isPartial && postOnlyIfPartial { return .postOnly }
            throw .unreadableAnswer(
                question: questions[i].name, line: Int(chunk.lines[row]),
                isEmpty ? .empty : isPartial ? .partialDate : .other)
        }
        return .normal
    }
}
