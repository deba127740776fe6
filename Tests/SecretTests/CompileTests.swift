import Counterfoil
import Foundation
import Testing

/// What must not compile: printing, copying, comparing, hashing or coding what
/// holds a secret. Each line is typechecked against the modules that were built
/// along with these tests, as part of the package: no other code can see more.
/// Each must be refused for the reason that is meant.
@Suite("What must not compile")
struct CompileTests {
    /// Keys, codes, answers, passphrases: never copied, so that they end.
    static let secrets = [
        "SecretBytes", "SecretScratch", "CodeSlot", "AnswerSheet", "LedgerKey", "DeskKey", "IssuingKey",
        "KeyCeremony", "RedemptionForm",
    ]
    /// What is stored of them, compared in constant time: by a method of its own.
    static let tags = ["Tag", "AnswerTag", "Fingerprint"]

    /// What somebody might write about a value, and what the compiler says.
    static let attempts: [(line: String, of: [String], reason: String)] = [
        ("print(value)", secrets, "[Cc]opyable"),
        ("_ = \"\\(value)\"", secrets, "appendInterpolation|[Cc]opyable"),
        ("dump(value)", secrets, "[Cc]opyable"),
        ("_ = Mirror(reflecting: value)", secrets, "[Cc]opyable"),
        ("_ = [value]", secrets, "Copyable"),
        ("_ = { (any: Any) in any }(value)", secrets, "[Cc]opyable"),
        (
            "_ = value == value", secrets,
            "requires that .* conform to 'Equatable'|binary operator '==' cannot|[Cc]opyable"
        ),
        ("_ = Set([value])", secrets, "Hashable|Copyable"),
        ("requireEncodable(value)", secrets, "Encodable|Copyable"),
        ("requireDescription(value)", secrets, "CustomStringConvertible|Copyable"),
        ("_ = value == value", tags, "conform to 'Equatable'"),
        ("_ = Set([value])", tags, "Hashable"),
        ("_ = value < value", tags, "conform to 'Comparable'"),
        ("requireEncodable(value)", tags, "Encodable"),
        ("requireDescription(value)", tags, "CustomStringConvertible"),
    ]

    private static let imports = """
        package import Counterfoil
        package import IssuingRoom
        package import PollingDesk
        func requireEncodable<T: Encodable>(_ value: T) {}
        func requireDescription<T: CustomStringConvertible>(_ value: T) {}

        """

    @Test("Nothing that holds a secret can be printed, copied, compared, hashed or coded")
    func refused() throws {
        var source = Self.imports
        var wanted: [Int: (line: String, reason: String)] = [:]
        for attempt in Self.attempts {
            for type in attempt.of {
                source += "func f(_ value: borrowing \(type)) { \(attempt.line) }\n"
                    .replacing("func f", with: "func f\(wanted.count)")
                wanted[source.count { $0 == "\n" }] = ("\(type): \(attempt.line)", attempt.reason)
            }
        }
        #expect(wanted.count == 105, "SECURITY.md has the number")
        let errors = try Self.typecheck(source)
        for (line, attempt) in wanted.sorted(by: { $0.key < $1.key }) {
            let said = errors[line] ?? []
            #expect(!said.isEmpty, "compiles: \(attempt.line)")
            let isMeant = try said.contains { try $0.contains(Regex(attempt.reason)) }
            #expect(said.isEmpty || isMeant, "\(attempt.line): \(said)")
        }
        #expect(Set(errors.keys).isSubset(of: wanted.keys), "\(errors)")
    }

    /// The control: the same lines with what everybody may see.
    @Test("The same lines compile for what is public")
    func allowed() throws {
        var source = Self.imports
        for (i, attempt) in Self.attempts.enumerated() {
            let type =
                attempt.line.contains("<")
                ? "LookupID"
                : attempt.line.contains("Encodable")
                    ? "String" : attempt.line.contains("Description") ? "PackNumber" : "ElectionID"
            source += "func f\(i)(_ value: \(type)) { \(attempt.line) }\n"
        }
        #expect(try Self.typecheck(source) == [:])
    }

    /// Errors by line.
    private static func typecheck(_ source: String) throws -> [Int: [String]] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "counterfoil-compile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "attempts.swift")
        try Data(source.utf8).write(to: file)
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        var folders = [Program.products.appending(path: "Modules").path]
        for library in ["CCounterfoilSodium", "CCounterfoilSystem"] {
            folders.append(root.appending(path: "Sources/\(library)").path)
        }
        process.arguments =
            ["swiftc", "-typecheck", "-package-name", "counterfoil", "-swift-version", "6"]
            + folders.flatMap { ["-I", $0] } + [file.path]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var found: [Int: [String]] = [:]
        for line in text.split(separator: "\n") {
            guard let match = line.firstMatch(of: /^(.*):([0-9]+):[0-9]+: error: (.*)$/) else { continue }
            #expect(match.1.hasSuffix("attempts.swift"), "\(line)")
            found[Int(match.2)!, default: []].append(String(match.3))
        }
        #expect((process.terminationStatus == 0) == found.isEmpty, "\(text)")
        return found
    }
}

/// A tag can be printed, since it can be copied; but what is printed says nothing.
@Suite("Tags in print")
struct TagPrintTests {
    @Test("A printed tag does not show its bytes")
    func tags() {
        let bytes = [UInt8](repeating: 0xA7, count: 32)
        let tag = Tag(Bytes<32>(bytes)!)
        var dumped = ""
        dump(tag, to: &dumped)
        for text in ["\(tag)", String(reflecting: tag), dumped] {
            for form in ["167", "a7", "A7"] { #expect(!text.contains(form), "\(text)") }
        }
        // The control: an array does show them.
        #expect("\(bytes)".contains("167"))
    }
}
