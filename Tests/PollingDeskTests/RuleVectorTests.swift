import Counterfoil
import PollingDesk
import TestSupport
import Testing

/// `rules.json` and `pass.json`, which another implementation wrote.
@Suite struct RuleVectorTests {
    @Test(arguments: Keeping.allCases)
    func theRulesAnswerAsTheVectorsSay(_ keeping: Keeping) throws {
        let vectors = try RuleVector.tests(in: "rules.json")
        #expect(vectors.count == 665)
        for vector in vectors where vector.text("operation") != "return" {
            let arrangement = try Arrangement(vector, keeping)
            let operation = try #require(arrangement.operation, "\(vector)")
            let hall = arrangement.hall
            let before = try hall.desk.ledger.summary().entries
            #expect(try hall.perform(operation) == [arrangement.answer], "\(vector)")
            let recorded = hall.entries()
            #expect(
                try recorded.map(\.encoded) == arrangement.expectedEvents(),
                "\(vector): \(recorded.map { $0.told(hall.world) })")
            #expect(try hall.desk.ledger.summary().entries == before + recorded.count, "\(vector)")
            #expect(try arrangement.differences() == [], "\(vector)")
        }
    }

    @Test func returnsAddUpAsTheVectorsSay() throws {
        let packs = World.lenient.packs
        let names = [
            "a": packs[1]!.number, "b": packs[2]!.number, "c": packs[3]!.number, "d": packs[4]!.number,
        ]
        let vectors = try RuleVector.tests(in: "rules.json").filter { $0.text("operation") == "return" }
        #expect(vectors.count == 13)
        for vector in vectors {
            var read = PrintReturn()
            for row in vector.vectors("rows") {
                let status = try #require(PrintReturn.Status(rawValue: row.text("status")!))
                read.add(names[row.text("pack")!]!, status)
            }
            let difference = read.difference(from: vector.texts("packs").map { names[$0]! })
            #expect(difference.isNone == (vector.text("reason") == nil), "\(vector)")
            for (name, found) in [
                ("unaccounted", difference.unaccounted), ("foreign", difference.foreign),
                ("repeated", difference.repeated),
            ] {
                #expect(found == vector.texts(name).map { names[$0]! }, "\(vector): \(name)")
            }
            if difference.isNone { #expect(read.missing == vector.texts("missing").map { names[$0]! }) }
        }
    }

    /// Which rules there are, and what each answers, is for `OrderOfRulesTests`.
    @Test func everyRefusalOfAnActHasAVector() throws {
        let acts = try RuleVector.tests(in: "rules.json").filter {
            $0.text("operation") != "return" && $0.number("rule") == nil
        }
        let answers = Set(acts.compactMap { $0.text("answer") })
        // `earlier` is no rule: a program asks whether its user means it.
        #expect(answers == Set(ActRefusal.allCases.map(\.rawValue)).union(["done"]).subtracting(["earlier"]))
    }

    @Test func passesAreSealedAsTheVectorsSay() throws {
        for vector in try RuleVector.tests(in: "pass.json") where vector.text("operation") == "seal" {
            let content = SecretBytes(count: 64) { out in
                vector.bytes("lookupId").withBytes { out.copy($0, at: 0) }
                out.put(UInt64(vector.number("given")!), at: 16)
                out.put(UInt64(vector.number("expires")!), at: 24)
                vector.bytes("spendingSecret").withBytes { out.copy($0, at: 32) }
            }
            let key = try Self.key(vector)
            #expect(key.passKey.withBytes { $0.array } == vector.bytes("passKey"), "\(vector)")
            let pass = Pass(
                sealing: content, nonce: try #require(Bytes(vector.bytes("nonce"))),
                election: try Self.election(vector), key: key)
            #expect(pass.text == vector.text("pass"), "\(vector)")
        }
    }

    @Test func passesOpenAsTheVectorsSay() throws {
        for vector in try RuleVector.tests(in: "pass.json") where vector.text("operation") == "open" {
            let pass = Array(vector.text("pass")!.utf8).withBytes { Pass($0) }
            let content = pass?.open(try Self.election(vector), try Self.key(vector))
            let found = content?.withBytes { $0.array }
            switch vector.text("reason") {
            case nil:
                let content = try #require(found, "\(vector)")
                #expect(Array(content[0..<16]) == vector.bytes("lookupId"), "\(vector)")
                #expect(Self.number(content[16..<24]) == vector.number("given"), "\(vector)")
                #expect(Self.number(content[24..<32]) == vector.number("expires"), "\(vector)")
                #expect(Array(content[32..<64]) == vector.bytes("spendingSecret"), "\(vector)")
            case "does-not-open":
                #expect(pass != nil, "\(vector)")
                #expect(found == nil, "\(vector)")
            default: #expect(pass == nil, "\(vector)")
            }
        }
    }

    private static func election(_ vector: RuleVector) throws -> ElectionID {
        ElectionID(try #require(Bytes(vector.bytes("electionId"))))
    }

    private static func key(_ vector: RuleVector) throws -> DeskKey {
        let secret = vector.bytes("deskSecret").withBytes { SecretBytes(copying: $0) }
        return DeskKey(
            election: try election(vector), ledgerKey: SecretBytes(count: 32) { _ in }, secret: secret)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
