/// A strict reader of JSON (RFC 8259) over bytes in place.
///
/// Requests at the desk hold codes. They must not become `String`s, so the
/// reader hands out ranges of the buffer it was given, and unescapes strings in
/// their places. The caller wipes the buffer. The same reader serves
/// `election.json`, whose strings are public.
///
/// It branches on which bytes are quotes, backslashes and control characters:
/// the shape of the text, never the value of a symbol.
package struct JSONReader {
    package enum Token: Equatable {
        case beginObject, endObject, beginArray, endArray
        /// Unescaped, and valid UTF-8.
        case string(Range<Int>)
        /// As written.
        case number(Range<Int>)
        case bool(Bool)
        case null
        case end
    }

    /// Nesting beyond this is refused.
    private static let deepest = 16

    private enum Expecting { case value, firstValueOrEnd, firstKeyOrEnd, key, colon, commaOrEnd, nothing }

    private var place: Int
    private let end: Int
    private var objects: [Bool] = []
    private var expecting = Expecting.value

    /// Reads one value in the given part of the buffer.
    package init(_ range: Range<Int>) {
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next token; object keys come as strings. `.end` once, after the value.
    package mutating func next(_ bytes: inout MutableRawSpan) throws(JSONError) -> Token {
        while true {
            skipBlanks(bytes.bytes)
            guard place < end else {
                guard expecting == .nothing else { throw fault(.endsTooSoon) }
                return .end
            }
            let byte = bytes.bytes.byte(place)
            switch expecting {
            case .nothing: throw fault(.goesOn)
            case .colon:
                guard byte == 0x3A else { throw fault(.noColon) }
                place += 1
                expecting = .value
            case .commaOrEnd:
                if byte == 0x2C {
                    place += 1
                    expecting = objects.last == true ? .key : .value
                } else {
                    return try close(byte)
                }
            case .firstKeyOrEnd, .key:
                if byte == 0x7D && expecting == .firstKeyOrEnd { return try close(byte) }
                guard byte == 0x22 else { throw fault(.noName) }
                let name = try string(&bytes)
                expecting = .colon
                return .string(name)
            case .firstValueOrEnd where byte == 0x5D: return try close(byte)
            case .value, .firstValueOrEnd: return try value(byte, &bytes)
            }
        }
    }

    private mutating func value(_ byte: UInt8, _ bytes: inout MutableRawSpan) throws(JSONError) -> Token {
        switch byte {
        case 0x7B, 0x5B:
            guard objects.count < Self.deepest else { throw fault(.tooDeep) }
            place += 1
            objects.append(byte == 0x7B)
            expecting = byte == 0x7B ? .firstKeyOrEnd : .firstValueOrEnd
            return byte == 0x7B ? .beginObject : .beginArray
        case 0x22:
            let range = try string(&bytes)
            after()
            return .string(range)
        case 0x2D, 0x30...0x39:
            let range = try number(bytes.bytes)
            after()
            return .number(range)
        default:
            for (word, token) in [
                ("true", Token.bool(true)), ("false", .bool(false)), ("null", .null),
            ] where matches(word, bytes.bytes) {
                place += word.utf8.count
                after()
                return token
            }
            throw fault(.noValue)
        }
    }

    private mutating func close(_ byte: UInt8) throws(JSONError) -> Token {
        guard let isObject = objects.last, byte == (isObject ? 0x7D : 0x5D) else {
            throw fault(.noComma)
        }
        place += 1
        objects.removeLast()
        after()
        return isObject ? .endObject : .endArray
    }

    private mutating func after() { expecting = objects.isEmpty ? .nothing : .commaOrEnd }

    private mutating func skipBlanks(_ bytes: borrowing RawSpan) {
        while place < end {
            switch bytes.byte(place) {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            default: return
            }
        }
    }

    private func matches(_ word: String, _ bytes: borrowing RawSpan) -> Bool {
        guard end - place >= word.utf8.count else { return false }
        return word.utf8.enumerated().allSatisfy { i, byte in bytes.byte(place + i) == byte }
    }

    private func fault(_ reason: JSONError.Reason) -> JSONError { JSONError(offset: place, reason) }

    /// Unescapes towards the front of the string's own place: what is written
    /// never overtakes what is read.
    private mutating func string(_ bytes: inout MutableRawSpan) throws(JSONError) -> Range<Int> {
        place += 1
        let start = place
        var out = place
        while place < end {
            let byte = bytes.bytes.byte(place)
            switch byte {
            case 0x22:
                place += 1
                guard UTF8Check.firstFault(bytes.bytes.extracting(start..<out)) == nil else {
                    throw fault(.notUTF8)
                }
                return start..<out
            case 0x5C:
                try escape(&bytes, &out)
            case 0..<0x20:
                throw fault(.controlCharacter)
            default:
                bytes.put(byte, at: out)
                out += 1
                place += 1
            }
        }
        throw fault(.unendedString)
    }

    private mutating func escape(_ bytes: inout MutableRawSpan, _ out: inout Int) throws(JSONError) {
        guard place + 1 < end else { throw fault(.unendedString) }
        let plain: UInt8
        switch bytes.bytes.byte(place + 1) {
        case 0x22: plain = 0x22
        case 0x5C: plain = 0x5C
        case 0x2F: plain = 0x2F
        case 0x62: plain = 0x08
        case 0x66: plain = 0x0C
        case 0x6E: plain = 0x0A
        case 0x72: plain = 0x0D
        case 0x74: plain = 0x09
        case 0x75:
            var scalar = try hex4(bytes.bytes, at: place + 2)
            place += 6
            if (0xD800...0xDBFF).contains(scalar) {
                guard place + 1 < end, bytes.bytes.byte(place) == 0x5C,
                    bytes.bytes.byte(place + 1) == 0x75
                else { throw fault(.halfPair) }
                let low = try hex4(bytes.bytes, at: place + 2)
                guard (0xDC00...0xDFFF).contains(low) else { throw fault(.halfPair) }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                place += 6
            }
            guard let scalar = Unicode.Scalar(scalar) else { throw fault(.halfPair) }
            for unit in UTF8.encode(scalar)! {
                bytes.put(unit, at: out)
                out += 1
            }
            return
        default: throw fault(.unknownEscape)
        }
        bytes.put(plain, at: out)
        out += 1
        place += 2
    }

    private func hex4(_ bytes: borrowing RawSpan, at offset: Int) throws(JSONError) -> UInt32 {
        guard offset + 4 <= end else { throw fault(.unendedString) }
        var value: UInt32 = 0
        for i in offset..<offset + 4 {
            let digit: UInt8
            switch bytes.byte(i) {
            case let c where c >= 0x30 && c <= 0x39: digit = c - 0x30
            case let c where c >= 0x41 && c <= 0x46: digit = c - 0x41 + 10
            case let c where c >= 0x61 && c <= 0x66: digit = c - 0x61 + 10
            default: throw fault(.badHexEscape)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func number(_ bytes: borrowing RawSpan) throws(JSONError) -> Range<Int> {
        let start = place
        func digits(_ from: Int) -> Int {
            var i = from
            while i < end, (0x30...0x39).contains(bytes.byte(i)) { i += 1 }
            return i
        }
        if bytes.byte(place) == 0x2D { place += 1 }
        let whole = digits(place)
        guard whole > place, whole == place + 1 || bytes.byte(place) != 0x30 else {
            throw fault(.badNumber)
        }
        place = whole
        if place < end, bytes.byte(place) == 0x2E {
            let fraction = digits(place + 1)
            guard fraction > place + 1 else { throw fault(.badNumber) }
            place = fraction
        }
        if place < end, bytes.byte(place) | 0x20 == 0x65 {
            var i = place + 1
            if i < end, bytes.byte(i) == 0x2B || bytes.byte(i) == 0x2D { i += 1 }
            let exponent = digits(i)
            guard exponent > i else { throw fault(.badNumber) }
            place = exponent
        }
        return start..<place
    }
}

/// Whether bytes are UTF-8 as RFC 3629 has it: no overlong forms, no
/// surrogates, nothing above U+10FFFF.
package enum UTF8Check {
    /// The offset of the first byte that is not, or nil.
    package static func firstFault(_ bytes: borrowing RawSpan) -> Int? {
        var i = 0
        let count = bytes.byteCount
        while i < count {
            // Eight ASCII bytes at a time: what most rolls are made of.
            while count - i >= 8, bytes.u64(i) & 0x8080_8080_8080_8080 == 0 { i += 8 }
            guard i < count else { return nil }
            let length = sequenceLength(bytes, at: i)
            guard length > 0 else { return i }
            i += length
        }
        return nil
    }

    /// The length of the well-formed sequence at `i`, or zero.
    package static func sequenceLength(_ bytes: borrowing RawSpan, at i: Int) -> Int {
        let first = bytes.byte(i)
        func continues(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            i + offset < bytes.byteCount && range.contains(bytes.byte(i + offset))
        }
        switch first {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return continues(1) ? 2 : 0
        case 0xE0: return continues(1, 0xA0...0xBF) && continues(2) ? 3 : 0
        case 0xED: return continues(1, 0x80...0x9F) && continues(2) ? 3 : 0
        case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : 0
        case 0xF0: return continues(1, 0x90...0xBF) && continues(2) && continues(3) ? 4 : 0
        case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
        case 0xF4: return continues(1, 0x80...0x8F) && continues(2) && continues(3) ? 4 : 0
        default: return 0
        }
    }
}
