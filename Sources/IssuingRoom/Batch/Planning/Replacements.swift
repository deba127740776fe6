internal import Counterfoil

/// Finding the members whose packs are replaced.
enum Replacements {
    /// A pack to replace, and the voter number that it carries: its replacement
    /// must carry the same, or a member with several packs could vote twice.
    struct Replaced: Sendable {
        let pack: PackNumber
        let carried: VoterNumber
    }

    /// The packs to replace by their members' own numbers, from the book.
    static func find(
        _ packs: [PackNumber], in pages: [BookPage], _ doubles: [DoublesPage]
    ) throws(IssueError) -> [VoterNumber: Replaced] {
        guard !packs.isEmpty else { return [:] }
        var owns: [UInt64: VoterNumber] = [:]
        for row in doubles.flatMap(\.rows) where row.pack != 0 { owns[row.pack] = row.own }
        let wanted = Set(packs.map(\.value))
        var carrying: [UInt64: VoterNumber] = [:]
        for page in pages where page.isFinished && page.kind != .specimens {
            page.forEachRow { row in
                if wanted.contains(row.pack) { carrying[row.pack] = row.voter }
            }
        }
        var found: [VoterNumber: Replaced] = [:]
        for pack in packs {
            guard let carried = carrying[pack.value] else { throw .unknownPack(pack) }
            let own = owns[pack.value] ?? carried
            if let other = found[own], other.pack != pack { throw .packTwice(other.pack, pack) }
            found[own] = Replaced(pack: pack, carried: carried)
        }
        return found
    }

    /// Every pack must have found its member in the roll.
    static func refuseMissing(_ wanted: [PackNumber], _ found: [PackNumber]) throws(IssueError) {
        let found = Set(found)
        let missing = wanted.filter { !found.contains($0) }
        guard missing.isEmpty else { throw .voterMissing(missing) }
    }
}
