import Counterfoil
import Foundation
import PollingDesk
import SQLiteLedger
import TestSupport

/// Everybody wants the same votes at once: several programs and several
/// threads on one ledger, each voter with two packs, online by code and by
/// pass, and by post. Each voter has exactly one vote in the end, and exactly
/// one of those who wanted it was told that it is theirs.
package enum Races {
    package static func hold(
        attempts: Int, voters: Int, without removals: [Removal] = [], until limit: Limit? = nil,
        seed: UInt64 = 5
    )
        throws -> Report
    {
        var report = Report("races")
        var dice = Dice(seed)
        let hall = try Hall(voters: voters, packsOfEach: 2)
        var total = Tally()
        var rounds = 0
        let begun = ContinuousClock.now
        while total.attempts < attempts && !report.isOver(limit) {
            rounds += 1
            try hall.withFreshLedger(onDisk: true) { path in
                let tally = try Race(hall, path, removals, isHeadToHead: rounds % 2 == 1, dice: &dice).run()
                total.attempts += tally.attempts
                total.unanswered += tally.unanswered
                total.longest = max(total.longest, tally.longest)
                for channel in tally.won.keys { total.won[channel, default: 0] += tally.won[channel]! }
                report.violated(tally.violations(voters: voters), "round \(rounds)")
                report.violated(Inspection(hall).consistency(of: path), "round \(rounds)")
            }
        }
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        report.measured("attempts", total.attempts)
        report.measured("voters, with two packs each", rounds * voters)
        for (channel, count) in total.won.sorted(by: { $0.key < $1.key }) {
            report.measured("votes won \(channel)", count)
        }
        if total.unanswered > 0 { report.measured("attempts without an answer", total.unanswered) }
        report.measured("attempts a second, checks and all", Int(Double(total.attempts) / seconds))
        if total.longest > 0 { report.measured("longest wait of a call, ms", Int(total.longest * 1000)) }
        return report
    }
}

/// What the racers were told.
private struct Tally: Sendable {
    var attempts = 0
    /// Undecided, or not answered at all.
    var unanswered = 0
    /// What a program said that came to no end.
    var complaint = ""
    /// By the voter's place, how often somebody was told that the vote is theirs.
    var winners: [Int: Int] = [:]
    var won: [String: Int] = [:]
    /// In seconds.
    var longest = 0.0

    mutating func count(_ pack: Int, won isWon: Bool, _ channel: String) {
        attempts += 1
        guard isWon else { return }
        winners[pack / 2, default: 0] += 1
        won[channel, default: 0] += 1
    }

    mutating func add(_ other: Tally) {
        attempts += other.attempts
        unanswered += other.unanswered
        complaint = other.complaint.isEmpty ? complaint : other.complaint
        longest = max(longest, other.longest)
        winners.merge(other.winners, uniquingKeysWith: +)
        won.merge(other.won, uniquingKeysWith: +)
    }

    func violations(voters: Int) -> [String] {
        var found: [String] = []
        let twice = winners.values.count { $0 > 1 }
        if twice > 0 { found.append("\(twice) voters won twice") }
        if winners.count < voters { found.append("\(voters - winners.count) voters did not win") }
        if unanswered > 0 { found.append("\(unanswered) attempts got no answer: \(complaint)") }
        return found
    }
}

/// One round on one ledger.
private struct Race: Sendable {
    let hall: Hall
    let path: String
    let environment: [String: String]
    /// Whether threads of this process race as well. A control takes away what
    /// only other programs can be deprived of.
    let threads: Bool
    private let packs: [Int]
    /// How much later one racer begins than another: not at all, or so that
    /// each comes first for some packs and last for others.
    private let distance: Int

    init(_ hall: Hall, _ path: String, _ removals: [Removal], isHeadToHead: Bool, dice: inout Dice) throws {
        self.hall = hall
        self.path = path
        environment = try Removal.environment(removals)
        threads = removals.isEmpty
        packs = dice.shuffled(Array(hall.packs.indices))
        distance = isHeadToHead ? 0 : packs.count / 9
    }

    func run() throws -> Tally {
        // Two desks in this process, each for two or three threads.
        let booths = threads ? try (0..<2).map { _ in try hall.booth(path) } : []
        defer { for booth in booths { booth.desk.drain() } }
        var racers: [@Sendable () throws -> Tally] = []
        for racer in 0..<3 { racers.append { try online(racer) } }
        racers.append { try byPost(3) }
        if threads {
            racers.append { try byCode(booths[0], 4) }
            racers.append { try byCode(booths[1], 5) }
            racers.append { try byPass(booths[0], 6) }
            racers.append { try byPass(booths[1], 7) }
            racers.append { try byPostHere(booths[0], 8) }
        }
        var tally = Tally()
        for part in try together(racers.count, { [racers] in try racers[$0]() }) { tally.add(part) }
        return tally
    }

    private func order(_ racer: Int) -> [Int] {
        let first = racer * distance % packs.count
        return Array(packs[first...] + packs[..<first])
    }

    private func key(_ racer: Int, _ pack: Int) -> Int { racer << 24 + pack }

    // MARK: Other programs

    private func online(_ racer: Int) throws -> Tally {
        let order = order(racer)
        let lines = order.map { Request(pack: $0, key: key(racer, $0)).line(in: hall) }.joined()
        return try answers(["redeem"], lines, order, #"{"outcome": "accepted""#, "online")
    }

    /// One commit for each, as a scanner has it: fewer, or all others would wait for it.
    private func byPost(_ racer: Int) throws -> Tally {
        let packs = Array(order(racer).prefix(max(200, packs.count / 8)))
        let lines = packs.map { hall.scans[$0] + "\n" }.joined()
        return try answers(["postal", "--json"], lines, packs, #""outcome": "received""#, "by post")
    }

    private func answers(
        _ verb: [String], _ lines: String, _ packs: [Int], _ victory: String, _ channel: String
    ) throws -> Tally {
        let ended = try hall.start(verb, on: path, environment, input: .text(lines), output: .collected)
            .finish(within: 3600)
        var tally = Tally()
        let lines = ended.lines
        for (pack, line) in zip(packs, lines) {
            if line.contains("undecided") { tally.unanswered += 1 }
            tally.count(pack, won: line.contains(victory), channel)
        }
        tally.unanswered += packs.count - lines.count
        tally.complaint = ended.errors
        return tally
    }

    // MARK: Threads of this one

    /// In groups of one to sixteen.
    private func byCode(_ booth: Booth, _ racer: Int) throws -> Tally {
        var tally = Tally()
        var dice = Dice(UInt64(racer))
        var form = try booth.desk.makeForm()
        var rest = order(racer)[...]
        while !rest.isEmpty {
            let packs = rest.prefix(1 + dice.roll(16))
            rest = rest.dropFirst(packs.count)
            let group = try packs.map { try ready(booth.prepare(hall.packs[$0], key: key(racer, $0), &form)) }
            let outcomes = try tally.timed { try booth.desk.redeem(group, at: .now) }
            for (pack, outcome) in zip(packs, outcomes) {
                tally.count(pack, won: outcome.name == "accepted", "online")
            }
        }
        return tally
    }

    /// Checks code and answers first, and redeems with the pass.
    private func byPass(_ booth: Booth, _ racer: Int) throws -> Tally {
        var tally = Tally()
        var form = try booth.desk.makeForm()
        var rest = order(racer)[...]
        while !rest.isEmpty {
            let packs = rest.prefix(8)
            rest = rest.dropFirst(8)
            let expires = Moment(milliseconds: Moment.now.milliseconds + 3_600_000)
            let checks = try packs.map { pack in
                try ready(booth.prepareToCheck(hall.packs[pack], at: .now, expires: expires, &form))
            }
            let outcomes = try tally.timed { try booth.desk.redeem(checks, at: .now) }
            tally.attempts += checks.count
            var passes: [(pack: Int, request: Redemption)] = []
            for (pack, outcome) in zip(packs, outcomes) {
                guard case .good(let pass, _) = outcome else { continue }
                passes.append(
                    (pack, try ready(booth.prepare(pass, key: key(racer, pack), &form))))
            }
            let votes = try tally.timed { try booth.desk.redeem(passes.map(\.request), at: .now) }
            for (pass, outcome) in zip(passes, votes) {
                tally.count(pass.pack, won: outcome.name == "accepted", "by pass")
            }
        }
        return tally
    }

    private func byPostHere(_ booth: Booth, _ racer: Int) throws -> Tally {
        var tally = Tally()
        // Of each voter's packs the other one.
        for pack in order(racer).prefix(packs.count / 8) {
            let outcomes = try tally.timed {
                try booth.desk.receive([Scan(hall.packs[pack ^ 1].number, .random(), .none)], at: .now)
            }
            tally.count(pack, won: outcomes[0].name == "received", "by post")
        }
        return tally
    }

    private func ready(_ preparation: Preparation) throws -> Redemption {
        guard case .ready(let request) = preparation else { throw TortureError("a request that is none") }
        return request
    }
}

extension Tally {
    fileprivate mutating func timed<R>(_ body: () throws -> R) rethrows -> R {
        let begun = ContinuousClock.now
        defer { longest = max(longest, (ContinuousClock.now - begun) / .seconds(1)) }
        return try body()
    }
}
