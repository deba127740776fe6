public import Counterfoil

extension Desk {
    /// A ballot came back by post. When there is an answer it is durable: the
    /// online code is dead before the scanner hears so.
    ///
    /// When this throws, keep the nonce and ask again with the same one: the scan
    /// is then answered as it was the first time, and nothing is recorded twice.
    ///
    /// - Parameters:
    ///   - pack: the number on the envelope.
    ///   - nonce: the scan's own. A new scan, of the same envelope too, has a new one.
    ///   - note: who scanned it, for the record.
    public func receive(
        _ pack: PackNumber, scan nonce: ScanNonce, note: Note = .none
    ) async throws(LedgerError) -> PostOutcome {
        let result = await withCheckedContinuation { continuation in
            let scan = WaitingScan(Scan(pack, nonce, note)) { continuation.resume(returning: $0) }
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
        _ scans: [Scan], at moment: Moment
    ) throws(LedgerError) -> [PostOutcome] {
        try ledger.receive(scans, at: moment)
    }
}

extension Ledger {
    /// Judges and commits a group of scans.
    func receive(_ scans: [Scan], at moment: Moment) throws(LedgerError) -> [PostOutcome] {
        try write(scans.map { .scan($0.pack, $0.nonce) }, at: moment) { scene in
            if !scans.isEmpty { scene.closeIfDue() }
            return scans.map { rule(on: $0, in: &scene) }
        }
    }
}

/// The rules of the postal table, in their order; the first that applies
/// answers. vectors/README.md, section 20.
private func rule(on scan: Scan, in scene: inout Scene) -> PostOutcome {
    guard let pack = scene.pack(scan.pack) else { return .noSuchPack }
    // A scan whose answer was lost is asked again. What was recorded stays, and
    // the table hears what it would have heard; when the ballot is final too.
    if let first = scene.scan(scan.pack, scan.nonce) { return scene.answer(to: first, of: pack) }
    switch scene.ballot.phase {
    case .final: return .final
    case .before: return .notOpen
    // What came in time is scanned until the ballot is final.
    case .open, .closed: break
    }
    let vote = scene.vote(of: pack.row.voter)
    let event: Event =
        if let why = vote?.setAside(scan.pack) ?? scene.standing(of: pack).setAside {
            .postSetAside(pack: scan.pack, why, scan.nonce, voted: vote?.at)
        } else { .postReceived(pack: scan.pack, voter: pack.row.voter, scan.nonce) }
    scene.record(event, note: scan.note)
    // The scan is on the record now, so its answer is the one that it will have
    // whenever it is asked.
    guard let recorded = scene.scan(scan.pack, scan.nonce) else {
        preconditionFailure("a scan that was recorded is not there")
    }
    return scene.answer(to: recorded, of: pack)
}

extension Vote {
    /// For an envelope with this pack, since there is this vote of its voter.
    fileprivate func setAside(_ pack: PackNumber) -> SetAside {
        isByPost ? (self.pack == pack ? .scannedBefore : .votedByPost) : .votedOnline
    }
}

extension Scene {
    /// What the table hears of a scan that is on the record.
    fileprivate func answer(to scan: RecordedScan, of pack: PackRecord) -> PostOutcome {
        guard let (why, voted) = scan.setAside else {
            let vote = vote(of: pack.row.voter)
            return vote?.isOfScan(scan.nonce, with: scan.pack) ?? false ? .received : .annulled
        }
        let at = voted ?? scan.at
        return switch why {
        case .scannedBefore: .scannedBefore(at, by: officer(whoReceivedBefore: scan, at: at))
        case .votedOnline: .alreadyVoted(.online, at: at)
        case .votedByPost: .alreadyVoted(.post, at: at)
        case .specimen: .setAside(.specimen)
        case .withdrawn: .setAside(.withdrawn)
        case .superseded: .setAside(.superseded)
        case .cancelled: .setAside(.cancelled)
        case .inactive: .setAside(.inactive)
        }
    }
}
