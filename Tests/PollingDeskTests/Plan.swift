import Counterfoil

/// The packs, batches and limits that a test plays with, as plain numbers of
/// ours. The hall makes real registers of them; the model reads them too.
struct Plan: Sendable {
    struct Pack: Sendable {
        let number: Int
        let voter: Int
        var kind = PackKind.normal
        var replaces: Int?
    }

    struct Register: Sendable {
        let batch: String
        let kind: BatchKind
        let packs: [Pack]
        var pairs: [Pair] = []
    }

    /// Two packs of one person: activating the register's batch cancels one of them.
    struct Pair: Sendable {
        let kept: Int
        let cancelled: Int

        init(keep kept: Int, not cancelled: Int) {
            self.kept = kept
            self.cancelled = cancelled
        }
    }

    /// The rehearsal's.
    var seed: UInt64 = 1
    var lock = 5
    var lifetime = 15
    /// By the name of the file. Two of them must not be loaded after others.
    var registers = Self.town

    var packs: [Pack] {
        registers.sorted { $0.key < $1.key }.flatMap(\.value.packs)
    }

    /// A pack that no register has.
    static let unknownPack = 99

    /// Voter 1 has two packs, and two batches replace the first of them; voter 2
    /// has packs in two batches; pack 4 is for post alone. Voter 3 was found to be
    /// voter 2, and voter 5 to be voter 1: two batches have pairs that say so.
    private static let town = [
        "main": Register(
            batch: "main", kind: .members,
            packs: [
                Pack(number: 1, voter: 1), Pack(number: 2, voter: 2), Pack(number: 3, voter: 3),
                Pack(number: 4, voter: 4, kind: .postOnly), Pack(number: 5, voter: 1),
            ]),
        "more": Register(
            batch: "more", kind: .members, packs: [Pack(number: 6, voter: 5), Pack(number: 7, voter: 2)]),
        "proof": Register(
            batch: "proof", kind: .specimens,
            packs: [
                Pack(number: 8, voter: 8, kind: .specimen), Pack(number: 9, voter: 9, kind: .specimen),
            ]),
        "again": Register(
            batch: "again", kind: .replacements,
            packs: [
                Pack(number: 10, voter: 1, replaces: 1), Pack(number: 11, voter: 3, replaces: 3),
                Pack(number: 12, voter: 5, replaces: 6),
            ]),
        "third": Register(
            batch: "third", kind: .replacements,
            packs: [
                Pack(number: 13, voter: 1, replaces: 10), Pack(number: 14, voter: 2, replaces: 2),
                Pack(number: 15, voter: 4, kind: .postOnly, replaces: 4),
            ]),
        "odd": Register(
            batch: "odd", kind: .replacements,
            packs: [Pack(number: 16, voter: 1, replaces: 1), Pack(number: 17, voter: 2, replaces: 7)]),
        // Voter 3 was found to be voter 1, and voter 2 to be voter 5.
        "merged": Register(
            batch: "merged", kind: .replacements,
            packs: [Pack(number: 18, voter: 1, replaces: 3), Pack(number: 19, voter: 5, replaces: 2)]),
        // Pack 14 is in a register that may come later or never; so is pack 6. Pack 5
        // is kept instead of one pack, and cancelled for another of the same voter.
        // Pack 7 is replaced by the batch as well.
        "joined": Register(
            batch: "joined", kind: .replacements,
            packs: [Pack(number: 22, voter: 2, replaces: 7), Pack(number: 23, voter: 1, replaces: 1)],
            pairs: [
                Pair(keep: 2, not: 3), Pair(keep: 14, not: 3), Pair(keep: 22, not: 3),
                Pair(keep: 5, not: 6), Pair(keep: 23, not: 6), Pair(keep: 23, not: 5),
                Pair(keep: 2, not: 7),
            ]),
        // A pair that another register has too, and one for a pack for post alone.
        "listed": Register(
            batch: "listed", kind: .members, packs: [Pack(number: 24, voter: 6)],
            pairs: [Pair(keep: 2, not: 3), Pair(keep: 24, not: 4)]),
        // The name of a batch that has another register.
        "other main": Register(batch: "main", kind: .members, packs: [Pack(number: 20, voter: 20)]),
        // A pack that is in another register.
        "twice": Register(
            batch: "twice", kind: .members, packs: [Pack(number: 2, voter: 2), Pack(number: 21, voter: 21)]),
    ]
}
