internal import Counterfoil

extension ElectionError: Explained {
    var sentence: String {
        switch self {
        case .notJSON(let error): "this is not an election.json: \(error.sentence)"
        case .notAnObject: "this is not an election.json: an object is missing"
        case .field(let field): "the election cannot be taken: \(field.sentence)"
        case .missing(let name):
            "this is not an election.json: \(quoted(name)) is missing, or not what it should be"
        case .unknown(let name):
            "election.json has a member \(quoted(name)) that this version does not know; use the version that wrote it"
        case .otherVersion: "this is not an election.json of version 1"
        case .digestDiffers:
            "election.json was altered: its digest does not fit; take the file from the key ceremony again"
        case .otherRefusedWords:
            "this election uses another list of refused words; use the version of Counterfoil that made it"
        case .otherTextFold:
            "this election compares letters by another table; use the version of Counterfoil that made it"
        }
    }
}

extension ElectionError.Field {
    fileprivate var sentence: String {
        switch self {
        case .name: "the name must have 1 to 200 bytes and no control characters"
        case .questions: "at most eight questions can be asked"
        case .question: "a question must have 1 to 64 bytes and no control characters"
        case .repeatedQuestion(let name): "the question \(quoted(name)) appears twice"
        case .latestYear: "the latest year of a two-digit year must be 1900 to 2199"
        case .digits: "a number can have at most 32 digits"
        case .limits: "the limits of wrong answers are out of range"
        }
    }
}
