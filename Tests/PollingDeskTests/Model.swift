import Counterfoil

/// The rules of the ballot a second time: written from the tables of
/// vectors/README.md, section 20, and from nothing else. It keeps what happened
/// in plain numbers, and works out standings and columns when it is asked.
struct Model {
    let plan: Plan
    var now = 0

    var batches: [Batch] = []
    /// By their numbers; those that were loaded.
    var packs: [Int: Pack] = [:]
    /// By voter: one for all of their packs.
    var votes: [Int: Vote] = [:]
    /// What the table heard of each scan that is on the record.
    var scans: [Scan: String] = [:]
    var ballot = Ballot()
    var log: [Line] = []
    /// Envelopes that counted already, and were scanned again.
    var rescans = 0

    private(set) var passes: [Int: Pass] = [:]
    /// What the last step recorded, without loading and opening.
    private(set) var recorded: [String] = []
    /// Which cells of the tables answered, and how often.
    private(set) var cells: [String: Int] = [:]

    struct Batch {
        let file: String
        let name: String
        let kind: BatchKind
        let count: Int
        let loaded: Int
        var activated: Int?
        var reconciled: Int?
        var withdrawn: Int?
    }

    struct Pack {
        let number: Int
        let voter: Int
        let kind: PackKind
        let replaces: Int?
        /// Counted from 1.
        let batch: Int
        var cancelled = false
        var wrong = 0
        var lifetime = 0
        var last: Answer?
        var second = 0
    }

    struct Vote {
        enum Way: Equatable {
            case online(key: Int)
            case post(nonce: Int, table: Int)
        }

        let pack: Int
        let way: Way
        let at: Int

        var isByPost: Bool { if case .post = way { true } else { false } }
        var channel: String { isByPost ? "post" : "online" }
    }

    /// The same nonce under another pack is another scan.
    struct Scan: Hashable {
        let pack: Int
        let nonce: Int
    }

    struct Ballot {
        var opened: Int?
        var closes: Int?
        var grace = 0
        var closed: Int?
        var final: Int?
    }

    enum Phase { case before, open, closed, final }
    enum Standing { case specimen, superseded, withdrawn, cancelled, inactive, live }

    struct Pass {
        let pack: Int
        let given: Int
        let expires: Int
    }

    struct Line {
        let at: Int
        let what: String
        let pack: Int?
        let nonce: Int?
        let note: String
    }

    init(_ plan: Plan) {
        self.plan = plan
        log.append(Line(at: 0, what: "created", pack: nil, nonce: nil, note: ""))
    }

    // MARK: Facts

    var phase: Phase {
        if ballot.final != nil { return .final }
        if ballot.opened == nil { return .before }
        return ballot.closed == nil ? .open : .closed
    }

    /// The first that applies.
    func standing(_ pack: Pack) -> Standing {
        let batch = batches[pack.batch - 1]
        if pack.kind == .specimen { return .specimen }
        let replacements = packs.values.filter { $0.replaces == pack.number }
        if replacements.contains(where: { batches[$0.batch - 1].activated != nil }) { return .superseded }
        if batch.withdrawn != nil { return .withdrawn }
        if pack.cancelled || isListed(pack) { return .cancelled }
        return batch.activated == nil ? .inactive : .live
    }

    /// Whether a pair of a batch that was activated, now or before this pack was
    /// loaded, says that its person keeps another.
    func isListed(_ pack: Pack) -> Bool { !kept(insteadOf: pack.number).isEmpty }

    func kept(insteadOf number: Int) -> [Int] {
        let pairs = batches.filter { $0.activated != nil }.flatMap { plan.registers[$0.file]!.pairs }
        return Set(pairs.filter { $0.cancelled == number }.map(\.kept)).sorted()
    }

    func isLocked(_ pack: Pack) -> Bool { pack.wrong >= plan.lock || pack.lifetime >= plan.lifetime }

    // MARK: What happens

    /// Does a step, and says what came of it: an answer for each request or pack.
    mutating func perform(_ step: Step, recordsRestarts: Bool) -> [String] {
        recorded = []
        switch step {
        case .ask(let requests): return ask(requests)
        case .scan(let envelopes, let table):
            closeIfDue()
            return envelopes.map { scan($0, table) }
        case .load(let file): return [load(file)]
        case .clock(let by):
            now += by
            return []
        case .restart:
            if recordsRestarts && phase != .final { write("desk-opened") }
            return []
        default: return [act(step)]
        }
    }

    private mutating func ask(_ requests: [Request]) -> [String] {
        // A pass that this group gives out is not there yet when the group is made.
        let held = passes
        let judged = requests.contains { request in
            switch request {
            case .redeem, .check, .sealedPass: true
            case .pass(let slot, _): held[slot] != nil
            case .slip, .alteredPass, .foreignPass: false
            }
        }
        if judged { closeIfDue() }
        return requests.compactMap { request -> String? in
            switch request {
            case .redeem(let pack, let answer, let key): return redeem(pack, answer, key: key)
            case .check(let pack, let answer, let lasts, let slot):
                let outcome = check(pack, answer, expires: now + lasts)
                if outcome.hasPrefix("good") {
                    passes[slot] = Pass(pack: pack, given: now, expires: now + lasts)
                }
                return outcome
            case .pass(let slot, let key): return held[slot].map { redeem($0, key: key) }
            case .slip: return cell("redeem 1", "malformed")
            case .alteredPass(let slot, _, _): return held[slot].map { _ in cell("pass 1", "bad-pass") }
            case .foreignPass: return cell("pass 1", "bad-pass")
            case .sealedPass(let pack, let secret, let key):
                let pass = Pass(pack: pack, given: now, expires: now + 900)
                return redeem(pass, key: key, isOfItsCode: secret == .own)
            }
        }
    }

    /// The first request that is judged past the closing time writes the close.
    mutating func closeIfDue() {
        guard phase == .open, let closes = ballot.closes, closes <= now else { return }
        ballot.closed = closes
        record("ballot-closed", what: " at \(closes)")
    }

    /// Loading is no act of the tables. But nothing is written after final.
    private mutating func load(_ file: String) -> String {
        let register = plan.registers[file]!
        if batches.contains(where: { $0.file == file }) { return cell("load", "already loaded") }
        if phase == .final { return cell("load", "final") }
        if batches.contains(where: { $0.name == register.batch }) { return cell("load", "another register") }
        if register.packs.contains(where: { packs[$0.number] != nil }) { return cell("load", "a pack twice") }
        batches.append(
            Batch(
                file: file, name: register.batch, kind: register.kind, count: register.packs.count,
                loaded: now))
        for pack in register.packs {
            packs[pack.number] = Pack(
                number: pack.number, voter: pack.voter, kind: pack.kind, replaces: pack.replaces,
                batch: batches.count)
        }
        write("register-loaded")
        return cell("load", "loaded")
    }

    // MARK: Writing down

    mutating func record(
        _ name: String, pack: Int? = nil, what: String = "", nonce: Int? = nil, more: String = "",
        note: String = ""
    ) {
        write(name, pack: pack, nonce: nonce, note: note)
        let scan = nonce.map { ", nonce \($0)" } ?? ""
        recorded.append(name + (pack.map { " \($0)" } ?? "") + what + scan + more + note)
    }

    private mutating func write(
        _ name: String, pack: Int? = nil, nonce: Int? = nil, note: String = ""
    ) {
        log.append(Line(at: now, what: name, pack: pack, nonce: nonce, note: note))
    }

    /// Counts the cell that answered.
    mutating func cell(_ rule: String, _ answer: String) -> String {
        cells["\(rule): \(answer)", default: 0] += 1
        return answer
    }

    /// The same, where the answer has details that the cell does not have.
    mutating func cell(_ rule: String, _ answer: String, _ details: String) -> String {
        cell(rule, answer) + details
    }
}
