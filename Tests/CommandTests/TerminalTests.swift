import Foundation
import TestSupport
import Testing

@Suite("At a terminal, and with passphrases")
struct TerminalTests {
    /// Protected keys: each use costs most of a second. So there is one ballot for
    /// all of these tests, made at a terminal.
    @Test("A passphrase is asked twice, without echo, and then opens the keys")
    func protectedKeys() throws {
        let ballot = try Ballot(members: 5)
        let (issuing, desk) = ("correct horse battery", "staple of another kind")
        let ceremony = try TerminalSession(
            counterfoil,
            ["keygen", "--election", "Protected", "--out", "safe", "--ask", "Date of birth:date:dmy"],
            in: ballot.folder.path)
        ceremony.expect("New passphrase for the issuing room: ")
        #expect(!ceremony.echoes)
        ceremony.type("short\n")
        ceremony.expect("At least 12 characters")
        ceremony.expect("New passphrase for the issuing room: ")
        ceremony.type(issuing + "\n")
        ceremony.expect("The same again: ")
        ceremony.type(issuing + "!\n")
        ceremony.expect("These differ; once more.")
        for (room, passphrase) in [("issuing room", issuing), ("polling desk", desk)] {
            ceremony.expect("New passphrase for the \(room): ")
            ceremony.type(passphrase + "\n")
            ceremony.expect("The same again: ")
            #expect(!ceremony.echoes)
            ceremony.type(passphrase + "\n")
        }
        ceremony.expect("for everybody")
        #expect(ceremony.finish() == 0)
        for secret in [issuing, desk, "short"] { #expect(!ceremony.shown.contains(secret)) }
        #expect(!ceremony.shown.contains("NOT PROTECTED"))

        // In a pipe nobody can type.
        let issue = ballot.issue(with: ["--keys": "safe/issuing"])
        let before = ballot.folder.snapshot()
        expectStop(try ballot.run(issue), 3, "issuing room has a passphrase", "--passphrase-file")
        try ballot.folder.write("wrong", "\(issuing)!\n")
        expectStop(
            try ballot.run(issue + ["--passphrase-file", "wrong"]), 3, "safe/issuing/issuing.key",
            "passphrase")
        try ballot.folder.remove("wrong")
        #expect(ballot.folder.snapshot() == before)

        try ballot.folder.write("right", "\(issuing)\r\nanything else\n")
        expectDone(try ballot.run(issue + ["--passphrase-file", "right"]))

        // The desk's key has a passphrase of its own.
        let load = ["load", "--ledger", "safe.ledger", "--keys", "safe/desk", "--create", "out/B01.register"]
        expectStop(
            try ballot.run(load + ["--passphrase-file", "right"]), 3, "safe/desk/desk.key", "passphrase")
        #expect(!ballot.folder.exists("safe.ledger"))

        let loading = try TerminalSession(counterfoil, load, in: ballot.folder.path)
        loading.expect("Passphrase of the polling desk: ")
        #expect(!loading.echoes)
        loading.type(desk + "\n")
        loading.expect("Loaded batch B01: 5 packs")
        #expect(loading.finish() == 0)
        #expect(!loading.shown.contains(desk))

        // After a passphrase it is a terminal still.
        let asked = try TerminalSession(
            counterfoil, ["redeem", "--ledger", "safe.ledger", "--keys", "safe/desk"], in: ballot.folder.path)
        asked.expect("Passphrase of the polling desk: ")
        asked.type(desk + "\n")
        asked.expect("Code: ")
        asked.type("\u{04}")
        #expect(asked.finish() == 3)
    }

    @Test("Control-Z at a passphrase gives the terminal back, and going on hides again")
    func paused() throws {
        let folder = try Folder()
        let session = try TerminalSession(
            counterfoil, ["keygen", "--election", "Paused", "--out", "none"], in: folder.path)
        session.expect("New passphrase for the issuing room: ")
        for _ in 0..<2 {
            #expect(!session.echoes)
            session.signal(SIGTSTP)
            #expect(session.waits { $0.echoes })
            session.signal(SIGCONT)
            #expect(session.waits { !$0.echoes })
        }
        session.type("four or five random words\n")
        session.expect("The same again: ")
        session.type("\u{03}")
        #expect(session.finish() == -SIGINT)
        #expect(!session.shown.contains("random"))
    }

    @Test("Passphrases from files")
    func passphraseFiles() throws {
        let ballot = try Ballot(members: 3)
        try ballot.folder.write("first", "four or five random words\n")
        try ballot.folder.write("second", "and others for the desk")
        let keygen = ["keygen", "--election", "Protected", "--out", "safe"]
        let before = ballot.folder.snapshot()
        expectStop(try ballot.run(keygen), 3, "--passphrase-file", "--unprotected")
        for (contents, mode, words) in [
            ("four or five random words\n", 0o644, "chmod 600"), ("", 0o600, "empty"),
            ("\nwords\n", 0o600, "empty"),
            ("too short\nfor a second line to help\n", 0o600, "12 characters"),
        ] {
            try ballot.folder.write("bad", contents, mode: mode)
            expectStop(try ballot.run(keygen + ["--passphrase-file", "bad"]), 3, "bad", words)
            try ballot.folder.remove("bad")
        }
        expectStop(try ballot.run(keygen + ["--passphrase-file", "missing"]), 3, "missing", "no such file")
        expectStop(try ballot.run(keygen + ["--passphrase-file", "ballot"]), 3, "ballot")
        #expect(ballot.folder.snapshot() == before)

        expectDone(
            try ballot.run(keygen + ["--passphrase-file", "first", "--desk-passphrase-file", "second"]))
        let destroy = ["destroy", "--keys", "safe/issuing", "B01", "--passphrase-file"]
        expectStop(try ballot.run(destroy + ["second"]), 3, "passphrase")
        expectStop(try ballot.run(destroy + ["first"]), 1, "no batch B01")
        let open = ["open", "--ledger", "ballot.ledger", "--keys", "safe/desk", "--passphrase-file"]
        expectStop(try ballot.run(open + ["first"]), 3, "passphrase")
        expectStop(try ballot.run(open + ["second"]), 3, "no ledger")
    }

    @Test(
        "A passphrase that is broken off gives the terminal back", arguments: ["^C", "^\\", "SIGTERM", "^D"])
    func brokenOff(_ how: String) throws {
        let folder = try Folder()
        let session = try TerminalSession(
            counterfoil, ["keygen", "--election", "Broken off", "--out", "none"], in: folder.path)
        session.expect("New passphrase for the issuing room: ")
        session.type("half a pass")
        #expect(!session.echoes)
        switch how {
        case "^C": session.type("\u{03}")
        case "^\\": session.type("\u{1C}")
        case "^D": session.type("\u{15}\u{04}")
        default:
            // What was typed reaches the terminal by itself, perhaps after the signal.
            usleep(500_000)
            session.signal(SIGTERM)
        }
        let status = session.finish()
        #expect(status == ["^C": -SIGINT, "^\\": -SIGQUIT, "^D": 3][how] ?? -SIGTERM)
        #expect(session.echoes)
        #expect(!session.shown.contains("half"))
        #expect(folder.names().isEmpty)
    }

    @Test("redeem asks for the code and the answers")
    func redeem() throws {
        let ballot = try Ballot(members: 5)
        try ballot.prepare()
        let packs = try ballot.packs()
        func vote(_ code: String, _ born: String, shows text: String, status: Int32) throws {
            let session = try TerminalSession(counterfoil, ["redeem"] + Ballot.desk, in: ballot.folder.path)
            session.expect("Code: ")
            session.type(code + "\n")
            session.expect("Date of birth: ")
            session.type(born + "\n")
            session.expect(text)
            #expect(session.finish() == status)
        }
        try vote(packs[0].code.lowercased(), packs[0].born, shows: "Accepted. Receipt: ", status: 0)
        try vote(packs[0].code, packs[0].born, shows: "counterfoil: this voter has voted already", status: 1)
        try vote(packs[1].code, "1.1.1901", shows: "the answers do not fit; 4 more attempts", status: 1)
        try vote(packs[1].code, "never", shows: "cannot be read: \u{201C}Date of birth\u{201D}", status: 1)
        try vote("", "never", shows: "this is no code", status: 1)
        let symbols = Array(packs[2].code)
        let slip = String(symbols[..<6] + [symbols[6] == "7" ? "3" : "7"] + symbols[7...])
        try vote(slip, packs[2].born, shows: "look again at group 2", status: 1)
        #expect(try ballot.status().votes.online == 1)

        let session = try TerminalSession(counterfoil, ["redeem"] + Ballot.desk, in: ballot.folder.path)
        session.expect("Code: ")
        session.type("\u{04}")
        session.expect("counterfoil: nothing was typed")
        #expect(session.finish() == 3)
    }
}
