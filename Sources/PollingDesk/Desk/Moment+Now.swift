internal import Glibc

extension Moment {
    /// By the clock of the system.
    public static var now: Moment {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Moment(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    /// In whole milliseconds; the last moment, or the first, where there is none so far away.
    func later(by duration: Duration) -> Moment {
        let later = Int128(milliseconds) + duration.attoseconds / 1_000_000_000_000_000
        return Moment(milliseconds: Int64(clamping: later))
    }
}
