package import Counterfoil

/// What went wrong in a ledger, and where, for someone who looks into it.
public struct LedgerFault: Equatable, Sendable {
    public let place: LedgerPlace
    package let cause: Cause

    package init(_ place: LedgerPlace, _ cause: Cause) {
        self.place = place
        self.cause = cause
    }

    package enum Cause: Equatable, Sendable {
        /// SQLite's extended result code, its words for it, and the `errno` of
        /// the system where that is the reason, else 0.
        case sqlite(code: Int32, words: String, errno: Int32)
        /// What the PostgreSQL server said: its SQLSTATE, and its words.
        case server(state: String, words: String)
        /// What happened to the connection to the server: libpq's words for it.
        case connection(words: String)
        /// The server warned during a commit: it may not be on the standby.
        case warned
        /// A call to the system failed with this `errno`.
        case system(LedgerPlace.Call, errno: Int32)
        /// A file was moved, replaced or deleted while the desk was open.
        case moved
        /// A file was cut off while the desk was open.
        case cutOff
        /// The file has this application id, and not that of a ledger.
        case application(Int64)
        /// The election in the ledger cannot be read.
        case election(ElectionError)
        /// What the ledger holds cannot be right.
        case damage(LedgerDamage)
    }
}

/// Where a ledger is kept.
public enum LedgerPlace: Equatable, Sendable {
    /// In this process.
    case memory
    /// In a file, by its path: the ledger itself, or one of those beside it.
    case file(String)
    /// In the database that this address names. It holds no password.
    case database(String)

    /// What is asked of the system.
    package enum Call: Equatable, Sendable {
        case reach, reachFolder, make, open, lock, read, write, sync
    }

    /// Why a file must not be used as a ledger.
    public enum Danger: Equatable, Sendable {
        /// The path ends in no name for a file.
        case noName
        /// It is a folder, a device or the like.
        case notAFile
        case empty
        /// Its permissions let others than its owner read or change it.
        case openToOthers
        /// It has a second name (a hard link). The files beside it would have
        /// another name under each.
        case hardLink
        /// Changes of an earlier ledger wait in this file. SQLite would take them
        /// for changes of a new one.
        case leftover
        /// The ledger's folder cannot be written to, and changes wait in this file
        /// beside it. Copy both to another folder.
        case changesWait(path: String)
        /// A desk had it open and did not close it, and what this file beside it
        /// remembers is gone: nobody can tell whether votes are missing. Put the files
        /// back that lay beside it, or reopen it on the record.
        case notClosed(memory: String)
        /// It is a mount of its own, or lies on another one than its folder. Under
        /// another name the files beside it would be others.
        case mounted
        /// Its file system belongs to another machine or to a program, by this name.
        /// Two programs on one ledger could see different files. Keep it on a disk
        /// of this machine.
        case sharedFileSystem(String)
        /// This program does not know its file system, which has this type.
        case unknownFileSystem(UInt32)
    }
}
