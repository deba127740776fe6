import Foundation

/// Runs other people's programs: age, minisign, python3.
package enum Tool {
    package struct Result: Sendable {
        package let status: Int32
        package let output: [UInt8]
    }

    /// Runs a program found on PATH to its end; its error output goes to ours.
    /// Throws if the machine does not have it. A test that needs it then fails,
    /// and does not pass over what it should show.
    package static func run(_ name: String, _ arguments: [String], in folder: String? = nil) throws -> Result
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path(of: name))
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: [UInt8](output))
    }

    /// A text file, line by line.
    package static func lines(of path: String) throws -> [Substring] {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self).split(
            separator: "\n")
    }

    private static func path(of name: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard
            let found = folders.map({ "\($0)/\(name)" })
                .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
        else {
            throw VectorError(
                "this test needs the program \u{201C}\(name)\u{201D}, which is not on PATH: apt install \(name)"
            )
        }
        return found
    }
}

extension TemporaryFolder {
    package func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }
}
