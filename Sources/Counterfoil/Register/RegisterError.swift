/// Why a register is not taken.
public enum RegisterError: Error, Equatable, Sendable {
    /// It does not begin as a register does.
    case notARegister
    /// Its bytes could not be read.
    case unreadable(StreamError)
    /// It was cut off or added to. Copy it again from the issuing room.
    case wrongSize
    /// It belongs to another election.
    case otherElection
    /// The issuing room of this election did not sign it, or it was altered.
    case badSignature
    /// The issuing room signed something that Counterfoil does not make.
    case content(Content)
    /// It is not the register that it was when its signature was verified.
    case changedWhileRead

    /// What cannot be in a register.
    public enum Content: Equatable, Sendable {
        /// A header that is no register's.
        case header
        /// Rows that are not in order of their look-up ids, or pairs out of order.
        case order
        /// A pack of a kind that does not belong into the batch.
        case packKind
        /// A replaced pack where there can be none, or none where there must be one.
        case replacement
        /// A pack number whose check symbols are wrong.
        case packNumber
        /// A pair of packs that is none, or pairs where there can be none.
        case pair
        /// A replaced pack's number whose check symbols are wrong.
        case replacedNumber
    }
}
