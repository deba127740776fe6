import Testing

/// Runs scripts on a desk and on the model, and looks for the first difference
/// between their words.
final class Trial {
    let keeping: Keeping
    let world: World
    private let clerk: Clerk

    /// What came up in all scripts that were run.
    private(set) var cells: [String: Int] = [:]
    private(set) var events: [String: Int] = [:]
    private(set) var steps = 0

    init(_ keeping: Keeping, _ world: World) {
        self.keeping = keeping
        self.world = world
        clerk = Clerk(world)
    }

    /// Runs it; reports are compared at the end and every so many steps. Nil if
    /// all agreed, else what did not.
    func run(_ script: Script, reportEvery interval: Int) -> String? {
        do {
            let hall = try Hall(keeping, world, clerk: clerk)
            var model = Model(world.plan)
            for (i, step) in script.steps.enumerated() {
                let expected = model.perform(step, recordsRestarts: hall.recordsRestarts)
                if let found = differ("answers", try hall.perform(step), expected) {
                    return "at \(step): \(found)"
                }
                let recorded = hall.recorded()
                if let found = differ("records", recorded, model.recorded) { return "at \(step): \(found)" }
                for event in recorded { events["\(event.prefix { $0 != " " })", default: 0] += 1 }
                guard (i + 1) % interval == 0 || i + 1 == script.steps.count else { continue }
                if let found = differ("reports", try hall.report(), model.report()) {
                    return "after \(step): \(found)"
                }
                guard (i + 1) % (3 * interval) == 0 || i + 1 == script.steps.count else { continue }
                if let found = try hall.audit() { return "after \(step), the audit: \(found)" }
            }
            steps += script.steps.count
            cells.merge(model.cells, uniquingKeysWith: +)
            return nil
        } catch { return "it throws: \(error)" }
    }

    private func differ(_ verb: String, _ desk: [String], _ model: [String]) -> String? {
        if desk == model { return nil }
        let place =
            zip(desk, model).enumerated().first { $0.1.0 != $0.1.1 }?.0 ?? min(desk.count, model.count)
        func word(_ words: [String]) -> String { place < words.count ? words[place] : "nothing" }
        return "the desk \(verb) \(word(desk)), the model \(word(model))"
    }

    /// Runs it, and where it fails finds a short script that fails too.
    func expectAgreement(
        _ script: Script, _ name: String, reportEvery interval: Int,
        at location: SourceLocation = #_sourceLocation
    ) -> Bool {
        guard run(script, reportEvery: interval) != nil else { return true }
        let short = shrink(script)
        let complaint = run(short, reportEvery: 1) ?? run(script, reportEvery: interval) ?? "not again"
        Issue.record(
            """
            \(name), \(keeping), lock \(world.plan.lock), lifetime \(world.plan.lifetime): \(complaint)
            try replay(lock: \(world.plan.lock), [
            \(short.steps.map { "    \($0)," }.joined(separator: "\n"))
            ])
            """, sourceLocation: location)
        return false
    }

    /// Drops steps while it still fails, many at a time and then one by one;
    /// then makes what is left simpler.
    private func shrink(_ script: Script) -> Script {
        var best = script
        func take(_ steps: [Step]) -> Bool {
            guard run(Script(steps), reportEvery: 1) != nil else { return false }
            best.steps = steps
            return true
        }
        var isSmaller = take(script.steps)
        while isSmaller {
            isSmaller = false
            var size = max(1, best.steps.count / 2)
            while size > 0 {
                var start = 0
                while start < best.steps.count {
                    var steps = best.steps
                    steps.removeSubrange(start..<min(start + size, steps.count))
                    if take(steps) { isSmaller = true } else { start += size }
                }
                size /= 2
            }
            for i in best.steps.indices.dropLast().reversed() {
                guard case .clock(let first) = best.steps[i], case .clock(let second) = best.steps[i + 1]
                else { continue }
                var steps = best.steps
                steps.replaceSubrange(i...i + 1, with: [.clock(first + second)])
                if take(steps) { isSmaller = true }
            }
            for i in best.steps.indices {
                for step in best.steps[i].simpler where best.steps[i] != step {
                    var steps = best.steps
                    steps[i] = step
                    if take(steps) {
                        isSmaller = true
                        break
                    }
                }
            }
        }
        return best
    }
}

extension Step {
    /// Steps to try in its place, which a reader would sooner see. Each is simpler
    /// than this one, so that shrinking ends.
    fileprivate var simpler: [Step] {
        switch self {
        case .reconcile(let name, let missing):
            missing.isEmpty
                ? [] : [.reconcile(name, missing: []), .reconcile(name, missing: Array(missing.dropLast()))]
        case .activate(let name, false): [.activate(name)]
        case .open(let closes, let grace):
            (closes == nil ? [] : [.open(grace: grace)]) + (grace == 600 ? [] : [.open(closesIn: closes)])
        case .extend(let by) where by != 600: [.extend(by: 600)]
        case .ask(let requests): Self.simpler(requests).map { .ask($0) }
        case .scan(let envelopes, let table):
            (envelopes.count > 1 ? envelopes.map { .scan([$0], table: table) } : [])
                + (table > 1 ? [.scan(envelopes)] : [])
        case .clock(let by) where abs(by) > 1: [.clock(by.signum()), .clock(by / 2)]
        default: []
        }
    }

    private static func simpler(_ requests: [Request]) -> [[Request]] {
        var shorter: [[Request]] = []
        if requests.count > 1 {
            for i in requests.indices {
                var fewer = requests
                fewer.remove(at: i)
                shorter.append(fewer)
            }
        }
        for i in requests.indices {
            for request in requests[i].simpler {
                var changed = requests
                changed[i] = request
                shorter.append(changed)
            }
        }
        return shorter
    }
}

extension Request {
    fileprivate var simpler: [Request] {
        switch self {
        case .redeem(let pack, let answer, let key):
            (key > 1 ? [.redeem(pack, answer, key: 1)] : [])
                + (answer == .right ? [] : [.redeem(pack, .right, key: key)])
                + (answer == .wrongB || answer == .wrongC ? [.redeem(pack, .wrongA, key: key)] : [])
        case .check(let pack, let answer, let lasts, let slot):
            lasts == 900 ? [] : [.check(pack, answer, lasts: 900, as: slot)]
        case .pass(let slot, let key): key > 1 ? [.pass(slot, key: 1)] : []
        case .alteredPass(let slot, let byte, let key):
            byte > 0 ? [.alteredPass(slot, byte: 0, key: key)] : []
        case .sealedPass(let pack, let secret, let key):
            key > 1 ? [.sealedPass(pack, secret, key: 1)] : []
        default: []
        }
    }
}
