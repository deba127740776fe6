public import Counterfoil

/// What an officer decided of suspected doubles: `doubles.csv`, filled in.
///
/// Nothing merges unasked. In a group, the rows marked `same` are one person:
/// each gets a pack, and all packs one voter number, so that one vote counts.
/// A row marked `drop` is the same person too and gets no pack. A row marked
/// `different`, or not at all, is a person apart; ids that coincide are decided only
/// by a mark.
public struct Decisions: Sendable {
    private enum Decision: String { case same, drop, different }

    /// Voter ids of one person: those that get packs, and those that do not.
    struct Person: Sendable {
        var same: [[UInt8]] = []
        var drop: [[UInt8]] = []
        let line: Int
    }

    let persons: [Person]
    /// All voter ids that have a decision.
    let named: Set<[UInt8]>
    /// Rows without a decision: each is taken for a person apart.
    public let undecided: Int

    /// Reads the file.
    public init(_ file: some ByteSource) throws(ListError) {
        var reader = try ListReader(file)
        let columns = [
            try reader.column("group"), try reader.column("voter"), try reader.column("decision"),
        ]
        var persons: [String: Person] = [:]
        var order: [String] = []
        var named: Set<[UInt8]> = []
        var undecided = 0
        while let row = try reader.next(columns) {
            let fields = row.fields.map(Self.trimmed)
            let word = String(decoding: fields[2], as: UTF8.self).lowercased()
            guard !word.isEmpty else {
                undecided += 1
                continue
            }
            guard let decision = Decision(rawValue: word) else {
                throw .unknownDecision(line: row.line)
            }
            let id = fields[1]
            guard named.insert(id).inserted else {
                throw .decidedTwice(voter: String(decoding: id, as: UTF8.self), line: row.line)
            }
            guard decision != .different else { continue }
            let name = String(decoding: fields[0], as: UTF8.self)
            if persons[name] == nil { order.append(name) }
            var person = persons[name] ?? Person(line: row.line)
            if decision == .same { person.same.append(id) } else { person.drop.append(id) }
            persons[name] = person
        }
        for name in order {
            let person = persons[name]!
            guard !person.same.isEmpty, person.same.count + person.drop.count > 1 else {
                throw .incompleteGroup(name, line: person.line)
            }
        }
        self.persons = order.map { persons[$0]! }
        self.named = named
        self.undecided = undecided
    }

    private static func trimmed(_ field: [UInt8]) -> [UInt8] {
        Array(field[field.withBytes { RollChunk.trimmed($0, 0..<field.count) }])
    }
}
