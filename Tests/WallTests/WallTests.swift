import Foundation
import Testing

/// The walls between the rooms, seen from outside. Another package depends on this
/// one, with the very lines that the README shows. It is built, and looked at with
/// `nm` and `ldd`.
@Suite(.serialized)
struct WallTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test("the README's voting site builds, and holds nothing that could make a code")
    func votingSite() throws {
        let site = try Package(
            name: "site", products: ["Counterfoil", "CounterfoilFiles", "PollingDesk", "SQLiteLedger"],
            main: Self.readmeExample() + "\nprint(castVote as Any)\n")
        defer { site.remove() }
        let binary = try site.build()
        let symbols = try run("nm", [binary])
        #expect(symbols.contains("PollingDesk"))
        #expect(!symbols.contains("IssuingRoom"))
        #expect(!symbols.contains("PackMaker"))
        #expect(try !run("ldd", [binary]).contains("Foundation"))
    }

    /// The control: the same look at a program that does make codes.
    @Test("a program of the issuing room is seen as one")
    func issuingRoom() throws {
        let room = try Package(
            name: "room", products: ["Counterfoil", "IssuingRoom"],
            main: """
                import Counterfoil
                import IssuingRoom
                let ceremony = try KeyCeremony(name: "Wall", codeLength: .twenty, questions: [])
                print(ceremony.election.id)

                """)
        defer { room.remove() }
        let binary = try room.build()
        let symbols = try run("nm", [binary])
        #expect(symbols.contains("IssuingRoom"))
        #expect(!symbols.contains("PollingDesk"))
        #expect(try !run("ldd", [binary]).contains("Foundation"))
    }

    @Test(
        "no module imports what it must not",
        arguments: [
            ("Counterfoil", ["CCounterfoilSodium"]),
            ("IssuingRoom", ["Counterfoil"]),
            ("PollingDesk", ["Counterfoil", "CCounterfoilSystem", "Glibc", "Synchronization"]),
            ("CounterfoilFiles", ["Counterfoil", "Glibc"]),
            (
                "SQLiteLedger",
                [
                    "Counterfoil", "PollingDesk", "CCounterfoilSQLite", "CCounterfoilSystem", "Glibc",
                    "Synchronization",
                ]
            ),
            (
                "PostgresLedger",
                ["Counterfoil", "PollingDesk", "CCounterfoilPostgres", "Glibc", "Synchronization"]
            ),
        ])
    func imports(module: String, allowed: [String]) throws {
        let folder = Self.root.appending(path: "Sources/\(module)")
        let files = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var seen = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 1, words.count == place + 2 else {
                    continue
                }
                seen += 1
                #expect(allowed.contains(String(words[place + 1])), "\(file.lastPathComponent): \(line)")
            }
        }
        #expect(seen > 0)
    }

    private static func readmeExample() throws -> String {
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: "```swift\n"))
        let end = try #require(readme.range(of: "```", range: start.upperBound..<readme.endIndex))
        return String(readme[start.upperBound..<end.lowerBound])
    }
}

/// A package of somebody else's, in a temporary folder.
private struct Package {
    let folder: URL
    let name: String

    init(name: String, products: [String], main: String) throws {
        self.name = name
        folder = FileManager.default.temporaryDirectory
            .appending(path: "counterfoil-wall-\(name)-\(ProcessInfo.processInfo.processIdentifier)")
        let sources = folder.appending(path: "Sources/\(name)")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try Data(main.utf8).write(to: sources.appending(path: "main.swift"))
        // The folder of a clone may have any name; a link gives it ours.
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "counterfoil"), withDestinationURL: WallTests.root)
        let dependencies = products.map { ".product(name: \"\($0)\", package: \"counterfoil\")" }
        try Data(
            """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(
                name: "\(name)",
                dependencies: [.package(path: "counterfoil")],
                targets: [
                    .executableTarget(name: "\(name)", dependencies: [\(dependencies.joined(separator: ", "))])
                ])
            """.utf8
        ).write(to: folder.appending(path: "Package.swift"))
    }

    func build() throws -> String {
        _ = try run("swift", ["build", "--package-path", folder.path])
        return folder.appending(path: ".build/debug/\(name)").path
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// Runs a program and returns what it printed; a failure fails the test.
private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) failed:\n\(output.suffix(3000))")
    return output
}
