internal import Counterfoil
internal import PollingDesk

/// How a ledger's file is made and opened, and which ones are refused.
extension SQLiteLedger {
    /// Makes the file, complete or not at all. The caller holds the lock.
    static func build(
        _ files: LedgerFiles, _ election: Election, at moment: Moment
    ) throws(Failure) {
        guard !FileSystem.exists(files.path) else { throw .refused(.exists(.file(files.path))) }
        try files.refuseLeftovers()
        // What an earlier attempt left: it is dead, since we have the lock.
        files.removeUnfinished()
        defer { files.removeUnfinished() }
        try FileSystem.makePrivate(files.unfinished)
        try fill(files.unfinished, election, at: moment)
        try FileSystem.sync(files.unfinished)
        try FileSystem.move(files.unfinished, to: files.path)
        do throws(Failure) { try FileSystem.sync(files.folder) } catch {
            FileSystem.remove(files.path)
            throw error
        }
    }

    /// All that an empty ledger holds, in the file itself and nothing beside it.
    private static func fill(
        _ path: String, _ election: Election, at moment: Moment
    ) throws(Failure) {
        let database = try Database(path, .writing)
        try database.makeTables(for: election)
        var writer = try Writer(database, election: election, marks: false)
        try writer.record(.created(election: election.digest), at: moment)
        try writer.recover()
    }

    /// Refuses a ledger that is older than the changes that wait beside it in the
    /// write-ahead log. Somebody may put a copy in the place of a ledger and leave
    /// the log there. They would get pages of both: the newest entries, without
    /// the entries between.
    ///
    /// A power cut within a checkpoint leaves a file with torn pages, to be read
    /// from the log. Such a file is not older, but it may seem to hold less. An
    /// older copy is whole: it holds as many entries as the number of its last
    /// entry says. Of a file with torn pages nobody can be sure of that.
    static func refuseOlderCopy(_ files: LedgerFiles, _ remembered: Int?) throws(Failure) {
        guard let remembered, (FileSystem.status(of: files.log)?.size ?? 0) > 0,
            !LedgerUse.isUnderway(files),
            let database = try? Database(files.path, .frozen),
            let found = try? database.number("SELECT coalesce(max(number), -1) + 1 FROM log"),
            found < remembered,
            let counted = try? database.number("SELECT count(*) FROM log"), counted == found
        else { return }
        throw .refused(
            .olderCopy(
                .file(files.path), has: Int(found), seen: remembered, by: .waitingChanges(path: files.log)))
    }

    /// A connection for writing, checked. The caller holds the lock. Where it is closed
    /// without being trusted, nothing is copied from the write-ahead log.
    static func open(
        _ files: LedgerFiles, _ election: Election
    ) throws(Failure) -> Writer {
        let database = try Database(files.path, .writing)
        try database.set(.noCheckpointOnClose)
        try database.expectLedger()
        let found = try database.election()
        guard found.id == election.id, found.digest == election.digest else {
            throw .refused(.otherElection(.file(files.path), named: found.name))
        }
        return try Writer(database, election: election)
    }

    /// SQLite keeps two files beside a ledger that is in use, and makes them
    /// where they are missing. In a folder that cannot be written to it works
    /// without them, if nothing waits in the write-ahead log: then the file is
    /// whole.
    static func openReading(_ files: LedgerFiles) throws(Failure) -> Database {
        func open(_ mode: Database.Mode) throws(Failure) -> Database {
            let database = try Database(files.path, mode)
            try database.set(.noCheckpointOnClose)
            try database.expectLedger()
            return database
        }
        do throws(Failure) { return try open(.reading) } catch {
            guard error.isAboutAccess else { throw error }
            guard (FileSystem.status(of: files.log)?.size ?? 0) == 0 else {
                throw .refused(.unsafePlace(path: files.path, .changesWait(path: files.log)))
            }
            return try open(.frozen)
        }
    }
}
