public import Counterfoil

/// The dry run: reads a roll to its end and reports what would go wrong, before
/// any key is made. Nothing is written, and no key is needed.
public enum RollCheck {
    /// How many faults the report lists.
    package static let listedFaults = 10
    /// How many repeated voter ids the report lists.
    package static let listedRepeats = 5

    /// Reads all rows of a roll.
    ///
    /// - Parameters:
    ///   - roll: the roll, from its beginning.
    ///   - options: how the roll is written.
    ///   - voter: the column of the voter ids; without one, one is suggested.
    ///   - answers: the columns of the answers. A question of the election that is
    ///     not named here takes the column of its own name.
    ///   - election: judges whether answers can be read; without it they are only
    ///     counted, and voter ids are compared as if case did not count.
    ///   - decided: what an officer decided about members who may be one person.
    /// - Throws: what is wrong with the file as a whole, or with the columns.
    ///   Faults of rows are in the report.
    public static func report(
        of roll: some ByteSource, _ options: RollOptions = RollOptions(), voter: String? = nil,
        answers: [AnswerColumn] = [], election: Election? = nil, decided: Decisions? = nil
    ) throws(RollError) -> RollReport {
        var reader = try reader(roll, options)
        let columns = RollColumns(reader.columns)
        let answers = try places(of: answers, election, in: columns)
        let voterPlace: Int?
        do throws(RollColumnError) {
            voterPlace = if let voter { try columns.index(of: voter) } else { nil }
        } catch { throw .column(error) }
        var sheet = election.map { AnswerSheet($0) }
        let questions = answers.map { answer in
            election?.questions.firstIndex { $0.name.isByteForByte(answer.question) }
        }
        do {
            return try report(
                &reader, voter: voterPlace, as: election?.voterIDs ?? .anyCase,
                named: decided?.named ?? [], answers: answers
            ) { place, cell in
                guard let question = questions[place] else { return true }
                return sheet?.set(question, cell) ?? true
            }
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

        package init(question: String, column: Int) {
            self.question = question
            self.column = column
        }
    }

    /// Those that are named, and then those of the election's other questions.
    private static func places(
        of named: [AnswerColumn], _ election: Election?, in columns: RollColumns
    ) throws(RollError) -> [AnswerPlace] {
        for answer in named { try election?.refuseUnasked(answer.question) }
        var all = named
        for question in election?.questions ?? []
        where !named.contains(where: { $0.question.isByteForByte(question.name) }) {
            all.append(AnswerColumn(question: question.name, column: question.name))
        }
        var places: [AnswerPlace] = []
        do {
            for answer in all {
                places.append(
                    AnswerPlace(question: answer.question, column: try columns.index(of: answer.column)))
            }
        } catch { throw .column(error) }
        return places
    }

    /// Reads all rows of `reader`.
    ///
    /// `readable` says whether a cell that is not empty can be read as an
    /// answer; it is given the place in `answers`, and the cell.
    package static func report<Source: ByteSource>(
        _ reader: inout RollReader<Source>, voter: Int?, as voterIDs: VoterIDs = .anyCase,
        named: Set<[UInt8]> = [], answers: [AnswerPlace] = [],
        readable: (Int, borrowing RawSpan) -> Bool = { _, _ in true }
    ) throws(RollFault) -> RollReport {
        let names = reader.columns
        precondition(voter.map(names.indices.contains) ?? true)
        precondition(answers.allSatisfy { names.indices.contains($0.column) })
        var columns = names.indices.map { RollColumnCheck(as: $0 == voter ? voterIDs : nil) }
        var judged = answers.map { _ in (empty: RollReport.Tally(), unreadable: RollReport.Tally()) }
        var faults: [RollFault] = []
        var faultCount = 0
        var rows = 0
        while let chunk = try reader.next(onFault: { fault in
            if faults.count < listedFaults { faults.append(fault) }
            faultCount += 1
        }) {
            rows += chunk.count
            for column in columns.indices { columns[column].see(chunk, column) }
            for (i, answer) in answers.enumerated() {
                judge(&judged[i], chunk, answer.column) { readable(i, $0) }
            }
        }
        let distinct = columns.indices.map { rows > 0 && columns[$0].isDistinct() }
        return RollReport(
            format: reader.format, rows: rows,
            columns: names.indices.map { columns[$0].report(name: names[$0], isDistinct: distinct[$0]) },
            voters: (voter ?? suggestion(columns, distinct)).map {
                columns[$0].voters(column: $0, isSuggestion: voter == nil, named: named)
            },
            answers: zip(answers, judged).map {
                RollReport.Answer(
                    question: $0.question, column: $0.column, empty: $1.empty, unreadable: $1.unreadable)
            },
            faults: faults, faultCount: faultCount)
    }

    private static func judge(
        _ tallies: inout (empty: RollReport.Tally, unreadable: RollReport.Tally), _ chunk: RollChunk,
        _ column: Int, _ readable: (borrowing RawSpan) -> Bool
    ) {
        chunk.withBytes { bytes in
            for row in 0..<chunk.count {
                let range = chunk.range(row, column)
                if RollChunk.trimmed(bytes, range).isEmpty {
                    tallies.empty.add(chunk.lines[row])
                } else if !readable(bytes.extracting(range)) {
                    tallies.unreadable.add(chunk.lines[row])
                }
            }
        }
    }

    /// The first column without an empty or repeated cell, unless its values
    /// are too long for ids, as e-mail addresses or notes would be.
    private static func suggestion(_ columns: [RollColumnCheck], _ distinct: [Bool]) -> Int? {
        columns.indices.first { distinct[$0] && columns[$0].longest <= 40 }
    }
}
