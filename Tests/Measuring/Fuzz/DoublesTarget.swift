internal import TestSupport

@testable internal import Counterfoil
@testable internal import IssuingRoom

/// The issuing room's own pages, and the officer's decisions: pages as they
/// come, where only one with the right keyed hash may be read; decisions
/// against counting them by hand.
///
/// First byte, its two lowest bits: a page of the book, a page of doubles, the
/// same with its hash mended, or `doubles.csv`.
enum DoublesTarget: FuzzTarget {
    static let name = "doubles"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let file = Array(input[1...])
        switch first & 3 {
        case 0:
            must(
                isRefused { _ = try BookPage(file, election: Props.election, key: key()) },
                "a page of nobody's")
        case 1:
            must(
                isRefused { _ = try DoublesPage(file, election: Props.election, key: key()) },
                "doubles of nobody's")
        case 2: mended(file)
        default: decisions(file)
        }
    }

    private static func key() -> IssuingKey {
        IssuingKey(
            election: Props.election.id, ledgerKey: SecretBytes.filled(1), secret: SecretBytes.filled(2))
    }

    private static func isRefused(_ body: () throws -> Void) -> Bool {
        do { try body() } catch { return true }
        return false
    }

    /// Rows of 56 bytes under a name.
    private static func mended(_ input: [UInt8]) {
        guard input.count >= 32, let batch = input[..<32].withName({ BatchName(padded: $0) }) else { return }
        let rows = stride(from: 32, through: input.count - 56, by: 56).map { i in
            input.withBytes { bytes in
                DoublesPage.Row(
                    member: MemberNumbers(
                        own: VoterNumber(bytes.bytes(i)), folded: VoterNumber(bytes.bytes(i + 16))),
                    carried: VoterNumber(bytes.bytes(i + 32)), pack: bytes.u64(i + 48))
            }
        }
        let key = key()
        var bytes = DoublesPage(batch: batch, rows: rows).encoded(Props.election, key)
        guard Set(rows.map(\.own)).count == rows.count else {
            must(
                isRefused { _ = try DoublesPage(bytes, election: Props.election, key: key) },
                "a member twice")
            return
        }
        do {
            let page = try DoublesPage(bytes, election: Props.election, key: key)
            must(page.batch == batch && page.rows == rows.sorted { $0.own < $1.own }, "other rows")
        } catch {
            fatalError("a page is refused: \(error)")
        }
        guard let place = input.last.map({ Int($0) % bytes.count }) else { return }
        if !planted { bytes[place] ^= 1 }
        must(isRefused { _ = try DoublesPage(bytes, election: Props.election, key: key) }, "a changed page")
    }

    private static func decisions(_ file: [UInt8]) {
        struct Source: ByteSource {
            var bytes: [UInt8]
            mutating func read(into: inout MutableRawSpan) throws(StreamError) -> Int {
                let count = min(bytes.count, into.byteCount)
                bytes.withBytes { into.copy($0.extracting(0..<count)) }
                bytes.removeFirst(count)
                return count
            }
        }
        guard let decisions = try? Decisions(Source(bytes: file)) else { return }
        var seen: Set<[UInt8]> = []
        for person in decisions.persons {
            must(person.same.count >= 1 && person.same.count + person.drop.count >= 2, "a person of one row")
            for id in person.same + person.drop {
                must(seen.insert(id).inserted, "a voter is decided twice")
                must(!id.isEmpty || file.contains(0x2C), "a voter from nowhere")
            }
        }
        must(seen.isSubset(of: decisions.named), "a voter who is decided and not named")
    }
}

extension ArraySlice<UInt8> {
    fileprivate func withName<R>(_ body: (borrowing RawSpan) -> R) -> R { Array(self).withBytes { body($0) } }
}
