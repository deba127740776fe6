internal import Counterfoil

/// The packs of one chunk: their lines for the printer, in guarded memory, and
/// their rows for the register.
final class PrintSheet: @unchecked Sendable {
    // Unchecked because of the scratch, which nobody writes to any more.
    private let lines: SecretScratch
    /// Where each line for the printer ends.
    private let ends: [Int]
    /// Rows of 97 bytes, in order of ordinals.
    let rows: [UInt8]
    let packs: [PackNumber]
    /// The attempt that counted for each pack.
    let attempts: [UInt32]
    /// The lines of packs.csv.
    let ledgerOfPacks: [UInt8]

    fileprivate init(_ made: consuming SheetInTheMaking) {
        ends = made.ends
        rows = made.rows
        packs = made.packs
        attempts = made.attempts
        ledgerOfPacks = made.ledgerOfPacks
        lines = made.lines
    }

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
}

/// A sheet while its rows are added: a value, so that nothing is checked at
/// run time that one task alone cannot get wrong.
private struct SheetInTheMaking: ~Copyable {
    var lines: SecretScratch
    var ends: [Int] = []
    var rows: [UInt8]
    var packs: [PackNumber] = []
    var attempts: [UInt32] = []
    var ledgerOfPacks: [UInt8] = []

    init(packs count: Int, lineBytes: Int, ledgerBytes: Int) {
        lines = SecretScratch(count: max(1, lineBytes))
        ends.reserveCapacity(count)
        rows = [UInt8](repeating: 0, count: count * Register.rowSize)
        packs.reserveCapacity(count)
        attempts.reserveCapacity(count)
        ledgerOfPacks.reserveCapacity(ledgerBytes)
    }
}

/// A chunk on its way to a sheet.
struct SheetWork: Sendable {
    let chunk: RollChunk
    /// For each row whether it is left out; empty if none is.
    let skipped: [Bool]
    let firstOrdinal: Int
    let voters: ArraySlice<VoterNumber>
    /// For replacements the packs that they replace; else empty.
    var replaced: ArraySlice<PackNumber> = []
    /// Ordinals that must begin with a later attempt, since the pack number of
    /// an earlier one is used already.
    var attempts: [Int: UInt32] = [:]
}

/// Turns rows into packs: code, pack number, hashes, and a line of CSV.
struct SheetMaker: Sendable {
    let planner: RowPlanner
    let batchKey: BatchKey

    func make(_ work: SheetWork, key: borrowing IssuingKey) throws(IssueError) -> PrintSheet {
        let chunk = work.chunk
        let election = planner.election
        let kindOfBatch = planner.order.kind
        let line = PrintLine(planner)
        var sheet = SheetInTheMaking(
            packs: work.voters.count, lineBytes: line.room(for: chunk),
            ledgerBytes: chunk.byteCount(of: planner.layout.voter) + chunk.count * 24)
        var maker = PackMaker(election)
        var answers = AnswerSheet(election)
        var ordinal = work.firstOrdinal
        var lineEnd = 0
        for row in 0..<chunk.count where work.skipped.isEmpty || !work.skipped[row] {
            let (pack, attempt) = maker.make(
                ordinal: ordinal, attempt: work.attempts[ordinal] ?? 0, key: batchKey.bytes)
            let kind: PackKind
            var tag = AnswerTag.none
            if kindOfBatch == .specimens {
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
                answers: tag, kind: kind,
                replaced: work.replaced.isEmpty
                    ? nil : work.replaced[work.replaced.startIndex + ordinal - work.firstOrdinal])
            let place = sheet.packs.count * Register.rowSize
            sheet.rows.withMutableBytes { rows in
                var out = rows._mutatingExtracting(place..<place + Register.rowSize)
                register.write(into: &out)
            }
            sheet.packs.append(pack)
            sheet.attempts.append(attempt)
            var printed = Bytes<14>()
            printed.withMutableBytes { maker.printPack(into: &$0) }
            lineEnd = sheet.lines.withMutableBytes { out in
                line.write(ordinal, printed, kind, chunk, row, maker, into: &out, at: lineEnd)
            }
            sheet.ends.append(lineEnd)
            appendLedgerLine(chunk, row, printed, ordinal, to: &sheet.ledgerOfPacks)
            ordinal += 1
        }
        maker.slot.wipe()
        answers.clear()
        return PrintSheet(sheet)
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

    /// A line of packs.csv: voter id and pack number, for the room alone.
    private func appendLedgerLine(
        _ chunk: RollChunk, _ row: Int, _ printed: Bytes<14>, _ ordinal: Int,
        to ledger: inout [UInt8]
    ) {
        if planner.order.kind == .specimens {
            ledger += Array("specimen \(ordinal)".utf8)
        } else {
            let id = RowPlanner.voterID(chunk, row, planner.layout.voter)
            chunk.withBytes { CSV.append($0.extracting(id), separator: 0x2C, to: &ledger) }
        }
        var end = Bytes<17>()
        end.withMutableBytes { end in
            end.put(0x2C as UInt8, at: 0)
            printed.withBytes { end.copy($0, at: 1) }
            end.put(0x0D0A as UInt16, at: 15)
        }
        ledger.append(end)
    }
}

/// A line of the print file.
private struct PrintLine {
    private let separator: UInt8
    private let flatten: Bool
    private let link: [UInt8]?
    private let columns: [Int]
    private let codeCount: Int

    init(_ planner: RowPlanner) {
        let layout = planner.order.layout
        separator = layout.separator.rawValue
        flatten = layout.flatten
        link = layout.link.map { Array($0.utf8) }
        columns = planner.layout.printed
        codeCount = planner.election.codeLength.printedCount
    }

    /// The most bytes that the lines of a chunk can take.
    func room(for chunk: RollChunk) -> Int {
        // Each value at most doubled, with its quotes and its separator; a sequence of 20 digits.
        let own = 20 + 1 + PackNumber.printedCount + 1 + codeCount + 1 + (link?.count ?? 0) + codeCount + 2
        let values = columns.reduce(0) { $0 + chunk.byteCount(of: $1) }
        return chunk.count * (own + 3 * columns.count) + 2 * values
    }

    /// Writes the line at `start` and returns where it ends.
    func write(
        _ ordinal: Int, _ pack: Bytes<14>, _ kind: PackKind, _ chunk: RollChunk, _ row: Int,
        _ maker: borrowing PackMaker, into out: inout MutableRawSpan, at start: Int
    ) -> Int {
        var place = start
        func put(_ byte: UInt8, _ out: inout MutableRawSpan) {
            out.put(byte, at: place)
            place += 1
        }
        place += Decimal.write(ordinal, into: &out, at: place)
        put(separator, &out)
        pack.withBytes { out.copy($0, at: place) }
        place += PackNumber.printedCount
        put(separator, &out)
        // A pack for post alone has no code.
        if kind != .postOnly {
            maker.printCode(into: &out, at: place)
            place += codeCount
        }
        if let link {
            put(separator, &out)
            if kind != .postOnly {
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

/// A batch's key, to be shared by the tasks of one run.
final class BatchKey: Sendable {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}
