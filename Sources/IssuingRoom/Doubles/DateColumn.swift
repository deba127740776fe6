internal import Counterfoil

/// How a column has its dates, as far as its own cells show it: 23/02/1980 has the day in
/// front, and then 01/02/1980 is the first of February. A date with the year in front is
/// read in any column.
///
/// For columns that answer no question: of those the election says how they are read.
struct DateColumn {
    private var orders: Set<Question.DateOrder> = []

    /// Takes in a cell, of a first reading.
    mutating func see(_ cell: borrowing RawSpan) {
        guard let (numbers, digits) = Self.numbers(cell), digits < 3 else { return }
        if numbers[0] > 31 {
            orders.insert(.ymd)
        } else if numbers[0] > 12 {
            orders.insert(.dmy)
        } else if numbers[1] > 12, numbers[1] <= 31 {
            orders.insert(.mdy)
        }
    }

    /// Of a date in numbers: year without its century, month, day. Where the column shows no
    /// order, or two, the numbers from the smallest: such dates may be one.
    func form(_ cell: borrowing RawSpan) -> [UInt8]? {
        guard let (numbers, digits) = Self.numbers(cell) else { return nil }
        let (first, second, third) = (numbers[0] % 100, numbers[1] % 100, numbers[2] % 100)
        let form =
            switch orders.count == 1 ? orders.first : nil {
            case .dmy: digits > 2 ? [first, second, third] : [third, second, first]
            case .mdy: digits > 2 ? [first, second, third] : [third, first, second]
            case .ymd: [first, second, third]
            case nil: [first, second, third].sorted()
            }
        return form.map { UInt8($0) }
    }

    /// Three numbers with one mark between them, and how many digits the first has.
    private static func numbers(_ cell: borrowing RawSpan) -> ([Int], digits: Int)? {
        let range = RollChunk.trimmed(cell, 0..<cell.byteCount)
        guard range.count >= 6, range.count <= 10 else { return nil }
        var numbers: [Int] = []
        var (digits, ofFirst) = (0, 0)
        var mark: UInt8?
        for i in range {
            let byte = cell.byte(i)
            if byte >= 0x30, byte <= 0x39 {
                if digits == 0 { numbers.append(0) }
                digits += 1
                guard digits <= 4, let last = numbers.indices.last else { return nil }
                numbers[last] = numbers[last] * 10 + Int(byte - 0x30)
                if last == 0 { ofFirst = digits }
            } else {
                let isMark = byte == 0x2F || byte == 0x2D || byte == 0x2E || byte == 0x20
                guard isMark, digits > 0, mark == nil || mark == byte else { return nil }
                mark = byte
                digits = 0
            }
        }
        return numbers.count == 3 && digits > 0 ? (numbers, ofFirst) : nil
    }
}
