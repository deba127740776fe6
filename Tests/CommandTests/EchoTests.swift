import Foundation
import TestSupport
import Testing

/// What is typed into the wrong place: a voting code, an answer, something that
/// steers a terminal, and far too much of anything.
private enum Mark: String, CaseIterable, CustomTestStringConvertible {
    case code
    /// An answer to a security question, and characters that steer a terminal.
    case steering
    case long

    static let word = "Quixotically"
    static let steers: [Unicode.Scalar] = [
        "\u{202E}", "\u{2066}", "\u{9B}", "\u{7}", "\u{1B}", "\u{2028}", "\u{200B}", "\u{FEFF}", "\u{7F}",
        "\u{8}",
    ]

    var testDescription: String { rawValue }

    func text(_ code: String) -> String {
        switch self {
        case .code: code
        case .steering: Self.word + Self.steers.map(String.init).joined(separator: "x") + "\nQQQQ"
        case .long: String(repeating: "z", count: 10_000)
        }
    }

    /// What of it came back.
    ///
    /// - Parameter repeated: whether a name may be repeated, made harmless.
    func echo(of code: String, in shown: String, repeated: Bool) -> String? {
        switch self {
        case .code:
            func bare(_ text: String) -> String { text.uppercased().filter { $0.isLetter || $0.isNumber } }
            let (symbols, shown) = (bare(code), bare(shown))
            return (0...symbols.count - 8).lazy.map { String(symbols.dropFirst($0).prefix(8)) }
                .first { shown.contains($0) }
        case .steering:
            if !repeated, shown.contains(Self.word) { return Self.word }
            if shown.split(whereSeparator: \.isNewline).contains(where: { $0.hasPrefix("QQQQ") }) {
                return "a new line"
            }
            return Self.steers.first { shown.unicodeScalars.contains($0) }
                .map { "U+\(String($0.value, radix: 16))" }
        case .long: return shown.contains(String(repeating: "z", count: 400)) ? "all of it" : nil
        }
    }
}

/// A verb as its help describes it, by `--experimental-dump-help`.
private struct Described: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        var names: [Name]?
        var valueName: String?

        /// As it is typed, the long name first.
        var typed: String? {
            let names = names ?? []
            guard let name = names.first(where: { $0.kind == "long" }) ?? names.first else { return nil }
            return (name.kind == "long" ? "--" : "-") + name.name
        }
    }
    let commandName: String
    var arguments: [Argument]?
    var subcommands: [Described]?

    struct Whole: Decodable { let command: Described }

    static let verbs: [Described] = {
        let ended = try? Child(counterfoil, ["--experimental-dump-help"], in: "/").finish()
        let whole = ended.flatMap { try? JSONDecoder().decode(Whole.self, from: Data($0.bytes)) }
        return whole?.command.subcommands ?? []
    }()
}

/// A line that a verb takes, in which one thing is replaced.
private struct Line {
    var options: [(name: String, value: String)] = []
    var flags: [String] = []
    var positionals: [String] = []

    static let desk = [("--ledger", "ballot.ledger"), ("--keys", "ballot/desk")]
    private static let election = [("--election", "ballot/public/election.json")]

    /// One for each verb. A verb that has none fails.
    static let all: [String: Line] = [
        "keygen": Line(
            options: [("--election", "Second"), ("--out", "second"), ("--ask", "Town:text")],
            flags: ["--unprotected"]),
        "roll": Line(
            options: election + [("--voter", "membership_no"), ("--answer", "Date of birth=date_of_birth")],
            positionals: ["roll.csv"]),
        "issue": Line(
            options: [
                ("--keys", "ballot/issuing"), ("--roll", "roll.csv"), ("--voter", "membership_no"),
                ("--answer", "Date of birth=date_of_birth"), ("--batch", "B02"), ("--out", "new"),
                ("--recipient", "age1rxg7ucehff9x0y4t3pstjpl22cpku46sdwszs7yzuespehz0mg7qwevr0m"),
            ], flags: ["--skip-issued"]),
        "destroy": Line(options: [("--keys", "ballot/issuing")], positionals: ["B01"]),
        "who-voted": Line(options: [
            ("--keys", "ballot/issuing"), ("--voted", "voted.csv"), ("--packs", "out/B01.packs.csv"),
        ]),
        "database": Line(options: [("--ledger", "postgresql://owner@localhost:1/ballot")] + election),
        "load": Line(options: desk, positionals: ["out/B01.register"]),
        "reconcile": Line(options: desk, positionals: ["B01", "return.csv"]),
        "activate": Line(options: desk, flags: ["--unreconciled"], positionals: ["B01"]),
        "open": Line(options: desk), "reopen": Line(options: desk + [("--reason", "lost")]),
        "extend": Line(options: desk, positionals: ["2099-01-01T00:00Z"]),
        "close": Line(options: desk, flags: ["--final"]),
        "check": Line(options: desk), "redeem": Line(options: desk),
        "postal": Line(options: desk, positionals: ["$pack"]),
        "cancel": Line(options: desk + [("--reason", "lost")], positionals: ["$pack"]),
        "unlock": Line(options: desk, positionals: ["$pack"]),
        "annul": Line(
            options: desk + [("--scan", "2026-09-02T17:00Z"), ("--reason", "mistake")], positionals: ["$pack"]
        ),
        "withdraw": Line(options: desk + [("--reason", "court")], positionals: ["B01"]),
        "status": Line(options: [desk[0]]),
        "show": Line(options: [desk[0]], positionals: ["$pack"]),
        "report": Line(options: [desk[0]]),
        "checkpoint": Line(options: desk),
        "audit": Line(options: [desk[0]]),
        "prove": Line(options: [desk[0], ("--checkpoint", "first.checkpoint")], positionals: ["$pack"]),
        "verify-proof": Line(options: election, positionals: ["first.proof"]),
        "verify-receipt": Line(
            options: election, positionals: [String(repeating: "A", count: 128)]),
    ]

    func words(_ verb: String, pack: String) -> [String] {
        ([verb] + options.flatMap { [$0.name, $0.value] } + flags + ["--"] + positionals).map {
            $0 == "$pack" ? pack : $0
        }
    }
}

@Suite("Nothing that was typed comes back")
struct EchoTests {
    private struct Prepared {
        let ballot: Ballot
        let pack: Pack
    }

    /// Made once and copied for each run.
    private static let whole: Result<Prepared, any Error> = Result {
        let ballot = try Ballot(members: 6)
        try ballot.prepare()
        let packs = try ballot.packs()
        try ballot.folder.write(
            "return.csv", CSV.write([["pack", "status"]] + packs.map { [$0.pack, "packed"] }))
        expectDone(try ballot.run(["postal"] + Ballot.desk + [packs[1].pack]))
        expectDone(try ballot.run(["report", "--ledger", "ballot.ledger", "--voted", "voted.csv"]))
        let checkpoint = try ballot.run(["checkpoint"] + Ballot.desk)
        try ballot.folder.write("first.checkpoint", checkpoint.output)
        let proof = try ballot.run([
            "prove", "--ledger", "ballot.ledger", "--checkpoint", "first.checkpoint", packs[1].pack,
        ])
        try ballot.folder.write("first.proof", proof.output)
        atexit { try? FileManager.default.removeItem(atPath: EchoTests.whole.get().ballot.folder.path) }
        return Prepared(ballot: ballot, pack: packs[0])
    }

    // MARK: Arguments

    @Test("Every verb has a line here")
    func allVerbs() throws {
        let described = Set(Described.verbs.map(\.commandName)).subtracting(["help"])
        #expect(described.count > 20)
        #expect(described == Set(Line.all.keys), "give the verb a line here")
    }

    /// What an officer names may be repeated, made harmless. Times, numbers, packs
    /// and choices are not.
    private static let names: Set = [
        "FILE", "DIR", "OUT", "PATH", "COLUMN", "QUESTION=COLUMN", "QUESTION", "NAME", "TEXT", "CHECKPOINT",
        "REGISTER", "RETURN.csv", "PACKS.csv", "doubles.csv", "election.json",
    ]

    @Test("In each option and argument of each verb", arguments: Line.all.keys.sorted())
    func arguments(_ verb: String) throws {
        let line = try #require(Line.all[verb])
        let described = try #require(Described.verbs.first { $0.commandName == verb }?.arguments)
        let prepared = try Self.whole.get()
        var tried = 0
        for mark in Mark.allCases {
            let text = mark.text(prepared.pack.code)
            /// Doors of the verb: a name for the report, whether what is typed there
            /// is a name that may be repeated, and the line.
            var doors: [(String, Bool, [String])] = []
            func door(_ name: String, isName: Bool, _ change: (inout Line) -> Void) {
                var changed = line
                change(&changed)
                doors.append((name, isName, changed.words(verb, pack: prepared.pack.pack)))
            }
            var positional = 0
            for argument in described {
                let isName = Self.names.contains(argument.valueName ?? "")
                switch (argument.kind, argument.typed) {
                case ("positional", _):
                    let place = positional
                    positional += 1
                    door(argument.valueName ?? "", isName: isName) { line in
                        if place < line.positionals.count {
                            line.positionals[place] = text
                        } else {
                            line.positionals.append(text)
                        }
                    }
                case ("option", let option?):
                    door(option, isName: isName) { line in
                        line.options.removeAll { $0.name == option }
                        if option == "--passphrase-file" { line.flags.removeAll { $0 == "--unprotected" } }
                        line.options.append((option, text))
                    }
                case ("flag", let flag?):
                    door("\(flag)=", isName: false) { $0.flags.append("\(flag)=\(text)") }
                default: Issue.record("\(verb): an argument of a kind that is not known here")
                }
            }
            door("too much", isName: false) { $0.positionals += ["one", text, "more"] }
            door("no option", isName: false) { $0.flags.append("--\(text)") }
            door("no option with a value", isName: false) { $0.flags.append("--\(text)=\(text)") }
            door("no short option", isName: false) { $0.flags.append("-\(text)") }
            for (name, isName, words) in doors {
                tried += 1
                let ballot = try Ballot(copying: prepared.ballot)
                try expectNoEcho(
                    mark, "\(verb) \(name)", try ballot.run(words, input: .text("")), ballot, repeated: isName
                )
            }
        }
        #expect(tried > 3 * described.count)
    }

    @Test("In place of a verb", arguments: Mark.allCases.map(\.rawValue))
    func verbs(_ name: String) throws {
        let mark = try #require(Mark(rawValue: name))
        let prepared = try Self.whole.get()
        let text = mark.text(prepared.pack.code)
        for words in [
            [text], ["help", text], ["--help", text], ["--version", text], ["--\(text)"],
            ["--generate-completion-script", text], ["--generate-completion-script=\(text)"],
        ] {
            let ballot = try Ballot(copying: prepared.ballot)
            try expectNoEcho(mark, words[0], try ballot.run(words), ballot, repeated: false)
        }
    }

    @Test(
        "A password in an address, however it is written",
        arguments: [
            "postgresql://ann:Xanadu77@[", "postgresql://ann:Xanadu77@db/ballot?x",
            "postgres:/ann:Xanadu77@db",
            "postgresql:/ann:Xan/adu77@db/b", "host=db password=Xanadu77", "mysql://ann:Xanadu77@db/ballot",
            "postgresql://db/ballot?password=Xanadu77", "postgresql://db/ballot?sslpassword=Xanadu77&%",
        ])
    func passwords(_ address: String) throws {
        let prepared = try Self.whole.get()
        for verb in ["status", "open", "database"] {
            let line = try #require(Line.all[verb])
            let words = line.words(verb, pack: "").map {
                $0 == "ballot.ledger" || $0.hasPrefix("postgresql://") ? address : $0
            }
            let ended = try prepared.ballot.run(words)
            #expect(ended.status == 3, "\(ended)")
            #expect(!(ended.output + ended.errors).contains("adu77"), "\(ended)")
        }
    }

    // MARK: The environment

    @Test("In the variables that are read", arguments: Mark.allCases.map(\.rawValue))
    func environment(_ name: String) throws {
        let mark = try #require(Mark(rawValue: name))
        let prepared = try Self.whole.get()
        let text = mark.text(prepared.pack.code)
        for variable in [
            "TZ", "TZDIR", "TMPDIR", "SQLITE_TMPDIR", "HOME", "LANG", "LC_ALL", "COLUMNS", "PGUSER", "PGHOST",
            "PGDATABASE", "PGPASSWORD", "PGOPTIONS", "PGSERVICE", "PGSSLMODE", "PGPASSFILE",
        ] {
            for words in [
                ["audit", "--ledger", "ballot.ledger"],
                ["show", "--ledger", "ballot.ledger", "--zone", "Europe/London", prepared.pack.pack],
                ["status", "--ledger", "postgresql://ann@localhost:1/ballot?sslmode=disable"],
            ] {
                let ballot = try Ballot(copying: prepared.ballot)
                let ended = try Child(
                    counterfoil, words, environment: [variable: text], in: ballot.folder.path
                ).finish()
                try expectNoEcho(mark, "\(variable), \(words[0])", ended, ballot, repeated: true)
            }
        }
    }

    // MARK: Lines and files

    @Test(
        "On the standard input of each verb, whether it reads there or not", arguments: Line.all.keys.sorted()
    )
    func inputs(_ verb: String) throws {
        let prepared = try Self.whole.get()
        let words = try #require(Line.all[verb]).words(verb, pack: prepared.pack.pack)
        // A roll is read there if it is called so; its columns have names.
        let rolls = words.contains("roll.csv") ? [words.map { $0 == "roll.csv" ? "-" : $0 }] : []
        for mark in Mark.allCases {
            let text = mark.text(prepared.pack.code)
            for (words, isName) in [(words, false)] + rolls.map({ ($0, true) }) {
                let ballot = try Ballot(copying: prepared.ballot)
                let ended = try ballot.run(words, input: .text("\(text)\n\(text)\n"))
                try expectNoEcho(mark, "\(verb)'s input", ended, ballot, repeated: isName)
            }
        }
    }

    @Test("In each member of a request", arguments: ["redeem", "check"])
    func requests(_ verb: String) throws {
        let prepared = try Self.whole.get()
        for mark in Mark.allCases {
            let text = mark.text(prepared.pack.code)
            let json = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
            let key = #""key": "\#(Counterfoil.newKey())""#
            let lines = [
                text.replacing("\n", with: " "), json, "[\(json)]", "{\(json): 1}",
                "{\(json): \"code\", \(key)}",
                "{\"code\": {\(json): 1}}", "{\"pass\": \(json), \(key)}",
                "{\"code\": \"\(prepared.pack.code)\", \"answers\": {\(json): \"x\"}, \(key)}",
                "{\"code\": \"\(prepared.pack.code)\", \"answers\": {\"Date of birth\": \(json)}, \(key)}",
                "{\"code\": \(json), \"code\": \(json)}", "{\"key\": \(json), \"code\": 3}",
                "{\"code\": \(json)x}", "{\"answers\": {\(json): \"x\", \(json): \"x\"}}",
                "{\"code\": \"\(prepared.pack.code.dropLast())\", \"answers\": \(json), \(key)}",
            ]
            let ballot = try Ballot(copying: prepared.ballot)
            let ended = try ballot.run(
                [verb] + Ballot.desk, input: .text(lines.joined(separator: "\n") + "\n"))
            #expect(ended.lines.count == lines.count, "\(ended)")
            try expectNoEcho(mark, verb, ended, ballot, repeated: false)
        }
    }

    @Test("In the lines and cells of every list", arguments: Mark.allCases.map(\.rawValue))
    func lists(_ name: String) throws {
        let mark = try #require(Mark(rawValue: name))
        let prepared = try Self.whole.get()
        let pack = prepared.pack.pack
        let text = mark.text(prepared.pack.code)
        let cell = CSV.write([[text]]).trimmingCharacters(in: CharacterSet(charactersIn: "\r\n"))
        let roll = prepared.ballot.roll
        /// The roll with something in place of a column's name, or in its first row.
        func rolled(_ column: String?, _ value: String?) -> String {
            var (header, rows) = (roll.header, roll.rows)
            if let column { header[header.firstIndex(of: column)!] = text }
            if let value { rows[0][header.firstIndex(of: value)!] = text }
            return CSV.write([header] + rows)
        }
        let issue = BadInput.issue()
        let rollCheck = [
            "roll", "roll.csv", "--voter", "membership_no", "--election", "ballot/public/election.json",
            "--answer", "Date of birth=date_of_birth",
        ]
        let decided = rollCheck + ["--decided", "doubles.csv"]
        let replace = BadInput.issue("R01").filter { $0 != "--skip-issued" } + ["--replace", "lost.csv"]
        let who = Line.all["who-voted"]!.words("who-voted", pack: "").dropLast()
        let reconcile = ["reconcile"] + Ballot.desk + ["B01", "return.csv"]
        /// A file, what is in it, what reads it, and whether it may be named in what is said.
        var cases: [(String, String, [String], Bool)] = [
            ("return.csv", "\(cell),status\n\(pack),packed\n", reconcile, true),
            ("return.csv", "pack,status\n\(cell),packed\n", reconcile, false),
            ("return.csv", "pack,status\n\(pack),\(cell)\n", reconcile, false),
            ("voted.csv", "\(cell),channel\n\(pack),post\n", Array(who), true),
            ("voted.csv", "pack,channel\n\(cell),post\n", Array(who), false),
            ("voted.csv", "pack,channel\n\(pack),\(cell)\n", Array(who), false),
            ("out/B01.packs.csv", "voter,\(cell)\n1,\(pack)\n", Array(who), true),
            ("out/B01.packs.csv", "voter,pack\n1,\(cell)\n", Array(who), false),
            ("lost.csv", "\(pack)\n\(cell)\n", replace, false), ("lost.csv", "\(cell)\n", replace, true),
            ("lost.csv", "pack\n\(cell)\n", replace, false),
            ("doubles.csv", "\(cell),voter,decision\n1,2,same\n", decided, true),
            ("doubles.csv", "group,voter,decision\n1,2,\(cell)\n", decided, false),
            ("doubles.csv", "group,voter,decision\n\(cell),2,same\n", decided, true),
            ("doubles.csv", "group,voter,decision\n1,\(cell),same\n1,\(cell),drop\n", decided, true),
            ("ballot/issuing/election.json", "{\(quote(text)): 1, \(quote(text)): 2}", issue, true),
            ("ballot/issuing/election.json", "{\"counterfoil\": \(quote(text))}", issue, true),
            (
                "first.checkpoint", text,
                ["audit", "--ledger", "ballot.ledger", "--against", "first.checkpoint"], true
            ),
            ("first.proof", text, Line.all["verify-proof"]!.words("verify-proof", pack: ""), true),
            ("w", text, ["open"] + Ballot.desk + ["--witness", "w"], true),
            ("out/B01.register", text, ["load"] + Ballot.desk + ["out/B01.register"], true),
            ("ballot/desk/desk.key", text, ["open"] + Ballot.desk, true),
            ("ballot.ledger", text, ["status", "--ledger", "ballot.ledger"], true),
        ]
        for column in ["membership_no", "surname", "date_of_birth"] {
            for more in [[], ["--json"]] {
                // In JSON the columns have their names to the letter, however long.
                if more.isEmpty || mark != .long {
                    cases.append(("roll.csv", rolled(column, nil), rollCheck + more, true))
                }
                cases.append(("roll.csv", rolled(nil, column), rollCheck + more, false))
            }
            cases.append(("roll.csv", rolled(column, nil), issue, true))
            cases.append(("roll.csv", rolled(nil, column), issue, column == "membership_no"))
        }
        // A line of its own, and one without quotes, so that a reader of columns
        // meets it everywhere.
        cases.append(("roll.csv", roll.csv + text, rollCheck, false))
        cases.append(("roll.csv", text, rollCheck, true))
        for (file, contents, words, isName) in cases {
            let ballot = try Ballot(copying: prepared.ballot)
            try ballot.folder.write(file, contents)
            let ended = try ballot.run(words)
            try expectNoEcho(
                mark, "\(words[0]) \(file)", ended, ballot, repeated: isName, except: file)
            // What is made visible for a person must still be JSON for a program.
            if words.contains("--json"), ended.errors.isEmpty {
                _ = try JSONSerialization.jsonObject(with: Data(ended.bytes))
            }
        }
        // As a scanner types them.
        let line = text.replacing("\n", with: " ")
        for more in [[], ["--json"]] {
            let ballot = try Ballot(copying: prepared.ballot)
            let ended = try ballot.run(["postal"] + Ballot.desk + more, input: .text("\(line)\n\(pack)\n"))
            #expect(ended.lines.count == 2)
            try expectNoEcho(mark, "postal", ended, ballot, repeated: false)
        }
    }

    private func quote(_ text: String) -> String {
        String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    }

    // MARK: Looking for it

    private func expectNoEcho(
        _ mark: Mark, _ door: String, _ ended: Ended, _ ballot: Ballot, repeated: Bool,
        except file: String = ""
    ) throws {
        let code = try Self.whole.get().pack.code
        for (stream, shown) in [("output", ended.output), ("errors", ended.errors)] {
            let echo = mark.echo(of: code, in: shown, repeated: repeated)
            #expect(
                echo == nil, "\(door): \(echo ?? "") in its \(stream): \(shown.prefix(600).debugDescription)")
        }
        #expect([0, 1, 3, 64].contains(ended.status), "\(door): \(ended)")
        guard mark == .code else { return }
        // The issuing room's list of packs names voters as the roll does.
        let found = try ballot.folder.files(holding: code).filter { $0 != file && $0 != "new/B02.packs.csv" }
        #expect(found == [], "\(door): the code is in a file")
    }

    /// The control: a program that repeats what it is given.
    @Test("A planted echo is found", arguments: Mark.allCases.map(\.rawValue))
    func control(_ name: String) throws {
        let mark = try #require(Mark(rawValue: name))
        let prepared = try Self.whole.get()
        let code = prepared.pack.code
        let ballot = try Ballot(copying: prepared.ballot)
        let echo = try Child(
            "sh", ["-c", "printf 'Unexpected argument: %s\\n' \"$1\" | tee echo.txt", "sh", mark.text(code)],
            in: ballot.folder.path
        ).finish()
        #expect(mark.echo(of: code, in: echo.output, repeated: true) != nil)
        if mark == .code { #expect(try ballot.folder.files(holding: code) == ["echo.txt"]) }
        #expect(mark.echo(of: code, in: "Unexpected argument", repeated: false) == nil)
        // Half a code is found, and a name that is repeated where none may be.
        #expect(
            Mark.code.echo(of: code, in: String(code.dropFirst(6).lowercased().prefix(11)), repeated: true)
                != nil)
        #expect(Mark.steering.echo(of: code, in: Mark.word, repeated: false) != nil)
        #expect(Mark.steering.echo(of: code, in: Mark.word, repeated: true) == nil)
        for steer in Mark.steers {
            #expect(Mark.steering.echo(of: code, in: "a\(steer)b", repeated: true) != nil)
        }
    }
}

extension Folder {
    /// The files that hold a code, as it is printed or without its hyphens.
    fileprivate func files(holding code: String) throws -> [String] {
        let forms = [code, code.replacing("-", with: "")].flatMap { [$0, $0.lowercased()] }.map {
            Data($0.utf8)
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return names.filter { name in
            guard let contents = FileManager.default.contents(atPath: path(name)) else { return false }
            return forms.contains { contents.range(of: $0) != nil }
        }.sorted()
    }
}
