import Foundation
import Glibc

/// A program that is spoken to line by line, and whose memory can be read while
/// it runs.
final class Program {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var unread: [UInt8] = []

    /// What was built along with the tests lies beside them.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// Which programs are looked into: those of another build, if somebody says so.
    /// An optimised program leaves other things in its memory than one for debugging.
    static let folder =
        ProcessInfo.processInfo.environment["COUNTERFOIL_PROGRAMS"].map { URL(filePath: $0) } ?? products

    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], under: [String] = []
    ) throws {
        let command = under + [Self.folder.appending(path: name).path] + arguments
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        // The threads that tests run on keep signals off, and programs inherit that.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    var id: pid_t { process.processIdentifier }

    /// Says a line, and waits for one.
    func ask(_ line: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
        while true {
            if let end = unread.firstIndex(of: 0x0A) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let some = output.fileHandleForReading.availableData
            guard !some.isEmpty else { throw Failure("the program went away: \(finish().errors)") }
            unread += some
        }
    }

    /// Ends its input and waits for it: its error output, and the status or
    /// signal that ended it. One that has not ended after a minute is killed: a
    /// test that fails is better than tests that never end.
    @discardableResult
    func finish() -> (errors: String, status: Int32, bySignal: Bool) {
        let process = process
        let patience = DispatchWorkItem { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: patience)
        defer { patience.cancel() }
        try? input.fileHandleForWriting.close()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            String(decoding: text, as: UTF8.self), process.terminationStatus,
            process.terminationReason == .uncaughtSignal
        )
    }

    deinit { if process.isRunning { kill(id, SIGKILL) } }

    /// What a core dump would hold, and what it would not: the memory that can
    /// be read, piece by piece.
    func memory() throws -> [(bytes: [UInt8], isDumped: Bool)] {
        var text = Data()
        // A file of the kernel's, which comes a page at a time and has no size.
        if let file = FileHandle(forReadingAtPath: "/proc/\(id)/smaps") {
            while case let some = file.availableData, !some.isEmpty { text += some }
        }
        let map = String(decoding: text, as: UTF8.self)
        guard let file = FileHandle(forReadingAtPath: "/proc/\(id)/mem") else {
            throw Failure("the memory of \(id) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { try? file.close() }
        var pieces: [(bytes: [UInt8], isDumped: Bool)] = []
        var range: Range<UInt64>?
        for line in map.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0].contains("-"), words.count > 1, words[1].count == 4 {
                let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
                range = words[1].hasPrefix("r") ? ends[0]..<ends[1] : nil
            } else if words[0] == "VmFlags:", let found = range {
                // "dd" is left out of dumps; "io" and "pf" are not memory.
                if words.contains("io") || words.contains("pf") { continue }
                var bytes = [UInt8](repeating: 0, count: Int(found.upperBound - found.lowerBound))
                let count = bytes.withUnsafeMutableBytes {
                    pread(file.fileDescriptor, $0.baseAddress, $0.count, off_t(found.lowerBound))
                }
                if count > 0 { pieces.append((Array(bytes[..<count]), !words.contains("dd"))) }
            }
        }
        guard pieces.contains(where: { $0.isDumped }), pieces.contains(where: { !$0.isDumped }) else {
            throw Failure("memory of one kind alone was read")
        }
        return pieces
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Looks for many needles in one pass: by their first eight bytes.
struct Needles {
    private var byStart: [UInt64: [(name: String, bytes: [UInt8])]] = [:]

    mutating func add(_ name: String, _ bytes: [UInt8]) {
        precondition(bytes.count >= 8)
        byStart[Self.word(bytes, 0), default: []].append((name, bytes))
    }

    /// The names of those that were found.
    func found(in pieces: [[UInt8]]) -> Set<String> {
        var found: Set<String> = []
        for piece in pieces where piece.count >= 8 {
            piece.withUnsafeBytes { bytes in
                for i in 0...bytes.count - 8 {
                    let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                    guard word != 0, let needles = byStart[word] else { continue }
                    for needle in needles where i + needle.bytes.count <= bytes.count {
                        if bytes[i..<i + needle.bytes.count].elementsEqual(needle.bytes) {
                            found.insert(needle.name)
                        }
                    }
                }
            }
        }
        return found
    }

    private static func word(_ bytes: [UInt8], _ i: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: i, as: UInt64.self) }
    }
}
