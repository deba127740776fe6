import TestSupport
import Testing

@testable import Counterfoil

/// vectors/alphabet.json: section 5, what was typed.
@Suite struct AlphabetVectorTests {
    static let file = VectorFile("alphabet")

    @Test(arguments: file.tests)
    func reads(_ test: VectorObject) throws {
        let n = try test.int("length")
        let constant = ElectionConstant(bits: UInt16(try test.int("constant")))
        let typed = try test.text("input")
        var symbols = [UInt8](repeating: 0xFF, count: n)
        let reading = typed.withBytes { typed in
            symbols.withMutableBytes {
                Alphabet.read(typed: typed, count: n, constant: constant, into: &$0)
            }
        }
        let pack = typed.withBytes { PackNumber.read($0, constant: constant) }
        if try test.reason != nil {
            let groups = try test.ints("groups")
            guard case .malformed(let named) = reading else {
                Issue.record("taken for a code")
                return
            }
            #expect(named.numbers == groups)
            if n == PackNumber.symbols {
                #expect(throws: UnreadablePackNumber(groups: named)) { try pack.get() }
            }
        } else {
            #expect(reading == .wellFormed)
            #expect(symbols.map(Int.init) == (try test.ints("symbols")))
            #expect(printed(symbols) == (try test.string("printed")))
            if n == PackNumber.symbols {
                #expect(try pack.get().description == (try test.string("printed")))
            }
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() { #expect(Self.file.tests.count == Self.file.count) }
}

/// vectors/check-symbols.json: section 5, check symbols and locating.
@Suite struct CheckSymbolsVectorTests {
    static let file = VectorFile("check-symbols")
    static let encodings = file.tests("encode")
    static let locations = file.tests("locate")
    static let counts = file.tests("count")

    @Test(arguments: encodings)
    func encodes(_ test: VectorObject) throws {
        let constant = ElectionConstant(bits: UInt16(try test.int("constant")))
        let k = Int(constant.bits)
        #expect([k >> 10, k >> 5 & 31, k & 31] == (try test.ints("constantSymbols")))
        var symbols = values(try test.string("data")) + [0, 0, 0]
        let n = symbols.count
        symbols.withMutableBytes { CheckSymbols.append(to: &$0, count: n, constant: constant) }
        let last = String(printed(symbols).filter { $0 != "-" }.suffix(3))
        #expect(last == (try test.string("checkSymbols")))
        #expect(printed(symbols) == (try test.string("printed")))
        #expect(test.unread == [])
    }

    @Test(arguments: locations)
    func locates(_ test: VectorObject) throws {
        let constant = ElectionConstant(bits: UInt16(try test.int("constant")))
        let word = try test.string("word")
        var symbols = values(word)
        let n = symbols.count
        let difference = symbols.withMutableBytes {
            CheckSymbols.difference($0, count: n, constant: constant)
        }
        let (s1, s2, s3) = CheckSymbols.syndromes(difference)
        #expect([s1, s2, s3].map(Int.init) == (try test.ints("syndromes")))
        let reading = Array(word.utf8).withBytes { word in
            symbols.withMutableBytes {
                Alphabet.read(typed: word, count: n, constant: constant, into: &$0)
            }
        }
        if try test.reason != nil {
            let named = CheckSymbols.locate(difference, count: n)
            #expect(named.numbers == (try test.ints("groups")))
            #expect(reading == .malformed(named))
        } else {
            #expect(difference == 0)
            #expect(reading == .wellFormed)
        }
        #expect(test.unread == [])
    }

    /// All that can be told apart: each single slip has a difference of its own,
    /// and its groups are named.
    @Test(arguments: counts)
    func tellsSlipsApart(_ test: VectorObject) throws {
        let n = try test.int("length")
        let slips = Slip.all(n)
        var seen: Set<UInt32> = []
        for slip in slips {
            let difference = slip.difference(n)
            seen.insert(difference)
            #expect(CheckSymbols.locate(difference, count: n).numbers == slip.groups, "\(slip)")
        }
        #expect(slips.count == (try test.int("located")))
        #expect(seen.count == slips.count)
        // And what is no single slip names nothing. Those are one in eleven of
        // all that are left.
        let misled = stride(from: UInt32(0), to: 1 << 15, by: 11).filter {
            !seen.contains($0) && CheckSymbols.locate($0, count: n) != Groups()
        }
        #expect(misled == [])
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        #expect(Self.encodings.count + Self.locations.count + Self.counts.count == Self.file.count)
    }
}

/// A slip of the pen as an error pattern: what is xored onto which symbols.
struct Slip {
    let changes: [(position: Int, by: UInt8)]

    /// Each wrong symbol, each pair of different neighbours exchanged, and each
    /// pair exchanged across one.
    static func all(_ n: Int) -> [Slip] {
        var slips: [Slip] = []
        for by in UInt8(1)..<32 {
            for i in 0..<n { slips.append(Slip(changes: [(i, by)])) }
            for distance in 1...2 {
                for i in 0..<n - distance { slips.append(Slip(changes: [(i, by), (i + distance, by)])) }
            }
        }
        return slips
    }

    /// The code is linear: the difference of a slip is the same on every word,
    /// so that the word of zeros will do.
    func difference(_ n: Int) -> UInt32 {
        var word = [UInt8](repeating: 0, count: n)
        for (position, by) in changes { word[position] ^= by }
        return word.withMutableBytes {
            CheckSymbols.difference($0, count: n, constant: ElectionConstant(bits: 0))
        }
    }

    var groups: [Int] { Set(changes.map { $0.position / 4 + 1 }).sorted() }
}

/// The symbol values of a printed word.
func values(_ word: String) -> [UInt8] {
    word.utf8.filter { $0 != 0x2D }.map { UInt8(Alphabet.read($0) & 31) }
}

func printed(_ symbols: [UInt8]) -> String {
    var out = [UInt8](repeating: 0, count: Alphabet.printedCount(symbols.count))
    symbols.withBytes { symbols in
        out.withMutableBytes { Alphabet.print(symbols, into: &$0, at: 0) }
    }
    return String(decoding: out, as: UTF8.self)
}
