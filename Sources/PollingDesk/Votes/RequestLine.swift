package import Counterfoil

/// Requests as lines of JSON. To redeem:
/// `{"code": "…", "answers": {"Date of birth": "…"}, "key": "…"}`, the key in
/// base64url, or `{"pass": "…", "key": "…"}`; to check, a code and answers
/// alone.
package enum RequestLine {
    /// The longest line that is read, in bytes.
    package static let longest = 16384

    /// Fills the form from a line. The line is unescaped and decoded in place;
    /// the caller wipes it afterwards.
    package static func fill(
        _ form: inout RedemptionForm, from line: inout MutableRawSpan
    ) throws(LineFault) {
        form.clear()
        var reader = JSONReader(0..<line.byteCount)
        guard try next(&reader, &line) == .beginObject else { throw .notAnObject }
        var seen: Set<String> = []
        while case .string(let range) = try next(&reader, &line) {
            let name = String(decoding: line.bytes.extracting(range).array, as: UTF8.self)
            guard seen.insert(name).inserted else { throw .memberTwice }
            let token = try next(&reader, &line)
            switch (name, token) {
            case ("code", .string(let value)): form.setCode(line.bytes.extracting(value))
            case ("pass", .string(let value)): form.setPass(line.bytes.extracting(value))
            case ("key", .string(let value)):
                var text = line._mutatingExtracting(value)
                guard let count = Base64.decodeURL(&text) else {
                    throw .keyIsNotBase64URL
                }
                form.setKey(text.bytes.extracting(0..<count))
            case ("answers", .beginObject): try answers(&form, &reader, &line)
            case ("code", _), ("key", _), ("answers", _), ("pass", _):
                throw .wrongType(member: name)
            // Somebody may have typed a code where a name belongs: it is not repeated.
            default: throw .unknownMember
            }
        }
        _ = try next(&reader, &line)
    }

    private static func answers(
        _ form: inout RedemptionForm, _ reader: inout JSONReader, _ line: inout MutableRawSpan
    ) throws(LineFault) {
        // By their bytes, as everywhere: to a set of strings, composed and
        // decomposed names would be one.
        var seen: Set<[UInt8]> = []
        while case .string(let range) = try next(&reader, &line) {
            let name = line.bytes.extracting(range).array
            guard seen.insert(name).inserted else { throw .answerTwice }
            guard case .string(let value) = try next(&reader, &line) else {
                throw .answerIsNotText
            }
            form.setAnswer(String(decoding: name, as: UTF8.self), line.bytes.extracting(value))
        }
    }

    private static func next(
        _ reader: inout JSONReader, _ line: inout MutableRawSpan
    ) throws(LineFault) -> JSONReader.Token {
        do { return try reader.next(&line) } catch {
            throw .notJSON(error)
        }
    }
}

/// Why a line of JSON is no request. Nothing of the line is in it.
package enum LineFault: Error, Equatable {
    /// It is not JSON.
    case notJSON(JSONError)
    case notAnObject
    /// Longer than `RequestLine.longest`.
    case tooLong
    /// A member of a request that appears twice.
    case memberTwice
    /// A question that is answered twice.
    case answerTwice
    /// An answer that is no string.
    case answerIsNotText
    /// A member that no request has.
    case unknownMember
    /// A member of this name that is not what it should be.
    case wrongType(member: String)
    case keyIsNotBase64URL
}
