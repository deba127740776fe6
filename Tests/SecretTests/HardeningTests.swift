import Foundation
import Glibc
import TestSupport
import Testing

/// Whatever writes memory to a disk or a terminal is switched off in the command.
/// It is not in a program that does nothing about it.
@Suite("Core dumps, debuggers and the backtracer are off", .serialized)
struct HardeningTests {
    private static let desk = Result { try Desk() }

    /// The command, waiting for a request.
    private static func command(_ environment: [String: String] = [:], under: [String] = []) throws -> Program
    {
        let folder = try desk.get().folder
        let options = ["--ledger", folder.file("ledger"), "--keys", folder.file("desk")]
        if !FileManager.default.fileExists(atPath: folder.file("ledger")) {
            let ended = try Program(
                "counterfoil", ["load"] + options + ["--create", folder.file("main.register")]
            ).finish()
            try #require(ended.status == 0, "\(ended.errors)")
        }
        let program = try Program("counterfoil", ["redeem"] + options, environment: environment, under: under)
        // It has come to its input when it answers.
        try #require(program.ask("{}").contains("bad-request"))
        return program
    }

    private static func host(_ environment: [String: String] = [:], under: [String] = []) throws -> Program {
        let desk = try desk.get()
        let program = try Program(
            "SecretHost", ["readline", desk.folder.path], environment: environment, under: under)
        try #require(program.ask("0\t1/1/2000\t1\tno key at all") != "")
        return program
    }

    /// Debuggers get in if the process lets them, whatever user runs the test: the
    /// right to look into every process is taken from both sides here.
    private static let unprivileged =
        geteuid() == 0 ? ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"] : []

    private static func canBeRead(_ program: Program) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = unprivileged + ["sh", "-c", ": < /proc/\(program.id)/mem"]
        process.standardOutput = Pipe()
        process.standardError = Pipe()
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test("Nobody else's process can look into the command")
    func debuggers() throws {
        let command = try Self.command(under: Self.unprivileged)
        #expect(try !Self.canBeRead(command))
        command.finish()
        let host = try Self.host(under: Self.unprivileged)
        #expect(try Self.canBeRead(host))
        host.finish()
    }

    @Test("A core dump of the command has no size")
    func coreDumps() throws {
        // Allowed to both, if the system has no limit of its own.
        let allowing = ["sh", "-c", "ulimit -S -c $(ulimit -H -c); exec \"$@\"", "sh"]
        func limit(_ program: Program) throws -> String {
            let table = try Tool.run("cat", ["/proc/\(program.id)/limits"]).output
            let line = String(decoding: table, as: UTF8.self).split(separator: "\n").first {
                $0.hasPrefix("Max core file size")
            }
            return line.map { $0.split(separator: " ")[4...5].joined(separator: " ") } ?? ""
        }
        let command = try Self.command(under: allowing)
        #expect(try limit(command) == "0 0")
        command.finish()
        let host = try Self.host(under: allowing)
        #expect(try limit(host) != "0 0", "the machine allows none, so that this shows nothing")
        host.finish()
    }

    @Test("What the command makes is its owner's alone, whatever it was started with")
    func mask() throws {
        let open = ["sh", "-c", "umask 0; exec \"$@\"", "sh"]
        func mask(_ program: Program) throws -> String {
            let table = try Tool.run("cat", ["/proc/\(program.id)/status"]).output
            let line = String(decoding: table, as: UTF8.self).split(separator: "\n").first {
                $0.hasPrefix("Umask:")
            }
            return line.map { $0.dropFirst(6).trimmingCharacters(in: .whitespaces) } ?? ""
        }
        let command = try Self.command(under: open)
        #expect(try mask(command) == "0077")
        command.finish()
        let host = try Self.host(under: open)
        #expect(try mask(host) == "0000")
        host.finish()
    }

    @Test(
        "A crash prints no memory", arguments: [SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGQUIT])
    func backtracer(signal: Int32) throws {
        // Somebody who looks for another fault might have set it so.
        let asked = ["SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no"]
        let command = try Self.command(asked)
        kill(command.id, signal)
        let ended = command.finish()
        #expect(ended.bySignal && ended.status == signal, "\(ended)")
        #expect(ended.errors.isEmpty, "\(ended.errors)")
    }

    /// The control.
    @Test("Another program's crash does")
    func control() throws {
        let host = try Self.host(["SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no"])
        kill(host.id, SIGSEGV)
        let ended = host.finish()
        #expect(ended.errors.contains("Registers:"), "\(ended.errors)")
    }
}
