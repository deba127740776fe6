public import Counterfoil

/// The dry run: reads a roll to its end and reports what would go wrong, before
/// any key is made. Nothing is written, and no key is needed.
public struct RollCheck {
    /// How many faults the report lists.
    public static let listedFaults = 10
    /// How many repeated voter ids the report lists.
    public static let listedRepeats = 5

    /// A column that holds the answers to a question.
    public struct AnswerColumn: Sendable {
        public let question: String
        public let column: Int

        public init(question: String, column: Int) {
            self.question = question
            self.column = column
        }
    }

    /// Reads all rows of `reader`.
    ///
    /// `voter` is the column of the voter ids; without one, one is suggested.
    /// `readable` says whether a cell that is not empty can be read as an
    /// answer; it is given the place in `answers`, and the cell. For an election
    /// whose questions are given in order, that is `AnswerSheet.set`.
    ///
    /// - Throws: what is wrong with the file as a whole. Faults of rows are in
    ///   the report.
    public static func report<Source: ByteSource>(
        _ reader: inout RollReader<Source>, voter: Int?, answers: [AnswerColumn] = [],
        readable: (Int, borrowing RawSpan) -> Bool = { _, _ in true }
    ) throws(RollFault) -> RollReport {
        let names = reader.columns
        precondition(voter.map(names.indices.contains) ?? true)
        precondition(answers.allSatisfy { names.indices.contains($0.column) })
        var columns = names.indices.map { RollColumnCheck(keepsRepeats: $0 == voter) }
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
                columns[$0].voters(column: $0, isSuggestion: voter == nil)
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
                if RollText.trimmed(bytes, range).isEmpty {
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

extension RollText {
    /// A voter id is its cell without spaces and tabs around it.
    @inline(__always)
    static func trimmed(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes.byte(start) == 0x20 || bytes.byte(start) == 0x09 { start += 1 }
        while start < end, bytes.byte(end - 1) == 0x20 || bytes.byte(end - 1) == 0x09 { end -= 1 }
        return start..<end
    }
}
