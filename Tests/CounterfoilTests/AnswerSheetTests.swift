import TestSupport
import Testing

@testable import Counterfoil

@Suite struct AnswerSheetTests {
    static let election = Election.standIn(
        ElectionID(Bytes()),
        questions: [
            Question(name: "Number", kind: .digits(atMost: 4)), Question(name: "Name", kind: .text),
        ])

    private func set(_ sheet: inout AnswerSheet, _ index: Int, _ text: String) -> Bool {
        Array(text.utf8).withBytes { sheet.set(index, $0) }
    }

    @Test func isCompleteWithAllAnswers() {
        var sheet = AnswerSheet(Self.election)
        #expect(state(sheet) == [false, false, false])
        #expect(set(&sheet, 1, "Li"))
        #expect(state(sheet) == [false, true, false])
        #expect(set(&sheet, 0, "007"))
        #expect(state(sheet) == [true, true, true])
        var message: [UInt8] = []
        sheet.withMessage { message = $0.array }
        #expect(message == [2, 0, 0, 0, 1, 0x37, 0, 0, 0, 2, 0x6C, 0x69])
        // A later answer counts, shorter than the one before as it may be.
        #expect(set(&sheet, 1, "O'Neill"))
        #expect(set(&sheet, 1, "Z"))
        sheet.withMessage { message = $0.array }
        #expect(message == [2, 0, 0, 0, 1, 0x37, 0, 0, 0, 1, 0x7A])
    }

    /// An unreadable answer is none, and takes an earlier one away.
    @Test func forgets() {
        var sheet = AnswerSheet(Self.election)
        #expect(set(&sheet, 0, "1") && set(&sheet, 1, "a"))
        #expect(!set(&sheet, 0, "12345"))
        #expect(state(sheet) == [false, true, false])
        #expect(set(&sheet, 0, "1234"))
        sheet.clear()
        #expect(state(sheet) == [false, false, false])
        let left = sheet.withAnswer(0) { $0.byteCount }
        #expect(left == 0)
    }

    /// Whether there is an answer to each question, and to all.
    private func state(_ sheet: borrowing AnswerSheet) -> [Bool] {
        [sheet.has(0), sheet.has(1), sheet.isComplete]
    }

    @Test func hashesEachAnswerAtItsPlace() {
        func tag(_ first: String, _ second: String) -> AnswerTag {
            let questions = [Question(name: "a", kind: .text), Question(name: "b", kind: .text)]
            let election = Election.standIn(ElectionID(Bytes()), questions: questions)
            var sheet = AnswerSheet(election)
            #expect(set(&sheet, 0, first) && set(&sheet, 1, second))
            var tag = AnswerTag.none
            var slot = CodeSlot(election)
            slot.secrets.withMutableBytes { $0.put(1 as UInt8, at: 0) }
            sheet.withMessage { tag = slot.answerTag($0) }
            return tag
        }
        #expect(tag("ab", "c").matches(tag("AB", "c.")))
        #expect(!tag("ab", "c").matches(tag("a", "bc")))
        #expect(!tag("ab", "c").matches(tag("c", "ab")))
        #expect(!tag("ab", "c").matches(.none))
    }

    @Test func needsNoQuestions() {
        var sheet = AnswerSheet(.standIn(ElectionID(Bytes())))
        let isComplete = sheet.isComplete
        #expect(isComplete)
        var message: [UInt8] = []
        sheet.withMessage { message = $0.array }
        #expect(message == [0])
    }

    /// Eight answers of the greatest length.
    @Test func hasRoom() {
        let questions = (0..<8).map { Question(name: "\($0)", kind: .text) }
        var sheet = AnswerSheet(.standIn(ElectionID(Bytes()), questions: questions))
        let long = String(repeating: "x", count: 255)
        for i in 0..<8 { #expect(set(&sheet, i, long)) }
        var message: [UInt8] = []
        sheet.withMessage { message = $0.array }
        #expect(message.count == 1 + 8 * 259)
        #expect(!set(&sheet, 7, long + "x"))
    }
}
