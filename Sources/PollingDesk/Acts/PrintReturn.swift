public import Counterfoil

/// What the print house says became of each pack of a batch, held against the
/// register by arithmetic: every pack is accounted for exactly once, and no
/// other is.
public struct PrintReturn: Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case packed
        /// Spoiled at the printer and made again, with the same number.
        case remade
        /// Not in any pack that went out.
        case missing
    }

    public private(set) var counts: [Status: Int] = [:]
    public private(set) var missing: [PackNumber] = []
    /// Packs that stand in the return more than once.
    public private(set) var repeated: [PackNumber] = []
    private var seen: Set<PackNumber> = []

    public init() {}

    public mutating func add(_ pack: PackNumber, _ status: Status) {
        guard seen.insert(pack).inserted else { return repeated.append(pack) }
        counts[status, default: 0] += 1
        if status == .missing { missing.append(pack) }
    }

    /// What does not add up against the batch's packs.
    public struct Difference: Sendable, Equatable {
        /// Of the batch, and not in the return.
        public let unaccounted: [PackNumber]
        /// In the return, and not of the batch.
        public let foreign: [PackNumber]
        public let repeated: [PackNumber]

        public var isNone: Bool { unaccounted.isEmpty && foreign.isEmpty && repeated.isEmpty }
    }

    public func difference(from packs: [PackNumber]) -> Difference {
        let batch = Set(packs)
        return Difference(
            unaccounted: packs.filter { !seen.contains($0) },
            foreign: seen.filter { !batch.contains($0) }.sorted(), repeated: repeated)
    }
}
