/// JSON as RFC 8259 has it, into a tree, by recursive descent over an array:
/// what `JSONReader` does in place.
indirect enum PlainJSON: Equatable {
    case string([UInt8])
    case number([UInt8])
    case bool(Bool)
    case null
    case array([PlainJSON])
    /// In the order written, repeated names and all.
    case object([Member])

    struct Member: Equatable {
        let name: [UInt8]
        let value: PlainJSON
    }

    /// Nil where the text is no JSON, or nested deeper than sixteen.
    init?(_ text: [UInt8]) {
        var parser = Parser(text: text)
        guard let value = parser.value(depth: 0) else { return nil }
        parser.blanks()
        guard parser.place == text.count else { return nil }
        self = value
    }

    private struct Parser {
        let text: [UInt8]
        var place = 0

        var byte: UInt8? { place < text.count ? text[place] : nil }

        mutating func blanks() {
            while let byte, " \t\r\n".utf8.contains(byte) { place += 1 }
        }

        mutating func take(_ word: String) -> Bool {
            guard text[place...].starts(with: word.utf8) else { return false }
            place += word.utf8.count
            return true
        }

        mutating func value(depth: Int) -> PlainJSON? {
            blanks()
            switch byte {
            case UInt8(ascii: "{"):
                guard depth < 16 else { return nil }
                return object(depth: depth + 1)
            case UInt8(ascii: "["):
                guard depth < 16 else { return nil }
                return array(depth: depth + 1)
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
            case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
            case UInt8(ascii: "n"): return take("null") ? .null : nil
            default: return number().map { .number($0) }
            }
        }

        mutating func array(depth: Int) -> PlainJSON? {
            place += 1
            var values: [PlainJSON] = []
            blanks()
            if take("]") { return .array([]) }
            while true {
                guard let value = value(depth: depth) else { return nil }
                values.append(value)
                blanks()
                if take("]") { return .array(values) }
                guard take(",") else { return nil }
            }
        }

        mutating func object(depth: Int) -> PlainJSON? {
            place += 1
            var members: [Member] = []
            blanks()
            if take("}") { return .object([]) }
            while true {
                blanks()
                guard byte == UInt8(ascii: "\""), let name = string() else { return nil }
                blanks()
                guard take(":"), let value = value(depth: depth) else { return nil }
                members.append(Member(name: name, value: value))
                blanks()
                if take("}") { return .object(members) }
                guard take(",") else { return nil }
            }
        }

        mutating func number() -> [UInt8]? {
            let start = place
            _ = take("-")
            guard let whole = digits(), whole.count == 1 || whole.first != 0x30 else { return nil }
            if take("."), digits() == nil { return nil }
            if take("e") || take("E") {
                if !take("+") { _ = take("-") }
                if digits() == nil { return nil }
            }
            return Array(text[start..<place])
        }

        mutating func digits() -> [UInt8]? {
            let digits = text[place...].prefix { (0x30...0x39).contains($0) }
            place += digits.count
            return digits.isEmpty ? nil : Array(digits)
        }

        mutating func string() -> [UInt8]? {
            place += 1
            var value: [UInt8] = []
            while let byte {
                place += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: value, as: UTF8.self) == nil ? nil : value
                case 0..<0x20 where !planted: return nil
                case UInt8(ascii: "\\"):
                    guard let scalar = escape() else { return nil }
                    value += Array(String(scalar).utf8)
                default: value.append(byte)
                }
            }
            return nil
        }

        mutating func escape() -> Unicode.Scalar? {
            guard let byte else { return nil }
            place += 1
            let plain: [UInt8: Unicode.Scalar] = [
                0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r",
                0x74: "\t",
            ]
            if let scalar = plain[byte] { return scalar }
            guard byte == UInt8(ascii: "u"), let high = unit() else { return nil }
            guard high & 0xFC00 == 0xD800 else { return Unicode.Scalar(UInt32(high)) }
            guard take("\\u"), let low = unit(), low & 0xFC00 == 0xDC00 else { return nil }
            return Unicode.Scalar(0x10000 + UInt32(high & 0x3FF) << 10 + UInt32(low & 0x3FF))
        }

        mutating func unit() -> UInt16? {
            let digits = text[place...].prefix(4)
            guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                return nil
            }
            place += 4
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        }
    }
}
