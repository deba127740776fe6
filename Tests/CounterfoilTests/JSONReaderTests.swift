import TestSupport
import Testing

@testable import Counterfoil

@Suite struct JSONReaderTests {
    /// All tokens, strings and numbers as text; or the fault.
    private func tokens(_ text: [UInt8]) throws -> [String] {
        var buffer = text
        var reader = JSONReader(0..<text.count)
        var found: [String] = []
        try buffer.withMutableBytes { (bytes) throws(JSONError) in
            while true {
                let token = try reader.next(&bytes)
                func text(_ range: Range<Int>) -> String {
                    String(decoding: bytes.bytes.extracting(range).array, as: UTF8.self)
                }
                switch token {
                case .end: return
                case .beginObject: found.append("{")
                case .endObject: found.append("}")
                case .beginArray: found.append("[")
                case .endArray: found.append("]")
                case .string(let range): found.append("s:" + text(range))
                case .number(let range): found.append("n:" + text(range))
                case .bool(let value): found.append(value ? "true" : "false")
                case .null: found.append("null")
                }
            }
        }
        return found
    }

    @Test(arguments: [
        ("{}", ["{", "}"]), ("[]", ["[", "]"]), (" \t\r\n[ ] ", ["[", "]"]), ("\"\"", ["s:"]),
        ("null", ["null"]), ("true", ["true"]), ("false", ["false"]), ("0", ["n:0"]),
        ("-0", ["n:-0"]), ("10", ["n:10"]), ("1.50", ["n:1.50"]), ("-1e9", ["n:-1e9"]),
        ("1E+09", ["n:1E+09"]), ("0.0e-0", ["n:0.0e-0"]), ("[1,2]", ["[", "n:1", "n:2", "]"]),
        ("{\"a\":1,\"b\":[{}]}", ["{", "s:a", "n:1", "s:b", "[", "{", "}", "]", "}"]),
        ("{\"a\" : \"b\" , \"\" : null }", ["{", "s:a", "s:b", "s:", "null", "}"]),
        ("[[],[[]]]", ["[", "[", "]", "[", "[", "]", "]", "]"]), ("\"\u{7F}\"", ["s:\u{7F}"]),
    ])
    func takes(_ text: String, _ expected: [String]) throws {
        #expect(try tokens(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[1}", "{]",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\",1}",
        "{1:2}", "{\"a\":1 \"b\":2}", "{null:1}", "[\"a\":1]", "1 2", "{}{}", "[] x", "nul", "nulll",
        "True", "NaN", "Infinity", "-", "+1", "01", "-01", "00", ".5", "1.", "1.e5", "1e", "1e+",
        "0x10", "1_000", "\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"",
        "\"\\u 123\"", "\"\\U0041\"", "\"\t\"", "\"\n\"", "\"\u{1F}\"", "\"\u{0}\"", "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud83d\\n\"", "\"\\ud83dx\"", "\"\\ud83d\\ud83d\"", "\"\\ud83d\\u0041\"", "// x\n1",
        "/**/1", "\u{FEFF}1", "\u{A0}1",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try tokens(Array(text.utf8)) }
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
    }

    @Test(arguments: [
        ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{C}\n\r\t"), ("\\u0041\\u00e9\\u20AC", "A\u{E9}\u{20AC}"),
        ("\\ud83d\\uDDF3", "\u{1F5F3}"), ("\\uD800\\uDC00\\udbff\\udfff", "\u{10000}\u{10FFFF}"),
        ("\\u0000", "\u{0}"), ("\\uFFFF\\uD7FF\\uE000", "\u{FFFF}\u{D7FF}\u{E000}"), ("a\\u0062c", "abc"),
        ("\u{1F5F3}\\u0031", "\u{1F5F3}1"),
    ])
    func unescapes(_ written: String, _ meant: String) throws {
        #expect(try tokens(Array("\"\(written)\"".utf8)) == ["s:" + meant])
        #expect(try JSONValue.parse(Array("\"\(written)\"".utf8)) == .string(meant))
    }

    /// Nothing of a code is copied out of the caller's buffer, nor written
    /// outside the string's own place.
    @Test func unescapesInPlace() throws {
        var buffer = Array("xx\"A\\u0042\\n\"yy".utf8)
        var reader = JSONReader(2..<buffer.count - 2)
        let token = try buffer.withMutableBytes { (bytes) throws(JSONError) in
            try reader.next(&bytes)
        }
        #expect(token == .string(3..<6))
        #expect(buffer[..<6] == Array("xx\"AB\n".utf8)[...])
        #expect(buffer.suffix(3) == Array("\"yy".utf8)[...])
        let end = try buffer.withMutableBytes { (bytes) throws(JSONError) in
            try reader.next(&bytes)
        }
        #expect(end == .end)
    }

    @Test func stopsAtItsRange() {
        var buffer = Array("[1,2]".utf8)
        var reader = JSONReader(0..<4)
        #expect(throws: JSONError(offset: 4, .endsTooSoon)) {
            try buffer.withMutableBytes { (bytes) throws(JSONError) in
                while try reader.next(&bytes) != .end {}
            }
        }
    }

    @Test func nestsSixteenDeep() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        }
        #expect(try tokens(nested(16)).count == 32)
        #expect(throws: JSONError(offset: 16, .tooDeep)) { try tokens(nested(17)) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0x61, 0xE2, 0x82],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try tokens([0x22] + bytes + [0x22]) }
    }

    @Test func saysWhere() {
        #expect(throws: JSONError(offset: 3, .noComma)) {
            try JSONValue.parse(Array("[1 2]".utf8))
        }
    }
}

/// Against the standard library's own check.
@Suite struct UTF8CheckTests {
    private func check(_ bytes: [UInt8]) -> Int? { bytes.withBytes { UTF8Check.firstFault($0) } }

    @Test func agreesWithTheStandardLibrary() {
        var random = SystemRandomNumberGenerator()
        // Lead and continuation bytes of all kinds, often enough to fit together.
        let pieces: [[UInt8]] = [
            [0x41], [0x7F], [0x80], [0xBF], [0xC1], [0xC2], [0xDF], [0xE0], [0xE1], [0xED], [0xEF],
            [0xF0], [0xF3], [0xF4], [0xF5], [0x9F], [0xA0], [0x8F], [0x90], [0xC3, 0xA9],
            [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x97, 0xB3], Array("ASCII ASCII".utf8),
        ]
        var valid = 0
        for round in 0..<20_000 {
            let bytes: [UInt8] =
                round % 4 == 0
                ? (0..<Int.random(in: 0...12, using: &random)).map { _ in .random(in: 0...255, using: &random)
                }
                : (0..<Int.random(in: 0...7, using: &random)).flatMap { _ in
                    pieces.randomElement(using: &random)!
                }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            if isValid { valid += 1 }
            let fault = check(bytes)
            #expect((fault == nil) == isValid, "\(bytes)")
            // And what comes before the first fault is text.
            if let fault {
                #expect(String(validating: bytes[..<fault], as: UTF8.self) != nil, "\(bytes)")
                #expect(String(validating: bytes[...fault], as: UTF8.self) == nil, "\(bytes)")
            }
        }
        #expect(valid > 1000 && valid < 19_000)
    }

    @Test func takesEveryScalar() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            // A sample beyond the first planes' ends.
            guard value < 0x1_2000 || value % 251 == 0 || value > 0x10_FF00 else { continue }
            let bytes = Array(UTF8.encode(scalar)!)
            #expect(check(bytes) == nil)
            if bytes.count > 1 { #expect(check(Array(bytes.dropLast())) == 0) }
        }
    }
}
