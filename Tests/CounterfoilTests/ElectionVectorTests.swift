import TestSupport
import Testing

@testable import Counterfoil

/// vectors/election.json: sections 3 and 4.
@Suite struct ElectionVectorTests {
    static let file = VectorFile("election")
    static let readings = file.tests("read")
    static let successions = file.tests("previous")

    @Test(arguments: readings)
    func reads(_ test: VectorObject) throws {
        let json = try test.text("json")
        if let reason = try test.reason {
            let error = #expect(throws: ElectionError.self) { try Election(json: json) }
            if let error { #expect(Self.isFor(reason, error), "\(error)") }
        } else {
            let election = try Election(json: json)
            #expect(election.digest == (try test.bytes("digest")))
            // Two messages of one digest would be a broken BLAKE2b: E is what was hashed.
            let digest: Bytes<32> = try test.hex("canonical").withBytes {
                election.id.hash(.election, $0)
            }
            #expect(digest == election.digest)
            let k = Int(election.constant.bits)
            #expect(k == (try test.int("constant")))
            #expect([k >> 10, k >> 5 & 31, k & 31] == (try test.ints("constantSymbols")))
            // What is written is read again as the same election.
            #expect(try Election(json: Array(election.json.utf8)).digest == election.digest)
        }
        #expect(test.unread == [])
    }

    /// Which Swift error a reason is told by.
    static func isFor(_ reason: String, _ error: ElectionError) -> Bool {
        func isJSON(_ isRight: (JSONError.Reason) -> Bool = { _ in true }) -> Bool {
            if case .notJSON(let fault) = error { isRight(fault.reason) } else { false }
        }
        func missing(_ names: String...) -> Bool {
            if case .missing(let name) = error { names.isEmpty || names.contains(name) } else { false }
        }
        return switch reason {
        case "not-json": isJSON()
        // A number with a fraction is one of JSON's that this reader does not take.
        case "wrong-type": missing() || error == .notAnObject || isJSON { $0 == .noInteger }
        case "unknown-version": error == .otherVersion
        case "unknown-member": if case .unknown = error { true } else { missing() }
        case "repeated-member": isJSON { if case .repeatedName = $0 { true } else { false } }
        case "missing-member", "bad-hex": missing()
        // Half a surrogate pair is no text already to the reader of JSON.
        case "bad-name": error == .field(.name) || isJSON { $0 == .halfPair }
        case "bad-code-length": missing("codeLength")
        case "too-many-questions": if case .field(.questions) = error { true } else { false }
        case "bad-question-name": error == .field(.question)
        case "repeated-question": if case .field(.repeatedQuestion) = error { true } else { false }
        case "unknown-kind": missing("kind")
        case "bad-order": missing("order")
        case "bad-latest-year": if case .field(.latestYear) = error { true } else { false }
        case "bad-at-most": if case .field(.digits) = error { true } else { false }
        case "bad-voter-ids": missing("voterIDs")
        case "other-refused-words": error == .otherRefusedWords
        case "other-text-fold": error == .otherTextFold
        case "bad-wrong-answers": error == .field(.limits)
        case "wrong-digest": error == .digestDiffers
        default: false
        }
    }

    @Test(arguments: successions)
    func tellsAnElectionFromThePrevious(_ test: VectorObject) throws {
        let new = ElectionConstant(try test.electionID())
        let previous = ElectionConstant(try test.electionID("previousId"))
        #expect(Int(new.bits) == (try test.int("constant")))
        #expect(Int(previous.bits) == (try test.int("previousConstant")))
        let d = UInt32(new.bits ^ previous.bits)
        #expect([d >> 10, d >> 5 & 31, d & 31].map(Int.init) == (try test.ints("differenceSymbols")))
        let located = [12, 20, 24, 28].filter { CheckSymbols.locate(d, count: $0) != Groups() }
        #expect(located == (try test.ints("locatedAt")))
        #expect(new.isTooNear(previous) == (try test.reason != nil))
        switch try test.reason {
        case "same-constant": #expect(d == 0)
        case "too-near-previous": #expect(d != 0 && !located.isEmpty)
        case let other: #expect(other == nil)
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        #expect(Self.readings.count + Self.successions.count == Self.file.count)
    }
}
