import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// A batch whose rows are not those of a register that the issuing room signed:
/// somebody wrote into the file.
@Suite struct UnsignedBatchTests {
    /// What is done to batch "late", and whether that makes it another register.
    static let edits: [(sql: String, isOther: Bool)] = [
        // The control.
        ("SELECT 1", false),
        ("UPDATE packs SET voter = zeroblob(16) WHERE pack = PACK", true),
        ("UPDATE packs SET tag = zeroblob(32) WHERE pack = PACK", true),
        ("UPDATE packs SET answers = zeroblob(16) WHERE pack = PACK", true),
        ("UPDATE packs SET kind = 2 WHERE pack = PACK", true),
        ("UPDATE packs SET batch = 1 WHERE pack = PACK", true),
        ("DELETE FROM packs WHERE pack = PACK", true),
        ("DELETE FROM pairs WHERE batch = 2", true),
        ("UPDATE pairs SET batch = 2", true),
        ("UPDATE batches SET signature = zeroblob(64) WHERE number = 2", true),
        ("UPDATE batches SET digest = zeroblob(64) WHERE number = 2", true),
        ("UPDATE batches SET kind = 3 WHERE number = 2", true),
        ("UPDATE batches SET header = (SELECT header FROM batches WHERE number = 1) WHERE number = 2", true),
    ]

    @Test(arguments: edits)
    func isNotActivated(_ sql: String, isOther: Bool) throws {
        let (rehearsal, folder) = (Rehearsal(), TemporaryFolder.quick())
        let path = folder.file("ledger")
        let (one, two) = (rehearsal.pack(1), rehearsal.pack(2))
        let late = rehearsal.register(
            "late", [rehearsal.pack(8), rehearsal.pack(9)], pairs: [(rehearsal.pack(8), one)])
        do {
            let booth = try Booth(
                rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
            try booth.load("main", [one, two], pairs: [(one, two)])
            _ = try booth.desk.load(late, at: .test(1))
            booth.desk.drain()
        }
        let names = Shell.ask(path, "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'trigger'")!
        let triggers = names.split(separator: ",").map { name in
            (name, Shell.ask(path, "SELECT sql FROM sqlite_schema WHERE name = '\(name)'")!)
        }
        let edit = sql.replacing("PACK", with: "\(rehearsal.pack(8).number.value)")
        let all = triggers.map { "DROP TRIGGER \($0.0)" } + [edit] + triggers.map(\.1)
        #expect(Shell.run(path, all.joined(separator: ";")) == nil)

        let desk = try Booth(
            rehearsal, try SQLiteLedger(opening: path, election: rehearsal.election)
        ).desk
        let name = BatchName("late")!
        func activate() throws(LedgerError) -> ActOutcome {
            try desk.activate(name, unreconciled: true, at: .test(2))
        }
        if isOther {
            #expect(throws: LedgerError.unsignedBatch(name)) { try activate() }
            #expect(try desk.ledger.summary().batches[1].activated == nil)
        }
        // A register with another digest is another one.
        if sql.contains("digest") {
            #expect(throws: LedgerError.otherRegister(name)) { try desk.load(late, at: .test(2)) }
        } else if isOther {
            #expect(throws: LedgerError.unsignedBatch(name)) { try desk.load(late, at: .test(2)) }
        } else {
            #expect(try desk.load(late, at: .test(2)).outcome == .alreadyLoaded)
            #expect(try activate() == .done)
        }
    }
}
