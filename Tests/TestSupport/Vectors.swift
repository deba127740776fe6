package import Counterfoil
import Foundation
import Synchronization

/// One of the JSON files beside vectors/README.md: inputs, and what must come
/// of them, as a second implementation computed it.
package struct VectorFile: Sendable {
    /// How many tests the file says it has.
    package let count: Int
    package let tests: [VectorObject]

    /// Stops the test process if the file cannot be read: without it there is
    /// nothing to test.
    package init(_ name: String) {
        do {
            let file = VectorObject(
                try JSONValue.parse(Repository.read("vectors/\(name).json")), "\(name).json")
            count = try file.int("count")
            tests = try file.objects("tests")
        } catch {
            fatalError("vectors/\(name).json: \(error)")
        }
    }

    /// The tests of one operation. A suite asserts that its operations are all there are.
    package func tests(_ operation: String) -> [VectorObject] {
        tests.filter { (try? $0.string("operation")) == operation }
    }
}

/// Where the sources lie, from the place of this file.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    package static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else {
            throw VectorError("\(path) cannot be read")
        }
        return [UInt8](data)
    }
}

package struct VectorError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A test of a vector file, or an object within one. It keeps count of the
/// members that were asked for: one that nobody compared is a hole in a test.
package final class VectorObject: Sendable, CustomStringConvertible {
    private struct Asked: Sendable {
        var names: Set<String> = []
        var objects: [VectorObject] = []
    }

    private let members: [(String, JSONValue)]
    private let asked = Mutex(Asked())
    package let description: String

    init(_ value: JSONValue, _ place: String) {
        guard case .object(let members) = value else { fatalError("\(place): no object") }
        self.members = members
        func text(_ name: String) -> String? {
            switch members.first(where: { $0.0 == name })?.1 {
            case .string(let text): text
            case .integer(let value): "\(value)"
            default: nil
            }
        }
        let about = [text("id"), text("operation"), text("comment")].compactMap(\.self)
        description = about.count > 1 ? about.joined(separator: ", ") : place
    }

    /// Members that no test has asked for, those that say nothing of a value left out.
    package var unread: [String] {
        asked.withLock { asked in
            let silent: Set = ["id", "comment", "flags", "operation", "result", "reason"]
            return members.map(\.0).filter { !silent.contains($0) && !asked.names.contains($0) }
                + asked.objects.flatMap(\.unread)
        }
    }

    /// Why it must be refused, or nil.
    package var reason: String? { get throws { has("reason") ? try string("reason") : nil } }

    private func value(_ name: String) -> JSONValue? {
        asked.withLock { _ = $0.names.insert(name) }
        return members.first { $0.0.isByteForByte(name) }?.1
    }

    /// Whether the member is there, and not null.
    package func has(_ name: String) -> Bool {
        switch value(name) {
        case .none, .some(.null): false
        default: true
        }
    }

    private func wrong(_ name: String) -> VectorError { VectorError("\(self): \(name) is missing or other") }

    package func string(_ name: String) throws -> String {
        guard case .string(let text) = value(name) else { throw wrong(name) }
        return text
    }

    package func int(_ name: String) throws -> Int {
        guard case .integer(let number) = value(name) else { throw wrong(name) }
        return number
    }

    package func bool(_ name: String) throws -> Bool {
        guard case .bool(let value) = value(name) else { throw wrong(name) }
        return value
    }

    package func json(_ name: String) throws -> JSONValue {
        guard let value = value(name) else { throw wrong(name) }
        return value
    }

    private func array(_ name: String) throws -> [JSONValue] {
        guard case .array(let values) = value(name) else { throw wrong(name) }
        return values
    }

    package func ints(_ name: String) throws -> [Int] {
        try array(name).map { value in
            guard case .integer(let number) = value else { throw wrong(name) }
            return number
        }
    }

    package func strings(_ name: String) throws -> [String] {
        try array(name).map { value in
            guard case .string(let text) = value else { throw wrong(name) }
            return text
        }
    }

    package func values(_ name: String) throws -> [JSONValue] { try array(name) }

    package func objects(_ name: String) throws -> [VectorObject] {
        let objects = try array(name).enumerated().map { VectorObject($1, "\(name) \($0 + 1) of \(self)") }
        asked.withLock { $0.objects += objects }
        return objects
    }

    package func object(_ name: String) throws -> VectorObject {
        let object = VectorObject(try json(name), "\(name) of \(self)")
        asked.withLock { $0.objects.append(object) }
        return object
    }

    package func hex(_ name: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(try string(name)) else { throw wrong(name) }
        return bytes
    }

    package func bytes<let size: Int>(_ name: String, as: Bytes<size>.Type = Bytes<size>.self) throws
        -> Bytes<size>
    {
        guard let bytes = Bytes<size>(try hex(name)) else { throw wrong(name) }
        return bytes
    }

    package func secret(_ name: String) throws -> SecretBytes {
        try hex(name).withBytes { SecretBytes(copying: $0) }
    }

    package func u64(_ name: String) throws -> UInt64 {
        try bytes(name, as: Bytes<8>.self).withBytes { $0.u64(0) }
    }

    /// Bytes as text; or under the name with `Hex` after it if they are no UTF-8; or
    /// with `Parts` after it as texts, each of them repeated so many times.
    package func text(_ name: String) throws -> [UInt8] {
        if has(name + "Parts") {
            var bytes: [UInt8] = []
            for part in try objects(name + "Parts") {
                let text = Array(try part.string("text").utf8)
                for _ in 0..<(try part.int("times")) { bytes += text }
            }
            return bytes
        }
        return has(name) ? Array(try string(name).utf8) : try hex(name + "Hex")
    }

    package func electionID(_ name: String = "electionId") throws -> ElectionID {
        ElectionID(try bytes(name))
    }

    package func batchName() throws -> BatchName {
        guard let name = BatchName(try string("batch")) else { throw wrong("batch") }
        return name
    }

    package func batchKind() throws -> BatchKind {
        guard let kind = BatchKind(rawValue: UInt8(try int("batchKind"))) else { throw wrong("batchKind") }
        return kind
    }
}

extension Election {
    /// An election of which a vector names some fields only. Its digest is the
    /// one that is given, whatever the fields are.
    package static func standIn(
        _ id: ElectionID, codeLength: CodeLength = .twenty, questions: [Question] = [],
        voterIDs: VoterIDs = .anyCase, registerKey: Bytes<32> = Bytes(), manifestKey: Bytes<32> = Bytes(),
        receiptKey: Bytes<32> = Bytes(), checkpointKey: Bytes<32> = Bytes(), digest: Bytes<32> = Bytes()
    ) -> Election {
        Election(
            unjudged: id, name: "A stand-in", codeLength: codeLength, questions: questions,
            lockAfter: 5, lifetimeLimit: 15, voterIDs: voterIDs, refusedWords: RefusedWords.digest,
            textFold: TextFold.digest, registerKey: registerKey, manifestKey: manifestKey,
            receiptKey: receiptKey, checkpointKey: checkpointKey, digest: digest)
    }
}

extension RefusedWords {
    /// Of symbols alone, without the room that a code's slot has after them.
    package static func spelled(in symbols: [UInt8]) -> Bool {
        let slot = symbols + [UInt8](repeating: 0, count: 64 - symbols.count)
        return slot.withBytes { spelled(in: $0, count: symbols.count) }
    }
}

extension SecretBytes {
    /// For keys that a test needs and does not care about.
    package static func filled(_ byte: UInt8, count: Int = 32) -> SecretBytes {
        [UInt8](repeating: byte, count: count).withBytes { SecretBytes(copying: $0) }
    }
}

/// A sink in memory.
package struct MemorySink: ByteSink {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ bytes: borrowing RawSpan) throws(StreamError) {
        self.bytes.append(bytes)
    }
}
