internal import Counterfoil

/// The voter numbers of persons with several memberships: by voter id, the
/// number that all of them carry, and whether the membership gets a pack.
struct PersonNumbers: Sendable {
    struct Carried: Sendable {
        let number: VoterNumber
        let hasPack: Bool
    }

    private(set) var byVoter: [[UInt8]: Carried] = [:]
    static let none = PersonNumbers()

    private init() {}

    /// A group takes the number under which a member was issued first, else
    /// that of its lowest id. Two that were issued under different numbers are
    /// named: the officer cancels one at the desk, and marks it `drop`.
    init(
        _ decisions: Decisions, key: borrowing IssuingKey, election: Election, book: IssuedVoters
    ) throws(IssueError) {
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
            for voter in person.same { byVoter[voter] = Carried(number: number, hasPack: true) }
            for voter in person.drop { byVoter[voter] = Carried(number: number, hasPack: false) }
        }
    }

    /// A decision about a member that neither the roll nor the book has was meant
    /// for another one, who would go on unmerged.
    ///
    /// - Parameter found: the decided members that the roll has.
    func refuseUnknown(
        found: [VoterNumber], key: borrowing IssuingKey, election: Election, book: IssuedVoters
    ) throws(IssueError) {
        guard !byVoter.isEmpty else { return }
        let found = Set(found)
        let unknown = byVoter.keys.filter { voter in
            let own = voter.withBytes { key.voterNumber($0, in: election.id) }
            return !found.contains(own) && book.numberCarried(by: own) == nil
        }
        guard let first = unknown.min(by: { $0.lexicographicallyPrecedes($1) }) else { return }
        throw .decidedUnknown(String(decoding: first, as: UTF8.self), count: unknown.count)
    }
}
