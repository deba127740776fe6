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
            "extend", "close", "check", "redeem", "postal", "cancel", "unlock", "annul", "withdraw", "status",
            "show", "report", "checkpoint", "audit", "prove", "verify-proof", "database",
        ] {
            for arguments in [["help", verb], [verb, "--help"]] {
                let help = try ballot.run(arguments)
                expectDone(help)
                #expect(
                    help.output.contains("Example") && help.output.contains("counterfoil \(verb)"), "\(verb)")
                // On a terminal of 80 columns no example is broken, for people to copy.
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
}

extension BadInput {
    static let all =
        keygen + roll + issue + keys + desk + register + ledgers + lists + numbers + log

    static func fine(_: Ballot) throws {}

    // MARK: keygen

    private static let keygen: [BadInput] = {
        func keygen(_ more: String...) -> [String] {
            ["keygen", "--election", "Second", "--unprotected"] + more
        }
        var cases = [
            BadInput(
                name: "folder exists", arguments: keygen("--out", "ballot"),
                words: ["exists already", "never overwritten"], prepare: fine),
            BadInput(
                name: "empty folder exists", arguments: keygen("--out", "empty/"), words: ["exists already"],
                prepare: fine),
            BadInput(
                name: "file exists", arguments: keygen("--out", "roll.csv"), words: ["exists already"],
                prepare: fine),
            BadInput(name: "link to nothing", arguments: keygen("--out", "link"), words: ["link"]) {
                try FileManager.default.createSymbolicLink(
                    atPath: $0.folder.path("link"), withDestinationPath: "nowhere")
            },
            BadInput(
                name: "no parent", arguments: keygen("--out", "no/where"), words: ["no such file or folder"],
                prepare: fine),
            BadInput(
                name: "parent is a file", arguments: keygen("--out", "roll.csv/keys"), words: ["no folder"],
                prepare: fine),
            BadInput(
                name: "no name for a folder", arguments: keygen("--out", ""), words: ["cannot make"],
                prepare: fine),
            BadInput(
                name: "name of two lines",
                arguments: ["keygen", "--election", "a\nb", "--unprotected", "--out", "new"],
                words: ["control characters"], prepare: fine),
            BadInput(
                name: "name too long",
                arguments: [
                    "keygen", "--election", String(repeating: "a", count: 201), "--unprotected", "--out",
                    "new",
                ], words: ["1 to 200 bytes"], prepare: fine),
            BadInput(
                name: "a question twice",
                arguments: keygen("--out", "new", "--ask", "Town:text", "--ask", "Town:text"),
                words: ["twice"], prepare: fine),
        ]
        for spoiling in [Spoiling.missing, .empty, .truncated, .foreign, .folder] {
            cases.append(
                BadInput(
                    name: "previous election \(spoiling.name)",
                    arguments: keygen("--out", "new", "--previous", "other/public/election.json"),
                    words: ["other/public/election.json"]
                ) { try spoiling.spoil($0, "other/public/election.json") })
        }
        return cases
    }()

    // MARK: roll and issue

    private static let spoiledRolls: [(String, [String], @Sendable (Ballot) throws -> Void)] = [
        ("missing", ["roll.csv", "no such file"], { try $0.folder.remove("roll.csv") }),
        ("a folder", ["roll.csv", "folder"], { try Spoiling.folder.spoil($0, "roll.csv") }),
        ("empty", ["empty", "export it again"], { try $0.folder.write("roll.csv", "") }),
        ("header alone", ["no rows"], { try $0.folder.write("roll.csv", "membership_no,date_of_birth\n") }),
        (
            "workbook", ["workbook", "CSV UTF-8"],
            {
                try $0.folder.write(
                    "roll.csv", Array("PK\u{03}\u{04}".utf8) + [UInt8](repeating: 0, count: 500))
            }
        ),
        (
            "UTF-16", ["UTF-16"],
            { try $0.folder.write("roll.csv", [UInt8]($0.roll.csv.data(using: .utf16)!)) }
        ),
        ("binary", ["not UTF-8"], { try Spoiling.foreign.spoil($0, "roll.csv") }),
        (
            "cut off in a quote", ["never closed"],
            { try $0.folder.write("roll.csv", $0.roll.csv + "\"half a") }
        ),
        (
            "cut off in a row", ["line 1", "1 field instead of 14"],
            { ballot in
                try ballot.folder.write("roll.csv", ballot.roll.csv + "123456")
            }
        ),
        ("a NUL", ["NUL byte"], { try $0.folder.write("roll.csv", $0.roll.csv + "\0\n") }),
        ("two columns of a name", ["two columns"], { try $0.folder.write("roll.csv", "a,a\n1,2\n") }),
    ]

    private static let roll: [BadInput] = {
        let roll = [
            "roll", "roll.csv", "--voter", "membership_no", "--election", "ballot/public/election.json",
            "--answer", "Date of birth=date_of_birth",
        ]
        var cases: [BadInput] = []
        // What is wrong within a file is a verdict on the roll; a file that
        // cannot be read at all is none.
        for (name, words, spoil) in spoiledRolls where ["missing", "a folder"].contains(name) {
            cases.append(BadInput(name: "roll \(name)", arguments: roll, words: words, prepare: spoil))
        }
        for spoiling in [Spoiling.missing, .empty, .truncated, .foreign, .folder] {
            cases.append(
                BadInput(name: "election \(spoiling.name)", arguments: roll, words: ["election.json"]) {
                    try spoiling.spoil($0, "ballot/public/election.json")
                })
        }
        cases.append(
            BadInput(
                name: "no such column", arguments: ["roll", "roll.csv", "--voter", "number"],
                words: ["no column"], prepare: fine))
        cases.append(
            BadInput(
                name: "voter not said", arguments: ["roll", "roll.csv"], status: 1, words: ["--voter"],
                prepare: fine))
        cases.append(
            BadInput(
                name: "input closed", arguments: ["roll", "-"], input: .closed, words: ["standard input"],
                prepare: fine))
        cases.append(
            BadInput(name: "input empty", arguments: ["roll", "-"], words: ["empty"], prepare: fine))
        return cases
    }()

    static func issue(
        _ batch: String = "B02", out: String = "new", keys: String = "ballot/issuing",
        roll: String = "roll.csv"
    ) -> [String] {
        [
            "issue", "--keys", keys, "--roll", roll, "--voter", "membership_no", "--answer",
            "Date of birth=date_of_birth", "-r",
            "age1rxg7ucehff9x0y4t3pstjpl22cpku46sdwszs7yzuespehz0mg7qwevr0m", "--batch", batch, "--out", out,
            "--skip-issued",
        ]
    }

    private static let issue: [BadInput] = {
        var cases = spoiledRolls.map { name, words, spoil in
            BadInput(
                name: "roll \(name)", arguments: issue(),
                words: name == "cut off in a row" ? ["1 field instead of 14"] : words,
                mayChange: ["", "new"], prepare: spoil)
        }
        cases += [
            BadInput(
                name: "roll on closed input", arguments: issue(roll: "-"), input: .closed,
                words: ["standard input"], mayChange: ["", "new"], prepare: fine),
            BadInput(
                name: "roll on input that is a folder", arguments: issue(roll: "-"), input: .file("/"),
                words: ["standard input"], mayChange: ["", "new"], prepare: fine),
            BadInput(
                name: "nobody left", arguments: issue(), status: 1, words: ["nobody is left"],
                mayChange: ["", "new"], prepare: fine),
            BadInput(
                name: "out is a file", arguments: issue(out: "roll.csv"), words: ["roll.csv", "no folder"],
                prepare: fine),
            BadInput(
                name: "no parent of out", arguments: issue(out: "no/where"),
                words: ["no/where", "no such file or folder"], prepare: fine),
            BadInput(
                name: "batch complete", arguments: issue("B01", out: "out"), status: 1,
                words: ["out/B01.manifest.json", "another --out"], prepare: fine),
            BadInput(
                name: "an empty voter id", arguments: issue(), words: ["line 2", "voter id is empty"],
                mayChange: ["", "new"]
            ) {
                var roll = $0.roll
                roll.rows[0][0] = " "
                try $0.folder.write("roll.csv", roll.csv)
            },
            BadInput(
                name: "a voter twice", arguments: issue(keys: "other/issuing"), words: ["the same voter id"],
                mayChange: ["", "new", "other/issuing/book"]
            ) {
                var roll = $0.roll
                roll.rows.append(roll.rows[1])
                for i in roll.rows.indices { roll.rows[i][0] += "-2" }
                try $0.folder.write("roll.csv", roll.csv)
            },
        ]
        return cases
    }()
}
