package import Counterfoil

/// Makes codes and pack numbers from a batch key, one pack after another;
/// vectors/README.md, section 7. The only place where a code comes into being.
package struct PackMaker: ~Copyable {
    /// Holds the code made last.
    package var slot: CodeSlot
    /// D of the attempt made last.
    package private(set) var derived = SecretScratch(count: 64)
    private let id: ElectionID
    private let constant: ElectionConstant

    package init(_ election: Election) {
        slot = CodeSlot(election)
        id = election.id
        constant = election.constant
    }

    /// Makes the pack with this ordinal, beginning with the given attempt, and
    /// returns its number and the attempt that counted: the first one that
    /// spells no refused word.
    package mutating func make(
        ordinal: Int, attempt first: UInt32 = 0, key: borrowing SecretBytes
    ) -> (PackNumber, attempt: UInt32) {
        var attempt = first
        while true {
            if let number = derive(ordinal: UInt64(ordinal), attempt: attempt, key: key) {
                return (number, attempt)
            }
            attempt += 1
        }
    }

    /// One attempt: nil where it spells a refused word.
    package mutating func derive(
        ordinal: UInt64, attempt: UInt32, key: borrowing SecretBytes
    ) -> PackNumber? {
        var message = Bytes<12>()
        message.withMutableBytes { message in
            message.put(ordinal, at: 0)
            message.put(attempt, at: 8)
        }
        let id = id
        derived.withMutableBytes { out in
            message.withBytes { id.hash(.packCode, key: key, $0, into: &out) }
        }
        let n = slot.length.symbols
        let fiveBits: UInt64 = 0x1F1F_1F1F_1F1F_1F1F
        let constant = constant
        slot.symbols.withMutableBytes { symbols in
            derived.withBytes { d in
                // Eight at a time, and so a few too many, which the pack number's and the
                // check symbols overwrite; after the last symbol zeros stay.
                for i in stride(from: 0, to: 32, by: 8) { symbols.put(d.u64(i) & fiveBits, at: i) }
                symbols.put(d.u64(32) & fiveBits, at: n)
                symbols.put(d.u64(40) & fiveBits & 0xFF00_0000_0000_0000, at: n + 8)
            }
            CheckSymbols.append(to: &symbols, count: n, constant: constant)
            CheckSymbols.append(to: &symbols, at: n, count: PackNumber.symbols, constant: constant)
        }
        return slot.symbols.withBytes { symbols in
            let count = n + PackNumber.symbols
            guard !RefusedWords.spelled(in: symbols, count: count) else { return nil }
            // Declassified: the number is printed on the envelope.
            let number = PackNumber(symbols: symbols.extracting(n..<count))
            return PackNumber(unchecked: Sodium.declassify(number.value))
        }
    }

    /// Prints the code made last: groups of four with hyphens.
    package func printCode(into out: inout MutableRawSpan, at offset: Int) {
        let n = slot.length.symbols
        slot.symbols.withBytes { Alphabet.print($0.extracting(0..<n), into: &out, at: offset) }
    }

    /// Prints its pack number.
    package func printPack(into out: inout MutableRawSpan) {
        let n = slot.length.symbols
        slot.symbols.withBytes {
            Alphabet.print($0.extracting(n..<n + PackNumber.symbols), into: &out, at: 0)
        }
    }
}
