import Foundation
import Testing

/// Examples that do not compile are worse than none.
struct DocumentationTests {
    private static let articles: [URL] = {
        let sources = WallTests.root.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter {
            $0.pathExtension == "md" && $0.path.contains(".docc/")
        }
    }()

    @Test("Every example of the articles compiles")
    func examples() throws {
        var seen = 0
        for article in Self.articles {
            let text = try String(contentsOf: article, encoding: .utf8)
            for block in text.components(separatedBy: "```swift\n").dropFirst() {
                seen += 1
                let code = String(block[..<(try #require(block.range(of: "```")).lowerBound)])
                #expect(try Self.compiles(code), "\(article.lastPathComponent):\n\(code)")
            }
        }
        #expect(seen >= 7)
    }

    /// The control.
    @Test("An example with another name does not")
    func control() throws {
        #expect(try !Self.compiles("import Counterfoil\nlet bytes = SecretByte.random(count: 32)\n"))
        #expect(try Self.compiles("import Counterfoil\nlet bytes = SecretBytes.random(count: 32)\n"))
    }

    private static func compiles(_ code: String) throws -> Bool {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "counterfoil-example-\(UUID().uuidString).swift")
        try Data(code.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        var folders = [products.appending(path: "Modules").path]
        for library in ["CCounterfoilSodium", "CCounterfoilSQLite", "CCounterfoilSystem"] {
            folders.append(WallTests.root.appending(path: "Sources/\(library)").path)
        }
        process.arguments =
            ["swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors"]
            + folders.flatMap { ["-I", $0] } + [file.path]
        process.standardOutput = Pipe()
        process.standardError = Pipe()
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
