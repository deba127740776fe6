public import Counterfoil

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
            page.forEachPack { pack, carried in
                if wanted.contains(pack) { carrying[pack] = carried }
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

/// The packs to replace, as an officer lists them: one number a line, or a CSV
/// with a column `pack`, such as a whole `packs.csv`.
public enum PackList {
    public static func read(_ source: some ByteSource, _ election: Election) throws -> [PackNumber] {
        var reader = try RollReader(source)
        var packs: [PackNumber] = []
        let column: Int
        if reader.columns.count == 1 {
            column = 0
            // A list without a header: its first line is a pack.
            let first = Array(reader.columns[0].utf8).withBytes {
                PackNumber.read($0, constant: election.constant)
            }
            if case .success(let pack) = first {
                packs.append(pack)
            } else if (try? RollColumns(reader.columns).index(of: "pack")) == nil {
                throw IssueError.order(
                    "line 1 of the list holds no pack number of this election, and is no header either, which would be `pack`"
                )
            }
        } else {
            column = try RollColumns(reader.columns).index(of: "pack")
        }
        do {
            while let chunk = try reader.next() {
                for row in 0..<chunk.count {
                    let text = chunk.withField(row, column) {
                        PackNumber.read($0, constant: election.constant)
                    }
                    switch text {
                    case .success(let pack): packs.append(pack)
                    case .failure:
                        throw IssueError.order(
                            "line \(chunk.lines[row]) of the list holds no pack number of this election")
                    }
                }
            }
        } catch let fault as RollFault where fault.kind == .noRows && !packs.isEmpty {
            return packs
        }
        return packs
    }
}
