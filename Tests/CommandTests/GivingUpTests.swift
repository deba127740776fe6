import TestSupport
import Testing

@Suite("A batch that is given up, and what is left of its key")
struct GivingUpTests {
    let ballot: Ballot
    private let page = "ballot/issuing/book/B01.batch"

    init() throws { ballot = try Ballot(members: 5) }

    /// A folder where the list of packs should be: the run ends behind its page.
    private func begin() throws {
        try ballot.folder.make("out/B01.packs.csv")
        expectStop(try ballot.run(ballot.issue()), 3, "B01.packs.csv")
        try ballot.folder.remove("out/B01.packs.csv")
        #expect(try ballot.folder.bytes(page)[73] == 1)
    }

    @Test("A batch whose manifest is there is to be run again, not given up")
    func published() throws {
        try begin()
        let destroy = ["destroy", "--keys", "ballot/issuing", "B01"]
        for arguments in [destroy, ballot.issue("B02")] {
            expectStop(
                try ballot.run(arguments), 1, "begun and not finished", "B01.manifest.json",
                "do not give it up", "--unfinished")
        }
        let help = try ballot.run(["help", "destroy"]).output.split(whereSeparator: \.isWhitespace)
        #expect(help.joined(separator: " ").contains("do not give it up"))
        expectDone(try ballot.run(destroy + ["--unfinished"]))
        expectDone(try ballot.run(ballot.issue()))
    }
}
