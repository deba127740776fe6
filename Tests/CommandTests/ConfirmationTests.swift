import Foundation
import TestSupport
import Testing

@Suite("What cannot be taken back asks first")
struct ConfirmationTests {
    let ballot: Ballot
    let packs: [Pack]

    init() throws {
        ballot = try Ballot(members: 6)
        try ballot.prepare()
        packs = try ballot.packs()
    }

    private static let acts: [(arguments: [String], shown: [String])] = [
        (
            ["withdraw", "B01", "--reason", "court"],
            [
                "Batch B01, 6 packs, would be withdrawn: 5 of them could vote no longer",
                "1 vote that was cast with them stays", "5 voters have no other pack that can vote",
            ]
        ),
        (
            ["close", "--final"],
            [
                "Nobody can take that back", "The ballot is open, and would be closed at once",
                "1 of 6 voters have voted, 1 online and 0 by post", "5 packs could still vote",
            ]
        ),
        (["cancel", "$0", "$1", "--reason", "lost"], ["2 packs would be cancelled"]),
        (["extend", "--earlier", "2098-01-01T00:00Z"], ["The ballot has no closing time, and would close"]),
    ]

    private func act(_ arguments: [String]) -> [String] {
        [arguments[0]] + Ballot.desk
            + arguments.dropFirst().map { $0 == "$0" ? packs[1].pack : $0 == "$1" ? packs[2].pack : $0 }
    }

    @Test("Without --confirm it is shown with counts, ends with 1, and changes nothing", arguments: acts)
    func shown(_ arguments: [String], _ shown: [String]) throws {
        #expect(try ballot.redeem([packs[0].request(Counterfoil.newKey())])[0].outcome == "accepted")
        let before = try ballot.status().logEntries
        let ended = try ballot.run(act(arguments))
        expectStop(ended, 1, "nothing was done; --confirm does it")
        for words in shown { #expect(ended.output.contains(words), "\(ended)") }
        #expect(try ballot.status().logEntries == before)
        let done = try ballot.run(act(arguments) + ["--confirm"])
        #expect(done.status == 0 && !done.output.contains("would be"), "\(done)")
        #expect(try ballot.status().logEntries > before)
    }

    @Test("One pack is cancelled without a question: a helpline does it all day")
    func one() throws {
        expectDone(try ballot.run(["cancel"] + Ballot.desk + [packs[0].pack, "--reason", "lost"]))
    }

    @Test(
        "At a terminal the word is typed; any other leaves all as it was",
        arguments: [("withdraw", 0), (" WITHDRAW ", 0), ("yes", 1), ("", 1), ("WITHDRAWN", 1), ("B01", 1)])
    func typed(_ word: String, _ status: Int32) throws {
        let session = try TerminalSession(
            counterfoil, act(["withdraw", "B01", "--reason", "court"]), in: ballot.folder.path)
        session.expect("would be withdrawn")
        session.expect("Type WITHDRAW to do it: ")
        session.type(word + "\n")
        if status == 1 { session.expect("nothing was done") }
        #expect(session.finish() == status)
        let isWithdrawn = try ballot.run(["status", "--ledger", "ballot.ledger"]).output.contains("withdrawn")
        #expect(isWithdrawn == (status == 0))
    }

    @Test("A batch that replaces shows whom it ends; its withdrawal says who is left without a pack")
    func replacing() throws {
        try ballot.folder.write("lost.csv", "\(packs[0].pack)\n\(packs[1].pack)\n")
        #expect(try ballot.redeem([packs[0].request(Counterfoil.newKey())])[0].outcome == "accepted")
        expectDone(try ballot.run(ballot.issue("R01", more: ["--replace", "lost.csv"])))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/R01.register"]))
        let activate = ["activate"] + Ballot.desk + ["R01", "--unreconciled"]
        let shown = try ballot.run(activate)
        expectStop(shown, 1, "nothing was done")
        #expect(
            shown.output.contains(
                "2 packs of other batches could never vote again, even if this batch is withdrawn. Of these 1 can vote now. Votes that were cast with them stay: 1."
            ), "\(shown)")
        expectDone(try ballot.run(activate + ["--confirm"]))
        let withdrawal = try ballot.run(["withdraw"] + Ballot.desk + ["R01", "--reason", "court"])
        #expect(
            withdrawal.output.contains(
                "1 voter has no other pack that can vote; of 1 the earlier pack was replaced by one of this batch, and stays dead"
            ), "\(withdrawal)")
    }

    @Test("A time before the announced one needs its own flag")
    func earlier() throws {
        expectDone(try ballot.run(["extend"] + Ballot.desk + ["2099-01-01T00:00Z"]))
        expectStop(
            try ballot.run(["extend"] + Ballot.desk + ["2098-01-01T00:00Z"]), 1, "announced, which is later",
            "--earlier")
        let shown = try ballot.run(["extend"] + Ballot.desk + ["--earlier", "2098-01-01T00:00Z"])
        #expect(shown.output.contains("closes 2099-01-01 00:00:00 +00:00, and would close 2098-01-01"))
        expectDone(
            try ballot.run(["extend"] + Ballot.desk + ["--earlier", "2098-01-01T00:00Z", "--confirm"]))
        expectDone(try ballot.run(["extend"] + Ballot.desk + ["2098-01-02T00:00Z"]))
    }

    @Test("Rows that nobody decided stop the run")
    func undecided() throws {
        let (a, b) = (packs[0].voter, packs[1].voter)
        try ballot.folder.write("doubles.csv", "group,voter,decision\n1,\(a),different\n1,\(b),\n")
        let issue = ballot.issue("B02", more: ["--decided", "doubles.csv", "--replace", "out/B01.packs.csv"])
        expectStop(try ballot.run(issue), 1, "1 row of the decisions has none", "--leave-undecided")
        #expect(!ballot.folder.exists("ballot/issuing/book/B02.batch"))
        #expect(try ballot.run(issue + ["--leave-undecided"]).status == 0)
    }

    @Test("Of a print house's return the missing packs are replaced, and no other")
    func printReturn() throws {
        func replace(_ batch: String, _ statuses: [String]) throws -> Ended {
            let rows = zip(packs, statuses).map { "\($0.pack),\($1)\n" }.joined()
            try ballot.folder.write("return.csv", "pack,status\n" + rows)
            return try ballot.run(ballot.issue(batch, more: ["--replace", "return.csv"]))
        }
        let packed = [String](repeating: "packed", count: packs.count - 2)
        expectStop(try replace("R01", packed + ["packed", "remade"]), 3, "no pack of this return is missing")
        expectStop(try replace("R01", packed + ["packed", "lost"]), 3, "line 7", "packed, remade or missing")
        let done = try replace("R01", packed + ["Missing", "remade"])
        expectDone(done)
        #expect(done.lines[0].hasPrefix("batch R01: 1 pack,"), "\(done)")
    }
}
