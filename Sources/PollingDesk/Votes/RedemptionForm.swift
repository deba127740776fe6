internal import Counterfoil

/// One voter's request while it is being filled in: guarded memory, wiped when
/// the request is prepared. Give it the code, an answer to each question, and
/// the idempotency key: 16 to 64 random bytes, made when the voter presses the
/// button, the same for every retry of that press.
public struct RedemptionForm: ~Copyable {
    private let election: Election
    private var slot: CodeSlot
    private var sheet: AnswerSheet
    private var key: SecretScratch
    private var keyCount = 0
    private var reading: Reading?
    private var pass: Pass?
    private var passIsUnreadable = false
    private var answered: Set<Int> = []
    private var unreadable: Set<Int> = []
    private var fault: String?

    init(_ election: Election) {
        self.election = election
        slot = CodeSlot(election)
        sheet = AnswerSheet(election)
        key = SecretScratch(count: 64)
    }

    /// The code as the voter typed it.
    public mutating func setCode(_ typed: borrowing RawSpan) { reading = slot.read(typed) }

    /// The pass that `check` gave out, in its written form, in place of code and answers.
    public mutating func setPass(_ text: borrowing RawSpan) {
        pass = Pass(text)
        passIsUnreadable = pass == nil
    }

    /// The answer to one of the election's questions, as typed.
    public mutating func setAnswer(_ question: String, _ typed: borrowing RawSpan) {
        guard let index = election.questions.firstIndex(where: { $0.name.isByteForByte(question) }) else {
            complain("this election has no question \u{201C}\(question)\u{201D}")
            return
        }
        answered.insert(index)
        if !sheet.set(index, typed) { unreadable.insert(index) }
    }

    /// The idempotency key, 16 to 64 bytes.
    public mutating func setKey(_ bytes: borrowing RawSpan) {
        guard (16...64).contains(bytes.byteCount) else {
            complain("the key must have 16 to 64 bytes")
            return
        }
        let count = bytes.byteCount
        key.withMutableBytes(in: 0..<count) { $0.copy(bytes) }
        keyCount = count
    }

    /// Something is wrong with the request itself; the first complaint counts.
    package mutating func complain(_ what: String) { fault = fault ?? what }

    /// Makes the form empty again.
    public mutating func clear() {
        slot.wipe()
        sheet.clear()
        key.wipe()
        keyCount = 0
        reading = nil
        pass = nil
        passIsUnreadable = false
        answered = []
        unreadable = []
        fault = nil
    }

    /// Judges what needs no ledger, and hashes the rest. The check symbols come
    /// before the completeness of answers: a slip in the code costs nothing and
    /// is told at once.
    mutating func prepareToRedeem(_ desk: borrowing DeskKey) -> Preparation {
        defer { clear() }
        if let fault { return .refused(.badRequest(fault)) }
        if reading == nil && pass == nil && !passIsUnreadable {
            return .refused(.badRequest("the code is missing"))
        }
        guard keyCount > 0 else { return .refused(.badRequest("the key is missing")) }
        if pass != nil || passIsUnreadable { return withPass(desk) }
        let lookup: Lookup
        switch withCode(desk) {
        case .failure(let refusal): return .refused(refusal.outcome)
        case .success(let found): lookup = found
        }
        let purpose = slot.withSpendingSecret { redeeming($0) }
        return .ready(redemption(lookup, purpose))
    }

    /// The same for `check`, which takes no key and gives out a pass.
    mutating func prepareToCheck(
        _ desk: borrowing DeskKey, given: Moment, expires: Moment
    ) -> Preparation {
        defer { clear() }
        if let fault { return .refused(.badRequest(fault)) }
        guard keyCount == 0, pass == nil, !passIsUnreadable else {
            return .refused(.badRequest("a check takes a code and answers alone"))
        }
        let lookup: Lookup
        switch withCode(desk) {
        case .failure(let refusal): return .refused(refusal.outcome)
        case .success(let found): lookup = found
        }
        let pass = Pass(
            for: slot, lookup.id, given: given, expires: expires, election: election, key: desk)
        return .ready(redemption(lookup, .check(pass, expires: expires)))
    }

    private struct Refusal: Error { let outcome: Outcome }

    /// Reads the code and hashes it, and its answers if all can be read.
    private mutating func withCode(_ desk: borrowing DeskKey) -> Result<Lookup, Refusal> {
        guard let reading else {
            return .failure(Refusal(outcome: .badRequest("the code is missing")))
        }
        if case .malformed(let groups) = reading {
            return .failure(Refusal(outcome: .malformed(groups)))
        }
        let questions = election.questions
        if let missing = questions.indices.first(where: { !answered.contains($0) }) {
            let what = "the answer to \u{201C}\(questions[missing].name)\u{201D} is missing"
            return .failure(Refusal(outcome: .badRequest(what)))
        }
        slot.deriveSecrets(desk.ledgerKey)
        return .success(slot.lookup(desk.ledgerKey))
    }

    private mutating func withPass(_ desk: borrowing DeskKey) -> Preparation {
        guard reading == nil, answered.isEmpty else {
            return .refused(.badRequest("give a pass, or a code with answers, not both"))
        }
        guard let content = pass?.open(election.id, desk) else { return .refused(.badPass) }
        return content.withBytes { content in
            // Declassified: the id, which finds a row, and two times; the rest
            // of a pass is the code's spending secret.
            let (given, expires) = (
                Sodium.declassify(content.u64(16)), Sodium.declassify(content.u64(24))
            )
            return .ready(
                Redemption(
                    id: LookupID(Sodium.declassify(content.bytes(0))),
                    credential: .pass(
                        given: Moment(milliseconds: Int64(bitPattern: given)),
                        expires: Moment(milliseconds: Int64(bitPattern: expires))),
                    answers: nil, unreadable: [],
                    purpose: redeeming(content.extracting(32..<64))))
        }
    }

    private func redeeming(_ secret: borrowing RawSpan) -> Redemption.Purpose {
        key.withBytes { key in
            let key = key.extracting(0..<keyCount)
            return .redeem(
                Spending.fingerprint(secret, key, in: election.id),
                receipt: Spending.receiptNumber(secret, key, in: election.id))
        }
    }

    private mutating func redemption(_ lookup: Lookup, _ purpose: Redemption.Purpose) -> Redemption {
        var answers: AnswerTag? = election.questions.isEmpty ? AnswerTag.none : nil
        if !election.questions.isEmpty && unreadable.isEmpty {
            sheet.withMessage { answers = slot.answerTag($0) }
        }
        return Redemption(
            id: lookup.id, credential: .code(lookup.tag), answers: answers,
            unreadable: unreadable.sorted().map { election.questions[$0].name }, purpose: purpose)
    }
}

/// A form after its checks.
public enum Preparation: Sendable {
    /// Nothing for the ledger to judge: malformed, or no request at all.
    case refused(Outcome)
    case ready(Redemption)
}
