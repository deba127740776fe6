public import Counterfoil
internal import Synchronization

/// A ledger in memory: the protocol at its plainest, for tests and rehearsals.
/// What it holds is gone with the process.
public final class MemoryLedger: Ledger {
    private struct State {
        var ballot = BallotState()
        var batches: [Batch] = []
        var digests: [RegisterDigest] = []
        var packs: [PackNumber: PackRecord] = [:]
        var numbers: [LookupID: PackNumber] = [:]
        /// Packs that can vote no longer, also those whose register comes later.
        var cancelled: [PackNumber: Cancellation] = [:]
        var votes: [VoterNumber: Vote] = [:]
        var log: [Entry] = []
    }

    private let election: Election
    private let state: Mutex<State>

    public init(election: Election, at moment: Moment) {
        self.election = election
        var state = State()
        state.log.append(Entry(.created, at: moment))
        self.state = Mutex(state)
    }

    public func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        state.withLock { state in
            var scene = Scene(
                election: election, now: moment, ballot: state.ballot, batches: state.batches)
            for subject in subjects {
                let number: PackNumber? =
                    switch subject {
                    case .code(let id): state.numbers[id]
                    case .pack(let number): number
                    }
                if let number, let pack = state.packs[number] {
                    scene.add(pack, vote: state.votes[pack.row.voter])
                }
            }
            let result = judge(&scene)
            for entry in scene.entries { Self.apply(entry, to: &state) }
            return result
        }
    }

    public func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        let header = register.header
        let digest = register.digest
        var rows: [RegisterRow] = []
        do {
            while let row = try register.next() { rows.append(row) }
        } catch { throw .unusable(error.description) }

        return try state.withLock { (state) throws(LedgerError) in
            if state.digests.contains(digest) { return .alreadyLoaded }
            guard state.ballot.final == nil else { throw LedgerError.ballotFinal }
            if state.batches.contains(where: { $0.name == header.batch }) {
                throw LedgerError.otherRegister(named: header.batch)
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
            state.digests.append(digest)
            state.log.append(
                Entry(.registerLoaded(batch: batch, count: header.count, digest), at: moment))
            return .loaded
        }
    }

    public func summary() throws(LedgerError) -> LedgerSummary {
        state.withLock { state in
            var balance = Balance()
            for pack in state.packs.values {
                let vote = state.votes[pack.row.voter]
                let column = Balance.column(
                    pack.row.kind, in: state.batches[pack.batch - 1], cancelled: pack.cancelled,
                    locked: pack.isLocked(in: election),
                    votedWithIt: vote?.pack == pack.row.pack ? vote?.reportedChannel : nil)
                balance[column] += 1
            }
            return LedgerSummary(
                election: election, ballot: state.ballot, batches: state.batches, balance: balance,
                secondAttempts: state.packs.values.reduce(0) { $0 + $1.attempts.second },
                setAside: state.log.count { if case .postSetAside = $0.event { true } else { false } },
                entries: state.log.count)
        }
    }

    public func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? {
        state.withLock { state in
            guard let record = state.packs[pack] else { return nil }
            let lines = state.log.filter { $0.event.pack == pack }.map {
                PackHistory.Line(at: $0.at, entry: $0.encoded, note: $0.note)
            }
            return PackHistory(
                record, in: state.batches[record.batch - 1], vote: state.votes[record.row.voter],
                election, entries: lines)
        }
    }

    public func turnout() throws(LedgerError) -> [TurnoutQuarter] {
        state.withLock { state in
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
    }

    public func votedPacks() throws(LedgerError) -> [(PackNumber, ReportedChannel)] {
        state.withLock { state in
            state.votes.values.map { ($0.pack, $0.reportedChannel) }.sorted { $0.0 < $1.0 }
        }
    }

    public func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        state.withLock { state in
            state.packs.values.filter { $0.batch == number }.map(\.row.pack).sorted()
        }
    }

    public func secondAttempts() throws(LedgerError) -> [(PackNumber, Int)] {
        state.withLock { state in
            state.packs.values.filter { $0.attempts.second > 0 }
                .map { ($0.row.pack, $0.attempts.second) }.sorted { $0.0 < $1.0 }
        }
    }

    private static func apply(_ entry: Entry, to state: inout State) {
        state.log.append(entry)
        state.ballot.apply(entry.event, at: entry.at)
        switch entry.event {
        case .batchActivated(let number, _):
            state.batches[number - 1].activated = entry.at
            // The packs that the batch replaces can vote no longer, also those
            // whose register comes later.
            for old in state.packs.values.filter({ $0.batch == number }).compactMap(\.row.replaced) {
                cancel(old, .superseded, in: &state)
            }
        case .batchReconciled(let number, _): state.batches[number - 1].reconciled = entry.at
        case .batchWithdrawn(let number): state.batches[number - 1].withdrawn = entry.at
        case .packCancelled(let pack, let why): cancel(pack, why, in: &state)
        case .voteCast(let pack, let voter, let fingerprint):
            state.votes[voter] = Vote(pack: pack, channel: .online(fingerprint), at: entry.at)
        case .postReceived(let pack, let voter):
            state.votes[voter] = Vote(pack: pack, channel: .post, at: entry.at)
        case .postAnnulled(_, let voter): state.votes[voter] = nil
        default: if let pack = entry.event.pack { state.packs[pack]?.apply(entry.event) }
        }
    }

    private static func cancel(_ pack: PackNumber, _ why: Cancellation, in state: inout State) {
        let result = why.added(to: state.cancelled[pack])
        state.cancelled[pack] = result
        state.packs[pack]?.cancelled = result
    }
}
