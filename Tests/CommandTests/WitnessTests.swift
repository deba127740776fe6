import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A witness knows how far the log has come")
struct WitnessTests {
    private static let witness = ["--witness", "witness"]

    /// The size that a checkpoint names.
    private func seen(_ ballot: Ballot, _ file: String = "witness") throws -> Int {
        let lines = try ballot.folder.text(file).split(separator: "\n")
        return try #require(lines.count == 4 ? Int(lines[1]) : nil)
    }

    @Test("load --create starts one, and every verb that writes carries it on")
    func carriedOn() throws {
        let ballot = try Ballot(members: 12)
        expectDone(try ballot.run(ballot.issue()))
        let packs = try ballot.packs()
        func done(_ verb: String, _ more: String..., input: Input = .nothing) throws {
            expectDone(try ballot.run([verb] + Ballot.desk + Self.witness + more, input: input))
            let entries = try ballot.status().logEntries
            #expect(try seen(ballot) == entries, "\(verb)")
        }
        try done("load", "--create", "out/B01.register")
        try done("activate", "B01", "--unreconciled")
        try done("open")
        try done("redeem", input: .text(packs[0].request(Counterfoil.newKey()) + "\n"))
        try done("check", input: .text(packs[1].request(Counterfoil.newKey(), born: "1 May 1901") + "\n"))
        try done("postal", packs[2].pack)
        try done(
            "annul", packs[2].pack, "--scan", try ballot.scan(of: packs[2].pack), "--reason", "mistake")
        try done("cancel", packs[3].pack, "--reason", "lost")
        try done("extend", "2099-01-01T00:00Z")
        try done("close")
        try done("checkpoint")
        try done("close", "--final", "--confirm")
        // It is a checkpoint like any other.
        expectDone(try ballot.audit("--against", "witness"))
    }

    @Test("`checkpoint` starts one for a ledger that has none")
    func started() throws {
        let ballot = try LoggedBallot.copy().ballot
        try ballot.folder.copy("late.checkpoint", to: "witness")
        expectDone(try ballot.run(["extend", "2099-01-02T00:00Z"] + Ballot.desk + Self.witness))
        let entries = try ballot.status().logEntries
        #expect(try seen(ballot) == entries)
        // Without it, the witness lags, and is no reason to stop.
        expectDone(try ballot.run(["extend", "2099-01-03T00:00Z"] + Ballot.desk))
        #expect(try seen(ballot) == entries)
        expectDone(try ballot.run(["extend", "2099-01-04T00:00Z"] + Ballot.desk + Self.witness))
        #expect(try seen(ballot) == ballot.status().logEntries)
    }

    @Test("a ledger that was rolled back with its log is refused before anything is written")
    func rolledBack() throws {
        let made = try LoggedBallot.copy()
        let ballot = made.ballot
        try ballot.folder.copy("late.checkpoint", to: "witness")
        try ballot.folder.remove("ballot.ledger")
        try ballot.folder.copy("early.ledger", to: "ballot.ledger")
        // Nor does anything beside it remember how far the log had come.
        try ballot.folder.write("ballot.ledger-lock", "")
        let before = ballot.folder.snapshot()
        for verb in [
            ["open"], ["redeem"], ["check"], ["close"], ["close", "--final", "--confirm"], ["checkpoint"],
            ["postal", made.packs[9].pack], ["cancel", made.packs[9].pack, "--reason", "lost"],
            ["load", "out/R01.register"], ["activate", "B01", "--unreconciled"],
        ] {
            let ended = try ballot.run(
                verb + Ballot.desk + Self.witness,
                input: .text(made.packs[9].request(Counterfoil.newKey()) + "\n"))
            expectStop(ended, 3, "this is an older copy")
            #expect(ended.output.isEmpty, "\(verb): \(ended)")
            #expect(ballot.folder.snapshot() == before, "\(verb)")
        }
        // The control: without the witness nobody notices.
        expectDone(try ballot.run(["open"] + Ballot.desk))
    }

    @Test("another log of the same election, however long")
    func anotherLog() throws {
        let ballot = try LoggedBallot.copy().ballot
        try ballot.folder.copy("early.checkpoint", to: "witness")
        try ballot.folder.remove("ballot.ledger")
        let load = ["load"] + Ballot.desk + ["out/B01.register"]
        expectDone(try ballot.run(load + ["--create"]))
        for _ in 0..<20 { expectDone(try ballot.run(load)) }
        #expect(try ballot.status().logEntries > seen(ballot))
        expectStop(
            try ballot.run(["open"] + Ballot.desk + Self.witness), 3, "not those that the witness has seen")
        #expect(try ballot.status().ballot != "open")
    }

    @Test(
        "a witness that is none",
        arguments: ["missing", "empty", "truncated", "foreign", "altered", "a folder", "another election's"])
    func spoiled(_ how: String) throws {
        let ballot = try LoggedBallot.copy().ballot
        try ballot.folder.copy("late.checkpoint", to: "witness")
        let text = try ballot.folder.text("witness")
        var words = "this is not a checkpoint"
        switch how {
        case "missing":
            try ballot.folder.remove("witness")
            words = "there is no witness at witness"
        case "empty": try ballot.folder.write("witness", "")
        case "truncated": try ballot.folder.write("witness", String(text.dropLast(20)))
        case "foreign": try ballot.folder.write("witness", [UInt8](repeating: 0xF7, count: 5000))
        case "altered":
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            try ballot.folder.write("witness", text.replacing("\n\(lines[1])\n", with: "\n3\n"))
            words = "not signed by the desk"
        case "a folder":
            try ballot.folder.remove("witness")
            try ballot.folder.make("witness")
            words = "witness"
        default:
            try ballot.keygen(to: "other")
            expectDone(try ballot.run(ballot.issue(out: "other.out", with: ["--keys": "other/issuing"])))
            expectDone(
                try ballot.run([
                    "load", "--ledger", "other.ledger", "--keys", "other/desk", "--create",
                    "other.out/B01.register", "--witness", "other.witness",
                ]))
            try ballot.folder.write("witness", ballot.folder.text("other.witness"))
            words = "another election's log"
        }
        let before = ballot.folder.snapshot()
        for verb in [["extend", "2099-01-02T00:00Z"], ["redeem"], ["checkpoint"]] {
            expectStop(try ballot.run(verb + Ballot.desk + Self.witness), 3, words)
            #expect(ballot.folder.snapshot() == before, "\(verb)")
        }
    }

    @Test("a new ledger needs a new witness")
    func oldWitness() throws {
        let ballot = try LoggedBallot.copy().ballot
        let load = [
            "load", "--ledger", "new.ledger", "--keys", "ballot/desk", "--create", "out/B01.register",
        ]
        expectStop(
            try ballot.run(load + ["--witness", "late.checkpoint"]), 3, "a new ledger needs a new witness")
        #expect(!ballot.folder.exists("new.ledger"))
    }

    @Test("what cannot be written is told, and what was done is done", .enabled(if: SmallDisk.canBeMade))
    func readOnly() throws {
        let made = try LoggedBallot.copy()
        let ballot = made.ballot
        let disk = try SmallDisk(kilobytes: 64)
        let witness = "\(disk.path)/witness"
        try Data(ballot.folder.bytes("late.checkpoint")).write(to: URL(filePath: witness))
        try disk.makeReadOnly()
        let before = try ballot.status()
        expectStop(
            try ballot.run(["extend", "2099-01-02T00:00Z", "--witness", witness] + Ballot.desk), 3,
            "all is done, but the witness was not written")
        #expect(try ballot.status().logEntries == before.logEntries + 2)
        // Answers are given all the same: the votes are on the disk.
        let voted = try ballot.run(
            ["redeem", "--witness", witness] + Ballot.desk,
            input: .text(made.packs[9].request(Counterfoil.newKey()) + "\n"))
        #expect(voted.status == 3 && voted.errors.contains("the witness was not written"), "\(voted)")
        #expect(try Answer(line: voted.lines[0]).outcome == "accepted")
        #expect(try ballot.status().votes.online == before.votes.online + 1)
        #expect(try Data(contentsOf: URL(filePath: witness)) == Data(ballot.folder.bytes("late.checkpoint")))
    }

    @Test("a ledger that cannot be read at the end leaves the witness as it was, and says so")
    func ledgerGone() throws {
        let ballot = try Ballot(members: 4)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        let child = try ballot.start(["postal"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
        child.write(packs[0].pack + "\n")
        #expect(child.line() == "\(packs[0].pack): received")
        try FileManager.default.moveItem(
            atPath: ballot.folder.path("ballot.ledger"), toPath: ballot.folder.path("moved.ledger"))
        child.endInput()
        expectStop(child.finish(), 3, "all is done, but the witness was not written")
    }

    @Test("two processes, one witness: it only ever goes forward")
    func twoProcesses() throws {
        let ballot = try Ballot(members: 300)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        let redeem = ["redeem"] + Ballot.desk + Self.witness
        let halves = try (0..<2).map { half in
            let child = try ballot.start(redeem, input: .pipe, output: .pipe)
            return (child, packs.enumerated().filter { $0.offset % 2 == half }.map(\.element))
        }
        var last = try seen(ballot)
        // One request at a time: many groups, each of which may show the witness.
        for i in 0..<150 {
            for (child, packs) in halves { child.write(packs[i].request(Counterfoil.newKey()) + "\n") }
            for (child, _) in halves {
                let line = try #require(child.line())
                #expect(try Answer(line: line).outcome == "accepted")
            }
            usleep(15_000)
            let now = try seen(ballot)
            #expect(now >= last)
            last = now
        }
        let entries = try ballot.status().logEntries
        #expect(last < entries + 1 && last > 4, "it was carried on while both were at work")
        for (child, _) in halves { #expect(child.finish().status == 0) }
        #expect(try seen(ballot) == entries)
        expectDone(try ballot.audit("--against", "witness"))
    }

    @Test("at a pipe it lags a second at most, busy or idle")
    func lag() throws {
        let ballot = try Ballot(members: 60)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        let child = try ballot.start(["redeem"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
        func vote(_ pack: Pack) throws {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            #expect(try Answer(line: try #require(child.line())).outcome == "accepted")
        }
        /// How long until the witness has seen what the ledger holds now.
        func lag() throws -> Duration {
            let entries = try ballot.status().logEntries
            let start = ContinuousClock.now
            while try seen(ballot) < entries {
                try #require(ContinuousClock.now - start < .seconds(20), "the witness does not follow")
                usleep(5000)
            }
            return ContinuousClock.now - start
        }
        // Twice in a second, so that the second one finds the witness fresh, and
        // then nothing more.
        for i in 0..<3 {
            try vote(packs[2 * i])
            usleep(100_000)
            try vote(packs[2 * i + 1])
            let idle = try lag()
            // A second, and what a machine that is busy with other tests adds.
            #expect(idle < .seconds(4), "\(idle)")
        }
        #expect(child.finish().status == 0)
    }

    /// What somebody puts in the place of the witness while a desk is open.
    enum Contradiction: String, CaseIterable {
        case longer, ofAnotherLog, asLongAsTheLedger
    }

    @Test("a witness that contradicts the ledger stops the desk", arguments: Contradiction.allCases)
    func contradicted(_ how: Contradiction) throws {
        let ballot = try Ballot(members: 60)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        // An older copy that somebody put under a desk at work looks like this.
        try ballot.folder.copy("ballot.ledger", to: "other.ledger")
        let other = ["--ledger", "other.ledger", "--keys", "ballot/desk"]
        let votes = how == .longer ? 10 : 1
        let requests = packs[..<votes].map { $0.request(Counterfoil.newKey()) }.joined(separator: "\n")
        expectDone(try ballot.run(["redeem"] + other, input: .text(requests + "\n")))
        try ballot.folder.write("other.checkpoint", ballot.run(["checkpoint"] + other).output)

        let child = try ballot.start(["redeem"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
        func vote(_ pack: Pack) throws -> String? {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            return try child.line().map { try Answer(line: $0).outcome }
        }
        #expect(try vote(packs[10]) == "accepted")
        if how != .longer {
            // As many entries as the other log has, or more.
            let size = try seen(ballot, "other.checkpoint")
            var next = 11
            while try ballot.status().logEntries < size + (how == .ofAnotherLog ? 3 : 0) {
                #expect(try vote(packs[next]) == "accepted")
                next += 1
            }
        }
        // In one step: a witness that is not there is another trouble.
        try ballot.folder.copy("other.checkpoint", to: "witness.new")
        #expect(try Child("mv", ["witness.new", "witness"], in: ballot.folder.path).finish().status == 0)
        // It looks once a second. An idle desk ends by itself.
        let start = ContinuousClock.now
        #expect(child.line(within: 30) == nil)
        #expect(ContinuousClock.now - start < .seconds(29), "it waits for its next voter")
        let ended = child.finish()
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("the desk has stopped: "), "\(ended)")
        #expect(
            ended.errors.contains(how == .longer ? "its witness has seen" : "those that the witness has seen")
        )
        #expect(ended.errors.split(separator: "\n").count == 1, "\(ended)")
        #expect(try ballot.folder.text("witness") == ballot.folder.text("other.checkpoint"))
    }

    @Test("it does not follow a ledger that goes back under an open desk")
    func goesBack() throws {
        let ballot = try Ballot(members: 20)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        let child = try ballot.start(["redeem"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
        func vote(_ pack: Pack) throws {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            #expect(try Answer(line: try #require(child.line())).outcome == "accepted")
        }
        func shell(_ command: String) throws {
            let ended = try Child("sqlite3", ["ballot.ledger", command], in: ballot.folder.path).finish()
            #expect(ended.status == 0, "\(ended)")
        }
        try vote(packs[0])
        try shell(".backup older")
        for pack in packs[1..<5] { try vote(pack) }
        let size = try ballot.status().logEntries
        while try seen(ballot) < size { usleep(20_000) }
        try shell(".restore older")
        // An idle desk finds it with its next look at the witness.
        #expect(child.line(within: 30) == nil)
        let ended = child.finish()
        #expect(ended.status == 3 && ended.errors.contains("the desk has stopped: "), "\(ended)")
        #expect(try seen(ballot) == size)
    }

    /// What becomes of the file under an open desk.
    enum Trouble: String, CaseIterable {
        case gone = "is gone"
        case pipe = "is no regular file"
        case folder = "is no regular file, either"
    }

    @Test("a witness that is no file any more is told, and holds nobody up", arguments: Trouble.allCases)
    func trouble(_ trouble: Trouble) throws {
        let ballot = try Ballot(members: 10)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        let child = try ballot.start(
            ["redeem"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
        func vote(_ pack: Pack) throws {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            #expect(try Answer(line: try #require(child.line(within: 20))).outcome == "accepted")
        }
        try vote(packs[0])
        let size = try ballot.status().logEntries
        while try seen(ballot) < size { usleep(20_000) }
        try ballot.folder.remove("witness")
        switch trouble {
        case .gone: break
        case .pipe: #expect(try Child("mkfifo", ["witness"], in: ballot.folder.path).finish().status == 0)
        case .folder: try ballot.folder.make("witness")
        }
        try vote(packs[1])
        let ended = child.finish()
        let words = trouble == .gone ? "is gone" : "is no regular file"
        #expect(ended.status == 3 && ended.errors.contains(words), "\(ended)")
        // Nothing was put in its place.
        if trouble == .gone { #expect(!ballot.folder.exists("witness")) }
    }

    @Test("a witness that is a link stays one: it is on another disk")
    func link() throws {
        let ballot = try Ballot(members: 4)
        try ballot.prepare()
        try ballot.folder.make("elsewhere")
        try ballot.checkpoint("elsewhere/witness")
        try FileManager.default.createSymbolicLink(
            atPath: ballot.folder.path("witness"), withDestinationPath: "elsewhere/witness")
        expectDone(try ballot.run(["extend", "2099-01-02T00:00Z"] + Ballot.desk + Self.witness))
        let size = try ballot.status().logEntries
        #expect(try seen(ballot, "elsewhere/witness") == size)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: ballot.folder.path("witness"))
                == "elsewhere/witness")
    }

    @Test("a desk that was stopped by its witness accepts nothing more")
    func acceptsNothingMore() throws {
        let ballot = try Ballot(members: 60)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        try ballot.folder.copy("ballot.ledger", to: "other.ledger")
        let other = ["--ledger", "other.ledger", "--keys", "ballot/desk"]
        let requests = packs[..<20].map { $0.request(Counterfoil.newKey()) }.joined(separator: "\n")
        expectDone(try ballot.run(["redeem"] + other, input: .text(requests + "\n")))
        try ballot.folder.write("other.checkpoint", ballot.run(["checkpoint"] + other).output)

        let child = try ballot.start(["redeem"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
        // In one step: a witness that is not there is another trouble.
        try ballot.folder.copy("other.checkpoint", to: "witness.new")
        #expect(try Child("mv", ["witness.new", "witness"], in: ballot.folder.path).finish().status == 0)
        var outcomes: [String] = []
        // Votes come all the time, for as long as the desk reads.
        for pack in packs {
            child.write(pack.request(Counterfoil.newKey()) + "\n")
            guard let line = child.line(within: 3) else { break }
            outcomes.append(try Answer(line: line).outcome)
            usleep(100_000)
        }
        #expect(outcomes.count < packs.count, "it went on")
        let accepted = outcomes.prefix { $0 == "accepted" }.count
        #expect(outcomes[accepted...].allSatisfy { $0 == "undecided" }, "\(outcomes)")
        #expect(child.finish().status == 3)
        #expect(try ballot.status().votes.online == accepted)
    }

    @Test("killed at any moment, it lags and never leads")
    func killed() throws {
        let ballot = try Ballot(members: 300)
        try ballot.prepare()
        try ballot.checkpoint("witness")
        let packs = try ballot.packs()
        var lagged = 0
        for round in 0..<10 {
            let mine = packs[(30 * round)..<(30 * round + 30)]
            let child = try ballot.start(["redeem"] + Ballot.desk + Self.witness, input: .pipe, output: .pipe)
            // The witness is due with the first group after a second.
            usleep(useconds_t.random(in: 0...1_200_000))
            child.write(mine.map { $0.request(Counterfoil.newKey()) + "\n" }.joined())
            usleep(useconds_t.random(in: 0...30_000))
            child.signal(SIGKILL)
            #expect(child.finish().status == -SIGKILL)
            let entries = try ballot.status().logEntries
            let seen = try seen(ballot)
            #expect(seen <= entries)
            if seen < entries { lagged += 1 }
            expectDone(try ballot.audit("--against", "witness"))
        }
        #expect(lagged > 0, "no kill came between a commit and the witness")
        expectDone(try ballot.run(["extend", "2099-01-02T00:00Z"] + Ballot.desk + Self.witness))
        #expect(try seen(ballot) == ballot.status().logEntries)
    }
}
