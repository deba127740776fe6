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
        let known = Self.testNames
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
        // `counterfoil register v1` begins a file.
        let named = try Self.text(document)
            .matches(of: /(?m)(?:^|`)counterfoil ([a-z][a-z-]+)( (?:file |page )?v1)?/)
            .filter { $0.2 == nil }.map { String($0.1) }
        #expect(named.filter { !known.contains($0) && $0 != "help" } == [])
    }

    /// The control: what is not there is found to be missing.
    @Test("What is not there is missed")
    func control() throws {
        let text =
            "see `Sources/Nothing.swift`, [x](script/nothing), `swift test --filter 'NothingTests|RoleTests'`"
        #expect(Self.paths(in: text) == ["Sources/Nothing.swift", "script/nothing"])
        #expect(Self.filters(in: text) == ["NothingTests", "RoleTests"])
        let known = Self.testNames
        #expect(!known.contains { $0.contains("NothingTests") })
        #expect(try !Self.verbs().contains("nothing"))
    }

    // MARK: What a text names

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: WallTests.root.appending(path: path), encoding: .utf8)
    }

    /// In backticks, or as a link.
    private static func paths(in text: String) -> [String] {
        let named = text.matches(
            of: /[`(]((?:Sources|Tests|vectors|script|examples)\/[A-Za-z0-9_.+\/-]+)(.)/)
        // A `*`, a `…` or a word in capitals is there for any name.
        return named.filter { $0.2 != "*" && $0.2 != "…" && !$0.1.contains("MODULE") }.map { String($0.1) }
    }

    private static func filters(in text: String) -> [String] {
        let named = text.matches(of: /--filter\s+(?:"([^"]+)"|'([^']+)'|([A-Za-z]+))/)
        return named.flatMap { match in
            String(match.1 ?? match.2 ?? match.3 ?? "").replacing("\\|", with: "|").split(separator: "|").map(
                String.init)
        }
    }

    /// Names of suites, of tests, and of the targets that they are in.
    private static let testNames: Set<String> = {
        let tests = WallTests.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in files! where file.pathExtension == "swift" {
            guard !file.lastPathComponent.hasPrefix("DocumentsTests") else { continue }
            names.insert(file.deletingLastPathComponent().lastPathComponent)
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            let words = text.split { !$0.isLetter && !$0.isNumber }
            for (word, next) in zip(words, words.dropFirst())
            where ["struct", "enum", "class", "func"].contains(word) {
                names.insert(String(next))
            }
        }
        return names
    }()

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
