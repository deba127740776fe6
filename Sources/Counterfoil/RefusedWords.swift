/// Words that no group of a code or pack number may spell.
///
/// vectors/README.md, section 6. A returning officer does not want to explain
/// such a letter. The list is part of the election: its digest stands in
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
    package static let digest: Bytes<32> = {
        let file: [UInt8] = list.flatMap { Array($0.utf8) + [0x0A] }
        return file.withBytes { file in
            var digest = Bytes<32>()
            digest.withMutableBytes { out in
                Sodium.blake2b(file, key: RawSpan(), salt: Bytes(), label: .refusedWords, into: &out)
            }
            return digest
        }
    }()

    /// The words of four and of three letters, five bits a symbol.
    private static let four = list.filter { $0.utf8.count == 4 }.map(packed)
    private static let three = list.filter { $0.utf8.count == 3 }.map(packed)

    private static func packed(_ word: String) -> UInt32 {
        word.utf8.reduce(0) { packed, letter in
            // V stands for the U that the alphabet leaves out.
            let symbol = Alphabet.read(letter == 0x55 ? 0x56 : letter)
            precondition(symbol >> 8 == 1)
            return packed << 5 | (symbol & 31)
        }
    }

    /// Whether any group of the `count` symbols spells a word, look-alikes counted.
    ///
    /// Without a branch or a look-up on a symbol; the verdict is declassified,
    /// because a refused code is thrown away and another says nothing of it.
    package static func spelled(in symbols: borrowing RawSpan, count: Int) -> Bool {
        var hit = SIMD8<UInt32>(repeating: 0)
        var first = 0
        while first < count {
            var group = SIMD8<UInt32>(repeating: .max)
            for lane in 0..<min(8, (count - first) / 4) {
                var packed: UInt32 = 0
                for i in 0..<4 {
                    packed =
                        packed &<< 5
                        | UInt32(truncatingIfNeeded: lookAlike(symbols.byte(first + 4 * lane + i)))
                }
                group[lane] = packed
            }
            let front = group &>> 5
            let back = group & 0x7FFF
            let none = SIMD8<UInt32>(repeating: 0)
            let all = SIMD8<UInt32>(repeating: 1)
            for i in four.indices { hit |= none.replacing(with: all, where: group .== four[i]) }
            for i in three.indices {
                hit |= none.replacing(with: all, where: front .== three[i])
                hit |= none.replacing(with: all, where: back .== three[i])
            }
            first += 32
        }
        let any = hit.wrappedSum()
        return Sodium.declassify(any) != 0
    }

    /// The letter that a digit looks like, as a symbol; 0 and 1 stand for O, I and L already.
    @inline(__always)
    private static func lookAlike(_ symbol: UInt8) -> UInt8 {
        @inline(__always)
        func instead(_ digit: UInt8, _ letter: UInt8) -> UInt8 {
            // All ones where the symbol is the digit: 0 − 1 has its high bits set, x − 1 none.
            let same = UInt16(truncatingIfNeeded: symbol ^ digit) &- 1
            return UInt8(truncatingIfNeeded: same &>> 8) & (digit ^ letter)
        }
        return symbol ^ instead(2, 31) ^ instead(3, 14) ^ instead(4, 10) ^ instead(5, 25)
            ^ instead(6, 16) ^ instead(7, 26) ^ instead(8, 11) ^ instead(9, 16)
    }
}
