import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// What the files of a ledger hold of a code, byte by byte: no value before the entry
/// that shows it, not even in what a transaction that was rolled back would leave.
@Suite struct ShownBytesTests {
    private let rehearsal = Rehearsal()
    private let folder = TemporaryFolder.quick()

    /// Those of the pack's values that are in any of the files.
    private func values(of pack: TestPack) -> Set<String> {
        let chain = rehearsal.chain(of: pack)
        let tag = rehearsal.rows(of: [pack])[0].lookup.tag.bytes
        let files = folder.names.map { Disk.read(folder.file($0)) }
        let all = [
            ("second", chain.second.bytes), ("opening", chain.opening.bytes), ("trial", chain.trial.bytes),
            ("tag", tag),
        ]
        return Set(all.filter { _, value in files.contains { $0.contains(value.array) } }.map(\.0))
    }

    @Test func noneBeforeItsEntry() throws {
        let ledger = try SQLiteLedger.create(
            at: folder.file("ledger"), election: rehearsal.election, at: .test(0))
        let booth = try Booth(rehearsal, ledger)
        let packs = (1...4).map { rehearsal.pack($0) }
        let pack = packs[0]
        try booth.begin(packs)
        func check(_ pack: TestPack, at second: Int = 10) throws -> String {
            var form = try booth.desk.makeForm()
            let asked = booth.prepareToCheck(pack, at: .test(second), expires: .test(900), &form)
            guard case .ready(let request) = asked else { return "refused" }
            return try booth.desk.redeem([request], at: .test(second))[0].name
        }
        // The control is the tag: it is in the register.
        #expect(try check(pack) == "good")
        #expect(try booth.redeem(pack, key: 1, answers: ["31/2/1980", "1"]).name == "bad-answer")
        #expect(values(of: pack) == ["tag"])
        #expect(try booth.redeem(pack, key: 1, answers: ["1/1/1970", "1"]).name == "wrong-answers")
        #expect(values(of: pack) == ["tag", "trial"])
        #expect(try booth.redeem(pack, key: 1).name == "accepted")
        #expect(values(of: pack) == ["tag", "trial", "opening"])
        #expect(try booth.redeem(pack, key: 1).name == "repeated")
        #expect(try check(pack) == "already-voted")
        #expect(values(of: pack) == ["tag", "trial", "opening"])
        #expect(try booth.redeem(pack, key: 2).name == "already-voted")
        #expect(values(of: pack) == ["tag", "trial", "opening", "second"])

        // Refused in one group with others that are accepted, cancelled, closed.
        _ = try booth.desk.cancel(packs[1].number, .none, at: .test(11))
        #expect(try booth.redeem([(packs[1], 1), (packs[2], 1)]).map(\.name) == ["cancelled", "accepted"])
        _ = try booth.desk.close(.none, at: .test(12))
        #expect(try booth.redeem(packs[3], key: 1, at: .test(13)).name == "closed")
        #expect(try check(packs[3], at: 13) == "closed")
        booth.desk.drain()
        #expect(values(of: packs[1]) == ["tag"])
        #expect(values(of: packs[2]) == ["tag", "opening"])
        #expect(values(of: packs[3]) == ["tag"])
    }
}
