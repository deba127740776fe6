import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// Somebody kept a checkpoint of the log, and shows it to the desk.
@Suite("A desk that is shown a head which its ledger contradicts")
struct ContradictionTests {
    private static let packs = 0..<8

    enum Head: CaseIterable {
        case now, earlier, later, ofAnotherLog, ofAnotherEarlierLog

        /// Of a log with this head now, and that one earlier.
        func head(_ now: TreeHead, _ earlier: TreeHead) -> TreeHead {
            switch self {
            case .now: now
            case .earlier: earlier
            case .later: TreeHead(size: now.size + 1, root: now.root)
            case .ofAnotherLog: TreeHead(size: now.size, root: earlier.root)
            case .ofAnotherEarlierLog: TreeHead(size: earlier.size, root: now.root)
            }
        }

        var isRight: Bool { self == .now || self == .earlier }
    }

    private func refusal(_ body: () throws -> Void) -> LedgerError? {
        do {
            try body()
            return nil
        } catch { return error as? LedgerError }
    }

    @Test(
        "It takes nothing any more, and a right head changes nothing", arguments: Keeping.allCases,
        Head.allCases)
    func isShown(_ keeping: Keeping, _ head: Head) throws {
        try keeping.with { booth in
            let packs = Self.packs.map { booth.rehearsal.pack($0) }
            try booth.begin(packs)
            let earlier = try booth.desk.checkpoint { $0.head }
            #expect(try booth.redeem(packs[0], key: 0).name == "accepted")
            let now = try booth.desk.checkpoint { $0.head }
            let shown = head.head(now, earlier)
            let told = refusal { try booth.desk.expectNow(shown) }
            let again = refusal { _ = try booth.redeem(packs[1], key: 1) }
            let post = refusal { _ = try booth.receive([packs[2]]) }
            let act = refusal { _ = try booth.desk.open(at: .test(11)) }
            let checkpoint = refusal { _ = try booth.desk.checkpoint { $0.head } }
            let loading = refusal { _ = try booth.load("late", [booth.rehearsal.pack(20)]) }
            let size = try booth.desk.ledger.summary().entries
            guard !head.isRight else {
                #expect([told, again, post, act, checkpoint, loading] == [nil, nil, nil, nil, nil, nil])
                #expect(size > now.size)
                return
            }
            switch told {
            case .olderCopy(_, has: now.size, seen: shown.size, by: .head): #expect(head == .later)
            case .otherLog(_, first: shown.size, by: .head): #expect(head != .later)
            default: Issue.record("\(String(describing: told))")
            }
            #expect([again, post, act, checkpoint, loading].allSatisfy { $0 == told })
            #expect(size == now.size, "it wrote something")
        }
    }

    /// A copy that is kept elsewhere is replaced by a later head of the same log, or not at
    /// all.
    @Test("No checkpoint is made of a log that does not go on", arguments: Keeping.allCases, Head.allCases)
    func isKept(_ keeping: Keeping, _ head: Head) throws {
        try keeping.with { booth in
            let packs = Self.packs.map { booth.rehearsal.pack($0) }
            try booth.begin(packs)
            let earlier = try booth.desk.checkpoint { $0.head }
            #expect(try booth.redeem(packs[0], key: 0).name == "accepted")
            let now = try booth.desk.checkpoint { $0.head }
            let kept = head.head(now, earlier)
            var made: TreeHead?
            let told = refusal { made = try booth.desk.checkpoint(after: kept) { $0.head } }
            #expect(made == (head.isRight ? now : nil))
            #expect((told == nil) == head.isRight)
            // It stops the desk, too.
            #expect(refusal { _ = try booth.redeem(packs[1], key: 1) } == told)
        }
    }
}
