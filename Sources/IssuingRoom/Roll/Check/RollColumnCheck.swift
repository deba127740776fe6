internal import Counterfoil

/// What the dry run keeps of one column.
struct RollColumnCheck {
    typealias Tally = RollReport.Tally

    private var nonempty = 0
    private var empty = Tally()
    /// In Unicode scalars.
    private(set) var longest = 0
    private var ids: RollIDs
    private var findings = [Tally](repeating: Tally(), count: RollReport.Finding.Kind.allCases.count)
    /// Cells that look like dates.
    private var dates = 0
    /// Cells of digits alone, by how many; the last place is for all longer ones.
    private var digits = [Tally](repeating: Tally(), count: 34)

    /// - Parameter voterIDs: how voter ids are compared, where this is their column.
    /// - Parameter countsIDs: whether it is asked later if all cells differ.
    init(as voterIDs: VoterIDs?, countsIDs: Bool = true) {
        ids = RollIDs(as: voterIDs)
        if !countsIDs { ids.giveUp() }
    }

    /// Takes in the column's cells.
    mutating func see(_ chunk: RollChunk, _ column: Int) {
        chunk.withBytes { bytes in
            for row in 0..<chunk.count { see(bytes, chunk.range(row, column), chunk.lines[row]) }
        }
        ids.thinOut()
    }

    /// Whether no cell was empty and no two were alike.
    mutating func isDistinct() -> Bool { empty.count == 0 && ids.areDistinct() }

    func report(_ place: Int, of names: [String], isDistinct: Bool) -> RollReport.Column {
        let name = names[place]
        return RollReport.Column(
            name: name, hasUnseenName: RollColumns.hasUnseen(name),
            looksLike: names[..<place].firstIndex { RollColumns.lookAlike($0, name) }, empty: empty,
            longest: longest, isDistinct: isDistinct,
            findings: RollReport.Finding.Kind.allCases.compactMap { kind in
                let tally = findings[kind.place]
                guard tally.count > 0, kind != .dateAsNumber || isOfDates else { return nil }
                return RollReport.Finding(kind: kind, cells: tally)
            })
    }

    /// - Parameter named: ids that an officer decided about.
    mutating func voters(column: Int, isSuggestion: Bool, named: Set<[UInt8]>) -> RollReport.Voters {
        let (repeated, first) = ids.repeats(listing: RollCheck.listed)
        let alike = ids.coincidences(named: named, listing: RollCheck.listed)
        let (shortened, usual) = shortened()
        return RollReport.Voters(
            column: column, isSuggestion: isSuggestion, empty: empty, repeated: repeated,
            repeats: first, coinciding: alike.undecided, coincidences: alike.first,
            decided: alike.decided, shortened: shortened, usualDigits: usual)
    }

    /// Whether numbers of five digits here were dates once: nearly all other
    /// cells still are.
    private var isOfDates: Bool {
        let numbers = findings[RollReport.Finding.Kind.dateAsNumber.place].count
        return dates > 0 && (dates + numbers) * 10 >= nonempty * 9
    }

    /// Ids that may have lost zeros, and how many digits they should have.
    func shortened() -> (Tally, Int) {
        let all = digits.reduce(0) { $0 + $1.count }
        guard all == nonempty, findings[RollReport.Finding.Kind.leadingZeros.place].count == 0,
            let usual = digits.lastIndex(where: { $0.count > 0 }), usual < digits.count - 1,
            digits[usual].count * 2 > all, digits[usual].count < all
        else { return (Tally(), 0) }
        var shortened = Tally()
        shortened.lines = digits[..<usual].flatMap(\.lines).sorted()
        return (shortened, usual)
    }

    @inline(__always)
    private mutating func see(_ bytes: borrowing RawSpan, _ range: Range<Int>, _ line: UInt32) {
        // There are never more scalars than bytes, so this counts but rarely.
        if range.count > longest { longest = max(longest, RollCell.scalars(bytes, range)) }
        let cell = RollChunk.trimmed(bytes, range)
        guard !cell.isEmpty else {
            empty.add(line)
            ids.giveUp()
            return
        }
        nonempty += 1
        ids.add(bytes, cell, line)
        RollCellText.findings(bytes, range) { findings[$0.place].add(line) }
        switch bytes.byte(cell.lowerBound) {
        case 0x30...0x39:
            let (finding, digitCount, isDate) = RollCell.number(bytes, cell)
            if let finding { findings[finding.place].add(line) }
            if digitCount > 0 { digits[min(digitCount, digits.count - 1)].add(line) }
            if isDate { dates += 1 }
        case 0x23:
            if let finding = RollCell.hash(bytes, cell) { findings[finding.place].add(line) }
        case 0x3D, 0x2B, 0x2D, 0x40:
            // After a space it is text, and a dash alone is a dash.
            guard cell.lowerBound == range.lowerBound, cell.count > 1 else { break }
            findings[RollReport.Finding.Kind.formula.place].add(line)
        default: break
        }
    }
}

extension RollReport.Finding.Kind {
    fileprivate var place: Int {
        switch self {
        case .roundedNumber: 0
        case .dateAsNumber: 1
        case .hashes: 2
        case .errorValue: 3
        case .leadingZeros: 4
        case .longNumber: 5
        case .exponent: 6
        case .formula: 7
        case .lostLetter: 8
        case .encodedTwice: 9
        case .webText: 10
        case .lineBreak: 11
        case .unseen: 12
        }
    }
}

/// What a spreadsheet would see in a cell.
private enum RollCell {
    static func scalars(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int {
        var count = 0
        for i in range where bytes.byte(i) & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// Of a cell that begins with a digit: what is wrong with it, how many
    /// digits it has if it has nothing else, and whether it looks like a date.
    static func number(
        _ bytes: borrowing RawSpan, _ cell: Range<Int>
    ) -> (RollReport.Finding.Kind?, digits: Int, isDate: Bool) {
        let end = cell.upperBound
        var at = digits(bytes, cell)
        let count = at - cell.lowerBound
        if at == end {
            let hasZero = bytes.byte(cell.lowerBound) == 0x30
            if hasZero, count > 1 { return (.leadingZeros, count, false) }
            if count > 15 { return (.longNumber, count, false) }
            return (count == 5 ? .dateAsNumber : nil, count, false)
        }
        var hasFraction = false
        if bytes.byte(at) == 0x2E {
            let next = digits(bytes, at + 1..<end)
            guard next > at + 1 else { return (nil, 0, false) }
            if next < end, bytes.byte(next) | 0x20 == 0x65 {
                hasFraction = true
                at = next
            }
        }
        if bytes.byte(at) | 0x20 == 0x65 {
            let isCapital = bytes.byte(at) == 0x45
            var exponent = at + 1
            var sign: UInt8 = 0
            if exponent < end, bytes.byte(exponent) == 0x2B || bytes.byte(exponent) == 0x2D {
                sign = bytes.byte(exponent)
                exponent += 1
            }
            guard exponent < end, digits(bytes, exponent..<end) == end else { return (nil, 0, false) }
            // 9E+08 and 9.17E+08 are how spreadsheets write; 12E5 is not.
            return (count == 1 && isCapital && sign == 0x2B ? .roundedNumber : .exponent, 0, false)
        }
        return (nil, 0, !hasFraction && isDate(bytes, cell))
    }

    /// Three numbers with the same mark between them, and perhaps a time of
    /// day: 03/04/1965, 1965-04-03 00:00.
    private static func isDate(_ bytes: borrowing RawSpan, _ cell: Range<Int>) -> Bool {
        var at = digits(bytes, cell)
        guard at - cell.lowerBound <= 4, at < cell.upperBound else { return false }
        let mark = bytes.byte(at)
        guard mark == 0x2F || mark == 0x2D || mark == 0x2E else { return false }
        let month = at + 1
        at = digits(bytes, month..<cell.upperBound)
        guard (1...2).contains(at - month), at < cell.upperBound, bytes.byte(at) == mark else { return false }
        let last = at + 1
        at = digits(bytes, last..<cell.upperBound)
        guard (1...4).contains(at - last) else { return false }
        return at == cell.upperBound || bytes.byte(at) == 0x20 || bytes.byte(at) == 0x54
    }

    /// Of a cell that begins with `#`.
    static func hash(_ bytes: borrowing RawSpan, _ cell: Range<Int>) -> RollReport.Finding.Kind? {
        if cell.count >= 3, cell.allSatisfy({ bytes.byte($0) == 0x23 }) { return .hashes }
        let text = String(decoding: bytes.extracting(cell.prefix(9)).array, as: UTF8.self)
        return errors.contains(text) ? .errorValue : nil
    }

    private static let errors: Set = [
        "#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    ]

    /// After the digits that `range` begins with.
    @inline(__always)
    private static func digits(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int {
        var at = range.lowerBound
        while at < range.upperBound, bytes.byte(at) >= 0x30, bytes.byte(at) <= 0x39 { at += 1 }
        return at
    }
}
