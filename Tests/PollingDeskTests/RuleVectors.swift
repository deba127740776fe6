import Counterfoil
import Glibc

/// A test of a vector file: its members by name.
struct RuleVector: Sendable, CustomStringConvertible {
    private let members: [(String, JSONValue)]

    init?(_ value: JSONValue) {
        guard case .object(let members) = value else { return nil }
        self.members = members
    }

    /// Nil where there is none, and where it is null.
    subscript(name: String) -> JSONValue? {
        guard let value = members.first(where: { $0.0 == name })?.1, value != .null else { return nil }
        return value
    }

    func text(_ name: String) -> String? {
        guard case .string(let text) = self[name] else { return nil }
        return text
    }

    func number(_ name: String) -> Int? {
        guard case .integer(let number) = self[name] else { return nil }
        return number
    }

    func bool(_ name: String) -> Bool {
        guard case .bool(true) = self[name] else { return false }
        return true
    }

    func bytes(_ name: String) -> [UInt8] { text(name).flatMap { Hex.decode($0) } ?? [] }

    func vector(_ name: String) -> RuleVector? { self[name].flatMap { RuleVector($0) } }

    func texts(_ name: String) -> [String] {
        guard case .array(let values) = self[name] else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    var description: String { "\(number("id") ?? 0): \(text("comment") ?? "")" }

    func vectors(_ name: String) -> [RuleVector] {
        guard case .array(let values) = self[name] else { return [] }
        return values.compactMap { RuleVector($0) }
    }

    var names: [String] { members.map(\.0) }

    /// Whether the member is there, be it null.
    func has(_ name: String) -> Bool { members.contains { $0.0 == name } }

    /// The tests of a file in `vectors`, which must count themselves.
    static func tests(in file: String) throws -> [RuleVector] {
        let top = try read(file)
        guard case .array(let values) = top["tests"], top.number("count") == values.count else {
            throw VectorError.noVectors
        }
        return values.compactMap { RuleVector($0) }
    }

    /// A file in `vectors`.
    static func read(_ file: String, from here: String = #filePath) throws -> RuleVector {
        let root = here.split(separator: "/").dropLast(3).joined(separator: "/")
        guard let top = RuleVector(try JSONValue.parse(bytes(of: "/\(root)/vectors/\(file)"))) else {
            throw VectorError.noVectors
        }
        return top
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw VectorError.noVectors }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let byte = unsafe getc(file)
            if byte == EOF { return bytes }
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
    }
}

enum VectorError: Error { case noVectors }
