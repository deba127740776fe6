package import Counterfoil

/// What the print house says became of each pack of a batch, compared with the
/// register: every pack must be accounted for exactly once, and no other pack
/// may be.
package struct PrintReturn: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case packed
        /// Spoiled at the printer and made again, with the same number.
        case remade
        /// It did not go out.
        case missing
    }

    package private(set) var counts: [Status: Int] = [:]
    package private(set) var missing: [PackNumber] = []
    /// Packs that are in the return more than once.
    package private(set) var repeated: [PackNumber] = []
    private var seen: Set<PackNumber> = []

    package init() {}

    package mutating func add(_ pack: PackNumber, _ status: Status) {
        guard seen.insert(pack).inserted else { return repeated.append(pack) }
        counts[status, default: 0] += 1
        if status == .missing { missing.append(pack) }
    }

    /// What does not add up against the batch's packs.
    package struct Difference: Sendable, Equatable {
        /// Of the batch, and not in the return.
        package let unaccounted: [PackNumber]
        /// In the return, and not of the batch.
        package let foreign: [PackNumber]
        package let repeated: [PackNumber]

        package var isNone: Bool { unaccounted.isEmpty && foreign.isEmpty && repeated.isEmpty }
    }

    package func difference(from packs: [PackNumber]) -> Difference {
        let batch = Set(packs)
        return Difference(
            unaccounted: packs.filter { !seen.contains($0) },
            foreign: seen.filter { !batch.contains($0) }.sorted(), repeated: repeated)
    }
}
