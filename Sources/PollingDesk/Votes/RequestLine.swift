internal import Counterfoil

/// Requests and answers as lines of JSON. To redeem:
/// `{"code": "…", "answers": {"Date of birth": "…"}, "key": "…"}`, the key in
/// base64url, or `{"pass": "…", "key": "…"}`; to check, a code and answers
/// alone. Answers: `{"outcome": "accepted", "receipt": "…"}`.
public enum RequestLine {
    /// The longest line that is read, in bytes.
    public static let longest = 16384

    /// Fills the form from a line. The line is unescaped and decoded in place;
    /// the caller wipes it afterwards. What is wrong with it becomes the form's
    /// complaint, and so a `bad-request`: a line never stops the ones behind it.
    public static func fill(_ form: inout RedemptionForm, from line: inout MutableRawSpan) {
        form.clear()
        var reader = JSONReader(0..<line.byteCount)
        do {
            guard try reader.next(&line) == .beginObject else {
                form.complain("the request is no JSON object")
                return
            }
            var seen: Set<String> = []
            while case .string(let range) = try reader.next(&line) {
                let name = String(decoding: line.bytes.extracting(range).array, as: UTF8.self)
                guard seen.insert(name).inserted else {
                    form.complain("\u{201C}\(name)\u{201D} stands twice")
                    return
                }
                let token = try reader.next(&line)
                switch (name, token) {
                case ("code", .string(let value)): form.setCode(line.bytes.extracting(value))
                case ("pass", .string(let value)): form.setPass(line.bytes.extracting(value))
                case ("key", .string(let value)):
                    var text = line._mutatingExtracting(value)
                    guard let count = Base64.decodeURL(&text) else {
                        form.complain("the key is not base64url")
                        return
                    }
                    form.setKey(text.bytes.extracting(0..<count))
                case ("answers", .beginObject): try answers(&form, &reader, &line)
                case ("code", _), ("key", _), ("answers", _), ("pass", _):
                    form.complain("\u{201C}\(name)\u{201D} is not what it should be")
                    return
                default:
                    form.complain("there is no member \u{201C}\(name)\u{201D} in a request")
                    return
                }
            }
            _ = try reader.next(&line)
        } catch {
            form.complain("not JSON: \(error.text)")
        }
    }

    private static func answers(
        _ form: inout RedemptionForm, _ reader: inout JSONReader, _ line: inout MutableRawSpan
    ) throws(JSONError) {
        // By their bytes, as everywhere: to a set of strings, composed and
        // decomposed names would be one.
        var seen: Set<[UInt8]> = []
        while case .string(let range) = try reader.next(&line) {
            let name = line.bytes.extracting(range).array
            let question = String(decoding: name, as: UTF8.self)
            guard seen.insert(name).inserted else {
                throw JSONError(offset: range.lowerBound, .repeatedName(question))
            }
            guard case .string(let value) = try reader.next(&line) else {
                throw JSONError(offset: range.upperBound, .answerNotText)
            }
            form.setAnswer(question, line.bytes.extracting(value))
        }
    }
}

extension Outcome {
    /// One line of JSON, without the line's end.
    public var json: String {
        var members: [(String, JSONValue)] = [("outcome", .string(name))]
        switch self {
        case .accepted(let receipt), .repeated(let receipt):
            members.append(("receipt", .string(receipt.description)))
        case .malformed(let groups):
            members.append(("groups", .array(groups.numbers.map { .integer($0) })))
        case .wrongAnswers(let left): members.append(("attemptsLeft", .integer(left)))
        case .badAnswer(let questions):
            members.append(("questions", .array(questions.map { .string($0) })))
        case .badRequest(let what): members.append(("error", .string(what)))
        case .good(let pass, let expires):
            members.append(("pass", .string(pass.description)))
            members.append(("expires", .integer(Int(expires.milliseconds))))
        default: break
        }
        return JSONValue.object(members).text()
    }
}
