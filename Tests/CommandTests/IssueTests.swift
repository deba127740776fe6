import Foundation
import TestSupport
import Testing

@Suite("What the printer gets")
struct IssueTests {
    let ballot: Ballot

    init() throws { ballot = try Ballot(members: 31) }

    private func print(_ columns: String...) -> [String] { columns.flatMap { ["--print", $0] } }

    @Test("Columns in the officer's order, unchanged")
    func order() throws {
        let columns = ["postcode", "surname", "address1", "address2", "membership_no"]
        expectDone(try ballot.run(ballot.issue(more: columns.flatMap { ["--print", $0] })))
        let rows = CSV.read(try ballot.opened("out/B01.csv.age"))
        #expect(rows[0] == ["sequence", "pack", "code"] + columns)
        let places = columns.map { column in ballot.roll.header.firstIndex(of: column)! }
        #expect(
            rows.dropFirst().map { Array($0[3...]) } == ballot.roll.rows.map { row in places.map { row[$0] } }
        )
        for row in rows.dropFirst() {
            #expect(row[2].wholeMatch(of: /[0-9A-Z]{4}(-[0-9A-Z]{4}){4}/) != nil)
        }
    }

    @Test("--link, --bom and --separator", arguments: [("semicolon", ";"), ("tab", "\t"), ("comma", ",")])
    func layout(_ name: String, _ separator: String) throws {
        expectDone(
            try ballot.run(
                ballot.issue(
                    more: ["--link", "https://vote.example/#", "--bom", "--separator", name]
                        + print("address1", "surname"))))
        let text = try ballot.opened("out/B01.csv.age")
        #expect(text.utf8.starts(with: [0xEF, 0xBB, 0xBF]))
        let rows = CSV.read(
            String(text.unicodeScalars.dropFirst()), separator: separator.utf8.first!)
        #expect(rows[0] == ["sequence", "pack", "code", "link", "address1", "surname"])
        for (row, member) in zip(rows.dropFirst(), ballot.roll.rows) {
            #expect(row[3] == "https://vote.example/#" + row[2])
            #expect(Array(row[4...]) == [member[4], member[3]])
        }
        let manifest = try ballot.manifest()
        #expect(manifest.byteOrderMark && manifest.separator == separator)
        #expect(manifest.columns.map(\.name) == rows[0])
        #expect(manifest.columns[3].longest == 22 + 24)
    }

    @Test("Values that need quotes come through, and --flatten makes one line of two")
    func quoting() throws {
        var roll = ballot.roll
        let names = [
            "O\"Neill", "Smith, John", "two\nlines", "three\r\n\r\nlines", " spaces ", "semi;colon", "",
        ]
        for (i, name) in names.enumerated() { roll.rows[i][3] = name }
        try ballot.folder.write("odd.csv", roll.csv)
        let issued = try ballot.run(ballot.issue(with: ["--roll": "odd.csv"], more: print("surname")))
        #expect(issued.status == 0 && issued.errors.contains("2 cells, the first on line 4: a line break"))
        let kept = CSV.read(try ballot.opened("out/B01.csv.age")).dropFirst().map { $0[3] }
        #expect(Array(kept.prefix(names.count)) == names.map { $0.replacing("\r\n", with: "\r\n") })

        let flattened = try ballot.run(
            ballot.issue(out: "flat", with: ["--roll": "odd.csv"], more: print("surname") + ["--flatten"]))
        #expect(flattened.status == 0 && !flattened.errors.contains("line break"))
        let flat = try ballot.opened("flat/B01.csv.age")
        #expect(flat.count { $0.isNewline } == 32)
        let cells = CSV.read(flat).dropFirst().map { $0[3] }
        #expect(cells[2] == "two lines" && cells[3].hasPrefix("three ") && cells[3].hasSuffix(" lines"))
    }

    @Test("--parts: every part opens, and the sequence goes on", arguments: [3, 31])
    func parts(_ count: Int) throws {
        expectDone(try ballot.run(ballot.issue(more: ["--parts", "\(count)"] + print("surname"))))
        let manifest = try ballot.manifest()
        #expect(manifest.files.map(\.name) == (1...count).map { "B01.\($0)of\(count).csv.age" })
        var sequence: [String] = []
        for file in manifest.files {
            let rows = CSV.read(try ballot.opened("out/\(file.name)"))
            #expect(rows[0] == ["sequence", "pack", "code", "surname"])
            #expect(rows[1][0] == "\(file.firstSequence)" && rows.last?[0] == "\(file.lastSequence)")
            #expect(file.encryption == "age")
            let hash = try Child("sha256sum", ["out/\(file.name)"], in: ballot.folder.path).finish()
            #expect(hash.output.hasPrefix(file.sha256 + " "))
            sequence += rows.dropFirst().map { $0[0] }
        }
        #expect(sequence == (1...31).map(String.init))
        let sizes = manifest.files.map { $0.lastSequence - $0.firstSequence + 1 }
        #expect(sizes.max()! - sizes.min()! <= 1)
    }

    @Test("More parts than packs: as many as packs, and their names say so")
    func tooManyParts() throws {
        let ended = try ballot.run(ballot.issue(more: ["--parts", "40"]))
        expectDone(ended)
        let manifest = try ballot.manifest()
        #expect(manifest.files.map(\.name) == (1...31).map { "B01.\($0)of31.csv.age" })
        #expect(manifest.files.last?.lastSequence == 31)
        for file in manifest.files {
            #expect(file.firstSequence <= file.lastSequence)
            #expect(ballot.folder.exists("out/\(file.name)"))
        }
    }

    @Test("--specimen: test packs as wide as the widest, that count for nothing")
    func specimen() throws {
        let issued = try ballot.run(
            ballot.issue("PROOF", more: ["--specimen", "12"] + print("surname", "town")))
        expectDone(issued)
        #expect(issued.lines[0] == "batch PROOF: 12 packs, all of them specimens")
        let rows = CSV.read(try ballot.opened("out/PROOF.csv.age"))
        #expect(rows.count == 13)
        for (place, column) in [(3, 3), (4, 7)] {
            let widest = ballot.roll.rows.map { $0[column].unicodeScalars.count }.max()
            #expect(rows.dropFirst().map { $0[place].unicodeScalars.count }.max() == widest)
            // Nobody's name is on a test pack.
            let real = Set(ballot.roll.rows.map { $0[column] })
            #expect(rows.dropFirst().allSatisfy { !real.contains($0[place]) })
        }
        let manifest = try ballot.manifest("PROOF")
        #expect(manifest.kind == "specimens" && manifest.packs == 12)
        // They took nobody's place.
        expectDone(try ballot.run(ballot.issue("B01")))
        #expect(try ballot.manifest().packs == 31)
    }

    @Test("--plaintext warns, and the file is nobody else's")
    func plaintext() throws {
        let issued = try ballot.run(ballot.issue(with: ["-r": nil], more: ["--plaintext"] + print("surname")))
        #expect(issued.status == 0)
        #expect(issued.errors.hasPrefix("Warning: ") && issued.errors.contains("plain text"))
        #expect(issued.errors.split(separator: "\n").count == 1)
        let rows = CSV.read(try ballot.folder.text("out/B01.csv"))
        #expect(rows.count == 32 && rows[1][3] == ballot.roll.rows[0][3])
        let manifest = try ballot.manifest()
        #expect(manifest.files.map(\.encryption) == ["none"] && manifest.files.map(\.name) == ["B01.csv"])
        let mode = try FileManager.default.attributesOfItem(atPath: ballot.folder.path("out/B01.csv"))[
            .posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("A member without an answer stops the run, or with --post-only-if-empty gets a pack without a code")
    func postOnly() throws {
        var roll = ballot.roll
        roll.rows[4][11] = ""
        roll.rows[9][11] = "  "
        try ballot.folder.write("gaps.csv", roll.csv)
        let before = ballot.folder.snapshot("ballot")
        expectStop(
            try ballot.run(ballot.issue(with: ["--roll": "gaps.csv"])), 3, "line 6", "Date of birth",
            "--post-only-if-empty")
        #expect(ballot.folder.names("out").isEmpty && ballot.folder.names("ballot/issuing/book") == [".lock"])
        #expect(ballot.folder.snapshot("ballot").filter { $0.key != "issuing/book" } == before)

        let issued = try ballot.run(
            ballot.issue(
                with: ["--roll": "gaps.csv"], more: ["--post-only-if-empty", "--link", "https://v/#"]))
        expectDone(issued)
        #expect(issued.lines[0] == "batch B01: 31 packs, 2 of them for post alone")
        let rows = CSV.read(try ballot.opened("out/B01.csv.age")).dropFirst()
        #expect(rows.filter { $0[2].isEmpty }.map { $0[0] } == ["5", "10"])
        #expect(rows.filter { $0[3].isEmpty }.map { $0[0] } == ["5", "10"])
        #expect(try ballot.manifest().postOnly == 2)
    }

    @Test("Two can open the print file, a third cannot")
    func recipients() throws {
        for name in ["second", "third"] {
            _ = try Child("age-keygen", ["-o", "\(name).key"], in: ballot.folder.path).finish()
        }
        let second = try Child("age-keygen", ["-y", "second.key"], in: ballot.folder.path).finish().lines[0]
        expectDone(try ballot.run(ballot.issue(more: ["-r", second.uppercased()])))
        let text = try ballot.opened("out/B01.csv.age")
        #expect(try ballot.opened("out/B01.csv.age", key: "second.key") == text)
        let third = try Child("age", ["-d", "-i", "third.key", "out/B01.csv.age"], in: ballot.folder.path)
            .finish()
        #expect(third.status != 0 && third.output.isEmpty)
    }

    @Test(
        "What is no recipient",
        arguments: [
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB", "SSH keys are not taken"),
            ("ssh-rsa AAAAB3NzaC1yc2E", "SSH keys are not taken"),
            ("age1", "no age recipient"), ("", "no age recipient"),
            ("age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "no age recipient"),
        ])
    func noRecipient(_ text: String, _ words: String) throws {
        let before = ballot.folder.snapshot()
        expectStop(try ballot.run(ballot.issue(with: ["-r": text])), 3, words)
        #expect(ballot.folder.snapshot() == before)
    }

    @Test("A secret key in place of a recipient is refused, and not repeated")
    func secretRecipient() throws {
        let secret = try ballot.folder.text("printer.key").split(separator: "\n").last.map(String.init)!
        for text in [secret, secret.lowercased(), " \(secret)\n", "# my key\n\(secret)"] {
            let ended = try ballot.run(ballot.issue(with: ["-r": text]))
            expectStop(ended, 3, "secret key", "Make a new key")
            #expect(!ended.errors.contains(text.dropFirst(20)))
        }
        var wrong = ballot.printer
        let last = wrong.removeLast()
        wrong.append(last == "q" ? "p" : "q")
        expectStop(try ballot.run(ballot.issue(with: ["-r": wrong])), 3, "no age recipient")
    }

    @Test("No batch is written over another one's files, or over anything else")
    func collisions() throws {
        expectDone(try ballot.run(ballot.issue(more: ["--parts", "2"])))
        let before = ballot.folder.snapshot()
        // Whose files would be called as some of B01's are.
        for name in ["B01.packs", "B01.1of2"] {
            let plain = ["-r": nil, "--keys": "ballot/issuing"] as [String: String?]
            let ended = try ballot.run(
                ballot.issue(name, with: plain, more: ["--plaintext", "--skip-issued"]))
            #expect(ended.status == 64 || ended.status == 3, "\(ended)")
            #expect(ended.errors.contains("another batch name"), "\(ended)")
            expectStop(
                try ballot.run(ballot.issue(name, more: ["--specimen", "1"])), 3, "another batch name")
        }
        #expect(ballot.folder.snapshot() == before)
        // Whatever put them there, of whatever election.
        let out = [
            "B02.packs.csv", "B02.register", "B02.manifest.json.minisig", "B02.csv.age", "B02.2of2.csv.age",
        ]
        for name in out {
            try ballot.folder.write("out/\(name)", "somebody's")
            let before = ballot.folder.snapshot()
            let parts = name.contains("2of2") ? ["--parts", "2"] : []
            expectStop(
                try ballot.run(ballot.issue("B02", more: ["--specimen", "5"] + parts)), 3, "out/\(name)",
                "another --out")
            #expect(ballot.folder.snapshot() == before)
            try ballot.folder.remove("out/\(name)")
        }
        // The roll itself, for one.
        try ballot.folder.write("B02.csv", ballot.roll.csv)
        let ended = try ballot.run(
            ballot.issue("B02", out: ".", with: ["-r": nil], more: ["--plaintext", "--specimen", "5"]))
        #expect(ended.status == 3 && ended.errors.contains("B02.csv exists already"), "\(ended)")
        #expect(try ballot.folder.text("B02.csv") == ballot.roll.csv)
        expectDone(try ballot.run(ballot.issue("B02", more: ["--specimen", "5"])))
    }

    @Test("A roll on standard input")
    func standardInput() throws {
        let report = try ballot.run(["roll", "-"], input: .file("\(ballot.folder.path)/roll.csv"))
        #expect(report.output.hasPrefix("31 rows"))
        expectDone(try ballot.run(ballot.issue(with: ["--roll": "-"]), input: .text(ballot.roll.csv)))
        #expect(try ballot.packs().map(\.voter) == ballot.roll.rows.map { $0[0] })
        // The same roll, whichever way it comes.
        expectDone(try ballot.run(ballot.issue(out: "file")))
        #expect(try ballot.packs(out: "file") == ballot.packs())
    }

    @Test("A pipe in place of a roll's file is told what to do")
    func namedPipe() throws {
        _ = try Child("mkfifo", ["roll.pipe"], in: ballot.folder.path).finish()
        let writer = try Child("sh", ["-c", "cat roll.csv > roll.pipe"], in: ballot.folder.path)
        defer {
            writer.signal(SIGKILL)
            _ = writer.finish()
        }
        expectStop(
            try ballot.run(ballot.issue(with: ["--roll": "roll.pipe"])), 3, "no regular file",
            "standard input")
    }

    @Test("A roll in windows-1252")
    func encoding() throws {
        var roll = ballot.roll
        for i in roll.rows.indices {
            roll.rows[i] = roll.rows[i].map { $0.unicodeScalars.allSatisfy(\.isASCII) ? $0 : "Ägidius" }
        }
        roll.rows[0][3] = "Müller"
        try ballot.folder.write("old.csv", [UInt8](roll.csv.data(using: .windowsCP1252)!))
        expectStop(try ballot.run(ballot.issue(with: ["--roll": "old.csv"])), 3, "line 2", "windows-1252")
        expectDone(
            try ballot.run(
                ballot.issue(
                    with: ["--roll": "old.csv"], more: ["--encoding", "windows-1252"] + print("surname"))))
        #expect(CSV.read(try ballot.opened("out/B01.csv.age"))[1][3] == "Müller")
    }

    @Test("Columns that cannot be")
    func columns() throws {
        let before = ballot.folder.snapshot()
        let cases: [([String: String?], [String], String)] = [
            (["--voter": "member_no"], [], "no column \u{201C}member_no\u{201D}"),
            (["--answer": nil], [], "did you mean \u{201C}date_of_birth\u{201D}"),
            (["--answer": "Birthday=date_of_birth"], [], "does not ask \u{201C}Birthday\u{201D}"),
            ([:], print("nothing"), "no column"),
            ([:], print("surname", "surname"), "twice"),
            ([:], print("date_of_birth"), "--allow-printed-answers"),
        ]
        for (changed, more, words) in cases {
            expectStop(try ballot.run(ballot.issue(with: changed, more: more)), 3, words)
        }
        var after = ballot.folder.snapshot()
        for name in ["out", "ballot/issuing/book"] { after[name] = nil }
        #expect(after == before)
    }

    @Test(
        "Wrong usage is 64, and says what is right",
        arguments: [
            (["--link", "https://vote.example/"], "#"),
            (["--link", "https://vote.example/\"#"], "--link takes no"),
            (["--link", "https://vote.example/?a,b#"], "--link takes no"),
            (["--link", "https://vote.example/?a;b#"], "--link takes no"),
            (["--link", "https://vote.example/\t#"], "--link takes no"),
            (["--link", "https://vote.example/\r\n#"], "--link takes no"),
            (["--link", "https://vote.example/ #"], "--link takes no"),
            (["--link", "https://vote.example/\u{A0}#"], "--link takes no"),
            (["--skip-issued", "--replace", "lost.csv"], "--skip-issued"),
            (["--skip-issued", "--specimen", "2"], "--skip-issued"),
            (["--decided", "doubles.csv", "--specimen", "2"], "--decided"), (["--parts", "0"], "1 to 999"),
            (["--parts", "1000"], "1 to 999"), (["--specimen", "0"], "1 to 100,000"),
            (["--plaintext"], "not both"), (["--separator", "pipe"], "separator"),
            (["--encoding", "utf-16"], "encoding"),
        ])
    func usage(_ more: [String], _ words: String) throws {
        let before = ballot.folder.snapshot()
        let ended = try ballot.run(ballot.issue(more: more))
        #expect(ended.status == 64 && ended.output.isEmpty && ended.errors.contains(words), "\(ended)")
        #expect(ballot.folder.snapshot() == before)
    }
}
