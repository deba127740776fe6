internal import Counterfoil
internal import CounterfoilFiles

extension FileSource {
    /// A list that an officer names.
    static func opened(_ path: String) throws(Stop) -> FileSource {
        try attempt { () throws(StreamError) in try FileSource(path) }
    }
}

/// A roll that can be read twice: a file, or standard input kept in memory, so
/// that no copy of it touches the disk.
enum RollSource: Sendable {
    case file(FileSource)
    case memory(MemorySource)

    init(_ path: String) throws {
        do throws(StreamError) {
            if path == "-" {
                var input = StandardInput()
                self = .memory(MemorySource(try input.readAll()))
            } else {
                self = .file(try FileSource(path))
            }
        } catch {
            guard error.reason == .notRegular else { throw Stop.couldNot(error) }
            throw Stop.couldNot("\(error.sentence); give - and the roll on standard input")
        }
    }

    func open() throws(StreamError) -> Opened {
        switch self {
        case .file(let file): Opened(file: try file.rewound(), memory: nil)
        case .memory(let memory): Opened(file: nil, memory: memory)
        }
    }

    /// One of the two.
    struct Opened: ByteSource {
        var file: FileSource?
        var memory: MemorySource?

        mutating func read(into bytes: inout MutableRawSpan) throws(StreamError) -> Int {
            if file != nil { return try file!.read(into: &bytes) }
            return try memory?.read(into: &bytes) ?? 0
        }
    }
}
