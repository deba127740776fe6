/// A date as people type it, in any of the ways that vectors/README.md,
/// section 10, takes: 2/3/79, 2 March 1979, 02-03-1979, March 2nd, 1979,
/// 1979-03-02 00:00:00, 020379.
struct DateText {
    private let year: Int
    private let month: Int
    private let day: Int

    /// Nil where it is no date. The input is UTF-8.
    init?(_ typed: borrowing RawSpan, order: Question.DateOrder, latestYear: Int) {
        guard var tokens = Tokens(typed), tokens.dropFillers() else { return nil }
        tokens.cutCompact(order)
        guard tokens.count >= 3, tokens.isMidnight(from: 3) else { return nil }

        // Which of the three is the month's name, if any.
        var month: Int?
        var numbers: [Token] = []
        for i in 0..<3 {
            switch tokens[i] {
            case .word(let word):
                guard month == nil, let named = Self.monthNamed(word) else { return nil }
                month = named
            case .number: numbers.append(tokens[i])
            }
        }

        let yearToken: Token
        let dayToken: Token
        if let month {
            let first = numbers[0].looksLikeYear
            let second = numbers[1].looksLikeYear
            guard !(first && second) else { return nil }
            (yearToken, dayToken) = first ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
            self.month = month
        } else {
            let monthToken: Token
            switch numbers[0].digits == 4 ? .ymd : order {
            case .ymd: (yearToken, monthToken, dayToken) = (numbers[0], numbers[1], numbers[2])
            case .dmy: (dayToken, monthToken, yearToken) = (numbers[0], numbers[1], numbers[2])
            case .mdy: (monthToken, dayToken, yearToken) = (numbers[0], numbers[1], numbers[2])
            }
            guard let month = monthToken.dayOrMonth else { return nil }
            self.month = month
        }
        guard let day = dayToken.dayOrMonth, let year = yearToken.year(latest: latestYear),
            (1800...2199).contains(year), (1...12).contains(self.month),
            (1...Self.days(in: self.month, of: year)).contains(day)
        else { return nil }
        self.day = day
        self.year = year
    }

    /// `YYYY-MM-DD`, ten bytes.
    func write(into out: inout MutableRawSpan) -> Int {
        var place = 0
        func put(_ byte: Int) {
            out.put(UInt8(byte), at: place)
            place += 1
        }
        for divisor in [1000, 100, 10, 1] { put(0x30 + year / divisor % 10) }
        put(0x2D)
        put(0x30 + month / 10)
        put(0x30 + month % 10)
        put(0x2D)
        put(0x30 + day / 10)
        put(0x30 + day % 10)
        return place
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private static let months: [StaticString] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]

    private static func monthNamed(_ word: Word) -> Int? {
        if word == "sept" { return 9 }
        return months.firstIndex { word == $0 || word.isFirstThree(of: $0) }.map { $0 + 1 }
    }
}

/// A run of digits or of letters.
private enum Token {
    /// Its value and how many digits it had; at most nine digits.
    case number(Int, digits: Int)
    case word(Word)

    var digits: Int? {
        if case .number(_, let digits) = self { digits } else { nil }
    }

    /// Beside a month's name, three digits or more, or a number above 31, are the year.
    var looksLikeYear: Bool {
        if case .number(let value, let digits) = self { digits >= 3 || value > 31 } else { false }
    }

    var dayOrMonth: Int? {
        if case .number(let value, 1...2) = self { value } else { nil }
    }

    /// Two digits mean a year of the hundred that end with `latest`.
    func year(latest: Int) -> Int? {
        switch self {
        case .number(let value, 4): value
        case .number(let value, 2): latest - ((latest - value) % 100 + 100) % 100
        default: nil
        }
    }
}

/// A word of up to twelve lower-case letters, in place; longer ones are cut,
/// and equal nothing.
private struct Word {
    private var letters = InlineArray<12, UInt8>(repeating: 0)
    private var count = 0

    mutating func append(_ letter: UInt8) {
        if count < 12 { letters[count] = letter }
        count += 1
    }

    static func == (word: Word, text: StaticString) -> Bool {
        word.count == text.utf8CodeUnitCount && word.begins(text, word.count)
    }

    func isFirstThree(of text: StaticString) -> Bool { count == 3 && begins(text, 3) }

    private func begins(_ text: StaticString, _ length: Int) -> Bool {
        guard length <= 12 else { return false }
        return text.withUTF8Buffer { text in
            (0..<length).allSatisfy { unsafe letters[$0] == text[$0] }
        }
    }
}

/// The tokens of a date, at most twelve, so that none of them is a novel.
private struct Tokens {
    private var tokens: [Token] = []

    var count: Int { tokens.count }
    subscript(index: Int) -> Token { tokens[index] }

    /// Nil where the text has something that no date has.
    init?(_ typed: borrowing RawSpan) {
        var number: (value: Int, digits: Int)?
        var word: Word?
        func flush(_ tokens: inout [Token]) {
            if let found = number { tokens.append(.number(found.value, digits: found.digits)) }
            if let found = word { tokens.append(.word(found)) }
            number = nil
            word = nil
        }
        var scalars = Scalars(typed.byteCount)
        while let scalar = scalars.next(typed) {
            switch scalar {
            case 0x30...0x39:
                if word != nil { flush(&tokens) }
                let before = number ?? (0, 0)
                guard before.digits < 9 else { return nil }
                number = (before.value * 10 + Int(scalar - 0x30), before.digits + 1)
            case 0x41...0x5A, 0x61...0x7A:
                if number != nil { flush(&tokens) }
                var letters = word ?? Word()
                letters.append(UInt8(scalar | 0x20))
                word = letters
            case 0x20, 0x09, 0x0D, 0x0A, 0x2F, 0x2D, 0x2E, 0x2C, 0x27, 0x3A, 0x2B, 0xA0, 0x202F,
                0x2010...0x2015, 0x2212:
                flush(&tokens)
            default: return nil
            }
        }
        flush(&tokens)
        guard tokens.count <= 12 else { return nil }
    }

    private static let weekdays: [StaticString] = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    /// Drops `of`, `the`, weekdays, and the ending of `2nd`.
    mutating func dropFillers() -> Bool {
        var kept: [Token] = []
        var behindNumber = false
        for token in tokens {
            guard case .word(let word) = token else {
                kept.append(token)
                behindNumber = true
                continue
            }
            let ordinal = behindNumber && (word == "st" || word == "nd" || word == "rd" || word == "th")
            behindNumber = false
            let filler =
                word == "of" || word == "the" || word == "tues" || word == "weds" || word == "thur"
                || word == "thurs"
                || Self.weekdays.contains { word == $0 || word.isFirstThree(of: $0) }
            if !ordinal && !filler { kept.append(token) }
        }
        tokens = kept
        return !kept.isEmpty
    }

    /// Cuts a first token of eight or six digits into three.
    mutating func cutCompact(_ order: Question.DateOrder) {
        guard case .number(let value, let digits) = tokens[0], digits == 8 || digits == 6 else { return }
        let yearDigits = digits - 4
        let pieces: [Token]
        if order == .ymd {
            pieces = [
                .number(value / 10000, digits: yearDigits), .number(value / 100 % 100, digits: 2),
                .number(value % 100, digits: 2),
            ]
        } else {
            let scale = digits == 8 ? 10000 : 100
            pieces = [
                .number(value / (scale * 100), digits: 2), .number(value / scale % 100, digits: 2),
                .number(value % scale, digits: yearDigits),
            ]
        }
        tokens.replaceSubrange(0..<1, with: pieces)
    }

    /// Whether what follows is nothing, or a time of day that is all zeros, as
    /// databases export a date.
    func isMidnight(from start: Int) -> Bool {
        tokens[start...].allSatisfy { token in
            switch token {
            case .number(let value, _): value == 0
            case .word(let word): word == "t" || word == "z"
            }
        }
    }
}
