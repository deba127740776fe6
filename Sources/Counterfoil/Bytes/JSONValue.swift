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
    ///
    /// - Parameter visible: escape whatever `VisibleText` does not show as it is.
    ///   Any reader of JSON reads the same; a terminal is not steered.
    package func text(indented: Bool = false, visible: Bool = false) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(256)
        write(to: &out, indent: indented ? 0 : nil, visible)
        return String(decoding: out, as: UTF8.self)
    }

    private func write(to out: inout [UInt8], indent: Int?, _ visible: Bool) {
        switch self {
        case .string(let text): Self.quote(text, to: &out, visible)
        case .integer(let value): out.append(String(value))
        case .bool(let value): out.append(value ? "true" : "false")
        case .null: out.append("null")
        case .array(let values):
            let list = List(indent: indent, isNested: values.contains { $0.hasMembers })
            out.append(0x5B)
            for (i, value) in values.enumerated() {
                list.begin(i, &out)
                value.write(to: &out, indent: list.inner, visible)
            }
            list.end(values.count, &out)
            out.append(0x5D)
        case .object(let members):
            let list = List(indent: indent, isNested: members.contains { $0.1.hasMembers })
            out.append(0x7B)
            for (i, member) in members.enumerated() {
                list.begin(i, &out)
                Self.quote(member.0, to: &out, visible)
                out.append(0x3A)
                out.append(0x20)
                member.1.write(to: &out, indent: list.inner, visible)
            }
            list.end(members.count, &out)
            out.append(0x7D)
        }
    }

    private var hasMembers: Bool {
        switch self {
        case .array(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        default: false
        }
    }

    /// How the members of an array or an object are set apart.
    private struct List {
        let indent: Int?
        /// Where its members begin, if each has a line of its own.
        let inner: Int?

        init(indent: Int?, isNested: Bool) {
            self.indent = indent
            inner = isNested || indent == 0 ? indent.map { $0 + 2 } : nil
        }

        func begin(_ i: Int, _ out: inout [UInt8]) {
            if i > 0 { out.append(0x2C) }
            if let inner {
                line(inner, &out)
            } else if i > 0 {
                out.append(0x20)
            }
        }

        func end(_ count: Int, _ out: inout [UInt8]) {
            if let indent, inner != nil, count > 0 { line(indent, &out) }
        }

        private func line(_ blanks: Int, _ out: inout [UInt8]) {
            out.append(0x0A)
            out.append(contentsOf: repeatElement(0x20, count: blanks))
        }
    }

    private static func quote(_ text: String, to out: inout [UInt8], _ visible: Bool) {
        out.append(0x22)
        if visible && text.utf8.contains(where: { $0 >= 0x7F }) {
            for scalar in text.unicodeScalars {
                if scalar.value < 0x20 || VisibleText.isPlain(scalar) {
                    escape(String(scalar).utf8Span.span, to: &out)
                } else {
                    for unit in String(scalar).utf16 { escape(unit, to: &out) }
                }
            }
        } else {
            escape(text.utf8Span.span, to: &out)
        }
        out.append(0x22)
    }

    private static func escape(_ bytes: Span<UInt8>, to out: inout [UInt8]) {
        // What needs no escape goes in one piece.
        var done = 0
        for i in bytes.indices {
            let byte = bytes[i]
            if byte >= 0x20 && byte != 0x22 && byte != 0x5C { continue }
            out.append(bytes.extracting(done..<i))
            done = i + 1
            switch byte {
            case 0x22, 0x5C: out += [0x5C, byte]
            case 0x0A: out += [0x5C, 0x6E]
            case 0x0D: out += [0x5C, 0x72]
            case 0x09: out += [0x5C, 0x74]
            default: escape(UInt16(byte), to: &out)
            }
        }
        out.append(bytes.extracting(done..<bytes.count))
    }

    private static func escape(_ unit: UInt16, to out: inout [UInt8]) {
        let hex = Array("0123456789abcdef".utf8)
        out += [0x5C, 0x75]
        for shift in [12, 8, 4, 0] { out.append(hex[Int(unit >> shift & 15)]) }
    }
}
