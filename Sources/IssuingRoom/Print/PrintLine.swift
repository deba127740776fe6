internal import Counterfoil

/// What a line of the print file says of a pack, but for its code.
struct PrintedPack {
    let ordinal: Int
    /// As it is printed.
    let number: Bytes<14>
    /// A pack for post alone has no code.
    let hasCode: Bool
}

/// Writes lines of the print file.
struct PrintLine: Sendable {
    private let separator: UInt8
    private let flatten: Bool
    private let link: [UInt8]?
    private let columns: [Int]
    private let codeCount: Int

    /// - Parameter columns: of the roll, those that are printed.
    init(_ election: Election, _ layout: PrintLayout, columns: [Int]) {
        separator = layout.separator.rawValue
        flatten = layout.flatten
        link = layout.link.map { Array($0.utf8) }
        self.columns = columns
        codeCount = election.codeLength.printedCount
    }

    /// The most bytes that the lines of a chunk can take.
    func room(for chunk: RollChunk) -> Int {
        // Each value at most doubled, with its quotes and its separator; a sequence of 20 digits.
        let own = 20 + 1 + PackNumber.printedCount + 1 + codeCount + 1 + (link?.count ?? 0) + codeCount + 2
        let values = columns.reduce(0) { $0 + chunk.byteCount(of: $1) }
        return chunk.count * (own + 3 * columns.count) + 2 * values
    }

    /// Writes the line at `start` and returns where it ends.
    ///
    /// - Parameter maker: has made the pack's code last.
    func write(
        _ pack: PrintedPack, codeOf maker: borrowing PackMaker, row: Int, of chunk: RollChunk,
        into out: inout MutableRawSpan, at start: Int
    ) -> Int {
        var place = start
        func put(_ byte: UInt8, _ out: inout MutableRawSpan) {
            out.put(byte, at: place)
            place += 1
        }
        place += Decimal.write(pack.ordinal, into: &out, at: place)
        put(separator, &out)
        pack.number.withBytes { out.copy($0, at: place) }
        place += PackNumber.printedCount
        put(separator, &out)
        if pack.hasCode {
            maker.printCode(into: &out, at: place)
            place += codeCount
        }
        if let link {
            put(separator, &out)
            if pack.hasCode {
                link.withBytes { out.copy($0, at: place) }
                place += link.count
                maker.printCode(into: &out, at: place)
                place += codeCount
            }
        }
        for column in columns {
            put(separator, &out)
            place += chunk.withField(row, column) {
                CSV.write($0, separator: separator, flatten: flatten, into: &out, at: place)
            }
        }
        put(0x0D, &out)
        put(0x0A, &out)
        return place
    }
}
