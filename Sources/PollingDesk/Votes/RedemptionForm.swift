internal import Counterfoil

/// One voter's request while it is being filled in: guarded memory, lent by the
/// desk, which has a limited number of them.
///
/// Give it the code and an answer to each question, or a pass; and to redeem, an
/// idempotency key: 16 to 64 random bytes, made when the voter presses the
/// button, the same for every retry of that press. The desk wipes the form when
/// it gives a definite answer, and not when it throws: then the same form can be
/// asked again as it is.
public struct RedemptionForm: ~Copyable {
    private let memory: FormMemory
    private let pool: FormPool

    init(_ memory: FormMemory, of pool: FormPool) {
        self.memory = memory
        self.pool = pool
    }

    deinit { pool.takeBack(memory) }

    /// The code as the voter typed it.
    public mutating func setCode(_ typed: borrowing RawSpan) { memory.setCode(typed) }

    /// The pass that `check` gave out, in its written form, in place of code and answers.
    public mutating func setPass(_ text: borrowing RawSpan) { memory.setPass(text) }

    /// The same.
    public mutating func setPass(_ pass: Pass) { memory.setPass(pass) }

    /// The answer to one of the election's questions, as typed.
    public mutating func setAnswer(_ question: String, _ typed: borrowing RawSpan) {
        memory.setAnswer(question, typed)
    }

    /// The idempotency key, 16 to 64 bytes.
    public mutating func setKey(_ bytes: borrowing RawSpan) { memory.setKey(bytes) }

    /// Makes the form empty again, and wipes what was in it.
    public mutating func clear() { memory.clear() }

    /// The place of the question whose name these bytes are, or nil.
    package func question(named name: borrowing RawSpan) -> Int? { memory.question(named: name) }

    /// The answer to the question at this place.
    package mutating func setAnswer(toQuestion index: Int, _ typed: borrowing RawSpan) {
        memory.setAnswer(toQuestion: index, typed)
    }

    /// Something is wrong with the request itself; the first complaint counts.
    package mutating func complain(_ fault: RequestFault) { memory.complain(fault) }

    /// Judges what needs no ledger, and hashes the rest. The form stays as it is.
    mutating func prepareToRedeem(_ key: borrowing DeskKey) -> Preparation { memory.prepareToRedeem(key) }

    /// The same for `check`, which takes no key and gives out a pass.
    mutating func prepareToCheck(
        _ key: borrowing DeskKey, given: Moment, expires: Moment
    ) -> Preparation {
        memory.prepareToCheck(key, given: given, expires: expires)
    }
}

/// A form after its checks.
package enum Preparation: Sendable {
    /// Nothing for the ledger to judge: malformed, or no request at all.
    case refused(Outcome)
    case ready(Redemption)
}
