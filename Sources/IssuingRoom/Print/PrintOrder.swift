public import Counterfoil

/// What an officer asks of a print run.
public struct PrintOrder: Sendable {
    /// The batch that is issued.
    public var batch: BatchName
    /// The roll's column with the voter id.
    public var voterColumn: String
    /// The roll's columns that are printed, in their order.
    public var printedColumns: [String] = []
    /// For each question the roll's column with its answer. A question that is
    /// not named here takes the column of its own name.
    public var answerColumns: [AnswerColumn] = []
    /// A member without a needed answer gets a pack for post alone. Otherwise
    /// such a member stops the run.
    public var postOnlyIfEmpty = false
    /// A member of whose date only a part is known, such as `00/05/1980` or `1980`, gets
    /// a pack for post alone. Otherwise such a member stops the run.
    public var postOnlyIfPartial = false
    /// Leaves out members who have a pack of an earlier batch. Otherwise one such
    /// member stops the run.
    public var skipIssued = false
    /// Prints a column although it answers a question, so that anyone who opens a
    /// pack can answer. Otherwise that stops the run.
    public var allowPrintedAnswers = false
    /// What was decided of members who may be one person.
    public var decided: Decisions?
    /// Takes rows that nobody decided for persons apart. Otherwise they stop the run: a
    /// list that was forgotten would give a person two votes.
    public var leaveUndecided = false
    /// The packs that this batch replaces; nil for a batch of its own right.
    public var replaced: [PackNumber]?
    /// The day of the run, `YYYY-MM-DD`: later dates and very old ones are remarked on.
    /// Without it no date is.
    public var today: String?
    /// So many test packs instead of the members'.
    public var specimens: Int?
    public var layout = PrintLayout()
    /// The recipients that can open the print file; empty for a plain file.
    public var recipients: [AgeRecipient] = []

    public init(batch: BatchName, voterColumn: String) {
        self.batch = batch
        self.voterColumn = voterColumn
    }

    /// Refuses what no batch can be issued by, whatever the roll.
    func check() throws(IssueError) {
        if let fault = layout.linkFault { throw .link(fault) }
        if let undecided = decided?.undecided, undecided > 0, !leaveUndecided { throw .undecided(undecided) }
    }

    /// A new batch named `B01.packs` or `B01.2of3` would have files that are
    /// called as some of batch B01's are.
    func checkName() throws(IssueError) {
        let parts = batch.description.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let end = parts.last else { return }
        let numbers = end.split(separator: "of", omittingEmptySubsequences: false)
        let isPart = numbers.count == 2 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
        guard end == "packs" || isPart else { return }
        throw .batchName(batch, ending: String(end))
    }

    var kind: BatchKind {
        if specimens != nil { return .specimens }
        return replaced == nil ? .members : .replacements
    }
}
