import TestSupport
import Testing

@Suite("Several desks on one ledger")
struct RaceTests {
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
        // From then on nothing is known; what is no request is told as such.
        redeem.write("nonsense\n" + packs[2].request(keys[2]) + "\n")
        #expect(redeem.line()?.contains("bad-request") == true)
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
