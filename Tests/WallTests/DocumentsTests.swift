import Foundation
import Testing

/// What the documents name is there. A claim whose file or test is gone is a claim that
/// nobody can check.
struct DocumentsTests {
    static let documents = [
        "README.md", "SECURITY.md", "CONTRIBUTING.md", "vectors/README.md", "vectors/model/README.md",
    ]

    @Test("Every file that a document names is there", arguments: documents)
    func files(document: String) throws {
        let named = Self.paths(in: try Self.text(document))
        #expect(document == "vectors/README.md" || !named.isEmpty)
        let folder = WallTests.root.appending(path: document).deletingLastPathComponent()
        let missing = named.filter { path in
            ![WallTests.root, folder].contains {
                FileManager.default.fileExists(atPath: $0.appending(path: path).path)
            }
        }
        #expect(missing == [])
    }

    @Test("Every test that a document names is there", arguments: documents + ["script/review"])
    func tests(document: String) throws {
        let known = try Self.testNames()
        let missing = Self.filters(in: try Self.text(document)).filter { filter in
            !known.contains { $0.contains(filter) }
        }
        #expect(missing == [])
    }

    @Test("Every claim has a command, and a control")
    func claims() throws {
        let rows = try Self.text("SECURITY.md").split(separator: "\n")
            .map {
                $0.replacing("\\|", with: "¦").split(separator: "|").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            }
            .prefix { $0.first?.hasPrefix("##") != true }
            .filter { $0.count == 4 && $0[0] != "claim" && !$0[0].hasPrefix("---") }
        #expect(rows.count > 10)
        for row in rows {
            #expect(row[1].contains("`swift test") || row[1].contains("`script/"), "\(row[0])")
            #expect(!row[2].isEmpty, "\(row[0])")
            #expect(Double(row[3]) != nil, "\(row[0])")
        }
    }

    @Test("Every verb that a document names is the command's", arguments: documents)
    func verbs(document: String) throws {
        let known = try Self.verbs()
        #expect(known.contains("redeem"))
        let named = try Self.text(document).matches(of: /(?m)(?:^|`)counterfoil ([a-z][a-z-]+)/).map {
            String($0.1)
        }
        #expect(named.filter { !known.contains($0) && $0 != "help" } == [])
    }

    /// The control: what is not there is found to be missing.
    @Test("What is not there is missed")
    func control() throws {
        let text =
            "see `Sources/Nothing.swift`, [x](script/nothing), `swift test --filter 'NothingTests|RoleTests'`"
        #expect(Self.paths(in: text) == ["Sources/Nothing.swift", "script/nothing"])
        #expect(Self.filters(in: text) == ["NothingTests", "RoleTests"])
        let known = try Self.testNames()
        #expect(!known.contains { $0.contains("NothingTests") })
        #expect(try !Self.verbs().contains("nothing"))
    }

    // MARK: What a text names

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: WallTests.root.appending(path: path), encoding: .utf8)
    }

    /// In backticks, or as a link.
    private static func paths(in text: String) -> [String] {
        let named = text.matches(of: /[`(]((?:Sources|Tests|vectors|script|examples)\/[A-Za-z0-9_.+\/-]+)/)
        return named.map { String($0.1) }
    }

    private static func filters(in text: String) -> [String] {
        let named = text.matches(of: /--filter\s+(?:"([^"]+)"|'([^']+)'|([A-Za-z]+))/)
        return named.flatMap { match in
            String(match.1 ?? match.2 ?? match.3 ?? "").replacing("\\|", with: "|").split(separator: "|").map(
                String.init)
        }
    }

    /// Names of suites, of tests, and of the targets that they are in.
    private static func testNames() throws -> [String] {
        let tests = WallTests.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var names: [String] = []
        for case let file as URL in files! where file.pathExtension == "swift" {
            guard !file.lastPathComponent.hasPrefix("DocumentsTests") else { continue }
            names.append(file.deletingLastPathComponent().lastPathComponent)
            let text = try String(contentsOf: file, encoding: .utf8)
            names += text.matches(of: /(?:struct|enum|class|func) ([A-Za-z0-9]+)/).map { String($0.1) }
        }
        return names
    }

    private static func verbs() throws -> Set<String> {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = products.appending(path: "counterfoil")
        process.arguments = ["--help"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let help = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Set(
            help.matches(of: /(?m)^  ([a-z][a-z-]+) {2,}/).map { String($0.1) }
                + help.matches(of: /(?m)^  ([a-z][a-z-]+)$/).map { String($0.1) })
    }
}
