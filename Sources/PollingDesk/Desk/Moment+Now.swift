internal import Glibc

extension Moment {
    /// By the clock of the system.
    public static var now: Moment {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Moment(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }
}
