internal import Counterfoil

/// A date of which a part is not known, as registers of births and old rolls have them:
/// `1980`, `05/1980`, `May 1980`, `00/05/1980`, `??.??.1980`, `1980-00-00`.
///
/// It is no answer: nobody can type it. A member with one can have a pack for post alone.
enum PartialDate {
    static func isOne(_ cell: borrowing RawSpan) -> Bool {
        guard let parts = parts(cell) else { return false }
        switch parts.count {
        case 1: return parts[0].isYear
        case 2:
            return parts[0].isYear && parts[1].isMonthOrUnknown
                || parts[1].isYear && parts[0].isMonthOrUnknown
        case 3:
            return parts.contains { $0 == .unknown }
                && parts.allSatisfy { $0 == .unknown || $0 == .month || $0.isYear || $0.isDay }
        default: return false
        }
    }

    private enum Part: Equatable {
        case number(Int, digits: Int)
        case month
        /// Zeros, question marks or crosses in place of a number.
        case unknown

        var isYear: Bool {
            if case .number(1800...2199, digits: 4) = self { true } else { false }
        }
        var isDay: Bool {
            if case .number(1...99, digits: 1...2) = self { true } else { false }
        }
        var isMonthOrUnknown: Bool {
            if case .number(1...12, digits: 1...2) = self { return true }
            return self == .month || self == .unknown
        }
    }

    /// Nil where a part is none of these.
    private static func parts(_ cell: borrowing RawSpan) -> [Part]? {
        guard cell.byteCount <= 20 else { return nil }
        let text = String(decoding: cell.array, as: UTF8.self).lowercased()
        var parts: [Part] = []
        for word in text.split(whereSeparator: { "/-., \t".contains($0) }) {
            guard let part = part(word) else { return nil }
            parts.append(part)
        }
        return parts
    }

    private static func part(_ word: Substring) -> Part? {
        if word.count <= 4,
            ["0", "?", "x"].contains(where: { mark in word.allSatisfy { String($0) == mark } })
        {
            return .unknown
        }
        if word.count <= 4, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(word) {
            return .number(number, digits: word.count)
        }
        let isMonth = word == "sept" || months.contains { $0 == word || $0.prefix(3) == word }
        return isMonth ? .month : nil
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]
}
