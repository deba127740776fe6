import Foundation
import Testing

/// What other packages may call, in writing: a change of it is seen in review.
///
/// A list is made anew by `COUNTERFOIL_WRITE_API=1 swift test --filter PublicAPITests`.
struct PublicAPITests {
    static let modules = [
        "Counterfoil", "CounterfoilFiles", "IssuingRoom", "PollingDesk", "SQLiteLedger", "PostgresLedger",
    ]

    @Test("The public symbols are those of the list", arguments: modules)
    func listed(module: String) throws {
        let found = try Self.symbols(of: module)
        let list = WallTests.root.appending(path: "Tests/WallTests/PublicAPI/\(module).txt")
        if ProcessInfo.processInfo.environment["COUNTERFOIL_WRITE_API"] != nil {
            try Data((found.joined(separator: "\n") + "\n").utf8).write(to: list)
        }
        let listed = try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init)
        let more = found.filter { !listed.contains($0) }
        let fewer = listed.filter { !found.contains($0) }
        #expect(more.isEmpty && fewer.isEmpty, "new: \(more)\ngone: \(fewer)")
    }

    /// The control: what is there is looked for, and not only counted.
    @Test("A symbol that is not listed is noticed")
    func control() throws {
        let found = try Self.symbols(of: "SQLiteLedger")
        #expect(found.contains { $0.hasPrefix("SQLiteLedger.init(opening:election:seen:)") })
        #expect(!found.contains { $0.contains("snapshot") }, "what is `package` is not public")
        #expect(found.count > 5)
    }

    /// A voting site needs few of them.
    @Test("The two modules of a voting site stay small")
    func small() throws {
        let declared = try ["PollingDesk", "SQLiteLedger"].flatMap { try Self.symbols(of: $0) }
            .filter { !$0.contains("  case ") }
        #expect(declared.count <= 120, "\(declared.count) beside the cases of enumerations")
    }

    /// `Desk.makeForm()  func makeForm() throws(LedgerError) -> RedemptionForm`,
    /// in order.
    private static func symbols(of module: String) throws -> [String] {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "counterfoil-api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        var arguments = ["symbolgraph-extract", "-module-name", module, "-minimum-access-level", "public"]
        arguments += ["-skip-synthesized-members", "-output-dir", folder.path]
        arguments += ["-target", try target(), "-I", products.appending(path: "Modules").path]
        for library in ["Sodium", "SQLite", "Postgres", "System"] {
            arguments += ["-I", WallTests.root.appending(path: "Sources/CCounterfoil\(library)").path]
        }
        if module == "PostgresLedger" {
            // Where Debian keeps libpq's header.
            let flags = String(decoding: try run(["pkg-config", "--cflags-only-I", "libpq"]), as: UTF8.self)
            arguments += flags.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        _ = try run(["swift"] + arguments)
        var symbols: Set<String> = []
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files {
            let graph = try JSONDecoder().decode(Graph.self, from: Data(contentsOf: file))
            for symbol in graph.symbols {
                let declaration = symbol.declarationFragments.map(\.spelling).joined()
                    .split(whereSeparator: \.isWhitespace).joined(separator: " ")
                symbols.insert("\(symbol.pathComponents.joined(separator: "."))  \(declaration)")
            }
        }
        return symbols.sorted()
    }

    private struct Graph: Decodable {
        struct Symbol: Decodable {
            struct Fragment: Decodable { let spelling: String }
            let pathComponents: [String]
            let declarationFragments: [Fragment]
        }
        let symbols: [Symbol]
    }

    private static func target() throws -> String {
        struct Info: Decodable {
            struct Target: Decodable { let unversionedTriple: String }
            let target: Target
        }
        let info = try JSONDecoder().decode(Info.self, from: run(["swift", "-print-target-info"]))
        return info.target.unversionedTriple
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments.prefix(3)) failed")
        return output
    }
}
