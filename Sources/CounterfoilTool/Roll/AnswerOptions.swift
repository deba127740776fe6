internal import ArgumentParser
internal import Counterfoil
internal import IssuingRoom

/// How the officer says which columns of a roll have the answers.
struct AnswerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The column with the answer to a question; :dmy, :mdy or :ymd after it if the roll has its dates in another order than voters type them.",
            valueName: "QUESTION=COLUMN"))
    var answer: [String] = []

    func validate() throws { _ = try answer.map(Self.column) }

    /// After `validate`.
    var columns: [AnswerColumn] { answer.compactMap { try? Self.column($0) } }

    /// A question may hold an equals sign, and a column a colon; an order is one only at
    /// the end.
    private static func column(_ text: String) throws -> AnswerColumn {
        guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("--answer takes QUESTION=COLUMN, as in \"Date of birth=date_of_birth\".")
        }
        let question = String(text[..<equals])
        let column = text[text.index(after: equals)...]
        if let colon = column.lastIndex(of: ":"),
            let order = Question.DateOrder(rawValue: String(column[column.index(after: colon)...]))
        {
            return AnswerColumn(question: question, column: String(column[..<colon]), order: order)
        }
        return AnswerColumn(question: question, column: String(column))
    }
}
