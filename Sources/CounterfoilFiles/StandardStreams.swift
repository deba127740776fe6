package import Counterfoil
internal import Glibc

/// Standard input, read with `read(2)` into the caller's memory: `readLine`
/// would leave what was typed in buffers of its own.
package struct StandardInput: ByteSource {
    private let file = Descriptor(adopting: dup(0), path: "standard input")

    package init() {}

    package mutating func read(into bytes: inout MutableRawSpan) throws(StreamError) -> Int {
        try file.readSome(into: &bytes)
    }

    /// All of it, for what must be read twice.
    package mutating func readAll() throws(StreamError) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try chunk.withMutableBytes { (chunk) throws(StreamError) in
                try file.readSome(into: &chunk)
            }
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
    }
}

package struct StandardOutput: ByteSink {
    private let file = Descriptor(adopting: dup(1), path: "standard output")

    package init() {}

    package mutating func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        try file.writeAll(bytes)
    }
}

/// Bytes in memory as a source.
package struct MemorySource: ByteSource, Sendable {
    private let bytes: [UInt8]
    private var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package mutating func read(into out: inout MutableRawSpan) throws(StreamError) -> Int {
        let count = min(out.byteCount, bytes.count - offset)
        guard count > 0 else { return 0 }
        bytes.withBytes { bytes in
            out.copy(bytes.extracting(offset..<offset + count))
        }
        offset += count
        return count
    }
}
