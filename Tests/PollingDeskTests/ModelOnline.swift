import Counterfoil

/// Section 16, online: one function for each column of the table, its rules in
/// their order.
extension Model {
    mutating func redeem(_ number: Int, _ answer: Answer, key: Int) -> String {
        guard let pack = packs[number] else { return cell("redeem 1", "no-such-code") }
        if pack.kind == .postOnly { return cell("redeem 2", "no-such-code") }
        if pack.kind == .specimen { return cell("redeem 3", "specimen") }
        if let vote = votes[pack.voter], vote.pack == number, vote.key == key {
            return cell("redeem 4", answer == .right ? "repeated" : "key-reused")
        }
        if let refusal = beforeTheVote("redeem", pack, answer) { return refusal }
        return spend(pack, key: key, "redeem")
    }

    mutating func check(_ number: Int, _ answer: Answer, expires: Int) -> String {
        guard let pack = packs[number] else { return cell("check 1", "no-such-code") }
        if pack.kind == .postOnly { return cell("check 2", "no-such-code") }
        if pack.kind == .specimen { return cell("check 3", "specimen") }
        if let refusal = beforeTheVote("check", pack, answer) { return refusal }
        if votes[pack.voter] != nil { return cell("check 13", "already-voted") }
        return cell("check 14", "good", " until \(expires)")
    }

    mutating func redeem(_ pass: Pass, key: Int) -> String {
        let pack = packs[pass.pack]!
        if let vote = votes[pack.voter], vote.pack == pack.number, vote.key == key {
            return cell(pass.expires <= now ? "pass 4, expired" : "pass 4", "repeated")
        }
        if pass.expires <= now { return cell("pass 5", "pass-expired") }
        if standing(pack) == .inactive { return cell("pass 6", "not-active") }
        if phase == .before { return cell("pass 7", "not-open") }
        if phase == .final { return cell("pass 8, final", "closed") }
        var how = "pass"
        if phase == .closed, let closed = ballot.closed {
            guard pass.given < closed else { return cell("pass 8, given later", "closed") }
            guard now < closed + ballot.grace else { return cell("pass 8, too late", "closed") }
            how += " in grace"
        }
        if isLocked(pack) { how += " though locked" }
        if [.superseded, .withdrawn, .cancelled].contains(standing(pack)) {
            return cell("pass 12, \(standing(pack))", "cancelled")
        }
        return spend(pack, key: key, how)
    }

    /// Rules 6 to 12, which `redeem` and `check` share.
    private mutating func beforeTheVote(_ column: String, _ pack: Pack, _ answer: Answer) -> String? {
        if standing(pack) == .inactive { return cell("\(column) 6", "not-active") }
        switch phase {
        case .before: return cell("\(column) 7", "not-open")
        case .closed: return cell("\(column) 8", "closed")
        case .final: return cell("\(column) 8, final", "closed")
        case .open: break
        }
        if isLocked(pack) { return cell("\(column) 9", "locked") }
        if answer == .unreadable { return cell("\(column) 10", "bad-answer", ": Date of birth") }
        if answer != .right { return wrong(column, pack, answer) }
        if [.superseded, .withdrawn, .cancelled].contains(standing(pack)) {
            return cell("\(column) 12, \(standing(pack))", "cancelled")
        }
        return nil
    }

    private mutating func wrong(_ column: String, _ pack: Pack, _ answer: Answer) -> String {
        let isAgain = pack.last == answer
        if !isAgain {
            packs[pack.number]!.wrong += 1
            packs[pack.number]!.lifetime += 1
            packs[pack.number]!.last = answer
            record("wrong-answers", pack: pack.number)
        }
        let pack = packs[pack.number]!
        if isLocked(pack) {
            return cell(pack.lifetime >= plan.lifetime ? "\(column) 11, for good" : "\(column) 11", "locked")
        }
        let left = min(plan.lock - pack.wrong, plan.lifetime - pack.lifetime)
        return cell("\(column) 11\(isAgain ? ", again" : "")", "wrong-answers", ", \(left) left")
    }

    /// Rules 13 and 14.
    private mutating func spend(_ pack: Pack, key: Int, _ how: String) -> String {
        if votes[pack.voter] != nil {
            guard pack.second < 20 else { return cell("\(how) 13, after twenty", "already-voted") }
            packs[pack.number]!.second += 1
            record("second-attempt", pack: pack.number)
            return cell("\(how) 13", "already-voted")
        }
        votes[pack.voter] = Vote(pack: pack.number, key: key, at: now)
        record("vote-cast", pack: pack.number)
        return cell("\(how) 14", "accepted")
    }
}
