internal import Counterfoil
internal import PollingDesk

extension LedgerError: Explained {
    var sentence: String {
        switch self {
        case .undecided(let fault):
            "it is not known whether the last change was kept: \(fault.sentenceAboutCommit)"
        case .busy: "too many requests wait already; ask again later, with the same key"
        case .closed: "the ledger was closed"
        case .readOnly: "the ledger was opened for reading only"
        case .ballotFinal: "the ballot is final: nothing is written any more, and no register is loaded"
        case .register(let error): error.sentence
        case .otherRegister(let name):
            "another register named \(name) has been loaded; a batch is never loaded in two versions"
        case .unsignedBatch(let name):
            "batch \(name) is in the ledger, but its rows are not those of a register that the issuing room signed: somebody else wrote them. Do not use it. Find out who had the right to load, and load all registers into a new ledger"
        case .packTwice:
            "a pack of this register is in it twice, or in another one that has been loaded; nothing was loaded"
        case .otherElection(.database, let name):
            "the database holds the ledger of another election, \(quoted(name))"
        case .otherElection(let place, let name):
            "\(place.name) is the ledger of another election, \(quoted(name))"
        case .otherKey: "the desk's key belongs to another election than the ledger; give the right folder"
        case .olderCopy(let place, let has, let seen, let evidence):
            evidence.sentence(ofOlderCopy: place.name, has: has, seen: seen)
        case .otherLog(_, let count, let evidence): evidence.sentence(ofOtherLog: count)
        case .missing(.database): "there is no such database"
        case .missing(let place): "there is no ledger at \(place.name); `load --create` makes one"
        case .exists(.database): "this database holds a ledger already; a ledger is never overwritten"
        case .exists(let place): "there is a file at \(place.name) already; a ledger is never overwritten"
        case .otherVersion(let place, let has, let known):
            "\(place.name) was made by \(has > known ? "a newer" : "an older") version of Counterfoil; use that one"
        case .alteredSchema(let place):
            "\(place.name) does not have the tables and rules of a ledger of this version; they were altered"
        case .alteredPart(_, let part):
            "in the database of the ledger, \(part.sentence); find out who changed it and why, undo it, and run `audit` before anybody votes"
        case .pooled:
            "between this machine and the database there is a pooler that lends a session for one transaction or statement at a time, and settings and locks get lost there; use it in session mode, or name the server itself"
        case .readOnlyServer(_, isStandby: true):
            "the server of the database is a standby, and takes nothing that would be written; name the primary in the address as well, or promote the standby when the old primary is really dead"
        case .readOnlyServer(_, isStandby: false):
            "the server of the database lets sessions only read (default_transaction_read_only); its operator, or the owner of the database, switches that off"
        case .mayNotMakeRoles:
            "this user of the database may not make roles, and a ledger has four; let the operator say `ALTER ROLE name CREATEROLE`, and make it again"
        case .clocksDiffer(_, let here, let there):
            "by the clock of this machine it is \(here.text), and by that of the database's server \(there.text): they differ by more than a minute, and what counts depends on the time; set the clock that is wrong, then ask again. Nothing was recorded"
        case .unsafePlace(let path, let danger): danger.sentence(about: path)
        case .locked(_, .readers, let seconds):
            "another program has been reading the ledger for \(Self.time(seconds)); a desk can be opened when nobody reads: wait for it, or end it"
        case .locked(let fault, .writer, let seconds):
            "another program has kept the ledger locked for \(Self.time(seconds)); find it and end it\(fault.cause.source)"
        case .badAddress(let fault): fault.sentence
        case .notDurable(.database, let setting):
            "the database server runs with \(setting) switched off, and would lose votes in a power cut; switch it on"
        case .notDurable(let place, let setting):
            "SQLite cannot set \(setting) for \(place.name) as it must be, and would lose votes in a power cut; keep the ledger on a disk of this machine"
        case .notALedger(let fault), .damaged(let fault), .noAccess(let fault), .diskFull(let fault),
            .diskFailed(let fault), .unreachable(let fault), .noRight(let fault),
            .rulesRefused(let fault), .failed(let fault):
            fault.sentence
        }
    }

    private static func time(_ seconds: Int) -> String {
        switch seconds {
        case 10: "ten seconds"
        case 30: "half a minute"
        default: "\(seconds) seconds"
        }
    }
}

extension LedgerPlace {
    /// How a sentence begins about what is there.
    fileprivate var name: String {
        switch self {
        case .memory, .database: "the ledger"
        case .file(let path): shown(path)
        }
    }
}

extension SchemaPart {
    fileprivate var sentence: String {
        switch fault {
        case .missing: "the \(shown(name)) is missing"
        case .altered: "the \(shown(name)) is not as this program made it"
        case .foreign: "the \(shown(name)) is not of this program's making"
        }
    }
}

extension LedgerEvidence {
    fileprivate func sentence(ofOlderCopy name: String, has: Int, seen: Int) -> String {
        switch self {
        case .head:
            "the ledger has \(has) log entries, but its witness has seen \(seen): this is an older copy; find the newest one before anybody votes"
        case .waitingChanges(let path):
            "\(name) holds \(has) log entries, and held \(seen) before the changes that wait in \(shown(path)): an older copy was put in its place. Find the newest ledger, and keep that file, in which votes may be. If there is no newer one, move \(shown(path)) and \(name)-shm aside, and `counterfoil reopen` this one"
        case .memory(let path):
            "\(name) has \(has) log entries, and had \(seen), as \(shown(path)) remembers: votes may be missing. Find the newest \(name), and the -wal that lay beside it. If it cannot be found, `counterfoil reopen` goes on without it, on the record"
        case .checkpoint:
            "the log is shorter than the one that the checkpoint was made of: this is an older copy of the ledger"
        }
    }

    fileprivate func sentence(ofOtherLog count: Int) -> String {
        switch self {
        case .memory:
            "the first \(count) log entries are no longer those that this desk wrote: another ledger, or an older one, was put in its place while the desk was open; find the right one before anybody votes"
        case .head, .waitingChanges:
            "the first \(count) log entries are not those that the witness has seen: this is another ledger, or it was altered; find the right one before anybody votes"
        case .checkpoint: "the checkpoint was made of another log"
        }
    }
}

extension LedgerPlace.Danger {
    fileprivate func sentence(about name: String) -> String {
        let path = shown(name)
        return switch self {
        case .noName: "\u{201C}\(path)\u{201D} is no name for a file"
        case .notAFile: "\(path) is not a file"
        case .empty: "\(path) is empty, and so no ledger"
        case .openToOthers:
            "\(path) can be read by others than its owner; find out who may have read it, then `chmod 600` it"
        case .hardLink: "\(path) has a second name (a hard link); remove one of them"
        case .leftover:
            "changes of an earlier ledger wait in \(path); find out what became of it, and move that file away"
        case .changesWait(let log):
            "the folder of \(path) cannot be written to, and changes wait in \(shown(log)); copy both to another folder, and read the ledger there"
        case .notClosed(let memory):
            "\(path) was copied from under an open desk, or its desk died and \(shown(memory)) is gone: nobody can tell whether votes are missing. Put back the -wal and -lock that lay beside it. If they cannot be found, `counterfoil reopen` goes on without them, on the record"
        case .mounted:
            "\(path) is mounted by itself, and under another name a second desk would not see this one; use it in its own folder, or mount the whole folder"
        case .sharedFileSystem(let name):
            "\(path) is on a network or a program's file system (\(shown(name))), where two desks may not see each other; keep the ledger on a disk of this machine. To read a copy, copy it to one"
        case .unknownFileSystem(let type):
            "\(path) is on a file system that this program does not know (type 0x\(String(type, radix: 16))); keep the ledger on a disk of this machine, with ext4, XFS or Btrfs. To read a copy, copy it to one"
        }
    }
}

extension AddressFault {
    fileprivate var sentence: String {
        switch self {
        // Neither the address nor libpq's words, which repeat it: it may hold a password.
        case .notAnAddress, .unreadable:
            "this is not the address of a database; it is written as postgresql://user@host/database"
        case .password:
            "every user of this machine can read a password in an address; put it in ~/.pgpass (readable by its owner alone) or use a certificate"
        case .keyPassword:
            "every user of this machine can read a password in an address; keep the certificate's key without one, in a file readable by its owner alone"
        }
    }
}
