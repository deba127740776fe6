import Foundation
import TestSupport
import Testing

/// One edit of a ledger, and what the audit says to it.
struct Edit: Sendable, CustomTestStringConvertible {
    let sql: String
    let words: String
    var status: Int32 = 1

    var testDescription: String { String(sql.prefix(60)) }

    static let all = [
        Edit(sql: "UPDATE ballot SET closes = closes + 3600000", words: "the table ballot does not say"),
        Edit(sql: "UPDATE ballot SET opened = NULL", words: "the table ballot does not say"),
        Edit(sql: "UPDATE batches SET withdrawn = NULL", words: "the row of batch PROOF does not say"),
        Edit(
            sql: "UPDATE batches SET reconciled = NULL WHERE number = 1",
            words: "the row of batch B01 does not say"),
        Edit(
            sql: "UPDATE batches SET signature = zeroblob(64) WHERE number = 3",
            words: "register R01 is not signed by the issuing room"),
        Edit(
            sql: "UPDATE packs SET answers = zeroblob(16) WHERE batch = 3",
            words: "the packs of batch R01 are not those of its register"),
        Edit(
            sql: "UPDATE packs SET voter = (SELECT voter FROM votes LIMIT 1) WHERE batch = 3",
            words: "the packs of batch R01 are not those of its register"),
        Edit(
            sql: "DELETE FROM packs WHERE batch = 2 AND id = (SELECT min(id) FROM packs WHERE batch = 2)",
            words: "batch PROOF has 1 packs, its register 2"),
        Edit(sql: "DELETE FROM cancelled WHERE why = 3", words: "the table cancelled does not say"),
        Edit(sql: "UPDATE cancelled SET why = 2", words: "the table cancelled does not say"),
        Edit(sql: "DELETE FROM votes WHERE channel = 2", words: "the table votes does not say"),
        Edit(
            sql: "UPDATE votes SET channel = 2 WHERE channel = 1",
            words: "the table votes does not say"),
        Edit(sql: "UPDATE votes SET at = at - 1", words: "the table votes does not say"),
        Edit(
            sql: "UPDATE votes SET under = zeroblob(16) WHERE channel = 2",
            words: "the table votes does not say"),
        Edit(
            sql: "DELETE FROM scans WHERE number = (SELECT max(number) FROM scans)",
            words: "the table scans does not say"),
        Edit(sql: "UPDATE scans SET nonce = randomblob(16)", words: "the table scans does not say"),
        Edit(
            sql: "INSERT INTO scans SELECT pack, zeroblob(16), 1 FROM votes LIMIT 1", words: "the table scans"
        ),
        Edit(sql: "UPDATE attempts SET second = 0", words: "the table attempts does not say"),
        Edit(sql: "UPDATE attempts SET wrong = 0 WHERE wrong > 0", words: "the table attempts does not say"),
        Edit(
            sql: "UPDATE log SET officer = 'B. Officer' WHERE type = 12 AND reason = 'lost'",
            words: "this entry or its note was altered"),
        Edit(
            sql: "DELETE FROM log WHERE number = 20", words: "entry 21 of the log: entry 20 should stand here"
        ),
        Edit(
            sql: "DELETE FROM log WHERE type = 6; DELETE FROM votes WHERE channel = 1",
            words: "should stand here"),
        Edit(
            sql: """
                INSERT INTO votes SELECT voter, pack, 2, 1700000000000, zeroblob(16) FROM packs
                WHERE voter NOT IN (SELECT voter FROM votes) AND kind = 1 LIMIT 1
                """, words: "the table votes"),
        // What can no longer be read is no difference, but it is no ledger either.
        Edit(sql: "UPDATE cancelled SET why = 9", words: "damaged", status: 3),
        Edit(sql: "DELETE FROM ballot", words: "the ballot is missing", status: 3),
        Edit(sql: "DROP TABLE attempts", words: "they were altered", status: 3),
        Edit(sql: "DROP TRIGGER votes_never_change; SELECT 1", words: "they were altered", status: 3),
    ]
}

@Suite("The audit, as its users meet it")
struct AuditTests {
    @Test("clean, and says what it can show")
    func clean() throws {
        let ballot = try LoggedBallot.copy().ballot
        let entries = try ballot.status().logEntries
        let early = try ballot.status("early.ledger").logEntries
        let alone = try ballot.audit()
        expectDone(alone)
        #expect(alone.output.hasPrefix("log: \(entries) entries, root "), "\(alone)")
        #expect(
            alone.output.contains("tables: 15 packs in 3 batches, 4 votes online and 1 by post"), "\(alone)")
        #expect(alone.output.contains("INTERNAL CONSISTENCY ONLY"), "\(alone)")

        let whole = try ballot.audit(
            "--against", "late.checkpoint", "--against", "early.checkpoint", "--election",
            "ballot/public/election.json", "--registers", "out/B01.register", "out/R01.register",
            "out/PROOF.register")
        expectDone(whole)
        #expect(whole.output.contains("; 3 files compared"), "\(whole)")
        #expect(
            whole.output.contains("checkpoints: the log continues those of \(entries), \(early) entries"),
            "\(whole)"
        )
        #expect(!whole.output.contains("INTERNAL"), "\(whole)")

        let json = try ballot.audit("--json", "--against", "late.checkpoint")
        expectDone(json)
        let found = try JSONDecoder().decode(Report.self, from: Data(json.bytes))
        #expect(found.clean && found.difference == nil && !found.internalConsistencyOnly)
        #expect(found.entries == entries && found.checkpoints == [entries])
        #expect(found.votes == Summary.Votes(online: 4, post: 1) && found.packs == 15)
        let root = try #require(
            Data(
                base64Encoded: try ballot.folder.text("late.checkpoint").split(separator: "\n")[2].description
            ))
        #expect(found.root == root.map { String(format: "%02x", $0) }.joined())
        #expect(alone.output.contains(found.root))
    }

    @Test("an edited ledger", arguments: Edit.all)
    func edited(_ edit: Edit) throws {
        let ballot = try LoggedBallot.copy().ballot
        if edit.sql.contains("DROP") {
            let ended = try Child("sqlite3", ["ballot.ledger", edit.sql], in: ballot.folder.path).finish()
            #expect(ended.status == 0, "\(ended)")
        } else {
            try ballot.tamper(edit.sql)
        }
        let ended = try ballot.audit("--against", "late.checkpoint")
        #expect(ended.status == edit.status && ended.errors.contains(edit.words), "\(ended)")
        #expect(ended.errors.count { $0 == "\n" } == 1, "\(ended)")
        guard edit.status == 1 else { return }
        let json = try ballot.audit("--json")
        let found = try JSONDecoder().decode(Report.self, from: Data(json.bytes))
        #expect(json.status == 1 && !found.clean && found.difference?.contains(edit.words) == true)
    }

    /// The schema is changed, and changed back: an index leads a second number to a pack.
    @Test("an index that leads elsewhere than its table")
    func misledIndex() throws {
        let ballot = try LoggedBallot.copy().ballot
        func sqlite(_ sql: String) throws -> String {
            let ended = try Child("sqlite3", ["ballot.ledger", sql], in: ballot.folder.path).finish()
            #expect(ended.status == 0, "\(ended)")
            return ended.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        func hidden(_ name: String) throws -> String {
            let row = try sqlite(
                """
                SELECT quote(type) || ',' || quote(name) || ',' || quote(tbl_name) || ',' || rootpage || ','
                    || quote(sql) FROM sqlite_schema WHERE name = '\(name)'
                """)
            _ = try sqlite("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = '\(name)'")
            return row
        }
        func show(_ row: String) throws {
            _ = try sqlite("PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES (\(row))")
        }
        // Of a pack that the log says nothing of: nobody looks it up.
        let pack = try sqlite(
            "SELECT pack FROM packs WHERE pack NOT IN (SELECT pack FROM log WHERE pack > 0) LIMIT 1")
        try #require(!pack.isEmpty)
        let trigger = try hidden("packs_never_change")
        _ = try sqlite("UPDATE packs SET pack = 12345 WHERE pack = \(pack)")
        let index = try hidden("packs_by_number")
        _ = try sqlite("UPDATE packs SET pack = \(pack) WHERE pack = 12345")
        try show(index)
        try show(trigger)
        let ended = try ballot.audit("--against", "late.checkpoint")
        #expect(ended.status == 1 && ended.errors.contains("packs_by_number"), "\(ended)")
    }

    /// The control: the shell's way of putting triggers aside changes nothing.
    @Test("a ledger that was opened in a shell and left alone")
    func untouched() throws {
        let ballot = try LoggedBallot.copy().ballot
        try ballot.tamper("SELECT 1")
        expectDone(try ballot.audit("--against", "late.checkpoint"))
    }

    @Test("an older copy in its place")
    func older() throws {
        let ballot = try LoggedBallot.copy().ballot
        try ballot.folder.remove("ballot.ledger")
        try ballot.folder.copy("early.ledger", to: "ballot.ledger")
        let remembered = try ballot.audit()
        #expect(remembered.status == 1 && remembered.errors.contains("are missing"), "\(remembered)")
        // Anyone who can do this can take away what the lock remembers.
        try ballot.folder.remove("ballot.ledger-lock")
        let alone = try ballot.audit()
        expectDone(alone)
        #expect(alone.output.contains("INTERNAL CONSISTENCY ONLY"))
        expectDone(try ballot.audit("--against", "early.checkpoint"))
        let ended = try ballot.audit("--against", "early.checkpoint", "--against", "late.checkpoint")
        #expect(ended.status == 1 && ended.errors.contains("this is an older copy of the ledger"), "\(ended)")
    }

    @Test("another election in it")
    func otherElection() throws {
        let ballot = try LoggedBallot.copy().ballot
        try ballot.keygen(to: "other")
        try ballot.tamper("UPDATE ballot SET election = CAST(readfile('other/public/election.json') AS BLOB)")
        let alone = try ballot.audit()
        #expect(alone.status == 1 && alone.errors.contains("made for another election"), "\(alone)")
        expectStop(
            try ballot.audit("--against", "late.checkpoint"), 3, "another election's log")
        let known = try ballot.audit("--election", "ballot/public/election.json")
        #expect(known.status != 0, "\(known)")
        let untouched = try LoggedBallot.copy().ballot
        try untouched.keygen(to: "other")
        let foreign = try untouched.audit("--election", "other/public/election.json")
        #expect(foreign.status == 1 && foreign.errors.contains("made for another election"), "\(foreign)")
        // The same text with another blank: it has the same digest.
        let same = try LoggedBallot.copy().ballot
        try same.tamper("UPDATE ballot SET election = CAST(election || ' ' AS BLOB)")
        let ended = try same.audit()
        #expect(ended.status == 3 && ended.errors.contains("ballot"), "\(ended)")
    }

    @Test("a register's file names the pack")
    func registers() throws {
        let ballot = try LoggedBallot.copy().ballot
        let pack = try #require(try LoggedBallot.whole.get().packs.first).pack
        func audit() throws -> Ended { try ballot.audit("--registers", "out/B01.register") }
        try ballot.tamper(
            "UPDATE packs SET tag = zeroblob(32) WHERE pack = (SELECT min(pack) FROM log WHERE type = 6)")
        let altered = try audit()
        #expect(
            altered.status == 1
                && altered.errors.contains(
                    "the packs of batch B01 are not those of its register; the row of pack "),
            "\(altered)")
        try ballot.tamper(
            "DELETE FROM packs WHERE batch = 1 AND id = (SELECT max(id) FROM packs WHERE batch = 1)")
        #expect(try audit().status == 1)
        let missing = try ballot.audit("--registers", "out/B01.register", "out/R01.register")
        #expect(missing.status == 1 && missing.errors.contains(" of batch B01"), "\(missing)")
        #expect(!pack.isEmpty)

        let other = try Ballot(members: 3)
        expectDone(try other.run(other.issue()))
        try ballot.folder.write("foreign.register", other.folder.bytes("out/B01.register"))
        expectStop(
            try ballot.audit("--registers", "foreign.register"), 3, "foreign.register", "another election")
        let early = try LoggedBallot.copy().ballot
        let unloaded = try early.audit("--registers", "out/R01.register", ledger: "early.ledger")
        #expect(
            unloaded.status == 1 && unloaded.errors.contains("register R01 was not loaded"), "\(unloaded)")
    }

    /// `audit --json`.
    struct Report: Decodable {
        let clean: Bool
        let difference: String?
        let internalConsistencyOnly: Bool
        let entries: Int
        let root: String
        let checkpoints: [Int]
        let packs: Int
        let votes: Summary.Votes
    }
}
