/// A JSON value as a tree, for what is package and small: elections, manifests,
/// reports. Requests with codes in them go through `JSONReader` alone.
package enum JSONValue: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case null
    case array([JSONValue])
    /// In the order written.
    case object([(String, JSONValue)])

    package static func == (a: JSONValue, b: JSONValue) -> Bool { a.text().isByteForByte(b.text()) }
}

extension JSONValue {
    /// Reads one value; repeated names and numbers that are no integers are refused.
    package static func parse(_ text: [UInt8]) throws(JSONError) -> JSONValue {
        var buffer = text
        var reader = JSONReader(0..<text.count)
        return try buffer.withMutableBytes { (bytes) throws(JSONError) in
            let value = try parse(&reader, reader.next(&bytes), &bytes)
            _ = try reader.next(&bytes)
            return value
        }
    }

    private static func parse(
        _ reader: inout JSONReader, _ token: JSONReader.Token, _ bytes: inout MutableRawSpan
    ) throws(JSONError) -> JSONValue {
        switch token {
        case .string(let range): return .string(text(range, bytes.bytes))
        case .number(let range):
            let text = text(range, bytes.bytes)
            guard let integer = Int(text), text != "-0" else {
                throw JSONError(offset: range.lowerBound, .noInteger)
            }
            return .integer(integer)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .beginArray:
            var values: [JSONValue] = []
            while true {
                let token = try reader.next(&bytes)
                if token == .endArray { return .array(values) }
                values.append(try parse(&reader, token, &bytes))
            }
        case .beginObject:
            var members: [(String, JSONValue)] = []
            while true {
                guard case .string(let range) = try reader.next(&bytes) else { return .object(members) }
                let name = text(range, bytes.bytes)
                guard !members.contains(where: { $0.0.isByteForByte(name) }) else {
                    throw JSONError(offset: range.lowerBound, .repeatedName(name))
                }
                members.append((name, try parse(&reader, reader.next(&bytes), &bytes)))
            }
        case .endObject, .endArray, .end:
            throw JSONError(offset: 0, .endsTooSoon)
        }
    }

    private static func text(_ range: Range<Int>, _ bytes: borrowing RawSpan) -> String {
        String(decoding: bytes.extracting(range).array, as: UTF8.self)
    }

    /// On one line, or with two blanks of indentation a level. Short objects
    /// without objects in them stay on one line even then.
    package func text(indented: Bool = false) -> String {
        var out = ""
        write(to: &out, indent: indented ? 0 : nil)
        return out
    }

    private func write(to out: inout String, indent: Int?) {
        switch self {
        case .string(let text): Self.quote(text, to: &out)
        case .integer(let value): out += String(value)
        case .bool(let value): out += value ? "true" : "false"
        case .null: out += "null"
        case .array(let values):
            list(values.map { (nil, $0) }, "[", "]", to: &out, indent: indent)
        case .object(let members):
            list(members.map { ($0.0, $0.1) }, "{", "}", to: &out, indent: indent)
        }
    }

    private func list(
        _ members: [(String?, JSONValue)], _ open: String, _ close: String, to out: inout String,
        indent: Int?
    ) {
        let nested = members.contains { member in
            switch member.1 {
            case .array(let values): !values.isEmpty
            case .object(let members): !members.isEmpty
            default: false
            }
        }
        let inner = nested || indent == 0 ? indent.map { $0 + 2 } : nil
        out += open
        for (i, (name, value)) in members.enumerated() {
            if i > 0 { out += inner == nil ? ", " : "," }
            if let inner { out += "\n" + String(repeating: " ", count: inner) }
            if let name {
                Self.quote(name, to: &out)
                out += ": "
            }
            value.write(to: &out, indent: inner)
        }
        if let indent, inner != nil, !members.isEmpty { out += "\n" + String(repeating: " ", count: indent) }
        out += close
    }

    private static func quote(_ text: String, to out: inout String) {
        out += "\""
        defer { out += "\"" }
        // As it is, where nothing in it means anything to JSON: a receipt, say.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            out += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case let s where s.value < 0x20:
                let hex = String(s.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
    }
}
