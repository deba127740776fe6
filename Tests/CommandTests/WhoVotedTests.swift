import TestSupport
import Testing

@Suite("Who voted, for the electoral record")
struct WhoVotedTests {
    @Test("With a list missing there is no record at all, and it says what to give")
    func missingList() throws {
        let ballot = try Ballot(members: 4)
        var first = ballot.roll
        first.rows.removeLast(2)
        try ballot.folder.write("first.csv", first.csv)
        expectDone(try ballot.run(ballot.issue("B01", with: ["--roll": "first.csv"])))
        expectDone(try ballot.run(ballot.issue("B02", more: ["--skip-issued"])))
        let packs = try ["B01", "B02"].map { CSV.read(try ballot.folder.text("out/\($0).packs.csv"))[1][1] }
        try ballot.folder.write(
            "voted.csv", "pack,channel\n" + packs.map { "\($0),online\n" }.joined())
        try ballot.folder.write("doubles.csv", "group,voter\n1,A\n1,B\n")

        let who = ["who-voted", "--keys", "ballot/issuing", "--voted", "voted.csv"]
        let one = who + ["--packs", "out/B01.packs.csv"]
        for arguments in [one, one + ["--doubles", "doubles.csv"]] {
            let ended = try ballot.run(arguments)
            expectStop(ended, 3, "1 pack", packs[1], "--packs", "packs.csv")
            #expect(ended.output.isEmpty)
        }
        let both = try ballot.run(one + ["--packs", "out/B02.packs.csv"])
        expectDone(both)
        #expect(both.output.split(whereSeparator: \.isNewline).count == 3)
    }
}
