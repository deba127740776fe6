/// A JSON text that could not be taken: why, and at which byte.
public struct JSONError: Error, Equatable, Sendable {
    /// From 0.
    public let offset: Int
    public let reason: Reason

    package init(offset: Int, _ reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    public enum Reason: Equatable, Sendable {
        case endsTooSoon
        case somethingAfterEnd
        case missingColon
        /// A member of an object has no name in quotes.
        case missingName
        case missingCommaOrBracket
        case nestedTooDeep
        case noValue
        case unendedString
        case notUTF8
        case controlCharacter
        case unknownEscape
        /// `\u` without four hexadecimal digits.
        case badUnicodeEscape
        case halfSurrogatePair
        case badNumber
        // What the reader of a text does not take, although it is JSON.
        case notAnInteger
        case notAString
        case notAnObject
        case repeatedName(String)
    }
}

extension JSONError {
    /// In words, with the byte counted from 1.
    package var words: String {
        reason == .notAnObject ? reason.words : "\(reason.words), at byte \(offset + 1)"
    }
}

extension JSONError.Reason {
    /// In words, as the desk answers a request that it cannot read.
    package var words: String {
        switch self {
        case .endsTooSoon: "the text ends too soon"
        case .somethingAfterEnd: "there is something behind the end"
        case .missingColon: "a colon is missing"
        case .missingName: "a name in quotes is missing"
        case .missingCommaOrBracket: "a comma or a closing bracket is missing"
        case .nestedTooDeep: "nested too deep"
        case .noValue: "this is no JSON value"
        case .unendedString: "a string does not end"
        case .notUTF8: "a string is not UTF-8"
        case .controlCharacter: "a control character in a string"
        case .unknownEscape: "an unknown escape"
        case .badUnicodeEscape: "a bad \\u escape"
        case .halfSurrogatePair: "half a surrogate pair"
        case .badNumber: "a bad number"
        case .notAnInteger: "a number that is no integer"
        case .notAString: "an answer is no string"
        case .notAnObject: "an object is missing"
        case .repeatedName(let name): "\u{201C}\(name)\u{201D} stands twice"
        }
    }
}
