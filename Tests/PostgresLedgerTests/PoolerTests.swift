#if PostgreSQL
import Counterfoil
import PollingDesk
import PostgresLedger
import Synchronization
import TestSupport
import Testing

/// PgBouncer between desks and the server. It may lend a session to one desk until the
/// desk goes, or to anybody for one transaction or statement.
@Suite struct PoolerTests {
    let rehearsal = Rehearsal()
    let server: TestServer.Own
    let packs: [TestPack]

    init() throws {
        server = try TestServer.Own()
        packs = (0..<600).map { [rehearsal] in rehearsal.pack($0) }
        let ledger = try PostgresLedger.create(
            at: server.address("postgres"), election: rehearsal.election, at: .test(0), clock: .none)
        try Booth(rehearsal, ledger).begin(packs)
        TestServer.Session(server.address("postgres")).run("CREATE DATABASE empty")
    }

    private func booth(_ address: String) throws -> Booth {
        try Booth(
            rehearsal,
            try PostgresLedger(
                opening: address, election: rehearsal.election, connections: 2, patience: 2000, clock: .none))
    }

    /// What six threads at three desks are told, each about packs of its own.
    private func vote(at booths: [Booth]) -> (accepted: Int, errors: [LedgerError]) {
        let accepted = Atomic(0)
        let errors = Mutex<[LedgerError]>([])
        concurrently(6) { thread in
            for number in stride(from: thread, to: packs.count, by: 6) {
                do {
                    let name = try booths[thread / 2].redeem(packs[number], key: number).name
                    if name == "accepted" { accepted.add(1, ordering: .relaxed) }
                } catch {
                    errors.withLock { $0.append(error as? LedgerError ?? .closed) }
                }
            }
        }
        return (accepted.load(ordering: .relaxed), errors.withLock { $0 })
    }

    private func audit(_ address: String) throws -> String? {
        let audit = Audit(election: rehearsal.election)
        let ledger = try PostgresLedger(reading: address, clock: .none)
        return try ledger.snapshot(long: true) { (snapshot) throws(LedgerError) in
            try audit.run(on: snapshot)
        }.difference
    }

    @Test func inSessionModeAllIsAsWithoutIt() throws {
        let address = try server.pooled("postgres", mode: "session")
        let (accepted, errors) = vote(at: try (0..<3).map { _ in try booth(address) })
        #expect(accepted == packs.count)
        #expect(errors.isEmpty, "\(errors)")
        #expect(try audit(address) == nil)
    }

    /// When nobody else is there, and when others use the same sessions.
    @Test(arguments: ["transaction", "statement"], [false, true])
    func anyOtherModeIsFoundOutAtOpening(_ mode: String, isBusy: Bool) throws {
        let address = try server.pooled("postgres", mode: mode)
        let done = Atomic(!isBusy)
        let refused = Mutex<[String]>([])
        concurrently(isBusy ? 4 : 1) { thread in
            if thread > 0 {
                let shell = TestServer.Session(address)
                while !done.load(ordering: .relaxed) { shell.run("SELECT count(*) FROM counterfoil.packs") }
                return
            }
            for _ in 0..<10 {
                for open in [
                    { _ = try booth(address) }, { _ = try PostgresLedger(reading: address, clock: .none) },
                    {
                        _ = try PostgresLedger.create(
                            at: try server.pooled("empty", mode: mode), election: rehearsal.election,
                            at: .test(0), clock: .none)
                    },
                ] as [() throws -> Void] {
                    do {
                        try open()
                        refused.withLock { $0.append("opened") }
                    } catch LedgerError.pooled {
                        refused.withLock { $0.append("pooled") }
                    } catch { refused.withLock { $0.append("\(error)") } }
                }
            }
            done.store(true, ordering: .relaxed)
        }
        #expect(refused.withLock { Set($0) } == ["pooled"])
    }

    /// And if the pooler begins to lend sessions under desks that are open, nobody is
    /// left in doubt, and nothing is written by a session that is not the desk's.
    @Test func aModeThatChangesIsFoundOutInEachTransaction() throws {
        let address = try server.pooled("postgres", mode: "session")
        let booths = try (0..<3).map { _ in try booth(address) }
        _ = try server.pooled("postgres", mode: "transaction")
        let (accepted, errors) = vote(at: booths)
        #expect(!errors.isEmpty)
        for error in errors {
            guard case .pooled = error else { throw error }
        }
        let shell = TestServer.Session(server.address("postgres"))
        #expect(shell.ask("SELECT count(*) FROM votes") == "\(accepted)")
        #expect(try audit(server.address("postgres")) == nil)
    }
}
#endif
