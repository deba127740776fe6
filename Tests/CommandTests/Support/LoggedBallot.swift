import Foundation
import TestSupport
import Testing

/// A ballot with a log of some forty entries, in which most that can happen has
/// happened: made once, and copied for each test that damages it.
///
/// Beside `ballot.ledger` lie `early.ledger`, a copy from before the ballot was
/// opened, and the checkpoints `early.checkpoint` and `late.checkpoint`; the
/// latter is of the whole.
final class LoggedBallot: Sendable {
    let ballot: Ballot
    /// Of batch B01, by the roll's order.
    let packs: [Pack]

    /// Twelve packs: 0 to 3 voted online, 0 tried again; 4 was given wrong
    /// answers; 5 came by post, twice; 6 did and was annulled; 7 is lost and was
    /// replaced; 8 was locked and unlocked; 11 was missing at the print house.
    static let whole: Result<LoggedBallot, any Error> = Result {
        let made = try LoggedBallot()
        // What is static is never let go.
        atexit { try? FileManager.default.removeItem(atPath: LoggedBallot.whole.get().ballot.folder.path) }
        return made
    }

    /// A copy of it.
    static func copy() throws -> LoggedBallot { LoggedBallot(copying: try whole.get()) }

    private init(copying other: LoggedBallot) {
        // The copy fails where the disk is full, and then so does every test.
        ballot = try! Ballot(copying: other.ballot)
        packs = other.packs
    }

    private init() throws {
        let ballot = try Ballot(members: 12)
        let officer = ["--by", "A. Officer"]
        func done(_ verb: String, _ more: String...) throws {
            expectDone(try ballot.run([verb] + Ballot.desk + more + officer))
        }
        func scan(_ packs: String...) throws {
            _ = try ballot.run(["postal"] + Ballot.desk + packs)
        }
        expectDone(try ballot.run(ballot.issue()))
        expectDone(try ballot.run(ballot.issue("PROOF", more: ["--specimen", "2"])))
        let packs = try ballot.packs()
        expectDone(try ballot.run(["load"] + Ballot.desk + ["--create", "out/B01.register"]))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/PROOF.register"]))
        let returned = packs.enumerated().map { "\($1.pack),\($0 == 11 ? "missing" : "packed")\n" }
        try ballot.folder.write("return.csv", "pack,status\n" + returned.joined())
        try done("reconcile", "B01", "return.csv", "--confirm")
        try done("activate", "B01")
        try done("activate", "PROOF")
        try ballot.checkpoint("early.checkpoint")
        try ballot.folder.copy("ballot.ledger", to: "early.ledger")
        try done("open", "--closes", "2099-01-01T00:00Z")
        _ = try ballot.redeem(packs[0...3].map { $0.request(Counterfoil.newKey()) })
        _ = try ballot.redeem([packs[0].request(Counterfoil.newKey())])
        _ = try ballot.redeem(
            (1...2).map { packs[4].request(Counterfoil.newKey(), born: "\($0) May 1901") }
                + (1...5).map { packs[8].request(Counterfoil.newKey(), born: "\($0) May 1901") })
        try scan(packs[5].pack, packs[5].pack, packs[6].pack, packs[0].pack, packs[11].pack)
        try done(
            "annul", packs[6].pack, "--scan", try ballot.scan(of: packs[6].pack), "--reason", "mistake",
            "--reference", "case 7")
        try done("cancel", packs[7].pack, "--reason", "lost")
        try done("unlock", packs[8].pack)
        try ballot.folder.write("lost.csv", packs[7].pack + "\n")
        expectDone(try ballot.run(ballot.issue("R01", more: ["--replace", "lost.csv"])))
        expectDone(try ballot.run(["load"] + Ballot.desk + ["out/R01.register"]))
        try done("activate", "R01", "--unreconciled", "--confirm")
        try done("withdraw", "PROOF", "--reason", "other", "--confirm")
        try ballot.checkpoint("late.checkpoint")
        self.ballot = ballot
        self.packs = packs
    }
}

extension Ballot {
    /// Signs the log as it is now, into a file.
    func checkpoint(_ file: String, ledger: String = "ballot.ledger") throws {
        let ended = try run(["checkpoint", "--ledger", ledger, "--keys", "ballot/desk"])
        expectDone(ended)
        try folder.write(file, ended.bytes)
    }

    func audit(_ more: String..., ledger: String = "ballot.ledger") throws -> Ended {
        try run(["audit", "--ledger", ledger] + more)
    }

    /// The numbers of the entries that the log has about a pack.
    func entries(about pack: String, _ checkpoint: String) throws -> [Int] {
        let ended = try run(["prove", "--ledger", "ballot.ledger", "--checkpoint", checkpoint, pack])
        return ended.errors.matches(of: #/--entry (\d+) /#).compactMap { Int($0.1) }
    }

    /// Runs SQL with the stock shell, the ledger's triggers put aside and then
    /// made again word for word; CHECKs are not in the way either.
    func tamper(_ sql: String, ledger: String = "ballot.ledger") throws {
        let script = """
            .bail on
            PRAGMA ignore_check_constraints = ON;
            CREATE TEMP TABLE guards AS SELECT name, sql FROM sqlite_schema WHERE type = 'trigger';
            .once drop.sql
            SELECT 'DROP TRIGGER ' || name || ';' FROM guards;
            .once make.sql
            SELECT sql || ';' FROM guards;
            BEGIN;
            .read drop.sql
            \(sql);
            .read make.sql
            COMMIT;
            """
        let ended = try Child(
            "sqlite3", ["-batch", ledger], input: .text(script), in: folder.path
        ).finish()
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(sql): \(ended)")
    }
}
