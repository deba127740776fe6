#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import Synchronization
import TestSupport
import Testing

/// A database with a ledger in it, made by its owner; batch "main" is active
/// and the ballot open, unless it is to open later.
final class Precinct: Sendable {
    let rehearsal = Rehearsal()
    let database = TestServer.Database()
    let owner: Booth
    /// Functions that a trial took something out of, as they were.
    private let changed = Mutex<[String]>([])
    /// What its times are compared with.
    private let clock = Mutex(LedgerClock.none)

    /// Pack number 1, 2, … each of a voter of its own unless `voter` says otherwise.
    init(packs count: Int, isOpen: Bool = true, voter: (Int) -> Int = { $0 }) throws {
        let ledger = try PostgresLedger.create(
            at: database.address(), election: rehearsal.election, at: .test(0), clock: .none)
        owner = try Booth(rehearsal, ledger)
        var packs: [TestPack] = []
        for number in 1...count { packs.append(rehearsal.pack(number, voter: voter(number))) }
        if isOpen {
            try owner.begin(packs)
        } else {
            try owner.load("main", packs)
            try owner.activate("main")
        }
        database.grantRoles()
    }

    /// A desk of its own on the same ledger.
    func desk(as user: String? = nil, connections: Int = 2) throws -> Booth {
        try Booth(
            rehearsal,
            try PostgresLedger(
                opening: database.address(user: user), election: rehearsal.election,
                connections: connections, clock: clock.withLock { $0 }))
    }

    /// Loads a register with pairs.
    func load(
        _ name: String, _ packs: [TestPack], pairs: [(kept: TestPack, cancelled: TestPack)],
        as kind: BatchKind = .members
    ) throws {
        _ = try owner.desk.load(rehearsal.register(name, packs, pairs: pairs, as: kind), at: .test(1))
    }

    /// An SQL shell, as a user or as the owner.
    func shell(as user: String? = nil) -> TestServer.Session {
        let session = TestServer.Session(database.address(user: user))
        // Compiling a statement takes longer than it runs: see Session.swift.
        session.run("SET jit = off")
        return session
    }

    /// Compares the times that programs give with the server's clock from now on, as every
    /// ledger does that is not made for tests.
    func useServerClock() throws {
        let text = String(
            decoding: try Repository.read("Sources/PostgresLedger/SQL/clock.sql"), as: UTF8.self)
        let again = text.replacing("CREATE FUNCTION", with: "CREATE OR REPLACE FUNCTION")
        #expect(shell().run(again) == nil)
        clock.withLock { $0 = .server }
    }

    /// Takes a line, or a part of one, out of one of the ledger's functions, until
    /// there is an audit. A ledger that is opened meanwhile is refused.
    func without(_ line: String, in function: String, instead: String = "NULL;") throws {
        let text = try keep(function)
        let parts = text.split(separator: line, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        #expect(shell().run(parts.joined(separator: instead)) == nil)
    }

    /// Says how a function of the ledger is defined. An audit puts it back.
    @discardableResult
    func keep(_ function: String) throws -> String {
        let text = try #require(
            shell().ask(
                "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = '\(function)' AND pronamespace = 'counterfoil'::regnamespace"
            ))
        changed.withLock { $0.append(text) }
        return text
    }

    /// What an audit finds in the tables. It would refuse a changed function.
    func audit(as user: String? = nil) throws -> String? {
        for function in changed.withLock({ $0 }) { #expect(shell().run(function) == nil) }
        let ledger = try PostgresLedger(reading: database.address(user: user), clock: clock.withLock { $0 })
        let audit = Audit(election: rehearsal.election)
        return try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
            try audit.run(on: snapshot)
        }.difference
    }
}

extension Rehearsal {
    /// A vote cast with a pack by somebody who has its code, and makes up a fingerprint.
    func cast(_ pack: TestPack) -> Event {
        .voteCast(pack: pack.number, voter: pack.voter, Fingerprint(Bytes()), chain(of: pack).opening)
    }
}

extension TestPack {
    /// A scan of it.
    func scan(_ nonce: ScanNonce = .random(), _ note: Note = .none) -> Scan { Scan(number, nonce, note) }
}

extension Event {
    /// As SQL: the call that records it.
    func recording(by function: String, at moment: Moment = .test(10)) -> String {
        [self].recording(by: function, at: moment)
    }
}

extension [Event] {
    /// Several of them, in one call.
    func recording(by function: String, at moment: Moment = .test(10)) -> String {
        func array(_ value: (Event) -> String) -> String { map(value).joined(separator: ", ") }
        let entries = array { "decode('\(Entry($0, at: moment).encoded.hex)', 'hex')" }
        let ids = array { _ in "gen_random_uuid()" }
        let empty = array { _ in "''" }
        return """
            SELECT \(function)(\(moment.milliseconds), ARRAY[\(ids)], ARRAY[\(entries)],
                ARRAY[\(empty)], ARRAY[\(empty)], ARRAY[\(empty)])
            """
    }
}
#endif
