public import Counterfoil

/// The dry run: reads a roll to its end and reports what would go wrong, before
/// any key is made. Nothing is written, and no key is needed.
public enum RollCheck {
    /// How many faulty rows, repeated ids and coinciding ids the report lists.
    package static let listed = 100_000

    /// Reads all rows of a roll.
    ///
    /// - Parameters:
    ///   - roll: the roll, from its beginning.
    ///   - options: how the roll is written.
    ///   - voter: the column of the voter ids; without one, one is suggested.
    ///   - answers: the columns of the answers. A question of the election that is
    ///     not named here takes the column of its own name.
    ///   - printed: the columns that will be printed.
    ///   - election: judges whether answers can be read; without it they are only
    ///     counted, and voter ids are compared as if case did not count.
    ///   - decided: what an officer decided about members who may be one person.
    ///   - today: the day of the check, `YYYY-MM-DD`. Dates after it, and those of 120
    ///     years before it and earlier, are implausible. Without it no date is.
    /// - Throws: what is wrong with the file as a whole, or with the columns.
    ///   Faults of rows are in the report.
    public static func report(
        of roll: some ByteSource, _ options: RollOptions = RollOptions(), voter: String? = nil,
        answers: [AnswerColumn] = [], printed: [String] = [], election: Election? = nil,
        decided: Decisions? = nil, today: String? = nil
    ) throws(RollError) -> RollReport {
        var reader = try reader(roll, options)
        let columns = RollColumns(reader.columns)
        let answers = try places(of: answers, election, in: columns)
        let voterPlace: Int?
        let printedPlaces: [Int]
        do throws(RollColumnError) {
            voterPlace = if let voter { try columns.index(of: voter) } else { nil }
            printedPlaces = try columns.indices(of: printed)
        } catch { throw .column(error) }
        do {
            return try report(
                &reader, voter: voterPlace, as: election?.voterIDs ?? .anyCase,
                named: decided?.named ?? [], answers: answers, printed: printedPlaces, today: today)
        } catch { throw .fault(error) }
    }

    private static func reader<Source: ByteSource>(
        _ roll: Source, _ options: RollOptions
    ) throws(RollError) -> RollReader<Source> {
        do { return try RollReader(roll, options) } catch { throw .fault(error) }
    }

    /// A column that holds the answers to a question, by its place from 0.
    package struct AnswerPlace: Sendable {
        package let question: String
        package let column: Int
        /// How the column is read: as the election asks, or in an order of its own. Nil
        /// where no election is known.
        package let kind: Question.Kind?

        package init(question: String, column: Int, as kind: Question.Kind? = nil) {
            self.question = question
            self.column = column
            self.kind = kind
        }
    }

    /// Those that are named, and then those of the election's other questions.
    private static func places(
        of named: [AnswerColumn], _ election: Election?, in columns: RollColumns
    ) throws(RollError) -> [AnswerPlace] {
        for answer in named { try election?.check(answer) }
        var all = named
        for question in election?.questions ?? []
        where !named.contains(where: { $0.question.isByteForByte(question.name) }) {
            all.append(AnswerColumn(question: question.name, column: question.name))
        }
        var places: [AnswerPlace] = []
        do {
            for answer in all {
                places.append(
                    AnswerPlace(
                        question: answer.question, column: try columns.index(of: answer.column),
                        as: election?.questions.first { $0.name.isByteForByte(answer.question) }?.kind(
                            inOrder: answer.order)))
            }
        } catch { throw .column(error) }
        return places
    }

    /// Reads all rows of `reader`.
    package static func report<Source: ByteSource>(
        _ reader: inout RollReader<Source>, voter: Int?, as voterIDs: VoterIDs = .anyCase,
        named: Set<[UInt8]> = [], answers: [AnswerPlace] = [], printed: [Int] = [], today: String? = nil
    ) throws(RollFault) -> RollReport {
        let names = reader.columns
        precondition(voter.map(names.indices.contains) ?? true)
        precondition((answers.map(\.column) + printed).allSatisfy { names.indices.contains($0) })
        var columns = names.indices.map { RollColumnCheck(as: $0 == voter ? voterIDs : nil) }
        var judged = answers.map { RollAnswerCheck($0, today: today) }
        var printedCheck = RollPrintedCheck(printed)
        var faults: [RollFault] = []
        var faultCount = 0
        var rows = 0
        while let chunk = try reader.next(onFault: { fault in
            if faults.count < listed { faults.append(fault) }
            faultCount += 1
        }) {
            rows += chunk.count
            for column in columns.indices { columns[column].see(chunk, column) }
            for i in judged.indices { judged[i].see(chunk) }
            printedCheck?.see(chunk)
        }
        let distinct = columns.indices.map { rows > 0 && columns[$0].isDistinct() }
        return RollReport(
            format: reader.format, rows: rows,
            columns: names.indices.map { columns[$0].report($0, of: names, isDistinct: distinct[$0]) },
            voters: (voter ?? suggestion(columns, distinct)).map {
                columns[$0].voters(column: $0, isSuggestion: voter == nil, named: named)
            },
            answers: zip(answers, judged).map { $1.report(columns[$0.column]) },
            printed: printedCheck?.report(of: rows), faults: faults, faultCount: faultCount)
    }

    /// The first column without an empty or repeated cell, unless its values
    /// are too long for ids, as e-mail addresses or notes would be.
    private static func suggestion(_ columns: [RollColumnCheck], _ distinct: [Bool]) -> Int? {
        columns.indices.first { distinct[$0] && columns[$0].longest <= 40 }
    }
}
