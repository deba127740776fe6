public import Counterfoil

extension Desk {
    /// A ballot came back by post. When there is an answer it is durable: the
    /// online code is dead before the scanner hears so.
    public func receive(
        _ pack: PackNumber, note: Note = .none
    ) async throws(LedgerError) -> PostOutcome {
        let result = await withCheckedContinuation { continuation in
            let scan = WaitingScan(Scan(pack, note)) { continuation.resume(returning: $0) }
            do throws(LedgerError) {
                try commits.submit(scans: [scan], patiently: false)
            } catch { continuation.resume(returning: .failure(error)) }
        }
        return try result.get()
    }

    /// Many of them: each is answered when it is durable, in any order, on a
    /// thread of the desk's. Waits while the line is full, on the caller's own
    /// thread.
    package func submit(_ scans: [WaitingScan]) throws(LedgerError) {
        try commits.submit(scans: scans, patiently: true)
    }

    /// A group by itself, when the caller wants it.
    package func receive(
        _ packs: [PackNumber], _ note: Note = .none, at moment: Moment
    ) throws(LedgerError) -> [PostOutcome] {
        try ledger.receive(packs.map { Scan($0, note) }, at: moment)
    }
}

extension Ledger {
    /// Judges and commits a group of scans.
    func receive(_ scans: [Scan], at moment: Moment) throws(LedgerError) -> [PostOutcome] {
        try write(scans.map { .pack($0.pack) }, at: moment) { scene in
            if !scans.isEmpty { scene.closeIfDue() }
            return scans.map { rule(on: $0, in: &scene) }
        }
    }
}

/// The rules of the postal table, in their order; the first that applies
/// answers. vectors/README.md, section 16.
private func rule(on scan: Scan, in scene: inout Scene) -> PostOutcome {
    let (number, note) = (scan.pack, scan.note)
    guard let pack = scene.pack(number) else { return .noSuchPack }
    switch scene.ballot.phase {
    case .final: return .final
    case .before: return .notOpen
    // What came in time is scanned until the ballot is final.
    case .open, .closed: break
    }
    if let vote = scene.vote(of: pack.row.voter) {
        if vote.isByPost && vote.pack == number {
            scene.record(.postSetAside(pack: number, .scannedBefore), note: note)
            return .scannedBefore(vote.at)
        }
        let why: SetAside = vote.isByPost ? .votedByPost : .votedOnline
        scene.record(.postSetAside(pack: number, why), note: note)
        return .alreadyVoted(vote.reportedChannel, with: vote.pack, at: vote.at)
    }
    let standing = scene.standing(of: pack)
    if let why = standing.setAside {
        scene.record(.postSetAside(pack: number, why), note: note)
        return .setAside(standing)
    }
    scene.record(.postReceived(pack: number, voter: pack.row.voter), note: note)
    return .received
}
