import Glibc
import TestSupport
import Testing

/// A program at a terminal (pty), and somebody who types.
final class TerminalSession {
    private let keyboard: Int32
    private let id: pid_t
    /// All that the terminal has shown.
    private(set) var shown = ""
    private var seen = 0

    init(_ program: String, _ arguments: [String], in folder: String) throws {
        keyboard = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN, which Swift's Glibc does not import.
        var lock: Int32 = 0
        var number: Int32 = 0
        try #require(unsafe ioctl(keyboard, 0x4004_5431, &lock) == 0)
        try #require(unsafe ioctl(keyboard, 0x8004_5430, &number) == 0)
        let start = Start()
        start.leadSession()
        for stream: Int32 in 0...2 { start.open(stream, "/dev/pts/\(number)", O_RDWR) }
        id = try start.run(program, arguments, [:], in: folder)
    }

    /// Waits until the terminal shows this, after what was waited for before.
    func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        while !shown.dropFirst(seen).contains(text) {
            guard readMore() else {
                Issue.record(
                    "\u{201C}\(text)\u{201D} did not come after \(shown.debugDescription)",
                    sourceLocation: sourceLocation)
                return
            }
        }
        let place = shown.dropFirst(seen).firstRange(of: text)!.upperBound
        seen = shown.distance(from: shown.startIndex, to: place)
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(keyboard, bytes, bytes.count)
    }

    /// Whether the terminal shows what is typed.
    var echoes: Bool {
        var settings = termios()
        return unsafe tcgetattr(keyboard, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func signal(_ number: Int32) { kill(id, number) }

    /// Whether this comes to be within ten seconds.
    func waits(until isSo: (TerminalSession) -> Bool) -> Bool {
        for _ in 0..<1000 {
            if isSo(self) { return true }
            usleep(10_000)
        }
        return false
    }

    /// Reads to the end, and returns the exit status, negative for a signal.
    func finish() -> Int32 {
        while readMore() {}
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    private func readMore() -> Bool {
        var wait = pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wait, 1, 30_000) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(keyboard, &bytes, bytes.count)
        guard count > 0 else { return false }
        shown += String(decoding: bytes[..<count], as: UTF8.self).replacing("\r\n", with: "\n")
        return true
    }

    deinit { close(keyboard) }
}
