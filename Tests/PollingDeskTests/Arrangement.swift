import Counterfoil
import PollingDesk
import TestSupport

/// A hall in which the facts of a vector are so. A desk's own acts made them so:
/// nothing is put into its ledger without it.
struct Arrangement {
    let hall: Hall
    let facts: RuleVector
    /// The pack that is judged, and another one of the same voter.
    let pack: Int
    let other = 2
    let batch: String

    private static let lock = 3

    init(_ facts: RuleVector, _ keeping: Keeping) throws {
        hall = try Hall(keeping, .lenient)
        self.facts = facts
        pack =
            switch facts.vector("pack")?.text("kind") {
            case nil: Plan.unknownPack
            case "post-only": 4
            case "specimen": 8
            default: 7
            }
        batch =
            switch facts.vector("batch")?.text("kind") {
            case nil: "none"
            case "specimens": "proof"
            case "replacements": facts.bool("replacedVoted") ? "merged" : "odd"
            default: "more"
            }
        try arrange()
    }

    // MARK: The facts

    private func arrange() throws {
        let ballot = facts.vector("ballot")!
        try perform(.load("main"), .activate("main"), .load("more"), .load("proof"))
        if batch == "odd" || batch == "merged" { try perform(.load(batch)) }
        let isOfTheBatch = batch != "none" && facts.text("packIs") != "replaced-by-it"
        if facts.vector("pack")?.text("standing") != "inactive", !isOfTheBatch {
            try perform(.activate("more"))
        }
        if ballot.text("phase") != "before" {
            try perform(.open(closesIn: ballot.number("closes"), grace: ballot.number("grace")!))
        }
        // The pack that one of "merged" replaces, under another voter number.
        if batch == "merged" { try perform(.ask([.redeem(3, .right, key: 30)])) }
        if let batch = facts.vector("batch") { try arrange(batch: batch) }
        if let vote = facts.vector("vote") { try cast(vote) }
        if let pack = facts.vector("pack") { try arrange(pack) }
        if let closed = ballot.number("closed") {
            hall.now = closed
            try perform(.close)
        }
        if ballot.text("phase") == "final" { try perform(.finish) }
        hall.now = facts.number("now")!
        if let pass = facts.vector("pass") { try give(pass) }
        _ = hall.recorded()
    }

    private func cast(_ vote: RuleVector) throws {
        hall.now = vote.number("at")!
        let pack = vote.text("pack") == "this" ? pack : other
        if vote.text("channel") == "post" {
            try perform(.scan([pack]))
        } else {
            try perform(.ask([.redeem(pack, .right, key: key(vote.text("key")))]))
        }
    }

    private func arrange(_ facts: RuleVector) throws {
        for attempt in 0..<facts.number("secondAttempts")! {
            try perform(.ask([.redeem(pack, .right, key: 20 + attempt)]))
        }
        let wrong = facts.number("wrong")!
        for _ in 0..<(facts.number("lifetime")! - wrong) / Self.lock {
            try perform(.ask([.wrongA, .wrongB, .wrongA].map { .redeem(pack, $0, key: 9) }), .unlock(pack))
        }
        // Two kinds in turn, so that the last is the one that it must be.
        let isLastA = facts.text("last") == "A"
        for left in (0..<wrong).reversed() {
            try perform(.ask([.redeem(pack, (left % 2 == 0) == isLastA ? .wrongA : .wrongB, key: 9)]))
        }
        switch facts.text("standing") {
        case "cancelled": try perform(.cancel(pack))
        case "withdrawn": try perform(.withdraw("more"))
        case "superseded": try perform(.load("odd"), .activate("odd"))
        default: break
        }
    }

    private func arrange(batch facts: RuleVector) throws {
        if facts.bool("reconciled") { try perform(.reconcile(batch, missing: [])) }
        if facts.bool("activated") { try perform(.activate(batch)) }
        if facts.bool("withdrawn") { try perform(.withdraw(batch)) }
    }

    /// From a desk with the same keys, at the time that the vector says. No desk
    /// gives one for a pack without a code, or for a pack that it does not have:
    /// such a pass is made up.
    private func give(_ pass: RuleVector) throws {
        guard facts.vector("pack")?.text("kind") == "normal" else {
            hall.passes = [1: forged(pass)]
            return
        }
        let twin = try Hall(.memory, .lenient)
        for step in [.load("more"), .activate("more"), .open()] as [Step] { _ = try twin.perform(step) }
        twin.now = pass.number("given")!
        let lasts = pass.number("expires")! - twin.now
        _ = try twin.perform(.ask([.check(pack, .right, lasts: lasts)]))
        hall.passes = twin.passes
    }

    private func forged(_ pass: RuleVector) -> String {
        let rehearsal = hall.world.rehearsal
        let content = SecretBytes(count: 64) { out in
            rehearsal.rows(of: [hall.world.packs[pack]!])[0].lookup.id.bytes.withBytes { out.copy($0) }
            for (name, place) in [("given", 16), ("expires", 24)] {
                out.put(UInt64(bitPattern: Moment.test(pass.number(name)!).milliseconds), at: place)
            }
        }
        return Pass(
            sealing: content, nonce: Bytes(), election: rehearsal.election.id, key: rehearsal.deskKey()
        ).text
    }

    private func perform(_ steps: Step...) throws {
        for step in steps { _ = try hall.perform(step) }
    }

    // MARK: The operation

    var operation: Step? {
        let answer = Answer(vector: facts.text("answers") ?? "right")
        let key = key(facts.text("key"))
        switch facts.text("operation") {
        case "redeem": return .ask([.redeem(pack, answer, key: key)])
        case "check": return .ask([.check(pack, answer)])
        case "pass" where facts.vector("pass")?.bool("opens") == false:
            return .ask([.alteredPass(1, byte: 104, key: key)])
        case "pass": return .ask([.pass(1, key: key)])
        case "post": return .scan([pack])
        case "annul": return .annul(pack)
        case "cancel": return .cancel(pack)
        case "unlock": return .unlock(pack)
        case "activate": return .activate(batch, insisted: facts.bool("insisted"))
        case "withdraw": return .withdraw(batch)
        case "reconcile":
            let missing = facts.texts("missing") + facts.texts("ofOtherBatches")
            return .reconcile(batch, missing: missing.map(number))
        case "open":
            return .open(
                closesIn: facts.number("closes").map { $0 - hall.now }, grace: facts.number("grace")!)
        case "extend": return .extend(by: facts.number("until")! - hall.now)
        case "close": return .close
        case "close --final": return .finish
        default: return nil
        }
    }

    /// As the hall tells it.
    var answer: String {
        let answer = facts.text("answer") ?? "none"
        let with = facts.vector("vote")?.text("pack") == "this" ? pack : other
        switch answer {
        case "wrong-answers": return "\(answer), \(facts.number("attemptsLeft")!) left"
        case "bad-answer": return "\(answer): Date of birth"
        case "good": return "\(answer) until \(hall.now + 900)"
        case "scanned-before": return "\(answer) at \(facts.number("at")!)"
        case "already-voted" where facts.text("operation") == "post":
            return "\(answer) \(facts.text("channel")!) with \(with) at \(facts.number("at")!)"
        case "set-aside": return "\(answer) \(facts.text("standing")!)"
        default: return answer
        }
    }

    /// Packs by the names that a vector gives them.
    func number(_ name: String) -> Int {
        switch name {
        case "this": pack
        case "first": 7
        case "second": 6
        case "third": 1
        case "fourth": 3
        default: other
        }
    }

    func key(_ name: String?) -> Int {
        switch name {
        case "K": 1
        case "L": 2
        default: 8
        }
    }
}

extension Answer {
    init(vector: String) {
        self =
            switch vector {
            case "A": .wrongA
            case "B": .wrongB
            case "unreadable": .unreadable
            default: .right
            }
    }
}
