import Foundation
import TestSupport
import Testing

@Suite("The main job, from a roll to the last vote")
struct MainJobTests {
    @Test("300 members vote, each once")
    func everybodyVotes() throws {
        let ballot = try Ballot(members: 300)
        #expect(
            ballot.folder.snapshot("ballot").keys.sorted() == [
                "", "desk", "desk/desk.key", "desk/election.json", "issuing", "issuing/election.json",
                "issuing/issuing.key", "public", "public/checkpoint.pub", "public/election.json",
                "public/manifest.pub",
            ])
        #expect(
            ballot.folder.snapshot("ballot").values.allSatisfy {
                $0.hasPrefix("384 ") || $0.hasPrefix("448 folder")
            }, "something can be read by others")

        // The roll is fit; a copy with a member twice is not.
        let roll = ["--voter", "membership_no", "--answer", "Date of birth=date_of_birth"]
        let election = ["--election", "ballot/public/election.json"]
        let report = try ballot.run(["roll", "roll.csv"] + roll + election)
        expectDone(report)
        #expect(report.lines.first?.hasPrefix("300 rows, 14 columns; ") == true, "\(report)")
        var twice = ballot.roll
        twice.rows.append(twice.rows[7])
        try ballot.folder.write("twice.csv", twice.csv)
        let unfit = try ballot.run(["roll", "twice.csv"] + roll)
        expectStop(unfit, 1, "not fit")
        // Some addresses have two lines.
        let last = twice.csv.count { $0.isNewline }
        #expect(unfit.output.contains("1 repeated voter id: lines 9 and \(last)\n"), "\(unfit)")

        let issued = try ballot.run(ballot.issue(more: ["--print", "forename", "--print", "surname"]))
        expectDone(issued)
        #expect(issued.lines.first == "batch B01: 300 packs")
        #expect(
            ballot.folder.names("out") == [
                "B01.csv.age", "B01.manifest.json", "B01.manifest.json.minisig", "B01.packs.csv",
                "B01.register",
            ])

        try printHouseIsSatisfied(ballot)
        let packs = try ballot.packs()
        #expect(packs.map(\.voter) == ballot.roll.rows.map { $0[0] })
        #expect(Set(packs.map(\.code)).count == 300 && Set(packs.map(\.pack)).count == 300)

        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectStop(
            try ballot.run(["activate"] + Ballot.desk + ["B01"]), 1, "not reconciled", "--unreconciled")
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + Ballot.desk))

        let keys = packs.map { _ in Counterfoil.newKey() }
        let requests = zip(packs, keys).map { $0.request($1) }
        let first = try ballot.redeem(requests)
        #expect(first.count == 300 && first.allSatisfy { $0.outcome == "accepted" })
        #expect(Set(first.compactMap(\.receipt)).count == 300)
        let again = try ballot.redeem(requests)
        #expect(again.allSatisfy { $0.outcome == "repeated" })
        #expect(again.map(\.receipt) == first.map(\.receipt))
        let others = try ballot.redeem(packs.map { $0.request(Counterfoil.newKey()) })
        #expect(others.allSatisfy { $0.outcome == "already-voted" && $0.receipt == nil })
        #expect(others.count == 300)

        let summary = try ballot.status()
        #expect(summary.election.name == "Leadership ballot")
        #expect(summary.ballot == "open" && summary.opened != nil && summary.closed == nil)
        #expect(summary.votes == Summary.Votes(online: 300, post: 0))
        #expect(summary.batches.map(\.name) == ["B01"] && summary.batches.map(\.packs) == [300])
        #expect(summary.secondAttempts == 300 && summary.locked == 0)
        let text = try ballot.run(["status", "--ledger", "ballot.ledger"])
        expectDone(text)
        #expect(text.output.contains("votes: 300 online, 0 by post\n"))
        #expect(text.output.contains("attempts to vote again: 300\n"))
        #expect(text.output.contains("batch B01: 300 members, active since 20"))

        let votes = try Child(
            "sqlite3", ["ballot.ledger", "pragma integrity_check"], in: ballot.folder.path
        ).finish()
        #expect(votes.output == "ok\n")
        try expectNoSecret(of: packs, in: ballot)
    }

    /// As README.md tells the print house: signature, hash, decryption.
    private func printHouseIsSatisfied(_ ballot: Ballot) throws {
        let verify = ["-V", "-p", "ballot/public/manifest.pub", "-m", "out/B01.manifest.json"]
        let verified = try Child("minisign", verify, in: ballot.folder.path).finish()
        #expect(verified.status == 0, "\(verified)")
        #expect(verified.output.contains("Counterfoil manifest of batch B01, 300 packs"))

        let manifest = try ballot.manifest()
        #expect(manifest.batch == "B01" && manifest.packs == 300 && manifest.postOnly == 0)
        #expect(manifest.files.map(\.name) == ["B01.csv.age"])
        for (name, bytes) in [
            (manifest.files[0].name, manifest.files[0].bytes),
            (manifest.register.name, manifest.register.bytes),
        ] {
            #expect(try ballot.folder.bytes("out/\(name)").count == bytes)
        }
        let hash = try Child("sha256sum", ["out/B01.csv.age"], in: ballot.folder.path).finish()
        #expect(hash.output.hasPrefix(manifest.files[0].sha256 + " "))

        let text = try ballot.opened("out/B01.csv.age")
        #expect(text.contains("\r\n"))
        let rows = CSV.read(text)
        #expect(rows[0] == ["sequence", "pack", "code", "forename", "surname"])
        #expect(manifest.columns.map(\.name) == rows[0])
        #expect(rows.dropFirst().map { $0[0] } == (1...300).map(String.init))
        #expect(rows.dropFirst().map { Array($0[3...]) } == ballot.roll.rows.map { [$0[2], $0[3]] })
        for (i, column) in manifest.columns.enumerated() where i > 0 {
            let longest = rows.dropFirst().map { $0[i].unicodeScalars.count }.max()
            #expect(column.longest == longest, "\(column.name)")
        }

        // A bit of the manifest changed: not signed.
        try ballot.folder.copy("out/B01.manifest.json.minisig", to: "false.json.minisig")
        try ballot.folder.copy("out/B01.manifest.json", to: "false.json")
        try ballot.folder.damage("false.json", at: 100)
        let refused = try Child(
            "minisign", ["-V", "-p", "ballot/public/manifest.pub", "-m", "false.json"],
            in: ballot.folder.path
        ).finish()
        #expect(refused.status != 0)
    }

    /// Nothing but the print file knows a code, and the desk knows no voter.
    private func expectNoSecret(of packs: [Pack], in ballot: Ballot) throws {
        for file in try FileManager.default.subpathsOfDirectory(atPath: ballot.folder.path) {
            guard let bytes = try? ballot.folder.bytes(file) else { continue }
            let text = String(decoding: bytes, as: Unicode.ASCII.self)
            for pack in packs.prefix(20) {
                #expect(!text.contains(pack.code), "\(file) has a code")
                #expect(!text.contains(pack.code.replacing("-", with: "")), "\(file) has a code")
                if file.hasPrefix("ballot.ledger") || file.hasSuffix("register") {
                    #expect(!text.contains(pack.voter), "\(file) has a voter")
                }
            }
        }
    }

    @Test("Every outcome, in the order of the requests")
    func everyOutcome() throws {
        let ballot = try Ballot(members: 60)
        let (main, later) = (ballot.roll.rows.prefix(50), ballot.roll.rows.suffix(10))
        try ballot.folder.write("main.csv", CSV.write([ballot.roll.header] + main))
        try ballot.folder.write("later.csv", CSV.write([ballot.roll.header] + later))
        expectDone(try ballot.run(ballot.issue("B01", with: ["--roll": "main.csv"])))
        expectDone(try ballot.run(ballot.issue("B02", with: ["--roll": "later.csv"])))
        expectDone(try ballot.run(ballot.issue("B03", out: "proof", more: ["--specimen", "5"])))
        let packs = try ballot.packs()
        let late = try ballot.packs("B02")
        let proofs = CSV.read(try ballot.opened("proof/B03.csv.age")).dropFirst().map { $0[2] }

        func expect(
            _ pairs: [(request: String, answer: String)], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let answers = try ballot.redeem(pairs.map(\.request))
            #expect(
                answers.map(\.outcome) == pairs.map(\.answer), "\(answers)", sourceLocation: sourceLocation)
        }
        let key = Counterfoil.newKey()
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        try expect([(packs[0].request(key), "not-active"), (late[0].request(key), "no-such-code")])
        expectDone(try ballot.run(["load"] + Ballot.desk + ["proof/B03.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        try expect([(packs[0].request(key), "not-open")])
        expectDone(try ballot.run(["open"] + Ballot.desk))
        try expect([
            (packs[0].request(key), "accepted"),
            (packs[0].request(key), "repeated"),
            (packs[0].request(Counterfoil.newKey()), "already-voted"),
            // Without right answers nobody learns whether a vote was cast.
            (packs[0].request(Counterfoil.newKey(), born: "1.1.1901"), "wrong-answers"),
            (packs[0].request(key, born: "1.1.1901"), "wrong-answers"),
            (packs[1].request(key, born: "yesterday"), "bad-answer"),
            (packs[1].request(key), "accepted"),
            (Counterfoil.request(code: proofs[1], born: "1.1.1970", key: key), "specimen"),
            (late[0].request(key), "no-such-code"),
        ])
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/B02.register"]))
        try expect([(late[0].request(key), "not-active")])

        // Five wrong answers, each another one; the same again counts once.
        let wrong = (1...6).map { packs[2].request(Counterfoil.newKey(), born: "\($0).1.1901") }
        let answers = try ballot.redeem([
            wrong[0], wrong[0], wrong[1], wrong[2], wrong[3], wrong[4], wrong[5], packs[2].request(key),
        ])
        #expect(answers.map(\.attemptsLeft) == [4, 4, 3, 2, 1, nil, nil, nil])
        #expect(answers.suffix(3).map(\.outcome) == ["locked", "locked", "locked"])
        let unreadable = try ballot.redeem([packs[1].request(Counterfoil.newKey(), born: "tomorrow")])
        #expect(unreadable[0].questions == ["Date of birth"])

        let summary = try ballot.status()
        #expect(summary.locked == 1 && summary.votes.online == 2 && summary.secondAttempts == 1)
        #expect(summary.batches.map(\.kind) == ["members", "specimens", "members"])
        let text = try ballot.run(["status", "--ledger", "ballot.ledger"]).output
        #expect(text.contains("locked after wrong answers: 1\n"))
        #expect(text.contains("batch B03: 5 specimens, not active\n"))
    }

    @Test("Without questions a code is enough; with four kinds each is asked")
    func questions() throws {
        let ballot = try Ballot(
            members: 10,
            ask: [
                "Date of birth:date:dmy", "Postcode:postcode", "Surname:text", "Number: the last 4:digits:9",
            ])
        expectDone(
            try ballot.run(
                ballot.issue(more: [
                    "--answer", "Postcode=postcode", "--answer", "Surname=surname", "--answer",
                    "Number: the last 4=membership_no",
                ])))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        expectDone(try ballot.run(["open"] + Ballot.desk))
        let pack = try ballot.packs()[0]
        let row = ballot.roll.rows[0]
        func request(_ surname: String) -> String {
            #"""
            {"key": "\#(Counterfoil.newKey())", "answers": {"Surname": "\#(surname)", "Number: the last 4": "\#(row[0])", "Postcode": "\#(row[8].lowercased().replacing(" ", with: ""))", "Date of birth": "\#(pack.born)"}, "code": "\#(pack.code)"}
            """#
        }
        let answers = try ballot.redeem([request("somebody else"), request(" " + row[3].uppercased())])
        #expect(answers.map(\.outcome) == ["wrong-answers", "accepted"])

        let plain = try Ballot(members: 10, ask: [])
        expectDone(try plain.run(plain.issue(with: ["--answer": nil])))
        expectDone(try plain.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try plain.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        expectDone(try plain.run(["open"] + Ballot.desk))
        let code = try plain.packs()[0].code
        let bare = #"{"code": "\#(code)", "key": "\#(Counterfoil.newKey())"}"#
        #expect(try plain.redeem([bare]).map(\.outcome) == ["accepted"])
    }
}
