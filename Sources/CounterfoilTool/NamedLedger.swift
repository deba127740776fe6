internal import Counterfoil
internal import PollingDesk
internal import SQLiteLedger

#if PostgreSQL
internal import PostgresLedger
#endif

/// The ledger that `--ledger` names, whatever keeps it.
enum NamedLedger {
    /// For a desk that will write.
    static func opening(
        _ name: String, _ election: Election, seen: TreeHead?
    ) throws(Stop) -> any Ledger {
        if isFile(name) {
            return try attempt { () throws(LedgerError) in
                try SQLiteLedger(opening: name, election: election, seen: seen)
            }
        }
        #if PostgreSQL
        return try attempt { () throws(LedgerError) in
            try PostgresLedger(opening: name, election: election, seen: seen)
        }
        #else
        throw withoutDatabases
        #endif
    }

    /// A file that a part is missing of, and what that is.
    static func reopening(
        _ name: String, _ election: Election, seen: TreeHead?, _ note: Note
    ) throws(Stop) -> (ledger: any Ledger, gap: LedgerGap) {
        guard isFile(name) else {
            throw .couldNot(
                "only a ledger in a file is reopened; the server of a database recovers by itself")
        }
        let ledger = try attempt { () throws(LedgerError) in
            try SQLiteLedger(reopening: name, election: election, seen: seen, note: note)
        }
        guard let gap = ledger.gap else {
            ledger.close()
            throw .refused("nothing of this ledger is missing; use it as always")
        }
        return (ledger, gap)
    }

    /// A file. In a database it takes other rights to make a ledger than to load
    /// a register.
    static func creating(_ name: String, _ election: Election) throws(Stop) -> any Ledger {
        guard isFile(name) else {
            throw .couldNot(
                "in a database `counterfoil database` makes the ledger; load without --create")
        }
        return try attempt { () throws(LedgerError) in
            try SQLiteLedger.create(at: name, election: election)
        }
    }

    /// The tables of a ledger, and the roles to use them, in a database. Returns what
    /// the names of the roles begin with.
    static func creatingInDatabase(_ name: String, _ election: Election) throws(Stop) -> String {
        #if PostgreSQL
        return try attempt { () throws(LedgerError) in
            let ledger = try PostgresLedger.create(at: name, election: election)
            defer { ledger.close() }
            return try ledger.rolePrefix()
        }
        #else
        throw withoutDatabases
        #endif
    }

    /// Lends a ledger to read from, without any key. Says so if it is a standby's, or
    /// refuses it.
    static func reading<R, E: Explained>(
        _ name: String, standby isTaken: Bool = true, _ body: (any Ledger) throws(E) -> R
    ) throws(Stop) -> R {
        let ledger = try reading(name)
        defer { ledger.close() }
        if let moment = try attempt({ () throws(LedgerError) in try ledger.standbyMoment() }) {
            guard isTaken else {
                throw .refused(
                    "a report of a standby may lack the latest votes: name the primary, or ask for it by `report --standby`"
                )
            }
            Terminal.note(
                "this server is a standby: it has what happened until \(moment.text), and may lack what came later"
            )
        }
        return try attempt { () throws(E) in try body(ledger) }
    }

    static func summary(of name: String) throws(Stop) -> LedgerSummary {
        try reading(name) { (ledger) throws(LedgerError) in try ledger.summary() }
    }

    /// Figures that are to be relied on: of a standby, only where that is asked for.
    static func report(of name: String, standby isAsked: Bool = false) throws(Stop) -> LedgerReport {
        try reading(name, standby: isAsked) { (ledger) throws(LedgerError) in try ledger.report() }
    }

    /// The lists behind a report's numbers.
    static func lists(of name: String) throws(Stop) -> LedgerLists {
        try reading(name) { (ledger) throws(LedgerError) in
            try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
                try LedgerLists(of: snapshot, ledger.election)
            }
        }
    }

    private static func reading(_ name: String) throws(Stop) -> any Ledger {
        if isFile(name) {
            return try attempt { () throws(LedgerError) in try SQLiteLedger(reading: name) }
        }
        #if PostgreSQL
        return try attempt { () throws(LedgerError) in try PostgresLedger(reading: name) }
        #else
        throw withoutDatabases
        #endif
    }

    #if !PostgreSQL
    private static let withoutDatabases = Stop.couldNot(
        "this program was built without PostgreSQL: `swift build --traits PostgreSQL`")
    #endif

    /// Whether a name is that of a file.
    static func isFile(_ name: String) -> Bool { !name.contains("://") }
}
