public import Counterfoil

/// What it costs to find one code of an election by trying, for a thief of the
/// ledger *and* its key: 2ᵇ/N keyed hashes on average, until the first of N
/// codes of b secret bits is hit.
///
/// A graphics processor is taken to try 2³³ a second. Without the ledger key
/// there is nothing to try against.
public struct AttackCost: Equatable, Sendable {
    /// Expected seconds with one processor.
    public let seconds: Double

    static let hashesPerSecond = 0x1p33
    /// With a thousand processors, less than this refuses a length.
    static let leastSecondsWithAThousand = 30.0 * 86400

    /// `codes`: all packs of the election, those of earlier batches among them.
    package init(_ length: CodeLength, codes: Int) {
        let work = Double(sign: .plus, exponent: length.secretBits, significand: 1) / Double(codes)
        seconds = work / Self.hashesPerSecond
    }

    public var isEnough: Bool { seconds / 1000 >= Self.leastSecondsWithAThousand }

    /// The shortest length that is enough for so many packs.
    public static func shortestLength(for codes: Int) -> CodeLength {
        CodeLength.allCases.first { AttackCost($0, codes: codes).isEnough } ?? .twentyEight
    }
}
