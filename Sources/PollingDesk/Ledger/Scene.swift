package import Counterfoil

/// The part of a ledger that one transaction looks at, and what it will write.
///
/// A ledger fills it with the records of the subjects; the judge reads it and
/// records events; each event changes the records here at once, so that the
/// second of two requests for one pack, in one group, sees what the first did.
/// Then the ledger writes the events.
package struct Scene: Sendable {
    package let election: Election
    /// The moment at which this group is judged.
    package let now: Moment
    package private(set) var ballot: BallotState
    /// All batches, by number from 1.
    package private(set) var batches: [Batch]
    /// What was recorded, in order.
    package private(set) var entries: [Entry] = []

    private var packs: [PackNumber: PackRecord] = [:]
    private var numbers: [LookupID: PackNumber] = [:]
    private var votes: [VoterNumber: Vote] = [:]
    /// In the order in which they were recorded, of one pack.
    private var scans: [PackNumber: [RecordedScan]] = [:]

    package init(election: Election, now: Moment, ballot: BallotState, batches: [Batch]) {
        self.election = election
        self.now = now
        self.ballot = ballot
        self.batches = batches
    }

    // MARK: What a ledger puts in

    /// A pack that a subject names.
    package mutating func add(_ pack: PackRecord, vote: Vote?) {
        packs[pack.row.pack] = pack
        numbers[pack.row.lookup.id] = pack.row.pack
        if let vote { votes[pack.row.voter] = vote }
    }

    /// A scan of such a pack: the one that a subject names, where it is on the
    /// record, and those that its answer is about. They come in the order of the log.
    package mutating func add(_ scan: RecordedScan) { scans[scan.pack, default: []].append(scan) }

    // MARK: What a judge sees

    package func pack(_ id: LookupID) -> PackRecord? {
        guard let number = numbers[id] else { return nil }
        return packs[number]
    }

    package func pack(_ number: PackNumber) -> PackRecord? { packs[number] }

    package func vote(of voter: VoterNumber) -> Vote? { votes[voter] }

    package func scan(_ pack: PackNumber, _ nonce: ScanNonce) -> RecordedScan? {
        scans[pack]?.first { $0.nonce == nonce }
    }

    /// Who recorded the return that counted at that moment, when this scan of the
    /// same pack was recorded; nobody where it is not known. Another return may have
    /// the same moment, and have come later.
    func officer(whoReceivedBefore scan: RecordedScan, at moment: Moment) -> String {
        let before = (scans[scan.pack] ?? []).prefix { $0.nonce != scan.nonce }
        return before.last { $0.at == moment && $0.setAside == nil }?.officer ?? ""
    }

    package func batch(_ number: Int) -> Batch { batches[number - 1] }

    package func batch(named name: BatchName) -> Batch? { batches.first { $0.name == name } }

    package func standing(of pack: PackRecord) -> Standing { Standing(pack, in: batch(pack.batch)) }

    // MARK: What a judge records

    /// Closes the ballot if its time has come. The first request that is judged
    /// past the closing time writes the close, at the time that was announced.
    package mutating func closeIfDue() {
        if ballot.phase == .open, let closes = ballot.closes, closes <= now {
            record(.ballotClosed(closes))
        }
    }

    /// Writes an event down, and changes what the scene shows accordingly.
    package mutating func record(_ event: Event, note: Note = .none) {
        entries.append(Entry(event, at: now, note: note))
        ballot.apply(event, at: now)
        switch event {
        case .batchActivated(let number, _): batches[number - 1].activated = now
        case .batchReconciled(let number, _): batches[number - 1].reconciled = now
        case .batchWithdrawn(let number): batches[number - 1].withdrawn = now
        case .voteCast(let pack, let voter, let fingerprint, _):
            votes[voter] = Vote(pack: pack, channel: .online(fingerprint), at: now)
        case .postReceived(let pack, let voter, let scan):
            votes[voter] = Vote(pack: pack, channel: .post(scan), at: now)
        case .postAnnulled(_, let voter, _): votes[voter] = nil
        default: if let pack = event.pack { packs[pack]?.apply(event) }
        }
        if let scan = RecordedScan(event, at: now, officer: note.officer) { add(scan) }
    }
}

extension BallotState {
    /// What an event changes.
    package mutating func apply(_ event: Event, at now: Moment) {
        switch event {
        case .ballotOpened(let closes, let grace):
            opened = now
            self.closes = closes
            self.grace = grace
        case .ballotExtended(let until):
            closes = until
            closed = nil
        case .ballotClosed(let moment): closed = moment
        case .ballotFinal: final = now
        default: break
        }
    }
}

extension PackRecord {
    /// What an event about the pack itself changes.
    mutating func apply(_ event: Event) {
        switch event {
        case .wrongAnswers(_, let answers, _): attempts.count(wrong: answers)
        case .secondAttempt: attempts.second += 1
        case .packCancelled(_, let why): cancelled = why.added(to: cancelled)
        case .packUnlocked: attempts.unlock()
        default: break
        }
    }
}
