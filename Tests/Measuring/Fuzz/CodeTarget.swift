internal import Synchronization

@testable internal import Counterfoil

/// What a voter types, and what an officer types of a pack number, against a
/// plain reader with a branch for everything.
///
/// First byte: the length in its two lowest bits, then whether the check
/// symbols are mended, then which slip is made; the next two say where.
/// Without the mending a code would fit once in 32,768 times.
enum CodeTarget: FuzzTarget {
    static let name = "code"

    static func run(_ input: [UInt8]) {
        guard input.count > 3 else { return }
        let plain = plains[Int(input[0] & 3)]
        var typed = Array(input[3...])
        if input[0] & 4 != 0 {
            let places = plain.read(typed).places
            guard places.count == plain.n else { return }
            plain.mend(&typed, places)
            slip(&typed, places, input)
        }
        let wanted = plain.read(typed)
        if plain.n == 12 {
            let found = typed.withBytes { PackNumber.read($0, constant: Props.election.constant) }
            switch found {
            case .success(let number):
                must(wanted.groups == nil, "a pack number that the plain reader refuses")
                let again = Array(number.description.utf8).withBytes {
                    PackNumber.read($0, constant: Props.election.constant)
                }
                must(again == found, "a pack number does not survive its printing")
                must(
                    PackNumber(number.value, constant: Props.election.constant) == number,
                    "a pack number is refused in binary")
            case .failure(let error):
                must(wanted.groups == error.groups.numbers, "\(error.groups.numbers), not \(wanted)")
            }
            return
        }
        let (reading, symbols) = Props.slots.withLock { $0.read(plain.n, typed) }
        switch reading {
        case .wellFormed:
            must(wanted.groups == nil, "a code that the plain reader refuses")
            must(symbols == wanted.symbols, "other symbols")
        case .malformed(let groups):
            must(wanted.groups == groups.numbers, "\(groups.numbers), not \(wanted)")
        }
    }

    private static let plains = [20, 24, 28, 12].map { PlainCode($0, Props.election.constant.bits) }

    /// One wrong symbol, or two that changed places.
    private static func slip(_ typed: inout [UInt8], _ places: [Int], _ input: [UInt8]) {
        let distance = Int(input[0] >> 3 & 3)
        let at = Int(input[1]) % (places.count - 2)
        switch distance {
        case 0: break
        case 3: typed[places[Int(input[1]) % places.count]] = PlainCode.alphabet[Int(input[2] & 31)]
        default: typed.swapAt(places[at], places[at + distance])
        }
    }
}
