import Counterfoil
import PollingDesk
import TestSupport

/// A real desk over a real ledger, with a clock, and what they say as text.
final class Hall {
    let world: World
    private let keeping: Keeping
    private let clerk: Clerk
    private let place: LedgerPlace
    private var ledger: any Ledger
    private var recorder: Recorder
    private(set) var desk: Desk
    /// In seconds.
    var now = 0
    var passes: [Int: String] = [:]
    private var passPacks: [Int: Int] = [:]
    /// By pack and key, so that a repeated vote can be compared with the first.
    private var receipts: [[Int]: String] = [:]
    private var checkpoint: Checkpoint?

    /// The officer and the reason that every act names.
    static let note = Note(reason: .mistake, reference: "case 7", officer: "A. Officer")

    init(_ keeping: Keeping, _ world: World = .usual, clerk: Clerk? = nil) throws {
        let election = world.rehearsal.election
        let place = LedgerPlace(keeping, quick: true)
        let ledger = try place.create(election)
        let recorder = Recorder(ledger)
        self.world = world
        self.keeping = keeping
        self.clerk = clerk ?? Clerk(world)
        self.place = place
        self.ledger = ledger
        self.recorder = recorder
        desk = try Desk(key: world.rehearsal.deskKey(), ledger: recorder) { .test(0) }
    }

    var recordsRestarts: Bool { keeping.recordsRestarts }

    /// Does it, and says what came of it: an answer for each request or pack.
    func perform(_ step: Step) throws -> [String] {
        switch step {
        case .load(let name): return [load(name)]
        case .reconcile(let name, let missing):
            let packs = missing.map { world.packs[$0]!.number }
            return [try desk.reconcile(batch(name), missing: packs, Self.note, at: moment).told]
        case .activate(let name, let insisted):
            return [try desk.activate(batch(name), unreconciled: insisted, Self.note, at: moment).told]
        case .withdraw(let name): return [try desk.withdraw(batch(name), Self.note, at: moment).told]
        case .open(let closesIn, let grace):
            let closes = closesIn.map { Moment.test(now + $0) }
            return [try desk.open(closes: closes, grace: grace * 1000, Self.note, at: moment).told]
        case .extend(let by):
            return [try desk.extend(until: .test(now + by), earlier: true, Self.note, at: moment).told]
        case .close: return [try desk.close(Self.note, at: moment).told]
        case .finish: return [try desk.finish(Self.note, at: moment).told]
        case .ask(let requests): return try ask(requests)
        case .scan(let envelopes, let table):
            let note = Note(officer: "table \(table)")
            let scans = envelopes.map { Scan(number($0.pack), ScanNonce(test: $0.nonce), note) }
            return try desk.receive(scans, at: moment).map(\.told)
        case .annul(let pack, let nonce):
            let scan = ScanNonce(test: nonce)
            return [try desk.annul(number(pack), scan: scan, Self.note, at: moment).told]
        case .cancel(let pack): return [try desk.cancel(number(pack), Self.note, at: moment).told]
        case .unlock(let pack): return [try desk.unlock(number(pack), Self.note, at: moment).told]
        case .clock(let by):
            now += by
            return []
        case .restart:
            try restart()
            return []
        }
    }

    /// What was recorded since this was last asked.
    func recorded() -> [String] { entries().map { $0.told(world) } }

    func entries() -> [Entry] { recorder.take() }

    /// What an audit finds, against the checkpoint of the audit before: nothing,
    /// whatever was done.
    func audit() throws -> String? {
        let audit = Audit(
            election: world.rehearsal.election, against: checkpoint.map { [$0] } ?? [])
        let report = try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try audit.run(on: snapshot)
        }
        checkpoint = try desk.checkpoint { $0 }
        return report.difference
    }

    private func load(_ name: String) -> String {
        do {
            switch try desk.load(world.registers[name]!, at: moment).1 {
            case .loaded: return "loaded"
            case .alreadyLoaded: return "already loaded"
            }
        } catch .packTwice {
            return "a pack twice"
        } catch .ballotFinal {
            return "final"
        } catch .otherRegister(batch(name)) {
            return "another register"
        } catch { return "\(error)" }
    }

    /// Of one request, as the desk gives it.
    func outcome(of request: Request) throws -> Outcome {
        switch clerk.prepare(request, at: now, passes: passes)! {
        case .refused(let outcome): outcome
        case .ready(let ready): try desk.redeem([ready], at: moment)[0]
        }
    }

    private func ask(_ requests: [Request]) throws -> [String] {
        let asked = requests.compactMap { request in
            clerk.prepare(request, at: now, passes: passes).map { (request, spends(request), $0) }
        }
        let group = asked.compactMap { if case .ready(let ready) = $0.2 { ready } else { nil } }
        // Nothing here reaches the ledger: the desk does not ask it either.
        var outcomes = group.isEmpty ? [] : try desk.redeem(group, at: moment)[...]
        return asked.map { request, spends, preparation in
            switch preparation {
            case .refused(let outcome): outcome.told
            case .ready: hear(outcomes.removeFirst(), of: request, spends)
            }
        }
    }

    /// The pack, and the key under which it is spent.
    private func spends(_ request: Request) -> [Int] {
        switch request {
        case .redeem(let pack, _, let key): [pack, key]
        case .pass(let slot, let key): [passPacks[slot] ?? 0, key]
        case .sealedPass(let pack, _, let key): [pack, key]
        default: []
        }
    }

    private func hear(_ outcome: Outcome, of request: Request, _ spends: [Int]) -> String {
        if case .good(let pass, _) = outcome, case .check(let pack, _, _, let slot) = request {
            passes[slot] = pass.text
            passPacks[slot] = pack
        }
        if let receipt = outcome.receipt {
            guard receipt.isGenuine(in: world.rehearsal.election) else { return "a forged receipt" }
            // The same press of the button: the same receipt, by code or by pass.
            let first = receipts[spends] ?? receipt.description
            receipts[spends] = first
            if first != receipt.description { return "another receipt" }
        }
        return outcome.told
    }

    private func restart() throws {
        let election = world.rehearsal.election
        guard keeping.recordsRestarts else { return }
        ledger.close()
        ledger = try place.open(election)!
        recorder = Recorder(ledger)
        let moment = moment
        desk = try Desk(key: world.rehearsal.deskKey(), ledger: recorder) { moment }
    }

    private var moment: Moment { .test(now) }

    /// The batch of a register, by the register's name in the plan.
    private func batch(_ name: String) -> BatchName {
        BatchName(world.plan.registers[name]?.batch ?? name)!
    }

    private func number(_ pack: Int) -> PackNumber { world.packs[pack]!.number }
}
