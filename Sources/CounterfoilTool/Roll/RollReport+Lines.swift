internal import IssuingRoom

extension RollReport {
    /// Every line that something is to be said about, as a table: `line`, `grade`, `column`,
    /// `remark`. In the order of the lines; no value of the roll is in it.
    var lineTable: [UInt8] {
        var rows: [(line: Int, text: String)] = []
        func add(_ line: Int, _ grade: RollRemark.Grade, _ column: String?, _ what: String) {
            rows.append((line, "\(line),\(grade.rawValue),\(csvField(column ?? "")),\(csvField(what))"))
        }
        for fault in faults { add(fault.line, .fault, nil, fault.sentence) }
        if let voters, !voters.isSuggestion {
            let name = shown(columns[voters.column].name, atMost: 60)
            for pair in voters.repeats {
                add(pair.line, .fault, name, "the voter id of line \(pair.firstLine) again")
            }
            for pair in voters.coincidences {
                add(
                    pair.line, .fault, name,
                    "may be the voter id of line \(pair.firstLine), written otherwise")
            }
        }
        for remark in remarks() {
            for line in remark.lines { add(Int(line), remark.grade, remark.column, remark.lineText) }
        }
        rows.sort { $0.line < $1.line }
        return Array("line,grade,column,remark\r\n".utf8) + rows.flatMap { Array("\($0.text)\r\n".utf8) }
    }
}
