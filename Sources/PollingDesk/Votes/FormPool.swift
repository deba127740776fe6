internal import Counterfoil
internal import Synchronization

/// The forms of a desk: a limited number at the same time, since each takes
/// pages of memory that are locked against swapping.
final class FormPool: Sendable {
    private let election: Election
    private let limit: Int
    private let chains = SecretSlots(size: CodeChain.size)
    private let state = Mutex(State())

    private struct State {
        var idle: [FormMemory] = []
        var lent = 0
    }

    init(_ election: Election, limit: Int) {
        self.election = election
        self.limit = limit
    }

    /// Nil where all are lent.
    func lend() -> RedemptionForm? {
        let (isFree, memory) = state.withLock { state -> (Bool, FormMemory?) in
            guard state.lent < limit else { return (false, nil) }
            state.lent += 1
            return (true, state.idle.popLast())
        }
        guard isFree else { return nil }
        return RedemptionForm(memory ?? FormMemory(election, chains: chains), of: self)
    }

    func takeBack(_ memory: FormMemory) {
        memory.clear()
        state.withLock { state in
            state.lent -= 1
            state.idle.append(memory)
        }
    }
}
