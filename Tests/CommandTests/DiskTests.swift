import Foundation
import TestSupport
import Testing

@Suite(
    "Disks that are full or read-only, and streams that nobody has opened",
    .enabled(if: SmallDisk.canBeMade, "only root can mount a small disk"))
struct DiskTests {
    @Test("keygen on a full disk makes no folder", arguments: [0, 4, 8, 16, 24, 32])
    func keygen(_ free: Int) throws {
        let ballot = try Ballot(members: 3)
        let disk = try SmallDisk(kilobytes: 64)
        try disk.fill(leaving: free)
        let keygen = ["keygen", "--election", "Full", "--unprotected", "--out", "\(disk.path)/keys"]
        let ended = try ballot.run(keygen)
        if ended.status != 0 || free < 16 {
            expectStop(ended, 3, "the disk is full")
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["filler"])
        }
        disk.empty()
        if ended.status != 0 { expectDone(try ballot.run(keygen)) }
        expectDone(
            try ballot.run(
                ballot.issue(with: ["--keys": "\(disk.path)/keys/issuing"], more: []).filter {
                    !["--answer", "Date of birth=date_of_birth"].contains($0)
                }))
    }

    @Test("issue: the print file does not fit", arguments: [0, 64, 450])
    func issueOut(_ free: Int) throws {
        let ballot = try Ballot()
        try ballot.folder.write("roll.csv", Roll.demo(times: 1).csv)
        let disk = try SmallDisk(kilobytes: 4096)
        try disk.fill(leaving: free)
        let issue = ballot.issue(out: "\(disk.path)/out", more: ["--print", "surname"])
        expectStop(try ballot.run(issue), 3, "the disk is full")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(disk.path)/out")) ?? []
        #expect(!names.contains("B01.manifest.json") && !names.contains("B01.csv"), "\(names)")
        disk.empty()
        expectDone(try ballot.run(issue))
        expectDone(try ballot.run(ballot.issue(more: ["--print", "surname"])))
        let text = try ballot.opened("\(disk.path)/out/B01.csv.age")
        #expect(try text == ballot.opened("out/B01.csv.age") && CSV.read(text).count == 2901)
    }

    @Test("issue: the book does not fit", arguments: [0, 64, 100])
    func issueBook(_ free: Int) throws {
        let ballot = try Ballot()
        try ballot.folder.write("roll.csv", Roll.demo(times: 1).csv)
        let disk = try SmallDisk(kilobytes: 4096)
        try FileManager.default.copyItem(
            atPath: ballot.folder.path("ballot/issuing"), toPath: "\(disk.path)/issuing")
        try disk.fill(leaving: free)
        let issue = ballot.issue(with: ["--keys": "\(disk.path)/issuing"])
        expectStop(try ballot.run(issue), 3, "the disk is full")
        #expect(!ballot.folder.exists("out/B01.manifest.json"))
        disk.empty()
        expectDone(try ballot.run(issue))
        let packs = try ballot.opened("out/B01.csv.age")
        expectDone(try ballot.run(ballot.issue(out: "again", with: ["--keys": "\(disk.path)/issuing"])))
        #expect(try ballot.opened("again/B01.csv.age") == packs)
    }

    @Test("load: the ledger does not fit")
    func load() throws {
        let ballot = try Ballot(members: 2900)
        expectDone(try ballot.run(ballot.issue()))
        for free in [0, 16, 64, 300, 700] { try load(ballot, free) }
    }

    private func load(_ ballot: Ballot, _ free: Int) throws {
        let disk = try SmallDisk(kilobytes: 4096)
        try disk.fill(leaving: free)
        let load = ["load", "--ledger", "\(disk.path)/l", "--keys", "ballot/desk", "out/B01.register"]
        let ended = try ballot.run(load + ["--create"])
        // Where its shared memory does not fit, SQLite calls that an I/O error.
        expectStop(ended, 3, "disk")
        let made = FileManager.default.fileExists(atPath: "\(disk.path)/l")
        #expect(ended.errors.contains("load again without --create") == made)
        if made && !ended.errors.contains("it is not known") {
            #expect(try ballot.status("\(disk.path)/l").batches.isEmpty)
        }
        disk.empty()
        expectDone(try ballot.run(load + (made ? [] : ["--create"])))
        #expect(try ballot.status("\(disk.path)/l").batches.map(\.packs) == [2900])
    }

    @Test("redeem: the disk fills; what was accepted stays, the rest is undecided")
    func redeem() throws {
        let ballot = try Ballot(members: 1500)
        try ballot.prepare()
        let disk = try SmallDisk(kilobytes: 8192)
        let ledger = "\(disk.path)/ballot.ledger"
        try FileManager.default.copyItem(atPath: ballot.folder.path("ballot.ledger"), toPath: ledger)
        let packs = try ballot.packs()
        let requests = packs.map { $0.request(Counterfoil.newKey()) }
        let redeem = try ballot.start(
            ["redeem", "--ledger", ledger, "--keys", "ballot/desk"], input: .pipe, output: .pipe)
        redeem.write(requests[0] + "\n")
        var answers = [try Answer(line: #require(redeem.line()))]
        #expect(answers[0].outcome == "accepted")
        try disk.fill(leaving: 256)
        redeem.feed(requests.dropFirst().map { $0 + "\n" }.joined())
        while let line = redeem.line() { answers.append(try Answer(line: line)) }
        expectStop(redeem.finish(), 3, "ask again with the same keys")
        #expect(answers.count == 1500)
        let accepted = answers.prefix { $0.outcome == "accepted" }.count
        #expect(accepted < 1500 && answers.dropFirst(accepted).allSatisfy { $0.outcome == "undecided" })

        disk.empty()
        let again = try ballot.redeem(requests, ledger: ledger)
        for (before, after) in zip(answers, again) {
            if before.outcome == "accepted" {
                #expect(after.outcome == "repeated" && after.receipt == before.receipt)
            } else {
                #expect(["accepted", "repeated"].contains(after.outcome))
            }
        }
        #expect(try ballot.status(ledger).votes.online == 1500)
    }

    @Test("A read-only disk")
    func readOnly() throws {
        let ballot = try Ballot(members: 3)
        try ballot.prepare()
        let disk = try SmallDisk(kilobytes: 1024)
        for name in ["ballot", "ballot.ledger", "out"] {
            try FileManager.default.copyItem(atPath: ballot.folder.path(name), toPath: "\(disk.path)/\(name)")
        }
        try disk.makeReadOnly()
        let (keys, ledger) = ("\(disk.path)/ballot", "\(disk.path)/ballot.ledger")
        let desk = ["--ledger", ledger, "--keys", "\(keys)/desk"]
        let verbs: [[String]] = [
            ["keygen", "--election", "a", "--unprotected", "--out", "\(disk.path)/new"],
            ballot.issue("B02", out: "\(disk.path)/new"),
            ballot.issue("B02", out: "new", with: ["--keys": "\(keys)/issuing"]),
            ["destroy", "--keys", "\(keys)/issuing", "B01", "--confirm"],
            ["load"] + desk + ["out/B01.register"],
            [
                "load", "--ledger", "\(disk.path)/new", "--keys", "\(keys)/desk", "--create",
                "out/B01.register",
            ],
            ["activate"] + desk + ["B01", "--unreconciled"], ["open"] + desk, ["redeem"] + desk,
        ]
        for verb in verbs { expectStop(try ballot.run(verb), 3) }
        // To look at it is no change.
        #expect(try ballot.status(ledger).batches.count == 1)
        expectDone(
            try ballot.run([
                "load", "--ledger", "new.ledger", "--keys", "\(keys)/desk", "--create",
                "\(disk.path)/out/B01.register",
            ]))
    }
}

@Suite("Standard streams that are closed, full, or not read")
struct StreamTests {
    private static let outputs: [(name: String, output: Output, words: String)] = [
        ("closed", .closed, "not open"), ("unread", .unread, "nobody reads"),
        ("full", .file("/dev/full"), "the disk is full"),
    ]

    @Test("No result can be written", arguments: 0..<3)
    func output(_ which: Int) throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let (_, output, words) = Self.outputs[which]
        let verbs: [[String]] = [
            ["roll", "roll.csv", "--voter", "membership_no"], ["status", "--ledger", "ballot.ledger"],
            ["status", "--ledger", "ballot.ledger", "--json"], ballot.issue(out: "again"),
            ["load"] + Ballot.desk + ["out/B01.register"],
            ["activate"] + Ballot.desk + ["B01", "--unreconciled"], ["open"] + Ballot.desk,
            ["destroy", "--keys", "ballot/issuing", "B01", "--confirm"],
            ["keygen", "--election", "New", "--unprotected", "--out", "new"],
        ]
        for verb in verbs {
            expectStop(try ballot.run(verb, output: output), 3, "standard output", words)
        }
        // What was asked is done all the same, and whole.
        #expect(ballot.folder.exists("again/B01.manifest.json") && ballot.folder.snapshot("new").count == 11)
    }

    @Test("Answers that nobody hears are undecided; the same keys find out", arguments: 0..<3)
    func answers(_ which: Int) throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let requests = try ballot.packs().map { $0.request(Counterfoil.newKey()) }
        let before = ballot.folder.names()
        let ended = try ballot.run(
            ["redeem"] + Ballot.desk, input: .text(requests.joined(separator: "\n")),
            output: Self.outputs[which].output)
        expectStop(ended, 3, Self.outputs[which].words, "undecided", "ask again with the same keys")
        #expect(ballot.folder.names() == before)
        let lock = try ballot.folder.text("ballot.ledger-lock")
        #expect(
            lock.wholeMatch(of: /copied  \d{20} \d{20}\nentries \d{20} \d{20}\nlog     \d{20} \d{20}\n/)
                != nil,
            "answers were written into a file of the ledger")
        let again = try ballot.redeem(requests)
        #expect(again.allSatisfy { ["accepted", "repeated"].contains($0.outcome) })
    }

    @Test("No file takes the place of a stream that is closed")
    func closed() throws {
        let ballot = try Ballot(members: 5)
        let arguments = ballot.issue(with: ["-r": nil], more: ["--plaintext"])
        let ended = try ballot.run(arguments, input: .closed, output: .closed, errors: .closed)
        #expect(ended.status == 3 && ballot.folder.exists("out/B01.manifest.json"))
        #expect(try ballot.folder.bytes("ballot/issuing/book/.lock").isEmpty)
        #expect(try !ballot.folder.text("out/B01.csv").contains("Warning"))
        // The same run with its streams open finds everything in order.
        expectDone(try ballot.run(ballot.issue(out: "again")))
    }
}
