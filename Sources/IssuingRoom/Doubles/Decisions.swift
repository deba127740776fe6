public import Counterfoil

/// What an officer decided of suspected doubles: `doubles.csv`, filled in.
///
/// Nothing merges unasked. In a group, the rows marked `same` are one person:
/// each gets a pack, and all packs one voter number, so that one vote counts.
/// A row marked `drop` is the same person too and gets no pack. A row marked
/// `different`, or not at all, stands for itself.
public struct Decisions: Sendable {
    public enum Decision: String, Sendable { case same, drop, different }

    /// Voter ids of one person: those that get packs, and those that do not.
    struct Person: Sendable {
        var same: [[UInt8]] = []
        var drop: [[UInt8]] = []
        let line: Int
    }

    let persons: [Person]
    /// Rows without a decision, which stand for themselves.
    public let undecided: Int

    /// Reads the file. Throws a `RollFault`, a `RollColumnError` or an `IssueError`.
    public init(_ file: some ByteSource) throws {
        var reader = try RollReader(file)
        let columns = RollColumns(reader.columns)
        let group = try columns.index(of: "group")
        let voter = try columns.index(of: "voter")
        let decision = try columns.index(of: "decision")
        var persons: [String: Person] = [:]
        var order: [String] = []
        var seen: Set<[UInt8]> = []
        var undecided = 0
        while let chunk = try reader.next() {
            for row in 0..<chunk.count {
                let line = Int(chunk.lines[row])
                func text(_ column: Int) -> String {
                    String(decoding: chunk.bytes[RowPlanner.voterID(chunk, row, column)], as: UTF8.self)
                }
                let word = text(decision).lowercased()
                guard !word.isEmpty else {
                    undecided += 1
                    continue
                }
                guard let decision = Decision(rawValue: word) else {
                    throw IssueError.decisions(
                        line, "\u{201C}\(word)\u{201D} is no decision; it is same, drop or different")
                }
                guard decision != .different else { continue }
                let id = Array(chunk.bytes[RowPlanner.voterID(chunk, row, voter)])
                guard seen.insert(id).inserted else {
                    throw IssueError.decisions(line, "voter \(text(voter)) is decided twice")
                }
                let name = text(group)
                if persons[name] == nil { order.append(name) }
                var person = persons[name] ?? Person(line: line)
                if decision == .same { person.same.append(id) } else { person.drop.append(id) }
                persons[name] = person
            }
        }
        for name in order {
            let person = persons[name]!
            guard !person.same.isEmpty, person.same.count + person.drop.count > 1 else {
                throw IssueError.decisions(
                    person.line,
                    "group \(name) needs at least two rows that are same or drop, and one that is same")
            }
        }
        self.persons = order.map { persons[$0]! }
        self.undecided = undecided
    }
}

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
        _ decisions: Decisions, _ key: borrowing IssuingKey, _ election: Election, book: IssuedVoters
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

    /// A decision about somebody who is neither in the roll nor in the book was
    /// meant for somebody else, who would go on unmerged.
    ///
    /// - Parameter found: the decided members that the roll has.
    func refuseUnknown(
        found: [VoterNumber], _ key: borrowing IssuingKey, _ election: Election, book: IssuedVoters
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
