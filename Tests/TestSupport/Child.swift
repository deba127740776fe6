import Foundation
package import Glibc
import Synchronization

/// Why a program could not be run at all.
package struct ChildError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// How a program ended: what it wrote, and its exit status, negative for the
/// signal that ended it.
package struct Ended: Sendable, CustomStringConvertible {
    package let bytes: [UInt8]
    package let errors: String
    package let status: Int32

    package var output: String { String(decoding: bytes, as: UTF8.self) }
    package var lines: [String] { output.split(separator: "\n").map(String.init) }
    package var description: String { "status \(status)\n\(output.prefix(2000))\n\(errors.prefix(2000))" }
}

/// Where a program's standard input comes from. Never from the test's own.
package enum Input: Sendable {
    case nothing
    case text(String)
    case bytes([UInt8])
    /// A pipe that the test writes to, as long as it likes.
    case pipe
    case file(String)
    case closed
}

/// Where a program's standard output or standard error goes.
package enum Output: Sendable {
    case collected
    /// A pipe that the test reads from while the program runs.
    case pipe
    case file(String)
    /// A pipe that nobody reads.
    case unread
    case closed
}

/// A program that was started. `finish` waits for its end.
package final class Child {
    package let id: pid_t
    /// The test's ends of pipes.
    private var input: Int32 = -1
    private var output: Int32 = -1
    private let collected: (output: Int32, errors: Int32)
    private var unread: [UInt8] = []

    /// - Parameter program: a path, or a name to look for in PATH.
    package init(
        _ program: String, _ arguments: [String], input: Input = .nothing, output: Output = .collected,
        errors: Output = .collected, environment: [String: String] = [:], in folder: String
    ) throws {
        _ = Self.pipesAreErrors
        let start = Start()
        let collects = (try Self.namelessFile(), try Self.namelessFile())
        var mine: (input: Int32, output: Int32) = (-1, -1)
        var theirs: [Int32] = []
        var feed: [UInt8]?

        switch input {
        case .nothing: start.open(0, "/dev/null", O_RDONLY)
        case .file(let path): start.open(0, path, O_RDONLY)
        case .closed: start.close(0)
        case .text, .bytes, .pipe:
            let (read, write) = try Self.pipe()
            start.use(read, as: 0)
            theirs.append(read)
            mine.input = write
            if case .text(let text) = input { feed = Array(text.utf8) }
            if case .bytes(let bytes) = input { feed = bytes }
        }
        for (stream, where_, file) in [(1 as Int32, output, collects.0), (2, errors, collects.1)] {
            switch where_ {
            case .collected: start.use(file, as: stream)
            case .file(let path): start.open(stream, path, O_WRONLY)
            case .closed: start.close(stream)
            case .unread, .pipe:
                let (read, write) = try Self.pipe()
                start.use(write, as: stream)
                theirs.append(write)
                if case .pipe = where_ { mine.output = read } else { close(read) }
            }
        }
        defer { for end in theirs { close(end) } }
        id = try start.run(program, arguments, environment, in: folder)
        collected = collects
        self.output = mine.output
        self.input = mine.input
        if let feed { self.feed(feed) }
    }

    /// Writes all of this to its standard input, if that is a `pipe`, and ends it;
    /// in a thread, so that the caller can read the answers meanwhile.
    package func feed(_ text: String) { feed(Array(text.utf8)) }

    private func feed(_ bytes: [UInt8]) {
        let end = input
        input = -1
        Thread.detachNewThread {
            Self.write(bytes, to: end)
            close(end)
        }
    }

    /// Writes to the program's standard input, if it is a `pipe`.
    package func write(_ text: String) { Self.write(Array(text.utf8), to: input) }

    /// Ends the program's standard input.
    package func endInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Reads the next line of its standard output, if it is a `pipe`; nil at the
    /// end, or when nothing comes for so many seconds.
    package func line(within seconds: Double = 30) -> String? {
        while true {
            if let end = unread.firstIndex(of: 0x0A) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeFirst(end + 1)
                return line
            }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&wait, 1, Int32(seconds * 1000)) > 0 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = unsafe read(output, &chunk, chunk.count)
            guard count > 0 else { return nil }
            unread += chunk[..<count]
        }
    }

    package func signal(_ number: Int32) { kill(id, number) }

    /// Waits for its end; a program that has not ended in time is killed, and
    /// its errors say so.
    package func finish(within seconds: Double = 60) -> Ended {
        endInput()
        let deadline = ContinuousClock.now + .seconds(seconds)
        var status: Int32 = 0
        var isLate = false
        while unsafe waitpid(id, &status, WNOHANG) == 0 {
            if !isLate && ContinuousClock.now > deadline {
                isLate = true
                signal(SIGKILL)
            }
            usleep(500)
        }
        let signalled = status & 0x7F
        return Ended(
            bytes: Self.contents(collected.output),
            errors: String(decoding: Self.contents(collected.errors), as: UTF8.self)
                + (isLate ? "(killed: it did not end within \(seconds) seconds)\n" : ""),
            status: signalled == 0 ? status >> 8 & 0xFF : -signalled)
    }

    deinit {
        endInput()
        if output >= 0 { close(output) }
        close(collected.output)
        close(collected.errors)
    }

    // MARK: Files and pipes

    /// A pipe that the program closed early is no reason for the tests to die.
    private static let pipesAreErrors: Void = { _ = Glibc.signal(SIGPIPE, SIG_IGN) }()

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        try Start.alone {
            guard unsafe Glibc.pipe(&ends) == 0 else { throw ChildError("no pipe could be made") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        return (ends[0], ends[1])
    }

    private static func namelessFile() throws -> Int32 {
        var path = Array("\(FileManager.default.temporaryDirectory.path)/counterfoil.XXXXXX".utf8CString)
        let file = unsafe mkstemp(&path)
        guard file >= 0 else { throw ChildError("no file without a name could be made") }
        _ = unsafe unlink(path)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        return file
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func contents(_ file: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(file, $0.baseAddress! + done, $0.count - done, off_t(done))
            }
            guard count > 0 else { break }
            done += count
        }
        return Array(bytes[..<done])
    }
}

/// What is to be done between `fork` and `exec`.
@safe package final class Start {
    private var actions = unsafe posix_spawn_file_actions_t()
    private var attributes = posix_spawnattr_t()
    private var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK

    package init() {
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    }

    package func open(_ stream: Int32, _ path: String, _ mode: Int32) {
        unsafe posix_spawn_file_actions_addopen(&actions, stream, path, mode, 0)
    }
    package func use(_ descriptor: Int32, as stream: Int32) {
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, stream)
    }
    package func close(_ stream: Int32) { unsafe posix_spawn_file_actions_addclose(&actions, stream) }

    /// The program leads a session: the terminal that it opens first is its own.
    package func leadSession() {
        // POSIX_SPAWN_SETSID, which Swift's Glibc does not import.
        flags |= 0x80
    }

    package func run(
        _ program: String, _ arguments: [String], _ environment: [String: String], in folder: String
    ) throws -> pid_t {
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var argv = unsafe (["env", "-C", folder, program] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for i in unsafe argv.indices { unsafe free(argv[i]) }
            for i in unsafe envp.indices { unsafe free(envp[i]) }
        }
        var id = pid_t()
        try Self.alone {
            guard unsafe posix_spawnp(&id, "env", &actions, &attributes, &argv, &envp) == 0 else {
                throw ChildError("\(program) could not be started")
            }
        }
        return id
    }

    private static let starting = Mutex(())

    /// A pipe must not be inherited by what another thread starts just now: its
    /// end would never be seen.
    static func alone<R>(_ body: () throws -> R) rethrows -> R {
        try starting.withLock { _ in try body() }
    }

    deinit {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
}
