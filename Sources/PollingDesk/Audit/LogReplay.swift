internal import Counterfoil

/// The log from front to back: its hashes, and what it says of ballot and batches.
struct LogReplay {
    private let election: Election
    private var frontier = Frontier()
    private var checkpoints: [Checkpoint]
    private(set) var timeline = Timeline()
    private(set) var difference: String?

    init(election: Election, checkpoints: [Checkpoint]) {
        self.election = election
        self.checkpoints = checkpoints.sorted { $0.head.size > $1.head.size }
    }

    var head: TreeHead { frontier.head }

    mutating func add(_ row: LogRow) {
        compareHeads()
        guard difference == nil else { return }
        difference = fault(in: row).map { "entry \(row.logged.number) of the log: \($0)" }
    }

    /// After the last entry.
    mutating func end() {
        compareHeads()
        guard difference == nil else { return }
        if frontier.size == 0 {
            difference = "the log is empty"
        } else if let fault = timeline.faultAtEnd {
            difference = "entry \(frontier.size - 1) of the log: \(fault)"
        } else if let checkpoint = checkpoints.last {
            difference =
                "the log has \(frontier.size) entries, but a checkpoint was made of \(checkpoint.head.size): this is an older copy of the ledger, or entries were removed"
        }
    }

    private mutating func compareHeads() {
        while difference == nil, let checkpoint = checkpoints.last, checkpoint.head.size == frontier.size {
            checkpoints.removeLast()
            if checkpoint.head != frontier.head {
                difference =
                    "the first \(frontier.size) entries of the log are not those of which a checkpoint was made"
            }
        }
    }

    private mutating func fault(in row: LogRow) -> String? {
        let logged = row.logged
        guard logged.number == frontier.size else {
            return "entry \(frontier.size) should stand here"
        }
        guard let entry = logged.entry(constant: election.constant) else {
            return "it cannot be read"
        }
        guard row.at == entry.at, row.type == Int(entry.event.type.rawValue),
            row.pack == entry.event.pack?.value
        else {
            return
                "its columns \u{201C}at\u{201D}, \u{201C}type\u{201D} and \u{201C}pack\u{201D} are not those of the entry"
        }
        // First of all: under another election no hash would fit.
        if case .created(let digest) = entry.event, digest != election.digest {
            return "the ledger was made for another election"
        }
        let hashes = frontier.append(MerkleTree.leaf(logged.leaf))
        guard hashes == row.hashes else {
            return "its hashes do not fit; this entry or its note was altered"
        }
        return timeline.add(entry, number: logged.number)
    }
}

/// What the log says of the ballot and of the batches, and when.
struct Timeline {
    /// After so many entries, and from there on.
    private var states: [(number: Int, ballot: BallotState, batches: [Batch])] = [(-1, BallotState(), [])]
    private(set) var digests: [RegisterDigest] = []
    /// The entry that loaded a batch, by the batch's number less one.
    private(set) var loadings: [Int] = []
    /// The entry that activated a batch, by the batch's number less one.
    private(set) var activations: [Int?] = []
    /// Of batches activated without anybody's insisting, though the print
    /// house's return was not taken: only specimens need none.
    private var unreturned: Set<Int> = []
    /// Of batches activated although somebody had to insist: never specimens.
    private var insisted: Set<Int> = []
    /// Packs missing at the print house, directly before its return is taken.
    private var missing = 0
    /// The entries that took a return, in order, and of which batch.
    private var returns: [(number: Int, batch: Int)] = []

    var ballot: BallotState { states.last!.ballot }
    /// The names are not in the log: they are in the registers.
    var batches: [Batch] { states.last!.batches }

    /// Ballot and batches as they were when the entry of this number was written.
    func before(_ number: Int) -> (ballot: BallotState, batches: [Batch]) {
        var low = 0
        var high = states.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if states[middle].number < number { low = middle } else { high = middle }
        }
        return (states[low].ballot, states[low].batches)
    }

    /// The batch whose return says that a pack was missing, cancelled by this entry.
    func batchReturned(behind number: Int) -> Int? { returns.first { $0.number > number }?.batch }

    /// Returns what is wrong with it, by the rules.
    mutating func add(_ entry: Entry, number: Int) -> String? {
        var (ballot, batches) = (ballot, batches)
        let now = entry.at
        if (number == 0) != entry.event.isCreation {
            return "the log must begin with the ledger's creation, once"
        }
        if ballot.phase == .final { return "nothing is written to a ballot that is final" }
        if let fault = fault(before: entry, ballot) { return fault }
        func batch(_ number: Int) -> Int? { batches.indices.contains(number - 1) ? number - 1 : nil }
        let noSuchBatch = "it is about a batch that was not loaded"
        switch entry.event {
        case .registerLoaded(let n, let count, let digest):
            guard n == batches.count + 1 else { return "batch \(batches.count + 1) should be loaded here" }
            batches.append(
                Batch(number: n, name: Self.unnamed, kind: .members, count: count, loaded: now))
            digests.append(digest)
            loadings.append(number)
            activations.append(nil)
        case .batchActivated(let n, let isReturned):
            guard let i = batch(n) else { return noSuchBatch }
            guard batches[i].activated == nil, batches[i].withdrawn == nil else {
                return "batch \(n) could not be activated"
            }
            guard isReturned || batches[i].reconciled == nil else {
                return "batch \(n) was reconciled, and nobody had to insist"
            }
            if isReturned && batches[i].reconciled == nil { unreturned.insert(n) }
            if !isReturned { insisted.insert(n) }
            batches[i].activated = now
            activations[i] = number
        case .batchReconciled(let n, let count):
            guard let i = batch(n) else { return noSuchBatch }
            guard batches[i].reconciled == nil else { return "batch \(n) was reconciled before" }
            guard count == missing else { return "\(missing) packs were cancelled as missing before it" }
            missing = 0
            batches[i].reconciled = now
            returns.append((number, n))
        case .batchWithdrawn(let n):
            guard let i = batch(n) else { return noSuchBatch }
            guard batches[i].withdrawn == nil else { return "batch \(n) was withdrawn before" }
            batches[i].withdrawn = now
        case .ballotOpened(let closes, let grace):
            guard ballot.phase == .before else { return "the ballot was opened before" }
            if let closes, closes <= now { return "the closing time was past" }
            if grace > Desk.longestGrace { return "the grace is above 24 hours" }
        case .ballotExtended(let until):
            guard ballot.phase != .before else { return "the ballot was not open" }
            guard until > now else { return "the closing time was past" }
        case .ballotClosed(let moment):
            guard ballot.phase == .open else { return "the ballot was not open" }
            // Once the announced time is past, the close has that time. Before
            // it, an officer closes, and the close has the time of the act.
            let due = ballot.closes.flatMap { $0 <= now ? $0 : nil }
            guard moment == due ?? now else { return "it was not the time to close" }
        case .ballotFinal: guard ballot.phase == .closed else { return "the ballot was not closed" }
        case .packCancelled(_, .missing):
            missing += 1
            return nil
        default: return nil
        }
        ballot.apply(entry.event, at: now)
        states.append((number, ballot, batches))
        return nil
    }

    /// What the transaction of an entry would have written before it.
    private func fault(before entry: Entry, _ ballot: BallotState) -> String? {
        var isJudged = true
        switch entry.event {
        case .ballotClosed, .deskOpened, .registerLoaded, .created: isJudged = false
        default: break
        }
        if isJudged, ballot.phase == .open, let closes = ballot.closes, closes <= entry.at {
            return "the closing time was past, and the close should stand before it"
        }
        switch entry.event {
        case .packCancelled(_, .missing), .batchReconciled: return nil
        default: return faultAtEnd
        }
    }

    /// What must not be the end of the log, nor come before anything else.
    var faultAtEnd: String? {
        missing == 0 ? nil : "packs were cancelled as missing, and no return was taken"
    }

    /// What the tables say otherwise. How many packs a batch has, its register says.
    func difference(from ballot: BallotState, batches found: [Batch]) -> String? {
        if ballot != self.ballot { return "the table ballot does not say what the log says" }
        if found.count != batches.count {
            return "the table batches has \(found.count) rows, but \(batches.count) registers were loaded"
        }
        for (batch, told) in zip(found, batches)
        where batch.loaded != told.loaded || batch.activated != told.activated
            || batch.reconciled != told.reconciled || batch.withdrawn != told.withdrawn
        {
            return "the row of batch \(batch.name) does not say what the log says"
        }
        for batch in found {
            let activation = activations[batch.number - 1].map { "entry \($0) of the log: " } ?? ""
            if batch.kind != .specimens, unreturned.contains(batch.number) {
                return "\(activation)batch \(batch.name) was activated as reconciled, and was not"
            }
            if batch.kind == .specimens, insisted.contains(batch.number) {
                return "\(activation)batch \(batch.name) holds specimens, and nobody had to insist"
            }
        }
        return nil
    }

    private static let unnamed = BatchName("unnamed")!
}

extension Event {
    fileprivate var isCreation: Bool { if case .created = self { true } else { false } }
}
