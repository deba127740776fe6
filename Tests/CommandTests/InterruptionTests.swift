import Foundation
import TestSupport
import Testing

@Suite("A run that is broken off")
struct InterruptionTests {
    let ballot: Ballot
    private static let members = 2900 * 2

    init() throws {
        ballot = try Ballot()
        try ballot.folder.write("large.csv", Roll.demo(times: 2).csv)
    }

    private func issue(keys: String = "ballot/issuing", out: String = "out") -> [String] {
        ballot.issue(
            out: out, with: ["--keys": keys, "--roll": "large.csv"],
            more: ["--print", "surname", "--parts", "2"])
    }

    /// When a run is ended: after a part of the time that one takes, or as soon
    /// as a file is there.
    private enum When {
        case after(Double)
        case seeing(String)
    }

    @Test("Whenever it is killed, nothing looks finished, and the next run makes the same packs")
    func killed() throws {
        expectDone(try ballot.keygen(to: "other"))
        let begun = ContinuousClock.now
        expectDone(try ballot.run(issue(keys: "other/issuing", out: "undisturbed")))
        let whole = ContinuousClock.now - begun

        var moments: [When] = [0, 0.1, 0.25, 0.4, 0.6, 0.8, 0.95].map { .after($0) }
        moments += [
            "out", "ballot/issuing/book/B01.batch", "out/B01.1of2.csv.age", "out/B01.2of2.csv.age",
            "out/B01.register", "out/B01.packs.csv", "out/B01.manifest.json.minisig",
        ].map { .seeing($0) }
        var hasCopy = false
        var breaks = 0
        for (i, moment) in moments.enumerated() {
            let isThere = ballot.folder.exists("ballot/issuing/book/B01.batch")
            if case .seeing("ballot/issuing/book/B01.batch") = moment, isThere { continue }
            try? ballot.folder.remove("out")
            let run = try ballot.start(issue())
            switch moment {
            case .after(let part): usleep(UInt32(part * (whole / .seconds(1)) * 1_000_000))
            case .seeing(let file): try ballot.wait(for: file)
            }
            let signal = [SIGKILL, SIGTERM, SIGINT][i % 3]
            run.signal(signal)
            let ended = run.finish()
            // Between the last file that is seen and the signal it may have come to its end.
            if ended.status == 0 { continue }
            breaks += 1
            #expect(ended.status == -signal && ended.output.isEmpty, "\(ended)")
            // After the manifest all is in its place, whether the page was closed or not.
            if ballot.folder.exists("out/B01.manifest.json") { continue }
            try expectNothingFinished()
            guard ballot.folder.exists("ballot/issuing/book/B01.batch") else { continue }
            if !hasCopy {
                try ballot.folder.copy("ballot", to: "copy")
                hasCopy = true
            }
            // Unless an earlier one of these runs came to the end; vectors/README.md, section 15.
            if try ballot.folder.bytes("ballot/issuing/book/B01.batch")[73] == 1 {
                expectStop(
                    try ballot.run(ballot.issue("B02", out: "second")), 1, "batch B01", "not finished",
                    "same roll")
                expectStop(
                    try ballot.run(["destroy", "--keys", "ballot/issuing", "B01"]), 1, "not finished")
            }
        }
        #expect(breaks >= 10, "only \(breaks) runs were broken off")
        try #require(hasCopy)

        // Into what the last of them left, if it did not come to its end.
        let isClosed = try ballot.folder.bytes("ballot/issuing/book/B01.batch")[73] == 2
        if isClosed, ballot.folder.exists("out/B01.manifest.json") { try ballot.folder.remove("out") }
        expectDone(try ballot.run(issue()))
        expectDone(try ballot.run(issue(out: "third")))
        // The same book, and nobody disturbed that run.
        expectDone(try ballot.run(issue(keys: "copy/issuing", out: "fourth")))
        for out in ["third", "fourth"] {
            for file in ["B01.register", "B01.packs.csv"] {
                #expect(try ballot.folder.bytes("\(out)/\(file)") == ballot.folder.bytes("out/\(file)"))
            }
            for part in ["1of2", "2of2"] {
                let name = "B01.\(part).csv.age"
                #expect(try ballot.opened("\(out)/\(name)") == ballot.opened("out/\(name)"))
            }
        }
        let rows = CSV.read(try ballot.opened("out/B01.1of2.csv.age"))
        #expect(rows.count == Self.members / 2 + 1)
        // Another key, other codes.
        #expect(try ballot.opened("undisturbed/B01.1of2.csv.age") != ballot.opened("out/B01.1of2.csv.age"))
    }

    /// The manifest is the mark of a complete run; no file that has a name is
    /// plain, or in part.
    private func expectNothingFinished() throws {
        let names = ballot.folder.names("out")
        #expect(!names.contains("B01.manifest.json"))
        let known: Set = [
            "B01.1of2.csv.age", "B01.2of2.csv.age", "B01.register", "B01.packs.csv",
            "B01.manifest.json.minisig",
        ]
        #expect(names.allSatisfy { known.contains($0) || $0.hasPrefix(".") && $0.hasSuffix(".partial") })
        for name in names where name.hasSuffix(".age") {
            #expect(CSV.read(try ballot.opened("out/\(name)")).count == Self.members / 2 + 1)
        }
        for name in names where name.contains(".csv.age") {
            #expect(
                try ballot.folder.bytes("out/\(name)").starts(with: Array("age-encryption.org/v1\n".utf8)))
        }
    }

    @Test("--plaintext: a run that is killed leaves no code")
    func killedPlain() throws {
        let arguments = ballot.issue(with: ["--roll": "large.csv", "-r": nil], more: ["--plaintext"])
        var breaks = 0
        for milliseconds: UInt32 in [0, 5, 20, 100, 300] {
            try? ballot.folder.remove("out")
            let run = try ballot.start(arguments)
            try ballot.wait(for: "out")
            usleep(milliseconds * 1000)
            run.signal(SIGKILL)
            guard run.finish().status == -SIGKILL, !ballot.folder.exists("out/B01.register") else { continue }
            breaks += 1
            #expect(ballot.folder.names("out").isEmpty)
        }
        #expect(breaks > 0)
    }

    @Test("--plaintext: a file that cannot have its name leaves no code")
    func nameTaken() throws {
        let plain = ballot.issue(out: "again", with: ["-r": nil], more: ["--plaintext"])
        expectDone(try ballot.run(ballot.issue()))
        try ballot.folder.make("again/B01.csv")
        let ended = try ballot.run(plain)
        #expect(ended.status == 3 && ended.errors.contains("again/B01.csv"), "\(ended)")
        #expect(ballot.folder.names("again") == ["B01.csv"])
        try ballot.folder.remove("again/B01.csv")
        #expect(try ballot.run(plain).status == 0)
    }

    @Test("keygen removes what a killed one left, half files too")
    func leftByKeygen() throws {
        try ballot.folder.make(".second.partial/desk")
        try ballot.folder.setMode(".second.partial", 0o700)
        for name in ["desk.key", "desk.key.partial"] {
            try ballot.folder.write(".second.partial/desk/\(name)", "half a key")
        }
        expectDone(try ballot.keygen(to: "second"))
        #expect(!ballot.folder.exists(".second.partial"))
        #expect(ballot.folder.names("second/desk") == ballot.folder.names("ballot/desk"))
    }

    @Test("The roll is changed while it is read", arguments: ["in place", "longer", "shorter"])
    func rollChanged(_ how: String) throws {
        let run = try ballot.start(issue())
        // The page is written between the two readings.
        try ballot.wait(for: "ballot/issuing/book/B01.batch")
        let roll = try FileHandle(forUpdating: URL(filePath: ballot.folder.path("large.csv")))
        let end = try roll.seekToEnd()
        switch how {
        case "in place":
            try roll.seek(toOffset: end - 2)
            try roll.write(contentsOf: Data("X".utf8))
        case "longer": try roll.write(contentsOf: Data(ballot.roll.csv.split(separator: "\n")[1].utf8))
        default: try roll.truncate(atOffset: end / 2)
        }
        try roll.close()
        expectStop(run.finish(), 3, "changed while it was read")
        #expect(ballot.folder.names("out").isEmpty)
    }

    @Test("The roll is changed in the first reading: no batch has begun, and the next run takes the new one")
    func rollChangedEarly() throws {
        // Between the readings it would be too late, and then it is tried again.
        for attempt in 1...4 {
            let (keys, out) = ("keys \(attempt)", "out \(attempt)")
            expectDone(try ballot.keygen(to: keys))
            let issue = issue(keys: "\(keys)/issuing", out: out)
            let run = try ballot.start(issue)
            try ballot.wait(for: out)
            usleep(50_000)
            let roll = try FileHandle(forWritingTo: URL(filePath: ballot.folder.path("large.csv")))
            try roll.seekToEnd()
            let more = ["more \(attempt)"] + ballot.roll.rows[0].dropFirst()
            try roll.write(contentsOf: Data(CSV.write([more]).utf8))
            try roll.close()
            expectStop(run.finish(), 3, "changed while it was read")
            #expect(ballot.folder.names(out).isEmpty)
            if ballot.folder.exists("\(keys)/issuing/book/B01.batch") { continue }
            expectDone(try ballot.run(issue))
            #expect(try ballot.manifest(out: out).packs == Self.members + attempt)
            return
        }
        Issue.record("a batch had begun each time")
    }

    @Test("The roll is replaced while it is read: the run reads the one it began with")
    func rollReplaced() throws {
        let run = try ballot.start(issue())
        try ballot.wait(for: "ballot/issuing/book/B01.batch")
        try ballot.folder.move("large.csv", to: "moved.csv")
        try ballot.folder.write("large.csv", "nothing")
        expectDone(run.finish())
        #expect(try ballot.manifest().packs == Self.members)
    }

    @Test("keygen that is killed leaves no folder that looks finished")
    func killedKeygen() throws {
        let whole = ballot.folder.snapshot("ballot").keys.sorted()
        #expect(whole.count == 11)
        var (finished, broken) = (0, 0)
        // The last ones have time to come to their end, so that both are met.
        for i in 0..<24 {
            let run = try ballot.start([
                "keygen", "--election", "Second", "--out", "second", "--unprotected",
            ])
            usleep(UInt32(i < 20 ? i * 1500 : 400_000 * (i - 19)))
            run.signal(SIGKILL)
            let ended = run.finish()
            if ballot.folder.exists("second") {
                finished += 1
                #expect(ballot.folder.snapshot("second").keys.sorted() == whole)
                try ballot.folder.remove("second")
            } else {
                broken += 1
                #expect(ended.status == -SIGKILL)
            }
        }
        #expect(finished > 0 && broken > 0, "\(finished) came to their end, \(broken) did not")
        expectDone(try ballot.keygen(to: "second"))
        #expect(!ballot.folder.exists(".second.partial"))
    }
}
