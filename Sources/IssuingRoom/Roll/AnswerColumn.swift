public import Counterfoil

/// Which column of a roll has the members' answers to a question.
public struct AnswerColumn: Sendable {
    public let question: String
    public let column: String
    /// In which order the roll has its dates; nil where it is the election's. Voters type
    /// in the election's order all the same.
    public let order: Question.DateOrder?

    public init(question: String, column: String, order: Question.DateOrder? = nil) {
        self.question = question
        self.column = column
        self.order = order
    }
}

extension Question {
    /// How a column is read that has its dates in this order.
    func kind(inOrder order: DateOrder?) -> Kind {
        guard let order, case .date(_, let latestYear) = kind else { return kind }
        return .date(order, latestYear: latestYear)
    }
}

extension Election {
    /// Refuses the answer to a question that the election does not ask, and an order of
    /// what is no date.
    func check(_ answer: AnswerColumn) throws(RollError) {
        guard let question = questions.first(where: { $0.name.isByteForByte(answer.question) }) else {
            throw .unasked(question: answer.question, asked: questions.map(\.name))
        }
        if case .date = question.kind { return }
        if answer.order != nil { throw .noDate(question: answer.question) }
    }
}
