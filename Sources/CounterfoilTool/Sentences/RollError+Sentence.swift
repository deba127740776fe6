internal import IssuingRoom

extension RollError: Explained {
    var sentence: String {
        switch self {
        case .fault(let fault): fault.sentence
        case .column(let error): error.sentence
        case .noDate(let question):
            "the answers to \(quoted(question)) are no dates, so that they have no order; leave out what follows the column's name"
        case .unasked(let question, let asked):
            "this election does not ask \(quoted(question)); it asks: \(asked.map { shown($0) }.joined(separator: ", "))"
        }
    }
}
