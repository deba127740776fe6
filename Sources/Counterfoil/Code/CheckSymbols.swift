/// The three check symbols: a Reed-Solomon code over GF(32).
///
/// vectors/README.md, sections 4 and 5. Field polynomial x⁵+x³+1, α = 2, roots
/// α¹, α², α³: minimum distance 4, so that every error of one, two or three
/// symbols is found. (With α⁰ among the roots, one syndrome would be blind to
/// exchanged symbols.) The check is package and holds no secret.
package enum CheckSymbols {
    /// x·α in GF(32).
    @inline(__always)
    private static func timesAlpha(_ x: UInt32) -> UInt32 {
        (x &<< 1) ^ (0x29 &* (x &>> 4))
    }

    /// The feedback of the division by g(x) = x³+14x²+17x+18 for each bit of
    /// the symbol that falls out: bit i brings 2ⁱ times the three coefficients,
    /// five bits each. As a function, and in a tuple, all of it is a constant.
    @inline(__always)
    private static var taps: (UInt32, UInt32, UInt32, UInt32, UInt32) {
        func times(_ power: Int) -> UInt32 {
            var (a, b, c): (UInt32, UInt32, UInt32) = (14, 17, 18)
            for _ in 0..<power { (a, b, c) = (timesAlpha(a), timesAlpha(b), timesAlpha(c)) }
            return a << 10 | b << 5 | c
        }
        return (times(0), times(1), times(2), times(3), times(4))
    }

    /// The remainder of d(x)·x³ divided by g(x): three symbols in 15 bits.
    /// No branch and no table look-up depends on a symbol.
    @inline(__always)
    private static func remainder(_ symbols: borrowing RawSpan, count k: Int) -> UInt32 {
        let taps = taps
        var r: UInt32 = 0
        for i in 0..<k {
            let f = (UInt32(truncatingIfNeeded: symbols.byte(i)) ^ (r &>> 10)) & 31
            r = (r &<< 5) & 0x7FFF
            r ^= taps.0 & (0 &- (f & 1))
            r ^= taps.1 & (0 &- (f &>> 1 & 1))
            r ^= taps.2 & (0 &- (f &>> 2 & 1))
            r ^= taps.3 & (0 &- (f &>> 3 & 1))
            r ^= taps.4 & (0 &- (f &>> 4 & 1))
        }
        return r
    }

    /// Writes the check symbols after the n − 3 data symbols.
    @inline(__always)
    package static func append(
        to symbols: inout MutableRawSpan, at offset: Int = 0, count n: Int, constant: ElectionConstant
    ) {
        let check =
            remainder(symbols.bytes.extracting(offset..<offset + n - 3), count: n - 3)
            ^ UInt32(truncatingIfNeeded: constant.bits)
        symbols.put(UInt8(truncatingIfNeeded: check &>> 10 & 31), at: offset + n - 3)
        symbols.put(UInt8(truncatingIfNeeded: check &>> 5 & 31), at: offset + n - 2)
        symbols.put(UInt8(truncatingIfNeeded: check & 31), at: offset + n - 1)
    }

    /// The check symbols as they should be, xor as they are: zero for a code.
    /// It is public: an intact code contributes nothing to it, so it is a
    /// function of the slip alone.
    package static func difference(
        _ symbols: borrowing MutableRawSpan, count n: Int, constant: ElectionConstant
    ) -> UInt32 {
        let bytes = symbols.bytes
        let given =
            UInt32(truncatingIfNeeded: bytes.byte(n - 3)) &<< 10
            | UInt32(truncatingIfNeeded: bytes.byte(n - 2)) &<< 5
            | UInt32(truncatingIfNeeded: bytes.byte(n - 1))
        let wanted = remainder(bytes, count: n - 3) ^ UInt32(truncatingIfNeeded: constant.bits)
        return Sodium.declassify(given ^ wanted)
    }

    /// The groups of the only single slip that explains the difference: one
    /// wrong symbol, two neighbours exchanged, or two symbols exchanged across
    /// one. Never a correction (BIP-173 says why: a corrected typing error
    /// reads as somebody else's code).
    package static func locate(_ difference: UInt32, count n: Int) -> Groups {
        let (s1, s2, s3) = syndromes(difference)
        var groups = Groups()
        guard s1 != 0 else { return groups }
        for e in 0..<n {
            if s2 == times(s1, power(e)) && s3 == times(s1, power(2 * e)) {
                groups.insert(position: n - 1 - e)
                return groups
            }
        }
        for distance in 1...2 {
            for e in 0..<n - distance {
                // v(α^{je} + α^{j(e + distance)}) = S_j, j = 1, 2, 3
                let v = times(s1, inverse(power(e) ^ power(e + distance)))
                if s2 == times(v, power(2 * e) ^ power(2 * (e + distance)))
                    && s3 == times(v, power(3 * e) ^ power(3 * (e + distance)))
                {
                    groups.insert(position: n - 1 - e)
                    groups.insert(position: n - 1 - e - distance)
                    return groups
                }
            }
        }
        return groups
    }

    /// The difference as a polynomial of degree two, at α, α² and α³. From here
    /// on everything is public, and plain.
    static func syndromes(_ difference: UInt32) -> (UInt32, UInt32, UInt32) {
        func at(_ x: UInt32) -> UInt32 {
            times(times(difference >> 10 & 31, x) ^ (difference >> 5 & 31), x) ^ (difference & 31)
        }
        return (at(power(1)), at(power(2)), at(power(3)))
    }

    private static func times(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var a = a
        for bit in 0..<5 {
            if b >> UInt32(bit) & 1 == 1 { product ^= a }
            a = timesAlpha(a)
        }
        return product
    }

    private static func power(_ exponent: Int) -> UInt32 {
        var x: UInt32 = 1
        for _ in 0..<exponent % 31 { x = timesAlpha(x) }
        return x
    }

    /// x³⁰, since x³¹ = 1.
    private static func inverse(_ x: UInt32) -> UInt32 {
        var result: UInt32 = 1
        for _ in 0..<30 { result = times(result, x) }
        return result
    }
}

/// K, the 15 bits that every check symbol of an election carries, never zero:
/// last year's code, or the rehearsal's, fails at the check already.
package struct ElectionConstant: Sendable, Equatable {
    let bits: UInt16

    init(bits: UInt16) { self.bits = bits }

    /// vectors/README.md, section 4.
    package init(_ election: ElectionID) {
        let digest: Bytes<8> = election.hash(.constant, RawSpan())
        self.bits = UInt16(1 + digest.withBytes { $0.u64(0) } % 32767)
    }

    /// Whether codes of the other election could pass for codes of this one, or
    /// for codes with a single slip of the pen.
    package func isTooNear(_ other: ElectionConstant) -> Bool {
        let difference = UInt32(bits ^ other.bits)
        guard difference != 0 else { return true }
        return [12, 20, 24, 28].contains { CheckSymbols.locate(difference, count: $0) != Groups() }
    }
}
