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
        // A bit for each member.
        var seen: UInt8 = 0
        while case .string(let range) = try next(&reader, &line) {
            // By bytes, and never as a String: somebody may have typed a code where
            // a name belongs.
            guard let member = Member(line.bytes.extracting(range)) else { throw .unknownMember }
            guard seen & member.bit == 0 else { throw .memberTwice }
            seen |= member.bit
            let token = try next(&reader, &line)
            switch (member, token) {
            case (.code, .string(let value)): form.setCode(line.bytes.extracting(value))
            case (.pass, .string(let value)): form.setPass(line.bytes.extracting(value))
            case (.key, .string(let value)):
                var text = line._mutatingExtracting(value)
                guard let count = Base64.decodeURL(&text) else { throw .keyIsNotBase64URL }
                form.setKey(text.bytes.extracting(0..<count))
            case (.answers, .beginObject): try answers(&form, &reader, &line)
            default: throw .wrongType(member: member.rawValue)
            }
        }
        _ = try next(&reader, &line)
    }

    private enum Member: String {
        case code, pass, key, answers

        init?(_ name: borrowing RawSpan) {
            if name.says("code") {
                self = .code
            } else if name.says("answers") {
                self = .answers
            } else if name.says("key") {
                self = .key
            } else if name.says("pass") {
                self = .pass
            } else {
                return nil
            }
        }

        var bit: UInt8 {
            switch self {
            case .code: 1
            case .pass: 2
            case .key: 4
            case .answers: 8
            }
        }
    }

    private static func answers(
        _ form: inout RedemptionForm, _ reader: inout JSONReader, _ line: inout MutableRawSpan
    ) throws(LineFault) {
        // By their bytes, as everywhere: as strings, composed and decomposed names
        // would be one. A bit for each question: an election has eight at most.
        var seen: UInt8 = 0
        while case .string(let range) = try next(&reader, &line) {
            let question = form.question(named: line.bytes.extracting(range))
            if let question {
                let bit: UInt8 = 1 << UInt8(question)
                guard seen & bit == 0 else { throw .answerTwice }
                seen |= bit
            }
            guard case .string(let value) = try next(&reader, &line) else { throw .answerIsNotText }
            if let question {
                form.setAnswer(toQuestion: question, line.bytes.extracting(value))
            } else {
                form.complain(.unknownQuestion)
            }
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
