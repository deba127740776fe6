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
        let pairs = PairWorld(facts)
        hall = try Hall(keeping, pairs?.world ?? .lenient)
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
            case _ where pairs != nil: PairWorld.batch
            case "specimens": "proof"
            case "replacements": "odd"
            default: "more"
            }
        try arrange(pairs)
    }

    // MARK: The facts

    private func arrange(_ pairs: PairWorld?) throws {
        let ballot = facts.vector("ballot")!
        try perform(.load("main"), .activate("main"), .load("more"), .load("proof"))
        if batch == "odd" || batch == PairWorld.batch { try perform(.load(batch)) }
        if facts.vector("pack")?.text("standing") != "inactive", !isOfTheBatch, !isSetAsideInactive {
            try perform(.activate("more"))
        }
        if ballot.text("phase") != "before" {
            try perform(.open(closesIn: ballot.number("closes"), grace: ballot.number("grace")!))
        }
        for step in pairs?.steps ?? [] { try perform(step) }
        if let batch = facts.vector("batch") { try arrange(batch: batch) }
        try scanBeforeTheVote()
        if let vote = facts.vector("vote") { try cast(vote) }
        try scanAfterTheVote()
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

    /// Whether the batch that is judged is the pack's own.
    private var isOfTheBatch: Bool {
        batch != "none" && !["replaced-by-it", "listed-by-it"].contains(facts.text("packIs"))
    }

    private func cast(_ vote: RuleVector) throws {
        hall.now = vote.number("at")!
        let pack = vote.text("pack") == "this" ? pack : other
        if vote.text("channel") == "post" {
            // The scan that is asked again may be the one that recorded it.
            try perform(.scan(pack, nonce: nonce(vote.text("nonce")), table: table(vote.text("table"))))
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
        // What it was when it was scanned, and what it is.
        try become(setAside)
        if setAside != nil { try perform(.scan(pack, nonce: nonce("N"))) }
        if facts.text("standing") != setAside { try become(facts.text("standing")) }
    }

    private func become(_ standing: String?) throws {
        switch standing {
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

    // MARK: A scan that is on the record

    private var scan: RuleVector? { facts.vector("scan") }

    /// The standing for which it was set aside; nil where it has another answer, or
    /// where the pack was inactive then: that scan comes before all else.
    private var setAside: String? { isSetAsideInactive ? nil : scan?.text("standing") }

    private var isSetAsideInactive: Bool { scan?.text("standing") == "inactive" }

    private func scanBeforeTheVote() throws {
        guard let scan else { return }
        hall.now = 300
        let mine = Step.scan(pack, nonce: nonce("N"))
        if isSetAsideInactive {
            try perform(mine)
            if facts.vector("pack")?.text("standing") != "inactive" { try perform(.activate("more")) }
        }
        let isItsVote = facts.vector("vote")?.text("nonce") == "N"
        if scan.text("answer") == "received", !isItsVote {
            try perform(mine, .annul(pack, nonce: nonce("N")))
        }
    }

    /// Where somebody has voted before it. That vote may have been annulled since.
    private func scanAfterTheVote() throws {
        guard let scan, let at = scan.number("at") else { return }
        let mine = Step.scan(pack, nonce: nonce("N"), table: 3)
        guard facts.vector("vote") == nil else { return try perform(mine) }
        hall.now = at
        let voted = scan.text("answer") == "scanned-before" ? pack : other
        try perform(
            .scan(voted, nonce: nonce("another"), table: table(scan.text("table"))), mine,
            .annul(voted, nonce: nonce("another")))
    }

    // MARK: A pass

    /// From a desk with the same keys, at the time that the vector says. No desk
    /// gives one for a pack without a code, for a pack that it does not have, or
    /// around another secret: such a pass is made up.
    private func give(_ pass: RuleVector) throws {
        let (given, expires) = (pass.number("given")!, pass.number("expires")!)
        let leads = pass.bool("leads")
        guard leads, facts.vector("pack")?.text("kind") == "normal" else {
            let made = hall.world.seal(pack, leads ? .own : .random, given: given, expires: expires)
            hall.passes = [1: made.text]
            return
        }
        let twin = try Hall(.memory, .lenient)
        for step in [.load("more"), .activate("more"), .open()] as [Step] { _ = try twin.perform(step) }
        twin.now = given
        _ = try twin.perform(.ask([.check(pack, .right, lasts: expires - given)]))
        hall.passes = twin.passes
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
        case "post":
            return .scan(pack, nonce: nonce(facts.text("nonce")), table: table(facts.text("by")))
        case "annul": return .annul(pack, nonce: nonce(facts.text("nonce")))
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
        switch answer {
        case "wrong-answers": return "\(answer), \(facts.number("attemptsLeft")!) left"
        case "bad-answer": return "\(answer): Date of birth"
        case "good": return "\(answer) until \(hall.now + 900)"
        default: return facts.text("operation") == "post" ? told(facts) : answer
        }
    }

    /// What a table hears.
    func told(_ outcome: RuleVector) -> String {
        let answer = outcome.text("answer") ?? "none"
        switch answer {
        case "scanned-before":
            return "\(answer) at \(outcome.number("at")!) by table \(table(outcome.text("table")))"
        case "already-voted": return "\(answer) \(outcome.text("channel")!) at \(outcome.number("at")!)"
        case "set-aside": return "\(answer) \(outcome.text("standing")!)"
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

    func nonce(_ name: String?) -> Int { name == "N" ? 1 : 2 }

    func table(_ name: String?) -> Int { name == "Table 2" ? 2 : 1 }

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
