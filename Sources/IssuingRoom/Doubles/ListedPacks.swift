internal import Counterfoil

/// Packs of one person that must not vote beside the ones that they keep: what
/// becomes the pairs of a register.
///
/// Members may have been issued packs before anybody knew that they are one person,
/// and so under other voter numbers. Activating the batch cancels those. All of
/// them, whichever run found out: the batch of an earlier run may never be activated.
struct ListedPacks: Sendable {
    /// The number that the person's packs carry from this batch on.
    let carried: VoterNumber
    /// What the book has for them under any other number, and the packs of their
    /// memberships that were dropped.
    let cancelled: [UInt64]
    /// Their packs of earlier batches under this number.
    let kept: [UInt64]

    /// For each person who gets a pack in this run, or is decided upon.
    static func all(of persons: PersonNumbers, _ plan: RollPlan, _ book: IssuedVoters) -> [ListedPacks] {
        var people = NumbersOfPeople()
        for link in book.links { people.join(link.own, link.carried) }
        for double in plan.doubles { people.join(double.member.own, double.carried) }
        let decided = Set((persons.same + persons.dropped).map(\.carried))
        let served = Set(persons.same.map(\.numbers.own))
        let dropped = Set(persons.dropped.map(\.numbers.own))
        let replaced = Set(plan.replaced.map(\.value))

        var listed: [ListedPacks] = []
        for numbers in people.all {
            for carried in numbers
            where decided.contains(carried) || !plan.ordinals(carrying: carried).isEmpty {
                let under = book.packs(carrying: carried)
                let gone = numbers.filter { own in
                    dropped.contains(own) || book.isDropped(own) && !served.contains(own)
                }.flatMap { book.packs(of: $0) }
                let cancelled = Set(
                    numbers.filter { $0 != carried }.flatMap { book.packs(carrying: $0) }
                        + Set(gone).intersection(under))
                guard !cancelled.isEmpty else { continue }
                listed.append(
                    ListedPacks(
                        carried: carried, cancelled: cancelled.sorted(),
                        kept: under.filter { !cancelled.contains($0) && !replaced.contains($0) }))
            }
        }
        return listed
    }

    /// The pairs of the register, in its order.
    ///
    /// - Parameter packs: those of the batch, by ordinal.
    static func pairs(_ plan: RollPlan, _ packs: [PackNumber]) -> [PackPair] {
        var pairs: Set<PackPair> = []
        for listed in plan.listed {
            let kept =
                plan.ordinals(carrying: listed.carried).map { packs[$0] }
                + listed.kept.map { PackNumber(unchecked: $0) }
            for pack in listed.cancelled {
                for kept in kept {
                    pairs.insert(PackPair(kept: kept, cancelled: PackNumber(unchecked: pack)))
                }
            }
        }
        return pairs.sorted()
    }
}

/// Which voter numbers are one person's: those that a membership had of its own, and
/// those that its packs carried, at any time.
private struct NumbersOfPeople {
    private var people: [[VoterNumber]] = []
    private var places: [VoterNumber: Int] = [:]

    mutating func join(_ a: VoterNumber, _ b: VoterNumber) {
        let (first, second) = (place(of: a), place(of: b))
        guard first != second else { return }
        for number in people[second] { places[number] = first }
        people[first] += people[second]
        people[second] = []
    }

    /// Each person's, in order.
    var all: [[VoterNumber]] { people.filter { !$0.isEmpty }.map { $0.sorted() } }

    private mutating func place(of number: VoterNumber) -> Int {
        if let place = places[number] { return place }
        places[number] = people.count
        people.append([number])
        return people.count - 1
    }
}
