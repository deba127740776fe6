package import Counterfoil

/// The packs that each number of a report counts, for a scrutineer.
///
/// All of it comes from the log and the registers, and not from the tables that the
/// report counts. So a number and its list are two ways to the same thing.
package struct LedgerLists: Sendable {
    /// Each scan of an envelope that was set aside, in order of time. Those that were only
    /// scanned again are apart.
    package private(set) var setAside: [Envelope] = []
    package private(set) var rescans: [Envelope] = []
    /// Whatever took a pack's vote away, in order of time; of one moment in order of packs.
    /// A pack may be here twice: an officer cancelled it, and later another replaced it.
    package private(set) var ended: [EndedPack] = []
    /// Packs that cannot vote online after wrong answers, in order of pack numbers.
    package private(set) var locked: [LockedPack] = []
    /// Attempts with right answers after the voter had voted, in order of time.
    package private(set) var secondAttempts: [(pack: PackNumber, at: Moment)] = []

    package struct Envelope: Sendable {
        package let pack: PackNumber
        package let why: SetAside
        package let at: Moment
        /// Which table scanned it, if it said so.
        package let officer: String
    }

    package struct EndedPack: Sendable {
        package enum How: Sendable {
            case replaced(by: PackNumber)
            /// The same person keeps this one.
            case listed(kept: PackNumber)
            case cancelled(Cancellation)
        }

        package let pack: PackNumber
        package let how: How
        package let at: Moment
        package let note: Note
    }

    package struct LockedPack: Sendable {
        package let pack: PackNumber
        /// Wrong answers since it was last unlocked, and in its lifetime.
        package fileprivate(set) var wrong: Int
        package fileprivate(set) var lifetime: Int
        /// The last wrong answers.
        package fileprivate(set) var at: Moment
    }

    /// Reads the whole log, and all registers.
    package init(of snapshot: borrowing any LedgerSnapshot, _ election: Election) throws(LedgerError) {
        let batches = try snapshot.batches().map(\.batch)
        var tried: [PackNumber: LockedPack] = [:]
        var unreadable: Int?
        try snapshot.eachEntry { row in
            guard let entry = row.logged.entry(constant: election.constant) else {
                unreadable = row.logged.number
                return false
            }
            take(entry, &tried)
            return true
        }
        if let unreadable {
            throw .damaged(LedgerFault(snapshot.place, .damage(.unreadableEntry(unreadable))))
        }
        locked = tried.values.filter {
            $0.wrong >= election.lockAfter || $0.lifetime >= election.lifetimeLimit
        }.sorted { $0.pack < $1.pack }
        try takeActivations(of: batches, snapshot)
        ended.sort { ($0.at.milliseconds, $0.pack) < ($1.at.milliseconds, $1.pack) }
    }

    private mutating func take(_ entry: Entry, _ tried: inout [PackNumber: LockedPack]) {
        switch entry.event {
        case .postSetAside(let pack, let why, _, _):
            let envelope = Envelope(pack: pack, why: why, at: entry.at, officer: entry.note.officer)
            if why == .scannedBefore { rescans.append(envelope) } else { setAside.append(envelope) }
        case .packCancelled(let pack, let why):
            ended.append(EndedPack(pack: pack, how: .cancelled(why), at: entry.at, note: entry.note))
        case .wrongAnswers(let pack, _, _):
            var found = tried[pack] ?? LockedPack(pack: pack, wrong: 0, lifetime: 0, at: entry.at)
            found.wrong += 1
            found.lifetime += 1
            found.at = entry.at
            tried[pack] = found
        case .packUnlocked(let pack): tried[pack]?.wrong = 0
        case .secondAttempt(let pack, _): secondAttempts.append((pack, entry.at))
        default: break
        }
    }

    /// What a batch replaces, and what its register lists, ends when it is activated.
    private mutating func takeActivations(
        of batches: [Batch], _ snapshot: borrowing any LedgerSnapshot
    ) throws(LedgerError) {
        var found: [EndedPack] = []
        try snapshot.eachPack { row, batch in
            if let replaced = row.replaced, let activated = batches[batch - 1].activated {
                found.append(
                    EndedPack(pack: replaced, how: .replaced(by: row.pack), at: activated, note: .none))
            }
            return true
        }
        try snapshot.eachPair { pair, batch in
            if let activated = batches[batch - 1].activated {
                found.append(
                    EndedPack(
                        pack: pair.cancelled, how: .listed(kept: pair.kept), at: activated, note: .none))
            }
            return true
        }
        ended += found
    }
}

extension SetAside {
    /// As the report's tables have it.
    package var word: String {
        switch self {
        case .specimen: "specimen"
        case .withdrawn: "withdrawn"
        case .superseded: "replaced"
        case .cancelled: "cancelled"
        case .inactive: "not-active"
        case .votedOnline: "voted-online"
        case .votedByPost: "voted-by-post"
        case .scannedBefore: "scanned-before"
        }
    }
}
