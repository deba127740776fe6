internal import PollingDesk
internal import Synchronization
internal import TestSupport

@testable internal import Counterfoil

/// An election with known keys, and the guarded memory that targets share:
/// making it anew for each input would take longer than the input.
enum Props {
    static let rehearsal = Rehearsal()
    static let election = rehearsal.election
    static let slots = Mutex(Slots())

    /// One slot for each length of codes.
    struct Slots: ~Copyable {
        private var short: CodeSlot
        private var middle: CodeSlot
        private var long: CodeSlot

        init() {
            func slot(_ length: CodeLength) -> CodeSlot {
                CodeSlot(
                    Election(
                        unjudged: election.id, name: "", codeLength: length, questions: [], lockAfter: 5,
                        lifetimeLimit: 15, voterIDs: .anyCase, refusedWords: Bytes(), textFold: Bytes(),
                        registerKey: Bytes(), manifestKey: Bytes(), receiptKey: Bytes(),
                        checkpointKey: Bytes(), digest: Bytes()))
            }
            short = slot(.twenty)
            middle = slot(.twentyFour)
            long = slot(.twentyEight)
        }

        /// Reads a code of `n` symbols, and what was made of them.
        mutating func read(_ n: Int, _ typed: [UInt8]) -> (Reading, [UInt8]) {
            switch n {
            case 20: Self.read(&short, n, typed)
            case 24: Self.read(&middle, n, typed)
            default: Self.read(&long, n, typed)
            }
        }

        private static func read(_ slot: inout CodeSlot, _ n: Int, _ typed: [UInt8]) -> (Reading, [UInt8]) {
            let reading = typed.withBytes { slot.read($0) }
            return (reading, slot.symbols.withBytes { $0.extracting(0..<n).array })
        }
    }
}
