internal import Counterfoil

/// A sink that counts and hashes what passes into a new file, for the manifest.
struct MeasuredFile<File: NewFile>: ByteSink {
    private var file: File
    private let hash = SharedSHA256()
    private(set) var bytes = 0

    init(_ file: File) { self.file = file }

    mutating func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        hash.update(bytes)
        self.bytes += bytes.byteCount
        try file.write(bytes)
    }

    /// The hash of all that was written. Once, and as soon as that is all: until then
    /// it holds the end of it, which may be a code.
    func finish() -> Bytes<32> { hash.finish() }

    func publish() throws(StreamError) { try file.publish() }
}

/// A hash that its owner can be copied with: the sink travels by value.
private final class SharedSHA256 {
    private var hash = StreamingSHA256()
    func update(_ bytes: borrowing RawSpan) { hash.update(bytes) }
    func finish() -> Bytes<32> { hash.finish() }
}

/// The print file in as many parts as the printer has lines; each is a whole
/// file of its own, header and all.
struct PrintFiles<Out: Folder>: ~Copyable {
    private let order: PrintOrder
    private let folder: Out
    private let total: Int
    private let header: [UInt8]
    private var writer: PartWriter<Out.File>?
    private var written = 0
    /// The part that is being written, from 0, and where it ends.
    private var part = -1
    private var partEnd = 0
    private var parts: [Part] = []

    private struct Part {
        let name: String
        let file: MeasuredFile<Out.File>
        let sha256: Bytes<32>
        let first: Int
        let last: Int
    }

    init(_ order: PrintOrder, columns: [String], total: Int, in folder: Out) {
        self.order = Self.limited(order, total)
        self.folder = folder
        self.total = total
        header = Self.header(order, columns)
    }

    /// Takes the sheets in order.
    mutating func write(_ sheet: PrintSheet) throws(StreamError) {
        var pack = 0
        while pack < sheet.packs.count {
            if written == partEnd { try nextPart() }
            let count = min(sheet.packs.count - pack, partEnd - written)
            try sheet.withLines(pack..<pack + count) { (bytes) throws(StreamError) in
                try put(bytes)
            }
            pack += count
            written += count
        }
    }

    private mutating func put(_ bytes: borrowing RawSpan) throws(StreamError) {
        try writer!.write(bytes)
    }

    /// Closes the last part; nothing is published yet.
    mutating func finish() throws(StreamError) { try closePart() }

    /// Gives the files their names.
    func publish() throws(StreamError) -> [Manifest.File] {
        var files: [Manifest.File] = []
        for part in parts {
            try part.file.publish()
            files.append(
                Manifest.File(
                    name: part.name, bytes: part.file.bytes, sha256: part.sha256,
                    encrypted: !order.recipients.isEmpty, firstSequence: part.first,
                    lastSequence: part.last))
        }
        return files
    }

    private mutating func nextPart() throws(StreamError) {
        try closePart()
        part += 1
        let count = order.layout.parts
        partEnd = total / count * (part + 1) + min(part + 1, total % count)
        let file = MeasuredFile(try folder.create(Self.name(order, part: part)))
        if order.recipients.isEmpty {
            writer = .plain(file)
        } else {
            writer = .age(try AgeWriter(to: file, recipients: order.recipients))
        }
        try header.withBytes { (bytes) throws(StreamError) in try put(bytes) }
    }

    private mutating func closePart() throws(StreamError) {
        guard let open = writer.take() else { return }
        let first = parts.last.map { $0.last + 1 } ?? 1
        let file = try open.close()
        parts.append(
            Part(
                name: Self.name(order, part: part), file: file, sha256: file.finish(), first: first,
                last: partEnd))
    }

    /// No line of the printer's waits for a part that does not come.
    private static func limited(_ order: PrintOrder, _ total: Int) -> PrintOrder {
        var order = order
        order.layout.parts = min(order.layout.parts, total)
        return order
    }

    /// What the files of so many packs are called.
    static func names(_ order: PrintOrder, total: Int) -> [String] {
        let order = limited(order, total)
        return (0..<order.layout.parts).map { name(order, part: $0) }
    }

    /// `B01.csv.age`, or `B01.2of3.csv.age`.
    static func name(_ order: PrintOrder, part: Int) -> String {
        let parts = order.layout.parts
        let middle = parts == 1 ? "" : ".\(part + 1)of\(parts)"
        return "\(order.batch)\(middle).csv\(order.recipients.isEmpty ? "" : ".age")"
    }

    private static func header(_ order: PrintOrder, _ columns: [String]) -> [UInt8] {
        var bytes: [UInt8] = order.layout.byteOrderMark ? [0xEF, 0xBB, 0xBF] : []
        let separator = order.layout.separator.rawValue
        for (i, column) in (order.layout.ownColumns + columns).enumerated() {
            if i > 0 { bytes.append(separator) }
            Array(column.utf8).withBytes {
                CSV.append($0, separator: separator, flatten: order.layout.flatten, to: &bytes)
            }
        }
        return bytes + [0x0D, 0x0A]
    }
}

/// The part that is being written, encrypted or, if the officer insists, plain.
private enum PartWriter<File: NewFile>: ~Copyable {
    case age(AgeWriter<MeasuredFile<File>>)
    case plain(MeasuredFile<File>)

    mutating func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        switch consume self {
        case .age(var writer):
            do { try writer.write(bytes) } catch {
                self = .age(writer)
                throw error
            }
            self = .age(writer)
        case .plain(var file):
            do { try file.write(bytes) } catch {
                self = .plain(file)
                throw error
            }
            self = .plain(file)
        }
    }

    consuming func close() throws(StreamError) -> MeasuredFile<File> {
        switch consume self {
        case .age(var writer):
            try writer.finish()
            return writer.sink
        case .plain(let file): return file
        }
    }
}
