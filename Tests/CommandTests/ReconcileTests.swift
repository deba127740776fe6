import Foundation
import TestSupport
import Testing

@Suite("The print house's return must add up")
struct ReconcileTests {
    let ballot: Ballot
    let packs: [String]

    init() throws {
        ballot = try Ballot(members: 8)
        expectDone(try ballot.run(ballot.issue()))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        packs = try ballot.packs().map(\.pack)
    }

    private func reconcile(_ text: String, _ more: String..., batch: String = "B01") throws -> Ended {
        try ballot.folder.write("return.csv", text)
        return try ballot.run(["reconcile"] + Ballot.desk + [batch, "return.csv"] + more)
    }

    private func whole(_ changed: [Int: String] = [:]) -> String {
        "pack,status\n" + packs.indices.map { "\(packs[$0]),\(changed[$0] ?? "packed")\n" }.joined()
    }

    @Test("It shows what it would do, does it on --confirm, and not twice")
    func confirm() throws {
        let text = whole([1: "missing", 3: "remade", 6: "Missing"])
        let before = ballot.folder.snapshot()
        let shown = try reconcile(text)
        expectStop(shown, 1, "nothing was done; --confirm does it")
        #expect(shown.lines[0] == "batch B01, 8 packs: 5 packed, 1 remade, 2 missing")
        #expect(
            shown.lines[1]
                == "The missing 2 packs would be cancelled, and the batch could be activated. No pack comes back."
        )
        var after = ballot.folder.snapshot()
        after["return.csv"] = nil
        #expect(after == before)
        expectStop(try ballot.run(["activate"] + Ballot.desk + ["B01"]), 1, "not reconciled")

        let done = try reconcile(text, "--confirm", "--by", "A. Officer")
        expectDone(done)
        #expect(done.lines[1] == "Batch B01 is reconciled; 2 missing packs are cancelled.")
        for missing in [1, 6] {
            let history = try ballot.run(["show", "--ledger", "ballot.ledger", packs[missing]]).output
            #expect(history.contains("batch B01: cancelled"))
            #expect(history.contains("missing at the print house, by A. Officer"))
        }
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01"]))
        #expect(try ballot.status().cancelled == 2)
        expectStop(try reconcile(text, "--confirm"), 1, "reconciled before")
        #expect(try ballot.status().cancelled == 2)
    }

    @Test("A table from a spreadsheet: other columns, another order, semicolons")
    func spreadsheet() throws {
        let text =
            "\u{FEFF}Box;STATUS;Pack\r\n"
            + packs.enumerated().map { "\($0 / 3);PACKED;\($1.lowercased())\r\n" }.joined()
        let done = try reconcile(text, "--confirm")
        expectDone(done)
        #expect(done.lines[0] == "batch B01, 8 packs: 8 packed, 0 remade, 0 missing")
        #expect(try ballot.status().cancelled == 0)
    }

    @Test("What does not add up is counted and named, and nothing is done")
    func arithmetic() throws {
        try ballot.folder.write(
            "more.csv", CSV.write([ballot.roll.header, ["12"] + ballot.roll.rows[0].dropFirst()]))
        expectDone(try ballot.run(ballot.issue("B02", with: ["--roll": "more.csv"])))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/B02.register"]))
        let foreign = CSV.read(try ballot.opened("out/B02.csv.age"))[1][1]
        let entries = try ballot.status().logEntries
        let cases: [(String, [String])] = [
            (whole().replacing("\(packs[2]),packed\n", with: ""), ["1 not accounted for: \(packs[2])"]),
            ("pack,status\n\(packs[0]),packed\n", ["7 not accounted for: ", ", …"]),
            (whole() + "\(foreign),packed\n", ["1 not of this batch: \(foreign)"]),
            (whole() + "\(packs[5]),packed\n", ["1 twice in the return: \(packs[5])"]),
            (
                whole().replacing(packs[2], with: packs[3]) + "\(foreign),missing\n",
                [
                    "1 not accounted for: \(packs[2])", "1 not of this batch: \(foreign)",
                    "1 twice in the return: \(packs[3])",
                ]
            ),
        ]
        for (text, words) in cases {
            for more in [[], ["--confirm"]] {
                try ballot.folder.write("return.csv", text)
                let ended = try ballot.run(["reconcile"] + Ballot.desk + ["B01", "return.csv"] + more)
                expectStop(ended, 1, "does not add up")
                for word in words { #expect(ended.output.contains(word), "\(ended)") }
                #expect(
                    ended.output.contains("twice in the return") == words.contains { $0.contains("twice") })
            }
        }
        #expect(try ballot.status().logEntries == entries)
        expectStop(try ballot.run(["activate"] + Ballot.desk + ["B01"]), 1, "not reconciled")
    }

    @Test("Specimens are packed by nobody, and need no return")
    func specimens() throws {
        expectDone(try ballot.run(ballot.issue("PROOF", more: ["--specimen", "2"])))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/PROOF.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["PROOF"]))
    }
}
