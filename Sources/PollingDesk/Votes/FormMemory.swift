internal import Counterfoil

/// What a form is made of. It outlives the form, since guarded memory costs some
/// 100 µs to make: the pool lends it to one form after another.
///
/// Sendable is unchecked: a form is the only one that reaches it, a form cannot
/// be copied, and between two forms it lies in the pool.
final class FormMemory: @unchecked Sendable {
    private let election: Election
    private let chains: SecretSlots
    private var slot: CodeSlot
    private var sheet: AnswerSheet
    private var key: SecretScratch
    private var keyCount = 0
    private var reading: Reading?
    private var pass: Pass?
    private var passIsUnreadable = false
    /// A bit for each question; an election has eight at most.
    private var answered: UInt8 = 0
    private var unreadable: UInt8 = 0
    private var fault: RequestFault?
    private var isEmpty = true

    /// - Parameter chains: where the chain of a code goes with its request.
    init(_ election: Election, chains: SecretSlots) {
        self.election = election
        self.chains = chains
        slot = CodeSlot(election)
        sheet = AnswerSheet(election)
        key = SecretScratch(count: 64)
    }

    // MARK: Filling in

    func setCode(_ typed: borrowing RawSpan) {
        isEmpty = false
        reading = slot.read(typed)
    }

    func setPass(_ text: borrowing RawSpan) {
        isEmpty = false
        pass = Pass(text)
        passIsUnreadable = pass == nil
    }

    func setPass(_ pass: Pass) {
        isEmpty = false
        self.pass = pass
        passIsUnreadable = false
    }

    func setAnswer(_ question: String, _ typed: borrowing RawSpan) {
        guard let index = election.questions.firstIndex(where: { $0.name.isByteForByte(question) }) else {
            return complain(.unknownQuestion)
        }
        setAnswer(toQuestion: index, typed)
    }

    func question(named name: borrowing RawSpan) -> Int? {
        for index in election.questions.indices where name.says(election.questions[index].name) {
            return index
        }
        return nil
    }

    func setAnswer(toQuestion index: Int, _ typed: borrowing RawSpan) {
        isEmpty = false
        let bit: UInt8 = 1 << UInt8(index)
        answered |= bit
        // What is given again takes the place of what was given before.
        if sheet.set(index, typed) { unreadable &= ~bit } else { unreadable |= bit }
    }

    func setKey(_ bytes: borrowing RawSpan) {
        isEmpty = false
        guard (16...64).contains(bytes.byteCount) else { return complain(.keySize) }
        let count = bytes.byteCount
        key.withMutableBytes(in: 0..<count) { $0.copy(bytes) }
        keyCount = count
    }

    func complain(_ what: RequestFault) {
        isEmpty = false
        fault = fault ?? what
    }

    func clear() {
        guard !isEmpty else { return }
        slot.wipe()
        sheet.clear()
        key.wipe()
        keyCount = 0
        reading = nil
        pass?.wipe()
        pass = nil
        passIsUnreadable = false
        answered = 0
        unreadable = 0
        fault = nil
        isEmpty = true
    }

    // MARK: Judging what needs no ledger

    /// The check symbols come before the completeness of answers: a slip in the
    /// code costs nothing and is told at once.
    func prepareToRedeem(_ desk: borrowing DeskKey) -> Preparation {
        if let fault { return .refused(.refused(.badRequest(fault))) }
        let hasPass = pass != nil || passIsUnreadable
        guard reading != nil || hasPass else { return .refused(.refused(.badRequest(.codeMissing))) }
        guard keyCount > 0 else { return .refused(.refused(.badRequest(.keyMissing))) }
        if hasPass { return withPass(desk) }
        let lookup: Lookup
        do throws(Refusal) { lookup = try withCode(desk) } catch { return .refused(.refused(error.why)) }
        let purpose = slot.withSpendingSecret { redeeming($0) }
        return .ready(redemption(lookup, purpose))
    }

    func prepareToCheck(_ desk: borrowing DeskKey, given: Moment, expires: Moment) -> Preparation {
        if let fault { return .refused(.refused(.badRequest(fault))) }
        guard keyCount == 0, pass == nil, !passIsUnreadable else {
            return .refused(.refused(.badRequest(.notForCheck)))
        }
        let lookup: Lookup
        do throws(Refusal) { lookup = try withCode(desk) } catch { return .refused(.refused(error.why)) }
        let pass = Pass(
            for: slot, lookup.id, given: given, expires: expires, election: election, key: desk)
        return .ready(redemption(lookup, .check(pass, expires: expires)))
    }

    private struct Refusal: Error { let why: CodeRefusal }

    /// Reads the code and hashes it, and its answers if all can be read.
    private func withCode(_ desk: borrowing DeskKey) throws(Refusal) -> Lookup {
        guard let reading else { throw Refusal(why: .badRequest(.codeMissing)) }
        if case .malformed(let groups) = reading { throw Refusal(why: .malformed(groups)) }
        let questions = election.questions
        if let missing = questions.indices.first(where: { answered & 1 << UInt8($0) == 0 }) {
            throw Refusal(why: .badRequest(.answerMissing(question: questions[missing].name)))
        }
        return slot.lookup(desk.ledgerKey)
    }

    private func withPass(_ desk: borrowing DeskKey) -> Preparation {
        guard reading == nil, answered == 0 else {
            return .refused(.refused(.badRequest(.passAndCode)))
        }
        guard let content = pass?.open(election.id, desk) else { return .refused(.badPass) }
        return content.withBytes { content in
            // Declassified: the id, which finds a row, and two times; the rest
            // of a pass is the code's spending secret.
            let (given, expires) = (
                Sodium.declassify(content.u64(16)), Sodium.declassify(content.u64(24))
            )
            let secret = content.extracting(32..<64)
            let (chain, tag) = chains.fill { CodeChain.derive(from: secret, in: election.id, into: &$0) }
            return .ready(
                Redemption(
                    id: LookupID(Sodium.declassify(content.bytes(0))), tag: tag, chain: chain,
                    credential: .pass(
                        given: Moment(milliseconds: Int64(bitPattern: given)),
                        expires: Moment(milliseconds: Int64(bitPattern: expires))),
                    answers: nil, unreadable: [], purpose: redeeming(secret)))
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

    private func redemption(_ lookup: Lookup, _ purpose: Redemption.Purpose) -> Redemption {
        var answers: AnswerTag? = election.questions.isEmpty ? AnswerTag.none : nil
        if !election.questions.isEmpty && unreadable == 0 {
            sheet.withMessage { answers = slot.answerTag($0) }
        }
        let unread = election.questions.indices.filter { unreadable & 1 << UInt8($0) != 0 }
        let (chain, _) = chains.fill { out in slot.withChain { out.copy($0) } }
        return Redemption(
            id: lookup.id, tag: lookup.tag, chain: chain, credential: .code, answers: answers,
            unreadable: unread.map { election.questions[$0].name }, purpose: purpose)
    }
}
