import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// Questions are told apart by their bytes, in a request as in an election.
@Suite struct RequestNamesTests {
    static let election = Election.standIn(
        ElectionID(Bytes()),
        questions: [
            Question(name: "\u{E9}", kind: .text), Question(name: "e\u{301}", kind: .digits(atMost: 0)),
        ])

    /// What becomes of a line: "ready" and what could not be read, or the outcome.
    private func prepare(_ answers: String) -> String {
        var symbols = [UInt8](repeating: 1, count: 20)
        symbols.withMutableBytes {
            CheckSymbols.append(to: &$0, count: 20, constant: Self.election.constant)
        }
        var printed = [UInt8](repeating: 0, count: Alphabet.printedCount(20))
        symbols.withBytes { symbols in
            printed.withMutableBytes { Alphabet.print(symbols, into: &$0, at: 0) }
        }
        let code = String(decoding: printed, as: UTF8.self)
        let key = String(repeating: "A", count: 22)
        var line = Array("{\"code\": \"\(code)\", \"answers\": {\(answers)}, \"key\": \"\(key)\"}".utf8)
        guard var form = FormPool(Self.election, limit: 1).lend() else { fatalError("no form") }
        do throws(LineFault) {
            try line.withMutableBytes { (line) throws(LineFault) in
                try RequestLine.fill(&form, from: &line)
            }
        } catch { return error.json }
        let desk = DeskKey(election: Self.election.id, ledgerKey: .filled(1), secret: .filled(2))
        return switch form.prepareToRedeem(desk) {
        case .ready(let redemption): "ready \(redemption.unreadable.count)"
        case .refused(let outcome): outcome.json
        }
    }

    @Test func composedAndDecomposedAreTwo() {
        #expect(prepare("\"\u{E9}\": \"a\", \"e\u{301}\": \"7\"") == "ready 0")
        #expect(prepare("\"e\u{301}\": \"7\", \"\\u00e9\": \"a\"") == "ready 0")
        #expect(prepare("\"\u{E9}\": \"a\", \"e\u{301}\": \"b\"") == "ready 1")
    }

    @Test func oneTwiceIsRefused() {
        let outcome = prepare("\"\u{E9}\": \"a\", \"\u{E9}\": \"a\", \"e\u{301}\": \"7\"")
        #expect(outcome.contains("answered twice"))
        #expect(prepare("\"\u{E9}\": \"a\"").contains("is missing"))
    }

    @Test(arguments: ["\"code\": \"a\"", "\"answers\": {}", "\"key\": \"AAAA\"", "\"pass\": \"a\""])
    func aMemberTwiceIsRefused(_ member: String) {
        #expect(fault("{\(member)}") == nil)
        #expect(fault("{\(member), \(member)}") == .memberTwice)
    }

    private func fault(_ line: String) -> LineFault? {
        var line = Array(line.utf8)
        guard var form = FormPool(Self.election, limit: 1).lend() else { fatalError("no form") }
        do throws(LineFault) {
            try line.withMutableBytes { (line) throws(LineFault) in
                try RequestLine.fill(&form, from: &line)
            }
            return nil
        } catch { return error }
    }
}
