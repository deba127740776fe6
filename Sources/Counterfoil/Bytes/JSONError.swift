/// A JSON text that could not be taken.
public struct JSONError: Error, Equatable, Sendable {
    /// The byte at which that was seen, from 0.
    public let offset: Int
    public let reason: Reason

    package init(offset: Int, _ reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    public enum Reason: Equatable, Sendable {
        case endsTooSoon
        /// There is something after the value.
        case goesOn
        /// Something is no JSON value.
        case noValue
        case noColon
        /// A member has no name in quotes.
        case noName
        /// A comma or a closing bracket is missing.
        case noComma
        /// Arrays and objects are nested deeper than 16 levels.
        case tooDeep
        case badNumber
        /// A number with a fraction or an exponent, or one that is too large.
        case noInteger
        case unendedString
        case notUTF8
        /// A control character in a string that is not escaped.
        case controlCharacter
        case unknownEscape
        /// `\u` without four hexadecimal digits.
        case badHexEscape
        /// Half of a surrogate pair.
        case halfPair
        /// Two members of an object have this name.
        case repeatedName(String)
    }
}

extension JSONError {
    /// As it is told in an answer to a request, `bad-request`.
    package var text: String { "\(reason.text), at byte \(offset + 1)" }
}

extension JSONError.Reason {
    fileprivate var text: String {
        switch self {
        case .endsTooSoon: "the text ends too soon"
        case .goesOn: "there is something after the end"
        case .noValue: "this is no JSON value"
        case .noColon: "a colon is missing"
        case .noName: "a name in quotes is missing"
        case .noComma: "a comma or a closing bracket is missing"
        case .tooDeep: "nested too deep"
        case .badNumber: "a bad number"
        case .noInteger: "a number that is no integer"
        case .unendedString: "a string does not end"
        case .notUTF8: "a string is not UTF-8"
        case .controlCharacter: "a control character in a string"
        case .unknownEscape: "an unknown escape"
        case .badHexEscape: "a bad \\u escape"
        case .halfPair: "half a surrogate pair"
        case .repeatedName: "a name appears twice"
        }
    }
}
