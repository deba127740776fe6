/// Why a roll cannot be used: what is wrong with the file, or with what an
/// officer wants of it.
public enum RollError: Error, Equatable, Sendable {
    case fault(RollFault)
    case column(RollColumnError)
    /// An answer was given a column, and the election does not ask the question.
    case unasked(question: String, asked: [String])
    /// A column was given an order of dates, and the question asks for something else.
    case noDate(question: String)
}
