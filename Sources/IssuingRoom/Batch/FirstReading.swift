internal import Counterfoil

/// The second step of a run, the first reading of the roll: all that can be
/// wrong with it is found before anything is written.
struct FirstReading<Shelf: Folder & Sendable, Out: Folder & Sendable> {
    private let batch: BatchInProgress<Shelf, Out>
    private let standing: BatchStanding

    init(of batch: BatchInProgress<Shelf, Out>, _ standing: BatchStanding) {
        self.batch = batch
        self.standing = standing
    }

    /// Which members get a pack. Refuses what the roll, the decisions or the list of packs
    /// to replace do not allow.
    func plan<Source: ByteSource>(
        _ roll: RepeatableRoll<Source>, _ progress: (IssueProgress) -> Void
    ) async throws(IssueError) -> RollPlan {
        let order = batch.order
        var reader = try roll.reader()
        let planner = try planner(of: reader.columns)
        let read = try await plan(&reader, planner, progress)
        let plan = order.kind == .specimens ? specimens(read) : read
        try Replacements.refuseMissing(order.replaced ?? [], plan.replaced)
        guard !plan.voters.isEmpty else { throw .nobody }
        return order.kind == .specimens ? plan : try withDropped(plan, planner.persons)
    }

    /// Notes the members who are dropped, on this roll or not, and what they had.
    private func withDropped(_ plan: RollPlan, _ persons: PersonNumbers) throws(IssueError) -> RollPlan {
        var plan = plan
        try persons.refuseUnknown(plan.served, plan.rest, book: standing.issued)
        try persons.refuseWithoutPack(plan.served, book: standing.issued)
        plan.doubles += persons.dropped.map {
            PlannedDouble(member: $0.numbers, carried: $0.carried, ordinal: nil)
        }
        plan.listed = ListedPacks.all(of: persons, plan, standing.issued)
        return plan
    }

    private func planner(of columns: [String]) throws(IssueError) -> RowPlanner {
        let (order, election, issued) = (batch.order, batch.election, standing.issued)
        var planner = RowPlanner(
            election: election, order: order, layout: try RollLayout(columns, order, election),
            issued: issued)
        if let decided = order.decided {
            planner.persons = try PersonNumbers(decided, key: batch.key, election: election, book: issued)
        }
        planner.replacing = try Replacements.find(
            order.replaced ?? [], in: standing.earlier, standing.doubles)
        return planner
    }

    private func plan<Source: ByteSource>(
        _ reader: inout RollReader<Source>, _ planner: RowPlanner, _ progress: (IssueProgress) -> Void
    ) async throws(IssueError) -> RollPlan {
        var plan = RollPlan(layout: planner.layout)
        var look = RollLook(reader.columns, reader.format, planner.layout, batch.order, batch.election)
        var lines: [UInt32] = []
        let digest = PlanDigest(batch.election, batch.order.batch, batch.order.kind, batch.key)
        try await inOrder(width: 3) { () throws(IssueError) -> RollChunk? in
            do throws(RollFault) {
                let chunk = try reader.next()
                if let chunk { look.see(chunk) }
                return chunk
            } catch { throw .roll(.fault(error)) }
        } work: { [batch] (chunk) throws(IssueError) in
            try planner.plan(chunk, key: batch.key)
        } take: { (chunk) throws(IssueError) in
            digest.update(chunk.message)
            lines += chunk.lines
            plan.append(chunk)
            progress(.reading(rows: plan.voters.count))
        }
        plan.sortVoters()
        try plan.refuseRepeated(lines, planner.persons)
        try CoincidingIDs.refuseUndecided(plan, lines, planner.persons, standing.issued)
        plan.digest = digest.finish(packs: plan.voters.count)
        progress(.checked(look.report))
        return plan
    }

    /// Test packs in place of the members': the roll gave only the lengths.
    private func specimens(_ roll: RollPlan) -> RollPlan {
        var plan = RollPlan(layout: roll.layout, longest: roll.longest)
        var folding = IDFolding()
        let digest = PlanDigest(batch.election, batch.order.batch, batch.order.kind, batch.key)
        for ordinal in 1...max(1, batch.order.specimens ?? 1) {
            let id = RowPlanner.specimenID(batch.order.batch, ordinal)
            plan.append(specimen: id.withBytes { batch.key.numbers(of: $0, in: batch.election, &folding) })
            var message: [UInt8] = []
            PlanDigest.append(voter: id, .specimen, to: &message)
            digest.update(message)
        }
        plan.sortVoters()
        plan.digest = digest.finish(packs: plan.voters.count)
        return plan
    }
}
