internal import Glibc

/// SIGTERM and Control-C tell the program to end: what was read is answered,
/// and nothing more is read.
enum Termination {
    /// Readable once the program has been told. Made before the handler, and
    /// never closed.
    private nonisolated(unsafe) static var ends: (told: Int32, bell: Int32) = (-1, -1)

    /// From now on these signals end the reading, and not the program.
    static func endReadingOnly() {
        guard unsafe ends.told < 0 else { return }
        var made: [Int32] = [-1, -1]
        guard unsafe pipe(&made) == 0 else { return }
        unsafe ends = (made[0], made[1])
        for number in [SIGTERM, SIGINT] {
            _ = signal(number) { _ in
                let saved = errno
                Termination.endReading()
                errno = saved
            }
        }
    }

    /// As if the program were told to end.
    static func endReading() {
        var byte: UInt8 = 0
        _ = unsafe Glibc.write(ends.bell, &byte, 1)
    }

    /// Waits until there is something to read on standard input; false once the
    /// program has been told to end.
    static func waitForInput() -> Bool {
        let told = unsafe ends.told
        guard told >= 0 else { return true }
        while true {
            var wait = [
                pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
                pollfd(fd: told, events: Int16(POLLIN), revents: 0),
            ]
            let ready = unsafe poll(&wait, 2, -1)
            if ready < 0 && errno == EINTR { continue }
            return wait[1].revents == 0
        }
    }
}
