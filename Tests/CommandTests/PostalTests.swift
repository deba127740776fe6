import Foundation
import TestSupport
import Testing

@Suite("Envelopes, one scan each")
struct PostalTests {
    let ballot: Ballot
    let packs: [Pack]

    init() throws {
        ballot = try Ballot(members: 8)
        try ballot.prepare()
        packs = try ballot.packs()
    }

    private func postal(_ packs: String..., more: [String] = []) throws -> Ended {
        try ballot.run(["postal"] + Ballot.desk + more + packs)
    }

    /// What the scanner is told of each line that it typed.
    private func scan(_ text: String, more: [String] = []) throws -> [String] {
        let ended = try ballot.run(["postal"] + Ballot.desk + more, input: .text(text))
        expectDone(ended)
        return ended.lines
    }

    @Test("As arguments: each is answered by its number")
    func arguments() throws {
        let (a, b) = (packs[0].pack, packs[1].pack)
        let told = try postal(a, b.lowercased().replacing("-", with: " "), a)
        expectDone(told)
        #expect(told.lines[0] == "\(a): received" && told.lines[1] == "\(b): received")
        #expect(told.lines[2].hasPrefix("\(a): scanned before: the envelope that was counted on 20"))
        #expect(try ballot.status().votes == Summary.Votes(online: 0, post: 2))
        #expect(try ballot.redeem([packs[0].request(Counterfoil.newKey())])[0].outcome == "already-voted")
    }

    @Test("All arguments are read before the first is scanned")
    func misreadArgument() throws {
        let told = try postal(packs[0].pack, "4F2T-HW8C-NB6R")
        expectStop(told, 3, "PACK 2 is no pack number")
        #expect(told.output.isEmpty)
        #expect(try ballot.status().votes.post == 0)
    }

    @Test("A pack that the ledger does not hold is refused, and the others are recorded")
    func unknown() throws {
        expectDone(try ballot.run(ballot.issue("R01", more: ["--specimen", "1"])))
        let unknown = CSV.read(try ballot.folder.text("out/R01.packs.csv"))[1][1]
        let told = try postal(packs[0].pack, unknown, packs[1].pack)
        expectStop(told, 1, "1 of 3 packs was not recorded")
        #expect(
            told.lines == [
                "\(packs[0].pack): received",
                "\(unknown): NOT RECORDED: there is no such pack in the ledger",
                "\(packs[1].pack): received",
            ])
        #expect(try ballot.status().votes.post == 2)
        // Set aside is on the record.
        expectDone(try postal(packs[0].pack))
    }

    @Test("A voting code in place of a pack number is never shown")
    func votingCode() throws {
        let code = packs[0].code
        let bare = code.replacing("-", with: "")
        // As printed, as typed, misread, a symbol short or more, and as a scanner reads the code's link.
        let lines = [
            code, bare.lowercased(), String(code.dropLast()) + "U", String(code.dropLast()), code + "7",
            "https://vote.example/#" + code, "code: " + code, "\(packs[0].pack) \(code)",
        ]
        func expectNothing(of ended: Ended) {
            let shown = (ended.output + ended.errors).uppercased().filter { $0.isLetter || $0.isNumber }
            for place in 0...bare.count - 8 {
                let part = bare.dropFirst(place).prefix(8)
                #expect(!shown.contains(part), "\(part) is shown")
            }
        }
        for more in [[], ["--json"]] {
            let ended = try ballot.run(
                ["postal"] + Ballot.desk + more, input: .text(lines.joined(separator: "\n") + "\n"))
            expectDone(ended)
            expectNothing(of: ended)
            #expect(ended.lines.count == lines.count)
            #expect(
                ended.lines.allSatisfy { $0.contains("voting code") && $0.contains("scan the pack number") })
        }
        for line in lines {
            for arguments in [
                ["postal"] + Ballot.desk + [line], ["postal"] + Ballot.desk + [packs[0].pack, line],
                ["show", "--ledger", "ballot.ledger", line], ["unlock"] + Ballot.desk + [line],
                ["cancel"] + Ballot.desk + [line, "--reason", "lost"],
                ["annul"] + Ballot.desk + [line, "--scan", "2026-09-02T17:00Z", "--reason", "mistake"],
            ] {
                let ended = try ballot.run(arguments)
                expectStop(ended, 3, "voting code")
                expectNothing(of: ended)
            }
        }
        #expect(try ballot.status().votes.post == 0)
    }

    @Test("As a scanner types them, whatever ends its lines")
    func standardInput() throws {
        let lines = packs.prefix(4).map(\.pack)
        let told = try scan("\(lines[0])\r\n\r\n  \(lines[1].lowercased())\t\n\(lines[2])\n\n\(lines[3])")
        #expect(told == lines.map { "\($0): received" })
    }

    @Test("A misread line is said, does nothing, and the next is scanned")
    func misreadLine() throws {
        let good = packs[0].pack
        var swapped = Array(good)
        // Two neighbours of the second group that differ.
        let place = try #require((5..<8).first { swapped[$0] != swapped[$0 + 1] })
        swapped.swapAt(place, place + 1)
        let other = try Ballot(members: 1)
        expectDone(try other.run(other.issue()))
        let foreign = try other.packs()[0].pack
        let told = try scan(
            "\(String(swapped))\n12345\n\u{1B}[2K\u{7}\(String(good.dropLast()))\n"
                + String(repeating: "7", count: 300) + "\n\(foreign)\n\(good)\n")
        try #require(told.count == 6)
        #expect(told[0] == "NOT READ: no pack number; look again at group 2")
        #expect(told[1].hasPrefix("NOT READ: no pack number of this election"))
        // What a scanner sends beside the number cannot move the cursor.
        #expect(told[2].unicodeScalars.allSatisfy { $0.value >= 0x20 } && told[2].contains("NOT READ"))
        #expect(told[3].hasPrefix("NOT READ: a line of more than 256 bytes"))
        #expect(told[4].hasPrefix("NOT READ: no pack number"))
        #expect(told[5] == "\(good): received")
        #expect(try ballot.status().votes.post == 1)
    }

    @Test("What is set aside, and why; all of it on the record")
    func setAside() throws {
        // Two are replaced, one is cancelled; a batch is not active, one withdrawn, one of test packs.
        try ballot.folder.write("lost.csv", "\(packs[0].pack)\n\(packs[1].pack)\n")
        expectDone(try ballot.run(ballot.issue("R01", more: ["--replace", "lost.csv"])))
        try ballot.folder.write("two.csv", "\(packs[2].pack)\n")
        expectDone(try ballot.run(ballot.issue("R02", more: ["--replace", "two.csv"])))
        expectDone(try ballot.run(ballot.issue("PROOF", more: ["--specimen", "1"])))
        for batch in ["R01", "R02", "PROOF"] {
            expectDone(try ballot.run(["load"] + Ballot.desk + ["out/\(batch).register"]))
        }
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["R01", "--unreconciled", "--confirm"]))
        expectDone(try ballot.run(["withdraw"] + Ballot.desk + ["R01", "--reason", "court", "--confirm"]))
        expectDone(try ballot.run(["cancel"] + Ballot.desk + [packs[3].pack, "--reason", "stolen"]))
        #expect(try ballot.redeem([packs[4].request(Counterfoil.newKey())])[0].outcome == "accepted")
        let withdrawn = try ballot.packs("R01")[0].pack
        let inactive = try ballot.packs("R02")[0].pack
        let specimen = CSV.read(try ballot.opened("out/PROOF.csv.age"))[1][1]
        let before = try ballot.status()
        let cases = [
            (packs[0].pack, "SET ASIDE: the pack is superseded", "set-aside", "superseded"),
            (withdrawn, "SET ASIDE: the pack is withdrawn", "set-aside", "withdrawn"),
            (inactive, "SET ASIDE: the pack is inactive", "set-aside", "inactive"),
            (specimen, "SET ASIDE: a printer's test pack", "set-aside", "specimen"),
            (packs[3].pack, "SET ASIDE: the pack is cancelled", "set-aside", "cancelled"),
            (packs[4].pack, "SET ASIDE: this voter voted online, 20", "already-voted", nil),
        ]
        let told = try scan(cases.map { $0.0 + "\n" }.joined(), more: ["--by", "Table 3"])
        for (line, expected) in zip(told, cases) {
            #expect(line.hasPrefix("\(expected.0): \(expected.1)"), "\(line)")
            let shown = try ballot.run(["show", "--ledger", "ballot.ledger", expected.0]).output
            #expect(shown.contains("envelope set aside: ") && shown.contains(", by Table 3"), "\(shown)")
        }
        #expect(told.count == cases.count)
        let json = try scan(cases.map { $0.0 + "\n" }.joined(), more: ["--json"])
        for (line, expected) in zip(json, cases) {
            let told = try JSONDecoder().decode(ToldByPost.self, from: Data(line.utf8))
            #expect(told.pack == expected.0 && told.outcome == expected.2 && told.standing == expected.3)
            #expect((told.outcome == "already-voted") == (told.channel == "online" && told.at != nil))
        }
        let after = try ballot.status()
        #expect(after.votes == before.votes)
        // Two desks opened, and two entries for each envelope.
        #expect(after.logEntries == before.logEntries + 2 + 2 * cases.count)
    }

    @Test("Officer and reference are on the record, of arguments and of lines")
    func reference() throws {
        let note = ["--by", "Table 3", "--reference", "bag 17"]
        expectDone(try postal(packs[0].pack, packs[0].pack, more: note))
        #expect(try scan(packs[1].pack + "\n", more: note) == ["\(packs[1].pack): received"])
        for (pack, entries) in [(packs[0].pack, 2), (packs[1].pack, 1)] {
            let shown = try ballot.run(["show", "--ledger", "ballot.ledger", pack])
            #expect(shown.lines.count { $0.hasSuffix(" (bag 17), by Table 3") } == entries, "\(shown)")
        }
    }

    @Test("Not before the ballot opens, until it is final")
    func phases() throws {
        let early = try Ballot(members: 3)
        expectDone(try early.run(early.issue()))
        expectDone(try early.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try early.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
        let mail = try early.packs()
        func told(_ pack: Pack) throws -> String {
            let ended = try early.run(["postal"] + Ballot.desk + ["--json", pack.pack])
            // What is not recorded was refused: the exit status alone must say so.
            if ended.output.contains("received") {
                expectDone(ended)
            } else {
                expectStop(ended, 1, "1 of 1 packs was not recorded")
            }
            return try JSONDecoder().decode(ToldByPost.self, from: Data(ended.bytes)).outcome
        }
        #expect(try told(mail[0]) == "not-open")
        expectDone(try early.run(["open"] + Ballot.desk))
        expectDone(try early.run(["close"] + Ballot.desk))
        #expect(try told(mail[0]) == "received")
        #expect(try early.run(["close"] + Ballot.desk + ["--final", "--confirm"]).status == 0)
        #expect(try told(mail[1]) == "final")
        // A scanner's line is answered, and the pipe goes on.
        let piped = try early.run(["postal"] + Ballot.desk, input: .text(mail[1].pack + "\n"))
        expectDone(piped)
        #expect(piped.lines == ["\(mail[1].pack): NOT RECORDED: the ballot is final"])
        #expect(try early.status().votes.post == 1)
    }

    @Test("What the scanner heard is on the disk, whatever happens next")
    func killed() throws {
        let scanner = try ballot.start(["postal"] + Ballot.desk, input: .pipe, output: .pipe)
        for pack in packs.prefix(3) {
            scanner.write(pack.pack + "\n")
            #expect(scanner.line() == "\(pack.pack): received")
        }
        scanner.signal(SIGKILL)
        #expect(scanner.finish().status == -SIGKILL)
        #expect(try ballot.status().votes.post == 3)
        let told = try ballot.redeem(packs.prefix(4).map { $0.request(Counterfoil.newKey()) })
        #expect(told.map(\.outcome) == ["already-voted", "already-voted", "already-voted", "accepted"])
    }
}

private struct ToldByPost: Decodable {
    let pack: String
    let outcome: String
    let standing: String?
    let channel: String?
    let at: String?
}
