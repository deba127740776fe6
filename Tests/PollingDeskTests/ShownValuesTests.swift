import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// The values of a code that a log shows (section 18), each with the entry of its
/// type, and nowhere else: neither in an answer, nor anywhere in a ledger.
@Suite struct ShownValuesTests {
    private let world = World.lenient

    /// Which of the three a text, or bytes, hold.
    private func values(of pack: Int, in bytes: [UInt8]) -> Set<String> {
        let values = world.chains[pack]!
        let all = [
            ("second", values.second.bytes), ("opening", values.opening.bytes), ("trial", values.trial.bytes),
        ]
        let found = all.filter { _, value in
            let raw = value.array
            let forms = [
                raw, Array(Hex.encode(raw).utf8), Array(Hex.encode(raw).uppercased().utf8),
                Array(raw.withBytes { Base64.encode($0) }.utf8.dropLast(2)),
                Array(raw.withBytes { Base64.encode($0, url: true) }.utf8),
            ]
            return forms.contains { bytes.contains($0) }
        }
        return Set(found.map(\.0))
    }

    /// All that a ledger keeps of the pack: its entries, their notes, its row and its vote.
    private func kept(_ pack: Int, _ hall: Hall) throws -> Set<String> {
        let number = world.packs[pack]!.number
        return try hall.desk.ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            var bytes: [UInt8] = []
            for entry in try snapshot.entries(about: number) { bytes += entry.extra }
            if let (record, vote) = try snapshot.pack(number) {
                var row = Bytes<97>()
                row.withMutableBytes { record.row.write(into: &$0) }
                bytes += row.array + (record.attempts.last?.bytes.array ?? [])
                switch vote?.channel {
                case .online(let fingerprint): bytes += fingerprint.bytes.array
                case .post(let scan): bytes += scan.bytes.array
                case nil: break
                }
            }
            return values(of: pack, in: bytes)
        }
    }

    /// What is asked with pack 1, when these steps have been done, and what the log
    /// then shows. All of it is on the record before the answer is heard.
    private static let cases: [(steps: [Step], request: Request, shows: Set<String>)] = [
        ([], .check(1, .right), []), ([], .check(1, .unreadable), []),
        ([], .redeem(1, .unreadable, key: 1), []), ([.cancel(1)], .redeem(1, .right, key: 1), []),
        ([.cancel(1)], .check(1, .right), []), ([.scan(1)], .check(1, .right), []),
        ([.close], .check(1, .right), []), ([.close], .redeem(1, .right, key: 1), []),
        ([.finish], .check(1, .right), []), ([.finish], .redeem(1, .right, key: 1), []),
        ([.ask([.check(1, .right)]), .clock(901)], .pass(1, key: 1), []),
        ([.ask([.check(1, .right)]), .cancel(1)], .pass(1, key: 1), []),
        ([.ask([.check(1, .right)]), .clock(1), .finish], .pass(1, key: 1), []),
        ([], .sealedPass(1, key: 1), []),
        ([], .check(1, .wrongA), ["trial"]), ([], .redeem(1, .wrongA, key: 1), ["trial"]),
        ([.close], .check(1, .wrongA), ["trial"]),
        ([], .redeem(1, .right, key: 1), ["opening"]),
        ([.ask([.check(1, .right)])], .pass(1, key: 1), ["opening"]),
        ([.scan(1)], .redeem(1, .right, key: 1), ["second"]),
        ([.ask([.check(1, .right)]), .scan(1)], .pass(1, key: 1), ["second"]),
        // Asked again, and locked: nothing more than there was.
        ([.ask([.redeem(1, .right, key: 1)])], .redeem(1, .right, key: 1), ["opening"]),
        ([.ask([.redeem(1, .wrongA, key: 1)])], .check(1, .wrongA), ["trial"]),
        ([.ask([.wrongA, .wrongB, .wrongC].map { .check(1, $0) })], .redeem(1, .right, key: 1), ["trial"]),
    ]

    @Test(arguments: Keeping.allCases)
    func eachIsShownWithItsEntryAndNowhereElse(_ keeping: Keeping) throws {
        for (steps, request, shows) in Self.cases {
            let hall = try Hall(keeping, world)
            try hall.given(.load("main"), .activate("main"), .open())
            for step in steps { _ = try hall.perform(step) }
            let outcome = try hall.outcome(of: request)
            let text = outcome.json + "\(outcome)" + String(reflecting: outcome)
            #expect(values(of: 1, in: Array(text.utf8)) == [], "\(request) after \(steps)")
            #expect(try kept(1, hall) == shows, "\(request) after \(steps)")
        }
    }

    /// The control: a text and bytes that hold one are seen to do so.
    @Test func theyWouldBeFound() {
        let values = world.chains[1]!
        #expect(self.values(of: 1, in: values.trial.bytes.array) == ["trial"])
        #expect(self.values(of: 1, in: [7] + values.opening.bytes.array + [7]) == ["opening"])
        for text in ["x\(values.second.bytes.hex)", values.second.bytes.withBytes { Base64.encode($0) }] {
            #expect(self.values(of: 1, in: Array(text.utf8)) == ["second"])
        }
        #expect(self.values(of: 2, in: values.trial.bytes.array) == [])
    }
}
