public import Counterfoil

/// What became of an envelope that a scanner read.
public enum PostOutcome: Sendable {
    /// The ballot counts; the pack's code is dead, durably.
    case received
    /// This envelope passed the scanner before, then.
    case scannedBefore(Moment)
    /// The voter has voted, then, online or by post: set the envelope aside.
    case alreadyVoted(Vote)
    /// The pack cannot vote: set the envelope aside.
    case setAside(Standing)
    case notOpen
    /// The ballot is final: nothing is written any more.
    case final
    case noSuchPack

    public var name: String {
        switch self {
        case .received: "received"
        case .scannedBefore: "scanned-before"
        case .alreadyVoted: "already-voted"
        case .setAside: "set-aside"
        case .notOpen: "not-open"
        case .final: "final"
        case .noSuchPack: "no-such-pack"
        }
    }
}

extension Desk {
    /// A ballot came back by post. When this returns, what it says is durable:
    /// the online code is dead before the scanner hears so.
    public func receive(
        _ packs: [PackNumber], _ note: Note = .none, at moment: Moment
    ) throws(LedgerError) -> [PostOutcome] {
        try ledger.write(packs.map(Subject.pack), at: moment) { scene in
            if !packs.isEmpty { scene.closeIfDue() }
            return packs.map { receive($0, note, in: &scene) }
        }
    }

    private func receive(_ number: PackNumber, _ note: Note, in scene: inout Scene) -> PostOutcome {
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
            return .alreadyVoted(vote)
        }
        let standing = scene.standing(of: pack)
        if let why = standing.setAside {
            scene.record(.postSetAside(pack: number, why), note: note)
            return .setAside(standing)
        }
        scene.record(.postReceived(pack: number, voter: pack.row.voter), note: note)
        return .received
    }

    /// Takes back a return that was scanned in error: the only way back from a
    /// vote, by an officer, on the record. An online vote is never annulled.
    public func annul(
        _ number: PackNumber, _ note: Note, at moment: Moment
    ) throws(LedgerError) -> ActOutcome {
        try act(on: [.pack(number)], at: moment) { scene in
            guard let pack = scene.pack(number) else { return .refused(.noSuchPack) }
            guard let vote = scene.vote(of: pack.row.voter), vote.isByPost, vote.pack == number else {
                return .refused(.nothingToAnnul)
            }
            scene.record(.postAnnulled(pack: number, voter: pack.row.voter), note: note)
            return .done
        }
    }
}
