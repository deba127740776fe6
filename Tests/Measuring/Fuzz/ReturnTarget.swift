internal import PollingDesk
internal import TestSupport

@testable internal import Counterfoil

/// What a print house says of its packs, against counting them by hand: two
/// bytes a line, the pack and its status.
enum ReturnTarget: FuzzTarget {
    static let name = "print-return"

    private static let packs = (0..<300).map { Props.rehearsal.pack($0).number }

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let batch = packs.prefix(Int(first))
        var found = PrintReturn()
        var lines: [PackNumber: [PrintReturn.Status]] = [:]
        for i in stride(from: 1, to: input.count - 1, by: 2) {
            let pack = packs[Int(input[i])]
            let status = PrintReturn.Status.allCases[Int(input[i + 1]) % 3]
            found.add(pack, status)
            lines[pack, default: []].append(status)
        }
        for status in PrintReturn.Status.allCases {
            let count = lines.values.count { $0[planted ? $0.count - 1 : 0] == status }
            must(found.counts[status] ?? 0 == count, "\(status): \(found.counts), not \(count)")
        }
        let missing = lines.filter { $0.value[0] == .missing }.keys
        must(found.missing.sorted() == missing.sorted(), "other packs are missing")
        let difference = found.difference(from: Array(batch))
        must(difference.unaccounted == batch.filter { lines[$0] == nil }, "others are unaccounted for")
        must(difference.foreign == lines.keys.filter { !batch.contains($0) }.sorted(), "others are foreign")
        let again = lines.flatMap { pack, statuses in statuses.dropFirst().map { _ in pack } }
        must(difference.repeated.sorted() == again.sorted(), "others are repeated")
        let isRight = lines.count == batch.count && lines.values.allSatisfy { $0.count == 1 }
        must(!difference.isNone || isRight, "a return that does not add up is taken")
    }
}
