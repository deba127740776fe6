import Foundation
import TestSupport
import Testing

@Suite("check judges without spending; a pass takes the place of code and answers")
struct CheckTests {
    let ballot: Ballot
    let packs: [Pack]

    init() throws {
        ballot = try Ballot(members: 8)
        expectDone(try ballot.run(ballot.issue()))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        packs = try ballot.packs()
    }

    private func open(_ more: String...) throws { expectDone(try ballot.run(["open"] + Ballot.desk + more)) }

    /// What `check` answers to these lines.
    private func check(_ requests: [String], more: [String] = []) throws -> [Checked] {
        let ended = try ballot.run(
            ["check"] + Ballot.desk + more, input: .text(requests.map { $0 + "\n" }.joined()))
        expectDone(ended)
        return try ended.lines.map { try JSONDecoder().decode(Checked.self, from: Data($0.utf8)) }
    }

    private func sheet(_ pack: Pack, born: String? = nil) -> String {
        #"{"code": "\#(pack.code)", "answers": {"Date of birth": "\#(born ?? pack.born)"}}"#
    }

    private func spend(_ pass: String?, _ key: String) -> String {
        #"{"pass": "\#(pass ?? "")", "key": "\#(key)"}"#
    }

    @Test("Right answers give a pass, spend nothing, and leave nothing in the log")
    func good() throws {
        try open()
        // The desk's opening is an entry of its own.
        _ = try check([])
        let before = try ballot.status()
        let now = Int(Date().timeIntervalSince1970 * 1000)
        let checked = try check(packs.map { sheet($0) }, more: ["--pass-minutes", "10"])
        #expect(checked.map(\.outcome) == packs.map { _ in "good" })
        #expect(Set(checked.compactMap(\.pass)).count == packs.count)
        for answer in checked {
            #expect(answer.pass?.wholeMatch(of: /[A-Za-z0-9_-]{140}/) != nil)
            #expect(((now + 600_000)...(now + 660_000)).contains(answer.expires ?? 0))
        }
        let after = try ballot.status()
        #expect(after.votes == before.votes && after.logEntries == before.logEntries + 1)

        // The pass votes once, whichever key asks first, and says so again.
        let key = Counterfoil.newKey()
        let answers = try ballot.redeem([
            spend(checked[0].pass, key), spend(checked[0].pass, key),
            spend(checked[0].pass, Counterfoil.newKey()), packs[0].request(key),
            packs[0].request(Counterfoil.newKey()),
        ])
        #expect(
            answers.map(\.outcome) == ["accepted", "repeated", "already-voted", "repeated", "already-voted"])
        #expect(Set(answers.compactMap(\.receipt)).count == 1)
        #expect(try check([sheet(packs[0])]).map(\.outcome) == ["already-voted"])
        // Only `redeem` writes down an attempt to vote again.
        #expect(try ballot.status().secondAttempts == 2)
    }

    @Test("Wrong answers count in check and redeem alike; a lock that came later does not stop a pass")
    func attempts() throws {
        try open()
        let pack = packs[0]
        let pass = try check([sheet(pack)])[0].pass
        let checked = try check([
            sheet(pack, born: "1/1/1901"), sheet(pack, born: "1/1/1901"), sheet(pack, born: "some day"),
            sheet(pack, born: "2/1/1901"),
        ])
        #expect(checked.map(\.outcome) == ["wrong-answers", "wrong-answers", "bad-answer", "wrong-answers"])
        #expect(checked.map(\.attemptsLeft) == [4, 4, nil, 3])
        let redeemed = try ballot.redeem(
            ["3/1/1901", "4/1/1901"].map { pack.request(Counterfoil.newKey(), born: $0) })
        #expect(redeemed.map(\.attemptsLeft) == [2, 1])
        #expect(
            try check([sheet(pack, born: "5/1/1901"), sheet(pack)]).map(\.outcome) == ["locked", "locked"])
        #expect(try ballot.redeem([spend(pass, Counterfoil.newKey())]).map(\.outcome) == ["accepted"])
    }

    @Test("What is no request is said, and the next line is judged all the same")
    func badRequests() throws {
        try open()
        let pass = try #require(try check([sheet(packs[0])])[0].pass)
        let checked = try check([
            packs[0].request(Counterfoil.newKey()), #"{"pass": "\#(pass)"}"#, "{}", "nonsense",
            sheet(packs[0]),
        ])
        #expect(
            checked.map(\.outcome) == ["bad-request", "bad-request", "bad-request", "bad-request", "good"])
        var other = Array(pass)
        other[70] = other[70] == "A" ? "B" : "A"
        let both = #"{"code": "\#(packs[0].code)", "pass": "\#(pass)", "key": "\#(Counterfoil.newKey())"}"#
        let answers = try ballot.redeem([
            spend(String(other), Counterfoil.newKey()), spend("", Counterfoil.newKey()), both,
            #"{"pass": "\#(pass)"}"#,
        ])
        #expect(answers.map(\.outcome) == ["bad-pass", "bad-pass", "bad-request", "bad-request"])
        #expect(try ballot.status().votes.online == 0)
    }

    @Test("A pass of another election's desk opens nothing here")
    func foreignPass() throws {
        try open()
        let other = try Ballot(members: 2)
        try other.prepare()
        let pack = try other.packs()[0]
        let ended = try other.run(["check"] + Ballot.desk, input: .text(sheet(pack) + "\n"))
        let pass = try JSONDecoder().decode(Checked.self, from: Data(ended.bytes)).pass
        #expect(try ballot.redeem([spend(pass, Counterfoil.newKey())]).map(\.outcome) == ["bad-pass"])
        #expect(try other.redeem([spend(pass, Counterfoil.newKey())]).map(\.outcome) == ["accepted"])
    }

    @Test(
        "A pass given before the close is good within the grace, and no longer",
        arguments: [(["--grace", "10"], "accepted"), ([], "accepted"), (["--grace", "0"], "closed")])
    func grace(_ more: [String], _ outcome: String) throws {
        expectDone(try ballot.run(["open"] + Ballot.desk + more))
        let pass = try check([sheet(packs[0])])[0].pass
        expectDone(try ballot.run(["close"] + Ballot.desk))
        #expect(try check([sheet(packs[1])]).map(\.outcome) == ["closed"])
        #expect(try ballot.redeem([spend(pass, Counterfoil.newKey())]).map(\.outcome) == [outcome])
        // Opened again, the same pass is as good as before.
        expectDone(try ballot.run(["extend"] + Ballot.desk + ["2099-01-01T00:00Z"]))
        #expect(
            try ballot.redeem([spend(pass, Counterfoil.newKey())]).map(\.outcome)
                == [outcome == "accepted" ? "already-voted" : "accepted"])
    }

    @Test("Minutes that are none are wrong usage", arguments: ["0", "241", "-1", "ten"])
    func minutes(_ minutes: String) throws {
        let ended = try ballot.run(["check"] + Ballot.desk + ["--pass-minutes", minutes])
        #expect(ended.status == 64 && ended.output.isEmpty, "\(ended)")
    }

    @Test("At a terminal it asks, and says only whether all is right")
    func terminal() throws {
        try open()
        for (born, words, status) in [
            (packs[0].born, "Code and answers are right; nothing was spent.", 0 as Int32),
            ("1/1/1901", "the answers do not fit; 4 more attempts", 1),
        ] {
            let session = try TerminalSession(counterfoil, ["check"] + Ballot.desk, in: ballot.folder.path)
            session.expect("Code: ")
            session.type(packs[0].code.lowercased() + "\n")
            session.expect("Date of birth: ")
            session.type(born + "\n")
            session.expect(words)
            #expect(session.finish() == status)
        }
        #expect(try ballot.status().votes.online == 0)
    }
}

private struct Checked: Decodable {
    let outcome: String
    let pass: String?
    let expires: Int?
    let attemptsLeft: Int?
}
