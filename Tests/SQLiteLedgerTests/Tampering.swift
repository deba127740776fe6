import Counterfoil
import SQLiteLedger
import TestSupport

@testable import PollingDesk

/// A closed ledger that has something in every table, and somebody who edits it
/// with an SQL shell and knows how to cover their tracks.
final class Tampering {
    let rehearsal = Rehearsal()
    private let folder = TemporaryFolder.quick()
    let path: String
    /// Of the log before the ballot was opened, and of all of it.
    let early: Checkpoint
    let late: Checkpoint
    private let whole: [UInt8]
    private let guards: [(name: String, sql: String)]

    static let tables = [
        "ballot", "batches", "packs", "pairs", "cancelled", "votes", "scans", "attempts", "log",
    ]

    init() throws {
        path = folder.file("ledger")
        (early, late) = try Self.fill(path, rehearsal, folder)
        whole = Disk.read(path)
        let names = Shell.ask(path, "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'trigger'")!
        let path = path
        guards = names.split(separator: ",").map { name in
            (String(name), Shell.ask(path, "SELECT sql FROM sqlite_schema WHERE name = '\(name)'")!)
        }
    }

    private static func fill(
        _ path: String, _ rehearsal: Rehearsal, _ folder: TemporaryFolder
    ) throws -> (Checkpoint, Checkpoint) {
        let ledger = try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0))
        defer { ledger.close() }
        let booth = try Booth(rehearsal, ledger)
        let desk = booth.desk
        let note = Note(reason: .lost, reference: "case 7", officer: "A. Officer")
        let packs = (1...10).map { rehearsal.pack($0) }
        try booth.load("main", packs)
        try booth.load("proof", [rehearsal.pack(20, kind: .specimen)], as: .specimens)
        _ = try desk.reconcile(BatchName("main")!, missing: [packs[8].number], note, at: .test(1))
        try booth.activate("main")
        let early = try desk.checkpoint { $0 }
        _ = try desk.open(closes: .test(10_000), grace: 60_000, note, at: .test(3))
        for i in 0..<3 { _ = try booth.redeem(packs[i], key: i) }
        _ = try booth.redeem(packs[0], key: 10)
        for i in 0..<2 { _ = try booth.redeem(packs[3], key: 20 + i, answers: ["\(i + 1)/1/1901", "1"]) }
        try booth.receive([packs[4], packs[5], packs[0], packs[4]], by: "Table 3", at: .test(20))
        _ = try desk.annul(packs[5].number, scan: ScanNonce(test: 2), note, at: .test(21))
        _ = try desk.cancel(packs[6].number, note, at: .test(22))
        // One pack that is listed is here, and the other one in no register.
        let new = rehearsal.pack(11, voter: 7, replacing: packs[6])
        try booth.load(
            "again", [new], pairs: [(new, packs[9]), (packs[1], packs[9]), (new, rehearsal.pack(30))],
            as: .replacements)
        try booth.activate("again")
        _ = try desk.withdraw(BatchName("proof")!, note, at: .test(30))
        return (early, try desk.checkpoint { $0 })
    }

    /// What an audit finds, or why it could not read the ledger; nil if nothing.
    func audit(against checkpoints: [Checkpoint] = [], at other: String? = nil) -> String? {
        do throws(LedgerError) { return try difference(against: checkpoints, at: other) } catch {
            return "cannot be read: \(error)"
        }
    }

    /// What an audit finds; nil if nothing.
    func difference(
        against checkpoints: [Checkpoint] = [], at other: String? = nil
    ) throws(LedgerError) -> String? {
        let ledger = try SQLiteLedger(reading: other ?? path)
        defer { ledger.close() }
        let audit = Audit(election: rehearsal.election, against: checkpoints)
        return try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try audit.run(on: snapshot)
        }.difference
    }

    /// Runs SQL with triggers and checks out of the way; the triggers are then
    /// made again word for word. Nil where it worked, else SQLite's words.
    func edit(_ sql: String) -> String? {
        // Anyone who can do this can take away what the lock remembers.
        Disk.remove(path + "-lock")
        let drop = guards.map { "DROP TRIGGER \($0.name);" }.joined()
        let make = guards.map { $0.sql + ";" }.joined()
        return Shell.run(path, "PRAGMA ignore_check_constraints = ON; BEGIN; \(drop) \(sql); \(make) COMMIT")
    }

    /// The ledger as it was.
    func restore() {
        for end in ["-wal", "-shm", "-lock"] { Disk.remove(path + end) }
        Disk.write(path, whole)
    }

    /// Lets `change` alter the entries of the log, and computes anew all else that
    /// a log holds: nothing in it contradicts itself.
    func forge(_ change: (inout [LoggedEntry]) -> Void) throws {
        var entries: [LoggedEntry] = []
        let ledger = try SQLiteLedger(reading: path)
        try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try snapshot.eachEntry {
                entries.append($0.logged)
                return true
            }
        }
        ledger.close()
        change(&entries)
        var frontier = Frontier()
        var sql = "DELETE FROM log;"
        for (number, logged) in entries.enumerated() {
            let hashes = frontier.append(MerkleTree.leaf(logged.leaf))
            let entry = logged.entry(constant: rehearsal.election.constant)!
            let pack = entry.event.pack.map { "\($0.value)" } ?? "NULL"
            sql += """
                INSERT INTO log VALUES (\(number), \(entry.at.milliseconds), \(entry.event.type.rawValue),
                x'\(logged.encoded.hex)', \(pack), '\(logged.reason)', '\(logged.reference)',
                '\(logged.officer)', x'\(logged.id.bytes.hex)', x'\(hashes.map { $0.hex }.joined())');
                """
        }
        if let complaint = edit(sql) { throw Complaint(words: complaint) }
    }

    /// SQLite's.
    struct Complaint: Error { let words: String }

    // MARK: What there is to edit

    func columns(of table: String) -> [String] {
        Shell.ask(path, "SELECT group_concat(name) FROM pragma_table_info('\(table)')")!
            .split(separator: ",").map(String.init)
    }

    /// Words for a WHERE, one for each row.
    func rows(of table: String) -> [String] {
        let keys = [
            "packs": ["id"], "votes": ["voter"], "scans": ["pack", "nonce"],
            "pairs": ["batch", "cancelled", "kept"],
        ]
        let key = keys[table] ?? ["rowid"]
        let quoted = key.map { "quote(\($0))" }.joined(separator: " || ',' || ")
        return Shell.ask(path, "SELECT group_concat(\(quoted), ' ') FROM \(table)")!
            .split(separator: " ").map { "(\(key.joined(separator: ", "))) = (\($0))" }
    }

    /// Other values for a cell, as SQL.
    func others(_ table: String, _ column: String, _ row: String) -> [String] {
        let value = Shell.ask(path, "SELECT quote(\(column)) FROM \(table) WHERE \(row)")!
        var others: [String]
        if value == "NULL" {
            let type = Shell.ask(
                path, "SELECT type FROM pragma_table_info('\(table)') WHERE name = '\(column)'")
            others = type == "BLOB" ? ["x'000102030405060708090a0b0c0d0e0f'"] : ["0", "1", "1659600000000"]
        } else if value.hasPrefix("X'") {
            let hex = value.dropFirst(2).dropLast()
            func flipped(_ place: String.Index) -> String {
                let old = hex[place]
                return "x'\(hex[..<place])\(old == "0" ? "1" : "0")\(hex[hex.index(after: place)...])'"
            }
            let last = hex.index(before: hex.endIndex)
            others = [flipped(hex.startIndex), flipped(last), "NULL"]
        } else if value.hasPrefix("'") {
            others = ["\(value) || 'x'", "''"].filter { $0 != value }
        } else {
            others = ["\(value) + 1", "\(value) - 1", "-\(value)", "0", "NULL"].filter {
                $0 != value && $0 != "-0"
            }
        }
        // What is in another row is well formed, too.
        for other in ["min", "max"] {
            let found = Shell.ask(path, "SELECT quote(\(other)(\(column))) FROM \(table)")!
            if found != value, found != "NULL" { others.append(found) }
        }
        return others
    }
}
