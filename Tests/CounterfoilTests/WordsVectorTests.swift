import TestSupport
import Testing

@testable import Counterfoil

/// vectors/refused-words.json: section 6. Our reader says that a word is spelled,
/// and not which. So of `word` the test only sees that it is on the list.
@Suite struct RefusedWordsVectorTests {
    static let file = VectorFile("refused-words")
    static let lists = file.tests("digest")
    static let groups = file.tests("group")
    static let numbers = file.tests("number")

    @Test(arguments: lists)
    func hashesTheList(_ test: VectorObject) throws {
        let list = try test.string("list").split(separator: "\n").map(String.init)
        #expect(RefusedWords.digest(of: list) == (try test.bytes("digest")))
        #expect(test.unread == [])
    }

    @Test(arguments: groups)
    func judgesAGroup(_ test: VectorObject) throws { try judge(test, "group") }

    @Test(arguments: numbers)
    func judgesANumber(_ test: VectorObject) throws { try judge(test, "number") }

    private func judge(_ test: VectorObject, _ name: String) throws {
        let symbols = values(try test.string(name))
        let spelled = RefusedWords.spelled(in: symbols)
        switch try test.reason {
        case "refused-word":
            #expect(spelled)
            #expect(RefusedWords.list.contains(try test.string("word")))
        case let other:
            #expect(other == nil)
            #expect(!spelled)
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        #expect(Self.lists.count + Self.groups.count + Self.numbers.count == Self.file.count)
    }
}
