import Counterfoil

/// Section 20, online: one function for each column of the table, its rules in
/// their order.
extension Model {
    mutating func redeem(_ number: Int, _ answer: Answer, key: Int) -> String {
        guard let pack = packs[number] else { return cell("redeem 1", "no-such-code") }
        if let refusal = beforeTheVote("redeem", pack, answer) { return refusal }
        // The answers are right.
        if isCast(pack, key) { return cell("redeem 11" + ifClosed, "repeated") }
        if phase == .closed { return cell("redeem 12", "closed") }
        return dead("redeem", pack) ?? spend(pack, key: key, "redeem")
    }

    mutating func check(_ number: Int, _ answer: Answer, expires: Int) -> String {
        guard let pack = packs[number] else { return cell("check 1", "no-such-code") }
        if let refusal = beforeTheVote("check", pack, answer) { return refusal }
        if phase == .closed { return cell("check 12", "closed") }
        if let refusal = dead("check", pack) { return refusal }
        if votes[pack.voter] != nil { return cell("check 14", "already-voted") }
        return cell("check 15", "good", " until \(expires)")
    }

    mutating func redeem(_ pass: Pass, key: Int, isOfItsCode: Bool = true) -> String {
        guard let pack = packs[pass.pack] else { return cell("pass 1", "no-such-code") }
        guard isOfItsCode else { return cell("pass 1, sealed", "bad-pass") }
        if pack.kind == .postOnly { return cell("pass 2", "no-such-code") }
        if pack.kind == .specimen { return cell("pass 3", "specimen") }
        if isCast(pack, key) {
            let how = phase == .final ? ", final" : pass.expires <= now ? ", expired" : ""
            return cell("pass 4" + how, "repeated")
        }
        if pass.expires <= now { return cell("pass 5", "pass-expired") }
        if standing(pack) == .inactive { return cell("pass 6", "not-active") }
        if phase == .before { return cell("pass 7", "not-open") }
        if phase == .final { return cell("pass 7", "closed") }
        var how = "pass"
        if phase == .closed, let closed = ballot.closed {
            guard pass.given < closed else { return cell("pass 12, given later", "closed") }
            guard ballot.grace > 0, now < closed + ballot.grace else {
                return cell("pass 12, too late", "closed")
            }
            how += " in grace"
        }
        if isLocked(pack) { how += " though locked" }
        return dead("pass", pack) ?? spend(pack, key: key, how)
    }

    /// Rules 2 to 10, for a code.
    private mutating func beforeTheVote(_ column: String, _ pack: Pack, _ answer: Answer) -> String? {
        if pack.kind == .postOnly { return cell("\(column) 2", "no-such-code") }
        if pack.kind == .specimen { return cell("\(column) 3", "specimen") }
        if standing(pack) == .inactive { return cell("\(column) 6", "not-active") }
        if phase == .before { return cell("\(column) 7", "not-open") }
        if phase == .final { return cell("\(column) 7", "closed") }
        if isLocked(pack) { return cell("\(column) 8" + ifClosed, "locked") }
        if answer == .unreadable { return cell("\(column) 9" + ifClosed, "bad-answer", ": Date of birth") }
        return answer == .right ? nil : wrong(column, pack, answer)
    }

    private var ifClosed: String { phase == .closed ? ", closed" : "" }

    /// Whether a vote was cast with this pack under this key.
    private func isCast(_ pack: Pack, _ key: Int) -> Bool {
        guard let vote = votes[pack.voter] else { return false }
        return vote.pack == pack.number && vote.way == .online(key: key)
    }

    /// Rule 10.
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
            let how = pack.lifetime >= plan.lifetime ? ", for good" : ""
            return cell("\(column) 10\(how)\(ifClosed)", "locked")
        }
        let left = min(plan.lock - pack.wrong, plan.lifetime - pack.lifetime)
        return cell("\(column) 10\(isAgain ? ", again" : "")\(ifClosed)", "wrong-answers", ", \(left) left")
    }

    /// Rule 13.
    private mutating func dead(_ column: String, _ pack: Pack) -> String? {
        let standing = standing(pack)
        guard [.superseded, .withdrawn, .cancelled].contains(standing) else { return nil }
        let why = standing == .cancelled && !pack.cancelled ? "listed" : "\(standing)"
        return cell("\(column) 13, \(why)", "cancelled")
    }

    /// Rules 14 and 15.
    private mutating func spend(_ pack: Pack, key: Int, _ how: String) -> String {
        if votes[pack.voter] != nil {
            guard pack.second < 20 else { return cell("\(how) 14, after twenty", "already-voted") }
            packs[pack.number]!.second += 1
            record("second-attempt", pack: pack.number)
            return cell("\(how) 14", "already-voted")
        }
        votes[pack.voter] = Vote(pack: pack.number, way: .online(key: key), at: now)
        record("vote-cast", pack: pack.number)
        return cell("\(how) 15", "accepted")
    }
}
