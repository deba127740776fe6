/// A fixed number of bytes, held in place: digests, public keys, ids.
///
/// For values that may be seen. Tags that must be compared in constant time
/// wrap this in a type of their own, without `==`.
public struct Bytes<let count: Int>: Sendable, BitwiseCopyable {
    @usableFromInline var storage: InlineArray<count, UInt8>

    /// All zero.
    @inlinable
    public init() { storage = InlineArray(repeating: 0) }

    /// Copied from a span of exactly `count` bytes.
    @inlinable @inline(__always)
    package init(copying bytes: borrowing RawSpan) {
        self.init()
        precondition(bytes.byteCount == count)
        withMutableBytes { out in out.copy(bytes) }
    }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    @inlinable @inline(__always)
    public func withBytes<R: ~Copyable, E: Error>(
        _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(storage.span.bytes)
    }

    @inlinable @inline(__always)
    public mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        var span = storage.mutableSpan
        var bytes = unsafe span.mutableBytes
        return try body(&bytes)
    }

    @inlinable @inline(__always)
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe body($0) } }
    }

    @inlinable @inline(__always)
    package mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
        withMutableBytes { bytes in unsafe bytes.withUnsafeMutableBytes { unsafe body($0) } }
    }
}

extension Bytes: Hashable {
    public static func == (a: Self, b: Self) -> Bool {
        var difference: UInt8 = 0
        for i in 0..<count { difference |= a[i] ^ b[i] }
        return difference == 0
    }

    public func hash(into hasher: inout Hasher) {
        for i in 0..<count { hasher.combine(self[i]) }
    }
}

extension Bytes {
    /// From an array of exactly `count` bytes.
    public init?(_ array: [UInt8]) {
        guard array.count == count else { return nil }
        self = array.withBytes { Bytes(copying: $0) }
    }

    public var array: [UInt8] { withBytes { $0.array } }

    /// Lower-case hex, two digits a byte.
    public var hex: String { Hex.encode(array) }

    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }
}
