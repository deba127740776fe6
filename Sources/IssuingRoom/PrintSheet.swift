internal import Counterfoil

/// The packs of one chunk: their lines for the printer, in guarded memory, and
/// their rows for the register.
final class PrintSheet: @unchecked Sendable {
    // Unchecked because of the scratch: a sheet is filled by one task, handed
    // over, and read by another.
    private var lines: SecretScratch
    private(set) var lineBytes = 0
    /// Rows of 97 bytes, in order of ordinals.
    fileprivate(set) var rows: [UInt8] = []
    fileprivate(set) var packs: [PackNumber] = []
    /// The attempt that counted for each pack.
    fileprivate(set) var attempts: [UInt32] = []
    /// The lines of packs.csv.
    fileprivate(set) var ledgerOfPacks: [UInt8] = []
    /// Where each line for the printer ends.
    fileprivate(set) var ends: [Int] = []

    fileprivate init(capacity: Int) { lines = SecretScratch(count: max(1, capacity)) }

    /// Lends the lines of some of the packs.
    func withLines<E: Error>(
        _ packs: Range<Int>, _ body: (borrowing RawSpan) throws(E) -> Void
    ) throws(E) {
        let start = packs.lowerBound == 0 ? 0 : ends[packs.lowerBound - 1]
        let end = packs.isEmpty ? start : ends[packs.upperBound - 1]
        try lines.withBytes { (bytes: borrowing RawSpan) throws(E) in
            try body(bytes.extracting(start..<end))
        }
    }

    fileprivate func write(_ body: (inout MutableRawSpan, Int) -> Int) {
        let place = lineBytes
        lineBytes = lines.withMutableBytes { body(&$0, place) }
    }
}

/// A chunk on its way to a sheet.
struct SheetWork: Sendable {
    let chunk: RollChunk
    /// For each row whether it is left out; empty if none is.
    let skipped: [Bool]
    let firstOrdinal: Int
    let voters: ArraySlice<VoterNumber>
    /// Ordinals that must begin with a later attempt, since the pack number of
    /// an earlier one is used already.
    var attempts: [Int: UInt32] = [:]
}

/// The second reading of a roll, which must give the same rows as the first.
struct SheetWorkSource<Source: ByteSource>: ~Copyable {
    private var reader: RollReader<Source>
    private let plan: RollPlan
    private let order: PrintOrder
    private var chunks = 0
    private var rows = 0
    private var ordinals = 0

    init(
        roll: () throws(StreamError) -> Source, options: RollOptions, plan: RollPlan, order: PrintOrder
    ) throws {
        reader = try RollReader(roll(), options)
        self.plan = plan
        self.order = order
    }

    mutating func next() throws -> SheetWork? {
        if order.kind == .specimens { return nextSpecimens() }
        guard let chunk = try reader.next() else { return nil }
        guard chunks < plan.chunkHashes.count, RollPlan.hash(chunk) == plan.chunkHashes[chunks] else {
            throw IssueError.rollChanged
        }
        let skipped = plan.skipped.isEmpty ? [] : Array(plan.skipped[rows..<rows + chunk.count])
        let packs = skipped.isEmpty ? chunk.count : skipped.count { !$0 }
        defer {
            chunks += 1
            rows += chunk.count
            ordinals += packs
        }
        return SheetWork(
            chunk: chunk, skipped: skipped, firstOrdinal: ordinals + 1,
            voters: plan.voters[ordinals..<ordinals + packs])
    }

    /// Rows whose values are as wide as the widest of the roll: W is the widest
    /// letter, and says nothing of anybody.
    private mutating func nextSpecimens() -> SheetWork? {
        let count = min(RollChunk.mostRows, plan.voters.count - ordinals)
        guard count > 0 else { return nil }
        var bytes: [UInt8] = []
        var ends: [UInt32] = []
        let columns = reader.columns.count
        let widths = specimenWidths(columns)
        for _ in 0..<count {
            for column in 0..<columns {
                bytes += [UInt8](repeating: 0x57, count: widths[column])
                ends.append(UInt32(bytes.count))
            }
        }
        defer { ordinals += count }
        return SheetWork(
            chunk: RollChunk(
                firstRow: ordinals + 1, count: count, columns: columns, bytes: bytes, ends: ends,
                lines: [UInt32](repeating: 0, count: count)),
            skipped: [], firstOrdinal: ordinals + 1, voters: plan.voters[ordinals..<ordinals + count])
    }

    private func specimenWidths(_ columns: Int) -> [Int] {
        var widths = [Int](repeating: 0, count: columns)
        for (i, column) in plan.printedColumns.enumerated() { widths[column] = plan.longest[i] }
        return widths
    }
}

/// Turns rows into packs: code, pack number, hashes, and a line of CSV.
struct SheetMaker: Sendable {
    let planner: RowPlanner
    let batchKey: BatchKey

    func make(_ work: SheetWork, key: borrowing IssuingKey) throws(IssueError) -> PrintSheet {
        let chunk = work.chunk
        let order = planner.order
        let layout = order.layout
        let link = Array((layout.link ?? "").utf8)
        let election = planner.election
        let fixed = 12 + PackNumber.printedCount + 2 * (election.codeLength.printedCount + 1) + link.count + 4
        let sheet = PrintSheet(
            capacity: chunk.count * (fixed + 3 * planner.layout.printed.count) + 2 * chunk.bytes.count)
        sheet.rows.reserveCapacity(work.voters.count * Register.rowSize)
        sheet.packs.reserveCapacity(work.voters.count)
        sheet.ends.reserveCapacity(work.voters.count)

        var maker = PackMaker(election)
        var answers = AnswerSheet(election)
        var ordinal = work.firstOrdinal
        for row in 0..<chunk.count where work.skipped.isEmpty || !work.skipped[row] {
            let (pack, attempt) = maker.make(
                ordinal: ordinal, attempt: work.attempts[ordinal] ?? 0, key: batchKey.bytes)
            let kind: PackKind
            var tag = AnswerTag.none
            if order.kind == .specimens {
                kind = .specimen
            } else {
                kind = try planner.answers(chunk, row, &answers)
                if kind == .normal && !election.questions.isEmpty {
                    maker.slot.deriveSecrets(key.ledgerKey)
                    answers.withMessage { tag = maker.slot.answerTag($0) }
                }
            }
            let register = RegisterRow(
                lookup: maker.slot.lookup(key.ledgerKey), pack: pack,
                voter: work.voters[work.voters.startIndex + ordinal - work.firstOrdinal],
                answers: tag, kind: kind, replaced: nil)
            append(register, to: sheet)
            sheet.attempts.append(attempt)
            sheet.write { out, place in
                line(
                    ordinal, pack, kind, chunk, row, maker, link: link, layout, into: &out, at: place)
            }
            sheet.ends.append(sheet.lineBytes)
            Self.appendLedgerLine(chunk, row, planner.layout.voter, pack, order.kind, ordinal, to: sheet)
            ordinal += 1
        }
        maker.slot.wipe()
        answers.clear()
        return sheet
    }

    /// The sheet, made again where one of its pack numbers is used already.
    func unique(
        _ sheet: PrintSheet, _ work: SheetWork, _ used: inout PackSet, key: borrowing IssuingKey
    ) throws(IssueError) -> PrintSheet {
        var work = work
        var sheet = sheet
        var checked = 0
        while checked < sheet.packs.count {
            if used.insert(sheet.packs[checked].value) {
                checked += 1
            } else {
                let ordinal = work.firstOrdinal + checked
                work.attempts[ordinal] = sheet.attempts[checked] + 1
                sheet = try make(work, key: key)
            }
        }
        return sheet
    }

    private func append(_ row: RegisterRow, to sheet: PrintSheet) {
        sheet.packs.append(row.pack)
        var bytes = Bytes<97>()
        bytes.withMutableBytes { row.write(into: &$0) }
        sheet.rows.append(bytes)
    }

    private func line(
        _ ordinal: Int, _ pack: PackNumber, _ kind: PackKind, _ chunk: RollChunk, _ row: Int,
        _ maker: borrowing PackMaker, link: [UInt8], _ layout: PrintLayout,
        into out: inout MutableRawSpan, at start: Int
    ) -> Int {
        var place = start
        func put(_ byte: UInt8, _ out: inout MutableRawSpan) {
            out.put(byte, at: place)
            place += 1
        }
        let separator = layout.separator.rawValue
        let codeCount = planner.election.codeLength.printedCount
        place += Decimal.write(ordinal, into: &out, at: place)
        put(separator, &out)
        pack.write(into: &out, at: place)
        place += PackNumber.printedCount
        put(separator, &out)
        // A pack for post alone has no code.
        if kind != .postOnly {
            maker.printCode(into: &out, at: place)
            place += codeCount
        }
        if layout.link != nil {
            put(separator, &out)
            if kind != .postOnly {
                link.withBytes { out.copy($0, at: place) }
                place += link.count
                maker.printCode(into: &out, at: place)
                place += codeCount
            }
        }
        for column in planner.layout.printed {
            put(separator, &out)
            place += chunk.withField(row, column) {
                CSV.write($0, separator: separator, flatten: layout.flatten, into: &out, at: place)
            }
        }
        put(0x0D, &out)
        put(0x0A, &out)
        return place
    }

    /// A line of packs.csv: voter id and pack number, for the room alone.
    private static func appendLedgerLine(
        _ chunk: RollChunk, _ row: Int, _ column: Int, _ pack: PackNumber, _ kind: BatchKind,
        _ ordinal: Int, to sheet: PrintSheet
    ) {
        if kind == .specimens {
            sheet.ledgerOfPacks += Array("specimen \(ordinal)".utf8)
        } else {
            let id = RowPlanner.voterID(chunk, row, column)
            var quoted = [UInt8](repeating: 0, count: 2 * id.count + 2)
            let count = chunk.bytes.withBytes { bytes in
                quoted.withMutableBytes {
                    CSV.write(bytes.extracting(id), separator: 0x2C, flatten: false, into: &$0, at: 0)
                }
            }
            sheet.ledgerOfPacks += quoted[..<count]
        }
        sheet.ledgerOfPacks.append(0x2C)
        var number = Bytes<14>()
        number.withMutableBytes { pack.write(into: &$0, at: 0) }
        sheet.ledgerOfPacks.append(number)
        sheet.ledgerOfPacks.append(0x0D)
        sheet.ledgerOfPacks.append(0x0A)
    }
}

/// A batch's key, to be shared by the tasks of one run.
final class BatchKey: Sendable {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}

/// Writing a field as RFC 4180 has it: quoted only where it must be.
enum CSV {
    /// Writes the value and returns how many bytes it took, at most twice its
    /// own and two.
    static func write(
        _ value: borrowing RawSpan, separator: UInt8, flatten: Bool, into out: inout MutableRawSpan,
        at offset: Int
    ) -> Int {
        guard needsQuotes(value, separator) else {
            out.copy(value, at: offset)
            return value.byteCount
        }
        var place = offset
        func put(_ byte: UInt8, _ out: inout MutableRawSpan) {
            out.put(byte, at: place)
            place += 1
        }
        put(0x22, &out)
        var breaking = false
        for i in 0..<value.byteCount {
            let byte = value.byte(i)
            if flatten && (byte == 0x0D || byte == 0x0A) {
                if !breaking { put(0x20, &out) }
                breaking = true
                continue
            }
            breaking = false
            if byte == 0x22 { put(0x22, &out) }
            put(byte, &out)
        }
        put(0x22, &out)
        return place - offset
    }

    private static func needsQuotes(_ value: borrowing RawSpan, _ separator: UInt8) -> Bool {
        var i = 0
        while value.byteCount - i >= 8 {
            let word = value.u64(i)
            if has(word, 0x22) | has(word, 0x0A) | has(word, 0x0D) | has(word, separator) != 0 { return true }
            i += 8
        }
        while i < value.byteCount {
            let byte = value.byte(i)
            if byte == 0x22 || byte == 0x0A || byte == 0x0D || byte == separator { return true }
            i += 1
        }
        return false
    }

    /// Not zero where one of the eight bytes is `byte`. May also be not zero
    /// above such a byte, never otherwise.
    private static func has(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let x = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (x &- 0x0101_0101_0101_0101) & ~x & 0x8080_8080_8080_8080
    }
}

/// A count in decimal digits.
enum Decimal {
    static func write(_ value: Int, into out: inout MutableRawSpan, at offset: Int) -> Int {
        var digits = 1
        var bound = 10
        while value >= bound {
            bound *= 10
            digits += 1
        }
        var rest = value
        for i in stride(from: digits - 1, through: 0, by: -1) {
            out.put(0x30 + UInt8(truncatingIfNeeded: rest % 10), at: offset + i)
            rest /= 10
        }
        return digits
    }
}
