import TestSupport

/// A sequence of steps, made up by chance or written down in a test.
struct Script: Sendable {
    var steps: [Step]

    init(_ steps: [Step]) { self.steps = steps }

    /// The sequence with this number: always the same one.
    init(seed: UInt64) {
        var author = Author(seed)
        steps = author.write()
    }
}

/// Makes up a script. A few packs come up often, and so do a few keys: what
/// matters happens where two steps are about the same thing.
private struct Author {
    private var dice: Dice
    private var hot: [Int] = []
    /// What was scanned, and how many different nonces there were.
    private var scanned: [Envelope] = []
    private var nonces = 0

    init(_ seed: UInt64) { dice = Dice(seed) }

    mutating func write() -> [Step] {
        let families = [
            [1, 10, 13, 16, 5, 23], [2, 7, 14, 17, 22], [3, 11, 18], [4, 15, 24], [6, 12, 19], [8],
        ]
        hot = [dice.pick(dice.pick(families)), dice.pick([1, 2, 3]), dice.pick(dice.pick(families))]
        var steps = dice.oneIn(5) ? [] : beginning()
        let count = 25 + dice.roll(50)
        while steps.count < count {
            if dice.oneIn(10) {
                steps += visit()
            } else {
                steps.append(step(late: steps.count > count * 2 / 3))
            }
        }
        return dice.oneIn(3) ? steps + lastQuestions() : steps
    }

    /// When the ballot is final, sites and tables ask for what they did not hear.
    private mutating func lastQuestions() -> [Step] {
        var steps: [Step] = [.finish]
        for _ in 0..<3 {
            steps.append(.ask([.pass(1 + dice.roll(4), key: 1 + dice.roll(3))]))
            if !scanned.isEmpty { steps.append(.scan([dice.pick(scanned)])) }
        }
        return steps
    }

    private mutating func beginning() -> [Step] {
        var steps: [Step] = [.load("main"), .activate("main"), dice.oneIn(2) ? .open() : opening()]
        for file in ["more", "again", "third", "odd", "proof", "merged", "joined", "listed"]
        where !dice.oneIn(3) {
            steps.append(.load(file))
            if dice.oneIn(2) { steps.append(.activate(file)) }
        }
        if dice.oneIn(3) { steps.swapAt(1, 2) }
        if dice.oneIn(4) {
            // Somebody is too early.
            let early: [Step] = [.ask([.sealedPass(pack(), .own, key: 1)]), scan(of: pack())]
            steps.insert(contentsOf: early, at: 2)
        }
        return steps
    }

    private mutating func visit() -> [Step] {
        dice.oneIn(3) ? lostAnswer() : dice.oneIn(2) ? signIn() : secondPress()
    }

    /// Somebody signs in, something happens, and then they vote.
    private mutating func signIn() -> [Step] {
        let (pack, slot) = (dice.pick(hot), 4)
        return [.ask([.check(pack, .right, lasts: dice.pick([60, 900, 900, 5000]), as: slot)])]
            + meanwhile(pack) + [.ask([.pass(slot, key: 1 + dice.roll(3))])]
    }

    /// Somebody votes, something happens, and the site asks again.
    private mutating func secondPress() -> [Step] {
        let (pack, slot, key) = (dice.pick(hot), 4, 1 + dice.roll(3))
        let before: [Step] = [
            .ask([.check(pack, .right, lasts: dice.pick([60, 900, 5000]), as: slot)]),
            .ask([.pass(slot, key: key)]),
        ]
        return before + meanwhile(pack)
            + (dice.oneIn(2) ? [.ask([.pass(slot, key: key)])] : [.ask([.redeem(pack, answer(), key: key)])])
    }

    private mutating func meanwhile(_ pack: Int) -> [Step] {
        switch dice.roll(13) {
        case 0: [.ask([.redeem(pack, .wrongA, key: 1), .redeem(pack, .wrongB, key: 1)])]
        case 1, 2:
            [.ask([.check(pack, .wrongC, as: 3), .redeem(pack, .wrongA, key: 1)]), .clock(1), .close]
        case 3, 4, 5: [.clock(1), .close, .clock(dice.pick([5, 9, 59, 60, 61, 599]))]
        case 6: [.cancel(pack)]
        case 7:
            [
                .activate(
                    dice.pick(["again", "third", "odd", "merged", "joined", "joined", "listed", "listed"]))
            ]
        case 8: [.withdraw(dice.pick(["main", "again", "more"]))]
        case 9: [scan(of: pack)]
        case 10: [.extend(by: 30), .clock(dice.pick([31, 89, 91]))]
        case 11: dice.oneIn(4) ? [.finish] : []
        default: []
        }
    }

    /// The answer to a scan is lost, something happens, and it is asked again: by
    /// the table, or by the officer who takes it back.
    private mutating func lostAnswer() -> [Step] {
        let pack = dice.pick(hot)
        let first = fresh(pack)
        let again = Step.scan([first], table: 1 + dice.roll(3))
        let annul = Step.annul(pack, nonce: first.nonce)
        let meanwhile: [Step] =
            switch dice.roll(9) {
            case 0: [annul]
            case 1: [annul, scan(of: pack)]
            case 2: [annul, scan(of: pack), annul]
            case 3: [.cancel(pack), annul]
            case 4: [.clock(1), .close]
            case 5: dice.oneIn(2) ? [.finish] : [annul, .finish]
            case 6: [.activate(dice.pick(["again", "third", "odd", "merged", "joined", "listed"]))]
            case 7: [annul, .ask([.redeem(pack, .right, key: 1)])]
            default: []
            }
        return [again] + meanwhile + [again]
    }

    private mutating func step(late: Bool) -> Step {
        enum Kind {
            case ask, storm, scan, annul, cancel, unlock, clock, load, activate, reconcile, withdraw
            case open, extend, close, finish, restart
        }
        let kind = dice.pick(weighted: [
            (80, Kind.ask), (1, .storm), (18, .scan), (10, .annul), (6, .cancel), (12, .unlock), (20, .clock),
            (8, .load), (9, .activate), (7, .reconcile), (5, .withdraw), (6, .open), (10, .extend),
            (late ? 6 : 3, .close), (late ? 4 : 0, .finish), (3, .restart),
        ])
        switch kind {
        case .ask: return .ask((0..<(dice.oneIn(3) ? 2 + dice.roll(3) : 1)).map { _ in request() })
        case .storm:
            let pack = dice.pick(hot)
            return .ask((1...23).map { .redeem(pack, .right, key: $0) })
        case .scan:
            let bundle = (0..<(dice.oneIn(4) ? 2 : 1)).map { _ in envelope() }
            return .scan(bundle, table: 1 + dice.roll(3))
        case .annul:
            // Mostly what was scanned, be it received or not.
            if !scanned.isEmpty, !dice.oneIn(4) {
                let envelope = dice.pick(scanned)
                return .annul(envelope.pack, nonce: envelope.nonce)
            }
            return .annul(pack(), nonce: 1 + dice.roll(nonces + 1))
        case .cancel: return .cancel(pack())
        case .unlock: return .unlock(pack())
        case .clock: return .clock(dice.pick([0, 1, 5, 5, 20, 20, 60, 60, 700, 2000, -1, -10, -30, -600]))
        case .load:
            return .load(
                dice.pick([
                    "main", "more", "proof", "again", "third", "odd", "merged", "joined", "listed",
                    "other main", "twice",
                ]))
        case .activate: return .activate(batch(), insisted: !dice.oneIn(3))
        case .reconcile: return reconciliation()
        case .withdraw: return .withdraw(batch())
        case .open: return opening()
        case .extend: return .extend(by: dice.pick([-5, 0, 1, 30, 60, 600, 600]))
        case .close: return .close
        case .finish: return .finish
        case .restart: return .restart
        }
    }

    private mutating func scan(of pack: Int) -> Step { .scan([fresh(pack)], table: 1 + dice.roll(3)) }

    /// A scan that is new, or the same again, or one with the nonce of another pack's.
    private mutating func envelope() -> Envelope {
        if !scanned.isEmpty {
            switch dice.roll(10) {
            case 0..<2: return dice.pick(scanned)
            case 2: return keep(Envelope(pack(), nonce: dice.pick(scanned).nonce))
            default: break
            }
        }
        return fresh(pack())
    }

    private mutating func fresh(_ pack: Int) -> Envelope {
        nonces += 1
        return keep(Envelope(pack, nonce: nonces))
    }

    private mutating func keep(_ envelope: Envelope) -> Envelope {
        scanned.append(envelope)
        return envelope
    }

    private mutating func opening() -> Step {
        .open(
            closesIn: dice.pick([nil, nil, 0, 10, 60, 60, 300, 3000, 3000]),
            grace: dice.pick([0, 10, 60, 600]))
    }

    private mutating func reconciliation() -> Step {
        let packs = [
            "main": [1, 2, 3, 4, 5], "more": [6, 7], "proof": [8, 9], "again": [10, 11, 12],
            "third": [13, 14, 15], "odd": [16, 17], "merged": [18, 19], "joined": [22, 23],
            "listed": [24],
        ]
        let name = batch()
        var missing = (packs[name] ?? [1]).filter { _ in dice.oneIn(4) }
        if dice.oneIn(6) { missing.append(dice.pick([99, 1, 6].filter { !missing.contains($0) })) }
        return .reconcile(name, missing: missing)
    }

    private mutating func request() -> Request {
        // The fourth is the one that visitors have.
        let (pack, key, slot) = (pack(), 1 + dice.roll(3), 1 + dice.roll(4))
        switch dice.roll(21) {
        case 0..<8: return .redeem(pack, answer(), key: key)
        case 8..<12:
            return .check(pack, answer(), lasts: dice.pick([0, 5, 60, 60, 900, 900, 900, 5000]), as: slot)
        case 12..<18: return .pass(slot, key: key)
        case 18: return .alteredPass(slot, byte: dice.roll(105), key: key)
        case 19: return .sealedPass(pack, dice.oneIn(4) ? .own : .random, key: key)
        default: return dice.oneIn(2) ? .foreignPass(key: key) : .slip(pack, key: key)
        }
    }

    private mutating func answer() -> Answer {
        dice.pick(weighted: [(10, .right), (3, .wrongA), (3, .wrongB), (2, .wrongC), (1, .unreadable)])
    }

    private mutating func pack() -> Int {
        dice.roll(10) < 7 ? dice.pick(hot) : dice.pick(Array(1...19) + [22, 23, 24, 99])
    }

    private mutating func batch() -> String {
        dice.pick([
            "main", "more", "proof", "again", "third", "odd", "merged", "joined", "listed", "none",
        ])
    }
}
