/// One thing that happens to a desk. Its description is what a test would say,
/// so that a script that failed can be pasted into one.
enum Step: Sendable, Equatable {
    /// The register with this name in the plan.
    case load(String)
    case reconcile(String, missing: [Int])
    case activate(String, insisted: Bool = true)
    case withdraw(String)

    /// Times are seconds from now.
    case open(closesIn: Int? = nil, grace: Int = 600)
    case extend(by: Int)
    case close
    case finish

    /// One group: one transaction.
    case ask([Request])
    case scan([Int])
    case annul(Int)
    case cancel(Int)
    case unlock(Int)

    /// The clock goes on by so many seconds, or is set back.
    case clock(Int)
    /// The desk's program ends, and another one opens the ledger.
    case restart
}

/// What a voter, or the voting site, asks for.
enum Request: Sendable, Equatable {
    case redeem(Int, Answer, key: Int)
    /// A pass that lasts so many seconds is kept under a number of ours.
    case check(Int, Answer, lasts: Int = 900, as: Int = 1)
    /// With a pass that was kept; nothing is asked if there is none.
    case pass(Int, key: Int)
    /// With one byte of a kept pass altered.
    case alteredPass(Int, byte: Int, key: Int)
    /// A desk of another election gave this pass.
    case foreignPass(key: Int)
    /// The pack's code with a slip of the pen.
    case slip(Int, key: Int)
}

enum Answer: String, Sendable, CaseIterable {
    case right, wrongA, wrongB, wrongC, unreadable

    var isWrong: Bool { self != .right && self != .unreadable }
}

extension Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .load(let name): ".load(\"\(name)\")"
        case .reconcile(let name, let missing): ".reconcile(\"\(name)\", missing: \(missing))"
        case .activate(let name, true): ".activate(\"\(name)\")"
        case .activate(let name, false): ".activate(\"\(name)\", insisted: false)"
        case .withdraw(let name): ".withdraw(\"\(name)\")"
        case .open(nil, 600): ".open()"
        case .open(nil, let grace): ".open(grace: \(grace))"
        case .open(let closes?, 600): ".open(closesIn: \(closes))"
        case .open(let closes?, let grace): ".open(closesIn: \(closes), grace: \(grace))"
        case .extend(let by): ".extend(by: \(by))"
        case .close: ".close"
        case .finish: ".finish"
        case .ask(let requests): ".ask(\(requests))"
        case .scan(let packs): ".scan(\(packs))"
        case .annul(let pack): ".annul(\(pack))"
        case .cancel(let pack): ".cancel(\(pack))"
        case .unlock(let pack): ".unlock(\(pack))"
        case .clock(let by): ".clock(\(by))"
        case .restart: ".restart"
        }
    }
}

extension Request: CustomStringConvertible {
    var description: String {
        switch self {
        case .redeem(let pack, let answer, let key): ".redeem(\(pack), .\(answer), key: \(key))"
        case .check(let pack, let answer, 900, let slot): ".check(\(pack), .\(answer), as: \(slot))"
        case .check(let pack, let answer, let lasts, let slot):
            ".check(\(pack), .\(answer), lasts: \(lasts), as: \(slot))"
        case .pass(let slot, let key): ".pass(\(slot), key: \(key))"
        case .alteredPass(let slot, let byte, let key): ".alteredPass(\(slot), byte: \(byte), key: \(key))"
        case .foreignPass(let key): ".foreignPass(key: \(key))"
        case .slip(let pack, let key): ".slip(\(pack), key: \(key))"
        }
    }
}
