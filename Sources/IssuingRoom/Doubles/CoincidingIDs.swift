internal import Counterfoil

/// Ids that are written differently and have one folded form: one member, perhaps,
/// under two spellings, who would get two packs. They wait for the officer's decision,
/// as suspected doubles do.
enum CoincidingIDs {
    /// Refuses a row of the roll whose id coincides with that of another row, or with
    /// one of the book, and that has no decision. A member who is in the book was
    /// decided when they came there.
    ///
    /// - Parameter lines: by ordinal, the line of the roll.
    static func refuseUndecided(
        _ plan: RollPlan, _ lines: [UInt32], _ persons: PersonNumbers, _ book: IssuedVoters
    ) throws(IssueError) {
        let within = withinRoll(plan, lines)
        var undecided: Set<UInt32> = []
        for rows in within {
            for row in rows
            where !persons.named.contains(row.numbers.own) && book.numberCarried(by: row.numbers.own) == nil {
                undecided.insert(row.line)
            }
        }
        let earlier = plan.coinciding.filter { !persons.named.contains($0.numbers.own) }
        let count = undecided.union(earlier.map(\.line)).count
        if let first = undecided.min(), let rows = within.first(where: { $0.contains { $0.line == first } }) {
            let own = rows.first { $0.line == first }!.numbers.own
            // One that is decided does not make the other so.
            let other = rows.filter { $0.numbers.own != own }.map(\.line).min()!
            throw .alikeVoters(
                firstLine: Int(min(first, other)), secondLine: Int(max(first, other)), count: count)
        }
        guard let first = earlier.min(by: { $0.line < $1.line }) else { return }
        throw .alikeIssued(
            line: Int(first.line), batch: book.batch(ofFolded: first.numbers.folded)!, count: count)
    }

    /// Rows of the roll that have one folded form and not all the same id.
    private static func withinRoll(_ plan: RollPlan, _ lines: [UInt32]) -> [[PlannedRest]] {
        let (owns, folded) = (plan.ownNumbers, plan.foldedNumbers)
        let packs = owns.count
        // Where each id is its own folded form, no two coincide.
        guard plan.hasFolded || plan.rest.contains(where: { $0.numbers.folded != $0.numbers.own }) else {
            return []
        }
        func numbers(_ i: Int) -> MemberNumbers {
            i < packs ? MemberNumbers(own: owns[i], folded: folded[i]) : plan.rest[i - packs].numbers
        }
        let ascending = ascendingIndices(packs + plan.rest.count) { i in
            let folded = numbers(i).folded
            return (folded.high, folded.low)
        }
        var groups: [[PlannedRest]] = []
        var first = 0
        while first < ascending.count {
            let alike = numbers(Int(ascending[first]))
            var end = first + 1
            var coincides = false
            while end < ascending.count {
                let next = numbers(Int(ascending[end]))
                guard next.folded == alike.folded else { break }
                if next.own != alike.own { coincides = true }
                end += 1
            }
            if coincides {
                groups.append(
                    ascending[first..<end].map { index in
                        let i = Int(index)
                        return i < packs
                            ? PlannedRest(numbers: numbers(i), line: lines[i]) : plan.rest[i - packs]
                    })
            }
            first = end
        }
        return groups
    }
}
