/// Section 20, by post: its rules in their order.
extension Model {
    mutating func scan(_ envelope: Envelope, _ table: Int) -> String {
        let number = envelope.pack
        guard let pack = packs[number] else { return cell("post 1", "no-such-pack") }
        let scan = Scan(pack: number, nonce: envelope.nonce)
        if let first = scans[scan] { return again(first, pack, envelope.nonce) }
        if phase == .final { return cell("post 3", "final") }
        if phase == .before { return cell("post 4", "not-open") }
        let answer = judge(pack, envelope.nonce, table)
        scans[scan] = answer
        return answer
    }

    /// Rule 2: what the table heard the first time, but for a return that was
    /// annulled since.
    private mutating func again(_ first: String, _ pack: Pack, _ nonce: Int) -> String {
        let name = String(first.prefix { $0 != " " })
        let rule = phase == .final ? "post 2, final" : phase == .closed ? "post 2, closed" : "post 2"
        if first == "received", !isReturn(pack, nonce) { return cell(rule, "annulled") }
        return cell(rule, name, String(first.dropFirst(name.count)))
    }

    /// Rules 5 to 8.
    private mutating func judge(_ pack: Pack, _ nonce: Int, _ table: Int) -> String {
        let note = " by table \(table)"
        func setAside(_ why: String, _ vote: Vote? = nil) {
            record(
                "post-set-aside", pack: pack.number, what: " \(why)", nonce: nonce,
                more: vote.map { ", voted at \($0.at)" } ?? "", note: note)
        }
        if let vote = votes[pack.voter] {
            if case .post(_, let first) = vote.way, vote.pack == pack.number {
                setAside("scanned again", vote)
                rescans += 1
                return cell("post 5", "scanned-before", " at \(vote.at) by table \(first)")
            }
            setAside("already voted \(vote.isByPost ? "by post" : "online")", vote)
            return cell("post 6, \(vote.channel)", "already-voted", " \(vote.channel) at \(vote.at)")
        }
        let standing = standing(pack)
        guard standing == .live else {
            setAside("\(standing)")
            return cell("post 7", "set-aside \(standing)")
        }
        votes[pack.voter] = Vote(pack: pack.number, way: .post(nonce: nonce, table: table), at: now)
        record("post-received", pack: pack.number, nonce: nonce, note: note)
        let circumstances = (isLocked(pack) ? ", locked" : "") + (phase == .closed ? ", closed" : "")
        return cell("post 8\(circumstances)", "received")
    }

    /// Whether this scan of the pack is the return that counts.
    func isReturn(_ pack: Pack, _ nonce: Int) -> Bool {
        guard let vote = votes[pack.voter], vote.pack == pack.number else { return false }
        if case .post(nonce, _) = vote.way { return true }
        return false
    }
}
