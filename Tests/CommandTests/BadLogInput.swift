import Foundation
import TestSupport
import Testing

extension BadInput {
    /// What can be wrong with what the verbs of the log are given.
    static let log: [BadInput] = {
        let against = ["audit", "--ledger", "ballot.ledger", "--against", "kept"]
        let prove = ["prove", "--ledger", "ballot.ledger", "--checkpoint", "kept", "000000000000"]
        let registers = ["audit", "--ledger", "ballot.ledger", "--registers", "out/B01.register"]
        let verify = ["verify-proof", "--election", "ballot/public/election.json", "kept"]
        let elections: [([String], Int32)] = [
            (["audit", "--ledger", "ballot.ledger", "--election", "ballot/public/election.json"], 3),
            (verify, 3),
        ]
        var cases: [BadInput] = []
        func add(
            _ name: String, _ arguments: [String], _ status: Int32 = 3, _ words: String...,
            prepare: @escaping @Sendable (Ballot) throws -> Void
        ) {
            cases.append(
                BadInput(name: name, arguments: arguments, status: status, words: words, prepare: prepare))
        }

        for verb in [against, prove] {
            add("no checkpoint", verb, 3, "kept", "no such file") { _ in }
            add("an empty checkpoint", verb, 3, "kept: this is not a checkpoint") {
                try $0.folder.write("kept", "")
            }
            add("a checkpoint cut off", verb, 3, "kept: this is not a checkpoint") {
                try $0.checkpoint("kept")
                try $0.folder.write("kept", Array($0.folder.bytes("kept").dropLast(7)))
            }
            add("bytes for a checkpoint", verb, 3, "kept: this is not a checkpoint") {
                try $0.folder.write("kept", [UInt8](repeating: 0xF7, count: 5000))
            }
            add("a folder for a checkpoint", verb, 3, "kept") { try $0.folder.make("kept") }
            add("a huge checkpoint", verb, 3, "kept is too large") {
                try $0.folder.write("kept", [UInt8](repeating: 0x0A, count: 1 << 20))
            }
            add("a checkpoint of another election", verb, 3, "kept: ", "another election's log") {
                try $0.foreignCheckpoint("kept")
            }
            add("a checkpoint that was altered", verb, 3, "kept: ", "not signed by the desk") {
                try $0.checkpoint("kept")
                let lines = try $0.folder.text("kept").split(separator: "\n")
                let text = try $0.folder.text("kept").replacing("\n\(lines[1])\n", with: "\n1\n")
                try $0.folder.write("kept", text)
            }
        }
        let spoiledLedgers: [(String, String, [UInt8]?)] = [
            ("missing", "no ledger", nil), ("empty", "ballot.ledger", []),
            ("something else", "not a Counterfoil ledger", [UInt8](repeating: 0xF7, count: 5000)),
        ]
        for verb in [against, registers, prove] {
            for (name, words, bytes) in spoiledLedgers {
                add("ledger \(name)", verb, 3, words) {
                    try $0.checkpoint("kept")
                    try $0.folder.remove("ballot.ledger")
                    if let bytes { try $0.folder.write("ballot.ledger", bytes) }
                }
            }
        }
        add("the second of two checkpoints", against + ["--against", "bad"], 3, "bad: ") {
            try $0.checkpoint("kept")
            try $0.folder.write("bad", "bad\n")
        }
        add("no pack number", prove, 3, "PACK is no pack number") { try $0.checkpoint("kept") }
        add("no register", registers, 3, "out/B01.register", "no such file") {
            try $0.folder.remove("out/B01.register")
        }
        add("a register cut off", registers, 3, "out/B01.register") {
            try $0.folder.write("out/B01.register", Array($0.folder.bytes("out/B01.register").dropLast(7)))
        }
        add("a register that was altered", registers, 3, "out/B01.register") {
            try $0.folder.damage("out/B01.register", at: 200)
        }
        add(
            "a register of another election", registers + ["other.out/B01.register"], 3,
            "other.out/B01.register"
        ) { _ in }
        for (verb, status) in elections {
            add("no election", verb, status, "election.json", "no such file") {
                try $0.folder.write("kept", "")
                try $0.folder.remove("ballot/public/election.json")
            }
            add("an election cut off", verb, status, "election.json") {
                try $0.folder.write("kept", "")
                let text = try $0.folder.bytes("ballot/public/election.json")
                try $0.folder.write("ballot/public/election.json", Array(text.dropLast(7)))
            }
        }
        add("no proof", verify, 3, "kept", "no such file") { _ in }
        add("a folder for a proof", verify, 3, "kept") { try $0.folder.make("kept") }
        add("a huge proof", verify, 3, "kept is too large") {
            try $0.folder.write("kept", [UInt8](repeating: 0x0A, count: 1 << 20))
        }
        for (name, bytes) in [
            ("empty", []), ("bytes", [UInt8](repeating: 0xF7, count: 5000)),
            ("text", Array("no proof\n".utf8)),
        ] {
            add("a proof that is none: \(name)", verify, 1, "kept: this is not a proof") {
                try $0.folder.write("kept", bytes)
            }
        }
        add("a checkpoint for a proof", verify, 1, "kept: this is not a proof") { try $0.checkpoint("kept") }
        add(
            "a checkpoint in the issuing room",
            [
                "checkpoint", "--ledger", "ballot.ledger", "--keys", "ballot/issuing",
            ], 3, "must never be at the desk"
        ) { _ in }
        add(
            "a checkpoint of another ledger",
            ["checkpoint", "--ledger", "other.ledger", "--keys", "ballot/desk"], 3,
            "the ledger of another election"
        ) { _ in }
        add(
            "a checkpoint of no ledger", ["checkpoint", "--ledger", "none", "--keys", "ballot/desk"], 3,
            "none"
        ) { _ in }
        return cases
    }()
}

extension Ballot {
    /// A checkpoint of the other election's ledger.
    fileprivate func foreignCheckpoint(_ file: String) throws {
        let ended = try run(["checkpoint", "--ledger", "other.ledger", "--keys", "other/desk"])
        expectDone(ended)
        try folder.write(file, ended.bytes)
    }
}
