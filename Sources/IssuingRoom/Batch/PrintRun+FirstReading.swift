internal import Counterfoil

/// The first reading of the roll: all that can be wrong is found before
/// anything is written.
extension PrintRun {
    func plan<Source: ByteSource>(
        _ reader: inout RollReader<Source>, _ planner: RowPlanner, _ progress: (IssueProgress) -> Void
    ) async throws -> RollPlan {
        var plan = RollPlan(printing: planner.layout.printed)
        var lines: [UInt32] = []
        let digest = PlanDigest(election, order.batch, order.kind, key)
        try await inOrder(width: 3) {
            try reader.next()
        } work: { [self] chunk in
            try planner.plan(chunk, key: key)
        } take: { chunk in
            plan.doubles += chunk.doubles.map { double in
                var double = double
                double.ordinal = double.ordinal.map { $0 + plan.voters.count }
                return double
            }
            plan.owns += chunk.owns
            plan.decided += chunk.decided
            plan.replaced += chunk.replaced
            plan.voters += chunk.voters
            lines += chunk.lines
            plan.postOnly += chunk.postOnly
            plan.chunkHashes.append(chunk.hash)
            plan.skipped += chunk.skipped
            for i in plan.longest.indices { plan.longest[i] = max(plan.longest[i], chunk.longest[i]) }
            digest.update(chunk.message)
            progress(.reading(rows: plan.voters.count))
        }
        plan.sortVoters()
        try refuseRepeated(plan, lines)
        plan.digest = digest.finish(packs: plan.voters.count)
        return plan
    }

    private func refuseRepeated(_ plan: RollPlan, _ lines: [UInt32]) throws(IssueError) {
        // Packs may carry one number; ids may not stand twice.
        let owns = plan.owns.isEmpty ? plan.voters : plan.owns
        let ascending =
            plan.owns.isEmpty
            ? plan.ascending : ascendingIndices(owns.count) { (owns[$0].high, owns[$0].low) }
        for (a, b) in zip(ascending, ascending.dropFirst()) where owns[Int(a)] == owns[Int(b)] {
            throw Self.repeated(lines[Int(a)], lines[Int(b)])
        }
        // Nor those of members who get no pack: the book has a row for each.
        var withoutPack: [VoterNumber: UInt32] = [:]
        for double in plan.doubles where double.ordinal == nil {
            if let line = withoutPack.updateValue(double.line, forKey: double.own) {
                throw Self.repeated(line, double.line)
            }
        }
    }

    private static func repeated(_ a: UInt32, _ b: UInt32) -> IssueError {
        .repeatedVoter(firstLine: Int(min(a, b)), secondLine: Int(max(a, b)))
    }

    /// Test packs in place of the members': the roll gave only the lengths.
    func specimens(_ roll: RollPlan) -> RollPlan {
        var plan = RollPlan(printing: roll.printedColumns, longest: roll.longest)
        let digest = PlanDigest(election, order.batch, order.kind, key)
        for ordinal in 1...max(1, order.specimens ?? 1) {
            let id = RowPlanner.specimenID(order.batch, ordinal)
            plan.voters.append(id.withBytes { key.voterNumber($0, in: election.id) })
            var message: [UInt8] = []
            PlanDigest.append(voter: id, .specimen, to: &message)
            digest.update(message)
        }
        plan.sortVoters()
        plan.digest = digest.finish(packs: plan.voters.count)
        return plan
    }
}
