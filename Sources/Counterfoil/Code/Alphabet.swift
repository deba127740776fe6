/// Crockford's Base32: the 32 symbols of codes and pack numbers, values 0 to 31.
///
/// vectors/README.md, section 5. Everything here works without a branch and
/// without a table that a symbol could index: a symbol may be part of a secret.
package enum Alphabet {
    /// One where low <= x <= high, else zero. All three below 2³¹.
    @inline(__always)
    private static func within(_ x: UInt32, _ low: UInt32, _ high: UInt32) -> UInt32 {
        ((low &- 1 &- x) & (x &- high &- 1)) &>> 31
    }

    /// The value of a typed byte, and whether it is a symbol at all: the value
    /// in bits 0 to 4, and bit 8 set for a symbol. O reads as 0, I and L as 1.
    @inline(__always)
    package static func read(_ byte: UInt8) -> UInt32 {
        let x = UInt32(truncatingIfNeeded: byte)
        // Lower case is folded by clearing 0x20, in letters alone.
        let lower = within(x, 0x61, 0x7A)
        let c = x &- lower &* 0x20
        let digit = within(c, 0x30, 0x39)
        let aToH = within(c, 0x41, 0x48)
        let jk = within(c, 0x4A, 0x4B)
        let mn = within(c, 0x4D, 0x4E)
        let pToT = within(c, 0x50, 0x54)
        let vToZ = within(c, 0x56, 0x5A)
        let o = within(c, 0x4F, 0x4F)
        let il = within(c, 0x49, 0x49) | within(c, 0x4C, 0x4C)
        let value =
            digit &* (c &- 0x30) | aToH &* (c &- 55) | jk &* (c &- 56) | mn &* (c &- 57)
            | pToT &* (c &- 58) | vToZ &* (c &- 59) | il
        let valid = digit | aToH | jk | mn | pToT | vToZ | o | il
        return value | valid &<< 8
    }

    /// The printed bytes of a group: four values below 32, one in each byte.
    @inline(__always)
    private static func print(group: UInt32) -> UInt32 {
        /// One in each byte that is greater than `value`.
        func above(_ value: UInt32) -> UInt32 {
            ((group &+ (127 &- value) &* 0x0101_0101) &>> 7) & 0x0101_0101
        }
        // After 9 come the letters, seven places on in ASCII; then I, L, O and U are left out.
        return 0x3030_3030 &+ group &+ above(9) &* 7 &+ above(17) &+ above(19) &+ above(21) &+ above(26)
    }

    /// How many bytes `n` symbols take when printed in groups of four.
    package static func printedCount(_ n: Int) -> Int { n + (n - 1) / 4 }

    /// Prints symbols, a multiple of four, in groups of four joined by hyphens.
    @inline(__always)
    package static func print(_ symbols: borrowing RawSpan, into out: inout MutableRawSpan, at offset: Int) {
        precondition(symbols.byteCount & 3 == 0)
        for group in 0..<symbols.byteCount / 4 {
            let place = offset + 5 * group
            if group > 0 { out.put(0x2D as UInt8, at: place - 1) }
            out.put(print(group: symbols.u32(4 * group)), at: place)
        }
    }
}

/// Groups of four symbols, numbered from 1, that a reader is asked to look at again.
public struct Groups: Sendable, Equatable {
    var bits: UInt16 = 0

    mutating func insert(position: Int) { bits |= 1 << UInt16(position / 4) }

    /// The numbers, ascending.
    public var numbers: [Int] { (0..<16).filter { bits & (1 << UInt16($0)) != 0 }.map { $0 + 1 } }
}

/// What became of something typed.
public enum Reading: Sendable, Equatable {
    /// The check symbols fit. Whether such a code exists is another question.
    case wellFormed
    /// Not a code: too short, too long, a foreign character, a slip of the pen.
    /// The groups are those to look at again, none where nobody can tell.
    case malformed(Groups)
}

extension Alphabet {
    /// The most bytes that are looked at.
    static let longestInput = 256

    /// Reads what was typed into `symbols` and checks it.
    ///
    /// Constant time in the symbols. What is declassified: which bytes are
    /// symbols (where somebody put hyphens says nothing of the code), every
    /// byte that is none, and the difference of the check symbols, which is
    /// zero or a function of the slip alone.
    package static func read(
        typed: borrowing RawSpan, count n: Int, constant: ElectionConstant,
        into symbols: inout MutableRawSpan
    ) -> Reading {
        guard typed.byteCount <= longestInput else { return .malformed(Groups()) }
        var found = 0
        var foreign = Groups()
        var index = 0
        while index < typed.byteCount {
            let read = Alphabet.read(typed.byte(index))
            if Sodium.declassify(read &>> 8) == 1 {
                if found < n {
                    symbols.put(UInt8(truncatingIfNeeded: read), at: found)
                }
                found += 1
                index += 1
                continue
            }
            let separator = separatorLength(typed, at: index)
            if separator > 0 {
                index += separator
                continue
            }
            if found < n { foreign.insert(position: found) }
            found += 1
            index += foreignLength(typed, at: index)
        }
        guard found == n else { return .malformed(Groups()) }
        guard foreign == Groups() else { return .malformed(foreign) }

        let difference = CheckSymbols.difference(symbols, count: n, constant: constant)
        guard difference != 0 else { return .wellFormed }
        return .malformed(CheckSymbols.locate(difference, count: n))
    }

    /// How many symbols something typed has, whatever is between them.
    static func symbolCount(_ typed: borrowing RawSpan) -> Int {
        var count: UInt32 = 0
        for i in 0..<typed.byteCount { count &+= read(typed.byte(i)) &>> 8 }
        return Int(Sodium.declassify(count))
    }

    /// How many bytes the separator at this place has; zero if there is none.
    private static func separatorLength(_ typed: borrowing RawSpan, at index: Int) -> Int {
        let first = Sodium.declassify(typed.byte(index))
        switch first {
        case 0x20, 0x09, 0x0A, 0x0D, 0x2D: return 1
        case 0xC2, 0xE2, 0xEF: break
        default: return 0
        }
        guard index + 1 < typed.byteCount else { return 0 }
        let second = nonSymbol(typed.byte(index + 1))
        if first == 0xC2 { return second == 0xA0 || second == 0xAD ? 2 : 0 }
        guard index + 2 < typed.byteCount else { return 0 }
        let third = nonSymbol(typed.byte(index + 2))
        let scalar = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
        switch scalar {
        case 0xE2808B,  // U+200B
            0xE28090...0xE28095,  // U+2010 to U+2015
            0xE280AF,  // U+202F
            0xE281A0,  // U+2060
            0xE28892,  // U+2212
            0xEFBBBF:  // U+FEFF
            return 3
        default: return 0
        }
    }

    /// A foreign byte of 0xC0 and above takes its continuation bytes with it.
    private static func foreignLength(_ typed: borrowing RawSpan, at index: Int) -> Int {
        var length = 1
        guard Sodium.declassify(typed.byte(index)) >= 0xC0 else { return 1 }
        while index + length < typed.byteCount, nonSymbol(typed.byte(index + length)) & 0xC0 == 0x80 {
            length += 1
        }
        return length
    }

    /// The byte if it can be no symbol (0x80 and above), else zero: so that a
    /// symbol after half a UTF-8 sequence is not looked at.
    private static func nonSymbol(_ byte: UInt8) -> UInt8 {
        Sodium.declassify(byte & (0 &- (byte &>> 7)))
    }
}
