internal import Counterfoil
internal import PollingDesk
internal import SQLiteLedger

#if PostgreSQL
internal import PostgresLedger
#endif

/// The ledger that `--ledger` names, whatever keeps it.
struct NamedLedger: Ledger {
    private let base: any Ledger
    let election: Election

    /// For a desk that will write.
    static func opening(
        _ name: String, _ election: Election, seen: TreeHead?
    ) throws(Stop) -> NamedLedger {
        let base: any Ledger
        if isFile(name) {
            base = try attempt { () throws(LedgerError) in
                try SQLiteLedger(opening: name, election: election, seen: seen, at: Clock.now)
            }
        } else {
            #if PostgreSQL
            base = try attempt { () throws(LedgerError) in
                try PostgresLedger(opening: name, election: election, seen: seen, at: Clock.now)
            }
            #else
            throw withoutDatabases
            #endif
        }
        return NamedLedger(base: base, election: election)
    }

    /// A file. In a database it takes other rights to make a ledger than to load
    /// a register.
    static func creating(_ name: String, _ election: Election) throws(Stop) -> NamedLedger {
        guard isFile(name) else {
            throw .couldNot("in a database `counterfoil database` makes the ledger; load without --create")
        }
        let base = try attempt { () throws(LedgerError) in
            try SQLiteLedger.create(at: name, election: election, at: Clock.now)
        }
        return NamedLedger(base: base, election: election)
    }

    /// The tables of a ledger, and the roles to use them, in a database.
    static func creatingInDatabase(_ name: String, _ election: Election) throws(Stop) {
        #if PostgreSQL
        try attempt { () throws(LedgerError) in
            try PostgresLedger.create(at: name, election: election, at: Clock.now).close()
        }
        #else
        throw withoutDatabases
        #endif
    }

    /// Lends a ledger to read from, without any key.
    static func reading<R, E: Explained>(
        _ name: String, _ body: (NamedLedger) throws(E) -> R
    ) throws(Stop) -> R {
        let ledger = try reading(name)
        defer { ledger.close() }
        return try attempt { () throws(E) in try body(ledger) }
    }

    static func summary(of name: String) throws(Stop) -> LedgerSummary {
        try reading(name) { (ledger) throws(LedgerError) in try ledger.summary() }
    }

    static func report(of name: String) throws(Stop) -> LedgerReport {
        try reading(name) { (ledger) throws(LedgerError) in try ledger.report() }
    }

    private static func reading(_ name: String) throws(Stop) -> NamedLedger {
        if isFile(name) {
            let base = try attempt { () throws(LedgerError) in try SQLiteLedger(reading: name) }
            return NamedLedger(base: base, election: base.election)
        }
        #if PostgreSQL
        let base = try attempt { () throws(LedgerError) in try PostgresLedger(reading: name) }
        return NamedLedger(base: base, election: base.election)
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

    // MARK: The protocol

    func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        try base.write(subjects, at: moment, judge)
    }

    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        try base.load(&register, at: moment)
    }

    func summary() throws(LedgerError) -> LedgerSummary { try base.summary() }

    func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? { try base.history(of: pack) }

    func report() throws(LedgerError) -> LedgerReport { try base.report() }

    func packsOfOtherVoters(
        inBatch name: BatchName
    ) throws(LedgerError) -> [(pack: PackNumber, replaced: PackNumber)] {
        try base.packsOfOtherVoters(inBatch: name)
    }

    func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        try base.packs(ofBatch: number)
    }

    func withHead<R>(_ body: (TreeHead) -> R) throws(LedgerError) -> R { try base.withHead(body) }

    func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        try base.snapshot(long: long, body)
    }

    var concurrency: Int { base.concurrency }

    var goesOnAfterUndecided: Bool { base.goesOnAfterUndecided }

    func close() { base.close() }
}

/// What the command calls a desk.
typealias OpenDesk = PollingDesk.Desk<NamedLedger>
