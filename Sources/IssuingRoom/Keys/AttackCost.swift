public import Counterfoil

/// What it costs to find one code of an election by trying, for a thief of the
/// ledger *and* its key: 2ᵇ/N keyed hashes on average, until the first of N
/// codes of b secret bits is hit.
///
/// A graphics processor is taken to try 2³³ a second. Without the ledger key
/// there is nothing to try against.
public struct AttackCost: Sendable {
    /// Expected seconds with one processor.
    public let seconds: Double

    public static let hashesPerSecond = 0x1p33
    /// With a thousand processors, less than this refuses a length.
    public static let leastSecondsWithAThousand = 30.0 * 86400

    /// `codes`: all packs of the election, those of earlier batches among them.
    public init(_ length: CodeLength, codes: Int) {
        let work = Double(sign: .plus, exponent: length.secretBits, significand: 1) / Double(codes)
        seconds = work / Self.hashesPerSecond
    }

    public var isEnough: Bool { seconds / 1000 >= Self.leastSecondsWithAThousand }

    /// The shortest length that is enough for so many packs.
    public static func shortestLength(for codes: Int) -> CodeLength {
        CodeLength.allCases.first { AttackCost($0, codes: codes).isEnough } ?? .twentyEight
    }

    /// "828 years with one processor, 302 days with a thousand".
    public var description: String {
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

    /// Rounded without the C library's `round`, which would have to be linked.
    private static func tenths(_ value: Double) -> String {
        let tenths = Int(value * 10 + 0.5)
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func grouped(_ number: Int) -> String {
        number < 1000 ? "\(number)" : "\(number / 1000),\(String(number % 1000 + 1000).dropFirst())"
    }
}
