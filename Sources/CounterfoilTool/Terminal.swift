internal import Counterfoil
internal import Files
internal import Glibc

/// The person at the keyboard.
enum Terminal {
    static let inputIsTerminal = isatty(0) == 1
    static let errorIsTerminal = isatty(2) == 1
    static let outputIsTerminal = isatty(1) == 1

    /// One line on standard error.
    static func complain(_ text: String) {
        progressEnd()
        writeError("counterfoil: \(text)\n")
    }

    static func note(_ text: String) {
        progressEnd()
        writeError(text + "\n")
    }

    /// Writes a result; a reader who went away ends the verb.
    static func say(_ text: String) throws {
        progressEnd()
        try attempt { () throws(StreamError) in
            var output = StandardOutput()
            try Array((text + "\n").utf8).withBytes { (bytes) throws(StreamError) in
                try output.write(bytes)
            }
        }
    }

    /// Where even this fails there is nobody left to tell.
    private static func writeError(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    // MARK: Progress

    /// Only this thread's verb writes progress.
    private nonisolated(unsafe) static var progressShown = false
    private nonisolated(unsafe) static var lastProgress = 0

    /// A line that the next one replaces, ten times a second at most.
    static func progress(_ text: @autoclosure () -> String) {
        guard errorIsTerminal else { return }
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let tenths = now.tv_sec * 10 + now.tv_nsec / 100_000_000
        guard unsafe tenths != lastProgress else { return }
        unsafe lastProgress = tenths
        unsafe progressShown = true
        writeError("\r\u{1B}[K\(text())")
    }

    private static func progressEnd() {
        guard unsafe progressShown else { return }
        unsafe progressShown = false
        writeError("\r\u{1B}[K")
    }

    // MARK: Prompts

    /// Asks for a line, without echo if it is secret. The bytes are read with
    /// `read(2)` into guarded memory and nowhere else.
    static func ask(_ prompt: String, secret: Bool) throws -> SecretBytes {
        // First no echo, then the question: whoever answers at once is heard, and not seen.
        let isHidden = secret && hide()
        defer { if isHidden { show() } }
        writeError(prompt)
        var line = SecretScratch(count: 4096)
        var count = 0
        while count < line.count {
            let got = line.withMutableBytes(in: count..<count + 1) { bytes in
                unsafe bytes.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, 1) }
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else {
                guard count > 0 else { throw Stop.couldNot("nothing was typed") }
                break
            }
            if line.withBytes({ $0.byte(count) }) == 0x0A { break }
            count += 1
        }
        let typed = count
        defer { line.wipe() }
        return line.withBytes { SecretBytes(copying: $0.extracting(0..<typed)) }
    }

    /// How the terminal was before it was told not to echo.
    private nonisolated(unsafe) static var shown = termios()
    private static let endings = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

    /// No echo from now on; false where there is no terminal.
    private static func hide() -> Bool {
        guard unsafe tcgetattr(0, &shown) == 0 else { return false }
        // Whoever breaks off should not be left with a terminal that is mute.
        for ending in endings {
            _ = signal(ending) { ending in
                unsafe tcsetattr(0, TCSANOW, &Terminal.shown)
                _ = signal(ending, SIG_DFL)
                raise(ending)
            }
        }
        var hidden = unsafe shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(0, TCSAFLUSH, &hidden)
        return true
    }

    private static func show() {
        unsafe tcsetattr(0, TCSAFLUSH, &shown)
        for ending in endings { _ = signal(ending, SIG_DFL) }
        writeError("\n")
    }
}
