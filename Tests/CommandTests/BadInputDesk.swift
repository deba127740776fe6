import Foundation
import TestSupport
import Testing

/// What the verbs of the desk are given: keys, ledgers and registers.
extension BadInput {
    // MARK: Keys

    static let keys: [BadInput] = {
        let verbs: [(room: String, file: String, arguments: (String) -> [String])] = [
            ("issuing", "issuing.key", { issue(keys: $0) }),
            ("issuing", "issuing.key", { ["destroy", "--keys", $0, "B01"] }),
            (
                "desk", "desk.key",
                { ["load", "--ledger", "ballot.ledger", "--keys", $0, "out/B01.register"] }
            ),
            (
                "desk", "desk.key",
                { ["load", "--ledger", "new.ledger", "--keys", $0, "--create", "out/B01.register"] }
            ),
            (
                "desk", "desk.key",
                { ["activate", "--ledger", "ballot.ledger", "--keys", $0, "B01", "--unreconciled"] }
            ),
            ("desk", "desk.key", { ["open", "--ledger", "ballot.ledger", "--keys", $0] }),
            ("desk", "desk.key", { ["redeem", "--ledger", "ballot.ledger", "--keys", $0] }),
        ]
        let more = acts.map { act -> (room: String, file: String, arguments: (String) -> [String]) in
            ("desk", "desk.key", { [act[0], "--ledger", "ballot.ledger", "--keys", $0] + act.dropFirst() })
        }
        var cases: [BadInput] = []
        for verb in verbs + more {
            let (room, file) = (verb.room, verb.file)
            let folder = "ballot/\(room)"
            func add(
                _ name: String, _ words: [String], keys: String? = nil,
                _ prepare: @escaping @Sendable (Ballot) throws -> Void
            ) {
                cases.append(
                    BadInput(
                        name: name, arguments: verb.arguments(keys ?? folder), words: words, prepare: prepare)
                )
            }
            for spoiling in [Spoiling.missing, .empty, .truncated, .foreign, .folder, .shared, .groupShared] {
                add("key \(spoiling.name)", spoiling.words) {
                    try spoiling.spoil($0, "\(folder)/\(file)")
                }
            }
            for spoiling in [Spoiling.missing, .empty, .truncated, .foreign, .folder] {
                add("election.json \(spoiling.name)", ["election.json"]) {
                    try spoiling.spoil($0, "\(folder)/election.json")
                }
            }
            add("election.json altered", ["election"]) {
                let text = try $0.folder.text("\(folder)/election.json")
                try $0.folder.write(
                    "\(folder)/election.json", text.replacing("Leadership", with: "Committee"))
            }
            add("no folder", [verb.file], keys: "nowhere", fine)
            add("the public folder", [verb.file], keys: "ballot/public", fine)
            add("the key file itself", [verb.file], keys: "\(folder)/\(file)", fine)
            add("another election's key", ["another election"]) { ballot in
                try ballot.folder.write(
                    "\(folder)/\(file)", ballot.folder.bytes("other/\(room)/\(file)"))
            }
            if verb.room == "issuing" {
                add("the desk's folder", ["polling desk", "issuing room"], keys: "ballot/desk", fine)
                add("the desk's key under its name", ["polling desk"]) { ballot in
                    try ballot.folder.write(
                        "ballot/issuing/issuing.key", ballot.folder.bytes("ballot/desk/desk.key"))
                }
            } else {
                add("the issuing room's folder", ["must never be at the desk"], keys: "ballot/issuing", fine)
                add("an issuing key lies at the desk", ["must never be at the desk"]) {
                    try $0.folder.copy("ballot/issuing/issuing.key", to: "ballot/desk/issuing.key")
                }
                add("the issuing key under its name", ["issuing room"]) { ballot in
                    try ballot.folder.write(
                        "ballot/desk/desk.key", ballot.folder.bytes("ballot/issuing/issuing.key"))
                }
            }
        }
        cases.append(
            BadInput(
                name: "no such batch", arguments: ["destroy", "--keys", "ballot/issuing", "B09"], status: 1,
                words: ["no batch B09"], prepare: fine))
        cases.append(
            BadInput(
                name: "a page of another election",
                arguments: ["destroy", "--keys", "ballot/issuing", "B01"], words: ["another election"]
            ) { ballot in
                try ballot.folder.write(
                    "ballot/issuing/book/B01.batch", ballot.folder.bytes("other/issuing/book/B01.batch"))
            })
        return cases
    }()

    // MARK: The desk

    /// What officers and the desk do beside the main job, without its options.
    static let acts: [[String]] = [
        ["check"], ["postal", "$pack"], ["postal"], ["reconcile", "B01", "return.csv", "--confirm"],
        ["extend", "2099-01-01T00:00Z"], ["close"], ["close", "--final", "--confirm"],
        ["cancel", "$pack", "--reason", "lost", "--confirm"], ["unlock", "$pack"],
        ["annul", "$pack", "--scan", "2026-09-02T17:00Z", "--reason", "mistake"],
        ["withdraw", "B01", "--reason", "court", "--confirm"], ["reopen", "--reason", "lost", "--by", "A"],
    ]

    static let desk: [BadInput] = [
        BadInput(
            name: "no such batch", arguments: ["activate"] + Ballot.desk + ["B09", "--unreconciled"],
            status: 1, words: ["Batch B09", "counterfoil status"], mayChange: ["ballot.ledger"],
            prepare: fine),
        BadInput(
            name: "input closed", arguments: ["redeem"] + Ballot.desk, input: .closed,
            words: ["standard input"], mayChange: ["ballot.ledger"], prepare: fine),
        BadInput(
            name: "input a folder", arguments: ["redeem"] + Ballot.desk, input: .file("/"),
            words: ["standard input"], mayChange: ["ballot.ledger"], prepare: fine),
    ]

    static let register: [BadInput] = {
        var cases: [BadInput] = []
        for (name, arguments, changes) in [
            ("", ["load"] + Ballot.desk + ["out/B01.register"], ["ballot.ledger"]),
            (
                " with --create",
                ["load", "--ledger", "new.ledger", "--keys", "ballot/desk", "--create", "out/B01.register"],
                []
            ),
        ] {
            for spoiling in [Spoiling.missing, .empty, .truncated, .foreign, .folder] {
                cases.append(
                    BadInput(
                        name: "register \(spoiling.name)\(name)", arguments: arguments, words: [],
                        mayChange: changes
                    ) {
                        try spoiling.spoil($0, "out/B01.register")
                    })
            }
            cases.append(
                BadInput(
                    name: "another election's register\(name)", arguments: arguments,
                    words: ["another election"], mayChange: changes
                ) { ballot in
                    try ballot.folder.write("out/B01.register", ballot.folder.bytes("other.out/B01.register"))
                })
            cases.append(
                BadInput(name: "longer register\(name)", arguments: arguments, words: [], mayChange: changes)
                { ballot in
                    try ballot.folder.write("out/B01.register", ballot.folder.bytes("out/B01.register") + [0])
                })
        }
        return cases
    }()

    static let ledgers: [BadInput] = {
        var cases: [BadInput] = []
        let verbs: [[String]] =
            [
                ["load"] + Ballot.desk + ["out/B01.register"],
                ["activate"] + Ballot.desk + ["B01", "--unreconciled"],
                ["open"] + Ballot.desk, ["redeem"] + Ballot.desk, ["status", "--ledger", "ballot.ledger"],
                ["show", "--ledger", "ballot.ledger", "$pack"], ["report", "--ledger", "ballot.ledger"],
                ["report", "--ledger", "ballot.ledger", "--json", "--voted", "new.csv"],
            ] + acts.map { [$0[0]] + Ballot.desk + $0.dropFirst() }
        for arguments in verbs {
            let request = Input.text(Counterfoil.request(code: "", born: "", key: "") + "\n")
            for spoiling in [Spoiling.missing, .empty, .truncated, .foreign, .folder, .shared] {
                // Verbs that read need no key, and do not mind if others read too.
                if ["status", "show", "report"].contains(arguments[0]), spoiling.name == Spoiling.shared.name
                {
                    continue
                }
                cases.append(
                    BadInput(
                        name: "ledger \(spoiling.name)", arguments: arguments, input: request,
                        words: ["ledger"] + spoiling.words
                    ) {
                        try spoiling.spoil($0, "ballot.ledger")
                    })
            }
            cases.append(
                BadInput(
                    name: "ledger is another database", arguments: arguments, input: request,
                    words: ["ledger"]
                ) {
                    try $0.folder.remove("ballot.ledger")
                    let made = try Child(
                        "sqlite3", ["ballot.ledger", "create table a (b); insert into a values (1);"],
                        in: $0.folder.path
                    ).finish()
                    #expect(made.status == 0)
                    try $0.folder.setMode("ballot.ledger", 0o600)
                })
            if !["status", "show", "report"].contains(arguments[0]) {
                cases.append(
                    BadInput(
                        name: "ledger of another election", arguments: arguments, input: request,
                        words: ["another election"]
                    ) { ballot in
                        try ballot.folder.write("ballot.ledger", ballot.folder.bytes("other.ledger"))
                        // Else what lies beside it says first that entries are missing.
                        try ballot.folder.write("ballot.ledger-lock", "")
                    })
            }
        }
        let create = ["load"] + Ballot.desk + ["--create", "out/B01.register"]
        for (name, spoil) in [
            ("ledger exists", fine),
            (
                "other ledger exists",
                { try $0.folder.write("ballot.ledger", $0.folder.bytes("other.ledger")) }
            ),
            ("empty file exists", { try Spoiling.empty.spoil($0, "ballot.ledger") }),
            ("folder exists", { try Spoiling.folder.spoil($0, "ballot.ledger") }),
            (
                "link to nothing",
                {
                    try $0.folder.remove("ballot.ledger")
                    try FileManager.default.createSymbolicLink(
                        atPath: $0.folder.path("ballot.ledger"), withDestinationPath: "nowhere")
                }
            ),
        ] as [(String, @Sendable (Ballot) throws -> Void)] {
            cases.append(
                BadInput(
                    name: "--create, \(name)", arguments: create, words: ["never overwritten"], prepare: spoil
                ))
        }
        cases.append(
            BadInput(
                name: "--create, no such folder",
                arguments: [
                    "load", "--ledger", "no/where", "--keys", "ballot/desk", "--create", "out/B01.register",
                ], words: ["no/where"], prepare: fine))
        return cases
    }()
}

extension Ballot {
    /// The number of the first pack of B01.
    func firstPack() throws -> String {
        try #require(CSV.read(folder.text("out/B01.packs.csv")).dropFirst().first)[1]
    }
}
