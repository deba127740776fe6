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
    /// A bundle at a table, in one transaction too.
    case scan([Envelope], table: Int = 1)
    /// Takes back the return that the scan with this nonce recorded.
    case annul(Int, nonce: Int = 1)
    case cancel(Int)
    case unlock(Int)

    /// The clock goes on by so many seconds, or is set back.
    case clock(Int)
    /// The desk's program ends, and another one opens the ledger.
    case restart
}

/// An envelope under a scanner: its pack, and a number for the scan's nonce. Where
/// both are those of an earlier scan, its answer was lost, and it is asked again.
struct Envelope: Sendable, Equatable {
    let pack: Int
    let nonce: Int

    init(_ pack: Int, nonce: Int) {
        self.pack = pack
        self.nonce = nonce
    }
}

extension Step {
    /// One envelope.
    static func scan(_ pack: Int, nonce: Int = 1, table: Int = 1) -> Step {
        .scan([Envelope(pack, nonce: nonce)], table: table)
    }
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
    /// Somebody who has the desk's key sealed this pass, around a secret that is
    /// not the pack's code's, or is.
    case sealedPass(Int, Secret = .random, key: Int)
    /// The pack's code with a slip of the pen.
    case slip(Int, key: Int)
}

enum Secret: String, Sendable { case random, own }

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
        case .scan(let envelopes, let table) where envelopes.count == 1:
            ".scan(\(envelopes[0].pack), nonce: \(envelopes[0].nonce)\(table == 1 ? "" : ", table: \(table)"))"
        case .scan(let envelopes, let table):
            ".scan(\(envelopes)\(table == 1 ? "" : ", table: \(table)"))"
        case .annul(let pack, let nonce): ".annul(\(pack), nonce: \(nonce))"
        case .cancel(let pack): ".cancel(\(pack))"
        case .unlock(let pack): ".unlock(\(pack))"
        case .clock(let by): ".clock(\(by))"
        case .restart: ".restart"
        }
    }
}

extension Envelope: CustomStringConvertible {
    var description: String { "Envelope(\(pack), nonce: \(nonce))" }
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
        case .sealedPass(let pack, .random, let key): ".sealedPass(\(pack), key: \(key))"
        case .sealedPass(let pack, .own, let key): ".sealedPass(\(pack), .own, key: \(key))"
        case .slip(let pack, let key): ".slip(\(pack), key: \(key))"
        }
    }
}
