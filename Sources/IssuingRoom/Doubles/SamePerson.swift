public import Counterfoil

/// Memberships that may be one person's: alike in all of the chosen columns
/// when case, accents, spaces and punctuation are left aside, or with ids that
/// coincide, written differently and with one folded form.
/// A column that answers a question is compared as answers are: 1/2/80 and 1980-02-01
/// are one date. Dates in other columns are read in the order that the column itself
/// shows (`DateColumn`).
///
/// A suspicion and no more: namesakes exist, with the same date of birth too.
/// An officer decides, group by group.
public enum SamePerson {
    /// One membership of a group.
    public struct Member: Sendable {
        public let line: Int
        public let voter: String
        /// The values of the chosen columns, as the roll has them.
        public let values: [String]
    }

    /// The groups of two and more, in the order in which they begin. A row in which one of the compared columns is empty is
    /// nobody's double.
    ///
    /// - Parameters:
    ///   - voter: the column of the voter ids.
    ///   - ids: how voter ids are compared.
    ///   - columns: the columns in which members are compared; without one, only ids are.
    ///   - answers: which columns answer questions of the election.
    ///   - election: says how answers are read.
    ///   - options: how the roll is written.
    ///   - roll: gives the roll from its beginning, two times or three.
    public static func groups<Source: ByteSource>(
        voter: String, as ids: VoterIDs = .anyCase, columns: [String], answers: [AnswerColumn] = [],
        election: Election? = nil, options: RollOptions = RollOptions(),
        roll: () throws(StreamError) -> Source
    ) throws(ListError) -> [[Member]] {
        var first = try open(roll, options)
        var compared = try Compared(first.columns, voter: voter, columns, answers, election)
        if compared.kinds.contains(where: { $0 == nil }) {
            try compared.seeDates(&first)
            first = try open(roll, options)
        }
        let groups = try groups(&first, compared, ids)
        guard !groups.isEmpty else { return [] }
        var second = try open(roll, options)
        return try members(&second, compared, groups)
    }

    /// Where the columns are.
    private struct Compared {
        let voter: Int
        let places: [Int]
        /// For each place: how its cells are read, where they answer a question.
        let kinds: [Question.Kind?]
        /// For each place: how its dates are read, where they answer none.
        private(set) var dates: [DateColumn]

        init(
            _ header: [String], voter: String, _ columns: [String], _ answers: [AnswerColumn],
            _ election: Election?
        ) throws(ListError) {
            let named = RollColumns(header)
            do {
                places = try named.indices(of: columns)
                self.voter = try named.index(of: voter)
            } catch { throw .column(error) }
            var kinds = places.map { _ in nil as Question.Kind? }
            for question in election?.questions ?? [] {
                let answer = answers.first { $0.question.isByteForByte(question.name) }
                guard let column = try? named.index(of: answer?.column ?? question.name),
                    let place = places.firstIndex(of: column)
                else { continue }
                kinds[place] = question.kind(inOrder: answer?.order)
            }
            self.kinds = kinds
            dates = places.map { _ in DateColumn() }
            for (i, column) in columns.enumerated() {
                if (ownColumns + [decisionColumn]).contains(column) { throw .ownColumn(column) }
                if places[..<i].contains(places[i]) { throw .comparedTwice(column) }
            }
        }

        mutating func seeDates<Source: ByteSource>(_ reader: inout RollReader<Source>) throws(ListError) {
            while let chunk = try next(&reader) {
                for (i, place) in places.enumerated() where kinds[i] == nil {
                    for row in 0..<chunk.count { chunk.withField(row, place) { dates[i].see($0) } }
                }
            }
        }
    }

    /// For each row that is like another, counted from 0, the first of its group.
    private static func groups<Source: ByteSource>(
        _ reader: inout RollReader<Source>, _ compared: Compared, _ ids: VoterIDs
    ) throws(ListError) -> [Int: Int] {
        var hashes: [Key] = []
        var forms = FoldedIDs(ids)
        var folder = RowFolder()
        while let chunk = try next(&reader) {
            for row in 0..<chunk.count {
                if !compared.places.isEmpty {
                    hashes.append(folder.key(chunk, row, compared))
                }
                chunk.withBytes { forms.add($0.extracting(chunk.trimmedRange(row, compared.voter))) }
            }
        }
        var groups = Groups()
        // Equal keys, and where each is first.
        var seen: [Key: Int] = [:]
        for (row, key) in hashes.enumerated() where key != .none {
            if let earlier = seen[key] { groups.join(earlier, row) } else { seen[key] = row }
        }
        forms.join(&groups)
        return groups.firstOfRow
    }

    /// Rows that belong together, by one likeness or by another.
    private struct Groups {
        /// An earlier row of the same group, or the row itself.
        private var earlier: [Int: Int] = [:]

        mutating func join(_ a: Int, _ b: Int) {
            let (a, b) = (first(a), first(b))
            earlier[max(a, b)] = min(a, b)
            earlier[min(a, b)] = min(a, b)
        }

        private mutating func first(_ row: Int) -> Int {
            var found = row
            while let before = earlier[found], before != found { found = before }
            // Shorter for the next time.
            var row = row
            while let before = earlier[row], before != found { (earlier[row], row) = (found, before) }
            return found
        }

        var firstOfRow: [Int: Int] {
            var groups = self
            return Dictionary(uniqueKeysWithValues: earlier.keys.map { ($0, groups.first($0)) })
        }
    }

    /// The ids of the rows, and their folded forms.
    private struct FoldedIDs {
        private let ids: VoterIDs
        private var folding = IDFolding()
        private var forms: [Key] = []
        private var written: [Key] = []
        private var hasFolded = false

        init(_ ids: VoterIDs) { self.ids = ids }

        mutating func add(_ id: borrowing RawSpan) {
            let key = Key(id)
            written.append(key)
            if let folded = folding.fold(id, as: ids) {
                hasFolded = true
                forms.append(folded.withBytes { Key($0) })
            } else {
                forms.append(key)
            }
        }

        /// Joins rows whose ids coincide. One id on two rows is no suspicion, but a fault.
        func join(_ groups: inout Groups) {
            guard hasFolded else { return }
            var firsts: [Key: Int] = [:]
            var repeats: [(first: Int, row: Int)] = []
            var coinciding: Set<Int> = []
            for (row, form) in forms.enumerated() {
                guard let first = firsts[form] else {
                    firsts[form] = row
                    continue
                }
                if written[first] == written[row] {
                    repeats.append((first, row))
                } else {
                    coinciding.insert(first)
                    groups.join(first, row)
                }
            }
            for (first, row) in repeats where coinciding.contains(first) { groups.join(first, row) }
        }
    }

    private static func members<Source: ByteSource>(
        _ reader: inout RollReader<Source>, _ compared: Compared, _ groupOf: [Int: Int]
    ) throws(ListError) -> [[Member]] {
        var groups: [Int: [Member]] = [:]
        while let chunk = try next(&reader) {
            for row in 0..<chunk.count {
                guard let group = groupOf[chunk.firstRow - 1 + row] else { continue }
                groups[group, default: []].append(
                    Member(
                        line: Int(chunk.lines[row]), voter: chunk.trimmedText(row, compared.voter),
                        values: compared.places.map {
                            String(decoding: chunk.bytes[chunk.range(row, $0)], as: UTF8.self)
                        }))
            }
        }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func open<Source: ByteSource>(
        _ roll: () throws(StreamError) -> Source, _ options: RollOptions
    ) throws(ListError) -> RollReader<Source> {
        let source: Source
        do { source = try roll() } catch { throw .fault(RollFault(.unreadable(error))) }
        do { return try RollReader(source, options) } catch { throw .fault(error) }
    }

    private static func next<Source: ByteSource>(
        _ reader: inout RollReader<Source>
    ) throws(ListError) -> RollChunk? {
        do { return try reader.next() } catch { throw .fault(error) }
    }

    /// 16 bytes of a hash: a roll of fifty million should fit in memory.
    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64
        static let none = Key(high: 0, low: 0)

        private init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        init(_ message: borrowing RawSpan) {
            var digest = Bytes<16>()
            digest.withMutableBytes { out in
                Sodium.blake2b(message, key: RawSpan(), salt: Bytes(), label: .none, into: &out)
            }
            (high, low) = digest.withBytes { ($0.u64(0), $0.u64(8)) }
        }
    }

    private struct RowFolder: ~Copyable {
        private var folded = [UInt8](repeating: 0, count: 1024)

        mutating func key(_ chunk: RollChunk, _ row: Int, _ compared: Compared) -> Key {
            var message: [UInt8] = []
            for (i, column) in compared.places.enumerated() {
                let count = folded.withMutableBytes { out in
                    chunk.withField(row, column) {
                        Self.form($0, compared.kinds[i], compared.dates[i], into: &out)
                    }
                }
                guard let count, count > 0 else { return .none }
                message.appendWithLength(folded[..<count])
            }
            return message.withBytes { Key($0) }
        }

        private static func form(
            _ cell: borrowing RawSpan, _ kind: Question.Kind?, _ dates: DateColumn,
            into out: inout MutableRawSpan
        ) -> Int? {
            if let kind {
                var place = out._mutatingExtracting(0..<255)
                if let count = AnswerText.normalise(cell, as: kind, into: &place) { return count }
            } else if let form = dates.form(cell) {
                form.withBytes { out.copy($0) }
                return form.count
            }
            return AnswerText.fold(cell, into: &out)
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
