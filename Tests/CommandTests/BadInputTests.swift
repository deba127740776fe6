import Foundation
import TestSupport
import Testing

/// One thing that is wrong, and the command that meets it.
struct BadInput: Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String]
    var input = Input.nothing
    var status: Int32 = 3
    let words: [String]
    /// Names of what may be different afterwards.
    var mayChange: [String] = []
    let prepare: @Sendable (Ballot) throws -> Void

    var testDescription: String { "\(arguments.first ?? ""): \(name)" }
}

/// Ways to spoil a file, and what the command should say.
struct Spoiling: Sendable {
    let name: String
    let words: [String]
    let spoil: @Sendable (Ballot, String) throws -> Void

    init(_ name: String, _ words: String..., spoil: @escaping @Sendable (Ballot, String) throws -> Void) {
        self.name = name
        self.words = words
        self.spoil = spoil
    }

    static let missing = Spoiling("missing") { try $0.folder.remove($1) }
    static let empty = Spoiling("empty") { try $0.folder.write($1, "") }
    static let truncated = Spoiling("truncated") {
        try $0.folder.write($1, Array(try $0.folder.bytes($1).dropLast(7)))
    }
    static let foreign = Spoiling("something else") {
        try $0.folder.write($1, [UInt8](repeating: 0xF7, count: 5000))
    }
    static let folder = Spoiling("a folder in its place") {
        try $0.folder.remove($1)
        try $0.folder.make($1)
    }
    static let shared = Spoiling("readable by others", "chmod 600") { try $0.folder.setMode($1, 0o644) }
    static let groupShared = Spoiling("readable by its group", "chmod 600") {
        try $0.folder.setMode($1, 0o640)
    }
}

@Suite("What is wrong is said in one line, and nothing is changed")
struct BadInputTests {
    /// Made once and copied for each case: 12 members, batch B01 issued, loaded
    /// and active, the ballot open; and a second election with all of its own.
    private static let whole: Result<Ballot, any Error> = Result {
        let ballot = try Ballot(members: 12)
        try ballot.prepare()
        try ballot.keygen(to: "other")
        expectDone(try ballot.run(ballot.issue(out: "other.out", with: ["--keys": "other/issuing"])))
        expectDone(
            try ballot.run([
                "load", "--ledger", "other.ledger", "--keys", "other/desk", "--create",
                "other.out/B01.register",
            ]))
        try ballot.folder.make("empty")
        // A return that adds up, for what is wrong beside it.
        let packs = CSV.read(try ballot.folder.text("out/B01.packs.csv")).dropFirst()
        try ballot.folder.write(
            "return.csv", CSV.write([["pack", "status"]] + packs.map { [$0[1], "packed"] }))
        // What is static is never let go.
        atexit { try? FileManager.default.removeItem(atPath: BadInputTests.whole.get().folder.path) }
        return ballot
    }

    @Test(arguments: BadInput.all)
    func isRefused(_ bad: BadInput) throws {
        let ballot = try Ballot(copying: Self.whole.get())
        try bad.prepare(ballot)
        let before = ballot.folder.snapshot()
        let pack = bad.arguments.contains("$pack") ? try Self.whole.get().firstPack() : ""
        let ended = try ballot.run(bad.arguments.map { $0 == "$pack" ? pack : $0 }, input: bad.input)
        expectStop(ended, bad.status)
        for word in bad.words { #expect(ended.errors.contains(word), "\(ended)") }
        if bad.arguments[0] != "roll" { #expect(ended.output.isEmpty, "\(ended)") }
        let after = ballot.folder.snapshot()
        for name in Set(before.keys).union(after.keys) where before[name] != after[name] {
            let isAllowed = bad.mayChange.contains {
                name == $0 || name.hasPrefix($0 + "/") || name == $0 + "-wal"
            }
            #expect(isAllowed, "\(name) was \(before[name] ?? "not there"), is \(after[name] ?? "not there")")
        }
    }

    @Test("Every byte of a register is signed")
    func alteredRegister() throws {
        let ballot = try Ballot(copying: Self.whole.get())
        let good = try ballot.folder.bytes("other.out/B01.register")
        let load = [
            "load", "--ledger", "new.ledger", "--keys", "other/desk", "--create", "other.out/B01.register",
        ]
        for place in stride(from: 0, to: good.count, by: 41) {
            try ballot.folder.damage("other.out/B01.register", at: place)
            expectStop(try ballot.run(load), 3)
            #expect(!ballot.folder.exists("new.ledger"), "byte \(place)")
            try ballot.folder.write("other.out/B01.register", good)
        }
        expectDone(try ballot.run(load))
    }

    @Test("Every byte of a key file is sealed")
    func alteredKey() throws {
        let ballot = try Ballot(copying: Self.whole.get())
        let good = try ballot.folder.bytes("ballot/desk/desk.key")
        for place in stride(from: 0, to: good.count, by: 9) {
            try ballot.folder.damage("ballot/desk/desk.key", at: place)
            let ended = try ballot.run(["open"] + Ballot.desk)
            expectStop(ended, 3)
            try ballot.folder.write("ballot/desk/desk.key", good)
        }
        expectDone(try ballot.run(["open"] + Ballot.desk))
    }

    @Test("A refused load leaves the ledger as it was")
    func refusedLoad() throws {
        let ballot = try Ballot(copying: Self.whole.get())
        let before = try ballot.status()
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/B01.register"]))
        #expect(try ballot.status().batches == before.batches)
        for register in ["other.out/B01.register", "roll.csv"] {
            expectStop(try ballot.run(["load"] + Ballot.desk + [register]))
            #expect(try ballot.status().batches == before.batches)
        }
        // Another register of the same name: the book was lost, and the batch issued anew.
        try ballot.folder.remove("ballot/issuing/book")
        expectDone(try ballot.run(ballot.issue(out: "anew")))
        expectStop(
            try ballot.run(["load"] + Ballot.desk + ["anew/B01.register"]), 3, "another register named B01")
        #expect(try ballot.status().batches == before.batches)
    }

    @Test("No help is wrong usage, help is none")
    func usage() throws {
        let ballot = try Ballot(copying: Self.whole.get())
        for verb in [
            "keygen", "roll", "issue", "destroy", "who-voted", "load", "reconcile", "activate", "open",
            "extend", "close", "check", "redeem", "postal", "cancel", "unlock", "annul", "withdraw", "reopen",
            "status",
            "show", "report", "checkpoint", "audit", "prove", "verify-proof", "database",
        ] {
            for arguments in [["help", verb], [verb, "--help"]] {
                let help = try ballot.run(arguments)
                expectDone(help)
                #expect(
                    help.output.contains("Example") && help.output.contains("counterfoil \(verb)"), "\(verb)")
                // On a terminal of 80 columns no example is broken, so that people can
                // copy it.
                let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
                for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  counterfoil ") {
                    #expect(next.isEmpty || next.hasPrefix("  "), "\(line)\n\(next)")
                }
            }
            let none = try ballot.run([verb])
            #expect(none.status == 64 && none.output.isEmpty && none.errors.contains("Usage: "), "\(none)")
        }
        let version = try ballot.run(["--version"])
        expectDone(version)
        #expect(version.output.wholeMatch(of: /counterfoil \d+\.\d+\.\d+\S*\n/) != nil, "\(version)")
        #expect(try ballot.run(["vote"]).status == 64)
    }

    @Test("What an officer writes into the log has 80 bytes at most", arguments: ["--by", "--reference"])
    func officers(_ option: String) throws {
        let ballot = try Ballot(copying: Self.whole.get())
        let longest = String(repeating: "\u{E9}", count: 40)
        let open = ["open"] + Ballot.desk + [option]
        #expect(try ballot.run(open + [longest]).status != 64)
        let more = try ballot.run(open + [longest + "x"])
        #expect(more.status == 64 && more.errors.contains("at most 80 bytes"), "\(more)")
    }
}

extension BadInput {
    static let all =
        keygen + roll + issue + keys + desk + register + ledgers + lists + numbers + log

    static func fine(_: Ballot) throws {}
}
