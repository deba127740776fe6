import TestSupport
import Testing

@testable import Counterfoil

/// The folded form of an id: vectors/README.md, section 8.
@Suite struct VoterIDsTests {
    /// An id, and its folded form where case does not count and where it does.
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let id: String
        let anyCase: String
        let exactCase: String

        init(_ what: String, _ id: String, _ anyCase: String, _ exactCase: String? = nil) {
            (self.what, self.id, self.anyCase) = (what, id, anyCase)
            self.exactCase = exactCase ?? anyCase
        }

        var testDescription: String { what }
    }

    static let cases = [
        Case("its own folded form", "m-17/4", "m-17/4"),
        Case("upper case", "M12a", "m12a", "M12a"),
        Case("a no-break space at its end", "m1\u{A0}", "m1"),
        Case("spaces and a tab inside", "m 1\t2", "m12"),
        Case("line breaks and other controls", "m\r\n1\u{85}\u{7F}\u{0}2", "m12"),
        Case("white space of other scripts", "m\u{1680}1\u{2003}2\u{3000}3\u{202F}4\u{2028}5", "m12345"),
        Case("a soft hyphen, a joiner, a mark of UTF-8", "m\u{AD}1\u{200D}2\u{FEFF}3", "m123"),
        Case("directions of writing", "\u{202E}m1\u{2069}", "m1"),
        Case("a variation selector and a tag", "m\u{FE0F}1\u{E0041}2\u{E0100}", "m12"),
        Case("Hangul fillers", "m\u{115F}1\u{3164}2\u{FFA0}3", "m123"),
        Case("full width", "\u{FF2D}\u{FF11}\u{FF12}\u{FF0F}\u{FF13}", "m12/3", "M12/3"),
        Case("full-width zeros in front", "\u{FF10}\u{FF10}\u{FF17}", "7"),
        Case("dashes", "a\u{2010}b\u{2013}c\u{2014}d\u{2212}e\u{FE63}f", "a-b-c-d-e-f"),
        Case("apostrophes inside", "o\u{2019}b\u{2018}r\u{2BC}n", "o'b'r'n"),
        Case("a composed letter", "jos\u{E9}", "jose", "jos\u{E9}"),
        Case("a decomposed letter", "jose\u{301}", "jose"),
        Case("one letter in place of two", "stra\u{DF}e\u{C6}", "strasseae", "stra\u{DF}e\u{C6}"),
        Case("Greek and Cyrillic capitals", "\u{391}\u{416}", "\u{3B1}\u{436}", "\u{391}\u{416}"),
        Case("a letter that is in no table", "\u{4E2D}1", "\u{4E2D}1"),
        Case("beyond the first plane", "m\u{1F600}1\u{1D173}", "m\u{1F600}1"),
        Case("zeros in front", "00120", "120"),
        Case("only zeros", "000", "0"),
        Case("one zero", "0", "0"),
        Case("zeros in front of more than digits", "00a", "00a"),
        Case("a whole number with .0", "120.0", "120"),
        Case("with a comma and zeros", "0120,000", "120"),
        Case("with more than zeros after the point", "120.01", "120.01"),
        Case("with nothing after the point", "120.", "120."),
        Case("with nothing before it", ".0", ".0"),
        Case("two points", "1.0.0", "1.0.0"),
        Case("a point and zeros after a letter", "m1.0", "m1.0"),
        Case("the mark of a text", "'00120", "120"),
        Case("the same as a word processor writes it", "\u{2019}120.0", "120"),
        Case("two marks", "''120", "'120"),
        Case("a space between mark and number", "' 7", "7"),
        Case("nothing but what nobody sees", "\u{200B}\u{A0}", "\u{200B}\u{A0}"),
        Case("nothing but a mark", "'", "'"),
    ]

    @Test(arguments: cases)
    func foldedForms(_ test: Case) {
        for (ids, wanted) in [(VoterIDs.anyCase, test.anyCase), (.exactCase, test.exactCase)] {
            let id = Array(test.id.utf8)
            let folded = Self.fold(id, ids)
            #expect(String(decoding: folded, as: UTF8.self).isByteForByte(wanted), "\(ids)")
            // The quick way never passes over an id that folding would change.
            if id.withBytes({ ids.isPlain($0) }) { #expect(folded == id) }
        }
    }

    /// Of one kind each, as they come from exports and spreadsheets.
    @Test(arguments: [
        ["M1", "M1\u{A0}", "m1", "\u{FF2D}1", "M\u{200B}1", "M1\u{301}", "'M1"],
        ["00123", "123", "0123", "123.0", "'00123", "\u{FF11}23", "123\u{FEFF}", "123,00"],
        ["Zoe\u{308}-1", "Zo\u{EB}-1", "ZOE\u{2011}1", "zoe\u{2212}1"],
    ])
    func spellingsOfOneMember(_ ids: [String]) {
        let folded = Set(ids.map { Self.fold(Array($0.utf8), .anyCase) })
        #expect(folded.count == 1)
    }

    @Test(arguments: [
        ["M1", "M01", "M10", "M-1", "M/1", "N1"],
        ["1", "10", "100", "1.5", "-1", "1-0"],
        ["a\u{4E2D}", "a\u{4E2E}", "a"],
    ])
    func differentMembers(_ ids: [String]) {
        let folded = Set(ids.map { Self.fold(Array($0.utf8), .anyCase) })
        #expect(folded.count == ids.count)
    }

    @Test func caseCounts() {
        let ids = ["m1", "M1"].map { Array($0.utf8) }
        #expect(Self.fold(ids[0], .exactCase) != Self.fold(ids[1], .exactCase))
        #expect(Self.fold(ids[0], .anyCase) == Self.fold(ids[1], .anyCase))
    }

    /// What decides whether an id is folded at all says so of every short one.
    @Test func plainIDsAreTheirOwnFoldedForms() {
        var plain = 0
        for ids in VoterIDs.allCases {
            for a in UInt8(0)..<0x80 {
                for b in UInt8(0)..<0x80 {
                    for id in [[a], [a, b], [a, b, 0x30], [0x31, a, b]] {
                        guard id.withBytes({ ids.isPlain($0) }) else { continue }
                        plain += 1
                        #expect(Self.fold(id, ids) == id)
                    }
                }
            }
        }
        #expect(plain > 20_000)
    }

    private static func fold(_ id: [UInt8], _ ids: VoterIDs) -> [UInt8] {
        var out: [UInt8] = [1, 2, 3]
        id.withBytes { ids.fold($0, into: &out) }
        return out
    }
}
