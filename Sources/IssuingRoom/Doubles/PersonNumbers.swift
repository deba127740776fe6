internal import Counterfoil

/// The voter numbers of persons with several memberships: by voter id, the
/// number that all of them carry, and whether the membership gets a pack.
struct PersonNumbers: Sendable {
    struct Carried: Sendable {
        let number: VoterNumber
        let hasPack: Bool
    }

    /// A member who is one person with others, and how they are decided upon.
    struct Member: Sendable {
        let voter: [UInt8]
        let numbers: MemberNumbers
        /// The number of the person.
        let carried: VoterNumber
    }

    private(set) var byVoter: [[UInt8]: Carried] = [:]
    /// Members who get packs, and members who do not.
    private(set) var same: [Member] = []
    private(set) var dropped: [Member] = []
    /// The own numbers of all members that have a decision, whatever it is.
    private(set) var named: Set<VoterNumber> = []
    static let none = PersonNumbers()

    private init() {}

    /// A group takes the number under which a member was issued first, else
    /// that of its lowest id. Two that were issued under different numbers are
    /// named: the officer marks one of them `drop`.
    init(
        _ decisions: Decisions, key: borrowing IssuingKey, election: Election, book: IssuedVoters
    ) throws(IssueError) {
        var folding = IDFolding()
        for voter in decisions.named {
            named.insert(voter.withBytes { key.voterNumber($0, in: election.id) })
        }
        for person in decisions.persons {
            var issued: (voter: [UInt8], number: VoterNumber)?
            for voter in person.same {
                let own = voter.withBytes { key.voterNumber($0, in: election.id) }
                guard let carried = book.numberCarried(by: own) else { continue }
                if let issued, issued.number != carried {
                    throw .twoNumbers(
                        String(decoding: issued.voter, as: UTF8.self),
                        String(decoding: voter, as: UTF8.self))
                }
                issued = (voter, carried)
            }
            // A membership that gets no more packs may have one all the same.
            let dropped = person.drop.compactMap { voter in
                book.numberCarried(by: voter.withBytes { key.voterNumber($0, in: election.id) })
            }
            let lowest = (person.same + person.drop).min { $0.lexicographicallyPrecedes($1) }!
            let number =
                issued?.number ?? dropped.first ?? lowest.withBytes { key.voterNumber($0, in: election.id) }
            for (voters, hasPack) in [(person.same, true), (person.drop, false)] {
                for voter in voters {
                    byVoter[voter] = Carried(number: number, hasPack: hasPack)
                    let member = Member(
                        voter: voter,
                        numbers: voter.withBytes { key.numbers(of: $0, in: election, &folding) },
                        carried: number)
                    if hasPack { same.append(member) } else { self.dropped.append(member) }
                }
            }
        }
    }

    /// A decision about a member that neither the roll nor the book has was meant
    /// for another one, who would go on unmerged.
    ///
    /// - Parameters:
    ///   - served: the members of this batch.
    ///   - rest: those whom the roll has besides.
    func refuseUnknown(
        _ served: Set<VoterNumber>, _ rest: [PlannedRest], book: IssuedVoters
    ) throws(IssueError) {
        guard !byVoter.isEmpty else { return }
        let candidates = (same + dropped).filter {
            !served.contains($0.numbers.own) && book.numberCarried(by: $0.numbers.own) == nil
        }
        var missing = Set(candidates.map(\.numbers.own))
        if !missing.isEmpty { for row in rest { missing.remove(row.numbers.own) } }
        let unknown = candidates.filter { missing.contains($0.numbers.own) }
        guard let first = Self.lowest(unknown) else { return }
        throw .decidedUnknown(first, count: unknown.count)
    }

    /// A member who is the same person as another has a pack that carries the person's
    /// number. Anyone who has none and gets none is to be dropped, so that the book says so.
    /// Without this, somebody who was dropped and is not any more could vote with a pack
    /// of their own number, and the person with another.
    func refuseWithoutPack(_ served: Set<VoterNumber>, book: IssuedVoters) throws(IssueError) {
        let without = same.filter {
            !served.contains($0.numbers.own) && !book.hasPack(of: $0.numbers.own, carrying: $0.carried)
        }
        guard let first = Self.lowest(without) else { return }
        throw .sameWithoutPack(first, count: without.count)
    }

    private static func lowest(_ members: [Member]) -> String? {
        members.map(\.voter).min { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
