import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Checkpoints, proofs and the end of a ballot, as their users meet them")
struct LogCommandTests {
    private let made: LoggedBallot
    private var ballot: Ballot { made.ballot }

    init() throws { made = try LoggedBallot.copy() }

    private func prove(_ pack: String, _ more: String..., checkpoint: String = "late.checkpoint") throws
        -> Ended
    {
        try ballot.run(["prove", "--ledger", "ballot.ledger", "--checkpoint", checkpoint, pack] + more)
    }

    private func verify(_ file: String, _ election: String = "ballot/public/election.json") throws -> Ended {
        try ballot.run(["verify-proof", "--election", election, file])
    }

    @Test("a proof says what it proves, to anyone who has the election")
    func proof() throws {
        let pack = made.packs[1].pack
        let ended = try prove(pack)
        expectDone(ended)
        #expect(ended.lines[0] == "c2sp.org/tlog-proof@v1")
        #expect(ended.output.hasSuffix(try ballot.folder.text("late.checkpoint")))
        try ballot.folder.write("vote.tlog-proof", ended.bytes)
        let said = try verify("vote.tlog-proof")
        expectDone(said)
        #expect(said.lines[0].contains(pack), "\(said)")
        #expect(said.lines[1].contains("signed by the desk of \u{201C}Leadership ballot\u{201D}"), "\(said)")
        // Officer and reason are part of it; a neighbour's are not.
        let lost = try ballot.entries(about: made.packs[7].pack, "late.checkpoint")
        let cancelled =
            lost.isEmpty
            ? try prove(made.packs[7].pack) : try prove(made.packs[7].pack, "--entry", "\(lost[0])")
        expectDone(cancelled)
        try ballot.folder.write("cancelled", cancelled.bytes)
        let officer = try verify("cancelled")
        #expect(officer.output.contains(": lost, by A. Officer"), "\(officer)")
        // Proofs stay good while the log grows.
        expectDone(try ballot.run(["extend", "2099-01-02T00:00Z"] + Ballot.desk))
        #expect(try prove(pack).output == ended.output)
    }

    @Test("where the log says several things, --entry chooses")
    func listing() throws {
        let pack = made.packs[5].pack
        let listed = try prove(pack)
        #expect(listed.status == 1, "\(listed)")
        #expect(listed.errors.contains("the log says 2 things of pack \(pack); choose one with --entry"))
        #expect(listed.output.isEmpty)
        let entries = try ballot.entries(about: pack, "late.checkpoint")
        #expect(entries.count == 2 && entries[0] < entries[1])
        for entry in entries {
            let ended = try prove(pack, "--entry", "\(entry)")
            expectDone(ended)
            try ballot.folder.write("proof", ended.bytes)
            #expect(try verify("proof").lines[1].hasPrefix("entry \(entry) of the log, "))
        }
        expectStop(try prove(pack, "--entry", "0"), 1, "entry 0 is not about pack")
        expectStop(try prove(made.packs[10].pack), 1, "the log says nothing of pack")
        // An early checkpoint covers no vote yet.
        expectStop(try prove(pack, checkpoint: "early.checkpoint"), 1, "says nothing")
    }

    @Test("nothing is proved of a ledger that was altered, or is older")
    func altered() throws {
        let pack = made.packs[1].pack
        let number = try #require(try prove(pack).lines[2].split(separator: " ").last)
        try ballot.tamper("UPDATE log SET officer = 'B. Officer' WHERE number = \(number)")
        expectStop(try prove(pack), 3, "entry \(number) of the log was altered")
        try ballot.folder.remove("ballot.ledger")
        try ballot.folder.copy("early.ledger", to: "ballot.ledger")
        expectStop(try prove(pack), 3, "ballot.ledger-lock remembers")
        try ballot.folder.remove("ballot.ledger-lock")
        expectStop(try prove(pack), 3, "this is an older copy of the ledger")
        try ballot.tamper("UPDATE log SET hashes = zeroblob(length(hashes))")
        expectStop(
            try prove(pack, checkpoint: "early.checkpoint"), 3, "the checkpoint was made of another log")
    }

    @Test("a proof that was altered proves nothing")
    func alteredProof() throws {
        let ended = try prove(made.packs[1].pack)
        var rest = ended.bytes
        // Whatever byte it is: no exit but 1, and not a word of what it would say.
        for place in stride(from: 0, to: rest.count, by: 23) {
            rest[place] ^= 1
            try ballot.folder.write("altered", rest)
            let said = try verify("altered")
            expectStop(said, 1, "altered: ")
            #expect(said.output.isEmpty, "byte \(place)")
            rest[place] ^= 1
        }
        try ballot.folder.write("altered", rest)
        expectDone(try verify("altered"))
        try ballot.keygen(to: "other")
        expectStop(try verify("altered", "other/public/election.json"), 1, "another election's log")
    }

    // MARK: close --final

    private let close = ["close", "--final", "--confirm", "--by", "A. Officer"] + Ballot.desk

    @Test("the last entry, its checkpoint, and the report beside it")
    func final() throws {
        let ended = try ballot.run(close)
        expectDone(ended)
        #expect(
            ballot.folder.names("ballot.ledger.final") == [
                "CHECK.txt", "SHA256SUMS", "balance.csv", "election.json", "ended.csv", "final.checkpoint",
                "locked.csv", "report.json", "report.txt", "scanned-again.csv", "second-attempts.csv",
                "set-aside.csv", "summary.csv", "turnout.csv",
            ])
        try theFinalPage()
        #expect(
            ballot.folder.snapshot("ballot.ledger.final").values.allSatisfy {
                $0.hasPrefix("384 ") || $0.hasPrefix("448 ")
            })
        #expect(ended.output.hasSuffix(try ballot.folder.text("ballot.ledger.final/report.txt")), "\(ended)")
        let entries = try ballot.status().logEntries
        #expect(try ballot.folder.text("ballot.ledger.final/final.checkpoint").contains("\n\(entries)\n"))
        expectDone(
            try ballot.audit(
                "--against", "ballot.ledger.final/final.checkpoint", "--against", "late.checkpoint"))
        // Nothing follows it, whatever is tried.
        let before = ballot.folder.snapshot()
        for verb in [["open"], ["extend", "2099-01-02T00:00Z"], ["close"]] {
            #expect(try ballot.run(verb + Ballot.desk).status == 1, "\(verb)")
        }
        #expect(try ballot.run(["postal", made.packs[9].pack] + Ballot.desk).output.contains("final"))
        let voted = try ballot.redeem([made.packs[9].request(Counterfoil.newKey())])
        #expect(voted.map(\.outcome) == ["closed"])
        #expect(ballot.folder.snapshot() == before)
        expectDone(try ballot.run(["checkpoint"] + Ballot.desk))
        // Once more, into another folder: the same checkpoint.
        expectStop(try ballot.run(close), 3, "ballot.ledger.final exists already")
        expectDone(try ballot.run(close + ["--out", "again"]))
        for file in ballot.folder.names("again") {
            #expect(
                try ballot.folder.bytes("again/\(file)") == ballot.folder.bytes("ballot.ledger.final/\(file)")
            )
        }
        #expect(try ballot.status().logEntries == entries)
    }

    /// What the page says can be done with the folder, done.
    private func theFinalPage() throws {
        let folder = ballot.folder.path("ballot.ledger.final")
        let sums = try Child("sha256sum", ["-c", "--strict", "SHA256SUMS"], in: folder).finish()
        #expect(sums.status == 0 && sums.lines.count == 13, "\(sums)")
        let page = try ballot.folder.text("ballot.ledger.final/CHECK.txt")
        let head = try ballot.folder.text("ballot.ledger.final/final.checkpoint").split(separator: "\n")
        let root = try #require(Data(base64Encoded: String(head[2])))
        #expect(page.contains("The log has \(head[1]) entries."))
        #expect(page.contains(root.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()))
        for name in ballot.folder.names("ballot.ledger.final")
        where name != "CHECK.txt" && name != "report.json" {
            #expect(page.contains(name), "\(name)")
        }
        let election = "ballot.ledger.final/election.json"
        let audit = try ballot.run([
            "audit", "--ledger", "ballot.ledger", "--election", election, "--against",
            "ballot.ledger.final/final.checkpoint", "--registers", "out/B01.register", "out/R01.register",
        ])
        #expect(audit.status == 0, "\(audit)")
        for table in ["ended", "locked", "set-aside", "scanned-again", "summary", "second-attempts"] {
            let told = try ballot.run(["report", "--ledger", "ballot.ledger", "--csv", table])
            #expect(told.output == (try ballot.folder.text("ballot.ledger.final/\(table).csv")))
        }
        // As many packs in the list as in the column of the report.
        let ended = CSV.read(try ballot.folder.text("ballot.ledger.final/ended.csv"))
        #expect(ended[0] == ["pack", "how", "kept", "at", "reason", "reference", "by"])
        let balance = Dictionary(
            uniqueKeysWithValues: CSV.read(try ballot.folder.text("ballot.ledger.final/balance.csv"))
                .dropFirst().map { ($0[0], Int($0[1]) ?? 0) })
        let packs = Set(ended.dropFirst().map { $0[0] })
        #expect(packs.count == balance["cancelled"]! + balance["superseded"]! && !packs.isEmpty)
    }

    @Test("Receipts are verified with election.json alone")
    func receipts() throws {
        let ballot = try Ballot(members: 4)
        try ballot.prepare()
        let answers = try ballot.redeem(ballot.packs().prefix(2).map { $0.request(Counterfoil.newKey()) })
        let receipts = answers.compactMap(\.receipt)
        try #require(receipts.count == 2)
        let verify = ["verify-receipt", "--election", "ballot/public/election.json"]
        let both = try ballot.run(verify + receipts)
        expectDone(both)
        #expect(both.lines.count == 2 && both.lines.allSatisfy { $0.contains(": genuine: ") })
        expectDone(try ballot.run(verify, input: .text(receipts.joined(separator: "\n\n") + "\n")))
        var altered = Array(receipts[0])
        altered[40] = altered[40] == "A" ? "B" : "A"
        let mixed = try ballot.run(
            verify + ["--json"], input: .text("\(receipts[1])\n\(String(altered))\nmy receipt\n"))
        expectStop(mixed, 1, "2 receipts of 3 not genuine")
        #expect(
            mixed.lines == [
                #"{"receipt": 1, "outcome": "genuine"}"#, #"{"receipt": 2, "outcome": "not-genuine"}"#,
                #"{"receipt": 3, "outcome": "unreadable"}"#,
            ])
        try ballot.keygen(to: "other")
        expectStop(
            try ballot.run(["verify-receipt", "--election", "other/public/election.json"] + receipts), 1)
        expectStop(try ballot.run(verify), 3, "no receipt on standard input")
    }

    @Test("refused, nothing is made", arguments: ["before", "a file in its place", "no such folder"])
    func refused(_ how: String) throws {
        switch how {
        case "before":
            try ballot.folder.remove("ballot.ledger")
            try ballot.folder.copy("early.ledger", to: "ballot.ledger")
            try ballot.folder.remove("ballot.ledger-lock")
            expectStop(try ballot.run(close), 1, "not opened yet")
        case "a file in its place":
            try ballot.folder.write("result", "mine")
            expectStop(try ballot.run(close + ["--out", "result"]), 3, "result exists already")
            #expect(try ballot.folder.text("result") == "mine")
            #expect(try ballot.status().closed == nil)
        default:
            // The ballot is final all the same; the next run makes the files.
            let ended = try ballot.run(close + ["--out", "no/where"])
            expectStop(ended, 3, "the ballot is final, but", "run this again with another --out")
            #expect(try ballot.status().ballot == "final")
            expectDone(try ballot.run(close + ["--out", "result"]))
        }
        #expect(!ballot.folder.exists("ballot.ledger.final"))
    }

    @Test("killed at any moment, it can be run again")
    func killed() throws {
        var finals = 0
        for delay in [0, 2, 5, 8, 12, 18, 25, 40, 80] as [useconds_t] {
            let ballot = try LoggedBallot.copy().ballot
            let child = try ballot.start(close)
            usleep(delay * 1000)
            child.signal(SIGKILL)
            _ = child.finish()
            let isWhole = ballot.folder.exists("ballot.ledger.final")
            // All of the folder, or none.
            if isWhole { #expect(ballot.folder.names("ballot.ledger.final").count == 14) }
            let ended = try ballot.run(close + (isWhole ? ["--out", "again"] : []))
            expectDone(ended)
            let log = try Child(
                "sqlite3",
                [
                    "ballot.ledger",
                    "SELECT group_concat(type) FROM (SELECT type FROM log ORDER BY number DESC LIMIT 2)",
                ],
                in: ballot.folder.path
            ).finish()
            #expect(log.output == "18,17\n", "\(log)")
            expectDone(
                try ballot.audit(
                    "--against", "\(isWhole ? "again" : "ballot.ledger.final")/final.checkpoint"))
            if isWhole { finals += 1 }
        }
        #expect(finals < 9, "no kill came before the end")
    }
}
