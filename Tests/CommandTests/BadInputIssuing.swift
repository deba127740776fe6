import Foundation
import TestSupport
import Testing

/// What the verbs of the issuing room are given.
extension BadInput {
    // MARK: keygen

    static let keygen: [BadInput] = {
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

    static let roll: [BadInput] = {
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
                name: "a question that is not asked",
                arguments: roll.dropLast() + [
                    "Birthday=date_of_birth", "--answer", "Date of birth=date_of_birth",
                ],
                words: ["does not ask \u{201C}Birthday\u{201D}", "it asks: Date of birth"], prepare: fine))
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

    static let issue: [BadInput] = {
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
