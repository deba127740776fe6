import Counterfoil

/// Everything that can be read off a ledger, as the model has it.
extension Model {
    func report() -> [String] { head() + [balance()] + outlooks() + voteLines() + histories() }

    /// Whoever has a pack of an active batch that is no other pack's of the same person, or
    /// has voted.
    private var voters: Int {
        let sent = packs.values.filter { pack in
            let batch = batches[pack.batch - 1]
            return pack.kind != .specimen && batch.activated != nil && batch.withdrawn == nil
                && !isListed(pack)
        }
        return Set(sent.map(\.voter)).union(votes.keys).count
    }

    /// What activating or withdrawing each batch means.
    private func outlooks() -> [String] {
        batches.enumerated().map { i, batch in
            let own = packs.values.filter { $0.batch == i + 1 }
            let ended = packs.values.filter { pack in
                own.contains { $0.replaces == pack.number }
                    || plan.registers[batch.file]!.pairs.contains { $0.cancelled == pack.number }
            }
            let last = Set(own.filter { isOpen($0) && votes[$0.voter] == nil }.map(\.voter)).filter { voter in
                !packs.values.contains { pack in
                    let other = batches[pack.batch - 1]
                    return pack.voter == voter && pack.batch != i + 1 && isOpen(pack)
                        && other.activated != nil && other.withdrawn == nil
                }
            }
            let replacing = own.filter { isOpen($0) && $0.replaces != nil && last.contains($0.voter) }
            return """
                outlook \(batch.name): \(balance(own)); ends \(balance(ended)); \
                last \(last.count), replacing \(Set(replacing.map(\.voter)).count)
                """
        }
    }

    /// Whether nothing but its batch keeps the pack from being used.
    private func isOpen(_ pack: Pack) -> Bool {
        switch standing(pack) {
        case .live, .inactive: true
        // It hides what was cancelled before.
        case .withdrawn: !pack.cancelled && !isListed(pack)
        case .specimen, .superseded, .cancelled: false
        }
    }

    private func head() -> [String] {
        [
            """
            ballot \(phase): opened \(told(ballot.opened)), closes \(told(ballot.closes)), \
            grace \(ballot.grace), closed \(told(ballot.closed)), final \(told(ballot.final))
            """,
            """
            \(log.count) entries, \(packs.values.reduce(0) { $0 + $1.second }) second attempts, \
            \(log.count { $0.what == "post-set-aside" } - rescans) set aside, \(rescans) scanned again, \
            \(voters) voters
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
    private func balance() -> String { "balance: \(balance(Array(packs.values)))" }

    private func balance(_ packs: [Pack]) -> String {
        let columns = [
            "specimen", "votedOnline", "votedByPost", "superseded", "withdrawn", "cancelled", "inactive",
            "locked", "live",
        ]
        let found = packs.map { column($0) }
        let counts = columns.map { column in "\(column) \(found.count { $0 == column })" }
        return "\(counts.joined(separator: ", ")), total \(packs.count)"
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
