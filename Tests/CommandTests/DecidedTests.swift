import Foundation
import TestSupport
import Testing

@Suite("Members who may be one person, from the roll to the packs")
struct DecidedTests {
    let ballot: Ballot

    init() throws {
        ballot = try Ballot(members: 6)
        // The second is the first in capitals; the fourth is the third with an accent.
        var roll = ballot.roll
        for (i, j) in [(0, 1), (2, 3)] {
            roll.rows[j][2] = i == 0 ? roll.rows[i][2].uppercased() : roll.rows[i][2]
            roll.rows[j][3] = i == 2 ? roll.rows[i][3] + "\u{301}" : " " + roll.rows[i][3]
            roll.rows[j][11] = roll.rows[i][11]
        }
        try ballot.folder.write("roll.csv", roll.csv)
    }

    private var members: [String] { ballot.roll.rows.map { $0[0] } }

    private func suspects(_ more: String...) throws -> Ended {
        try ballot.run(
            ["roll", "roll.csv", "--voter", "membership_no"]
                + ["forename", "surname", "date_of_birth"].flatMap { ["--same-person", $0] } + more)
    }

    /// Fills in the decisions, in the order of the rows.
    private func decide(_ decisions: String...) throws {
        var rows = CSV.read(try ballot.folder.text("doubles.csv"))
        for (i, decision) in decisions.enumerated() { rows[i + 1][rows[i + 1].count - 1] = decision }
        try ballot.folder.write("decided.csv", CSV.write(rows))
    }

    private let decided = ["--decided", "decided.csv"]

    @Test("The list names both groups, decides nothing, and is never written over")
    func list() throws {
        let listed = try suspects()
        #expect(listed.status == 0, "\(listed)")
        #expect(
            listed.errors.hasPrefix("2 groups of suspected doubles, 4 members, listed in doubles.csv"))
        // Their ids are no suspicion.
        #expect(!listed.errors.contains("spreadsheet"))
        let rows = CSV.read(try ballot.folder.text("doubles.csv"))
        #expect(rows[0] == ["group", "line", "voter", "forename", "surname", "date_of_birth", "decision"])
        #expect(rows.dropFirst().map { $0[0] } == ["1", "1", "2", "2"])
        #expect(rows.dropFirst().map { $0[2] } == Array(members.prefix(4)))
        #expect(rows.dropFirst().allSatisfy { $0[6].isEmpty })
        expectStop(try suspects(), 3, "doubles.csv", "exists already")
        let other = try suspects("--doubles", "other.csv")
        #expect(other.status == 0 && other.errors.contains("--decided other.csv"))
        #expect(try ballot.folder.text("other.csv") == ballot.folder.text("doubles.csv"))
    }

    @Test("A column with the name of one of the list's own is refused before the list is made")
    func reservedNames() throws {
        for name in ["group", "line", "voter", "decision"] {
            let header = ballot.roll.header.map { $0 == "date_of_birth" ? name : $0 }
            let rows = ballot.roll.rows.enumerated().map { [$0 == 0 ? "" : $1[0]] + $1.dropFirst() }
            try ballot.folder.write("other.csv", CSV.write([header] + rows))
            expectStop(
                try ballot.run(
                    ["roll", "other.csv", "--voter", "membership_no"]
                        + ["surname", name].flatMap { ["--same-person", $0] }), 3,
                "\u{201C}\(name)\u{201D}", "rename it in the roll")
        }
        expectStop(try suspects("--same-person", "surname"), 3, "surname", "twice")
        #expect(!ballot.folder.exists("doubles.csv"))
    }

    @Test("Nobody is suspected: no list")
    func nobody() throws {
        try ballot.folder.write("roll.csv", ballot.roll.csv)
        let listed = try suspects()
        #expect(listed.status == 0 && listed.errors == "No suspected doubles.\n", "\(listed)")
        #expect(!ballot.folder.exists("doubles.csv"))
    }

    @Test("same and drop: two packs with one vote, one pack; what is not decided is counted aloud")
    func issued() throws {
        _ = try suspects()
        try decide("Same", "SAME", "drop", "same")
        let issued = try ballot.run(ballot.issue(more: decided))
        expectDone(issued)
        #expect(issued.lines[0] == "batch B01: 5 packs")
        let packs = CSV.read(try ballot.folder.text("out/B01.packs.csv")).dropFirst()
        #expect(packs.map { $0[0] } == [members[0], members[1], members[3], members[4], members[5]])

        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + Ballot.desk))
        let numbers = packs.map { $0[1] }
        let told = try ballot.run(["postal"] + Ballot.desk + numbers)
        expectDone(told)
        #expect(told.lines.count { $0.hasSuffix(": received") } == 4)
        #expect(told.lines[1].contains("SET ASIDE: this voter voted by post with another pack"))
        #expect(try ballot.status().votes.post == 4)
    }

    /// With what the changed roll has for an answer.
    private func vote(_ packs: Pack...) throws -> [String] {
        let roll = CSV.read(try ballot.folder.text("roll.csv"))
        let requests = try packs.map { pack in
            let born = try #require(roll.first { $0[0] == pack.voter })[11]
            return Counterfoil.request(code: pack.code, born: born, key: Counterfoil.newKey())
        }
        return try ballot.redeem(requests).map(\.outcome)
    }

    @Test("Found to be one person after one of them has voted: no second vote by the new pack")
    func foundLater() throws {
        try ballot.prepare()
        let old = try ballot.packs()
        let both = try [members[0], members[1]].map { member in
            try #require(old.first { $0.voter == member })
        }
        #expect(try vote(both[1]) == ["accepted"])
        _ = try suspects()
        try decide("same", "drop", "different", "different")
        expectStop(
            try ballot.run(ballot.issue("R01", more: decided + ["--replace", "out/B01.packs.csv"])), 1,
            "voter \(members[1]) is dropped", "pack \(both[1].pack) is not replaced")
        try ballot.folder.write("lost.csv", both[0].pack + "\n")
        let issued = try ballot.run(ballot.issue("R01", more: decided + ["--replace", "lost.csv"]))
        expectDone(issued)
        // The dropped member's pack is named, alone: it can vote until then.
        #expect(issued.lines.suffix(2).first?.contains("1 pack of members who are dropped can vote") == true)
        #expect(issued.lines.last == "  \(both[1].pack)")
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/R01.register"]))
        let new = try #require(try ballot.packs("R01").first { $0.voter == members[0] })

        let activate = ["activate"] + Ballot.desk + ["R01", "--unreconciled", "--confirm"]
        let refused = try ballot.run(activate)
        #expect(refused.status == 1 && refused.errors.contains("could vote again"), "\(refused)")
        #expect(
            refused.errors.contains(
                "\(new.pack) would be kept, and \(both[1].pack) cancelled, whose voter voted online"))
        #expect(try ballot.status().votes.online == 1)
        // Nothing was done: the old packs are as they were.
        #expect(try vote(both[0]) == ["accepted"])

        expectDone(try ballot.run(["cancel"] + Ballot.desk + [new.pack, "--reason", "duplicate"]))
        // The other one's number has voted too by now, with the pack that is replaced.
        expectDone(try ballot.run(activate))
        #expect(try vote(new) == ["cancelled"])
        expectDone(try ballot.audit())
    }

    @Test("A same, B drop, and A's pack replaced: B's old pack dies with A's")
    func droppedPackDies() throws {
        expectDone(try ballot.run(ballot.issue()))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + Ballot.desk))
        let old = try ballot.packs()
        let (kept, dropped) = (
            try #require(old.first { $0.voter == members[0] }),
            try #require(old.first { $0.voter == members[1] })
        )
        _ = try suspects()
        try decide("same", "drop", "different", "different")
        try ballot.folder.write("lost.csv", kept.pack)
        let replace = ballot.issue("R01", more: decided + ["--replace", "lost.csv"])
        let issued = try ballot.run(replace)
        expectDone(issued)
        #expect(issued.lines.last == "  \(dropped.pack)")
        // Made again into another folder, it says so again.
        let again = try ballot.run(
            ballot.issue("R01", out: "again", more: decided + ["--replace", "lost.csv"]))
        #expect(again.lines.last == issued.lines.last)
        #expect(try ballot.folder.bytes("again/R01.register") == ballot.folder.bytes("out/R01.register"))

        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/R01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["R01", "--unreconciled", "--confirm"]))
        let new = try #require(try ballot.packs("R01").first)
        #expect(try vote(dropped, kept, new) == ["cancelled", "cancelled", "accepted"])
        expectDone(try ballot.audit())
    }

    @Test("A member who is not decided on has a vote of their own, and is counted aloud")
    func undecided() throws {
        _ = try suspects()
        try decide("", "", "different", "different")
        expectStop(try ballot.run(ballot.issue(more: decided)), 1, "2 rows", "--leave-undecided")
        let issued = try ballot.run(ballot.issue(more: decided + ["--leave-undecided"]))
        #expect(issued.status == 0 && issued.lines[0] == "batch B01: 6 packs")
        #expect(issued.errors == "decided.csv leaves 2 rows undecided; each counts as a person apart.\n")
    }

    @Test("What the rules refuse, by name, and nothing is issued")
    func refused() throws {
        _ = try suspects()
        try decide("same", "same", "different", "different")
        let text = try ballot.folder.text("decided.csv")
        try ballot.folder.write("decided.csv", text.replacing(",\(members[1]),", with: ",\(members[1])0,"))
        expectStop(try ballot.run(ballot.issue(more: decided)), 1, "\(members[1])0", "decided upon")
        #expect(ballot.folder.names("out").isEmpty)

        expectDone(try ballot.run(ballot.issue()))
        try ballot.folder.write("decided.csv", text)
        expectStop(
            try ballot.run(ballot.issue("B02", more: decided + ["--skip-issued"])), 1, members[0], members[1],
            "mark one of them `drop`")
        let list = "\(try ballot.firstPack())\n"
        try ballot.folder.write("lost.csv", list)
        try ballot.folder.write(
            "others.csv", CSV.write([ballot.roll.header] + ballot.roll.rows.dropFirst()))
        expectStop(
            try ballot.run(
                ballot.issue("R01", with: ["--roll": "others.csv"], more: ["--replace", "lost.csv"])),
            1, "does not hold the members of 1 packs")
        expectDone(try ballot.run(ballot.issue("R01", more: ["--replace", "lost.csv"])))
        let new = CSV.read(try ballot.folder.text("out/R01.packs.csv"))[1][1]
        try ballot.folder.write("lost.csv", list + "\(new)\n")
        expectStop(
            try ballot.run(ballot.issue("R02", more: ["--replace", "lost.csv"])), 1, new,
            "belong to one member")
        expectDone(try ballot.run(ballot.issue("PROOF", more: ["--specimen", "1"])))
        try ballot.folder.write("lost.csv", CSV.read(try ballot.folder.text("out/PROOF.packs.csv"))[1][1])
        expectStop(
            try ballot.run(ballot.issue("R02", more: ["--replace", "lost.csv"])), 1, "no finished batch")
    }

    @Test("A column that answers a question is printed only where the officer insists")
    func printedAnswer() throws {
        let printing = ["--print", "surname", "--print", "date_of_birth"]
        expectStop(
            try ballot.run(ballot.issue(more: printing)), 3, "date_of_birth", "--allow-printed-answers")
        #expect(ballot.folder.names("ballot/issuing/book") == [".lock"])
        expectDone(try ballot.run(ballot.issue(more: printing + ["--allow-printed-answers"])))
        #expect(CSV.read(try ballot.opened("out/B01.csv.age"))[1][4] == ballot.roll.rows[0][11])
    }
}
