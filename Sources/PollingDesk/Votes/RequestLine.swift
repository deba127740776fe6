internal import Counterfoil

/// Requests as lines of JSON. To redeem:
/// `{"code": "…", "answers": {"Date of birth": "…"}, "key": "…"}`, the key in
/// base64url, or `{"pass": "…", "key": "…"}`; to check, a code and answers
/// alone.
package enum RequestLine {
    /// The longest line that is read, in bytes.
    package static let longest = 16384

    /// Fills the form from a line. The line is unescaped and decoded in place;
    /// the caller wipes it afterwards. What is wrong with it becomes the form's
    /// complaint, and so a `bad-request`: a line never stops the ones after it.
    package static func fill(_ form: inout RedemptionForm, from line: inout MutableRawSpan) {
        form.clear()
        do throws(Unreadable) { try read(&form, &line) } catch {
            form.complain(.line(error.why))
        }
    }

    private struct Unreadable: Error { let why: RequestFault.LineFault }

    private static func read(
        _ form: inout RedemptionForm, _ line: inout MutableRawSpan
    ) throws(Unreadable) {
        var reader = JSONReader(0..<line.byteCount)
        guard try next(&reader, &line) == .beginObject else { throw Unreadable(why: .notAnObject) }
        var seen: Set<String> = []
        while case .string(let range) = try next(&reader, &line) {
            let name = String(decoding: line.bytes.extracting(range).array, as: UTF8.self)
            guard seen.insert(name).inserted else { throw Unreadable(why: .memberTwice) }
            let token = try next(&reader, &line)
            switch (name, token) {
            case ("code", .string(let value)): form.setCode(line.bytes.extracting(value))
            case ("pass", .string(let value)): form.setPass(line.bytes.extracting(value))
            case ("key", .string(let value)):
                var text = line._mutatingExtracting(value)
                guard let count = Base64.decodeURL(&text) else {
                    throw Unreadable(why: .keyIsNotBase64URL)
                }
                form.setKey(text.bytes.extracting(0..<count))
            case ("answers", .beginObject): try answers(&form, &reader, &line)
            case ("code", _), ("key", _), ("answers", _), ("pass", _):
                throw Unreadable(why: .wrongType(member: name))
            // Somebody may have typed a code where a name belongs: it is not repeated.
            default: throw Unreadable(why: .unknownMember)
            }
        }
        _ = try next(&reader, &line)
    }

    private static func answers(
        _ form: inout RedemptionForm, _ reader: inout JSONReader, _ line: inout MutableRawSpan
    ) throws(Unreadable) {
        // By their bytes, as everywhere: to a set of strings, composed and
        // decomposed names would be one.
        var seen: Set<[UInt8]> = []
        while case .string(let range) = try next(&reader, &line) {
            let name = line.bytes.extracting(range).array
            guard seen.insert(name).inserted else { throw Unreadable(why: .answerTwice) }
            guard case .string(let value) = try next(&reader, &line) else {
                throw Unreadable(why: .answerIsNotText)
            }
            form.setAnswer(String(decoding: name, as: UTF8.self), line.bytes.extracting(value))
        }
    }

    private static func next(
        _ reader: inout JSONReader, _ line: inout MutableRawSpan
    ) throws(Unreadable) -> JSONReader.Token {
        do { return try reader.next(&line) } catch {
            throw Unreadable(why: .notJSON(error))
        }
    }
}
