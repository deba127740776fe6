import Foundation
import TestSupport
import Testing

@Suite("Several desks on one ledger")
struct RaceTests {
    private static let members = 2000

    private static func ballot() throws -> Ballot {
        let ballot = try Ballot(members: members)
        try ballot.prepare()
        return ballot
    }

    @Test("Three processes, the same 2,000 codes, other keys: each code counts once")
    func threeAtOnce() throws {
        let ballot = try Self.ballot()
        let packs = try ballot.packs()
        let desks = try (0..<3).map { i in
            // Not in step with one another.
            let mine = Array(packs[(i * 500)...] + packs[..<(i * 500)])
            let requests = mine.map { $0.request(Counterfoil.newKey()) + "\n" }.joined()
            return (mine, try ballot.start(["redeem"] + Ballot.desk, input: .text(requests)))
        }
        var outcomes: [String: [String]] = [:]
        for (mine, desk) in desks {
            let ended = desk.finish()
            expectDone(ended)
            let answers = try ended.lines.map(Answer.init(line:))
            try #require(answers.count == Self.members)
            for (pack, answer) in zip(mine, answers) {
                outcomes[pack.code, default: []].append(answer.outcome)
            }
        }
        #expect(outcomes.count == Self.members)
        for (_, three) in outcomes {
            #expect(three.sorted() == ["accepted", "already-voted", "already-voted"])
        }
        let summary = try ballot.status()
        #expect(summary.votes.online == Self.members && summary.secondAttempts == 2 * Self.members)
    }

    @Test("One of two is killed: asked again with the same keys, each code has counted once")
    func killed() throws {
        let ballot = try Self.ballot()
        let packs = try ballot.packs()
        let keys = (0..<2).map { _ in packs.map { _ in Counterfoil.newKey() } }
        let orders = [packs.indices.map { $0 }, packs.indices.reversed().map { $0 }]
        func requests(_ desk: Int) -> String {
            orders[desk].map { packs[$0].request(keys[desk][$0]) + "\n" }.joined()
        }

        var heard: [[Answer]] = []
        let killed = try ballot.start(["redeem"] + Ballot.desk, input: .text(requests(0)), output: .pipe)
        let other = try ballot.start(["redeem"] + Ballot.desk, input: .text(requests(1)))
        var lines: [Answer] = []
        while lines.count < 300, let line = killed.line() { lines.append(try Answer(line: line)) }
        killed.signal(SIGKILL)
        while let line = killed.line() {
            if let answer = try? Answer(line: line) { lines.append(answer) }
        }
        #expect(killed.finish().status == -SIGKILL)
        #expect(lines.count >= 300 && lines.count < Self.members, "\(lines.count) answers")
        heard.append(lines)
        let ended = other.finish()
        expectDone(ended)
        heard.append(try ended.lines.map(Answer.init(line:)))

        var counted: [Int: Int] = [:]
        for desk in 0...1 {
            let again = try ballot.run(["redeem"] + Ballot.desk, input: .text(requests(desk)))
            expectDone(again)
            let answers = try again.lines.map(Answer.init(line:))
            try #require(answers.count == Self.members)
            for (place, answer) in answers.enumerated() {
                let pack = orders[desk][place]
                if ["accepted", "repeated"].contains(answer.outcome) { counted[pack, default: 0] += 1 }
                guard place < heard[desk].count else { continue }
                // What was answered before the kill is what is answered after it.
                let before = heard[desk][place]
                let expected = before.outcome == "accepted" ? "repeated" : before.outcome
                #expect(answer.outcome == expected && answer.receipt == before.receipt)
            }
        }
        #expect(counted.count == Self.members && counted.values.allSatisfy { $0 == 1 })
        #expect(try ballot.status().votes.online == Self.members)
        let check = try Child("sqlite3", ["ballot.ledger", "pragma integrity_check"], in: ballot.folder.path)
        #expect(check.finish().output == "ok\n")
    }

    @Test("The ledger is moved away under a desk: undecided, and nothing is lost")
    func moved() throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let packs = try ballot.packs()
        let keys = packs.map { _ in Counterfoil.newKey() }
        let redeem = try ballot.start(["redeem"] + Ballot.desk, input: .pipe, output: .pipe)
        redeem.write(packs[0].request(keys[0]) + "\n")
        #expect(redeem.line()?.contains("accepted") == true)
        try ballot.folder.move("ballot.ledger", to: "elsewhere.ledger")
        redeem.write(packs[1].request(keys[1]) + "\n")
        #expect(redeem.line() == #"{"outcome": "undecided"}"#)
        // From then on nothing is known, were it no request at all.
        redeem.write("nonsense\n" + packs[2].request(keys[2]) + "\n")
        #expect(redeem.line() == #"{"outcome": "undecided"}"#)
        #expect(redeem.line() == #"{"outcome": "undecided"}"#)
        expectStop(redeem.finish(), 3, "ballot.ledger was moved", "ask again with the same keys")
        try ballot.folder.move("elsewhere.ledger", to: "ballot.ledger")
        let answers = try ballot.redeem(zip(packs, keys).map { $0.request($1) })
        #expect(answers.map(\.outcome) == ["repeated", "accepted", "accepted", "accepted", "accepted"])
    }

    @Test("status reads while a desk writes")
    func statusMeanwhile() throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let pack = try ballot.packs()[0]
        let redeem = try ballot.start(["redeem"] + Ballot.desk, input: .pipe, output: .pipe)
        redeem.write(pack.request(Counterfoil.newKey()) + "\n")
        #expect(redeem.line()?.contains("accepted") == true)
        #expect(try ballot.status().votes.online == 1)
        redeem.write(try ballot.packs()[1].request(Counterfoil.newKey()) + "\n")
        #expect(redeem.line()?.contains("accepted") == true)
        #expect(try ballot.status().votes.online == 2)
        expectDone(redeem.finish())
    }
}
