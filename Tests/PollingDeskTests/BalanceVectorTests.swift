import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// `balance.json`: what a pack's standing and its column of the balance are, in
/// halls where what the vector says has happened.
@Suite struct BalanceVectorTests {
    static let file = VectorFile("balance")

    /// Packs 7 and 4, for post alone, in one batch; packs 2 and 3 of their voters
    /// in another; the specimen 8; two batches that replace 7 and 4; and two that
    /// list them, since their voters keep 2 and 3.
    private static let world = World(
        Plan(
            seed: 14, lock: 3, lifetime: 5,
            registers: [
                "main": Plan.Register(
                    batch: "main", kind: .members,
                    packs: [Plan.Pack(number: 2, voter: 2), Plan.Pack(number: 3, voter: 4)]),
                "more": Plan.Register(
                    batch: "more", kind: .members,
                    packs: [
                        Plan.Pack(number: 7, voter: 2), Plan.Pack(number: 4, voter: 4, kind: .postOnly),
                    ]),
                "proof": Plan.Register(
                    batch: "proof", kind: .specimens,
                    packs: [Plan.Pack(number: 8, voter: 8, kind: .specimen)]),
                "odd": replacing("odd", 10), "even": replacing("even", 20),
                "list": listing("list", 30), "roll": listing("roll", 31),
            ]))

    private static func replacing(_ name: String, _ first: Int) -> Plan.Register {
        Plan.Register(
            batch: name, kind: .replacements,
            packs: [
                Plan.Pack(number: first, voter: 2, replaces: 7),
                Plan.Pack(number: first + 1, voter: 4, kind: .postOnly, replaces: 4),
            ])
    }

    private static func listing(_ name: String, _ pack: Int) -> Plan.Register {
        Plan.Register(
            batch: name, kind: .members, packs: [Plan.Pack(number: pack, voter: pack)],
            pairs: [Plan.Pair(keep: 2, not: 7), Plan.Pair(keep: 3, not: 4)])
    }

    private static let columns: [Balance.Column: String] = [
        .specimen: "specimen", .votedOnline: "voted-online", .votedByPost: "voted-by-post",
        .superseded: "superseded", .withdrawn: "withdrawn", .cancelled: "cancelled", .inactive: "inactive",
        .locked: "locked", .live: "live",
    ]

    @Test(arguments: Keeping.allCases)
    func countsAsTheVectorsSay(_ keeping: Keeping) throws {
        #expect(Self.file.count == 76)
        for test in Self.file.tests {
            let hall = try Hall(keeping, Self.world)
            let pack = try arrange(hall, test)
            let number = Self.world.packs[pack]!.number
            let history = try #require(try hall.desk.ledger.history(of: number))
            #expect("\(history.standing)" == (try test.string("standing")), "\(test)")
            #expect(test.has("locked"))
            #expect(JSONValue.bool(history.isLocked) == (try test.json("locked")), "\(test)")
            // The ledger counts all at once; here each is counted by itself.
            var balance = Balance()
            for (other, made) in Self.world.packs where other != Plan.unknownPack {
                guard let column = try self.column(of: made.number, hall) else { continue }
                balance[column] += 1
                if other == pack {
                    #expect(Self.columns[column] == (try test.string("column")), "\(test)")
                }
            }
            #expect(try hall.desk.ledger.summary().balance == balance, "\(test)")
            #expect(test.unread == [])
        }
    }

    /// Nil for a pack that was not loaded.
    private func column(of number: PackNumber, _ hall: Hall) throws -> Balance.Column? {
        let found = try hall.desk.ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try snapshot.pack(number)
        }
        guard let (record, vote) = found else { return nil }
        return Balance.column(
            record.row.kind, in: try hall.desk.ledger.summary().batches[record.batch - 1],
            cancelled: record.cancelled, locked: record.isLocked(in: Self.world.rehearsal.election),
            votedWithIt: vote?.pack == number ? vote?.reportedChannel : nil)
    }

    /// Makes it happen, and says which pack it is about.
    private func arrange(_ hall: Hall, _ test: VectorObject) throws -> Int {
        #expect(try test.int("lock") == 3 && test.int("lifetime") == 5)
        let facts = try test.object("pack")
        let (pack, other) =
            switch try facts.string("kind") {
            case "specimen": (8, 2)
            case "post-only": (4, 3)
            default: (7, 2)
            }
        let batch = pack == 8 ? "proof" : "more"
        func perform(_ steps: Step...) throws { for step in steps { _ = try hall.perform(step) } }
        func isSo(_ object: VectorObject, _ name: String) throws -> Bool {
            try object.json(name) == .bool(true)
        }

        try perform(.load("main"), .activate("main"), .load("more"), .load("proof"), .open())
        let own = try facts.object("batch")
        if try isSo(own, "activated") { try perform(.activate(batch)) }
        for (name, voted) in [("votedWith", pack), ("votedWithAnother", other)] where test.has(name) {
            let isByPost = try test.string(name) == "post"
            try perform(isByPost ? .scan(voted) : .ask([.redeem(voted, .right, key: 1)]))
        }
        let wrong = try facts.int("wrong")
        let answers = [Answer.wrongA, .wrongB, .wrongA]
        if try facts.int("lifetimeWrong") > wrong {
            try perform(.ask(answers.map { .redeem(pack, $0, key: 9) }), .unlock(pack))
        }
        try perform(.ask(answers.prefix(wrong).map { .redeem(pack, $0, key: 9) }))
        if facts.has("cancelled") {
            let isMissing = try facts.string("cancelled") == "print-house"
            try perform(isMissing ? .reconcile(batch, missing: [pack]) : .cancel(pack))
        }
        if try isSo(own, "withdrawn") { try perform(.withdraw(batch)) }
        let lists = facts.has("lists") ? try facts.objects("lists") : []
        let later =
            Array(zip(["odd", "even"], try facts.objects("replacements"))) + zip(["list", "roll"], lists)
        for (name, batch) in later {
            try perform(.load(name))
            if try isSo(batch, "activated") { try perform(.activate(name)) }
            if try isSo(batch, "withdrawn") { try perform(.withdraw(name)) }
        }
        return pack
    }
}
