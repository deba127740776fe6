public import Counterfoil

/// A file in memory.
public struct MemoryBytes: RandomAccessBytes, Sendable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var byteCount: Int { bytes.count }

    public func read(at offset: Int, into: inout MutableRawSpan) throws(StreamError) {
        let count = into.byteCount
        guard offset >= 0, offset + count <= bytes.count else {
            throw StreamError(.read, "memory", .shortened)
        }
        bytes.withBytes { into.copy($0.extracting(offset..<offset + count)) }
    }
}
