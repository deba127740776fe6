import Counterfoil

/// Section 20, by officers.
extension Model {
    private static let officer = " by A. Officer for mistake case 7"

    /// After the end all acts are refused; each may be the first past the close.
    mutating func act(_ step: Step) -> String {
        closeIfDue()
        let name = "\(step)".dropFirst().prefix { $0 != "(" }
        guard phase != .final else { return cell("\(name)", "final") }
        let answer =
            switch step {
            case .annul(let pack, let nonce): annul(pack, nonce)
            case .cancel(let pack): cancel(pack)
            case .unlock(let pack): unlock(pack)
            case .activate(let name, let insisted): activate(name, insisted)
            case .withdraw(let name): withdraw(name)
            case .reconcile(let name, let missing): reconcile(name, missing)
            case .open(let closesIn, let grace): open(closesIn, grace)
            case .extend(let by): extend(by)
            case .close: close()
            case .finish: finish()
            case .load, .ask, .scan, .clock, .restart: "no act"
            }
        return cell("\(name)", answer)
    }

    private mutating func annul(_ number: Int, _ nonce: Int) -> String {
        guard let pack = packs[number] else { return "no-such-pack" }
        guard isReturn(pack, nonce) else {
            let first = scans[Scan(pack: number, nonce: nonce)]
            return first == "received" ? "already-annulled" : "nothing-to-annul"
        }
        votes[pack.voter] = nil
        record("post-annulled", pack: number, nonce: nonce, note: Self.officer)
        return "done"
    }

    private mutating func cancel(_ number: Int) -> String {
        guard let pack = packs[number] else { return "no-such-pack" }
        switch standing(pack) {
        case .specimen: return "specimen"
        case .superseded, .withdrawn, .cancelled: return "already-cancelled"
        case .inactive, .live: break
        }
        packs[number]!.cancelled = true
        record("pack-cancelled", pack: number, what: " byOfficer", note: Self.officer)
        return "done"
    }

    private mutating func unlock(_ number: Int) -> String {
        guard let pack = packs[number] else { return "no-such-pack" }
        guard isLocked(pack) else { return "not-locked" }
        guard pack.lifetime < plan.lifetime else { return "locked-for-good" }
        packs[number]!.wrong = 0
        packs[number]!.last = nil
        record("pack-unlocked", pack: number, note: Self.officer)
        return "done"
    }

    private func index(_ name: String) -> Int? { batches.firstIndex { $0.name == name } }

    private mutating func activate(_ name: String, _ insisted: Bool) -> String {
        guard let batch = index(name) else { return "no-such-batch" }
        if batches[batch].withdrawn != nil { return "withdrawn" }
        if batches[batch].activated != nil { return "already-active" }
        // Specimens are packed by nobody.
        let isReconciled = batches[batch].reconciled != nil || batches[batch].kind == .specimens
        guard isReconciled || insisted else { return "not-reconciled" }
        let file = batches[batch].file
        let replaced = plan.registers[file]!.packs.compactMap { pack in
            pack.replaces.map { Plan.Pair(keep: pack.number, not: $0) }
        }
        if (replaced + plan.registers[file]!.pairs).contains(where: couldVoteTwice) {
            return "replaced-voted"
        }
        batches[batch].activated = now
        record(
            "batch-activated", what: " \(batch + 1)" + (isReconciled ? "" : " unreconciled"),
            note: Self.officer)
        return "done"
    }

    /// Whether the voter of the pack that is going to be cancelled has voted, and the
    /// pack that the same person keeps has another number and is not dead: not even
    /// loaded, perhaps.
    private func couldVoteTwice(_ pair: Plan.Pair) -> Bool {
        guard let old = packs[pair.cancelled], votes[old.voter] != nil else { return false }
        guard let kept = packs[pair.kept] else { return true }
        return kept.voter != old.voter
            && ![.superseded, .withdrawn, .cancelled].contains(standing(kept))
    }

    private mutating func withdraw(_ name: String) -> String {
        guard let batch = index(name) else { return "no-such-batch" }
        if batches[batch].withdrawn != nil { return "already-withdrawn" }
        batches[batch].withdrawn = now
        record("batch-withdrawn", what: " \(batch + 1)", note: Self.officer)
        return "done"
    }

    private mutating func reconcile(_ name: String, _ missing: [Int]) -> String {
        guard let batch = index(name) else { return "no-such-batch" }
        if batches[batch].reconciled != nil { return "already-reconciled" }
        if missing.contains(where: { packs[$0]?.batch != batch + 1 }) { return "other-packs" }
        for pack in missing {
            packs[pack]!.cancelled = true
            record("pack-cancelled", pack: pack, what: " missing", note: Self.officer)
        }
        batches[batch].reconciled = now
        record("batch-reconciled", what: " \(batch + 1), \(missing.count) missing", note: Self.officer)
        return "done"
    }

    private mutating func open(_ closesIn: Int?, _ grace: Int) -> String {
        if phase == .open { return "already-open" }
        if phase == .closed { return "closed" }
        if let closesIn, closesIn <= 0 { return "in-the-past" }
        ballot.opened = now
        ballot.closes = closesIn.map { now + $0 }
        ballot.grace = grace
        let until = closesIn.map { "\(now + $0)" } ?? "-"
        record("ballot-opened", what: " until \(until), grace \(grace)", note: Self.officer)
        return "done"
    }

    private mutating func extend(_ by: Int) -> String {
        if phase == .before { return "not-open" }
        if by <= 0 { return "in-the-past" }
        ballot.closes = now + by
        ballot.closed = nil
        record("ballot-extended", what: " until \(now + by)", note: Self.officer)
        return "done"
    }

    private mutating func close() -> String {
        if phase == .before { return "not-open" }
        if phase == .closed { return "already-closed" }
        ballot.closed = now
        record("ballot-closed", what: " at \(now)", note: Self.officer)
        return "done"
    }

    private mutating func finish() -> String {
        if phase == .before { return "not-open" }
        if phase == .open { _ = close() }
        ballot.final = now
        record("ballot-final", note: Self.officer)
        return "done"
    }
}
