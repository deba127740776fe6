import Foundation
import TestSupport
import Testing

@Suite("Opening, closing, and the times at which")
struct OpeningTests {
    let ballot: Ballot

    init() throws {
        ballot = try Ballot(members: 4)
        expectDone(try ballot.run(ballot.issue()))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["activate"] + Ballot.desk + ["B01", "--unreconciled"]))
    }

    private func desk(_ verb: String, _ more: String...) throws -> Ended {
        try ballot.run([verb] + Ballot.desk + more)
    }

    @Test(
        "A closing time in its zone",
        arguments: [
            ("2099-09-02T17:00+01:00", "2099-09-02 17:00:00 +01:00", "2099-09-02T16:00:00Z"),
            ("2099-09-02T17:00Z", "2099-09-02 17:00:00 +00:00", "2099-09-02T17:00:00Z"),
            ("2099-09-02 17:00:30 UTC", "2099-09-02 17:00:30 +00:00", "2099-09-02T17:00:30Z"),
            ("2099-09-02T17:00 Europe/London", "2099-09-02 17:00:00 +01:00", "2099-09-02T16:00:00Z"),
            ("2099-12-02T17:00 Europe/London", "2099-12-02 17:00:00 +00:00", "2099-12-02T17:00:00Z"),
            ("2099-09-02T17:00 America/St_Johns", "2099-09-02 17:00:00 -02:30", "2099-09-02T19:30:00Z"),
            ("2099-09-02T17:00-03:30", "2099-09-02 17:00:00 -03:30", "2099-09-02T20:30:00Z"),
            ("2096-02-29T00:00 Asia/Kolkata", "2096-02-29 00:00:00 +05:30", "2096-02-28T18:30:00Z"),
            // Clocks go from one to two on 29 March, and from two to one on 25 October.
            ("2099-03-29T00:59 Europe/London", "2099-03-29 00:59:00 +00:00", "2099-03-29T00:59:00Z"),
            ("2099-03-29T02:00 Europe/London", "2099-03-29 02:00:00 +01:00", "2099-03-29T01:00:00Z"),
            ("2099-10-25T00:59 Europe/London", "2099-10-25 00:59:00 +01:00", "2099-10-24T23:59:00Z"),
            ("2099-10-25T02:00 Europe/London", "2099-10-25 02:00:00 +00:00", "2099-10-25T02:00:00Z"),
            ("2099-10-25T01:30+01:00", "2099-10-25 01:30:00 +01:00", "2099-10-25T00:30:00Z"),
            ("2099-10-25T01:30+00:00", "2099-10-25 01:30:00 +00:00", "2099-10-25T01:30:00Z"),
        ])
    func time(_ text: String, _ shown: String, _ utc: String) throws {
        let opened = try desk("open", "--closes", text)
        expectDone(opened)
        #expect(opened.output == "The ballot is open until \(shown) (\(utc)).\n")
        #expect(try ballot.run(["status", "--ledger", "ballot.ledger"]).output.contains("closes \(utc)\n"))
        let extended = try desk("extend", text)
        expectDone(extended)
        #expect(extended.output == "The ballot is open until \(shown) (\(utc)).\n")
    }

    @Test(
        "What is no time, or no one time",
        arguments: [
            ("2099-09-02T17:00", "no zone"), ("2099-09-02", "no time"), ("17:00Z", "no time"),
            ("2099-09-02T17Z", "no time"), ("2099-9-2T17:00Z", "no time"), ("2099-+9-02T17:00Z", "no time"),
            ("2099-09-02T17:00 London", "no zone"), ("2099-09-02T17:00 Europe/Londen", "no zone"),
            ("2099-09-02T17:00 Europe/", "no zone"), ("2099-09-02T17:00 Europe", "no zone"),
            ("2099-09-02T17:00 ../zoneinfo/Europe/London", "no zone"),
            ("2099-09-02T17:00 right/Europe/London", "no zone"), ("2099-09-02T17:00+1:00", "no zone"),
            ("2099-09-02T17:00+-1:00", "no zone"), ("2099-09-02T17:00+01:75", "no zone"),
            ("2099-09-02T17:00+15:00", "no zone"), ("2099-09-31T17:00Z", "never comes"),
            ("2099-02-29T17:00Z", "never comes"), ("2099-13-01T17:00Z", "never comes"),
            ("2099-00-01T17:00Z", "never comes"), ("2099-09-02T24:00Z", "never comes"),
            ("2099-09-02T17:60Z", "never comes"), ("2099-09-02T17:00:60Z", "never comes"),
            ("2200-01-01T00:00Z", "2000 to 2199"), ("1999-01-01T00:00Z", "2000 to 2199"),
            ("2099-03-29T01:30 Europe/London", "never comes"),
            ("2099-10-25T01:00 Europe/London", "comes twice"),
            ("2099-10-25T01:59:59 Europe/London", "comes twice"),
        ])
    func noTime(_ text: String, _ words: String) throws {
        for ended in [try desk("open", "--closes", text), try desk("extend", text)] {
            #expect(ended.status == 64 && ended.output.isEmpty, "\(ended)")
            #expect(ended.errors.contains(words), "\(ended)")
        }
        #expect(try ballot.status().ballot == "before")
    }

    @Test("A time that is past opens nothing")
    func past() throws {
        expectStop(try desk("open", "--closes", "2022-09-02T17:00 Europe/London"), 1, "that time is past")
        expectStop(try desk("extend", "2099-01-01T00:00Z"), 1, "not opened yet")
        expectStop(try desk("close"), 1, "not opened yet")
        expectStop(try desk("close", "--final"), 1, "not opened yet")
        #expect(try desk("open", "--grace", "121").status == 64)
        expectDone(try desk("open"))
        expectStop(try desk("extend", "2022-09-02T17:00Z"), 1, "that time is past")
    }

    @Test("Said twice: open is open; a closing time is extend's")
    func twice() throws {
        expectDone(try desk("open", "--closes", "2099-01-01T00:00Z"))
        let entries = try ballot.status().logEntries
        let again = try desk("open")
        expectDone(again)
        #expect(again.output.hasPrefix("The ballot is open since 20"))
        expectStop(try desk("open", "--closes", "2099-01-02T00:00Z"), 1, "open already")
        // What would change something is not done, and says so.
        for grace in ["60", "10"] {
            expectStop(try desk("open", "--grace", grace), 1, "open already", "the grace stays")
        }
        // Four desks opened, and nothing else.
        #expect(try ballot.status().logEntries == entries + 4)
    }

    @Test("The first request past the closing time writes the close, and extend opens again")
    func closesByItself() throws {
        let packs = try ballot.packs()
        let closes = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 3).rounded(.down))
        let text = closes.ISO8601Format()
        expectDone(try desk("open", "--closes", text, "--grace", "0"))
        #expect(try ballot.redeem([packs[0].request(Counterfoil.newKey())]).map(\.outcome) == ["accepted"])
        usleep(UInt32(max(0, closes.timeIntervalSinceNow) * 1e6) + 50_000)
        // A verb that only reads writes nothing.
        #expect(try ballot.status().ballot == "open")
        #expect(try ballot.redeem([packs[1].request(Counterfoil.newKey())]).map(\.outcome) == ["closed"])
        let status = try ballot.status()
        #expect(status.ballot == "closed" && status.closed == text)
        expectStop(try desk("close"), 1, "closed already")
        expectStop(try desk("open"), 1, "closed", "extend")
        expectDone(try desk("extend", "2099-01-01T00:00Z"))
        #expect(try ballot.redeem([packs[1].request(Counterfoil.newKey())]).map(\.outcome) == ["accepted"])
        #expect(try ballot.status().closed == nil)
    }

    @Test("After --final every verb is refused, and the ledger stays as it is")
    func final() throws {
        expectDone(try ballot.run(ballot.issue("PROOF", more: ["--specimen", "1"])))
        let pack = try ballot.packs()[0].pack
        let statuses = CSV.read(try ballot.folder.text("out/B01.packs.csv")).dropFirst().map {
            [$0[1], "packed"]
        }
        try ballot.folder.write("return.csv", CSV.write([["pack", "status"]] + statuses))
        expectDone(try desk("open"))
        #expect(try desk("close", "--final", "--by", "A. Officer", "--confirm").status == 0)
        #expect(try ballot.status().ballot == "final")
        let votes = try ballot.status()
        for (verb, more) in [
            ("open", []), ("open", ["--closes", "2099-01-01T00:00Z"]), ("extend", ["2099-01-01T00:00Z"]),
            ("close", []), ("activate", ["B01", "--unreconciled"]),
            ("withdraw", ["B01", "--reason", "court"]), ("reconcile", ["B01", "return.csv", "--confirm"]),
            ("cancel", [pack, "--reason", "lost"]), ("unlock", [pack]),
            ("annul", [pack, "--scan", String(repeating: "0", count: 32), "--reason", "mistake"]),
        ] as [(String, [String])] {
            let ended = try ballot.run([verb] + Ballot.desk + more)
            #expect(ended.status == 1, "\(verb): \(ended)")
            #expect((ended.output + ended.errors).contains("final"), "\(verb): \(ended)")
        }
        #expect(try desk("close", "--final").status != 0)
        expectStop(try desk("load", "out/PROOF.register"), 3, "final")
        let after = try ballot.status()
        #expect(after.batches == votes.batches && after.votes == votes.votes)
        #expect(after.logEntries == votes.logEntries, "something was written after the end")
    }
}
