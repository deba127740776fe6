/// Bytes that must not be copied or printed, and are wiped after use.
///
/// They live in libsodium's guarded memory: between guard pages, locked against
/// swapping where the system allows it, left out of core dumps, and wiped when
/// the value goes. The value cannot be copied; it has no description, no
/// equality and no coding, so that it cannot end in a log line by accident.
///
/// Making one costs about 30 µs: right for a key, or for the scratch of a
/// worker that is used for one code after another, never for each code.
@safe public struct SecretBytes: ~Copyable, @unchecked Sendable {
    @usableFromInline let memory: UnsafeMutableRawPointer
    /// The number of bytes.
    public let count: Int

    /// Filled by the closure, which finds zero bytes, and read-only from then on.
    ///
    /// Sendable is unchecked because of the pointer: after this initialiser
    /// nothing can write through it.
    public init<E: Error>(
        count: Int, _ fill: (inout MutableRawSpan) throws(E) -> Void
    ) throws(E) {
        let memory = unsafe Sodium.allocate(count)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        var span = unsafe MutableRawSpan(_unsafeStart: memory, byteCount: count)
        do {
            try fill(&span)
        } catch {
            unsafe Sodium.free(memory)
            throw error
        }
        unsafe Sodium.protect(readOnly: memory)
        unsafe self.memory = memory
        self.count = count
    }

    /// Copied from bytes of the caller. The caller wipes those.
    public init(copying bytes: borrowing RawSpan) {
        self.init(count: bytes.byteCount) { out in out.copy(bytes) }
    }

    /// Drawn from the system's randomness.
    public static func random(count: Int) -> SecretBytes {
        SecretBytes(count: count) { out in Sodium.random(into: &out) }
    }

    /// Lends the bytes for the time of the call.
    @inlinable @inline(__always)
    public func withBytes<R: ~Copyable, E: Error>(
        _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        let span = unsafe RawSpan(_unsafeStart: memory, byteCount: count)
        return try body(span)
    }

    /// A copy of some of the bytes as a secret of its own.
    package func slice(_ range: Range<Int>) -> SecretBytes {
        withBytes { bytes in SecretBytes(copying: bytes.extracting(range)) }
    }

    deinit { unsafe Sodium.free(memory) }
}

/// Guarded memory that is written again and again: the scratch of one worker.
///
/// Not Sendable: one worker, one scratch.
@safe public struct SecretScratch: ~Copyable {
    @usableFromInline let memory: UnsafeMutableRawPointer
    public let count: Int

    public init(count: Int) {
        unsafe self.memory = Sodium.allocate(count)
        self.count = count
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    @inlinable @inline(__always)
    public func withBytes<R: ~Copyable, E: Error>(
        _ body: (borrowing RawSpan) throws(E) -> R
    ) throws(E) -> R {
        let span = unsafe RawSpan(_unsafeStart: memory, byteCount: count)
        return try body(span)
    }

    @inlinable @inline(__always)
    public mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        var span = unsafe MutableRawSpan(_unsafeStart: memory, byteCount: count)
        return try body(&span)
    }

    /// Lends a part of the bytes.
    @inlinable @inline(__always)
    package mutating func withMutableBytes<R: ~Copyable, E: Error>(
        in range: Range<Int>, _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        var span = unsafe MutableRawSpan(
            _unsafeStart: memory + range.lowerBound, byteCount: range.count)
        return try body(&span)
    }

    public mutating func wipe() {
        withMutableBytes { bytes in Sodium.wipe(&bytes) }
    }

    deinit { unsafe Sodium.free(memory) }
}
