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
    /// A bit for each level that is open, the innermost lowest: 1 for an object.
    private var objects: UInt32 = 0
    private var depth = 0
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
                    expecting = objects & 1 == 1 ? .key : .value
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
            guard depth < Self.deepest else { throw fault(.tooDeep) }
            place += 1
            depth += 1
            objects = objects << 1 | (byte == 0x7B ? 1 : 0)
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
        case 0x74: return try word("true", .bool(true), bytes.bytes)
        case 0x66: return try word("false", .bool(false), bytes.bytes)
        case 0x6E: return try word("null", .null, bytes.bytes)
        default: throw fault(.noValue)
        }
    }

    private mutating func word(
        _ word: String, _ token: Token, _ bytes: borrowing RawSpan
    ) throws(JSONError) -> Token {
        let count = word.utf8.count
        guard end - place >= count, bytes.extracting(place..<place + count).says(word) else {
            throw fault(.noValue)
        }
        place += count
        after()
        return token
    }

    private mutating func close(_ byte: UInt8) throws(JSONError) -> Token {
        let isObject = objects & 1 == 1
        guard depth > 0, byte == (isObject ? 0x7D : 0x5D) else { throw fault(.noComma) }
        place += 1
        depth -= 1
        objects >>= 1
        after()
        return isObject ? .endObject : .endArray
    }

    private mutating func after() { expecting = depth == 0 ? .nothing : .commaOrEnd }

    private mutating func skipBlanks(_ bytes: borrowing RawSpan) {
        while place < end {
            switch bytes.byte(place) {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            default: return
            }
        }
    }

    private func fault(_ reason: JSONError.Reason) -> JSONError { JSONError(offset: place, reason) }

    /// Unescapes towards the front of the string's own place: what is written
    /// never overtakes what is read.
    private mutating func string(_ bytes: inout MutableRawSpan) throws(JSONError) -> Range<Int> {
        place += 1
        let start = place
        // Most strings are as they are, and nothing is written.
        place = Self.endOfPlain(bytes.bytes, place..<end)
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

    /// Where the first quote, backslash or control character is, or the end.
    private static func endOfPlain(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // In each byte the highest bit says whether the byte was below 0x20, or zero
        // after what is looked for was taken off by XOR. A byte after the first that is
        // found may be told wrongly; only whether there is one is asked.
        func zero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        var i = range.lowerBound
        while range.upperBound - i >= 8 {
            let word = bytes.u64(i)
            let found = zero(word ^ ones &* 0x22) | zero(word ^ ones &* 0x5C) | (word &- ones &* 0x20) & ~word
            if found & (ones &* 0x80) != 0 { break }
            i += 8
        }
        while i < range.upperBound {
            let byte = bytes.byte(i)
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            i += 1
        }
        return i
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
            while i < count, bytes.byte(i) < 0x80 { i += 1 }
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
