#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import TestSupport

/// A database with a ledger in it, made by its owner; batch "main" is active
/// and the ballot open.
final class Precinct: Sendable {
    let rehearsal = Rehearsal()
    let database = TestServer.Database()
    let owner: Booth

    /// Pack number 1, 2, … each of a voter of its own unless `voter` says otherwise.
    init(packs count: Int, voter: (Int) -> Int = { $0 }) throws {
        let ledger = try PostgresLedger.create(
            at: database.address(), election: rehearsal.election, at: .test(0))
        owner = try Booth(rehearsal, ledger)
        var packs: [TestPack] = []
        for number in 1...count { packs.append(rehearsal.pack(number, voter: voter(number))) }
        try owner.begin(packs)
        // Users of the server, for all tests: one for each role.
        let session = shell()
        for role in ["loader", "desk", "officer", "auditor"] {
            session.run("CREATE ROLE test_\(role) LOGIN IN ROLE counterfoil_\(role)")
        }
    }

    /// A desk of its own on the same ledger.
    func desk(as user: String? = nil, connections: Int = 2) throws -> Booth {
        try Booth(
            rehearsal,
            try PostgresLedger(
                opening: database.address(user: user), election: rehearsal.election,
                connections: connections))
    }

    /// An SQL shell, as a user or as the owner.
    func shell(as user: String? = nil) -> TestServer.Session {
        TestServer.Session(database.address(user: user))
    }

    /// What an audit finds.
    func audit(as user: String? = nil) throws -> String? {
        let ledger = try PostgresLedger(reading: database.address(user: user))
        let audit = Audit(election: rehearsal.election)
        return try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
            try audit.run(on: snapshot)
        }.difference
    }
}

extension Event {
    /// As SQL: the call that records it, with whatever pack and voter it names.
    func recording(by function: String, at moment: Moment = .test(10), voter: VoterNumber? = nil) -> String {
        let entry = Entry(self, at: moment).encoded.hex
        let pack = pack.map { "\($0.value)" } ?? "NULL"
        let voter = voter.map { "'\($0.bytes.hex)'" } ?? "NULL"
        return """
            SELECT \(function)(\(moment.milliseconds), ARRAY[gen_random_uuid()], ARRAY[decode('\(entry)', 'hex')],
                ARRAY[\(pack)]::bigint[], ARRAY[\(voter)]::uuid[], '{""}', '{""}', '{""}')
            """
    }
}

extension TestPack {
    /// A vote cast with it by somebody who has no code, and makes up a fingerprint.
    var cast: Event { .voteCast(pack: number, voter: voter, Fingerprint(Bytes())) }
}
#endif
