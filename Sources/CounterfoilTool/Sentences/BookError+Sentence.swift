internal import IssuingRoom

extension BookError: Explained {
    var sentence: String {
        switch self {
        case .folder(let error): error.sentence
        case .damaged(let page):
            "the book's page \(page.map { "of \($0) " } ?? "")is damaged, or was written under another key; restore the folder from its copy"
        case .otherElection: "a page of the book belongs to another election"
        case .repeatedDouble(let batch):
            "a member is twice among the doubles of batch \(batch); this should never happen: report it"
        }
    }
}
