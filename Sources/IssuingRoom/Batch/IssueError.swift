public import Counterfoil

/// Why a batch was not issued. Nothing that looks finished was left behind.
public enum IssueError: Error, Equatable, Sendable {
    // What is asked for.
    case link(PrintLayout.LinkFault)
    /// A batch of this name would have files that are called as another batch's.
    case batchName(BatchName, ending: String)
    /// The roll's column has the name of one that every print file has.
    case ownColumn(String)
    case printedTwice(String)
    /// The column answers a question and is to be printed on the pack.
    case printedAnswer(String)

    // The roll.
    case roll(RollError)
    /// It is not the roll any more that was read at first.
    case rollChanged
    case emptyVoter(line: Int)
    case repeatedVoter(firstLine: Int, secondLine: Int)
    case unreadableAnswer(question: String, line: Int, Unreadable)
    case nobody

    // Members who have packs, and members who are one person.
    case alreadyIssued(voter: String, line: Int, batch: BatchName)
    /// These were issued under different numbers, so that each could vote.
    case twoNumbers(String, String)
    /// So many rows of the decisions have none.
    case undecided(Int)
    /// So many voters are decided upon, this one among them, and neither on the
    /// roll nor issued before.
    case decidedUnknown(String, count: Int)
    /// So many members are `same`, this one among them, and have no pack under the number
    /// of their person, in this batch or an earlier one.
    case sameWithoutPack(String, count: Int)
    /// The ids of so many rows may be another member's written otherwise, and have no
    /// decision: these two lines coincide.
    case alikeVoters(firstLine: Int, secondLine: Int, count: Int)
    /// The same; the line coincides with an id of that batch.
    case alikeIssued(line: Int, batch: BatchName, count: Int)

    // Packs that are replaced.
    /// No finished batch of the book has it.
    case unknownPack(PackNumber)
    /// Both are one member's.
    case packTwice(PackNumber, PackNumber)
    /// Its member is dropped, and gets no pack.
    case droppedReplaced(voter: String, PackNumber)
    /// The roll does not have the members of these.
    case voterMissing([PackNumber])
    /// The book has another number for this member than their pack carries.
    case numberChanged(voter: String, line: Int, PackNumber)

    /// Codes of this length are too short for so many packs.
    case tooShort(AttackCost, CodeLength, packs: Int)

    // The book.
    case otherRoll(BatchName)
    case keyDestroyed(BatchName)
    case unfinished(BatchName)
    /// Its key is destroyed, and its page is still there.
    case halfGivenUp(BatchName)
    case book(BookError)

    // The folder that is written to.
    /// It has the manifest of this batch.
    case complete(BatchName)
    /// It has a file of this name, and the batch is a new one.
    case inTheWay(String)
    case output(StreamError)

    /// Two codes have the same look-up id: once in 10²⁷ runs.
    case collision

    /// Why an answer cannot be read.
    public enum Unreadable: Sendable {
        case empty
        /// A date of which a part is not known.
        case partialDate
        case other
    }
}
