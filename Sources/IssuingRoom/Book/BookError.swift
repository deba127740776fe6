public import Counterfoil

/// Why the book could not be read or written.
public enum BookError: Error, Equatable, Sendable {
    case folder(StreamError)
    /// A page was damaged, or written under another key; the name of its batch
    /// is given where it could be read.
    case damaged(page: String?)
    case otherElection
    /// A member has two rows among the doubles of a batch. This never happens.
    case repeatedDouble(BatchName)
}
