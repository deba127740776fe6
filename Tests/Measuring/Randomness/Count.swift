internal import Counterfoil
internal import Glibc

/// Frequencies, pairs and repeats, each as a number of standard deviations from
/// what chance would give.
///
/// Chi-square sums are brought to a standard normal by Wilson and Hilferty's
/// cube root. Repeats are a Poisson count. Beyond `limit` in either direction
/// (too even is no better than uneven), the run fails. By chance that happens to
/// one of the sixty numbers in about two runs of a million.
struct Count {
    static let limit = 5.5

    private let count: Int
    private var lines: [(what: String, deviation: Double)] = []

    init(of count: Int) {
        self.count = count
        var packs = Packs(isBiased: isBiased)
        var single = [Int](repeating: 0, count: 32 * 32)
        var neighbours = [Int](repeating: 0, count: 26 * 1024)
        var ends = [Int](repeating: 0, count: 1024)
        // Parts of the codes that are short enough to repeat, and the whole.
        var forty: [UInt64] = []
        var numbers: [UInt64] = []
        var whole: [UInt64] = []
        forty.reserveCapacity(count)
        numbers.reserveCapacity(count)
        whole.reserveCapacity(count)
        for _ in 0..<count {
            packs.next()
            let symbols = packs.symbols
            for j in 0..<26 { single[32 * j + Int(symbols[j])] += 1 }
            for j in 0..<6 { single[32 * (26 + j) + Int(packs.checks[j])] += 1 }
            for j in 0..<25 where j != 16 {
                neighbours[1024 * j + 32 * Int(symbols[j]) + Int(symbols[j + 1])] += 1
            }
            ends[32 * Int(symbols[0]) + Int(symbols[17])] += 1
            forty.append(symbols[0..<8].reduce(0) { $0 << 5 | UInt64($1) })
            numbers.append(symbols[17..<26].reduce(0) { $0 << 5 | UInt64($1) })
            whole.append(symbols[5..<17].reduce(0) { $0 << 5 | UInt64($1) })
        }
        for j in 0..<32 {
            let place = j < 17 ? "code \(j + 1)" : j < 26 ? "pack number \(j - 16)" : "check \(j - 25)"
            add("frequencies, \(place)", single[32 * j..<32 * j + 32])
        }
        for j in 0..<25 where j != 16 {
            add("pairs, \(j + 1) and \(j + 2)", neighbours[1024 * j..<1024 * j + 1024])
        }
        add("pairs, code and pack number", ends[...])
        repeats("the first 40 bits of codes", &forty, bits: 40)
        repeats("pack numbers, 45 bits", &numbers, bits: 45)
        repeats("the last 60 bits of codes", &whole, bits: 60)
    }

    private mutating func add(_ what: String, _ cells: ArraySlice<Int>) {
        let expected = Double(count) / Double(cells.count)
        let sum = cells.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        let k = Double(cells.count - 1)
        let spread = 2 / (9 * k)
        lines.append((what, (cbrt(sum / k) - (1 - spread)) / spread.squareRoot()))
    }

    private mutating func repeats(_ what: String, _ values: inout [UInt64], bits: Int) {
        values.sort()
        var found = 0
        for i in 1..<values.count where values[i] == values[i - 1] { found += 1 }
        let n = Double(count)
        let expected = n * (n - 1) / 2 / pow(2, Double(bits))
        // A Poisson count, brought to a standard normal by its square root. Where
        // less than one is expected, the power of ten that so many are unlikely by.
        let deviation =
            expected < 1
            ? (found == 0 ? 0 : -log10(expected) * Double(found))
            : 2 * ((Double(found) + 0.375).squareRoot() - (expected + 0.375).squareRoot())
        lines.append(("repeats, \(what): \(found), by chance \(rounded(expected))", deviation))
    }

    /// Prints the summary; false where something is beyond the limit.
    func print() -> Bool {
        let wrong = lines.filter { abs($0.deviation) > Self.limit }
        for line in lines where line.what.hasPrefix("repeats") {
            Swift.print("\(line.what) (\(rounded(line.deviation)) standard deviations)")
        }
        for kind in ["frequencies", "pairs"] {
            let some = lines.filter { $0.what.hasPrefix(kind) }.map(\.deviation)
            Swift.print(
                "\(kind): \(some.count) tables, from \(rounded(some.min()!)) to \(rounded(some.max()!)) standard deviations"
            )
        }
        for line in wrong { Swift.print("NOT BY CHANCE: \(line.what): \(rounded(line.deviation))") }
        Swift.print(
            "\(count) codes: \(lines.count) numbers, \(wrong.count) beyond \(Self.limit) standard deviations")
        return wrong.isEmpty
    }
}

private func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
