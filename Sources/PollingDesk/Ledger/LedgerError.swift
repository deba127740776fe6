public import Counterfoil

/// Why a ledger gave no answer. None of these is an outcome.
///
/// After `undecided`, what was asked for may have been done. After all others it
/// was not. Each case says what it is about; words for people are the business
/// of the program that talks to them.
public enum LedgerError: Error, Equatable, Sendable {
    // MARK: It may have been done

    /// The commit failed, or was not heard of: what was judged may be on the
    /// disk or not. Stop, open the ledger again if it does not go on by itself,
    /// and ask again with the same key.
    case undecided(LedgerFault)

    // MARK: No more is taken here

    /// Too many requests wait already. Ask again later, with the same key.
    case busy
    /// The ledger was closed by this program. Open it again.
    case closed
    /// The ledger was opened for reading, and a change was asked for.
    case readOnly
    /// The ballot is final: nothing is written any more, and no register is loaded.
    case ballotFinal

    // MARK: A register that is not taken

    /// The register is not one that the issuing room of this election signed, or
    /// it could not be read.
    case register(RegisterError)
    /// Another register of this name has been loaded. A batch is never loaded in
    /// two versions.
    case otherRegister(BatchName)
    /// The ledger has a batch of this name, or with this register's digest, whose rows
    /// are not those of a register that the issuing room signed. Somebody else wrote
    /// them. Nothing of it can be used.
    case unsignedBatch(BatchName)
    /// A pack of the register is in it twice, or in another one that has been loaded.
    case packTwice

    // MARK: Another ledger than the one that was meant

    /// It is the ledger of the election that has this name. Give the ledger of
    /// the election that was asked for.
    case otherElection(LedgerPlace, named: String)
    /// The desk's key is of another election than the ledger.
    case otherKey
    /// An older copy of the ledger: its log has `has` entries, and had `seen`
    /// before. Find the newest one before anyone votes.
    case olderCopy(LedgerPlace, has: Int, seen: Int, by: LedgerEvidence)
    /// The first entries of the log, so many of them, are not those that were
    /// seen before: another log, or one that was altered.
    case otherLog(LedgerPlace, first: Int, by: LedgerEvidence)
    /// There is nothing here. A ledger that is missing is never made by opening it.
    case missing(LedgerPlace)
    /// There is something here already. A ledger is never overwritten.
    case exists(LedgerPlace)
    /// What is here is no ledger, or not one that this version can read.
    case notALedger(LedgerFault)
    /// A ledger whose tables are of the version `has`; this program knows the
    /// version `known`. Use the version of Counterfoil that made it.
    case otherVersion(LedgerPlace, has: Int, known: Int)
    /// A ledger of this version whose tables or rules somebody has altered.
    case alteredSchema(LedgerPlace)
    /// A ledger in a database of which this part is not as this program made it: a
    /// function, a trigger, a right. Undo what was changed, and audit the ledger.
    case alteredPart(LedgerPlace, SchemaPart)
    /// Between this machine and the database's server there is a pooler that lends a
    /// session for one transaction or statement. Use its session mode, or none.
    case pooled(LedgerPlace)
    /// The server takes nothing that would be written: a standby, or one on which
    /// sessions may only read.
    case readOnlyServer(LedgerPlace, isStandby: Bool)
    /// To make a ledger takes the right to make roles, and this user does not have it.
    case mayNotMakeRoles(LedgerPlace)
    /// The clock of this machine and that of the database's server differ by more than
    /// a minute. What counts depends on the time: set the one that is wrong. Nothing
    /// was recorded.
    case clocksDiffer(LedgerPlace, here: Moment, there: Moment)
    /// The ledger holds something that this program cannot have written, or a
    /// part of it is missing. Put its copy in its place.
    case damaged(LedgerFault)

    // MARK: Where it is kept

    /// A file that must not be used as a ledger as it is now, by its path.
    case unsafePlace(path: String, LedgerPlace.Danger)
    /// The system does not let this program reach a file, or do with it what a
    /// ledger needs.
    case noAccess(LedgerFault)
    /// Another program has kept the ledger for itself for so many seconds. Wait
    /// for it, or end it, and ask again.
    case locked(LedgerFault, by: LedgerHolder, seconds: Int)
    /// There is no room on the disk. Make room, then open the ledger again.
    case diskFull(LedgerFault)
    /// The disk reported an error.
    case diskFailed(LedgerFault)

    /// This setting, of SQLite or of the database's server, is not what it must
    /// be, and a power cut would lose votes.
    case notDurable(LedgerPlace, setting: String)

    // MARK: Databases

    /// There is no connection to the database, or it broke before a commit was
    /// asked for, or the server could not do it at this moment. Ask again later.
    case unreachable(LedgerFault)
    /// The address of the database cannot be used.
    case badAddress(AddressFault)
    /// The user of the database does not have the right to do this.
    case noRight(LedgerFault)

    // MARK: What should not happen

    /// The ledger's own rules refused a change that the desk judged to be right.
    /// This must be looked into.
    case rulesRefused(LedgerFault)
    /// Anything else that SQLite, the database or the system reported.
    case failed(LedgerFault)
}

/// What shows that a ledger is not the newest one, or not the right one.
public enum LedgerEvidence: Equatable, Sendable {
    /// The head of the log that was given when the ledger was opened.
    case head
    /// What the ledger's lock remembers, and changes that wait in this file.
    case waitingChanges(path: String)
    /// What desks have noted in this file after each change.
    case memory(path: String)
    /// A checkpoint of the log.
    case checkpoint
}

/// Which programs keep a ledger for themselves.
public enum LedgerHolder: Equatable, Sendable {
    /// A program that writes.
    case writer
    /// Programs that read, while there must be none: a desk is being opened.
    case readers
}

/// Why no connection is tried with the address of a database.
public enum AddressFault: Equatable, Sendable {
    /// It does not begin as such an address does. It is not repeated, since it may
    /// hold a password.
    case notAnAddress
    /// libpq cannot read it.
    case unreadable
    /// It holds a password, which every user of the machine could read.
    case password
    /// It holds the password of a certificate's key, for everyone to read.
    case keyPassword
}
