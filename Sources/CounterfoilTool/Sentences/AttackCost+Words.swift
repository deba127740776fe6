internal import IssuingRoom

extension AttackCost {
    /// "828 years with one processor, 302 days with a thousand".
    var words: String {
        "\(Self.text(seconds)) with one processor, \(Self.text(seconds / 1000)) with a thousand"
    }

    private static func text(_ seconds: Double) -> String {
        let units: [(Double, String)] = [
            (365.25 * 86400, "years"), (86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"),
        ]
        let (size, unit) = units.first { seconds >= 2 * $0.0 } ?? units[4]
        let value = seconds / size
        guard value < 1e6 else {
            var exponent = 0
            var rest = value
            while rest >= 10 {
                rest /= 10
                exponent += 1
            }
            return "\(tenths(rest))×10^\(exponent) \(unit)"
        }
        return value >= 10
            ? "\(Self.grouped(Int(value + 0.5))) \(unit)" : "\(tenths(value)) \(unit)"
    }

    /// Rounded to a tenth.
    private static func tenths(_ value: Double) -> String {
        let tenths = Int(value * 10 + 0.5)
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func grouped(_ number: Int) -> String {
        number < 1000 ? "\(number)" : "\(number / 1000),\(String(number % 1000 + 1000).dropFirst())"
    }
}
