internal import Counterfoil

/// The packs of a member who is dropped, and what their person keeps instead: the
/// pairs of a register.
///
/// A dropped member may have been issued packs before anybody knew that they are
/// another's. Activating the batch cancels those, if the person keeps another one.
struct DroppedPacks: Sendable {
    /// The number of the person.
    let carried: VoterNumber
    /// The dropped member's packs.
    let cancelled: [UInt64]
    /// The person's packs of earlier batches.
    let kept: [UInt64]

    /// For the members that are dropped in this run, and for those that were dropped
    /// before and whose person gets a pack in this run: the batch in which they were
    /// dropped may never be activated.
    static func all(of persons: PersonNumbers, _ plan: RollPlan, _ book: IssuedVoters) -> [DroppedPacks] {
        let decided = Set((persons.same + persons.dropped).map(\.numbers.own))
        let earlier = book.dropped.filter { member in
            !decided.contains(member.own) && !plan.ordinals(carrying: member.carried).isEmpty
        }
        let dropped = persons.dropped.map { (own: $0.numbers.own, carried: $0.carried) } + earlier
        let cancelled = dropped.map { book.packs(of: $0.own) }
        // A pack that goes is not kept, nor one that this batch replaces.
        let going = Set(cancelled.joined()).union(plan.replaced.map(\.value))
        return zip(dropped, cancelled).filter { !$1.isEmpty }.map { member, cancelled in
            DroppedPacks(
                carried: member.carried, cancelled: cancelled,
                kept: book.packs(carrying: member.carried).filter { !going.contains($0) })
        }
    }

    /// The pairs of the register, in its order.
    ///
    /// - Parameter packs: those of the batch, by ordinal.
    static func pairs(_ plan: RollPlan, _ packs: [PackNumber]) -> [PackPair] {
        var pairs: Set<PackPair> = []
        for dropped in plan.dropped {
            let kept =
                plan.ordinals(carrying: dropped.carried).map { packs[$0] }
                + dropped.kept.map { PackNumber(unchecked: $0) }
            for pack in dropped.cancelled {
                for kept in kept {
                    pairs.insert(PackPair(kept: kept, cancelled: PackNumber(unchecked: pack)))
                }
            }
        }
        return pairs.sorted()
    }
}
