internal import Counterfoil

/// The fourth step of a run, the second reading of the roll: packs are made.
struct SecondReading<Shelf: Folder & Sendable, Out: Folder & Sendable> {
    private let batch: BatchInProgress<Shelf, Out>
    private let begun: BegunBatch
    private let plan: RollPlan

    init(of batch: BatchInProgress<Shelf, Out>, _ begun: BegunBatch, _ plan: RollPlan) {
        self.batch = batch
        self.begun = begun
        self.plan = plan
    }

    /// Makes all packs, and writes them to files that nobody sees yet.
    func make<Source: ByteSource>(
        _ roll: RepeatableRoll<Source>, _ progress: (IssueProgress) -> Void
    ) async throws(IssueError) -> MadeBatch<Shelf, Out> {
        let total = plan.voters.count
        var files: BatchFiles<Out>
        do { files = try BatchFiles(batch.order, plan.layout, total: total, in: batch.out) } catch {
            throw .output(error)
        }
        try await makePacks(roll, progress, into: &files)
        guard files.packs.count == total else { throw .rollChanged }
        return MadeBatch(batch, begun, plan, files)
    }

    /// The pack numbers in use are forgotten at its end, since the memory is
    /// needed for the register.
    private func makePacks<Source: ByteSource>(
        _ roll: RepeatableRoll<Source>, _ progress: (IssueProgress) -> Void,
        into files: inout BatchFiles<Out>
    ) async throws(IssueError) {
        let total = plan.voters.count
        var used = PackSet(capacity: total + begun.earlier.reduce(0) { $0 + $1.count })
        for page in begun.earlier { page.forEachRow { row in _ = used.insert(row.pack) } }
        let maker = SheetMaker(batch.election, batch.order, plan.layout, batchKey: begun.key)
        var work = try SheetWorkSource(roll, plan, batch.order)
        try await inOrder(width: 3) { () throws(IssueError) -> SheetWork? in
            try work.next()
        } work: { [batch] (work) throws(IssueError) in
            (try maker.make(work, key: batch.key), work)
        } take: { (sheet, work) throws(IssueError) in
            let sheet = try maker.unique(sheet, work, &used, key: batch.key)
            do throws(StreamError) { try files.write(sheet) } catch { throw .output(error) }
            progress(.making(packs: files.packs.count, of: total))
        }
    }
}
