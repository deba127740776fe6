import Counterfoil
import Foundation
import IssuingRoom
import PollingDesk
import Testing

@testable import CounterfoilTool

/// What the command says of the errors of the libraries, which have no words of
/// their own.
@Suite struct SentenceTests {
    static let file = LedgerPlace.file("/b/ballot.ledger")
    static let database = LedgerPlace.database("postgresql://site1@db1/ballot")

    private static func sqlite(_ code: Int32, _ words: String, _ errno: Int32 = 0) -> LedgerFault {
        LedgerFault(file, .sqlite(code: code, words: words, errno: errno))
    }

    private static func server(_ state: String, _ words: String) -> LedgerFault {
        LedgerFault(database, .server(state: state, words: words))
    }

    private static func system(_ call: LedgerPlace.Call, _ errno: Int32) -> LedgerFault {
        LedgerFault(file, .system(call, errno: errno))
    }

    static let sentences: [(LedgerError, String)] = [
        (
            .undecided(sqlite(522, "disk I/O error", 5)),
            "it is not known whether the last change was kept: the disk that holds the ledger reported an error (SQLite 522: disk I/O error, error 5 of the system)"
        ),
        (
            .undecided(LedgerFault(file, .moved)),
            "it is not known whether the last change was kept: /b/ballot.ledger was moved, replaced or deleted while the desk was open"
        ),
        (
            .undecided(LedgerFault(file, .cutOff)),
            "it is not known whether the last change was kept: /b/ballot.ledger was cut off while the desk was open"
        ),
        (
            .undecided(LedgerFault(database, .connection(words: "server closed the connection"))),
            "it is not known whether the last change was kept: the connection broke during a commit (the database cannot be reached (server closed the connection))"
        ),
        (
            .undecided(LedgerFault(database, .warned)),
            "it is not known whether the last change was kept: the database warned during a commit: it may not be on the standby"
        ),
        (.busy, "too many requests wait already; ask again later, with the same key"),
        (.closed, "the ledger was closed"),
        (.readOnly, "the ledger was opened for reading only"),
        (.ballotFinal, "the ballot is final: nothing is written any more, and no register is loaded"),
        (.register(.notARegister), "this is not a Counterfoil register"),
        (
            .register(.content(.order)),
            "the register holds rows or pairs that are not in order; it was not made by Counterfoil"
        ),
        (
            .otherRegister(BatchName("B01")!),
            "another register named B01 has been loaded; a batch is never loaded in two versions"
        ),
        (
            .unsignedBatch(BatchName("B01")!),
            "batch B01 is in the ledger, but its rows are not those of a register that the issuing room signed: somebody else wrote them. Do not use it. Find out who had the right to load, and load all registers into a new ledger"
        ),
        (
            .packTwice,
            "a pack of this register is in it twice, or in another one that has been loaded; nothing was loaded"
        ),
        (
            .otherElection(file, named: "Old"),
            "/b/ballot.ledger is the ledger of another election, \u{201C}Old\u{201D}"
        ),
        (
            .otherElection(database, named: "Old"),
            "the database holds the ledger of another election, \u{201C}Old\u{201D}"
        ),
        (
            .otherKey,
            "the desk's key belongs to another election than the ledger; give the right folder"
        ),
        (
            .olderCopy(file, has: 4, seen: 9, by: .head),
            "the ledger has 4 log entries, but its witness has seen 9: this is an older copy; find the newest one before anybody votes"
        ),
        (
            .olderCopy(file, has: 4, seen: 9, by: .waitingChanges(path: "/b/ballot.ledger-wal")),
            "/b/ballot.ledger holds 4 log entries, and held 9 before the changes that wait in /b/ballot.ledger-wal: an older copy was put in its place. Find the newest ledger, and keep that file, in which votes may be. If there is no newer one, move /b/ballot.ledger-wal and /b/ballot.ledger-shm aside, and `counterfoil reopen` this one"
        ),
        (
            .olderCopy(file, has: 4, seen: 9, by: .memory(path: "/b/ballot.ledger-lock")),
            "/b/ballot.ledger has 4 log entries, and had 9, as /b/ballot.ledger-lock remembers: votes may be missing. Find the newest /b/ballot.ledger, and the -wal that lay beside it. If it cannot be found, `counterfoil reopen` goes on without it, on the record"
        ),
        (
            .olderCopy(file, has: 4, seen: 9, by: .checkpoint),
            "the log is shorter than the one that the checkpoint was made of: this is an older copy of the ledger"
        ),
        (
            .otherLog(database, first: 4, by: .head),
            "the first 4 log entries are not those that the witness has seen: this is another ledger, or it was altered; find the right one before anybody votes"
        ),
        (.otherLog(file, first: 4, by: .checkpoint), "the checkpoint was made of another log"),
        (.missing(file), "there is no ledger at /b/ballot.ledger; `load --create` makes one"),
        (.missing(database), "there is no such database"),
        (.exists(file), "there is a file at /b/ballot.ledger already; a ledger is never overwritten"),
        (.exists(database), "this database holds a ledger already; a ledger is never overwritten"),
        (.notALedger(LedgerFault(file, .application(0))), "/b/ballot.ledger is not a Counterfoil ledger"),
        (
            .notALedger(sqlite(26, "file is not a database")),
            "this file is not a Counterfoil ledger (SQLite 26: file is not a database)"
        ),
        (
            .notALedger(server("42P01", "relation \"ledger\" does not exist")),
            "this database holds no ledger, or one of another version (PostgreSQL 42P01: relation \"ledger\" does not exist)"
        ),
        (
            .notALedger(LedgerFault(file, .election(.otherRefusedWords))),
            "the election in the ledger cannot be read: this election uses another list of refused words; use the version of Counterfoil that made it"
        ),
        (
            .otherVersion(file, has: 2, known: 1),
            "/b/ballot.ledger was made by a newer version of Counterfoil; use that one"
        ),
        (
            .otherVersion(database, has: 1, known: 2),
            "the ledger was made by an older version of Counterfoil; use that one"
        ),
        (
            .alteredSchema(file),
            "/b/ballot.ledger does not have the tables and rules of a ledger of this version; they were altered"
        ),
        (
            .alteredPart(database, SchemaPart("trigger log_stays of log", .missing)),
            "in the database of the ledger, the trigger log_stays of log is missing; find out who changed it and why, undo it, and run `audit` before anybody votes"
        ),
        (
            .alteredPart(database, SchemaPart("function record_votes", .altered)),
            "in the database of the ledger, the function record_votes is not as this program made it; find out who changed it and why, undo it, and run `audit` before anybody votes"
        ),
        (
            .alteredPart(database, SchemaPart("table \u{202E}x", .foreign)),
            "in the database of the ledger, the table ?x is not of this program's making; find out who changed it and why, undo it, and run `audit` before anybody votes"
        ),
        (
            .pooled(database),
            "between this machine and the database there is a pooler that lends a session for one transaction or statement at a time, and settings and locks get lost there; use it in session mode, or name the server itself"
        ),
        (
            .readOnlyServer(database, isStandby: true),
            "the server of the database is a standby, and takes nothing that would be written; name the primary in the address as well, or promote the standby when the old primary is really dead"
        ),
        (
            .readOnlyServer(database, isStandby: false),
            "the server of the database lets sessions only read (default_transaction_read_only); its operator, or the owner of the database, switches that off"
        ),
        (
            .mayNotMakeRoles(database),
            "this user of the database may not make roles, and a ledger has four; let the operator say `ALTER ROLE name CREATEROLE`, and make it again"
        ),
        (
            .clocksDiffer(
                database, here: Moment(milliseconds: 1_659_600_000_999),
                there: Moment(milliseconds: 1_659_607_200_000)),
            "by the clock of this machine it is 2022-08-04T08:00:00Z, and by that of the database's server 2022-08-04T10:00:00Z: they differ by more than a minute, and what counts depends on the time; set the clock that is wrong, then ask again. Nothing was recorded"
        ),
        (
            .damaged(LedgerFault(database, .damage(.lostRows(table: "votes", entry: 17)))),
            "the log tells of what the table votes does not have (entry 17): rows of it were lost, or restored without being all there; restore the whole database from a backup that has them, and run `audit` before anybody votes"
        ),
        (
            .damaged(LedgerFault(database, .damage(.placesMissing))),
            "the table places does not have the order of the log to its end: rows of it were lost, or restored without being all there; restore the whole database from a backup that has them, and run `audit` before anybody votes"
        ),
        (
            .damaged(LedgerFault(database, .damage(.turnsBehind))),
            "the sequence turns is behind the log, as after a restore that left it out, or on a copy that does not follow it: the owner of the database sets it by `SELECT setval('counterfoil.turns', (SELECT max(turn) FROM counterfoil.log))`; then run `audit`"
        ),
        (
            .damaged(LedgerFault(file, .damage(.size(found: 3, expected: 16, entry: 7)))),
            "the ledger is damaged or was cut off; move it aside, with the -wal and -shm beside it, and put its copy in its place (entry 7 of the log: a value of 3 bytes where there should be 16)"
        ),
        (
            .damaged(sqlite(11, "database disk image is malformed")),
            "the ledger is damaged or was cut off; move it aside, with the -wal and -shm beside it, and put its copy in its place (SQLite 11: database disk image is malformed)"
        ),
        (
            .damaged(LedgerFault(database, .damage(.missingEntry(7)))),
            "the ledger is damaged; look into the server's log (entry 7 of the log is missing)"
        ),
        (
            .damaged(LedgerFault(file, .damage(.alteredEntry(7, .doesNotLead)))),
            "entry 7 of the log was altered: the entry is not in the log that the checkpoint was made of"
        ),
        (.unsafePlace(path: "/b/", .noName), "\u{201C}/b/\u{201D} is no name for a file"),
        (.unsafePlace(path: "/b/l", .notAFile), "/b/l is not a file"),
        (.unsafePlace(path: "/b/l", .empty), "/b/l is empty, and so no ledger"),
        (
            .unsafePlace(path: "/b/l", .openToOthers),
            "/b/l can be read by others than its owner; find out who may have read it, then `chmod 600` it"
        ),
        (.unsafePlace(path: "/b/l", .hardLink), "/b/l has a second name (a hard link); remove one of them"),
        (
            .unsafePlace(path: "/b/l-wal", .leftover),
            "changes of an earlier ledger wait in /b/l-wal; find out what became of it, and move that file away"
        ),
        (
            .unsafePlace(path: "/b/l", .changesWait(path: "/b/l-wal")),
            "the folder of /b/l cannot be written to, and changes wait in /b/l-wal; copy both to another folder, and read the ledger there"
        ),
        (
            .unsafePlace(path: "/b/l", .notClosed(memory: "/b/l-lock")),
            "/b/l was copied from under an open desk, or its desk died and /b/l-lock is gone: nobody can tell whether votes are missing. Put back the -wal and -lock that lay beside it. If they cannot be found, `counterfoil reopen` goes on without them, on the record"
        ),
        (
            .unsafePlace(path: "/b/l", .mounted),
            "/b/l is mounted by itself, and under another name a second desk would not see this one; use it in its own folder, or mount the whole folder"
        ),
        (
            .unsafePlace(path: "/b/l", .sharedFileSystem("NFS")),
            "/b/l is on a network or a program's file system (NFS), where two desks may not see each other; keep the ledger on a disk of this machine. To read a copy, copy it to one"
        ),
        (
            .unsafePlace(path: "/b/l", .unknownFileSystem(0x9FA0)),
            "/b/l is on a file system that this program does not know (type 0x9fa0); keep the ledger on a disk of this machine, with ext4, XFS or Btrfs. To read a copy, copy it to one"
        ),
        (.noAccess(system(.reach, 13)), "/b/ballot.ledger cannot be reached: Permission denied"),
        (
            .noAccess(system(.reachFolder, 2)),
            "the folder of /b/ballot.ledger cannot be reached: No such file or directory"
        ),
        (
            .noAccess(sqlite(14, "unable to open database file", 13)),
            "the ledger, or a file beside it, cannot be opened (SQLite 14: unable to open database file, error 13 of the system)"
        ),
        (
            .noAccess(sqlite(8, "attempt to write a readonly database")),
            "the ledger or its folder cannot be written to (SQLite 8: attempt to write a readonly database)"
        ),
        (
            .locked(sqlite(5, "database is locked"), by: .writer, seconds: 10),
            "another program has kept the ledger locked for ten seconds; find it and end it (SQLite 5: database is locked)"
        ),
        (
            .locked(
                server("55P03", "canceling statement due to lock timeout"), by: .writer, seconds: 30),
            "another program has kept the ledger locked for half a minute; find it and end it (PostgreSQL 55P03: canceling statement due to lock timeout)"
        ),
        (
            .locked(sqlite(5, "database is locked"), by: .readers, seconds: 10),
            "another program has been reading the ledger for ten seconds; a desk can be opened when nobody reads: wait for it, or end it"
        ),
        (
            .diskFull(sqlite(13, "database or disk is full")),
            "the disk is full; make room, then open the ledger again (SQLite 13: database or disk is full)"
        ),
        (
            .diskFull(server("53100", "could not extend file")),
            "the disk of the database is full; make room (PostgreSQL 53100: could not extend file)"
        ),
        (
            .diskFailed(system(.sync, 5)),
            "/b/ballot.ledger cannot be written to the disk: Input/output error"
        ),
        (
            .diskFailed(server("58030", "could not read block 7")),
            "the disk of the database failed; look into the server's log (PostgreSQL 58030: could not read block 7)"
        ),
        (
            .notDurable(database, setting: "fsync"),
            "the database server runs with fsync switched off, and would lose votes in a power cut; switch it on"
        ),
        (
            .notDurable(file, setting: "journal_mode"),
            "SQLite cannot set journal_mode for /b/ballot.ledger as it must be, and would lose votes in a power cut; keep the ledger on a disk of this machine"
        ),
        (
            .unreachable(LedgerFault(database, .connection(words: "Connection refused"))),
            "the database cannot be reached (Connection refused)"
        ),
        (
            .badAddress(.notAnAddress),
            "this is not the address of a database; it is written as postgresql://user@host/database"
        ),
        (
            .badAddress(.unreadable),
            "this is not the address of a database; it is written as postgresql://user@host/database"
        ),
        (
            .badAddress(.password),
            "every user of this machine can read a password in an address; put it in ~/.pgpass (readable by its owner alone) or use a certificate"
        ),
        (
            .badAddress(.keyPassword),
            "every user of this machine can read a password in an address; keep the certificate's key without one, in a file readable by its owner alone"
        ),
        (
            .noRight(server("42501", "permission denied for table votes")),
            "this user of the database may not do that; ask the operator of the database (PostgreSQL 42501: permission denied for table votes)"
        ),
        (
            .rulesRefused(sqlite(1555, "UNIQUE constraint failed: votes.voter")),
            "the ledger's own rules refused a change; this must be looked into (SQLite 1555: UNIQUE constraint failed: votes.voter)"
        ),
        (
            .rulesRefused(server("23505", "duplicate key")),
            "the ledger's own rules refused a change; this must be looked into (PostgreSQL 23505: duplicate key)"
        ),
        (.failed(sqlite(7, "out of memory")), "the ledger cannot be used (SQLite 7: out of memory)"),
    ]

    @Test("What is said of a ledger", arguments: sentences)
    func ofLedgers(_ error: LedgerError, _ sentence: String) {
        #expect(error.sentence == sentence)
    }

    // MARK: None is forgotten

    /// What Stop and attempt ask of an error: this is a line of the compiler's.
    static let explained: [any Explained.Type] = [
        JSONError.self, ElectionError.self, RegisterError.self, KeyFileError.self,
        UnreadablePackNumber.self, LedgerError.self, CheckpointError.self, StreamError.self,
        RollFault.self, RollColumnError.self, RollError.self, ListError.self, IssueError.self,
        BookError.self, AgeRecipientError.self, Stop.self,
    ]

    @Test("Every public error of the libraries has a sentence")
    func allAreExplained() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var found: Set<String> = []
        for module in ["Counterfoil", "IssuingRoom", "PollingDesk", "CounterfoilFiles"] {
            let files = try #require(
                FileManager.default.enumerator(
                    at: sources.appending(path: module), includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                let declarations = text.matches(of: /public (?:enum|struct|final class) (\w+): Error\b/)
                for match in declarations { found.insert(String(match.1)) }
            }
        }
        #expect(found.contains("LedgerError"))
        #expect(found == Set(Self.explained.map { "\($0)" }).subtracting(["Stop"]))
    }
}
