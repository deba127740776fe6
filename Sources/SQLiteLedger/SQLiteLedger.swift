public import Counterfoil
public import PollingDesk
internal import Synchronization

/// A ledger in one SQLite file. Several threads and several processes may use
/// it at once.
///
/// Three rules make sure that a vote that was answered `accepted` survives a
/// power cut, and is cast once:
///
/// 1. Every write transaction and every checkpoint runs while an exclusive
///    lock on a file beside the ledger is held (`FileLock`), from before the
///    first record is read until the commit is on the disk.
/// 2. Commits are synced (`synchronous=FULL`), and a process that will write
///    answers nothing before all that it found in the write-ahead log has been
///    copied and synced. After a failed sync and a crash, the log can show
///    rows that a power cut would still erase. So it is written once more
///    before anything is copied from it (`LedgerFiles.rewriteLog`).
/// 3. After a commit or a checkpoint that failed, nobody knows what the disk
///    holds. The ledger then answers `undecided` until it is opened again.
///
/// A ledger from which something was taken away, its write-ahead log for instance,
/// is refused: see `LedgerGap`.
public final class SQLiteLedger: Ledger {
    public let election: Election
    /// What is missing of a ledger that was reopened all the same; nil where nothing
    /// is.
    package let gap: LedgerGap?
    private let files: LedgerFiles
    private let state: Mutex<State>

    private struct State: ~Copyable {
        /// A ledger that is open has one of these two.
        var writer: Writer?
        var reader: Database?
        /// Ends with the connection.
        var use: LedgerUse?
        /// What a writer has besides.
        let lock: FileLock?
        let watch: LedgerWatch?
        /// Whether its log has nothing to say of a desk that opens it: it was made
        /// just now, and says that.
        var isNew = false
        /// Who reopens it though something is missing, until that is in the log.
        var reopening: Note?
        /// What every call is told, once the ledger is closed or broken.
        var failure: LedgerError?
    }

    private init(
        _ election: Election, _ files: LedgerFiles, gap: LedgerGap? = nil, _ state: consuming sending State
    ) {
        self.election = election
        self.gap = gap
        self.files = files
        self.state = Mutex(state)
    }

    deinit { close() }

    // MARK: Making and opening

    /// Makes a ledger where there is no file, readable by its owner alone.
    ///
    /// It is built under another name, and gets its own name when it is complete
    /// and on the disk. So nobody ever takes a half-made ledger for a whole one.
    public static func create(
        at path: String, election: Election, at moment: Moment = .now
    ) throws(LedgerError) -> SQLiteLedger {
        try told(of: path) { () throws(Failure) in
            let files = try LedgerFiles(new: path)
            guard !FileSystem.exists(files.path) else { throw .refused(.exists(.file(files.path))) }
            try files.checkPlace()
            let lock = try FileLock(files.lock)
            let writer = try lock.held { () throws(Failure) in
                try build(files, election, at: moment)
                lock.remember(copied: 1)
                lock.remember(entries: 1, log: 0)
                try lock.sync(in: files.folder)
                try lock.join()
                let writer = try open(files, election)
                try writer.trust()
                return writer
            }
            let use = LedgerUse(files)
            return SQLiteLedger(
                election, files,
                State(writer: writer, use: use, lock: lock, watch: try files.watch(), isNew: true))
        }
    }

    /// Opens a ledger for a desk that will write. Nothing is written to it before
    /// there is a desk.
    ///
    /// Never makes one: an election whose ledger has gone missing must not
    /// begin again with an empty one.
    ///
    /// `head` is the head that somebody has seen of the log. A ledger whose log
    /// is not that one, or does not go on from it, is refused.
    public convenience init(
        opening path: String, election: Election, seen head: TreeHead? = nil
    ) throws(LedgerError) {
        try self.init(opening: path, election, seen: head, reopening: nil)
    }

    /// The same, though a part of the ledger may be missing: see `LedgerGap`. Where one is,
    /// the log says who opened it all the same, and why.
    ///
    /// What is missing stays missing: voters whose votes are not in the ledger can
    /// vote again. It is for officers who have looked for the files that lay beside
    /// the ledger, and have not found them.
    package convenience init(
        reopening path: String, election: Election, seen head: TreeHead? = nil, note: Note
    ) throws(LedgerError) {
        try self.init(opening: path, election, seen: head, reopening: note)
    }

    private convenience init(
        opening path: String, _ election: Election, seen head: TreeHead?, reopening note: Note?
    ) throws(LedgerError) {
        let files = try Self.told(of: path) { () throws(Failure) in try LedgerFiles(existing: path) }
        var gap: LedgerGap?
        let state = try Self.told(of: files.path) { () throws(Failure) in
            try files.checkPlace()
            let lock = try FileLock(files.lock)
            let writer = try lock.held { () throws(Failure) in
                // This also removes the second name of a ledger whose `create` died at
                // its end.
                files.removeUnfinished()
                try files.check()
                let memory = lock.recall()
                try Self.refuseOlderCopy(files, memory.copied)
                if note == nil { try files.refuseForeignLog(memory) }
                try files.rewriteLog()
                let writer = try Self.open(files, election)
                // Either a power cut came while a checkpoint made the file
                // longer, and the log has the rest; or somebody cut it off.
                let isWhole = files.isWhole
                // Before anything is copied: an older log would spoil the file.
                gap = try writer.read { (database) throws(Failure) in try database.gap(memory) }
                if let gap, note == nil { throw .refused(gap.refusal(of: files)) }
                // Before it is emptied: other desks may be open.
                lock.remember(log: 0)
                try writer.recover()
                try files.checkEnd()
                if !isWhole { try writer.read { (database) throws(Failure) in try database.check() } }
                let size = try writer.frontier().size
                if let head { try writer.expect(head) }
                lock.remember(copied: size)
                // With a gap, not before its record is on the disk.
                if gap == nil { lock.remember(entries: size, log: 0) }
                try lock.sync(in: files.folder)
                try lock.join()
                try writer.trust()
                return writer
            }
            return State(
                writer: writer, use: LedgerUse(files), lock: lock, watch: try files.watch(),
                reopening: gap == nil ? nil : note)
        }
        self.init(election, files, gap: gap, state)
    }

    /// Opens a ledger to read from it, also while others write. Needs no
    /// election and no key, and writes nothing to the ledger; SQLite may leave
    /// its two empty files beside it, for the next desk to use.
    ///
    /// Of a ledger with a gap nothing can be read but an audit, which names it.
    public convenience init(reading path: String) throws(LedgerError) {
        let files = try Self.told(of: path) { () throws(Failure) in try LedgerFiles(existing: path) }
        var gap: LedgerGap?
        let database = try Self.told(of: files.path) { () throws(Failure) in
            try files.checkPlace()
            let database = try Self.openReading(files)
            gap = try Self.gap(of: files, database)
            return database
        }
        let election = try Self.told(of: files.path) { () throws(Failure) in try database.election() }
        self.init(
            election, files, gap: gap,
            State(reader: database, use: LedgerUse(files), lock: nil, watch: nil))
    }

    /// Ends the use of the ledger; whatever is asked of it afterwards is
    /// refused. Happens by itself when the last reference goes.
    public func close() {
        state.withLock { state in
            state.failure = state.failure ?? .closed
            state.reader = nil
            defer { state.use = nil }
            guard state.writer != nil else { return }
            // The last connection to close checkpoints, so it needs the lock as
            // well. If that cannot be had, the log stays: nothing is lost.
            do throws(Failure) {
                try state.lock!.held { () throws(Failure) in
                    // Where a file was moved, others may lie in its place. And what is
                    // missing is not forgotten before it is on the record.
                    let (memory, watch) = (state.lock!.recall(), state.watch!)
                    let isWhole = (try? watch.look(logOf: memory.log ?? 0)) != nil
                    let isLast = state.lock!.isLast()
                    if !isWhole {
                        state.writer!.abandon()
                    } else if isLast, state.reopening == nil {
                        state.lock!.remember(log: 0)
                        if let copied = state.writer!.markClosed() { state.lock!.remember(copied: copied) }
                    }
                    state.writer = nil
                    state.lock!.leave()
                }
            } catch {
                state.writer?.abandon()
                state.writer = nil
            }
        }
    }

    // MARK: The protocol

    package func recordOpening(at moment: Moment) throws(LedgerError) {
        let (isNew, note) = state.withLock { state in
            defer { state.isNew = false }
            return (state.isNew, state.reopening)
        }
        guard !isNew else { return }
        try exclusively { (writer) throws(Failure) in
            try writer.record(.deskOpened, note ?? .none, at: moment)
        }
        guard note != nil else { return }
        // The gap is on the record, and what is remembered can begin anew.
        try state.withLock { (state) throws(LedgerError) in
            state.reopening = nil
            try Self.told(of: files.path) { () throws(Failure) in
                try state.lock!.sync(in: files.folder)
            }
        }
    }

    /// `judge` runs while the ledger is locked, and must not use it.
    package func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        try exclusively { (writer) throws(Failure) in
            try writer.transaction { (writer) throws(Failure) in
                var scene = try writer.scene(of: subjects, at: moment)
                let result = judge(&scene)
                guard !scene.entries.isEmpty else { return (result, keep: false) }
                try writer.apply(scene.entries)
                return (result, keep: true)
            }
        }
    }

    package func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        let outcome = try exclusively(emptiesLog: true) { (writer) throws(Failure) in
            let outcome = try writer.transaction { (writer) throws(Failure) in
                let outcome = try writer.load(&register, at: moment)
                return (outcome, keep: outcome == .loaded)
            }
            try writer.shrinkLog()
            return outcome
        }
        if outcome == .alreadyLoaded {
            let (name, digest) = (register.header.batch, register.digest)
            let isSigned = try snapshot(long: false) { (snapshot) throws(LedgerError) in
                try snapshot.isSigned(name, digest: digest, election)
            }
            guard isSigned else { throw .unsignedBatch(name) }
        }
        return outcome
    }

    package var concurrency: Int { 1 }

    package func standbyMoment() throws(LedgerError) -> Moment? { nil }

    package func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool {
        try isSignedInSnapshot(batch)
    }

    public func summary() throws(LedgerError) -> LedgerSummary {
        try reading { (database) throws(Failure) in try database.summary(of: election) }
    }

    package func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? {
        try reading { (database) throws(Failure) in try database.history(of: pack, election) }
    }

    package func report() throws(LedgerError) -> LedgerReport {
        try reading { (database) throws(Failure) in try database.report(of: election) }
    }

    package func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair] {
        try reading { (database) throws(Failure) in
            try database.pairsOfOtherVoters(inBatch: name, election.constant)
        }
    }

    package func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook? {
        try reading { (database) throws(Failure) in try database.outlook(ofBatch: name, election) }
    }

    package func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        try reading { (database) throws(Failure) in
            try database.packs(ofBatch: number, election.constant)
        }
    }

    package func withHead<R>(
        after seen: TreeHead?, _ body: (TreeHead) -> R
    ) throws(LedgerError) -> R {
        try exclusively { (writer) throws(Failure) in
            let head = try writer.head()
            if let seen { try writer.expect(seen) }
            return body(head)
        }
    }

    /// On a connection of its own, so that writers need not wait. Work that takes
    /// long reads from a copy, so that writers can checkpoint as well.
    package func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        let fault = state.withLock { $0.writer == nil ? gap?.refusal(of: files) : nil }
        if let fault, !long { throw fault }
        let snapshot = try Self.told(of: files.path) { () throws(Failure) in
            let database = try Self.openReading(files)
            guard long else { return try Snapshot(database, election, path: files.path) }
            let copy = try Database("", .temporary)
            try copy.copy(database)
            return try Snapshot(copy, election, path: files.path, gap: fault == nil ? nil : gap)
        }
        return try body(snapshot)
    }

    private func reading<R: Sendable>(
        _ work: (borrowing Database) throws(Failure) -> R
    ) throws(LedgerError) -> R {
        try state.withLock { (state) throws(LedgerError) in
            if let failure = state.failure { throw failure }
            do throws(Failure) {
                if state.writer != nil { return try state.writer!.read(work) }
                if let gap { throw .refused(gap.refusal(of: files)) }
                return try state.reader!.read(work)
            } catch { throw error.told(of: files.path) }
        }
    }

    /// Runs work on the ledger while nobody else, in this process or another,
    /// writes or checkpoints.
    ///
    /// - Parameter emptiesLog: whether `work` may empty the write-ahead log.
    private func exclusively<R>(
        emptiesLog: Bool = false, _ work: (inout Writer) throws(Failure) -> R
    ) throws(LedgerError) -> R {
        try state.withLock { (state) throws(LedgerError) in
            if let failure = state.failure { throw failure }
            guard state.writer != nil, let watch = state.watch else {
                throw .readOnly
            }
            try Self.told(of: files.path) { () throws(Failure) in try state.lock!.acquire() }
            defer { state.lock!.release() }
            do throws(Failure) {
                let memory = state.lock!.recall()
                try watch.look(logOf: memory.log ?? 0)
                // Who reopens it goes on with fewer, and that is put on the record here.
                state.writer!.remembered = state.reopening == nil ? memory.entries : nil
                // Before it may be emptied. A desk that dies then has told the others.
                let willMark = state.writer!.willMark()
                if emptiesLog || willMark { state.lock!.remember(log: 0) }
                let result = try work(&state.writer!)
                if let entries = state.writer!.takeWritten() {
                    state.lock!.remember(entries: entries, log: watch.logSize() ?? 0)
                }
                if let copied = state.writer!.takeCopied() { state.lock!.remember(copied: copied) }
                return result
            } catch {
                if error.breaks {
                    // Still under the lock, and without touching the files again.
                    state.writer!.abandon()
                    state.writer = nil
                    state.use = nil
                    state.failure = error.unsettled.told(of: files.path)
                }
                throw error.told(of: files.path)
            }
        }
    }

    private static func told<R: ~Copyable>(
        of path: String, _ body: () throws(Failure) -> R
    ) throws(LedgerError) -> R {
        do throws(Failure) { return try body() } catch { throw error.told(of: path) }
    }
}

extension Desk {
    /// A desk over a ledger in a file. See ``Desk`` for what it refuses.
    public convenience init(
        key: consuming DeskKey, ledger: SQLiteLedger, limits: Limits = Limits()
    ) throws(LedgerError) {
        try self.init(key: key, ledger: ledger as any Ledger, limits: limits)
    }
}
