internal import Counterfoil
internal import CounterfoilFiles
internal import Glibc

/// The person at the keyboard.
///
/// What is said to them holds nothing that steers a terminal: sentences repeat
/// through `shown`, and whatever slips past it is made visible here.
enum Terminal {
    static let inputIsTerminal = isatty(0) == 1
    static let errorIsTerminal = isatty(2) == 1
    static let outputIsTerminal = isatty(1) == 1

    /// One line on standard error.
    static func complain(_ text: String) {
        progressEnd()
        writeError("counterfoil: \(VisibleText.of(text))\n")
    }

    static func note(_ text: String, end: String = "\n") {
        progressEnd()
        writeError(VisibleText.of(text) + end)
    }

    /// Writes a result, of one line or several; a reader who went away ends the verb.
    static func say(_ text: String) throws {
        try write(VisibleText.of(text, keeping: ["\n"]))
    }

    /// Writes a file's contents, without the end of its last line. Not a byte is
    /// changed, unless somebody looks at it on a terminal.
    static func hand(over contents: String) throws {
        try write(outputIsTerminal ? VisibleText.of(contents, keeping: ["\n", "\r"]) : contents)
    }

    private static func write(_ text: String) throws {
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
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
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
}
