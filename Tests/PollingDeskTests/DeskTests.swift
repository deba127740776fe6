import Counterfoil
import PollingDesk
import Synchronization
import TestSupport
import Testing

/// The desk as its callers meet it: many tasks, a bounded queue, answers that
/// come, and answers that do not.
@Suite struct DeskTests {
    let rehearsal = Rehearsal()

    private func booth(_ ledger: (any Ledger)? = nil, _ limits: Desk.Limits = Desk.Limits()) throws -> Booth {
        let booth = try Booth(
            rehearsal, ledger ?? MemoryLedger(election: rehearsal.election, at: .test(0)), at: .test(10),
            limits: limits)
        try booth.begin((0..<64).map { rehearsal.pack($0) })
        return booth
    }

    private func fill(_ form: inout RedemptionForm, _ number: Int, key: Int?) {
        form.fill(rehearsal.pack(number), rehearsal.pack(number).answers)
        if let key { Booth.keyBytes(key).withBytes { form.setKey($0) } }
    }

    private func redeem(_ booth: Booth, _ number: Int, key: Int) async throws -> RedeemOutcome {
        var form = try booth.desk.makeForm()
        fill(&form, number, key: key)
        return try await booth.desk.redeem(&form)
    }

    // MARK: Groups

    @Test("What waits is committed together, and each gets its own answer")
    func groups() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        gate.shut()
        let receipts = try await withThrowingTaskGroup(of: (Int, Receipt?).self) { tasks in
            for number in 0..<40 {
                tasks.addTask { (number, try await self.redeem(booth, number, key: number).receipt) }
                // One is at the gate; all others wait in line.
                if number == 0 { try await gate.waitUntil(asked: 1) }
            }
            while booth.desk.waiting < 39 { try await Task.sleep(for: .milliseconds(1)) }
            gate.open()
            return try await tasks.reduce(into: [Int: String]()) { $0[$1.0] = $1.1?.description }
        }
        #expect(receipts.count == 40 && Set(receipts.values).count == 40)
        #expect(gate.groups.suffix(2) == [1, 39])
        // The same again, alone: each its own receipt, byte for byte.
        for number in 0..<40 {
            let again = try await redeem(booth, number, key: number)
            guard case .repeated(let receipt) = again else {
                Issue.record("\(again)")
                continue
            }
            #expect(receipt.description == receipts[number])
        }
    }

    @Test("Scans wait in a lane of their own, and votes in theirs")
    func lanes() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        gate.shut()
        let outcomes = try await withThrowingTaskGroup(of: String.self) { tasks in
            tasks.addTask { try await self.redeem(booth, 0, key: 0).receipt == nil ? "refused" : "vote" }
            try await gate.waitUntil(asked: 1)
            for number in 1..<21 {
                tasks.addTask {
                    if number % 2 == 0 {
                        return try await self.redeem(booth, number, key: number).receipt == nil
                            ? "refused" : "vote"
                    }
                    return try await booth.desk.receive(self.rehearsal.pack(number).number, scan: .random())
                        .name
                }
            }
            while booth.desk.waiting < 20 { try await Task.sleep(for: .milliseconds(1)) }
            gate.open()
            return try await tasks.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes == ["vote": 11, "received": 10])
        #expect(gate.groups.suffix(3) == [1, 10, 10])
    }

    @Test("Votes that wait hold up no scan for more than one group, nor scans a vote")
    func turns() throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        let answers = Monitor(0)
        @Sendable func answered() { answers.withLock { $0 += 1 } }
        let votes = try (0..<301).map { number in
            WaitingVote(try ready(booth, number % 64, key: number % 64)) { _ in answered() }
        }
        let scans = (0..<290).map { number in
            WaitingScan(Scan(rehearsal.pack(number % 64).number, ScanNonce(test: 1 + number), .none)) { _ in
                answered()
            }
        }
        gate.shut()
        try booth.desk.submit([votes[0]])
        gate.wait(asked: 1)
        try booth.desk.submit(Array(votes[1...]))
        try booth.desk.submit(scans)
        gate.open()
        answers.wait { $0 == votes.count + scans.count ? () : nil }
        // Votes, scans, votes, scans, votes.
        #expect(gate.groups.suffix(5) == [1, 256, 256, 34, 44])
    }

    @Test("Where a ledger has judged again, its last verdict is told", arguments: [true, false])
    func judgedAgain(alone: Bool) throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        let request = try ready(booth, 1, key: 1)
        // By the first verdict the vote counts, and its receipt is being signed.
        gate.judgeAgain {
            let other = try? booth.redeem(self.rehearsal.pack(1), key: 2)
            #expect(other?.name == "accepted")
        }
        let outcome: Outcome?
        if alone {
            outcome = try booth.desk.answerAlone(request)
        } else {
            let answer = Monitor<Result<Outcome, LedgerError>?>(nil)
            try booth.desk.submit([WaitingVote(request) { told in answer.withLock { $0 = told } }])
            outcome = try answer.wait { $0 }.get()
        }
        #expect(outcome?.name == "already-voted")
        #expect(outcome?.receipt == nil)
    }

    private func ready(_ booth: Booth, _ number: Int, key: Int) throws -> Redemption {
        guard case .ready(let request) = try booth.prepare(rehearsal.pack(number), key: key) else {
            fatalError("a request that is none")
        }
        return request
    }

    // MARK: No answer

    @Test("A full line says busy: nothing was asked, and the form is as it was")
    func busy() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        var limits = Desk.Limits()
        limits.waiting = 2
        let booth = try booth(gate, limits)
        gate.shut()
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for number in 0..<3 {
                tasks.addTask { try await self.redeem(booth, number, key: number).receipt != nil }
                if number == 0 { try await gate.waitUntil(asked: 1) }
            }
            while booth.desk.waiting < 2 { try await Task.sleep(for: .milliseconds(1)) }
            var form = try booth.desk.makeForm()
            fill(&form, 3, key: 3)
            await #expect(throws: LedgerError.busy) { _ = try await booth.desk.redeem(&form) }
            gate.open()
            for try await counts in tasks { #expect(counts) }
            // Nothing was typed again.
            #expect(try await booth.desk.redeem(&form).receipt != nil)
            // Now it is wiped: an outcome was given.
            let empty = try await booth.desk.redeem(&form)
            guard case .refused(.badRequest(.codeMissing)) = empty else {
                return #expect(Bool(false), "\(empty)")
            }
        }
    }

    @Test("Undecided leaves the form, and the same form finds out")
    func undecided() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        var form = try booth.desk.makeForm()
        fill(&form, 1, key: 1)
        gate.loseNextAnswer()
        await #expect(throws: Gate.lost) { _ = try await booth.desk.redeem(&form) }
        let again = try await booth.desk.redeem(&form)
        guard case .repeated = again else { return #expect(Bool(false), "\(again)") }
    }

    @Test("Undecided leaves a scan as it was, and the same nonce finds out")
    func undecidedScan() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        let (pack, scan) = (rehearsal.pack(1).number, ScanNonce.random())
        gate.loseNextAnswer()
        await #expect(throws: Gate.lost) { _ = try await booth.desk.receive(pack, scan: scan) }
        let entries = try booth.desk.ledger.summary().entries
        for _ in 1...2 { #expect(try await booth.desk.receive(pack, scan: scan).name == "received") }
        #expect(try booth.desk.ledger.summary().entries == entries)
        // The control: without its nonce it is another scan of the same envelope.
        #expect(try await booth.desk.receive(pack, scan: .random()).name == "scanned-before")
    }

    @Test("Forms are bounded, and come back")
    func forms() throws {
        var limits = Desk.Limits()
        limits.forms = 2
        let booth = try booth(nil, limits)
        do {
            var a = try booth.desk.makeForm()
            var b = try booth.desk.makeForm()
            fill(&a, 1, key: 1)
            fill(&b, 2, key: 2)
            #expect(throws: LedgerError.busy) { _ = try booth.desk.makeForm() }
            _ = consume a
            _ = consume b
        }
        var form = try booth.desk.makeForm()
        // Nothing of an earlier voter is in it.
        Booth.keyBytes(1).withBytes { form.setKey($0) }
        let outcome = try booth.desk.redeem(&form)
        guard case .refused(.badRequest(.codeMissing)) = outcome else {
            return #expect(Bool(false), "\(outcome)")
        }
    }

    /// What a form held when it was given up.
    enum Part: CaseIterable {
        case code, answer, pass, key, fault
    }

    @Test("A form that was given up leaves nothing to the next voter", arguments: Part.allCases)
    func givenUp(_ part: Part) throws {
        var limits = Desk.Limits()
        limits.forms = 1
        let booth = try booth(nil, limits)
        let (earlier, pack) = (rehearsal.pack(1), rehearsal.pack(2))
        do {
            var form = try booth.desk.makeForm()
            switch part {
            case .code: earlier.printedCode.withBytes { form.setCode($0) }
            case .answer: Array(earlier.answers[0].utf8).withBytes { form.setAnswer("Date of birth", $0) }
            case .pass: [UInt8]("no pass".utf8).withBytes { form.setPass($0) }
            case .key: Booth.keyBytes(1).withBytes { form.setKey($0) }
            case .fault: form.complain(.unknownQuestion)
            }
        }
        // The next one fills in all but that.
        var form = try booth.desk.makeForm()
        if part != .code && part != .pass { pack.printedCode.withBytes { form.setCode($0) } }
        for (question, answer) in zip(rehearsal.election.questions, pack.answers) {
            guard part != .answer || question.name != "Date of birth" else { continue }
            guard part != .pass else { continue }
            Array(answer.utf8).withBytes { form.setAnswer(question.name, $0) }
        }
        if part != .key { Booth.keyBytes(2).withBytes { form.setKey($0) } }
        let outcome = try booth.desk.redeem(&form)
        switch (part, outcome) {
        case (.code, .refused(.badRequest(.codeMissing))), (.pass, .refused(.badRequest(.codeMissing))),
            (.answer, .refused(.badRequest(.answerMissing("Date of birth")))),
            (.key, .refused(.badRequest(.keyMissing))), (.fault, .accepted):
            break
        default: Issue.record("\(outcome)")
        }
    }

    @Test("A task that is cancelled does not take back what it asked")
    func cancelled() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        gate.shut()
        let task = Task { try await self.redeem(booth, 1, key: 1).receipt }
        try await gate.waitUntil(asked: 1)
        task.cancel()
        gate.open()
        #expect(try await task.value != nil)
        #expect(try await booth.desk.summary().balance.votes == 1)
    }

    @Test("Draining answers what was asked, and takes nothing more")
    func drains() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        gate.shut()
        var tasks: [Task<Bool, any Error>] = []
        for number in 0..<8 {
            tasks.append(Task { try await self.redeem(booth, number, key: number).receipt != nil })
            if number == 0 { try await gate.waitUntil(asked: 1) }
        }
        while booth.desk.waiting < 7 { try await Task.sleep(for: .milliseconds(1)) }
        let draining = Task { await booth.desk.drain() }
        try await Task.sleep(for: .milliseconds(20))
        gate.open()
        for task in tasks { #expect(try await task.value) }
        await draining.value
        await #expect(throws: LedgerError.closed) { _ = try await self.redeem(booth, 9, key: 9) }
        await #expect(throws: LedgerError.closed) {
            _ = try await booth.desk.receive(self.rehearsal.pack(9).number, scan: .random())
        }
        await #expect(throws: LedgerError.closed) { _ = try await booth.desk.perform(.close) }
        #expect(throws: LedgerError.closed) {
            var form = try booth.desk.makeForm()
            self.fill(&form, 9, key: 9)
            _ = try booth.desk.redeem(&form)
        }
    }

    @Test("Who drains or closes while another does waits for the same end")
    func drainsTwice() async throws {
        let gate = Gate(MemoryLedger(election: rehearsal.election, at: .test(0)))
        let booth = try booth(gate)
        gate.shut()
        var tasks: [Task<Bool, any Error>] = []
        for number in 0..<8 {
            tasks.append(Task { try await self.redeem(booth, number, key: number).receipt != nil })
            if number == 0 { try await gate.waitUntil(asked: 1) }
        }
        while booth.desk.waiting < 7 { try await Task.sleep(for: .milliseconds(1)) }
        let ends = Ends()
        let draining = (0..<3).map { _ in
            Task {
                await booth.desk.drain()
                ends.count.add(1, ordering: .relaxed)
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(ends.count.load(ordering: .relaxed) == 0)
        gate.open()
        for task in tasks { #expect(try await task.value) }
        for task in draining { await task.value }
    }

    @Test("A key of another election is refused before anything is written")
    func otherKey() throws {
        let ledger = MemoryLedger(election: rehearsal.election, at: .test(0))
        let entries = try ledger.summary().entries
        #expect(throws: LedgerError.otherKey) {
            _ = try Desk(key: Rehearsal(seed: 2).deskKey(), ledger: ledger)
        }
        #expect(try ledger.summary().entries == entries)
        // The control.
        _ = try Desk(key: rehearsal.deskKey(), ledger: ledger)
    }

    @Test("A check gives a pass, and the pass redeems once")
    func passes() async throws {
        let booth = try booth()
        var form = try booth.desk.makeForm()
        fill(&form, 1, key: nil)
        let checked = try await booth.desk.check(&form, passGoodFor: .seconds(60))
        guard case .good(let pass, let expires) = checked else { return #expect(Bool(false), "\(checked)") }
        #expect(expires == .test(70))
        Array(pass.text.utf8).withBytes { form.setPass($0) }
        Booth.keyBytes(1).withBytes { form.setKey($0) }
        #expect(try await booth.desk.redeem(&form).receipt != nil)
    }

    @Test(
        "A pass is good for as long as was asked, to the millisecond",
        arguments: [
            (Duration.milliseconds(1500), Moment(milliseconds: Moment.test(10).milliseconds + 1500)),
            (.milliseconds(-1500), Moment(milliseconds: Moment.test(10).milliseconds - 1500)),
            (.seconds(Int64.max), Moment(milliseconds: .max)),
            (.seconds(Int64.min), Moment(milliseconds: .min)),
        ])
    func lifetimes(lifetime: Duration, expires: Moment) async throws {
        let booth = try booth()
        var form = try booth.desk.makeForm()
        fill(&form, 1, key: nil)
        let checked = try await booth.desk.check(&form, passGoodFor: lifetime)
        guard case .good(_, let found) = checked else { return #expect(Bool(false), "\(checked)") }
        #expect(found == expires)
    }

    @Test("An answer that is given again takes the place of the one before")
    func answeredAgain() async throws {
        let booth = try booth()
        var form = try booth.desk.makeForm()
        fill(&form, 1, key: 1)
        Array("no date".utf8).withBytes { form.setAnswer("Date of birth", $0) }
        Array(rehearsal.pack(1).answers[0].utf8).withBytes { form.setAnswer("Date of birth", $0) }
        #expect(try await booth.desk.redeem(&form).receipt != nil)
    }
}

private final class Ends: Sendable {
    let count = Atomic(0)
}

/// A ledger at whose gate writers can be held up, and whose answer can be lost.
private final class Gate: Ledger {
    private struct State {
        var isShut = false
        var asked = 0
        var groups: [Int] = []
        var losesAnswer = false
        var hasEnded = false
        var between: (@Sendable () -> Void)?
    }

    static let lost = LedgerError.undecided(LedgerFault(.memory, .moved))

    private let base: any Ledger
    private let state = Monitor(State())

    init(_ base: any Ledger) { self.base = base }

    /// How many subjects each group had.
    var groups: [Int] { state.withLock { $0.groups } }

    func shut() {
        state.withLock {
            $0.isShut = true
            $0.asked = 0
        }
    }
    func open() { state.withLock { $0.isShut = false } }
    /// As a ledger in a file does: whatever comes later is refused.
    func close() { state.withLock { $0.hasEnded = true } }
    func loseNextAnswer() { state.withLock { $0.losesAnswer = true } }
    /// The next group is judged twice, as a ledger in a database may do; what happens
    /// between is done by `body`.
    func judgeAgain(after body: @escaping @Sendable () -> Void) { state.withLock { $0.between = body } }

    func wait(asked: Int) { state.wait { $0.asked < asked ? nil : () } }

    func waitUntil(asked: Int) async throws {
        while state.withLock({ $0.asked < asked }) { try await Task.sleep(for: .milliseconds(1)) }
    }

    var election: Election { base.election }
    func recordOpening(at moment: Moment) throws(LedgerError) { try base.recordOpening(at: moment) }

    func write<R>(
        _ subjects: [Subject], at moment: Moment, _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R {
        state.withLock {
            $0.asked += 1
            $0.groups.append(subjects.count)
        }
        let hasEnded = state.wait { $0.isShut ? nil : $0.hasEnded }
        if hasEnded { throw .closed }
        let between = state.withLock { state in
            defer { state.between = nil }
            return state.between
        }
        if let between {
            try base.write(subjects, at: moment) { scene in
                var first = scene
                _ = judge(&first)
            }
            between()
        }
        let result = try base.write(subjects, at: moment, judge)
        let isLost = state.withLock { state in
            defer { state.losesAnswer = false }
            return state.losesAnswer
        }
        if isLost { throw Self.lost }
        return result
    }

    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome {
        try base.load(&register, at: moment)
    }
    var concurrency: Int { base.concurrency }
    func standbyMoment() throws(LedgerError) -> Moment? { try base.standbyMoment() }
    func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool { try base.isSigned(batch) }
    func summary() throws(LedgerError) -> LedgerSummary { try base.summary() }
    func history(of pack: PackNumber) throws(LedgerError) -> PackHistory? { try base.history(of: pack) }
    func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook? {
        try base.outlook(ofBatch: name)
    }
    func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair] {
        try base.pairsOfOtherVoters(inBatch: name)
    }
    func report() throws(LedgerError) -> LedgerReport { try base.report() }
    func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber] { try base.packs(ofBatch: number) }
    func withHead<R>(after seen: TreeHead?, _ body: (TreeHead) -> R) throws(LedgerError) -> R {
        try base.withHead(after: seen, body)
    }
    func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R {
        try base.snapshot(long: long, body)
    }
}
