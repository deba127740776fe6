public import Counterfoil

/// The one place where a roll becomes packs.
///
/// The roll is read twice. The first time everything is checked, and the page
/// of the book is written durably; the second time packs are made. What a run
/// leaves behind is published at its very end, and last of all the manifest, as
/// the mark of a complete run; then the page is finished. A run that was killed
/// at any moment is simply run again, to the same packs.
public final class PrintRun<Shelf: Folder & Sendable, Out: Folder & Sendable>: Sendable {
    let election: Election
    let key: IssuingKey
    let order: PrintOrder
    private let shelf: Shelf
    private let out: Out

    /// `book` is the folder of the batch book, in the issuing room; `out` is
    /// where the files go.
    public init(
        _ order: PrintOrder, election: Election, key: consuming IssuingKey, book: Shelf, out: Out
    ) {
        self.order = order
        self.election = election
        self.key = key
        self.shelf = book
        self.out = out
    }

    /// Issues the batch.
    ///
    /// - Parameters:
    ///   - roll: gives the roll from its beginning, twice.
    ///   - options: how the roll is written.
    ///   - progress: called now and then.
    public func run<Source: ByteSource>(
        roll: () throws(StreamError) -> Source, options: RollOptions = RollOptions(),
        progress: (IssueProgress) -> Void = { _ in }
    ) async throws(IssueError) -> IssuedBatch {
        do {
            return try await issue(roll, options, progress)
        } catch let error as IssueError {
            throw error
        } catch let error as StreamError {
            throw .output(error)
        } catch let error as BookError {
            throw .book(error)
        } catch let fault as RollFault {
            throw .roll(fault)
        } catch let error as RollColumnError {
            throw .columns(error.description)
        } catch {
            throw .order("\(error)")
        }
    }

    private func issue<Source: ByteSource>(
        _ roll: () throws(StreamError) -> Source, _ options: RollOptions, _ progress: (IssueProgress) -> Void
    ) async throws -> IssuedBatch {
        try order.check()
        let book = BatchBook(in: shelf, of: election)
        let pages = try book.pages(key)
        let known = pages.first { $0.batch == order.batch }
        if let halfGone = pages.first(where: { !$0.isFinished && $0.keyIsDestroyed }) {
            throw IssueError.halfGivenUp(halfGone.batch)
        }
        if known == nil { try order.checkName() }
        if let unfinished = pages.first(where: { !$0.isFinished && $0.batch != order.batch }) {
            throw IssueError.unfinished(unfinished.batch)
        }
        guard try !isComplete(known) else { throw IssueError.complete(order.batch) }
        if let known, known.keyIsDestroyed { throw IssueError.keyDestroyed(order.batch) }
        let place = known?.place ?? (pages.last?.place ?? 0) + 1
        let earlier = pages.filter { $0.place < place }

        let doubles = try book.doubles(key)
        let issued = IssuedVoters(earlier.filter { $0.kind != .specimens }, doubles)
        var reader = try RollReader(roll(), options)
        let planner = RowPlanner(
            election: election, order: order, layout: try RollLayout(reader.columns, order, election),
            issued: issued,
            persons: try order.decided.map {
                try PersonNumbers($0, key, election, book: issued)
            } ?? .none,
            replacing: try Replacements.find(order.replaced ?? [], in: earlier, doubles))
        var plan = try await plan(&reader, planner, progress)
        if order.kind == .specimens { plan = specimens(plan) }
        try Replacements.refuseMissing(order.replaced ?? [], plan.replaced)
        guard !plan.voters.isEmpty else { throw IssueError.nobody }
        if order.kind != .specimens {
            try planner.persons.refuseUnknown(found: plan.decided, key, election, book: issued)
        }

        let codes = plan.voters.count + earlier.reduce(0) { $0 + $1.count }
        let cost = AttackCost(election.codeLength, codes: codes)
        guard cost.isEnough else { throw IssueError.tooShort(cost, election.codeLength, packs: codes) }

        // A roll that was changed while it was read is refused now, or a batch
        // would have begun with a roll that nobody has.
        _ = try roll()

        // From here on the batch exists: its key is on the disk before anything
        // that was made with it.
        let page = try begin(known, plan, place, book, doubles).withoutRows()
        guard let batchKey = try page.openKey(election, key) else {
            throw IssueError.keyDestroyed(order.batch)
        }
        let maker = SheetMaker(planner: planner, batchKey: BatchKey(batchKey))
        return try await make(
            maker, plan, page, earlier, book, options, cost, columns: reader.columns, roll, progress)
    }

    /// Whether the folder has the manifest, the mark of a complete run, already.
    /// A run that was broken off behind its manifest has not closed its page:
    /// it is run again into the same folder, and closes it.
    private func isComplete(_ known: BookPage?) throws(StreamError) -> Bool {
        guard let manifest = try out.read(Manifest.fileName(order.batch)) else { return false }
        if let known, !known.isFinished { return !Manifest.is(manifest, of: election) }
        return true
    }

    /// The batch's page: the one that is there, if it was begun with the same
    /// plan, or a new one, durably written.
    private func begin(
        _ known: BookPage?, _ plan: RollPlan, _ place: Int, _ book: BatchBook<Shelf>,
        _ doubles: [DoublesPage]
    ) throws -> BookPage {
        if let known {
            // The digest has who gets a pack. Who gets none, being somebody else's
            // double, stands among the doubles alone.
            let written = doubles.first { $0.batch == order.batch }?.rows ?? []
            let planned = doublesPage(plan, packs: nil).rows
            guard known.kind == order.kind, known.count == plan.voters.count,
                known.planDigest == plan.digest,
                written.map({ [$0.own, $0.carried] }) == planned.map({ [$0.own, $0.carried] })
            else { throw IssueError.otherRoll(order.batch) }
            return known
        }
        try refuseToReplace(total: plan.voters.count)
        let page = BookPage(
            beginning: order.batch, kind: order.kind, place: place, planDigest: plan.digest,
            voters: plan.voters, ascending: plan.ascending, election: election, key: key)
        // The doubles first: a page that is there has all that belongs to it, and
        // nothing that a run left whose page never came.
        if plan.doubles.isEmpty {
            try book.removeDoubles(of: order.batch)
        } else {
            try book.write(doublesPage(plan, packs: nil), key)
        }
        try book.write(page, key)
        return page
    }

    /// A batch that only begins has written nothing: what bears the name of one
    /// of its files is somebody's. Later they are its own, of a run that was
    /// broken off.
    private func refuseToReplace(total: Int) throws {
        let there = Set(try out.names())
        let names =
            PrintFiles<Out>.names(order, total: total)
            + ["\(order.batch).register", "\(order.batch).packs.csv"]
            + [Manifest.fileName(order.batch) + ".minisig"]
        if let name = names.first(where: there.contains) { throw IssueError.inTheWay(name) }
    }

    private func doublesPage(_ plan: RollPlan, packs: [PackNumber]?) -> DoublesPage {
        DoublesPage(
            batch: order.batch,
            rows: plan.doubles.map { double in
                DoublesPage.Row(
                    own: double.own, carried: double.carried,
                    pack: double.ordinal.flatMap { packs?[$0].value } ?? 0)
            })
    }

    // MARK: Second reading

    private func make<Source: ByteSource>(
        _ maker: SheetMaker, _ plan: RollPlan, _ page: BookPage, _ earlier: [BookPage],
        _ book: BatchBook<Shelf>, _ options: RollOptions, _ cost: AttackCost, columns: [String],
        _ roll: () throws(StreamError) -> Source, _ progress: (IssueProgress) -> Void
    ) async throws -> IssuedBatch {
        let total = plan.voters.count
        let printed = maker.planner.layout.printed.map { columns[$0] }
        var files = PrintFiles(order, columns: printed, total: total, in: out)
        let packsFile = try out.create("\(order.batch).packs.csv")
        var packsSink = packsFile
        try Array("voter,pack\r\n".utf8).withBytes { (bytes) throws(StreamError) in try packsSink.write(bytes)
        }
        var register = try await makePacks(
            maker, plan, earlier, options, roll, progress, into: &files, &packsSink)
        guard register.packs.count == total else { throw IssueError.rollChanged }
        try files.finish()

        let registerName = "\(order.batch).register"
        let registerFile = try out.create(registerName)
        var registerSink = registerFile
        let registerDigest = try register.write(to: &registerSink, order.batch, order.kind, election, key)

        let manifest = Manifest(
            batch: order.batch, kind: order.kind, packs: total, postOnly: plan.postOnly,
            byteOrderMark: order.layout.byteOrderMark, separator: order.layout.separator.rawValue,
            columns: widths(printed, plan, total), files: try files.publish(),
            registerName: registerName, registerBytes: Register.size(rows: total),
            registerDigest: registerDigest)
        try registerFile.publish()
        try packsFile.publish()
        // Signature, manifest, page: a batch counts as finished, and its key may be
        // destroyed, only once all that leaves the room is in its place.
        try publish(manifest)
        if !page.isFinished {
            do { try finish(page, plan, register.packs, book) } catch {
                // The mark of a complete run is not left to one that failed.
                try? out.remove(Manifest.fileName(order.batch))
                throw error
            }
        }
        return IssuedBatch(manifest: manifest, cost: cost)
    }

    private func finish(
        _ page: BookPage, _ plan: RollPlan, _ packs: [PackNumber], _ book: BatchBook<Shelf>
    ) throws(StreamError) {
        if !plan.doubles.isEmpty { try book.write(doublesPage(plan, packs: packs), key) }
        try book.write(
            BookPage(finishing: page, voters: plan.voters, ascending: plan.ascending, packs: packs), key)
    }

    /// The second reading itself. The pack numbers in use are forgotten at its end.
    private func makePacks<Source: ByteSource>(
        _ maker: SheetMaker, _ plan: RollPlan, _ earlier: [BookPage], _ options: RollOptions,
        _ roll: () throws(StreamError) -> Source, _ progress: (IssueProgress) -> Void,
        into files: inout PrintFiles<Out>, _ packsSink: inout Out.File
    ) async throws -> RegisterBuilder {
        let total = plan.voters.count
        var register = RegisterBuilder(capacity: total)
        var used = PackSet(capacity: total + earlier.reduce(0) { $0 + $1.count })
        for page in earlier { page.forEachPack { pack, _ in _ = used.insert(pack) } }

        var work = try SheetWorkSource(roll: roll, options: options, plan: plan, order: order)
        try await inOrder(width: 3) {
            try work.next()
        } work: { [self] work in
            (try maker.make(work, key: key), work)
        } take: { (sheet, work) in
            let sheet = try maker.unique(sheet, work, &used, key: key)
            try files.write(sheet)
            register.append(sheet.rows, sheet.packs)
            try sheet.ledgerOfPacks.withBytes { (bytes) throws(StreamError) in
                try packsSink.write(bytes)
            }
            progress(.making(packs: register.packs.count, of: total))
        }
        return register
    }

    private func widths(_ printed: [String], _ plan: RollPlan, _ total: Int) -> [Manifest.Column] {
        let code = election.codeLength.printedCount
        let link = (order.layout.link?.unicodeScalars.count ?? 0) + code
        let own = [
            "sequence": "\(total)".utf8.count, "pack": PackNumber.printedCount, "code": code, "link": link,
        ]
        return order.layout.ownColumns.map { Manifest.Column(name: $0, longest: own[$0]!) }
            + zip(printed, plan.longest).map { Manifest.Column(name: $0, longest: $1) }
    }

    /// Signature first: the manifest is the mark of a complete run.
    private func publish(_ manifest: Manifest) throws(StreamError) {
        let name = Manifest.fileName(order.batch)
        let json = Array(manifest.json(election).utf8)
        let comment = "Counterfoil manifest of batch \(order.batch), \(manifest.packs) packs"
        let signature = Minisign.sign(json, comment: comment, election: election, key: key)
        for (name, bytes) in [(name + ".minisig", Array(signature.utf8)), (name, json)] {
            let file = try out.create(name)
            var sink = file
            try bytes.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
            try file.publish()
        }
    }
}

/// What is going on, for a progress line: rows read or packs made so far.
public enum IssueProgress: Sendable {
    case reading(rows: Int)
    case making(packs: Int, of: Int)
}

/// What a run has made.
public struct IssuedBatch: Sendable {
    public let manifest: Manifest
    public let cost: AttackCost
}
