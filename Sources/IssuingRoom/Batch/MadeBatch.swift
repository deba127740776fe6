internal import Counterfoil

/// The last step of a run: every pack is made. The files get their names, the
/// manifest last, and the page of the book is finished.
struct MadeBatch<Shelf: Folder & Sendable, Out: Folder & Sendable>: ~Copyable {
    private let batch: BatchInProgress<Shelf, Out>
    private let begun: BegunBatch
    private let plan: RollPlan
    private var files: BatchFiles<Out>

    init(
        _ batch: BatchInProgress<Shelf, Out>, _ begun: BegunBatch, _ plan: RollPlan,
        _ files: consuming BatchFiles<Out>
    ) {
        self.batch = batch
        self.begun = begun
        self.plan = plan
        self.files = files
    }

    /// Signature, manifest, page: a batch counts as finished, and its key may be
    /// destroyed, only once all that leaves the room is in its place.
    ///
    /// - Parameter cost: what a code of the batch costs to find.
    consuming func publish(cost: AttackCost) throws(IssueError) -> IssuedBatch {
        let pairs = ListedPacks.pairs(plan, files.packs)
        let manifest = try publishFiles(pairs)
        do { try publish(manifest) } catch { throw .output(error) }
        if !begun.page.isFinished {
            do { try finishPage() } catch {
                // The mark of a complete run is not left to one that failed.
                try? batch.out.remove(Manifest.fileName(batch.order.batch))
                throw .book(error)
            }
        }
        return IssuedBatch(manifest: manifest, cost: cost, cancelled: Set(pairs.map(\.cancelled)).sorted())
    }

    private mutating func publishFiles(_ pairs: [PackPair]) throws(IssueError) -> Manifest {
        let (order, total) = (batch.order, plan.voters.count)
        let name = BatchFiles<Out>.registerName(order.batch)
        let register: Out.File
        do {
            try files.printFiles.finish()
            register = try batch.out.create(name)
        } catch { throw .output(error) }
        var sink = register
        let header = RegisterHeader(
            election: batch.election, batch: order.batch, kind: order.kind, count: total,
            pairs: pairs.count)
        let digest = try files.register.write(header, pairs: pairs, to: &sink, batch.election, batch.key)
        do {
            let printed = try files.printFiles.publish()
            try register.publish()
            try files.packList.publish()
            return Manifest(
                batch: order.batch, kind: order.kind, packs: total, postOnly: plan.postOnly,
                byteOrderMark: order.layout.byteOrderMark, separator: order.layout.separator.rawValue,
                columns: columns, files: printed, registerName: name,
                registerBytes: Register.size(rows: total, pairs: pairs.count), registerDigest: digest)
        } catch { throw .output(error) }
    }

    private var columns: [Manifest.Column] {
        let code = batch.election.codeLength.printedCount
        let layout = batch.order.layout
        let own = [
            "sequence": "\(plan.voters.count)".utf8.count, "pack": PackNumber.printedCount, "code": code,
            "link": (layout.link?.unicodeScalars.count ?? 0) + code,
        ]
        return layout.ownColumns.map { Manifest.Column(name: $0, longest: own[$0]!) }
            + zip(plan.layout.printedNames, plan.longest).map { Manifest.Column(name: $0, longest: $1) }
    }

    /// The signature first: the manifest is the mark of a complete run.
    private func publish(_ manifest: Manifest) throws(StreamError) {
        let json = Array(manifest.json(batch.election).utf8)
        let signature = Minisign.sign(
            json, comment: "Counterfoil manifest of batch \(manifest.batch), \(manifest.packs) packs",
            election: batch.election, key: batch.key)
        for (name, bytes) in [
            (Minisign.fileName(for: manifest.batch), Array(signature.utf8)),
            (Manifest.fileName(manifest.batch), json),
        ] {
            let file = try batch.out.create(name)
            var sink = file
            try bytes.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
            try file.publish()
        }
    }

    private func finishPage() throws(BookError) {
        let packs = files.packs
        if !plan.doubles.isEmpty {
            try batch.book.write(
                DoublesPage(batch: batch.order.batch, plan.doubles, packs: packs), batch.key)
        }
        let page = BookPage(
            finishing: begun.page, voters: plan.voters, folded: plan.foldedNumbers,
            ascending: plan.ascending, packs: packs)
        try batch.book.write(page, batch.key)
    }
}
