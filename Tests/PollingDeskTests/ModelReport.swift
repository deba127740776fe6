import Counterfoil

/// Everything that can be read off a ledger, as the model has it.
extension Model {
    func report() -> [String] { head() + [balance()] + voteLines() + histories() }

    private func head() -> [String] {
        [
            """
            ballot \(phase): opened \(told(ballot.opened)), closes \(told(ballot.closes)), \
            grace \(ballot.grace), closed \(told(ballot.closed)), final \(told(ballot.final))
            """,
            """
            \(log.count) entries, \(packs.values.reduce(0) { $0 + $1.second }) second attempts, \
            \(log.count { $0.what == "post-set-aside" }) set aside
            """,
        ]
            + batches.enumerated().map { i, batch in
                """
                batch \(i + 1) \(batch.name) \(batch.kind): \(batch.count), loaded \(batch.loaded), \
                activated \(told(batch.activated)), reconciled \(told(batch.reconciled)), \
                withdrawn \(told(batch.withdrawn))
                """
            }
    }

    /// Each pack once, in the first column that applies.
    private func balance() -> String {
        let columns = [
            "specimen", "votedOnline", "votedByPost", "superseded", "withdrawn", "cancelled", "inactive",
            "locked", "live",
        ]
        let found = packs.values.map { column($0) }
        let counts = columns.map { column in "\(column) \(found.count { $0 == column })" }
        return "balance: \(counts.joined(separator: ", ")), total \(packs.count)"
    }

    private func column(_ pack: Pack) -> String {
        let standing = standing(pack)
        if standing == .specimen { return "specimen" }
        if let vote = votes[pack.voter], vote.pack == pack.number {
            return vote.isByPost ? "votedByPost" : "votedOnline"
        }
        return standing == .live && isLocked(pack) ? "locked" : "\(standing)"
    }

    private func voteLines() -> [String] {
        let quarters = Set(votes.values.map { quarter($0.at) }).sorted()
        let turnout = quarters.flatMap { quarter in
            ["online", "post"].compactMap { name in
                let count = votes.values.count { self.quarter($0.at) == quarter && $0.channel == name }
                return count == 0 ? nil : "turnout \(quarter) \(name) \(count)"
            }
        }
        let voted = votes.values.map { "voted \($0.pack) \($0.channel)" }
        let second = packs.values.filter { $0.second > 0 }.map { "second \($0.number) \($0.second)" }
        return turnout + voted.sorted() + second.sorted()
    }

    private func quarter(_ moment: Int) -> Int { moment - (moment % 900 + 900) % 900 }

    private func histories() -> [String] {
        let all = Set(plan.packs.map(\.number) + [Plan.unknownPack])
        return all.sorted().flatMap { number -> [String] in
            guard let pack = packs[number] else { return ["pack \(number): none"] }
            let vote = votes[pack.voter].map {
                "\($0.channel) with \($0.pack) at \($0.at)"
            }
            return [
                """
                pack \(number): \(pack.kind) of batch \(pack.batch), \(standing(pack))\
                \(isLocked(pack) ? ", locked" : ""), wrong \(pack.wrong) of \(pack.lifetime)\
                \(pack.last == nil ? "" : ", one remembered"), second \(pack.second), \
                replaces \(pack.replaces.map { "\($0)" } ?? "-"), \
                replaced by \(replacements(of: number)), \
                kept instead \(kept(insteadOf: number).map(String.init).sorted()), voted \(vote ?? "-")
                """
            ]
                + log.filter { $0.pack == number }.map {
                    "  \($0.at) \(Self.phrases[$0.what]!)\($0.nonce.map { ", nonce \($0)" } ?? "")\($0.note)"
                }
        }
    }

    private func replacements(of number: Int) -> [Int] {
        packs.values.filter { $0.replaces == number }.sorted { $0.batch < $1.batch }.map(\.number)
    }

    /// As a pack's history has them.
    private static let phrases = [
        "vote-cast": "voted online", "wrong-answers": "wrong answers",
        "second-attempt": "attempt to vote again", "post-received": "received by post",
        "post-set-aside": "envelope set aside", "post-annulled": "return annulled",
        "pack-cancelled": "cancelled", "pack-unlocked": "unlocked",
    ]

    private func told(_ moment: Int?) -> String { moment.map { "\($0)" } ?? "-" }
}
