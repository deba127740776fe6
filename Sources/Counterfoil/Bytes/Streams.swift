/// Where bytes go: a file, a pipe, memory. The libraries do no I/O themselves.
public protocol ByteSink {
    /// Takes all of the bytes, or throws.
    mutating func write(_ bytes: borrowing RawSpan) throws(StreamError)
}

/// Where bytes come from.
public protocol ByteSource {
    /// Reads up to `into.byteCount` bytes to the front of it and returns how
    /// many; zero at the end.
    mutating func read(into: inout MutableRawSpan) throws(StreamError) -> Int
}

/// Bytes that can be read twice, from any place: a register is hashed first
/// and believed afterwards.
public protocol RandomAccessBytes {
    /// The size in bytes when it was opened.
    var byteCount: Int { get }
    /// Fills `into` from `offset` on, or throws: fewer bytes are an error.
    func read(at offset: Int, into: inout MutableRawSpan) throws(StreamError)
}

/// A folder in which a file appears whole or not at all.
public protocol Folder {
    associatedtype File: NewFile

    /// Begins a file under a name that nobody takes for a finished one.
    func create(_ name: String) throws(StreamError) -> File
    /// A whole file, or nil where there is none.
    func read(_ name: String) throws(StreamError) -> [UInt8]?
    /// The names of all finished files.
    func names() throws(StreamError) -> [String]
    /// Overwrites a part of a file in place, durably: for what must not remain
    /// in an older copy. What a killed run left of a new file of that name is
    /// overwritten too, and removed.
    func overwrite(_ name: String, at offset: Int, with bytes: [UInt8]) throws(StreamError)
    /// Removes a file, durably.
    func remove(_ name: String) throws(StreamError)
}

/// A file that is being written. If it is never published, nothing is left of it.
public protocol NewFile: AnyObject, ByteSink {
    /// Makes it durable and gives it its name. A file of that name is replaced
    /// in one step.
    ///
    /// - Parameter wiped: bytes that are then overwritten in the file that was
    ///   replaced: for what must not remain in an older copy.
    func publish(wiping wiped: Range<Int>) throws(StreamError)
}

extension NewFile {
    /// Makes it durable and gives it its name.
    public func publish() throws(StreamError) { try publish(wiping: 0..<0) }
}
