import Foundation
import TestSupport
import Testing

@Suite("One pack for each, whatever happens")
struct BookTests {
    let ballot: Ballot

    init() throws { ballot = try Ballot(members: 40) }

    @Test("A voter who has a pack is refused by name, and left out with --skip-issued")
    func alreadyIssued() throws {
        var first = ballot.roll
        first.rows.removeLast(10)
        try ballot.folder.write("first.csv", first.csv)
        expectDone(try ballot.run(ballot.issue("B01", with: ["--roll": "first.csv"])))
        let before = ballot.folder.snapshot("ballot")
        expectStop(
            try ballot.run(ballot.issue("B02")), 1, "line 2", ballot.roll.rows[0][0], "batch B01",
            "--skip-issued")
        #expect(ballot.folder.snapshot("ballot") == before)

        let later = try ballot.run(ballot.issue("B02", more: ["--skip-issued"]))
        expectDone(later)
        #expect(later.lines[0] == "batch B02: 10 packs")
        #expect(try ballot.packs("B02").map(\.voter) == ballot.roll.rows.suffix(10).map { $0[0] })
        expectStop(try ballot.run(ballot.issue("B03", more: ["--skip-issued"])), 1, "nobody is left")
        // Again, with the same roll: the same packs, and not "issued already".
        expectDone(try ballot.run(ballot.issue("B02", out: "again", more: ["--skip-issued"])))
        #expect(try ballot.packs("B02", out: "again") == ballot.packs("B02"))
    }

    @Test("A batch's name belongs to one roll")
    func otherRoll() throws {
        expectDone(try ballot.run(ballot.issue()))
        expectStop(try ballot.run(ballot.issue()), 1, "out/B01.manifest.json", "another --out")
        let changes: [(inout Roll) -> Void] = [
            { $0.rows.removeLast() }, { $0.rows.swapAt(3, 4) }, { $0.rows[5][0] += "0" },
            { $0.rows[6][11] = "01/01/1950" },
        ]
        let before = ballot.folder.snapshot("ballot")
        for (i, change) in changes.enumerated() {
            var roll = ballot.roll
            change(&roll)
            try ballot.folder.write("other.csv", roll.csv)
            expectStop(
                try ballot.run(ballot.issue(out: "other", with: ["--roll": "other.csv"])), 1, "another roll",
                "the very same roll")
            #expect(ballot.folder.names("other").isEmpty, "after change \(i)")
        }
        #expect(ballot.folder.snapshot("ballot") == before)
        expectStop(
            try ballot.run(ballot.issue(out: "other", more: ["--specimen", "40"])), 1, "another roll")
    }

    @Test("The same codes again, with another layout and other recipients")
    func again() throws {
        expectDone(try ballot.run(ballot.issue()))
        let packs = try ballot.packs()
        let register = try ballot.folder.bytes("out/B01.register")
        try ballot.folder.remove("out")
        expectDone(try ballot.run(ballot.issue(more: ["--print", "surname"])))
        #expect(try ballot.packs() == packs)
        #expect(try ballot.folder.bytes("out/B01.register") == register)
        #expect(ballot.folder.names("ballot/issuing/book") == [".lock", "B01.batch"])
    }

    @Test("destroy: no code can be made again, and nobody gets a second pack")
    func destroy() throws {
        let destroy = ["destroy", "--keys", "ballot/issuing", "B01"]
        expectStop(try ballot.run(destroy), 1, "no batch B01")
        expectDone(try ballot.run(ballot.issue()))
        let before = try ballot.folder.bytes("ballot/issuing/book/B01.batch")
        let shown = try ballot.run(destroy)
        #expect(shown.status == 1 && shown.output.contains("could not be made again"), "\(shown)")
        expectDone(try ballot.run(destroy + ["--confirm"]))
        let after = try ballot.folder.bytes("ballot/issuing/book/B01.batch")
        #expect(before.count == after.count && before != after)
        // 72 bytes of the key's box, and none of them is left.
        let differing = zip(before, after).enumerated().filter { $0.element.0 != $0.element.1 }
        #expect(differing.allSatisfy { $0.element.1 == 0 && (152..<224).contains($0.offset) })
        #expect(after[152..<224].allSatisfy { $0 == 0 })
        let again = try ballot.run(destroy)
        expectDone(again)
        #expect(again.output.contains("was destroyed before"))
        expectStop(try ballot.run(ballot.issue(out: "other")), 1, "destroyed")
        #expect(ballot.folder.names("other").isEmpty)
        expectStop(try ballot.run(ballot.issue("B02", out: "other")), 1, "has a pack of batch B01")
    }

    @Test("A book that was changed is not believed")
    func changedBook() throws {
        expectDone(try ballot.run(ballot.issue()))
        let page = "ballot/issuing/book/B01.batch"
        let good = try ballot.folder.bytes(page)
        for place in [0, 30, 50, 75, 80, 100, 130, 160, 230, -1] {
            try ballot.folder.damage(page, at: place)
            expectStop(try ballot.run(ballot.issue(out: "other")), 3)
            #expect(ballot.folder.names("other").isEmpty, "byte \(place)")
            // Of a damaged key nothing is left to save.
            if !(152..<224).contains(place) {
                expectStop(try ballot.run(["destroy", "--keys", "ballot/issuing", "B01"]), 3)
            }
            try ballot.folder.write(page, good)
        }
        try ballot.folder.write(page, Array(good.dropLast()))
        expectStop(try ballot.run(ballot.issue(out: "other")), 3, "damaged")
        try ballot.folder.write(page, [UInt8]())
        expectStop(try ballot.run(ballot.issue(out: "other")), 3, "damaged")
        // A page under another batch's name.
        try ballot.folder.write(page, good)
        try ballot.folder.move(page, to: "ballot/issuing/book/B02.batch")
        expectStop(try ballot.run(ballot.issue(out: "other")), 3, "damaged")
    }

    @Test("Two runs at once: one of them is told to wait")
    func locked() throws {
        try ballot.folder.write("large.csv", Roll.demo(times: 2).csv)
        let first = try ballot.start(ballot.issue(with: ["--roll": "large.csv"]))
        try ballot.wait(for: "ballot/issuing/book/.lock")
        usleep(20_000)
        expectStop(try ballot.run(ballot.issue("B02", out: "other")), 3, "in use by another run")
        expectStop(try ballot.run(["destroy", "--keys", "ballot/issuing", "B01"]), 3, "in use")
        expectDone(first.finish())
        #expect(try ballot.manifest().packs == 5800)
    }
}
