/// Why a list cannot be used that an officer gives beside a roll: pack numbers,
/// decisions, those who voted.
public enum ListError: Error, Equatable, Sendable {
    case fault(RollFault)
    case column(RollColumnError)

    // Lists of packs.
    /// A line without a pack number of this election.
    case noPackNumber(line: Int)
    /// The first line is neither a pack number nor a header.
    case noHeader
    /// A print house's return says something else than packed, remade or missing.
    case unknownStatus(line: Int)
    /// A print house's return in which no pack is missing.
    case noneMissing

    // Lists of those who voted.
    /// A channel that is neither `online` nor `post`.
    case unknownChannel(line: Int)

    // Decisions.
    case unknownDecision(line: Int)
    case decidedTwice(voter: String, line: Int)
    /// A group needs two rows that are `same` or `drop`, and one that is `same`.
    case incompleteGroup(String, line: Int)

    // Columns of a roll that are compared.
    /// It has the name of one of the list's own.
    case ownColumn(String)
    case comparedTwice(String)
}
