import TestSupport
import Testing

@testable import Counterfoil

@Suite struct JSONValueTests {
    static let values: [JSONValue] = [
        .null, .bool(true), .bool(false), .integer(0), .integer(-1), .integer(.max), .integer(.min),
        .string(""), .string("\"\\/\u{0}\u{1F}\n\r\t\u{7F}\u{2028}\u{1F5F3}e\u{301}"), .array([]),
        .object([]), .array([.array([]), .object([]), .integer(1)]),
        .object([("b", .integer(1)), ("a", .array([.object([("", .null)])])), ("A", .bool(true))]),
        .array([.object([("x", .array([.integer(1), .array([.string("y")])]))]), .null]),
    ]

    @Test(arguments: values)
    func isReadAsItWasWritten(_ value: JSONValue) throws {
        #expect(try JSONValue.parse(Array(value.text().utf8)) == value)
        #expect(try JSONValue.parse(Array(value.text(indented: true).utf8)) == value)
        #expect(!value.text().contains("\n"))
    }

    @Test func writesThisWay() {
        let value = JSONValue.object([
            ("a", .integer(1)), ("b", .array([.integer(1), .integer(2)])),
            ("c", .array([.object([("d", .string("\u{1}"))])])), ("e", .object([])),
        ])
        #expect(value.text() == #"{"a": 1, "b": [1, 2], "c": [{"d": "\u0001"}], "e": {}}"#)
        let indented = """
            {
              "a": 1,
              "b": [1, 2],
              "c": [
                {"d": "\\u0001"}
              ],
              "e": {}
            }
            """
        #expect(value.text(indented: true) == indented)
    }

    @Test(
        arguments: [
            (#"{"a": 1, "a": 1}"#, .repeatedName("a")), (#"{"a": {"b": 1, "b": 2}}"#, .repeatedName("b")),
            (#"{"a": 1, "\u0061": 2}"#, .repeatedName("a")), ("1.0", .noInteger), ("1e2", .noInteger),
            ("9223372036854775808", .noInteger), ("-9223372036854775809", .noInteger),
        ] as [(String, JSONError.Reason)])
    func refuses(_ text: String, _ reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
        #expect(error?.reason == reason)
    }

    /// Composed and decomposed names are two names.
    @Test func comparesNamesByteForByte() throws {
        let text = "{\"\u{E9}\": 1, \"e\u{301}\": 2}"
        let value = try JSONValue.parse(Array(text.utf8))
        guard case .object(let members) = value else {
            Issue.record("no object")
            return
        }
        #expect(members.count == 2)
    }

    /// Any reader reads the same, and a terminal meets nothing that steers it.
    @Test(
        arguments: [
            "\u{202E}", "\u{2066}", "\u{9B}", "\u{7F}", "\u{2028}", "\u{200B}", "\u{FEFF}", "\u{E0001}",
            "\u{7}",
            "\n",
        ])
    func visible(_ steers: String) throws {
        let name = "Z\u{FC}rich\(steers)\"\\"
        let value = JSONValue.object([(name, .string(name))])
        let text = value.text(visible: true)
        #expect(text.unicodeScalars.allSatisfy(VisibleText.isPlain), "\(text)")
        #expect(text.contains("Z\u{FC}rich"))
        #expect(try JSONValue.parse(Array(text.utf8)) == value)
        // The control: otherwise it is there as it is, unless JSON itself escapes it.
        #expect(value.text().contains(steers) == (steers.unicodeScalars.first!.value >= 0x20))
    }

    /// Two values that differ in bytes are different values.
    @Test func comparesTextsByteForByte() {
        #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
    }
}
