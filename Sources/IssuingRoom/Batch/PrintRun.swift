public import Counterfoil

/// The one place where a roll becomes packs.
///
/// The roll is read twice. The first time everything is checked, and the page
/// of the book is written durably; the second time packs are made. What a run
/// leaves behind is published at its very end, and last of all the manifest, as
/// the mark of a complete run; then the page is finished. A run that was killed
/// at any moment is simply run again, to the same packs.
public final class PrintRun<Shelf: Folder & Sendable, Out: Folder & Sendable>: Sendable {
    private let batch: BatchInProgress<Shelf, Out>

    /// `book` is the folder of the batch book, in the issuing room; `out` is
    /// where the files go.
    public init(
        _ order: PrintOrder, election: Election, key: consuming IssuingKey, book: Shelf, out: Out
    ) {
        batch = BatchInProgress(
            order, election: election, key: key, book: BatchBook(in: book, of: election), out: out)
    }

    /// Issues the batch.
    ///
    /// - Parameters:
    ///   - roll: gives the roll from its beginning, three times: to be checked, to
    ///     see that it has not changed meanwhile, and to be issued.
    ///   - options: how the roll is written.
    ///   - progress: called now and then.
    public func run<Source: ByteSource>(
        roll: @escaping () throws(StreamError) -> Source, options: RollOptions = RollOptions(),
        progress: (IssueProgress) -> Void = { _ in }
    ) async throws(IssueError) -> IssuedBatch {
        let roll = RepeatableRoll(options: options, open: roll)
        let standing = try BatchStanding(of: batch)
        let plan = try await FirstReading(of: batch, standing).plan(roll, progress)
        let cost = try AttackCost(ofIssuing: plan, standing, batch.election.codeLength)
        try roll.refuseChanged()
        // From here on the batch exists: its key is on the disk before anything
        // that was made with it.
        let begun = try BegunBatch(batch, plan, consume standing)
        let made = try await SecondReading(of: batch, begun, plan).make(roll, progress)
        return try made.publish(cost: cost)
    }
}

/// What is going on: rows read or packs made so far.
public enum IssueProgress: Sendable {
    case reading(rows: Int)
    /// The roll is read, and can be issued. What the dry run would say of the columns that
    /// are used; of the others the report is empty.
    case checked(RollReport)
    case making(packs: Int, of: Int)
}

/// What a run has made.
public struct IssuedBatch: Sendable {
    public let manifest: Manifest
    public let cost: AttackCost
    /// Packs of members who are dropped, which activating this batch cancels. Until
    /// then they can vote, unless the desk cancels them.
    public let cancelled: [PackNumber]
}
