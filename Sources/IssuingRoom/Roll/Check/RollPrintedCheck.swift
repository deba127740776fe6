internal import Counterfoil

/// What the dry run keeps of the columns that are printed.
struct RollPrintedCheck {
    private var found: RollReport.Printed

    /// Nil where nothing of the roll is printed.
    init?(_ columns: [Int]) {
        guard !columns.isEmpty else { return nil }
        found = RollReport.Printed(columns: columns.map { RollReport.Printed.Gaps(column: $0) })
    }

    mutating func see(_ chunk: RollChunk) {
        chunk.withBytes { bytes in
            for row in 0..<chunk.count {
                var isBlank = true
                for i in found.columns.indices {
                    let cell = RollChunk.trimmed(bytes, chunk.range(row, found.columns[i].column))
                    if cell.isEmpty || RollPlaceholder.isOne(bytes, cell) {
                        found.columns[i].cells.add(chunk.lines[row])
                    } else {
                        isBlank = false
                    }
                }
                if isBlank { found.blank.add(chunk.lines[row]) }
            }
        }
    }

    func report(of rows: Int) -> RollReport.Printed {
        var report = found
        for i in report.columns.indices {
            let count = report.columns[i].cells.count
            report.columns[i].isUnusual = count > 0 && (count * 20 < rows || count == rows)
        }
        return report
    }
}
