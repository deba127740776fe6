/// Codes as one would read them without secrets in mind: tables, branches,
/// arrays; and slips located by trying all there are. vectors/README.md, section 5.
struct PlainCode {
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    struct Result {
        /// Nil for a code.
        let groups: [Int]?
        let symbols: [UInt8]
        /// Where in the text the symbols are.
        let places: [Int]
    }

    let n: Int
    private let constant: [UInt8]
    private let slips: [[UInt8]: Set<Int>]

    init(_ n: Int, _ constant: UInt16) {
        self.n = n
        self.constant = [UInt8(constant >> 10 & 31), UInt8(constant >> 5 & 31), UInt8(constant & 31)]
        var slips: [[UInt8]: Set<Int>] = [:]
        func add(_ errors: [(place: Int, by: UInt8)]) {
            var word = [UInt8](repeating: 0, count: n)
            for error in errors { word[error.place] = error.by }
            let groups = Set(errors.map { $0.place / 4 + 1 })
            must(slips.updateValue(groups, forKey: Self.syndromes(word)) == nil, "two slips look alike")
        }
        for place in 0..<n {
            for by in 1...31 as ClosedRange<UInt8> {
                add([(place, by)])
                if place + 1 < n { add([(place, by), (place + 1, by)]) }
                if place + 2 < n { add([(place, by), (place + 2, by)]) }
            }
        }
        must(slips.count == 31 * (3 * n - 3), "\(slips.count) slips")
        self.slips = slips
    }

    func read(_ typed: [UInt8]) -> Result {
        guard typed.count <= 256 else { return Result(groups: [], symbols: [], places: []) }
        var symbols: [UInt8] = []
        var places: [Int] = []
        var foreign: Set<Int> = []
        var things = 0
        var i = 0
        while i < typed.count {
            if let value = Self.values[typed[i]] {
                symbols.append(value)
                places.append(i)
                things += 1
                i += 1
            } else if let separator = Self.separators.first(where: { typed[i...].starts(with: $0) }) {
                i += separator.count
            } else {
                foreign.insert(things / 4 + 1)
                things += 1
                let first = typed[i]
                i += 1
                while first >= 0xC0, i < typed.count, typed[i] >= 0x80, typed[i] < 0xC0 { i += 1 }
            }
        }
        func refused(_ groups: Set<Int>) -> Result {
            Result(groups: groups.sorted(), symbols: symbols, places: places)
        }
        guard things == n else { return refused([]) }
        guard foreign.isEmpty else { return refused(foreign) }
        var word = symbols
        for j in 0..<3 { word[n - 3 + j] ^= constant[j] }
        let syndromes = Self.syndromes(word)
        guard syndromes != [0, 0, 0] else { return Result(groups: nil, symbols: symbols, places: places) }
        return refused(slips[syndromes] ?? [])
    }

    /// Puts the right check symbols where the last three symbols are.
    func mend(_ typed: inout [UInt8], _ places: [Int]) {
        var rest = places.map { Self.values[typed[$0]]! }
        for j in n - 3..<n { rest[j] = 0 }
        // Long division by x³ + 14x² + 17x + 18.
        for i in 0..<n - 3 {
            let factor = rest[i]
            for (j, coefficient) in [1, 14, 17, 18].enumerated() {
                rest[i + j] ^= Self.times(factor, UInt8(coefficient))
            }
        }
        for j in 0..<3 { typed[places[n - 3 + j]] = Self.alphabet[Int(rest[n - 3 + j] ^ constant[j])] }
    }

    private static let values: [UInt8: UInt8] = {
        var values: [UInt8: UInt8] = [:]
        for (value, symbol) in alphabet.enumerated() {
            values[symbol] = UInt8(value)
            if symbol > 0x40 { values[symbol + 0x20] = UInt8(value) }
        }
        for letter in "Oo".utf8 { values[letter] = 0 }
        for letter in "IiLl".utf8 { values[letter] = 1 }
        if planted { values[UInt8(ascii: "U")] = 27 }
        return values
    }()

    private static let separators: [[UInt8]] = [
        " ", "\t", "\r", "\n", "-", "\u{A0}", "\u{AD}", "\u{200B}", "\u{2010}", "\u{2011}", "\u{2012}",
        "\u{2013}", "\u{2014}", "\u{2015}", "\u{202F}", "\u{2060}", "\u{2212}", "\u{FEFF}",
    ].map { (scalar: Unicode.Scalar) in Array(String(scalar).utf8) }

    private static func syndromes(_ word: [UInt8]) -> [UInt8] {
        var alpha: UInt8 = 1
        return (0..<3).map { _ in
            alpha = times(alpha, 2)
            return word.reduce(0) { times($0, alpha) ^ $1 }
        }
    }

    private static func times(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var product = 0
        for bit in 0..<5 where b >> bit & 1 == 1 { product ^= Int(a) << bit }
        for bit in stride(from: 9, through: 5, by: -1) where product >> bit & 1 == 1 {
            product ^= 0x29 << (bit - 5)
        }
        return UInt8(product)
    }
}
