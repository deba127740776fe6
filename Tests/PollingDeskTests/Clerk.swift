import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// A plan's packs and registers, made once for all tests: signing takes time.
final class World: Sendable, CustomTestStringConvertible {
    let plan: Plan
    let rehearsal: Rehearsal
    let packs: [Int: TestPack]
    let numbers: [PackNumber: Int]
    let registers: [String: MemoryBytes]
    /// What each pack's code gives for the log.
    let chains: [Int: CodeValues]
    /// Of another election, for a pack of the same number.
    let foreignPass: String

    /// The usual limits of a ballot, and limits that are soon reached.
    static let usual = World(Plan())
    static let strict = World(Plan(seed: 11, lock: 2, lifetime: 3))
    static let lenient = World(Plan(seed: 12, lock: 3, lifetime: 5))
    static let severe = World(Plan(seed: 13, lock: 1, lifetime: 2))

    var testDescription: String { "lock \(plan.lock), lifetime \(plan.lifetime)" }

    init(_ plan: Plan) {
        let rehearsal = Rehearsal(
            seed: plan.seed, lockAfter: plan.lock, lifetimeLimit: plan.lifetime)
        let old = Dictionary(
            plan.packs.map { ($0.number, rehearsal.pack($0.number)) }, uniquingKeysWith: { a, _ in a })
        var packs = [Plan.unknownPack: rehearsal.pack(Plan.unknownPack)]
        for pack in plan.packs {
            packs[pack.number] = rehearsal.pack(
                pack.number, voter: pack.voter, kind: pack.kind, replacing: pack.replaces.map { old[$0]! })
        }
        self.plan = plan
        self.rehearsal = rehearsal
        self.packs = packs
        numbers = Dictionary(uniqueKeysWithValues: packs.map { ($0.value.number, $0.key) })
        registers = plan.registers.mapValues { register in
            rehearsal.register(
                register.batch, register.packs.map { packs[$0.number]! },
                pairs: register.pairs.map { (packs[$0.kept]!, packs[$0.cancelled]!) }, as: register.kind)
        }
        chains = packs.mapValues { CodeValues(of: $0, in: rehearsal) }
        foreignPass = Self.passOfAnotherElection(than: plan)
    }

    /// A pass that the desk's key opens, whatever its secret is.
    func seal(_ pack: Int, _ secret: Secret, given: Int, expires: Int) -> Pass {
        let content = SecretBytes(count: 64) { out in
            rehearsal.rows(of: [packs[pack]!])[0].lookup.id.bytes.withBytes { out.copy($0) }
            for (moment, place) in [(given, 16), (expires, 24)] {
                out.put(UInt64(bitPattern: Moment.test(moment).milliseconds), at: place)
            }
            switch secret {
            case .random: out.put(UInt64(pack), at: 32)
            case .own: rehearsal.withSpendingSecret(of: packs[pack]!) { out.copy($0, at: 32) }
            }
        }
        return Pass(
            sealing: content, nonce: Bytes(), election: rehearsal.election.id, key: rehearsal.deskKey())
    }

    private static func passOfAnotherElection(than plan: Plan) -> String {
        let rehearsal = Rehearsal(seed: plan.seed + 100)
        let pack = rehearsal.pack(1)
        do {
            let booth = try Booth(
                rehearsal, MemoryLedger(election: rehearsal.election, at: .test(0)), at: .test(10))
            try booth.begin([pack])
            var form = try booth.desk.makeForm()
            form.fill(pack, pack.answers)
            let outcome = try booth.desk.check(&form, passGoodFor: .seconds(1_000_000))
            guard case .good(let pass, _) = outcome else { fatalError("no pass") }
            return pass.text
        } catch { fatalError("\(error)") }
    }
}

/// The values of a code that its pack's entries in a log show.
struct CodeValues: Sendable {
    let second: CodeChain.Second
    let opening: CodeChain.Opening
    let trial: CodeChain.Trial

    init(of pack: TestPack, in rehearsal: Rehearsal) {
        (second, opening, trial) = rehearsal.chain(of: pack)
    }

    /// Of no code: a chain that somebody made up.
    init(made seed: UInt8) {
        second = CodeChain.Second(Bytes<32>([UInt8](repeating: seed, count: 32))!)
        opening = second.opening
        trial = opening.trial
    }
}

extension RedemptionForm {
    mutating func fill(_ pack: TestPack, _ answers: [String]) {
        pack.printedCode.withBytes { setCode($0) }
        for (question, answer) in zip(["Date of birth", "Membership number"], answers) {
            Array(answer.utf8).withBytes { setAnswer(question, $0) }
        }
    }
}

/// Fills in forms, and keeps the prepared requests for the next time: the half
/// of a desk that needs no ledger.
final class Clerk {
    let world: World
    private let desk: Desk
    private var form: RedemptionForm
    private var prepared: [String: Preparation] = [:]

    init(_ world: World) {
        self.world = world
        do {
            desk = try Desk(
                key: world.rehearsal.deskKey(),
                ledger: MemoryLedger(election: world.rehearsal.election, at: .test(0)))
            form = try desk.makeForm()
        } catch { fatalError("\(error)") }
    }

    /// Nil where there is no such pass.
    func prepare(_ request: Request, at now: Int, passes: [Int: String]) -> Preparation? {
        switch request {
        case .redeem(let pack, let answer, let key):
            keeping("\(pack) \(answer) \(key)") { redeem(pack, answer, key: key) }
        case .slip(let pack, let key):
            keeping("\(pack) slip \(key)") { redeem(pack, .right, key: key, slip: true) }
        case .check(let pack, let answer, let lasts, _):
            check(pack, answer, at: now, expires: now + lasts)
        case .pass(let slot, let key): passes[slot].map { redeem(pass: $0, key: key) }
        case .alteredPass(let slot, let byte, let key):
            passes[slot].map { redeem(pass: Self.alter($0, byte: byte), key: key) }
        case .foreignPass(let key): redeem(pass: world.foreignPass, key: key)
        case .sealedPass(let pack, let secret, let key):
            redeem(pass: world.seal(pack, secret, given: now, expires: now + 900).text, key: key)
        }
    }

    private func keeping(_ name: String, _ make: () -> Preparation) -> Preparation {
        if let known = prepared[name] { return known }
        let made = make()
        prepared[name] = made
        return made
    }

    private func redeem(
        _ pack: Int, _ answer: Answer, key: Int, slip: Bool = false
    ) -> Preparation {
        fill(pack, answer)
        if slip {
            var code = world.packs[pack]!.printedCode
            code[0] = code[0] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            code.withBytes { form.setCode($0) }
        }
        setKey(key)
        return desk.prepareToRedeem(&form)
    }

    private func check(_ pack: Int, _ answer: Answer, at now: Int, expires: Int) -> Preparation {
        fill(pack, answer)
        return desk.prepareToCheck(&form, at: .test(now), expires: .test(expires))
    }

    func redeem(pass: String, key: Int) -> Preparation {
        form.clear()
        Array(pass.utf8).withBytes { form.setPass($0) }
        setKey(key)
        return desk.prepareToRedeem(&form)
    }

    private func fill(_ number: Int, _ answer: Answer) {
        form.clear()
        let pack = world.packs[number]!
        form.fill(pack, Self.text(answer, of: pack))
    }

    /// Requests with equal numbers have equal keys.
    private func setKey(_ key: Int) {
        Self.bytes(ofKey: key).withBytes { form.setKey($0) }
    }

    static func bytes(ofKey key: Int) -> [UInt8] { [UInt8](repeating: UInt8(key), count: 16) }

    static func text(_ answer: Answer, of pack: TestPack) -> [String] {
        switch answer {
        case .right: pack.answers
        case .wrongA: ["1/1/1970", "99"]
        case .wrongB: [pack.answers[0], "99"]
        case .wrongC: ["2/2/1972", pack.answers[1]]
        case .unreadable: ["31/2/1980", pack.answers[1]]
        }
    }

    /// A byte of the pass itself, not of its text.
    static func alter(_ pass: String, byte: Int) -> String {
        guard var bytes = Array(pass.utf8).withBytes({ Base64.decodeURL($0) }) else { return pass }
        bytes[byte] ^= 0x01
        return bytes.withBytes { Base64.encode($0, url: true) }
    }
}
