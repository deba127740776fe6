import Foundation
import TestSupport
import Testing

@Suite("One member under two spellings of an id, from the roll to the packs")
struct CoincidingTests {
    let ballot: Ballot

    /// The fourth row is the second with a zero in front, the fifth the third with a
    /// no-break space after it.
    init() throws {
        ballot = try Ballot(members: 5)
        try ballot.folder.write("roll.csv", Self.doubled(ballot.roll).csv)
    }

    private static func doubled(_ roll: Roll) -> Roll {
        var roll = roll
        roll.rows[3][0] = "0" + roll.rows[1][0]
        roll.rows[4][0] = roll.rows[2][0] + "\u{A0}"
        return roll
    }

    private func check(_ more: String...) throws -> Ended {
        try ballot.run(["roll", "roll.csv", "--voter", "membership_no"] + more)
    }

    /// Fills in the decisions, in the order of the rows.
    private func decide(_ decisions: String...) throws {
        var rows = CSV.read(try ballot.folder.text("doubles.csv"))
        for (i, decision) in decisions.enumerated() { rows[i + 1][rows[i + 1].count - 1] = decision }
        try ballot.folder.write("decided.csv", CSV.write(rows))
    }

    @Test("roll says so unasked, by lines, and writes nothing")
    func unasked() throws {
        let checked = try check()
        #expect(checked.status == 1)
        let fault = try #require(checked.lines.first { $0.hasPrefix("fault: ") })
        #expect(fault.hasPrefix("fault: 2 voter ids may be another one, written otherwise: "))
        #expect(fault.contains("lines 3 and 5, lines 4 and 6;") && fault.contains("--doubles"))
        #expect(!ballot.folder.exists("doubles.csv"))

        struct Report: Decodable {
            struct Voters: Decodable {
                let repeated, coinciding, decided: Int
                let coincidences: [[Int]]
            }
            let fit: Bool
            let voters: Voters
        }
        let json = try check("--json")
        #expect(json.status == 1)
        let report = try JSONDecoder().decode(Report.self, from: Data(json.bytes))
        #expect(!report.fit && report.voters.coinciding == 2 && report.voters.repeated == 0)
        #expect(report.voters.coincidences == [[3, 5], [4, 6]] && report.voters.decided == 0)
    }

    @Test("issue refuses it, and takes it once all are decided")
    func decided() throws {
        expectStop(
            try ballot.run(ballot.issue()), 1, "lines 3 and 5", "4 rows in all", "--doubles", "--decided")
        #expect(ballot.folder.names("ballot/issuing/book") == [".lock"])

        let listed = try check("--doubles", "doubles.csv")
        #expect(listed.status == 1)
        #expect(listed.errors.hasPrefix("2 groups of suspected doubles, 4 members, listed in doubles.csv"))
        #expect(listed.errors.contains("Edit it as text: a spreadsheet can drop the zeros or spaces"))
        let rows = CSV.read(try ballot.folder.text("doubles.csv"))
        #expect(rows[0] == ["group", "line", "voter", "decision"])
        #expect(rows.dropFirst().map { $0[1] } == ["3", "5", "4", "6"])

        try decide("same", "same", "different")
        expectStop(try check("--decided", "decided.csv"), 1, "not fit")
        expectStop(
            try ballot.run(ballot.issue(more: ["--decided", "decided.csv"])), 1, "1 row of the decisions")
        // Ids that coincide are decided by a mark alone, whatever is said of the rest.
        expectStop(
            try ballot.run(ballot.issue(more: ["--decided", "decided.csv", "--leave-undecided"])), 1,
            "lines 4 and 6", "line")
        try decide("same", "same", "different", "different")
        let fit = try check("--decided", "decided.csv")
        #expect(fit.status == 0)
        #expect(fit.lines.contains("decided: 2 voter ids that may be another one, written otherwise"))
        let issued = try ballot.run(ballot.issue(more: ["--decided", "decided.csv"]))
        expectDone(issued)
        #expect(issued.lines[0] == "batch B01: 5 packs")
        // Who is in the book was decided.
        expectStop(try ballot.run(ballot.issue("B02", more: ["--skip-issued"])), 1, "nobody is left")
        try ballot.folder.write("lost.csv", try ballot.firstPack())
        expectDone(try ballot.run(ballot.issue("R01", more: ["--replace", "lost.csv"])))
    }

    @Test("A list from which a spreadsheet took the zeros and the spaces is refused")
    func eaten() throws {
        _ = try check("--doubles", "doubles.csv")
        try decide("same", "drop", "same", "drop")
        let text = try ballot.folder.text("decided.csv")
        let eaten = text.replacing("\u{A0}", with: "").replacing(",0", with: ",")
        #expect(eaten != text)
        try ballot.folder.write("decided.csv", eaten)
        for run in [
            try check("--decided", "decided.csv"),
            try ballot.run(ballot.issue(more: ["--decided", "decided.csv"])),
        ] {
            expectStop(run, 3, "is decided twice", "a spreadsheet may have changed one")
        }
    }

    @Test("A roll with the other spelling alone, after the first was issued")
    func later() throws {
        let roll = Self.doubled(ballot.roll)
        try ballot.folder.write("first.csv", CSV.write([roll.header] + roll.rows.prefix(3)))
        try ballot.folder.write("second.csv", CSV.write([roll.header] + roll.rows.suffix(2)))
        expectDone(try ballot.run(ballot.issue(with: ["--roll": "first.csv"])))
        expectStop(
            try ballot.run(ballot.issue("B02", with: ["--roll": "second.csv"], more: ["--skip-issued"])), 1,
            "line 2", "one of batch B01", "2 rows in all")
        #expect(!ballot.folder.exists("out/B02.manifest.json"))
    }

    @Test("Both ways of being alike are one list")
    func bothWays() throws {
        var roll = Self.doubled(ballot.roll)
        roll.rows[0][3] = roll.rows[1][3].uppercased()
        try ballot.folder.write("roll.csv", roll.csv)
        let listed = try check("--same-person", "surname")
        #expect(listed.errors.hasPrefix("2 groups of suspected doubles, 5 members"), "\(listed)")
        let rows = CSV.read(try ballot.folder.text("doubles.csv"))
        #expect(rows.dropFirst().map { $0[0] + " " + $0[1] } == ["1 2", "1 3", "1 5", "2 4", "2 6"])
    }

    @Test("Where case counts, the election says so")
    func exactCase() throws {
        var roll = ballot.roll
        for (i, id) in ["17a", "17A", "18", "0018", "19"].enumerated() { roll.rows[i][0] = id }
        try ballot.folder.write("roll.csv", roll.csv)
        let made = try ballot.keygen(to: "exact", ["--unprotected", "--exact-case-ids"])
        expectDone(made)
        #expect(made.lines.contains("voter ids that differ by case alone are those of different members"))
        #expect(try ballot.folder.text("exact/public/election.json").contains("\"voterIDs\": \"exact-case\""))
        #expect(try ballot.folder.text("ballot/public/election.json").contains("\"voterIDs\": \"any-case\""))

        func faults(_ more: [String]) throws -> String? {
            try ballot.run(
                ["roll", "roll.csv", "--voter", "membership_no", "--answer", "Date of birth=date_of_birth"]
                    + more
            ).lines.first { $0.hasPrefix("fault: ") }
        }
        #expect(try faults([])?.contains("lines 2 and 3, lines 4 and 5;") == true)
        let exact = try faults(["--election", "exact/public/election.json"])
        #expect(
            exact?.hasPrefix("fault: 1 voter id may be another one, written otherwise: lines 4 and 5;")
                == true)
        expectStop(try ballot.run(ballot.issue(with: ["--keys": "exact/issuing"])), 1, "lines 4 and 5")
        expectStop(try ballot.run(ballot.issue()), 1, "lines 2 and 3")
        roll.rows[3][0] = "20"
        try ballot.folder.write("roll.csv", roll.csv)
        expectDone(try ballot.run(ballot.issue(with: ["--keys": "exact/issuing"])))
    }

    @Test(
        "Options that need the voter column say so",
        arguments: [["--doubles", "d.csv"], ["--decided", "d.csv"]])
    func usage(_ option: [String]) throws {
        let run = try ballot.run(["roll", "roll.csv"] + option)
        #expect(run.status == 64 && run.errors.contains("--voter COLUMN"), "\(run)")
    }
}
