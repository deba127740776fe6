internal import Counterfoil
internal import Glibc

extension Terminal {
    /// Asks for a line, without echo if it is secret. The bytes are read with
    /// `read(2)` into guarded memory and nowhere else.
    static func ask(_ prompt: String, secret: Bool) throws -> SecretBytes {
        // First no echo, then the question: a quick answer is read, and not shown.
        let isHidden = secret && Echo.hide()
        defer { if isHidden { Echo.show() } }
        note(prompt, end: "")
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
}

/// Whether a terminal shows what is typed. Anyone who breaks off, or goes away
/// for a while, gets the terminal back as it was.
private enum Echo {
    /// How the terminal was, and how it is without echo.
    ///
    /// On the heap. A global `termios` is laid out by Swift 6.3 without the
    /// padding within it, three bytes shorter than what `tcgetattr` writes.
    private nonisolated(unsafe) static let shown = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    private nonisolated(unsafe) static let hidden = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    private static let endings = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

    /// No echo from now on; false where there is no terminal.
    static func hide() -> Bool {
        guard unsafe tcgetattr(0, shown) == 0 else { return false }
        unsafe hidden.initialize(to: shown.pointee)
        unsafe hidden.pointee.c_lflag &= ~tcflag_t(ECHO)
        for ending in endings { giveBack(at: ending) }
        giveBack(at: SIGTSTP)
        // `fg` after Control-Z.
        _ = signal(SIGCONT) { _ in
            unsafe tcsetattr(0, TCSANOW, Echo.hidden)
            Echo.giveBack(at: SIGTSTP)
        }
        unsafe tcsetattr(0, TCSAFLUSH, hidden)
        return true
    }

    static func show() {
        unsafe tcsetattr(0, TCSAFLUSH, shown)
        for number in endings + [SIGTSTP, SIGCONT] { _ = signal(number, SIG_DFL) }
        Terminal.note("")
    }

    /// Before the signal does what it does.
    private static func giveBack(at number: Int32) {
        _ = signal(number) { number in
            unsafe tcsetattr(0, TCSANOW, Echo.shown)
            _ = signal(number, SIG_DFL)
            raise(number)
        }
    }
}
