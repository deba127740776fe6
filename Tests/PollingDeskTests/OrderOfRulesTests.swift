import Testing

/// The order of the rules exists once as data, in vectors/model/order.json. The
/// vectors and the model here are compared with it. `script/model` compares the
/// specification, the reference implementation, and the model that spin searches.
@Suite struct OrderOfRulesTests {
    /// An answer of a rule in a column, or of an act.
    struct Cell: Hashable, CustomStringConvertible {
        let asked: String
        let rule: Int?
        let answer: String

        var description: String { "\(asked) \(rule.map { "\($0)" } ?? "-"): \(answer)" }
    }

    @Test func theVectorsHaveEachAnswerOfTheOrder() throws {
        var found: Set<Cell> = []
        for vector in try RuleVector.tests(in: "rules.json") where vector.text("operation") != "return" {
            found.insert(
                Cell(
                    asked: try #require(vector.text("operation")), rule: vector.number("rule"),
                    answer: try #require(vector.text("answer"))))
        }
        let wanted = try Self.order()
        #expect(found.subtracting(wanted) == [])
        #expect(wanted.subtracting(found) == [])
    }

    /// `ModelTests` makes sure that the model reaches what is listed, and nothing else.
    @Test func theModelHasEachAnswerOfTheOrder() throws {
        // What is malformed is refused before the ledger is asked.
        let found = Set(ModelCoverage.cells.compactMap(Self.cell)).filter { $0.answer != "malformed" }
        // Its scripts ask for no grace that is too long. `OfficerRules` does.
        let wanted = try Self.order().filter { $0.answer != "bad-grace" }
        #expect(found.subtracting(wanted) == [])
        #expect(wanted.subtracting(found) == [])
    }

    /// A cell as `ModelCoverage` names it, `pass in grace though locked 15: accepted`,
    /// without the circumstances. Nil for the loading of a register, which is no rule.
    static func cell(_ name: String) -> Cell? {
        guard let colon = name.firstRange(of: ": ") else { return nil }
        let words = name[..<colon.lowerBound].split { $0 == " " || $0 == "," }
        guard let first = words.first, first != "load" else { return nil }
        let answer = name[colon.upperBound...].prefix { $0 != " " }
        let isOnTable = ["redeem", "check", "pass", "post"].contains(first)
        return Cell(
            asked: first == "finish" ? "close --final" : String(first),
            rule: isOnTable ? words.lazy.compactMap { Int($0) }.first : nil, answer: String(answer))
    }

    static func order() throws -> Set<Cell> {
        let order = try RuleVector.read("model/order.json")
        let online = order.vectors("online").flatMap { row in
            ["redeem", "check", "pass"].flatMap { cells(row, of: $0, asked: $0) }
        }
        let post = order.vectors("post").flatMap { cells($0, of: "post", asked: "post") }
        let officers = order.vectors("officers").flatMap { cells($0, of: "answers", asked: $0.text("act")!) }
        return Set(online + post + officers)
    }

    private static func cells(_ row: RuleVector, of name: String, asked: String) -> [Cell] {
        row.texts(name).map { Cell(asked: asked, rule: row.number("rule"), answer: $0) }
    }
}
