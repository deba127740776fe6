import PollingDesk
import TestSupport
import Testing

/// Words for the contract of the rules: what is given, what is done, what is
/// answered, and what is recorded.
extension Hall {
    /// A hall whose batch `main` is active and whose ballot is open.
    static func open(_ keeping: Keeping, closesIn seconds: Int? = nil) throws -> Hall {
        let hall = try Hall(keeping)
        try hall.given(.load("main"), .activate("main"), .open(closesIn: seconds))
        return hall
    }

    /// Steps that the test is not about; an act among them must work.
    func given(_ steps: Step..., at location: SourceLocation = #_sourceLocation) throws {
        for step in steps {
            let answers = try perform(step)
            if case .ask = step { continue }
            let fine = answers.allSatisfy { ["done", "loaded", "received"].contains($0) }
            #expect(fine, "\(step): \(answers)", sourceLocation: location)
        }
        _ = recorded()
    }

    /// A step, its one answer, and the events that it records, without the
    /// officer's note. A step that records nothing leaves the log as it is.
    func expect(
        _ step: Step, _ answer: String, records events: String...,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try desk.ledger.summary().entries
        #expect(try perform(step) == [answer], "\(step)", sourceLocation: location)
        let found = recorded().map { $0.split(separator: " by A.")[0].split(separator: " by table")[0] }
        #expect(found.map { "\($0)" } == events, "\(step)", sourceLocation: location)
        #expect(
            try desk.ledger.summary().entries == before + events.count, "\(step)", sourceLocation: location)
    }

    /// The same for one request.
    func expect(
        _ request: Request, _ answer: String, records events: String...,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try desk.ledger.summary().entries
        #expect(try perform(.ask([request])) == [answer], "\(request)", sourceLocation: location)
        #expect(recorded() == events, "\(request)", sourceLocation: location)
        #expect(
            try desk.ledger.summary().entries == before + events.count, "\(request)", sourceLocation: location
        )
    }

    /// The line of the report that begins with these words.
    func line(_ beginning: String) throws -> String {
        try report().first { $0.hasPrefix(beginning) } ?? ""
    }
}

/// The two columns of the table that take a code.
enum Column: String, CaseIterable {
    case redeem, check

    func callAsFunction(_ pack: Int, _ answer: Answer = .right, key: Int = 1) -> Request {
        switch self {
        case .redeem: .redeem(pack, answer, key: key)
        case .check: .check(pack, answer)
        }
    }
}
