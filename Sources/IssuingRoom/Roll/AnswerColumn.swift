/// Which column of a roll has the members' answers to a question.
public struct AnswerColumn: Sendable {
    public let question: String
    public let column: String

    public init(question: String, column: String) {
        self.question = question
        self.column = column
    }
}
