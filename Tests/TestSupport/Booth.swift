public import Counterfoil
public import PollingDesk

/// A desk and its ledger, with short words for what a test does to them.
public struct Booth<Store: Ledger>: Sendable {
    public let rehearsal: Rehearsal
    public let desk: Desk<Store>

    public init(_ rehearsal: Rehearsal, _ ledger: Store) {
        self.rehearsal = rehearsal
        desk = Desk(election: rehearsal.election, key: rehearsal.deskKey(), ledger: ledger)
    }

    /// Loads these packs as a batch, activates it, and opens the ballot.
    public func begin(_ packs: some Sequence<TestPack>) throws {
        try load("main", packs)
        try activate("main")
        _ = try desk.open(at: .test(3))
    }

    @discardableResult
    public func load(
        _ name: String, _ packs: some Sequence<TestPack>, as kind: BatchKind = .members
    ) throws -> LoadOutcome {
        try desk.load(rehearsal.register(name, packs, as: kind), at: .test(1)).1
    }

    @discardableResult
    public func activate(_ name: String) throws -> ActOutcome {
        try desk.activate(BatchName(name)!, unreconciled: true, at: .test(2))
    }

    /// One request: with the pack's own answers unless others are given.
    /// Requests with equal numbers have equal idempotency keys.
    public func redeem(
        _ pack: TestPack, key: Int, answers: [String]? = nil, at moment: Moment = .test(10)
    ) throws -> Outcome {
        switch prepare(pack, key: key, answers: answers) {
        case .refused(let outcome): outcome
        case .ready(let request): try desk.redeem([request], at: moment)[0]
        }
    }

    public func prepare(_ pack: TestPack, key: Int, answers: [String]? = nil) -> Preparation {
        var form = desk.form()
        return prepare(pack, key: key, answers: answers, &form)
    }

    package static func keyBytes(_ key: Int) -> Bytes<32> { Numbers(0x6B65_7900 &+ UInt64(key)).bytes() }

    /// With a form of the caller's, which costs less than a new one.
    public func prepare(
        _ pack: TestPack, key: Int, answers: [String]? = nil, _ form: inout RedemptionForm
    ) -> Preparation {
        fill(&form, pack, answers)
        Self.keyBytes(key).withBytes { form.setKey($0) }
        return desk.prepare(&form)
    }

    private func fill(_ form: inout RedemptionForm, _ pack: TestPack, _ answers: [String]?) {
        pack.printedCode.withBytes { form.setCode($0) }
        for (question, answer) in zip(rehearsal.election.questions, answers ?? pack.answers) {
            Array(answer.utf8).withBytes { form.setAnswer(question.name, $0) }
        }
    }

    /// A request for a pass.
    public func prepareToCheck(
        _ pack: TestPack, at moment: Moment, expires: Moment, _ form: inout RedemptionForm
    ) -> Preparation {
        fill(&form, pack, nil)
        return desk.prepareToCheck(&form, at: moment, expires: expires)
    }

    /// A request with a pass.
    public func prepare(_ pass: Pass, key: Int, _ form: inout RedemptionForm) -> Preparation {
        Array(pass.description.utf8).withBytes { form.setPass($0) }
        Self.keyBytes(key).withBytes { form.setKey($0) }
        return desk.prepare(&form)
    }
}

extension Moment {
    /// Some moment, this many seconds after another.
    public static func test(_ seconds: Int) -> Moment {
        Moment(milliseconds: 1_659_600_000_000 + Int64(seconds) * 1000)
    }
}

/// A ledger of whatever kind, so that one suite can be run on all.
public struct AnyLedger: Ledger {
    public let base: any Ledger

    public init(_ base: any Ledger) { self.base = base }

    public func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        try base.write(subjects, at: moment, judge)
    }

    public func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        try base.load(&register, at: moment)
    }

    public func summary() throws(LedgerError) -> LedgerSummary { try base.summary() }

    public func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? {
        try base.history(of: pack)
    }

    public func report() throws(LedgerError) -> LedgerReport { try base.report() }

    public func packsOfOtherVoters(
        inBatch name: BatchName
    ) throws(LedgerError) -> [(pack: PackNumber, replaced: PackNumber)] {
        try base.packsOfOtherVoters(inBatch: name)
    }

    public func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] {
        try base.packs(ofBatch: number)
    }

    public func close() { base.close() }

    public func withHead<R>(_ body: (TreeHead) -> R) throws(LedgerError) -> R { try base.withHead(body) }

    public func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        try base.snapshot(long: long, body)
    }
}

extension Booth {
    /// Several requests, each with its key, in one group.
    public func redeem(
        _ group: [(TestPack, Int)], answers: [String]? = nil, at moment: Moment = .test(10)
    ) throws -> [Outcome] {
        let requests = group.map { pack, key in
            guard case .ready(let request) = prepare(pack, key: key, answers: answers) else {
                fatalError("a request that is none")
            }
            return request
        }
        return try desk.redeem(requests, at: moment)
    }

    /// Redeems all packs one after the other, beginning at a place of the
    /// task's own; returns how many were accepted.
    public func race(_ packs: [TestPack], task: Int) throws -> Int {
        var form = desk.form()
        var accepted = 0
        for i in packs.indices {
            let pack = packs[(i + task * 7) % packs.count]
            guard case .ready(let request) = prepare(pack, key: task * 1_000_000 + i, &form) else {
                fatalError("a request that is none")
            }
            if try desk.redeem([request], at: .test(10))[0].name == "accepted" { accepted += 1 }
        }
        return accepted
    }
}

extension Outcome {
    /// Of an accepted or repeated request.
    public var receipt: Receipt? {
        switch self {
        case .accepted(let receipt), .repeated(let receipt): receipt
        default: nil
        }
    }

    /// Of wrong answers.
    public var attemptsLeft: Int? {
        guard case .wrongAnswers(let left) = self else { return nil }
        return left
    }
}
