internal import Counterfoil

/// The first step of a run: where the batch is in the book, before its roll is
/// read. What the book or the folder refuses is refused here.
struct BatchStanding: Sendable {
    /// The batch's own page, where it was begun before.
    let known: BookPage?
    /// The batch's place in the book, from 1.
    let place: Int
    /// The pages before it.
    let earlier: [BookPage]
    let doubles: [DoublesPage]
    /// Members who have a pack of an earlier batch.
    let issued: IssuedVoters
}

extension BatchStanding {
    init<Shelf, Out>(of batch: BatchInProgress<Shelf, Out>) throws(IssueError) {
        let name = batch.order.batch
        try batch.order.check()
        let pages: [BookPage]
        do { pages = try batch.book.pages(batch.key) } catch { throw .book(error) }
        known = pages.first { $0.batch == name }
        if let halfGone = pages.first(where: { !$0.isFinished && $0.keyIsDestroyed }) {
            throw .halfGivenUp(halfGone.batch)
        }
        if known == nil { try batch.order.checkName() }
        if let unfinished = pages.first(where: { !$0.isFinished && $0.batch != name }) {
            throw .unfinished(unfinished.batch)
        }
        guard try !Self.isComplete(batch, known) else { throw .complete(name) }
        if let known, known.keyIsDestroyed { throw .keyDestroyed(name) }
        let place = known?.place ?? (pages.last?.place ?? 0) + 1
        self.place = place
        earlier = pages.filter { $0.place < place }
        do { doubles = try batch.book.doubles(batch.key) } catch { throw .book(error) }
        issued = IssuedVoters(earlier.filter { $0.kind != .specimens }, doubles)
    }

    /// The packs of earlier batches.
    var earlierPacks: Int { earlier.reduce(0) { $0 + $1.count } }

    /// Whether the folder has the manifest, the mark of a complete run, already.
    /// A run that was broken off after its manifest has not closed its page: it
    /// is run again into the same folder, and closes it.
    private static func isComplete<Shelf, Out>(
        _ batch: BatchInProgress<Shelf, Out>, _ known: BookPage?
    ) throws(IssueError) -> Bool {
        do {
            guard let manifest = try batch.out.read(Manifest.fileName(batch.order.batch)) else {
                return false
            }
            if let known, !known.isFinished { return !Manifest.is(manifest, of: batch.election) }
            return true
        } catch { throw .output(error) }
    }
}

extension AttackCost {
    /// What a code of the batch costs to find, with those of the earlier batches
    /// to find as well. Codes that are too short for so many are refused.
    init(
        ofIssuing plan: RollPlan, _ standing: BatchStanding, _ length: CodeLength
    ) throws(IssueError) {
        let codes = plan.voters.count + standing.earlierPacks
        self.init(length, codes: codes)
        guard isEnough else { throw .tooShort(self, length, packs: codes) }
    }
}
