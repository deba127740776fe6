internal import IssuingRoom

extension RollReport {
    /// How many faults of rows the text shows.
    private static let shownFaults = 10
    /// How many pairs of lines the text shows.
    private static let shownPairs = 5

    var text: String {
        var lines = [
            "\(counted(rows, "row")), \(counted(columns.count, "column")); \(format.encoding.rawValue)\(format.hasByteOrderMark ? " with byte order mark" : ""), separated by \(format.separator), lines end \(format.lineEnd.rawValue)"
        ]
        let names = columns.map { shown($0.name, atMost: 60) }
        let width = min(32, names.map(\.count).max() ?? 0)
        for (i, name) in names.enumerated() {
            let padding = String(repeating: " ", count: max(0, width - name.count))
            lines.append("  \(name)\(padding)  \(notes(i).joined(separator: ", "))")
        }
        lines += voterLines
        lines += remarks().map(\.text)
        for fault in faults.prefix(Self.shownFaults) { lines.append("fault: \(fault.sentence)") }
        if faultCount > Self.shownFaults {
            lines.append("and \(counted(faultCount - Self.shownFaults, "more fault", "more faults"))")
        }
        return lines.joined(separator: "\n")
    }

    private func notes(_ place: Int) -> [String] {
        let column = columns[place]
        var notes = ["longest \(column.longest)"]
        if column.empty.count > 0 { notes.append("\(grouped(column.empty.count)) empty") }
        if let voters, voters.column == place {
            notes.append(voters.isSuggestion ? "could be the voter id" : "voter id")
        }
        for answer in answers where answer.column == place {
            notes.append("answers \(quoted(answer.question))")
        }
        if printed?.columns.contains(where: { $0.column == place }) ?? false { notes.append("printed") }
        return notes
    }

    private var voterLines: [String] {
        guard let voters, !voters.isSuggestion else { return [] }
        var lines: [String] = []
        if voters.repeated > 0 {
            lines.append(
                "fault: \(grouped(voters.repeated)) repeated voter \(voters.repeated == 1 ? "id" : "ids"): \(Self.pairs(voters.repeats, of: voters.repeated))"
            )
        }
        if voters.coinciding > 0 {
            lines.append(
                "fault: \(counted(voters.coinciding, "voter id")) may be another one, written otherwise: \(Self.pairs(voters.coincidences, of: voters.coinciding)); if both are one member's, correct the roll; otherwise list them with --doubles FILE, decide each, and give the list with --decided"
            )
        }
        if voters.decided > 0 {
            lines.append(
                "decided: \(counted(voters.decided, "voter id")) that may be another one, written otherwise"
            )
        }
        return lines
    }

    /// "lines 2 and 3, lines 5 and 9, …".
    private static func pairs(_ some: [Repeated], of count: Int) -> String {
        some.prefix(shownPairs).map { "lines \($0.firstLine) and \($0.line)" }.joined(separator: ", ")
            + (count > shownPairs ? ", …" : "")
    }
}
