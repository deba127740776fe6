import Foundation
import TestSupport
import Testing

@Suite("What a ledger tells")
struct ReportTests {
    let ballot: Ballot
    let packs: [Pack]

    init() throws {
        ballot = try Ballot(members: 12)
        try ballot.prepare()
        packs = try ballot.packs()
    }

    /// Three vote online, two by post; one of each tries again; one is
    /// cancelled, one locked.
    private func vote() throws {
        let requests = packs.prefix(3).map { $0.request(Counterfoil.newKey()) }
        #expect(try ballot.redeem(requests).allSatisfy { $0.outcome == "accepted" })
        expectDone(try ballot.run(["postal"] + Ballot.desk + packs[3...4].map(\.pack)))
        let again = [packs[0], packs[3], packs[3]].map { $0.request(Counterfoil.newKey()) }
        #expect(try ballot.redeem(again).allSatisfy { $0.outcome == "already-voted" })
        expectDone(
            try ballot.run(
                ["cancel"] + Ballot.desk + [packs[5].pack, "--reason", "lost", "--reference", "case 17"]))
        let wrong = (1...5).map { packs[6].request(Counterfoil.newKey(), born: "\($0)/1/1901") }
        #expect(try ballot.redeem(wrong).last?.outcome == "locked")
    }

    private func report(_ more: String...) throws -> String {
        let ended = try ballot.run(["report", "--ledger", "ballot.ledger"] + more)
        expectDone(ended)
        return ended.output
    }

    private static let none = [
        "specimen": 0, "votedOnline": 0, "votedByPost": 0, "superseded": 0, "withdrawn": 0, "cancelled": 0,
        "inactive": 0, "locked": 0, "live": 0,
    ]

    @Test("JSON, four tables of CSV and the text say the same")
    func threeWays() throws {
        try vote()
        let balance = Self.none.merging(
            ["votedOnline": 3, "votedByPost": 2, "cancelled": 1, "locked": 1, "live": 5]) { $1 }
        let attempts = [packs[0].pack: 1, packs[3].pack: 2]
        let json = try JSONDecoder().decode(Reported.self, from: Data(try report("--json").utf8))
        #expect(json.balance == balance && json.ballot == "open" && json.setAside == 0)
        #expect(json.days.map(\.online).reduce(0, +) == 3 && json.days.map(\.post).reduce(0, +) == 2)
        #expect(
            Dictionary(uniqueKeysWithValues: json.secondAttempts.map { ($0.pack, $0.attempts) }) == attempts)

        func table(_ name: String) throws -> [[String]] {
            let text = try report("--csv", name)
            // RFC 4180: every line ends CRLF, the last one too.
            #expect(text.replacing("\r\n", with: "").utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D })
            #expect(text.hasSuffix("\r\n"))
            return CSV.read(text)
        }
        let rows = try table("balance")
        #expect(rows[0] == ["column", "packs"])
        #expect(Dictionary(uniqueKeysWithValues: rows.dropFirst().map { ($0[0], Int($0[1])) }) == balance)
        let turnout = try table("turnout")
        #expect(turnout[0] == ["day", "online", "post"])
        #expect(turnout.dropFirst().map { $0[0] } == json.days.map(\.day))
        #expect(turnout.dropFirst().compactMap { Int($0[1]) } == json.days.map(\.online))
        let summary = Dictionary(
            uniqueKeysWithValues: try table("summary").dropFirst().map { ($0[0], $0[1]) })
        #expect(
            summary == [
                "voters": "12", "votes": "5", "turnout-percent": "41.7", "online": "3", "post": "2",
                "set-aside": "0", "scanned-again": "0", "second-attempts": "3",
            ])
        #expect(json.voters == 12 && json.votes == 5 && json.turnoutPercent == "41.7" && json.rescans == 0)
        let second = try table("second-attempts")
        #expect(second[0] == ["pack", "attempts"])
        #expect(Dictionary(uniqueKeysWithValues: second.dropFirst().map { ($0[0], Int($0[1])) }) == attempts)

        let text = try report()
        #expect(text.hasPrefix("Leadership ballot\n5 of 12 voters voted (41.7%): 3 online, 2 by post\n"))
        #expect(text.contains("\n            1  locked after wrong answers\n            5  live, not used\n"))
        #expect(text.contains("attempts on a pack after its voter had voted: 3\n"))
        #expect(text.contains("  \(packs[3].pack)  2\n"))
    }

    @Test("Before anybody has voted")
    func empty() throws {
        #expect(
            try report().hasPrefix("Leadership ballot\n0 of 12 voters voted (0.0%): 0 online, 0 by post\n"))
        #expect(try report("--csv", "turnout") == "day,online,post\r\n")
        #expect(try report("--csv", "second-attempts") == "pack,attempts\r\n")
        let json = try JSONDecoder().decode(Reported.self, from: Data(try report("--json").utf8))
        #expect(json.balance == Self.none.merging(["live": 12]) { $1 } && json.days.isEmpty)
    }

    /// Everybody gets a new pack, and one of them two: they are as many voters as before.
    @Test("Turnout is of people, however many packs they were sent; rescans are not set aside")
    func people() throws {
        expectDone(try ballot.run(ballot.issue("B02", more: ["--replace", "out/B01.packs.csv"])))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/B02.register"]))
        expectDone(
            try ballot.run(["activate"] + Ballot.desk + ["B02", "--unreconciled", "--confirm"]))
        let new = try ballot.packs("B02")
        expectDone(try ballot.run(["postal"] + Ballot.desk + [new[0].pack, new[1].pack]))
        _ = try ballot.run(["postal"] + Ballot.desk + [new[0].pack])
        _ = try ballot.run(["postal"] + Ballot.desk + [packs[2].pack])
        let text = try report()
        #expect(text.contains("\n2 of 12 voters voted (16.7%): 0 online, 2 by post\n"), "\(text)")
        #expect(text.contains("every pack in one column, 24 in all:\n"))
        #expect(text.contains("\nenvelopes set aside: 1\nenvelopes scanned again: 1\n"))

        // Each pack behind these numbers. Nobody else has touched one.
        expectDone(
            try ballot.run(
                ["cancel"] + Ballot.desk
                    + [new[3].pack, "--reason", "lost", "--reference", "case 1, \"a\"", "--by", "B"]))
        _ = try ballot.redeem((1...5).map { new[4].request(Counterfoil.newKey(), born: "\($0)/1/1901") })
        func rows(_ table: String) throws -> [[String]] { CSV.read(try report("--csv", table)) }
        #expect(
            try rows("set-aside").map { [$0[0], $0[1], $0[3]] } == [
                ["pack", "why", "by"], [packs[2].pack, "replaced", ""],
            ])
        #expect(
            try rows("scanned-again").map { [$0[0], $0[1]] }
                == [["pack", "why"], [new[0].pack, "scanned-before"]])
        #expect(try rows("locked").map { Array($0.prefix(3)) }.dropFirst() == [[new[4].pack, "5", "5"]])
        let ended = try rows("ended").dropFirst()
        #expect(
            ended.last.map { [$0[0], $0[1], $0[4], $0[5], $0[6]] } == [
                new[3].pack, "cancelled", "lost", "case 1, \"a\"", "B",
            ])
        let replaced = Dictionary(uniqueKeysWithValues: zip(packs.map(\.voter), packs.map(\.pack)))
        let expected = Set(new.map { [replaced[$0.voter]!, "replaced", $0.pack] })
        #expect(Set(ended.dropLast().map { Array($0.prefix(3)) }) == expected)
    }

    @Test("Days begin where the zone says")
    func zones() throws {
        try vote()
        for (zone, hours) in [("-12:00", -12), ("+14:00", 14), ("Pacific/Kiritimati", 14)] {
            let rows = CSV.read(try report("--csv", "turnout", "--zone", zone)).dropFirst()
            let days = Set(rows.map { $0[0] })
            let shown = Date().addingTimeInterval(Double(hours) * 3600).ISO8601Format().prefix(10)
            #expect(days.contains(String(shown)), "\(zone): \(days)")
            #expect(rows.compactMap { Int($0[1]) }.reduce(0, +) == 3)
        }
        let ended = try ballot.run(["report", "--ledger", "ballot.ledger", "--zone", "Europe/"])
        #expect(ended.status == 64 && ended.output.isEmpty)
    }

    @Test("--voted lists each pack that voted, in a file that is never written over")
    func voted() throws {
        try vote()
        _ = try report("--voted", "voted.csv")
        let rows = CSV.read(try ballot.folder.text("voted.csv"))
        #expect(rows[0] == ["pack", "channel"])
        let expected =
            packs.prefix(3).map { [$0.pack, "online"] } + packs[3...4].map { [$0.pack, "post"] }
        #expect(Set(rows.dropFirst()) == Set(expected) && rows.count == 6)
        let before = ballot.folder.snapshot()
        expectStop(
            try ballot.run(["report", "--ledger", "ballot.ledger", "--voted", "voted.csv"]), 3, "voted.csv",
            "exists already")
        #expect(ballot.folder.snapshot() == before)
        #expect(try report("--voted", "other.csv").isEmpty == false)
        for wrong in [["--csv", "votes"], ["--csv"], ["--json", "--csv", "balance"]] {
            #expect(try ballot.run(["report", "--ledger", "ballot.ledger"] + wrong).status == 64)
        }
    }

    @Test("show tells what happened to a pack, and no secret")
    func show() throws {
        try vote()
        func show(_ pack: Pack, _ more: String...) throws -> String {
            let ended = try ballot.run(
                ["show", "--ledger", "ballot.ledger"] + more + [pack.pack.lowercased()])
            expectDone(ended)
            for secret in [pack.code, pack.voter, pack.born] { #expect(!ended.output.contains(secret)) }
            return ended.output
        }
        let locked = try show(packs[6])
        #expect(
            locked.hasPrefix("pack \(packs[6].pack), batch B01: live, locked\n  its voter has not voted\n"))
        #expect(locked.contains("wrong answers: 5 since it was last unlocked, 5 in all\n"))
        #expect(locked.split(separator: "\n").count { $0.hasSuffix("  wrong answers") } == 5)
        let lost = try show(packs[5], "--zone", "+14:00")
        #expect(
            lost.contains("batch B01: cancelled\n") && lost.contains(" +14:00  cancelled: lost (case 17)\n"))
        let posted = try JSONDecoder().decode(Shown.self, from: Data(try show(packs[3], "--json").utf8))
        #expect(posted.pack == packs[3].pack && posted.standing == "live" && !posted.locked)
        #expect(posted.vote?.channel == "post" && posted.vote?.pack == packs[3].pack)
        #expect(
            posted.entries.map(\.what) == [
                "received by post", "attempt to vote again", "attempt to vote again",
            ])
        #expect(posted.secondAttempts == 2)

        let ledger = ["show", "--ledger", "ballot.ledger"]
        var misread = Array(packs[0].pack)
        misread[0] = misread[0] == "7" ? "8" : "7"
        expectStop(try ballot.run(ledger + [String(misread)]), 3, "look again at group 1")
        expectStop(try ballot.run(ledger + ["Smith"]), 3, "no pack number of this election")
        let other = try Ballot(copying: ballot)
        try other.folder.remove("ballot/issuing/book")
        expectDone(try other.run(other.issue(out: "anew")))
        let unknown = try other.packs(out: "anew")[0].pack
        expectStop(try ballot.run(ledger + [unknown]), 1, "there is no pack \(unknown)")
    }
}

private struct Reported: Decodable {
    struct Day: Decodable {
        let day: String
        let online: Int
        let post: Int
    }
    struct Attempts: Decodable {
        let pack: String
        let attempts: Int
    }
    let ballot: String
    let balance: [String: Int]
    let days: [Day]
    let setAside: Int
    let rescans: Int
    let voters: Int
    let votes: Int
    let turnoutPercent: String
    let secondAttempts: [Attempts]
}

private struct Shown: Decodable {
    struct Vote: Decodable {
        let pack: String
        let channel: String
    }
    struct Entry: Decodable { let what: String }
    let pack: String
    let standing: String
    let locked: Bool
    let vote: Vote?
    let secondAttempts: Int
    let entries: [Entry]
}
