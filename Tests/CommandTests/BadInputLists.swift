import Foundation
import TestSupport
import Testing

/// What the verbs of the desk are given: lists, and numbers that somebody typed.
extension BadInput {
    // MARK: Lists

    private static func list(
        _ verb: String, _ file: String, _ arguments: [String], empty: [String] = ["empty"],
        mayChange: [String] = [], wrong: [(String, String, [String])]
    ) -> [BadInput] {
        var cases: [BadInput] = []
        for spoiling in [Spoiling.missing, .foreign, .folder] {
            cases.append(
                BadInput(
                    name: "\(file) \(spoiling.name)", arguments: arguments, words: [], mayChange: mayChange
                ) {
                    try $0.folder.write(file, "")
                    try spoiling.spoil($0, file)
                })
        }
        for (name, text, words) in [("empty", "", empty)] + wrong {
            cases.append(
                BadInput(
                    name: "\(file): \(name)", arguments: arguments, words: words, mayChange: mayChange
                ) { ballot in
                    let pack = try ballot.firstPack()
                    try ballot.folder.write(file, text.replacing("$pack", with: pack))
                })
        }
        return cases
    }

    private static let replace = issue("R01").filter { $0 != "--skip-issued" } + ["--replace", "lost.csv"]

    static let lists: [BadInput] = {
        let reconcile = ["reconcile"] + Ballot.desk + ["B01", "return.csv", "--confirm"]
        let who = [
            "who-voted", "--keys", "ballot/issuing", "--voted", "voted.csv", "--packs", "out/B01.packs.csv",
        ]
        var cases = list(
            "reconcile", "return.csv", reconcile,
            wrong: [
                ("no rows", "pack,status\n", ["no rows"]),
                ("no column", "pack,state\n$pack,packed\n", ["no column", "status"]),
                ("no pack", "pack,status\n$pack,packed\n12,packed\n", ["return.csv, line 3", "pack number"]),
                ("no status", "pack,status\n$pack,\n", ["return.csv, line 2", "packed, remade or missing"]),
                ("another status", "pack,status\n$pack,lost\n", ["return.csv, line 2"]),
                ("cut off", "pack,status\n$pack,packed\n$pack", ["line 3", "1 field instead of 2"]),
            ])
        cases.append(
            BadInput(
                name: "no such batch",
                arguments: ["reconcile"] + Ballot.desk + ["B09", "return.csv"],
                words: ["no batch B09", "counterfoil status"]
            ) { try $0.folder.write("return.csv", "pack,status\n") })
        cases += list(
            "issue", "doubles.csv", issue() + ["--decided", "doubles.csv"],
            wrong: [
                ("no rows", "group,line,voter,decision\n", ["no rows"]),
                ("no column", "group,line,voter\n1,2,3\n", ["no column", "decision"]),
                (
                    "no decision", "group,voter,decision\n1,2,perhaps\n",
                    ["line 2", "same, drop or different"]
                ),
                ("one alone", "group,voter,decision\n1,2,same\n", ["line 2", "at least two rows"]),
            ])
        cases += list(
            "issue", "lost.csv", replace,
            wrong: [
                ("no column", "number,reason\n$pack,lost\n", ["no column", "pack"]),
                ("no pack", "$pack\nthe other one\n", ["line 2", "pack number"]),
                ("no pack in front", "the first one\n$pack\n", ["line 1 ", "pack number"]),
            ])
        cases.append(
            BadInput(
                name: "a pack of another election", arguments: replace,
                words: ["line 3", "pack number"]
            ) { ballot in
                let packs = CSV.read(try ballot.folder.text("other.out/B01.packs.csv"))
                try ballot.folder.write("lost.csv", "pack\n\(try ballot.firstPack())\n\(packs[1][1])\n")
            })
        cases += list(
            "who-voted", "voted.csv", who,
            wrong: [
                ("no column", "pack,how\n$pack,online\n", ["no column", "channel"]),
                ("no pack", "pack,channel\n$pack,online\nnone,post\n", ["line 3", "pack number"]),
            ])
        for spoiling in [Spoiling.missing, .empty, .foreign, .folder] {
            cases.append(
                BadInput(name: "packs.csv \(spoiling.name)", arguments: who, words: []) { ballot in
                    let pack = try ballot.firstPack()
                    try ballot.folder.write("voted.csv", "pack,channel\n\(pack),online\n")
                    try spoiling.spoil(ballot, "out/B01.packs.csv")
                })
        }
        cases.append(
            BadInput(name: "the desk's folder", arguments: who, words: ["polling desk"]) {
                try $0.folder.remove("ballot/issuing")
                try $0.folder.copy("ballot/desk", to: "ballot/issuing")
            })
        cases.append(
            BadInput(
                name: "doubles.csv exists",
                arguments: [
                    "roll", "roll.csv", "--voter", "membership_no", "--same-person", "country",
                ], words: ["doubles.csv", "exists already"]
            ) { ballot in
                var roll = ballot.roll
                for i in roll.rows.indices { roll.rows[i][9] = "Wales" }
                try ballot.folder.write("roll.csv", roll.csv)
                try ballot.folder.write("doubles.csv", "what an officer has decided\n")
            })
        cases.append(
            BadInput(
                name: "no such column to compare",
                arguments: ["roll", "roll.csv", "--voter", "membership_no", "--same-person", "sirname"],
                words: ["did you mean \u{201C}surname\u{201D}"], prepare: fine))
        return cases
    }()

    // MARK: Numbers that were typed

    static let numbers: [BadInput] = {
        var cases: [BadInput] = []
        for act in acts where act.contains("$pack") {
            for (name, pack, words) in [
                ("no number", "Smith", ["compare it with the envelope"]),
                ("too short", "7K3M-9QXP", ["compare it with the envelope"]), ("empty", "", ["envelope"]),
                ("foreign letter", "UUUU-9QXP-2F4T", ["look again at group 1"]),
            ] {
                cases.append(
                    BadInput(
                        name: name,
                        arguments: [act[0]] + Ballot.desk + act.dropFirst().map { $0 == "$pack" ? pack : $0 },
                        words: words, mayChange: ["ballot.ledger"], prepare: fine))
                // An annulling is of one scan, and so of one pack.
                if act[0] == "annul" { continue }
                cases.append(
                    BadInput(
                        name: "\(name), after a good one",
                        arguments: [act[0]] + Ballot.desk + [act[1], pack] + act.dropFirst(2), words: words,
                        mayChange: ["ballot.ledger"], prepare: fine))
            }
        }
        cases.append(
            BadInput(
                name: "no such batch", arguments: ["withdraw"] + Ballot.desk + ["B09", "--reason", "court"],
                status: 1, words: ["Batch B09", "counterfoil status"], mayChange: ["ballot.ledger"],
                prepare: fine))
        cases.append(
            BadInput(
                name: "list exists",
                arguments: ["report", "--ledger", "ballot.ledger", "--voted", "roll.csv"],
                words: ["roll.csv", "exists already"], prepare: fine))
        cases.append(
            BadInput(
                name: "no folder for the list",
                arguments: ["report", "--ledger", "ballot.ledger", "--voted", "no/where.csv"],
                words: ["no such file or folder"], prepare: fine))
        for verb in ["check", "postal"] {
            cases.append(
                BadInput(
                    name: "input closed", arguments: [verb] + Ballot.desk, input: .closed,
                    words: ["standard input"], mayChange: ["ballot.ledger"], prepare: fine))
            cases.append(
                BadInput(
                    name: "input a folder", arguments: [verb] + Ballot.desk, input: .file("/"),
                    words: ["standard input"], mayChange: ["ballot.ledger"], prepare: fine))
        }
        return cases
    }()
}
