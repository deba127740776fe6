internal import Counterfoil

/// What the dry run keeps of the answers to one question.
struct RollAnswerCheck {
    private var found: RollReport.Answer
    /// Nil where no election is known: then answers are only counted.
    private let kind: Question.Kind?
    /// `YYYY-MM-DD`.
    private let today: [UInt8]?
    private let oldest: [UInt8]?

    private var form = [UInt8](repeating: 0, count: 255)
    private var readable = 0
    /// Unreadable dates that these orders read.
    private var others: [Question.DateOrder: Int] = [:]
    /// Readable dates that no other order reads: with the month after the twelfth.
    private var decided = 0
    /// Equal answers, by a hash: how many, and the first line.
    private var values: [UInt64: (count: Int, line: UInt32)] = [:]

    /// Beyond so many different answers none that comes first now is common.
    private static let mostValues = 1 << 20

    /// - Parameter today: the day of the check, `YYYY-MM-DD`; without one no date is
    ///   implausible.
    init(_ place: RollCheck.AnswerPlace, today: String?) {
        found = RollReport.Answer(question: place.question, column: place.column)
        kind = place.kind
        self.today = today.map { Array($0.utf8) }
        oldest = today.flatMap { day in
            Int(day.prefix(4)).map { Array("\($0 - 120)\(day.dropFirst(4))".utf8) }
        }
    }

    /// The place of the column, from 0.
    var column: Int { found.column }

    mutating func see(_ chunk: RollChunk) {
        chunk.withBytes { bytes in
            for row in 0..<chunk.count {
                see(bytes, chunk.range(row, found.column), chunk.lines[row])
            }
        }
    }

    private mutating func see(_ bytes: borrowing RawSpan, _ range: Range<Int>, _ line: UInt32) {
        let cell = RollChunk.trimmed(bytes, range)
        guard !cell.isEmpty else { return found.empty.add(line) }
        guard let kind else { return }
        guard let count = normalise(bytes.extracting(range), kind) else {
            found.unreadable.add(line)
            return seeUnreadable(bytes.extracting(range), kind, line)
        }
        if RollPlaceholder.isOne(bytes, cell) { found.placeholders.add(line) }
        readable += 1
        if case .date = kind { seeDate(bytes, cell, line) }
        let hash = Self.hash(form[..<count])
        if let value = values[hash] {
            values[hash] = (value.count + 1, value.line)
        } else if values.count < Self.mostValues {
            values[hash] = (1, line)
        }
    }

    private mutating func normalise(_ cell: borrowing RawSpan, _ kind: Question.Kind) -> Int? {
        form.withMutableBytes { AnswerText.normalise(cell, as: kind, into: &$0) }
    }

    private mutating func seeUnreadable(_ cell: borrowing RawSpan, _ kind: Question.Kind, _ line: UInt32) {
        guard case .date(let order, let latestYear) = kind else { return }
        for other in Question.DateOrder.allCases where other != order {
            if normalise(cell, .date(other, latestYear: latestYear)) != nil { others[other, default: 0] += 1 }
        }
        if RollCellDate.isSerial(cell) { found.serials += 1 }
        if PartialDate.isOne(cell) { found.partial.add(line) }
    }

    /// Its normal form is in `form`.
    private mutating func seeDate(_ bytes: borrowing RawSpan, _ cell: Range<Int>, _ line: UInt32) {
        let date = form[..<10]
        if let today, today.lexicographicallyPrecedes(date) { found.future.add(line) }
        if let oldest, !oldest.lexicographicallyPrecedes(date) { found.ancient.add(line) }
        if date[8] > 0x31 || date[8] == 0x31 && date[9] > 0x32, RollCellDate.hasOrder(bytes, cell) {
            decided += 1
        }
    }

    /// - Parameter column: of the same cells.
    func report(_ column: RollColumnCheck) -> RollReport.Answer {
        var report = found
        if let most = others.max(by: { $0.value < $1.value }), most.value > 0 {
            report.otherOrder = RollReport.OtherOrder(
                order: most.key, count: most.value,
                isContradicted: decided > 0)
        }
        if let most = values.values.max(by: { ($0.count, $1.line) < ($1.count, $0.line) }),
            most.count >= 10, most.count * share > readable
        {
            report.common = RollReport.Common(count: most.count, firstLine: Int(most.line))
        }
        switch kind {
        case .digits, .postcode, .text: (report.shortened, report.usualDigits) = column.shortened()
        case .date, nil: break
        }
        return report
    }

    /// One answer is too common if ten members have it, and one in so many.
    private var share: Int {
        switch kind {
        case .date: 200
        case .digits: 50
        case .postcode: 20
        case .text, nil: 3
        }
    }

    /// FNV-1a: to count, not to tell anything apart for good.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}

/// How a date is written in a cell.
enum RollCellDate {
    /// Whether it is numbers alone and does not begin with the year, so that its order
    /// has to be known.
    static func hasOrder(_ bytes: borrowing RawSpan, _ cell: Range<Int>) -> Bool {
        var digits = 0
        var isFirst = true
        for i in cell {
            let byte = bytes.byte(i)
            if byte >= 0x30, byte <= 0x39 {
                if isFirst { digits += 1 }
            } else if byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A {
                return false
            } else {
                isFirst = false
            }
        }
        return digits <= 2
    }

    /// Five digits and no more: how a spreadsheet keeps days since 1900.
    static func isSerial(_ cell: borrowing RawSpan) -> Bool {
        let range = RollChunk.trimmed(cell, 0..<cell.byteCount)
        guard range.count == 5 else { return false }
        for i in range where cell.byte(i) < 0x30 || cell.byte(i) > 0x39 { return false }
        return true
    }
}
