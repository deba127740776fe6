package import Counterfoil

/// What a helpline may know of a pack: what happened to it, and no secret.
package struct PackHistory: Sendable {
    package let pack: PackNumber
    package let batch: Batch
    package let kind: PackKind
    package let replaced: PackNumber?
    /// Those that replace this one, from the moment their batch is activated, in
    /// order of loading.
    package let replacements: [(pack: PackNumber, batch: Batch)]
    package let standing: Standing
    package let isLocked: Bool
    package let attempts: Attempts
    /// The vote of the pack's voter, perhaps with another pack.
    package let vote: (pack: PackNumber, channel: ReportedChannel, at: Moment)?
    /// Those that the same person keeps instead of this one, from the moment the
    /// batch whose register says so is activated.
    package let kept: [PackNumber]
    /// What the log says of it, in order.
    package let entries: [Line]

    package struct Line: Sendable, Equatable {
        package let at: Moment
        package let what: String
        package let note: Note
        /// The scan that recorded it, or that it takes back.
        package let scan: ScanNonce?
        /// Whether it is a return that was received.
        package let isReturn: Bool

        package init(_ logged: LoggedEntry) {
            at = logged.encoded.time
            what = Event.name(of: logged.encoded)
            scan = logged.encoded.scan
            isReturn = logged.encoded.type == .postReceived
            note = Note(
                reason: Note.Reason(rawValue: logged.reason), reference: logged.reference,
                officer: logged.officer)
        }
    }

    package init(
        _ pack: PackRecord, in batch: Batch, replacements: [(pack: PackNumber, batch: Batch)],
        kept: [PackNumber], vote: Vote?, _ election: Election, entries: [Line]
    ) {
        self.pack = pack.row.pack
        self.batch = batch
        kind = pack.row.kind
        replaced = pack.row.replaced
        self.replacements = replacements
        self.kept = kept
        standing = Standing(pack, in: batch)
        isLocked = pack.isLocked(in: election)
        attempts = pack.attempts
        self.vote = vote.map { ($0.pack, $0.reportedChannel, $0.at) }
        self.entries = entries
    }
}

/// The ballot at one moment: whatever is counted here in two ways agrees.
package struct LedgerReport: Sendable {
    package let summary: LedgerSummary
    /// People who have a pack of a batch that is active, or have voted. Each counts once,
    /// however many packs they were sent: voter numbers are counted, and of people who
    /// have packs under several numbers the one that they keep.
    package let voters: Int
    /// How votes came in, in order of time.
    package let turnout: [TurnoutQuarter]
    /// Every pack with which a vote was cast, in order of pack numbers.
    package let voted: [(pack: PackNumber, channel: ReportedChannel)]
    /// Packs with which somebody tried to vote again, and how often.
    package let secondAttempts: [(pack: PackNumber, count: Int)]

    package init(
        summary: LedgerSummary, voters: Int, turnout: [TurnoutQuarter],
        voted: [(pack: PackNumber, channel: ReportedChannel)],
        secondAttempts: [(pack: PackNumber, count: Int)]
    ) {
        self.summary = summary
        self.voters = voters
        self.turnout = turnout
        self.voted = voted
        self.secondAttempts = secondAttempts
    }
}

/// How many votes came in a quarter of an hour: fine enough for days in any
/// time zone, and coarse enough to say little of anybody.
package struct TurnoutQuarter: Sendable, Equatable {
    /// The beginning of the quarter.
    package let start: Moment
    package let channel: ReportedChannel
    package let votes: Int

    package static let milliseconds: Int64 = 900_000

    package init(start: Moment, channel: ReportedChannel, votes: Int) {
        self.start = start
        self.channel = channel
        self.votes = votes
    }
}

extension Entry {
    /// For people.
    package var what: String { Event.name(of: encoded) }

    /// The pack that it is about.
    package var pack: PackNumber? { event.pack }
}

extension Event {
    /// For people, from an entry of the log.
    static func name(of entry: EncodedEntry) -> String {
        switch entry.type {
        case .created: "ledger created"
        case .deskOpened: "desk opened"
        case .registerLoaded: "register loaded"
        case .batchActivated: "batch activated"
        case .ballotOpened: "ballot opened"
        case .voteCast: "voted online"
        case .wrongAnswers: "wrong answers"
        case .secondAttempt: "attempt to vote again"
        case .postReceived: "received by post"
        case .postSetAside: "envelope set aside: " + (SetAside(rawValue: entry[.why])?.text ?? "")
        case .postAnnulled: "return annulled"
        case .packCancelled:
            entry[.why] == Cancellation.missing.rawValue ? "missing at the print house" : "cancelled"
        case .packUnlocked: "unlocked"
        case .batchReconciled: "batch reconciled"
        case .batchWithdrawn: "batch withdrawn"
        case .ballotExtended: "ballot extended"
        case .ballotClosed: "ballot closed"
        case .ballotFinal: "ballot final"
        case nil: "something that this version does not know"
        }
    }
}

extension SetAside {
    fileprivate var text: String {
        switch self {
        case .specimen: "a printer's test pack"
        case .withdrawn: "withdrawn"
        case .superseded: "replaced by another pack"
        case .cancelled: "cancelled"
        case .inactive: "not active"
        case .votedOnline: "its voter had voted online"
        case .votedByPost: "its voter had voted by post"
        case .scannedBefore: "scanned before"
        }
    }
}
