internal import Counterfoil

/// Answers as lines of JSON: `{"outcome": "accepted", "receipt": "…"}`.
package enum AnswerLine {
    /// Nobody knows: ask again with the same key.
    package static let undecided = JSONValue.object([("outcome", .string("undecided"))]).text()
}

extension Outcome {
    /// One line of JSON, without the line's end.
    package var json: String {
        var members: [(String, JSONValue)] = [("outcome", .string(name))]
        switch self {
        case .accepted(let receipt), .repeated(let receipt):
            members.append(("receipt", .string(receipt.description)))
        case .good(let pass, let expires):
            members.append(("pass", .string(pass.text)))
            members.append(("expires", .integer(Int(expires.milliseconds))))
        case .badPass, .passExpired: break
        case .refused(let refusal):
            if let more = refusal.more { members.append(more) }
        }
        return JSONValue.object(members).text(visible: true)
    }
}

extension CodeRefusal {
    /// What an answer says besides its name.
    fileprivate var more: (String, JSONValue)? {
        switch self {
        case .malformed(let groups): ("groups", .array(groups.numbers.map { .integer($0) }))
        case .wrongAnswers(let left): ("attemptsLeft", .integer(left))
        case .badAnswer(let questions): ("questions", .array(questions.map { .string($0) }))
        case .badRequest(let fault): ("error", .string(fault.text))
        default: nil
        }
    }
}

extension RequestFault {
    /// For the developer of a site: the member `error` of an answer. Nothing that
    /// was typed is in it.
    package var text: String {
        switch self {
        case .codeMissing: "the code is missing"
        case .keyMissing: "the key is missing"
        case .keySize: "the key must have 16 to 64 bytes"
        case .answerMissing(let question): "the answer to \u{201C}\(question)\u{201D} is missing"
        case .unknownQuestion: "an answer is given to a question that this election does not ask"
        case .passAndCode: "give a pass, or a code with answers, not both"
        case .notForCheck: "a check takes a code and answers alone"
        }
    }
}

extension LineFault {
    /// The answer to such a line.
    package var json: String {
        JSONValue.object([("outcome", .string("bad-request")), ("error", .string(text))]).text()
    }

    private var text: String {
        switch self {
        case .notJSON(let error): "not JSON: \(error.text)"
        case .notAnObject: "the request is no JSON object"
        case .tooLong: "the line is longer than \(RequestLine.longest) bytes"
        case .memberTwice: "a member appears twice"
        case .answerTwice: "a question is answered twice"
        case .answerIsNotText: "an answer is no string"
        case .unknownMember: "there is a member that no request has"
        case .wrongType(let member): "\u{201C}\(member)\u{201D} is not what it should be"
        case .keyIsNotBase64URL: "the key is not base64url"
        }
    }
}
