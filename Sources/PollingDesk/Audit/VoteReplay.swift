internal import Counterfoil

/// What the log says of packs and votes, voter by voter, against the rules and
/// against the tables.
struct VoteReplay {
    private let timeline: Timeline
    private let election: Election
    private(set) var online = 0
    private(set) var byPost = 0
    private var rows: [LedgerTable: Int] = [:]
    private(set) var difference: String?

    init(timeline: Timeline, election: Election) {
        self.timeline = timeline
        self.election = election
    }

    /// All that touched the packs of one voter.
    mutating func add(
        _ voter: VoterNumber?, _ changes: [PackChange], _ ledger: some LedgerSnapshot
    ) throws(LedgerError) {
        guard let voter else {
            difference = changes.first.map { change in
                guard case .logged(let number, _) = change.cause else { return "a batch cancels no pack" }
                return "entry \(number) of the log: it is about pack \(change.pack), which no register has"
            }
            return
        }
        var story = VoterStory(voter: voter, election: election)
        var found: [PackNumber: (PackRecord, Vote?)] = [:]
        for change in changes where found[change.pack] == nil {
            if let pack = try ledger.pack(change.pack) {
                found[change.pack] = pack
                story.add(pack.0)
            }
        }
        for (number, change) in inOrder(changes) {
            let (ballot, batches) = timeline.before(number)
            let stranger = isMissingFromAnother(found[change.pack]?.0.batch, change, number)
            if let fault = stranger ?? story.apply(change, ballot, batches) {
                difference = "entry \(number) of the log, about pack \(change.pack): \(fault)"
                return
            }
        }
        difference = try compare(story, with: found, changes, ledger)
    }

    /// A print house's return names packs of its own batch.
    private func isMissingFromAnother(_ batch: Int?, _ change: PackChange, _ number: Int) -> String? {
        guard case .logged(_, let bytes) = change.cause, let batch,
            case .packCancelled(_, .missing) = Entry(bytes, constant: election.constant)?.event,
            let returned = timeline.batchReturned(behind: number), returned != batch
        else { return nil }
        return "it is not of batch \(returned), whose return has it"
    }

    /// By number; what replaced a pack counts from the replacing batch's
    /// activation on.
    private func inOrder(_ changes: [PackChange]) -> [(Int, PackChange)] {
        changes.compactMap { change in
            switch change.cause {
            case .logged(let number, _): (number, change)
            case .replaced(let batch), .listed(let batch):
                timeline.activations.indices.contains(batch - 1)
                    ? timeline.activations[batch - 1].map { ($0, change) } : nil
            }
        }.sorted { $0.0 < $1.0 }
    }

    private mutating func compare(
        _ story: VoterStory, with found: [PackNumber: (PackRecord, Vote?)], _ changes: [PackChange],
        _ ledger: some LedgerSnapshot
    ) throws(LedgerError) -> String? {
        for pack in Set(changes.map(\.pack)).sorted() {
            let told = story.cancelled[pack]
            let cancelled = try ledger.cancellation(of: pack)
            guard cancelled == told else {
                return "the table cancelled does not say of pack \(pack) what the log says"
            }
            if told != nil { rows[.cancelled, default: 0] += 1 }
            if let scans = story.scans[pack] {
                rows[.scans, default: 0] += scans.count
                guard try ledger.scans(of: pack) == scans else {
                    return "the table scans does not say of pack \(pack) what the log says"
                }
            }
            guard let (record, vote) = found[pack] else { continue }
            let attempts = story.attempts[pack] ?? Attempts()
            guard record.attempts.isSame(as: attempts) else {
                return "the table attempts does not say of pack \(pack) what the log says"
            }
            if attempts.lifetime > 0 || attempts.second > 0 { rows[.attempts, default: 0] += 1 }
            guard Vote.areSame(vote, story.vote) else {
                return "the table votes does not say of the voter of pack \(pack) what the log says"
            }
        }
        if let vote = story.vote {
            rows[.votes, default: 0] += 1
            if vote.isByPost { byPost += 1 } else { online += 1 }
        }
        return nil
    }

    /// For the end, after all voters: no table may have more rows than they do.
    mutating func end(_ ledger: some LedgerSnapshot) throws(LedgerError) {
        for table in LedgerTable.allCases where difference == nil {
            let (count, unexplained) = try ledger.rows(of: table)
            guard count != rows[table] ?? 0 else { continue }
            difference =
                "the table \(table.rawValue) has \(count) rows, but the log explains \(rows[table] ?? 0)"
            if let unexplained { difference! += "; nothing in the log is about pack \(unexplained)" }
        }
    }
}

/// The packs of one voter, by the log alone.
private struct VoterStory {
    private let voter: VoterNumber
    private let election: Election
    private var packs: [PackNumber: PackRecord] = [:]
    private(set) var cancelled: [PackNumber: Cancellation] = [:]
    private(set) var attempts: [PackNumber: Attempts] = [:]
    /// The number of each scan's entry.
    private(set) var scans: [PackNumber: [ScanNonce: Int]] = [:]
    private(set) var vote: Vote?

    init(voter: VoterNumber, election: Election) {
        self.voter = voter
        self.election = election
    }

    /// A pack as its register has it; what happened to it since is not believed.
    mutating func add(_ pack: PackRecord) { packs[pack.row.pack] = pack }

    /// Returns what the rules of section 20 say against it.
    mutating func apply(_ change: PackChange, _ ballot: BallotState, _ batches: [Batch]) -> String? {
        let (number, bytes): (Int, EncodedEntry)
        switch change.cause {
        case .logged(let n, let entry): (number, bytes) = (n, entry)
        case .replaced:
            cancelled[change.pack] = Cancellation.superseded.added(to: cancelled[change.pack])
            return nil
        case .listed:
            cancelled[change.pack] = Cancellation.listed.added(to: cancelled[change.pack])
            return nil
        }
        guard let entry = Entry(bytes, constant: election.constant) else { return "it cannot be read" }
        guard let row = packs[change.pack]?.row, let batch = packs[change.pack]?.batch,
            batches.indices.contains(batch - 1)
        else { return "the pack was not loaded yet" }
        let record = PackRecord(
            row: row, batch: batch, cancelled: cancelled[change.pack],
            attempts: attempts[change.pack] ?? Attempts())
        let standing = Standing(record, in: batches[batch - 1])
        if let fault = fault(of: entry, record, standing, ballot) { return fault }

        var after = record
        after.apply(entry.event)
        cancelled[change.pack] = after.cancelled
        if after.attempts.lifetime > 0 || after.attempts.second > 0 {
            attempts[change.pack] = after.attempts
        }
        switch entry.event {
        case .voteCast(let pack, _, let fingerprint, _):
            vote = Vote(pack: pack, channel: .online(fingerprint), at: entry.at)
        case .postReceived(let pack, _, let scan):
            vote = Vote(pack: pack, channel: .post(scan), at: entry.at)
            scans[pack, default: [:]][scan] = number
        case .postSetAside(let pack, _, let scan, _): scans[pack, default: [:]][scan] = number
        case .postAnnulled: vote = nil
        default: break
        }
        return nil
    }

    private func fault(
        of entry: Entry, _ pack: PackRecord, _ standing: Standing, _ ballot: BallotState
    ) -> String? {
        let isOpen = ballot.phase == .open
        // Voters with a pass may finish after the close.
        let isInGrace = ballot.isInGrace(at: entry.at)
        let byPostWithIt = vote.map { $0.isByPost && $0.pack == pack.row.pack } ?? false
        switch entry.event {
        case .voteCast(_, let voter, _, _), .postReceived(_, let voter, _), .postAnnulled(_, let voter, _):
            guard voter == self.voter else { return "it names another voter than the pack's" }
        default: break
        }
        if let fault = faultOfProof(in: entry.event, pack) { return fault }
        switch entry.event {
        case .voteCast:
            if vote != nil { return "a second vote of one voter" }
            if standing != .live || pack.row.kind != .normal { return "the pack could not vote online" }
            if !isOpen && !isInGrace { return "the ballot was not open" }
        case .wrongAnswers(_, let answers, _):
            if pack.attempts.last?.matches(answers) ?? false { return "the same answers count once" }
            if answers.matches(pack.row.answers) { return "the answers were right" }
            if standing == .inactive || pack.row.kind != .normal { return "the pack could not be tried" }
            if pack.isLocked(in: election) { return "the pack was locked" }
            // Guesses are counted after the close as well.
            if ballot.phase == .before { return "the ballot was not open" }
        case .secondAttempt:
            if vote == nil { return "there was no first vote" }
            if pack.attempts.second >= secondAttemptsRecorded {
                return "more second attempts than are recorded"
            }
            if standing != .live || pack.row.kind != .normal { return "the pack could not vote online" }
            if !isOpen && !isInGrace { return "the ballot was not open" }
        case .postReceived:
            if vote != nil { return "a second vote of one voter" }
            if standing != .live { return "the pack could not vote" }
            if ballot.phase == .before { return "the ballot was not open" }
        case .postSetAside(_, let why, _, let voted):
            if ballot.phase == .before { return "the ballot was not open" }
            let expected: SetAside? =
                if let vote {
                    byPostWithIt ? .scannedBefore : vote.isByPost ? .votedByPost : .votedOnline
                } else { standing.setAside }
            if why != expected { return "the envelope had no reason to be set aside, or another one" }
            if voted != vote?.at { return "it gives another time for the vote that was there" }
        case .postAnnulled(_, _, let scan):
            guard let vote, vote.isOfScan(scan, with: pack.row.pack) else {
                return "there was no return by this scan to annul"
            }
        case .packCancelled(_, let why):
            let isFirst = standing == .inactive || standing == .live
            // The print house may miss a pack that an officer had cancelled.
            if why == .byOfficer && !isFirst {
                return "the pack could not be cancelled"
            }
        case .packUnlocked:
            let isForGood = pack.attempts.lifetime >= election.lifetimeLimit
            if !pack.isLocked(in: election) || isForGood { return "the pack was not to be unlocked" }
        default: return "it is no entry about a pack"
        }
        return nil
    }
}

extension VoterStory {
    /// What an entry shows of a code must lead to its pack's tag, and a scan is
    /// recorded once.
    private func faultOfProof(in event: Event, _ pack: PackRecord) -> String? {
        let tag = pack.row.lookup.tag
        let isShown: Bool
        switch event {
        case .voteCast(_, _, _, let opening): isShown = opening.leads(to: tag)
        case .wrongAnswers(_, _, let trial): isShown = trial.leads(to: tag)
        case .secondAttempt(_, let second): isShown = second.leads(to: tag)
        case .postReceived(_, _, let scan), .postSetAside(_, _, let scan, _):
            return scans[pack.row.pack]?[scan] == nil ? nil : "this scan was recorded before"
        default: return nil
        }
        return isShown ? nil : "it was not opened by the code of this pack"
    }
}

extension Attempts {
    fileprivate func isSame(as other: Attempts) -> Bool {
        guard wrong == other.wrong, lifetime == other.lifetime, second == other.second else { return false }
        switch (last, other.last) {
        case (nil, nil): return true
        case (let a?, let b?): return a.matches(b)
        default: return false
        }
    }
}

extension Vote {
    fileprivate static func areSame(_ a: Vote?, _ b: Vote?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        guard a.pack == b.pack, a.at == b.at else { return false }
        switch (a.channel, b.channel) {
        case (.post(let a), .post(let b)): return a == b
        case (.online(let a), .online(let b)): return a.matches(b)
        default: return false
        }
    }
}
