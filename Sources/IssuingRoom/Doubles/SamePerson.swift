public import Counterfoil

/// Memberships that may be one person's: equal in all of the chosen columns
/// when case, accents, spaces and punctuation are left aside.
///
/// A suspicion and no more: namesakes exist, with the same date of birth too.
/// An officer decides, group by group.
public enum SamePerson {
    /// One membership of a group.
    public struct Member: Sendable {
        public let line: Int
        public let voter: String
        /// The values of the chosen columns, as they stand in the roll.
        public let values: [String]
    }

    /// The groups of two and more, in the order in which they begin. The roll
    /// is read twice. A row in which one of the compared `columns` is empty is
    /// nobody's double.
    public static func groups<Source: ByteSource>(
        voter: String, columns: [String], options: RollOptions = RollOptions(),
        roll: () throws(StreamError) -> Source
    ) throws -> [[Member]] {
        var first = try RollReader(roll(), options)
        let named = RollColumns(first.columns)
        let places = try named.indices(of: columns)
        let voterPlace = try named.index(of: voter)
        for (i, column) in columns.enumerated() {
            if (ownColumns + [decisionColumn]).contains(column) {
                throw IssueError.columns(
                    "the column \u{201C}\(column)\u{201D} has the name of one of the list's own; rename it in the roll"
                )
            }
            if places[..<i].contains(places[i]) {
                throw IssueError.columns("the column \u{201C}\(column)\u{201D} is to be compared twice")
            }
        }

        var hashes: [Key] = []
        var folder = RowFolder()
        while let chunk = try first.next() {
            for row in 0..<chunk.count { hashes.append(folder.key(chunk, row, places)) }
        }
        // Equal keys, and where each first stands.
        var seen: [Key: Int] = [:]
        var groupOf: [Int: Int] = [:]
        for (row, key) in hashes.enumerated() where key != .none {
            if let earlier = seen[key] {
                groupOf[earlier] = earlier
                groupOf[row] = earlier
            } else {
                seen[key] = row
            }
        }
        guard !groupOf.isEmpty else { return [] }

        var second = try RollReader(roll(), options)
        var groups: [Int: [Member]] = [:]
        while let chunk = try second.next() {
            for row in 0..<chunk.count {
                guard let group = groupOf[chunk.firstRow - 1 + row] else { continue }
                func text(_ range: Range<Int>) -> String {
                    String(decoding: chunk.bytes[range], as: UTF8.self)
                }
                groups[group, default: []].append(
                    Member(
                        line: Int(chunk.lines[row]),
                        voter: text(RowPlanner.voterID(chunk, row, voterPlace)),
                        values: places.map { text(chunk.range(row, $0)) }))
            }
        }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    /// 16 bytes of a hash: a roll of fifty million should fit in memory.
    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64
        static let none = Key(high: 0, low: 0)
    }

    private struct RowFolder: ~Copyable {
        private var folded = [UInt8](repeating: 0, count: 1024)

        mutating func key(_ chunk: RollChunk, _ row: Int, _ columns: [Int]) -> Key {
            var message: [UInt8] = []
            for column in columns {
                let count = folded.withMutableBytes { out in
                    chunk.withField(row, column) { AnswerText.fold($0, into: &out) }
                }
                guard let count, count > 0 else { return .none }
                message.appendWithLength(folded[..<count])
            }
            var digest = Bytes<16>()
            digest.withMutableBytes { out in
                message.withBytes {
                    Sodium.blake2b($0, key: RawSpan(), salt: Bytes(), label: .none, into: &out)
                }
            }
            return digest.withBytes { Key(high: $0.u64(0), low: $0.u64(8)) }
        }
    }
}

extension SamePerson {
    private static var ownColumns: [String] { ["group", "line", "voter"] }
    private static var decisionColumn: String { "decision" }

    /// `doubles.csv`, for the officer to fill in: group, line, voter, the
    /// columns compared, and an empty decision.
    public static func csv(_ groups: [[Member]], columns: [String]) -> [UInt8] {
        var text: [UInt8] = []
        func line(_ fields: [String]) {
            for (i, field) in fields.enumerated() {
                if i > 0 { text.append(0x2C) }
                Array(field.utf8).withBytes { CSV.append($0, separator: 0x2C, to: &text) }
            }
            text += [0x0D, 0x0A]
        }
        line(ownColumns + columns + [decisionColumn])
        for (number, group) in groups.enumerated() {
            for member in group {
                line(["\(number + 1)", "\(member.line)", member.voter] + member.values + [""])
            }
        }
        return text
    }
}
