import Counterfoil
import PollingDesk
import TestSupport

extension Hall {
    /// Everything that can be read off the ledger, as lines.
    func report() throws -> [String] {
        let summary = try desk.ledger.summary()
        return try ballot(summary) + batches(summary) + ["balance: \(told(summary.balance))"]
            + outlooks(summary) + votes()
            + histories()
    }

    private func ballot(_ summary: LedgerSummary) throws -> [String] {
        let ballot = summary.ballot
        return [
            """
            ballot \(ballot.phase): opened \(told(ballot.opened)), closes \(told(ballot.closes)), \
            grace \(ballot.grace / 1000), closed \(told(ballot.closed)), final \(told(ballot.final))
            """,
            """
            \(summary.entries) entries, \(summary.secondAttempts) second attempts, \
            \(summary.setAside) set aside, \(summary.rescans) scanned again, \
            \(try desk.ledger.report().voters) voters
            """,
        ]
    }

    private func outlooks(_ summary: LedgerSummary) throws -> [String] {
        try summary.batches.map { batch in
            guard let outlook = try desk.ledger.outlook(ofBatch: batch.name) else { return "no outlook" }
            return """
                outlook \(outlook.batch.name): \(told(outlook.balance)); ends \(told(outlook.ended)); \
                last \(outlook.lastPacks), replacing \(outlook.lastReplacements)
                """
        }
    }

    private func batches(_ summary: LedgerSummary) -> [String] {
        summary.batches.map {
            """
            batch \($0.number) \($0.name) \($0.kind.name): \($0.count), loaded \($0.loaded.seconds), \
            activated \(told($0.activated)), reconciled \(told($0.reconciled)), \
            withdrawn \(told($0.withdrawn))
            """
        }
    }

    private func told(_ balance: Balance) -> String {
        let columns = Balance.Column.allCases.map { "\($0) \(balance[$0])" }
        return "\(columns.joined(separator: ", ")), total \(balance.total)"
    }

    private func votes() throws -> [String] {
        let report = try desk.ledger.report()
        let (voted, second) = (report.voted, report.secondAttempts)
        var lines = report.turnout.map { "turnout \($0.start.seconds) \($0.channel) \($0.votes)" }
        lines += named(voted.map(\.pack)).enumerated().map { "voted \($1) \(voted[$0].channel)" }.sorted()
        lines += named(second.map(\.pack)).enumerated().map { "second \($1) \(second[$0].count)" }.sorted()
        return lines
    }

    /// Our numbers of packs, which must come in order of theirs.
    private func named(_ packs: [PackNumber]) -> [String] {
        packs.enumerated().map { i, pack in
            i > 0 && !(packs[i - 1] < pack) ? "out of order" : "\(world.numbers[pack]!)"
        }
    }

    private func histories() throws -> [String] {
        try world.packs.keys.sorted().flatMap { number -> [String] in
            guard let pack = try desk.ledger.history(of: world.packs[number]!.number) else {
                return ["pack \(number): none"]
            }
            let attempts = pack.attempts
            let vote = pack.vote.map { "\($0.channel) with \(world.numbers[$0.pack]!) at \($0.at.seconds)" }
            return [
                """
                pack \(number): \(pack.kind) of batch \(pack.batch.number), \(pack.standing)\
                \(pack.isLocked ? ", locked" : ""), wrong \(attempts.wrong) of \(attempts.lifetime)\
                \(attempts.last == nil ? "" : ", one remembered"), second \(attempts.second), \
                replaces \(pack.replaced.map { "\(world.numbers[$0]!)" } ?? "-"), \
                replaced by \(pack.replacements.map { world.numbers[$0.pack]! }), \
                kept instead \(named(pack.kept).sorted()), voted \(vote ?? "-")
                """
            ] + pack.entries.map(told)
        }
    }

    private func told(_ line: PackHistory.Line) -> String {
        let officer = line.note.officer.isEmpty ? "" : " by \(line.note.officer)"
        let reason = line.note.reason.map { " for \($0) \(line.note.reference)" } ?? ""
        let scan = line.scan.map { ", nonce \($0.number)" } ?? ""
        return "  \(line.at.seconds) \(line.kind)\(scan)\(officer)\(reason)"
    }

    private func told(_ moment: Moment?) -> String { moment.map { "\($0.seconds)" } ?? "-" }
}

extension PackHistory.Line {
    /// Without the reason: `tellsWhyAnEnvelopeWasSetAside` looks at that.
    fileprivate var kind: String {
        if what == "missing at the print house" { return "cancelled" }
        return String(what.prefix { $0 != ":" })
    }
}
