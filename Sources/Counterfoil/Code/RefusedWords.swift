/// Words that no group of a code or pack number may spell.
///
/// vectors/README.md, section 6. A returning officer does not want to explain
/// such a letter. The list is part of the election: its digest is in
/// `election.json`, since another list would give other codes.
package enum RefusedWords {
    /// Sorted. The same as vectors/data/refused-words.txt, which a test compares.
    package static let list: [String] = """
        ANAL ANUS ARSE ASS BOOB BUTT CLIT COCK COON CRAP CUM CUNT DAGO DAMN DEAD DICK DIKE DYKE \
        FAG FART FUCK GAY GIMP GOOK GYPO HATE HEBE HELL HOMO JAP JEW JIZZ KIKE KILL KKK KNOB KUNT \
        LEZZ MICK MONG MUFF NAZI NIG ORGY PAKI PEDO PHUK PISS POOF POOP PORN PRAT PUBE PUSS QUIM \
        RAPE SCUM SEX SHAG SHIT SLAG SLUT SMEG SPAZ SPIC SUCK TARD TIT TOSS TURD TWAT WANK WEED \
        WHOR WOG YID YOBS
        """.split(separator: " ").map(String.init)

    /// The digest of the list as the file has it, one word a line.
    package static let digest = digest(of: list)

    static func digest(of list: [String]) -> Bytes<32> {
        let file: [UInt8] = list.flatMap { Array($0.utf8) + [0x0A] }
        return file.withBytes { file in
            var digest = Bytes<32>()
            digest.withMutableBytes { out in
                Sodium.blake2b(file, key: RawSpan(), salt: Bytes(), label: .refusedWords, into: &out)
            }
            return digest
        }
    }

    /// The words of four and of three letters, a byte a symbol, the first one
    /// lowest, in every lane.
    private static let four = list.filter { $0.utf8.count == 4 }.map(packed)
    private static let three = list.filter { $0.utf8.count == 3 }.map(packed)

    private static func packed(_ word: String) -> Groups {
        let symbols = word.utf8.reversed().reduce(0) { packed, letter -> UInt32 in
            // V is read as the U that the alphabet leaves out.
            let symbol = Alphabet.read(letter == 0x55 ? 0x56 : letter)
            precondition(symbol >> 8 == 1)
            return packed << 8 | (symbol & 31)
        }
        return Groups(repeating: symbols)
    }

    /// Four groups, as the vector registers of every processor hold them.
    private typealias Groups = SIMD4<UInt32>

    /// Whether any group of the `count` symbols spells a word, look-alikes
    /// counted. `symbols` has 64 bytes, zero after the last symbol.
    ///
    /// Works without a branch or a look-up on a symbol, eight groups at a time.
    /// The verdict is declassified: a refused code is thrown away, and the next
    /// one says nothing of it.
    package static func spelled(in symbols: borrowing RawSpan, count: Int) -> Bool {
        precondition(symbols.byteCount == 64 && count <= 64)
        // All ones in a lane whose group is a word.
        var hits = SIMDMask<SIMD4<Int32>>(repeating: false)
        for first in stride(from: 0, to: count, by: 32) {
            let (a, b) = (letters(symbols, first), letters(symbols, first + 16))
            for word in four { hits .|= (a .== word) .| (b .== word) }
            let (frontA, frontB) = (a & 0x00FF_FFFF, b & 0x00FF_FFFF)
            let (backA, backB) = (a &>> 8, b &>> 8)
            for word in three {
                hits .|= (frontA .== word) .| (frontB .== word)
                hits .|= (backA .== word) .| (backB .== word)
            }
        }
        return Sodium.declassify(Groups().replacing(with: 1, where: hits).wrappedSum()) != 0
    }

    /// Four groups, every digit as the letter that it looks like. 0 and 1 already
    /// mean O, I and L.
    @inline(__always)
    private static func letters(_ symbols: borrowing RawSpan, _ first: Int) -> Groups {
        var groups = Groups()
        for lane in 0..<4 { groups[lane] = UInt32(littleEndian: symbols.unaligned(first + 4 * lane)) }
        var letters = groups
        for i in 0..<8 {
            let (digit, letter) = lookAlike[i]
            let difference = groups ^ (0x0101_0101 &* digit)
            // 0x80 in each byte that is the digit, then 0x7F: enough for five bits.
            let same = ~((difference | 0x8080_8080) &- 0x0101_0101) & 0x8080_8080
            letters ^= (same &- (same &>> 7)) & (0x0101_0101 &* (digit ^ letter))
        }
        return letters
    }

    private static var lookAlike: InlineArray<8, (UInt32, UInt32)> {
        [(2, 31), (3, 14), (4, 10), (5, 25), (6, 16), (7, 26), (8, 11), (9, 16)]
    }
}
