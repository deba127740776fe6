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
        answered = []
        unreadable = []
        fault = nil
    }

    /// Judges what needs no ledger, and hashes the rest. The check symbols come
    /// before the completeness of answers: a slip in the code costs nothing and
    /// is told at once.
    mutating func prepare(_ desk: borrowing DeskKey) -> Preparation {
        defer { clear() }
        if let fault { return .refused(.badRequest(fault)) }
        guard let reading else { return .refused(.badRequest("the code is missing")) }
        guard keyCount > 0 else { return .refused(.badRequest("the key is missing")) }
        if case .malformed(let groups) = reading { return .refused(.malformed(groups)) }
        let questions = election.questions
        if let missing = questions.indices.first(where: { !answered.contains($0) }) {
            return .refused(
                .badRequest("the answer to \u{201C}\(questions[missing].name)\u{201D} is missing"))
        }

        let lookup = slot.lookup(desk.ledgerKey)
        slot.deriveSecrets(desk.ledgerKey)
        var answers: AnswerTag? = AnswerTag.none
        if !questions.isEmpty {
            answers = nil
            if unreadable.isEmpty {
                sheet.withMessage { answers = slot.answerTag($0) }
            }
        }
        let count = keyCount
        let (fingerprint, receipt) = key.withBytes { key in
            let key = key.extracting(0..<count)
            return (slot.fingerprint(key), slot.receiptNumber(key))
        }
        return .ready(
            Redemption(
                lookup: lookup, answers: answers,
                unreadable: unreadable.sorted().map { questions[$0].name },
                fingerprint: fingerprint, receiptNumber: receipt))
    }
}

/// A form after its checks.
public enum Preparation: Sendable {
    /// Nothing for the ledger to judge: malformed, or no request at all.
    case refused(Outcome)
    case ready(Redemption)
}
