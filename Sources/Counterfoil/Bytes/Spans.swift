/// Small tools for bytes in place: what RFCs call "the octets".

extension MutableRawSpan {
    /// Copies all of `bytes` to the place `offset`.
    @inlinable @inline(__always)
    package mutating func copy(_ bytes: borrowing RawSpan, at offset: Int = 0) {
        let room = byteCount
        let count = bytes.byteCount
        precondition(offset >= 0 && count <= room && offset <= room - count)
        guard count > 0 else { return }
        unsafe withUnsafeMutableBytes { out in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe (out.baseAddress! + offset).copyMemory(
                    from: bytes.baseAddress!, byteCount: count)
            }
        }
    }

    @inlinable @inline(__always)
    package mutating func put(_ value: UInt8, at offset: Int) {
        storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
    }

    @inlinable @inline(__always)
    package mutating func put(_ value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    @inlinable @inline(__always)
    package mutating func put(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    @inlinable @inline(__always)
    package mutating func put(_ value: UInt64, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
    }
}

extension RawSpan {
    @inlinable @inline(__always)
    package func byte(_ offset: Int) -> UInt8 {
        unsafe unsafeLoadUnaligned(fromByteOffset: checked(offset, 1), as: UInt8.self)
    }

    @inlinable @inline(__always)
    package func u32(_ offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: checked(offset, 4), as: UInt32.self))
    }

    /// In the machine's own order of bytes.
    @inlinable @inline(__always)
    package func unaligned(_ offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromByteOffset: checked(offset, 4), as: UInt32.self)
    }

    @inlinable @inline(__always)
    package func u64(_ offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: checked(offset, 8), as: UInt64.self))
    }

    @inlinable @inline(__always)
    package func bytes<let size: Int>(_ offset: Int, as: Bytes<size>.Type = Bytes<size>.self) -> Bytes<size> {
        Bytes(copying: extracting(offset..<(offset + size)))
    }

    /// Whether these bytes are those of the text, in UTF-8: for what is public, since it
    /// ends at the first that differs.
    @inlinable
    package func says(_ text: String) -> Bool {
        let wanted = text.utf8Span.span
        guard byteCount == wanted.count else { return false }
        for i in 0..<byteCount where byte(i) != wanted[i] { return false }
        return true
    }

    @inlinable
    package var array: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            unsafe withUnsafeBytes { bytes in
                _ = unsafe UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
            }
            count = byteCount
        }
    }

    @inlinable @inline(__always)
    package func checked(_ offset: Int, _ count: Int) -> Int {
        precondition(offset >= 0 && offset <= byteCount - count)
        return offset
    }
}

extension Array where Element == UInt8 {
    /// Lends the bytes for the time of the call, as `SecretBytes` and `Bytes` do.
    @inlinable @inline(__always)
    package func withBytes<R: ~Copyable, E: Error>(
        _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(span.bytes)
    }

    @inlinable @inline(__always)
    package mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        var span = mutableSpan
        var bytes = unsafe span.mutableBytes
        return try body(&bytes)
    }

    @inlinable
    package mutating func append(_ bytes: borrowing RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    @inlinable
    package mutating func append(_ bytes: Span<UInt8>) { unsafe append(bytes.bytes) }

    /// In UTF-8.
    @inlinable
    package mutating func append(_ text: String) { append(text.utf8Span.span) }

    @inlinable
    package mutating func append<let size: Int>(_ bytes: Bytes<size>) {
        bytes.withBytes { append($0) }
    }

    @inlinable
    package mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }

    /// LP(x): the length as u32, then the bytes.
    @inlinable
    package mutating func appendWithLength(_ bytes: some Collection<UInt8>) {
        appendBigEndian(UInt32(bytes.count))
        append(contentsOf: bytes)
    }

    /// The bytes, then zeros up to `width`.
    @inlinable
    package mutating func appendPadded(_ bytes: some Collection<UInt8>, to width: Int) {
        precondition(bytes.count <= width)
        append(contentsOf: bytes)
        append(contentsOf: repeatElement(0, count: width - bytes.count))
    }
}

extension String {
    /// Whether two texts are the same bytes. Swift's `==` also calls texts equal
    /// that only look alike, composed and decomposed; a name is its bytes.
    package func isByteForByte(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// Lower-case hex, for what is public.
package enum Hex {
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Nil unless an even number of lower-case digits.
    package static func decode(_ text: String) -> [UInt8]? {
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x61...0x66: digit - 0x61 + 10
            default: nil
            }
        }
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for i in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[i]), let low = value(digits[i + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

/// RFC 4648: base64 with padding (section 4) and base64url without (section 5).
/// For receipts, signatures and idempotency keys; none of them opens anything.
package enum Base64 {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let forURLs = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: borrowing RawSpan, url: Bool = false) -> String {
        let count = bytes.byteCount
        let length = url ? (4 * count + 2) / 3 : (count + 2) / 3 * 4
        var text = [UInt8](repeating: 0x3D, count: length)
        let alphabet = url ? forURLs : standard
        text.withMutableBytes { text in
            func letter(_ word: UInt32, _ shift: UInt32) -> UInt8 { alphabet[Int(word >> shift & 63)] }
            var i = 0
            var out = 0
            while count - i >= 3 {
                let word =
                    UInt32(bytes.byte(i)) << 16 | UInt32(bytes.byte(i + 1)) << 8 | UInt32(bytes.byte(i + 2))
                let first = UInt32(letter(word, 18)) << 24 | UInt32(letter(word, 12)) << 16
                text.put(first | UInt32(letter(word, 6)) << 8 | UInt32(letter(word, 0)), at: out)
                i += 3
                out += 4
            }
            guard i < count else { return }
            var word = UInt32(bytes.byte(i)) << 16
            if count - i == 2 { word |= UInt32(bytes.byte(i + 1)) << 8 }
            text.put(letter(word, 18), at: out)
            text.put(letter(word, 12), at: out + 1)
            if count - i == 2 { text.put(letter(word, 6), at: out + 2) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Base64 with its padding, or nil: what `encode` cannot have written.
    package static func decode(_ text: borrowing RawSpan) -> [UInt8]? {
        var length = text.byteCount
        guard length % 4 == 0 else { return nil }
        for _ in 0..<2 where length > 0 && text.byte(length - 1) == 0x3D { length -= 1 }
        var bytes = text.extracting(0..<length).array
        guard let count = bytes.withMutableBytes({ decode(&$0, special: (0x2B, 0x2F)) }) else { return nil }
        return Array(bytes[..<count])
    }

    /// base64url without padding, or nil: a foreign character, a length that
    /// cannot be, or bits set after the last byte.
    package static func decodeURL(_ text: borrowing RawSpan) -> [UInt8]? {
        var bytes = text.array
        guard let count = bytes.withMutableBytes({ decodeURL(&$0) }) else { return nil }
        return Array(bytes[..<count])
    }

    /// The same in place, for what is to leave no copy: the bytes are at the front,
    /// and how many is returned.
    package static func decodeURL(_ text: inout MutableRawSpan) -> Int? {
        decode(&text, special: (0x2D, 0x5F))
    }

    private static func decode(_ text: inout MutableRawSpan, special: (UInt8, UInt8)) -> Int? {
        guard text.byteCount % 4 != 1 else { return nil }
        var count = 0
        var word: UInt32 = 0
        var bits = 0
        for i in 0..<text.byteCount {
            let value: UInt8
            switch text.bytes.byte(i) {
            case let c where c >= 0x41 && c <= 0x5A: value = c - 0x41
            case let c where c >= 0x61 && c <= 0x7A: value = c - 0x61 + 26
            case let c where c >= 0x30 && c <= 0x39: value = c - 0x30 + 52
            case special.0: value = 62
            case special.1: value = 63
            default: return nil
            }
            word = (word << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                // Never ahead of what is read: four characters make three bytes.
                text.put(UInt8(truncatingIfNeeded: word >> UInt32(bits)), at: count)
                count += 1
            }
        }
        return word & ((1 << UInt32(bits)) - 1) == 0 ? count : nil
    }
}
