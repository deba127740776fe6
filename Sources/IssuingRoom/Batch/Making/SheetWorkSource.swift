internal import Counterfoil

/// The second reading of a roll, which must give the same rows as the first.
struct SheetWorkSource<Source: ByteSource>: ~Copyable {
    private var reader: RollReader<Source>
    private let plan: RollPlan
    private let order: PrintOrder
    private var chunks = 0
    private var rows = 0
    private var ordinals = 0

    init(
        _ roll: RepeatableRoll<Source>, _ plan: RollPlan, _ order: PrintOrder
    ) throws(IssueError) {
        do { reader = try roll.reader() } catch { throw Self.again(error) }
        self.plan = plan
        self.order = order
    }

    mutating func next() throws(IssueError) -> SheetWork? {
        if order.kind == .specimens { return nextSpecimens() }
        let next: RollChunk?
        do { next = try reader.next() } catch { throw Self.again(.roll(.fault(error))) }
        guard let chunk = next else { return nil }
        guard chunks < plan.chunkHashes.count, RollPlan.hash(chunk) == plan.chunkHashes[chunks] else {
            throw .rollChanged
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
            voters: plan.voters[ordinals..<ordinals + packs],
            replaced: plan.replaced.isEmpty ? [] : plan.replaced[ordinals..<ordinals + packs])
    }

    /// The first reading found no fault: one that is found now was not there then.
    private static func again(_ error: IssueError) -> IssueError {
        if case .roll(.fault(let fault)) = error, case .unreadable = fault.kind { return error }
        return .rollChanged
    }

    /// Rows whose values are as wide as the widest of the roll: W is the widest
    /// letter, and says nothing of anybody. As many as a chunk of the roll holds.
    private mutating func nextSpecimens() -> SheetWork? {
        var bytes: [UInt8] = []
        var ends: [UInt32] = []
        let columns = reader.columns.count
        let widths = specimenWidths(columns)
        let fitting = max(1, RollChunk.mostBytes / max(1, widths.reduce(0, +)))
        let count = min(RollChunk.mostRows, fitting, plan.voters.count - ordinals)
        guard count > 0 else { return nil }
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
            skipped: [], firstOrdinal: ordinals + 1, voters: plan.voters[ordinals..<ordinals + count],
            replaced: [])
    }

    private func specimenWidths(_ columns: Int) -> [Int] {
        var widths = [Int](repeating: 0, count: columns)
        for (i, column) in plan.layout.printed.enumerated() { widths[column] = plan.longest[i] }
        return widths
    }
}
