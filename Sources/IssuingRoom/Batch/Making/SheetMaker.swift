internal import Counterfoil

/// Turns rows into packs: code, pack number, hashes, and a line of CSV.
struct SheetMaker: Sendable {
    private let election: Election
    private let kind: BatchKind
    private let layout: RollLayout
    private let answers: RowAnswers
    private let line: PrintLine
    private let batchKey: BatchKey

    init(_ election: Election, _ order: PrintOrder, _ layout: RollLayout, batchKey: BatchKey) {
        self.election = election
        kind = order.kind
        self.layout = layout
        answers = RowAnswers(election, order, layout)
        line = PrintLine(election, order.layout, columns: layout.printed)
        self.batchKey = batchKey
    }

    func make(_ work: SheetWork, key: borrowing IssuingKey) throws(IssueError) -> PrintSheet {
        let chunk = work.chunk
        var sheet = SheetInTheMaking(
            packs: work.voters.count, lineBytes: line.room(for: chunk),
            listBytes: chunk.byteCount(of: layout.voter) + chunk.count * 24)
        var maker = PackMaker(election)
        var sheetOfAnswers = AnswerSheet(election)
        for row in 0..<chunk.count where work.skipped.isEmpty || !work.skipped[row] {
            let place = sheet.packs.count
            let ordinal = work.firstOrdinal + place
            let (number, attempt) = maker.make(
                ordinal: ordinal, attempt: work.attempts[ordinal] ?? 0, key: batchKey.bytes)
            let kind = try packKind(row, of: chunk, &sheetOfAnswers)
            let lookup = maker.slot.lookup(key.ledgerKey)
            var tag = AnswerTag.none
            if kind == .normal && !election.questions.isEmpty {
                sheetOfAnswers.withMessage { tag = maker.slot.answerTag($0) }
            }
            sheet.append(
                RegisterRow(
                    lookup: lookup, pack: number, voter: work.voter(place),
                    answers: tag, kind: kind, replaced: work.replaced(place)),
                attempt: attempt)
            var printed = Bytes<14>()
            printed.withMutableBytes { maker.printPack(into: &$0) }
            let pack = PrintedPack(ordinal: ordinal, number: printed, hasCode: kind != .postOnly)
            sheet.appendLine { out, start in
                line.write(pack, codeOf: maker, row: row, of: chunk, into: &out, at: start)
            }
            appendToList(pack, row: row, of: chunk, &sheet.packList)
        }
        maker.slot.wipe()
        sheetOfAnswers.clear()
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

    /// Fills the sheet of answers, and says what kind of pack they allow.
    private func packKind(
        _ row: Int, of chunk: RollChunk, _ sheet: inout AnswerSheet
    ) throws(IssueError) -> PackKind {
        kind == .specimens ? .specimen : try answers.read(row, of: chunk, into: &sheet)
    }

    /// A line of packs.csv: voter id and pack number, for the room alone.
    private func appendToList(
        _ pack: PrintedPack, row: Int, of chunk: RollChunk, _ list: inout [UInt8]
    ) {
        if kind == .specimens {
            list += Array("specimen \(pack.ordinal)".utf8)
        } else {
            let id = chunk.trimmedRange(row, layout.voter)
            chunk.withBytes { CSV.append($0.extracting(id), separator: 0x2C, to: &list) }
        }
        var end = Bytes<17>()
        end.withMutableBytes { end in
            end.put(0x2C as UInt8, at: 0)
            pack.number.withBytes { end.copy($0, at: 1) }
            end.put(0x0D0A as UInt16, at: 15)
        }
        list.append(end)
    }
}
