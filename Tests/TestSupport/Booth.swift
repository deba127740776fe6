package import Counterfoil
package import PollingDesk

/// A desk and its ledger, with short words for what a test does to them.
package struct Booth: Sendable {
    package let rehearsal: Rehearsal
    package let desk: Desk

    /// - Parameter moment: when the desk is opened, if the ledger records that.
    package init(
        _ rehearsal: Rehearsal, _ ledger: any Ledger, at moment: Moment = .test(9),
        limits: Desk.Limits = Desk.Limits()
    ) throws {
        self.rehearsal = rehearsal
        desk = try Desk(key: rehearsal.deskKey(), ledger: ledger, limits: limits) { moment }
    }

    /// Loads these packs as a batch, activates it, and opens the ballot.
    package func begin(_ packs: some Sequence<TestPack>) throws {
        try load("main", packs)
        try activate("main")
        _ = try desk.open(at: .test(3))
    }

    @discardableResult
    package func load(
        _ name: String, _ packs: some Sequence<TestPack>,
        pairs: [(kept: TestPack, cancelled: TestPack)] = [], as kind: BatchKind = .members
    ) throws -> LoadOutcome {
        try desk.load(rehearsal.register(name, packs, pairs: pairs, as: kind), at: .test(1)).1
    }

    @discardableResult
    package func activate(_ name: String) throws -> ActOutcome {
        try desk.activate(BatchName(name)!, unreconciled: true, at: .test(2))
    }

    /// One request: with the pack's own answers unless others are given.
    /// Requests with equal numbers have equal idempotency keys.
    package func redeem(
        _ pack: TestPack, key: Int, answers: [String]? = nil, at moment: Moment = .test(10)
    ) throws -> Outcome {
        switch try prepare(pack, key: key, answers: answers) {
        case .refused(let outcome): outcome
        case .ready(let request): try desk.redeem([request], at: moment)[0]
        }
    }

    package func prepare(
        _ pack: TestPack, key: Int, answers: [String]? = nil
    ) throws -> Preparation {
        var form = try desk.makeForm()
        return prepare(pack, key: key, answers: answers, &form)
    }

    package static func keyBytes(_ key: Int) -> Bytes<32> { Numbers(0x6B65_7900 &+ UInt64(key)).bytes() }

    /// With a form of the caller's, which costs less than a new one.
    package func prepare(
        _ pack: TestPack, key: Int, answers: [String]? = nil, _ form: inout RedemptionForm
    ) -> Preparation {
        fill(&form, pack, answers)
        Self.keyBytes(key).withBytes { form.setKey($0) }
        defer { form.clear() }
        return desk.prepareToRedeem(&form)
    }

    private func fill(_ form: inout RedemptionForm, _ pack: TestPack, _ answers: [String]?) {
        pack.printedCode.withBytes { form.setCode($0) }
        for (question, answer) in zip(rehearsal.election.questions, answers ?? pack.answers) {
            Array(answer.utf8).withBytes { form.setAnswer(question.name, $0) }
        }
    }

    /// A request for a pass.
    package func prepareToCheck(
        _ pack: TestPack, at moment: Moment, expires: Moment, _ form: inout RedemptionForm
    ) -> Preparation {
        fill(&form, pack, nil)
        defer { form.clear() }
        return desk.prepareToCheck(&form, at: moment, expires: expires)
    }

    /// A request with a pass.
    package func prepare(_ pass: Pass, key: Int, _ form: inout RedemptionForm) -> Preparation {
        Array(pass.text.utf8).withBytes { form.setPass($0) }
        Self.keyBytes(key).withBytes { form.setKey($0) }
        defer { form.clear() }
        return desk.prepareToRedeem(&form)
    }
}

extension Moment {
    /// Some moment, this many seconds after another.
    package static func test(_ seconds: Int) -> Moment {
        Moment(milliseconds: 1_659_600_000_000 + Int64(seconds) * 1000)
    }
}

extension Booth {
    /// Several requests, each with its key, in one group.
    package func redeem(
        _ group: [(TestPack, Int)], answers: [String]? = nil, at moment: Moment = .test(10)
    ) throws -> [Outcome] {
        let requests = try group.map { pack, key in
            guard case .ready(let request) = try prepare(pack, key: key, answers: answers) else {
                fatalError("a request that is none")
            }
            return request
        }
        return try desk.redeem(requests, at: moment)
    }

    /// Redeems all packs one after the other, beginning at a place of the
    /// task's own; returns how many were accepted.
    package func race(_ packs: [TestPack], task: Int) throws -> Int {
        var form = try desk.makeForm()
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
    package var receipt: Receipt? {
        switch self {
        case .accepted(let receipt), .repeated(let receipt): receipt
        default: nil
        }
    }

    /// Of wrong answers.
    package var attemptsLeft: Int? {
        guard case .refused(.wrongAnswers(let left)) = self else { return nil }
        return left
    }
}
