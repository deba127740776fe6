public import Counterfoil

/// The part of a ledger that one transaction looks at, and what is to be written.
///
/// A ledger fills it with the records of the subjects; the judge reads it and
/// records events; each event changes the records here at once, so that the
/// second of two requests for one pack, in one group, sees what the first did.
/// Then the ledger writes the events.
public struct Scene: Sendable {
    public let election: Election
    /// The moment at which this group is judged.
    public let now: Moment
    public private(set) var ballot: BallotState
    /// All batches, by number from 1.
    public private(set) var batches: [Batch]
    /// What was recorded, in order.
    public private(set) var entries: [Entry] = []

    private var packs: [PackNumber: PackRecord] = [:]
    private var numbers: [LookupID: PackNumber] = [:]
    private var votes: [VoterNumber: Vote] = [:]

    public init(election: Election, now: Moment, ballot: BallotState, batches: [Batch]) {
        self.election = election
        self.now = now
        self.ballot = ballot
        self.batches = batches
    }

    // MARK: What a ledger puts in

    /// A pack that a subject names.
    public mutating func add(_ pack: PackRecord, vote: Vote?) {
        packs[pack.row.pack] = pack
        numbers[pack.row.lookup.id] = pack.row.pack
        if let vote { votes[pack.row.voter] = vote }
    }

    // MARK: What a judge sees

    public func pack(_ id: LookupID) -> PackRecord? {
        guard let number = numbers[id] else { return nil }
        return packs[number]
    }

    public func pack(_ number: PackNumber) -> PackRecord? { packs[number] }

    public func vote(of voter: VoterNumber) -> Vote? { votes[voter] }

    public func batch(_ number: Int) -> Batch { batches[number - 1] }

    public func batch(named name: BatchName) -> Batch? { batches.first { $0.name == name } }

    public var isOpen: Bool { ballot.opened != nil && ballot.closed == nil }

    // MARK: What a judge records

    /// Writes an event down, and changes what the scene shows accordingly.
    public mutating func record(_ event: Event) {
        entries.append(Entry(event, at: now))
        switch event {
        case .created, .deskOpened, .registerLoaded: break
        case .ballotOpened: ballot.opened = now
        case .batchActivated(let number, _): batches[number - 1].activated = now
        case .voteCast(let pack, let voter, let fingerprint):
            votes[voter] = Vote(pack: pack, channel: .online(fingerprint), at: now)
        case .wrongAnswers(let pack, let answers): packs[pack]?.attempts.count(wrong: answers)
        case .secondAttempt(let pack): packs[pack]?.attempts.second += 1
        }
    }
}
