internal import Counterfoil

/// The third step of a run: the batch's page is in the book, durably, and with
/// it the key that all its packs are made from.
struct BegunBatch: Sendable {
    /// Without its rows, since the run needs the memory. Nobody asks for the
    /// voters of a page that this run has written and will finish.
    let page: BookPage
    let key: BatchKey
    /// The pages before it, for the pack numbers that are in use.
    let earlier: [BookPage]

    init<Shelf, Out>(
        _ batch: BatchInProgress<Shelf, Out>, _ plan: RollPlan, _ standing: consuming BatchStanding
    ) throws(IssueError) {
        earlier = standing.earlier
        if let known = standing.known {
            guard Self.is(known, of: batch.order, plan, standing.doubles) else {
                throw .otherRoll(batch.order.batch)
            }
            page = known.withoutRows()
        } else {
            try Self.refuseToReplace(batch, total: plan.voters.count)
            page = try Self.write(batch, plan, place: standing.place).withoutRows()
        }
        let key: SecretBytes?
        do { key = try page.openKey(batch.election, batch.key) } catch { throw .book(error) }
        guard let key else { throw .keyDestroyed(batch.order.batch) }
        self.key = BatchKey(key)
    }

    /// Whether a page was begun with this plan.
    private static func `is`(
        _ page: BookPage, of order: PrintOrder, _ plan: RollPlan, _ doubles: [DoublesPage]
    ) -> Bool {
        guard page.kind == order.kind, page.count == plan.voters.count, page.planDigest == plan.digest
        else { return false }
        // The digest has the members who get a pack. A member who gets none, being somebody
        // else's double, is among the doubles alone.
        let written = doubles.first { $0.batch == order.batch }?.rows ?? []
        let planned = DoublesPage(batch: order.batch, plan.doubles, packs: nil).rows
        return written.map { [$0.own, $0.carried] } == planned.map { [$0.own, $0.carried] }
    }

    /// A batch that only begins has written nothing: a file that has the name of
    /// one of its own is somebody's. Later they are its own, of a run that was
    /// broken off.
    private static func refuseToReplace<Shelf, Out>(
        _ batch: BatchInProgress<Shelf, Out>, total: Int
    ) throws(IssueError) {
        let there: Set<String>
        do { there = Set(try batch.out.names()) } catch { throw .output(error) }
        let names = BatchFiles<Out>.names(batch.order, total: total)
        if let name = names.first(where: there.contains) { throw .inTheWay(name) }
    }

    private static func write<Shelf, Out>(
        _ batch: BatchInProgress<Shelf, Out>, _ plan: RollPlan, place: Int
    ) throws(IssueError) -> BookPage {
        let (name, book) = (batch.order.batch, batch.book)
        let page = BookPage(
            beginning: name, kind: batch.order.kind, place: place, planDigest: plan.digest,
            voters: plan.voters, folded: plan.foldedNumbers, ascending: plan.ascending,
            election: batch.election, key: batch.key)
        do {
            // The doubles first: a page that is there has all that belongs to it, and
            // nothing that a run left whose page never came.
            if plan.doubles.isEmpty {
                try book.removeDoubles(of: name)
            } else {
                try book.write(DoublesPage(batch: name, plan.doubles, packs: nil), batch.key)
            }
            try book.write(page, batch.key)
        } catch { throw .book(error) }
        return page
    }
}
