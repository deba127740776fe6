/// The number printed on a pack and its return envelope, never on the ballot paper.
///
/// Twelve symbols: 45 pseudorandom bits and three check symbols, so that nobody
/// can make up a stack of return envelopes that would kill other people's
/// codes, and no misreading of up to three symbols hits somebody else's pack.
/// It is no secret: nobody can redeem anything with it.
public struct PackNumber: Hashable, Comparable, Sendable {
    /// Twelve symbols of five bits, the first one highest; the upper four bits zero.
    public let value: UInt64

    package static let symbols = 12
    /// What `write` takes: three groups of four with hyphens.
    package static let printedCount = 14

    package init(unchecked value: UInt64) { self.value = value }

    /// From a register or a ledger, checked there.
    package init?(_ value: UInt64, constant: ElectionConstant) {
        guard value >> 60 == 0 else { return nil }
        self.value = value
        let difference = withSymbols { CheckSymbols.difference($0, count: 12, constant: constant) }
        guard difference == 0 else { return nil }
    }

    /// Reads what an officer, a scanner or a print house wrote: UTF-8, with or
    /// without hyphens and spaces. What is no pack number of this election names
    /// the groups to look at again.
    public init(
        _ typed: borrowing RawSpan, in election: Election
    ) throws(UnreadablePackNumber) {
        self = try Self.read(typed, constant: election.constant).get()
    }

    /// The same as a value.
    package static func read(
        _ typed: borrowing RawSpan, constant: ElectionConstant
    ) -> Result<PackNumber, UnreadablePackNumber> {
        var symbols = Bytes<12>()
        let reading = symbols.withMutableBytes {
            Alphabet.read(typed: typed, count: 12, constant: constant, into: &$0)
        }
        switch reading {
        case .wellFormed: return .success(symbols.withBytes { PackNumber(symbols: $0) })
        case .malformed(let groups): return .failure(UnreadablePackNumber(groups: groups))
        }
    }

    /// Whether something typed has more symbols than a pack number: it may be a
    /// voting code, or hold one, and must not be shown to anybody.
    package static func mayBeCode(_ typed: borrowing RawSpan) -> Bool {
        Alphabet.symbolCount(typed) > symbols
    }

    package init(symbols: borrowing RawSpan) {
        var value: UInt64 = 0
        for i in 0..<12 { value = value << 5 | UInt64(symbols.byte(i)) }
        self.value = value
    }

    public static func < (a: PackNumber, b: PackNumber) -> Bool { a.value < b.value }

    package func write(into out: inout MutableRawSpan, at offset: Int) {
        withSymbols { symbols in Alphabet.print(symbols.bytes, into: &out, at: offset) }
    }

    private func withSymbols<R>(_ body: (inout MutableRawSpan) -> R) -> R {
        var symbols = Bytes<12>()
        for i in 0..<12 { symbols[i] = UInt8(value >> UInt64(55 - 5 * i) & 31) }
        return symbols.withMutableBytes { body(&$0) }
    }
}

extension PackNumber: CustomStringConvertible {
    /// As printed: `4F2T-HW8C-NB6R`.
    public var description: String {
        var text = Bytes<14>()
        text.withMutableBytes { write(into: &$0, at: 0) }
        return String(decoding: text.array, as: UTF8.self)
    }
}

/// Something typed that is no pack number of this election.
public struct UnreadablePackNumber: Error, Equatable {
    /// The groups to look at again, none where nobody can tell.
    public let groups: Groups
}
