internal import Counterfoil

/// Reads the members' answers: in the first reading to judge them, in the second
/// to hash them.
struct RowAnswers: Sendable {
    private let questions: [Question]
    /// By question.
    private let columns: [Int]
    private let postOnlyIfEmpty: Bool

    init(_ election: Election, _ order: PrintOrder, _ layout: RollLayout) {
        questions = election.questions
        columns = layout.answers
        postOnlyIfEmpty = order.postOnlyIfEmpty
    }

    /// Fills the sheet with a row's answers, and says what kind of pack they allow.
    func read(
        _ row: Int, of chunk: RollChunk, into sheet: inout AnswerSheet
    ) throws(IssueError) -> PackKind {
        for (i, column) in columns.enumerated() {
            let readable = chunk.withField(row, column) { sheet.set(i, $0) }
            if readable { continue }
            let isEmpty = chunk.trimmedRange(row, column).isEmpty
            guard isEmpty, postOnlyIfEmpty else {
                throw .unreadableAnswer(
                    question: questions[i].name, line: Int(chunk.lines[row]), isEmpty: isEmpty)
            }
            return .postOnly
        }
        return .normal
    }
}
