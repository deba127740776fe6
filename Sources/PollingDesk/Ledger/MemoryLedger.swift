public import Counterfoil
internal import Synchronization

/// A ledger in memory: the protocol at its plainest, for tests and rehearsals.
/// What it holds is gone with the process.
public final class MemoryLedger: Ledger {
    private struct State {
        var ballot = BallotState()
        var batches: [Batch] = []
        var registers: [(header: RegisterHeader, signature: Bytes<64>, digest: RegisterDigest)] = []
        var packs: [PackNumber: PackRecord] = [:]
        var numbers: [LookupID: PackNumber] = [:]
        /// Packs that can vote no longer, also those whose register comes later.
        var cancelled: [PackNumber: Cancellation] = [:]
        var votes: [VoterNumber: Vote] = [:]
        /// Scans on the record, each with the number of its entry.
        var scans: [PackNumber: [ScanNonce: Int]] = [:]
        var pairs: [(pair: PackPair, batch: Int)] = []
        var log: [LogRow] = []
        var frontier = Frontier()

        func scan(_ entry: Int, _ constant: ElectionConstant) -> RecordedScan? {
            log[entry].logged.entry(constant: constant).flatMap {
                RecordedScan($0.event, at: $0.at, officer: $0.note.officer)
            }
        }

        mutating func append(_ entry: Entry, _ election: Election) {
            if let scan = RecordedScan(entry.event, at: entry.at, officer: entry.note.officer) {
                scans[scan.pack, default: [:]][scan.nonce] = log.count
            }
            let logged = LoggedEntry(entry, number: log.count, id: EntryID.random(count: 1)[0])
            let hashes = frontier.append(MerkleTree.leaf(logged.leaf))
            log.append(
                LogRow(
                    logged, at: entry.at, type: Int(entry.event.type.rawValue), pack: entry.event.pack?.value,
                    hashes: hashes))
        }
    }

    public let election: Election
    private let state: Mutex<State>

    public init(election: Election, at moment: Moment = .now) {
        self.election = election
        var state = State()
        state.append(Entry(.created(election: election.digest), at: moment), election)
        self.state = Mutex(state)
    }

    /// There is nothing to open.
    package func recordOpening(at moment: Moment) {}

    package func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        state.withLock { state in
            var scene = Scene(
                election: election, now: moment, ballot: state.ballot, batches: state.batches)
            for subject in subjects {
                let number: PackNumber? =
                    switch subject {
                    case .code(let id): state.numbers[id]
                    case .pack(let number), .scan(let number, _): number
                    }
                if let number, let pack = state.packs[number] {
                    scene.add(pack, vote: state.votes[pack.row.voter])
                    // All of them: only those that an answer is about are looked for.
                    for entry in (state.scans[number] ?? [:]).values.sorted() {
                        if let scan = state.scan(entry, election.constant) { scene.add(scan) }
                    }
                }
            }
            let result = judge(&scene)
            for entry in scene.entries { apply(entry, to: &state) }
            return result
        }
    }

    package func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        let header = register.header
        let digest = register.digest
        let signature = register.signature
        var rows: [RegisterRow] = []
        var pairs: [PackPair] = []
        do {
            while let row = try register.next() { rows.append(row) }
            while let pair = try register.nextPair() { pairs.append(pair) }
        } catch { throw .register(error) }

        return try state.withLock { (state) throws(LedgerError) in
            if state.registers.contains(where: { $0.digest == digest }) { return .alreadyLoaded }
            guard state.ballot.final == nil else { throw LedgerError.ballotFinal }
            if state.batches.contains(where: { $0.name == header.batch }) {
                throw LedgerError.otherRegister(header.batch)
            }
            // The ids are in order, so no two are equal; pack numbers may be.
            var numbers: Set<PackNumber> = []
            for row in rows {
                guard state.packs[row.pack] == nil, state.numbers[row.lookup.id] == nil,
                    numbers.insert(row.pack).inserted
                else { throw LedgerError.packTwice }
            }
            let batch = state.batches.count + 1
            for row in rows {
                state.packs[row.pack] = PackRecord(
                    row: row, batch: batch, cancelled: state.cancelled[row.pack],
                    attempts: Attempts())
                state.numbers[row.lookup.id] = row.pack
            }
            state.batches.append(
                Batch(
                    number: batch, name: header.batch, kind: header.kind, count: header.count,
                    loaded: moment, activated: nil))
            state.registers.append((header, signature, digest))
            state.pairs += pairs.map { ($0, batch) }
            state.append(
                Entry(.registerLoaded(batch: batch, count: header.count, digest), at: moment), election)
            return .loaded
        }
    }

    package var concurrency: Int { 1 }

    package func standbyMoment() throws(LedgerError) -> Moment? { nil }

    package func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool {
        try isSignedInSnapshot(batch)
    }

    package func summary() throws(LedgerError) -> LedgerSummary { state.withLock { summary($0) } }

    package func report() throws(LedgerError) -> LedgerReport {
        state.withLock { state in
            LedgerReport(
                summary: summary(state), voters: voters(state), turnout: turnout(state),
                voted: state.votes.values.map { ($0.pack, $0.reportedChannel) }.sorted { $0.0 < $1.0 },
                secondAttempts: state.packs.values.filter { $0.attempts.second > 0 }
                    .map { ($0.row.pack, $0.attempts.second) }.sorted { $0.0 < $1.0 })
        }
    }

    package func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? {
        state.withLock { state in
            guard let record = state.packs[pack] else { return nil }
            let lines = state.log.filter { $0.pack == pack.value }.map { PackHistory.Line($0.logged) }
            let replacements = state.packs.values.filter { $0.row.replaced == pack }
                .sorted { ($0.batch, $0.row.pack) < ($1.batch, $1.row.pack) }
            return PackHistory(
                record, in: state.batches[record.batch - 1],
                replacements: replacements.map { ($0.row.pack, state.batches[$0.batch - 1]) },
                kept: Set(
                    state.pairs.filter {
                        $0.pair.cancelled == pack && state.batches[$0.batch - 1].activated != nil
                    }.map(\.pair.kept)
                ).sorted(),
                vote: state.votes[record.row.voter], election, entries: lines)
        }
    }

    package func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        state.withLock { state in
            state.packs.values.filter { $0.batch == number }.map(\.row.pack).sorted()
        }
    }

    package func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair] {
        state.withLock { state in
            let number = state.batches.first { $0.name == name }?.number
            let replacing = state.packs.values.filter { $0.batch == number }.compactMap { pack in
                pack.row.replaced.map { PackPair(kept: pack.row.pack, cancelled: $0) }
            }
            let pairs = state.pairs.filter { $0.batch == number }.map(\.pair)
            return (replacing + pairs).filter { pair in
                guard let cancelled = state.packs[pair.cancelled] else { return true }
                return state.packs[pair.kept]?.row.voter != cancelled.row.voter
            }.sorted { ($0.cancelled, $0.kept) < ($1.cancelled, $1.kept) }
        }
    }

    package func withHead<R>(
        after seen: TreeHead?, _ body: (TreeHead) -> R
    ) throws(LedgerError) -> R {
        try state.withLock { (state) throws(LedgerError) in
            if let seen { try Snapshot(state: state, constant: election.constant).expect(seen) }
            return body(state.frontier.head)
        }
    }

    package func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        try body(Snapshot(state: state.withLock { $0 }, constant: election.constant))
    }

    /// Nothing is open.
    package func close() {}

    package func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook? {
        state.withLock { state in
            guard let batch = state.batches.first(where: { $0.name == name }) else { return nil }
            let packs = state.packs.values.filter { $0.batch == batch.number }
            let ended = Set(
                packs.compactMap(\.row.replaced)
                    + state.pairs.filter { $0.batch == batch.number }.map(\.pair.cancelled))
            let others = Set(
                state.packs.values.filter { pack in
                    let other = state.batches[pack.batch - 1]
                    return other.number != batch.number && other.isActive && pack.cancelled == nil
                        && pack.row.kind != .specimen
                }.map(\.row.voter))
            let last = packs.filter {
                $0.row.kind != .specimen && $0.cancelled == nil && state.votes[$0.row.voter] == nil
                    && !others.contains($0.row.voter)
            }
            return BatchOutlook(
                batch: batch, balance: balance(packs, state),
                ended: balance(ended.compactMap { state.packs[$0] }, state),
                lastPacks: Set(last.map(\.row.voter)).count,
                lastReplacements: Set(last.filter { $0.row.replaced != nil }.map(\.row.voter)).count)
        }
    }

    private func balance(_ packs: some Sequence<PackRecord>, _ state: State) -> Balance {
        var balance = Balance()
        for pack in packs {
            let vote = state.votes[pack.row.voter]
            let column = Balance.column(
                pack.row.kind, in: state.batches[pack.batch - 1], cancelled: pack.cancelled,
                locked: pack.isLocked(in: election),
                votedWithIt: vote?.pack == pack.row.pack ? vote?.reportedChannel : nil)
            balance[column] += 1
        }
        return balance
    }

    private func voters(_ state: State) -> Int {
        let left = Set(
            state.pairs.filter { state.batches[$0.batch - 1].activated != nil }.map(\.pair.cancelled))
        let sent = state.packs.values.filter {
            $0.row.kind != .specimen && state.batches[$0.batch - 1].isActive && !left.contains($0.row.pack)
        }
        return Set(sent.map(\.row.voter)).union(state.votes.keys).count
    }

    private func summary(_ state: State) -> LedgerSummary {
        LedgerSummary(
            election: election, ballot: state.ballot, batches: state.batches,
            balance: balance(state.packs.values, state),
            secondAttempts: state.packs.values.reduce(0) { $0 + $1.attempts.second },
            setAside: state.log.count { $0.setAside.map { $0 != .scannedBefore } ?? false },
            rescans: state.log.count { $0.setAside == .scannedBefore }, entries: state.log.count)
    }

    private func turnout(_ state: State) -> [TurnoutQuarter] {
        var counts: [Int64: [ReportedChannel: Int]] = [:]
        for vote in state.votes.values {
            let quarter = vote.at.milliseconds / TurnoutQuarter.milliseconds
            counts[quarter, default: [:]][vote.reportedChannel, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.flatMap { quarter, channels in
            [ReportedChannel.online, .post].compactMap { channel in
                channels[channel].map {
                    TurnoutQuarter(
                        start: Moment(milliseconds: quarter * TurnoutQuarter.milliseconds),
                        channel: channel, votes: $0)
                }
            }
        }
    }

    private func apply(_ entry: Entry, to state: inout State) {
        state.append(entry, election)
        state.ballot.apply(entry.event, at: entry.at)
        switch entry.event {
        case .batchActivated(let number, _):
            state.batches[number - 1].activated = entry.at
            // The packs that the batch replaces can vote no longer, also those
            // whose register comes later.
            for old in state.packs.values.filter({ $0.batch == number }).compactMap(\.row.replaced) {
                Self.cancel(old, .superseded, in: &state)
            }
            for (pair, _) in state.pairs.filter({ $0.batch == number }) {
                Self.cancel(pair.cancelled, .listed, in: &state)
            }
        case .batchReconciled(let number, _): state.batches[number - 1].reconciled = entry.at
        case .batchWithdrawn(let number): state.batches[number - 1].withdrawn = entry.at
        case .packCancelled(let pack, let why): Self.cancel(pack, why, in: &state)
        case .voteCast(let pack, let voter, let fingerprint, _):
            state.votes[voter] = Vote(pack: pack, channel: .online(fingerprint), at: entry.at)
        case .postReceived(let pack, let voter, let scan):
            state.votes[voter] = Vote(pack: pack, channel: .post(scan), at: entry.at)
        case .postAnnulled(_, let voter, _): state.votes[voter] = nil
        default: if let pack = entry.event.pack { state.packs[pack]?.apply(entry.event) }
        }
    }

    private static func cancel(_ pack: PackNumber, _ why: Cancellation, in state: inout State) {
        let result = why.added(to: state.cancelled[pack])
        state.cancelled[pack] = result
        state.packs[pack]?.cancelled = result
    }
}

extension MemoryLedger {
    /// A copy of the state: nothing here is written twice.
    private struct Snapshot: LedgerSnapshot {
        let state: State
        let constant: ElectionConstant
        var place: LedgerPlace { .memory }

        func logSize() -> Int { state.log.count }

        func eachEntry(_ body: (LogRow) -> Bool) {
            for row in state.log where !body(row) { return }
        }

        func entries(about pack: PackNumber) -> [LoggedEntry] {
            state.log.filter { $0.pack == pack.value }.map(\.logged)
        }

        func entry(_ number: Int) -> LoggedEntry? {
            state.log.indices.contains(number) ? state.log[number].logged : nil
        }

        func node(level: Int, index: Int) -> Bytes<32> {
            let place = MerkleTree.place(level: level, index: index)
            return state.log[place.leaf].hashes[place.position]
        }

        func ballot() -> BallotState { state.ballot }

        func batches() -> [BatchRecord] {
            zip(state.batches, state.registers).map { batch, register in
                BatchRecord(
                    batch, header: register.header.bytes, signature: register.signature,
                    digest: register.digest)
            }
        }

        func eachPack(ofBatch number: Int?, _ body: (RegisterRow, Int) -> Bool) {
            let packs = state.packs.values.filter { number == nil || $0.batch == number }
                .sorted { $0.row.lookup.id < $1.row.lookup.id }
            for pack in packs where !body(pack.row, pack.batch) { return }
        }

        func eachPair(_ body: (PackPair, Int) -> Bool) {
            for (pair, batch) in state.pairs where !body(pair, batch) { return }
        }

        func eachVoter(_ body: (VoterNumber?, [PackChange]) -> Bool) {
            var changes: [VoterNumber?: [PackChange]] = [:]
            for row in state.log {
                guard let pack = Entry(row.logged.encoded, constant: constant)?.event.pack else { continue }
                changes[state.packs[pack]?.row.voter, default: []].append(
                    PackChange(pack, .logged(row.logged.number, row.logged.encoded)))
            }
            var first: [PackNumber: VoterNumber] = [:]
            for pack in state.packs.values {
                guard let old = pack.row.replaced else { continue }
                first[old] = min(first[old] ?? pack.row.voter, pack.row.voter)
            }
            for pack in state.packs.values {
                guard let old = pack.row.replaced else { continue }
                let voter = state.packs[old]?.row.voter ?? first[old]!
                changes[voter, default: []].append(
                    PackChange(old, .replaced(byBatch: pack.batch)))
            }
            for (pair, batch) in state.pairs {
                let voter = state.packs[pair.cancelled]?.row.voter ?? first[pair.cancelled] ?? .nobody
                changes[voter, default: []].append(PackChange(pair.cancelled, .listed(byBatch: batch)))
            }
            for (voter, changes) in changes where !body(voter, changes) { return }
        }

        func pack(_ number: PackNumber) -> (PackRecord, Vote?)? {
            state.packs[number].map { ($0, state.votes[$0.row.voter]) }
        }

        func cancellation(of number: PackNumber) -> Cancellation? { state.cancelled[number] }

        func scans(of number: PackNumber) -> [ScanNonce: Int] { state.scans[number] ?? [:] }

        func rows(of table: LedgerTable) -> (count: Int, unexplained: PackNumber?) {
            let packs: [PackNumber] =
                switch table {
                case .votes: state.votes.values.map(\.pack)
                case .cancelled: Array(state.cancelled.keys)
                case .scans: state.scans.flatMap { pack, scans in scans.map { _ in pack } }
                case .attempts:
                    state.packs.values.filter { $0.attempts.lifetime > 0 || $0.attempts.second > 0 }
                        .map(\.row.pack)
                }
            let explained = Set(state.log.compactMap(\.pack))
            return (packs.count, packs.first { !explained.contains($0.value) })
        }
    }
}

extension Desk {
    /// A desk over a ledger in memory. See ``Desk`` for what it refuses.
    public convenience init(
        key: consuming DeskKey, ledger: MemoryLedger, limits: Limits = Limits()
    ) throws(LedgerError) {
        try self.init(key: key, ledger: ledger as any Ledger, limits: limits)
    }
}
