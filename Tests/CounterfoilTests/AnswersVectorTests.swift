import TestSupport
import Testing

@testable import Counterfoil

/// vectors/answers.json: section 10.
@Suite struct AnswersVectorTests {
    static let file = VectorFile("answers")
    static let normalisations = file.tests("normalise")
    static let tags = file.tests("tag")

    @Test(arguments: normalisations)
    func normalises(_ test: VectorObject) throws {
        // The vectors name no question here.
        guard case .object(let members) = try test.json("question") else {
            throw VectorError("the question is no object")
        }
        let question = try Question(json: .object([("name", .string("?"))] + members))
        var sheet = AnswerSheet(.standIn(ElectionID(Bytes()), questions: [question]))
        let readable = try test.text("input").withBytes { sheet.set(0, $0) }
        switch try test.reason {
        case "unreadable":
            #expect(!readable)
            let isComplete = sheet.isComplete
            #expect(!isComplete)
        case let other:
            #expect(other == nil)
            #expect(readable)
            let normal = sheet.withAnswer(0) { $0.array }
            #expect(normal == Array(try test.string("normalForm").utf8))
        }
        #expect(test.unread == [])
    }

    @Test(arguments: tags)
    func hashes(_ test: VectorObject) throws {
        let questions = try test.values("questions").map { try Question(json: $0) }
        let election = Election.standIn(try test.electionID(), questions: questions)
        var slot = CodeSlot(election)
        let key = try test.secret("answerKey")
        slot.secrets.withMutableBytes { out in key.withBytes { out.copy($0) } }
        var sheet = AnswerSheet(election)
        // Null means an answer that nobody gave.
        let answers: [String?] = try test.values("answers").map {
            switch $0 {
            case .string(let text): text
            case .null: nil
            default: throw VectorError("\(test): an answer that is none")
            }
        }
        #expect(answers.count == questions.count)
        for (i, answer) in answers.enumerated() {
            guard let answer else { continue }
            let readable = Array(answer.utf8).withBytes { sheet.set(i, $0) }
            let isThere = sheet.has(i)
            #expect(readable == isThere)
        }
        let unreadable = answers.indices.filter { !sheet.has($0) }
        switch try test.reason {
        case "unreadable":
            #expect(unreadable.map { $0 + 1 } == (try test.ints("questionNumbers")))
            let isComplete = sheet.isComplete
            #expect(!isComplete)
        case let other:
            #expect(other == nil)
            #expect(unreadable == [])
            let normalForms = answers.indices.map { sheet.withAnswer($0) { $0.array } }
            #expect(normalForms == (try test.strings("normalForms")).map { Array($0.utf8) })
            var message: [UInt8] = []
            var tag = AnswerTag.none
            sheet.withMessage {
                message = $0.array
                if !questions.isEmpty { tag = slot.answerTag($0) }
            }
            #expect(message == (try test.hex("message")))
            #expect(tag.bytes == (try test.bytes("answerTag")))
            #expect(tag.matches(AnswerTag(try test.bytes("answerTag"))))
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        #expect(Self.normalisations.count + Self.tags.count == Self.file.count)
    }
}
