internal import CCounterfoilSystem
internal import Glibc

/// What a process that sees codes and keys must not do by accident.
enum Hardening {
    static func apply() {
        openStandardStreams()
        // No core dump, and no debugger of another user's: both would hold
        // whatever was typed last.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        _ = counterfoil_forbid_dumps()
        // Swift's backtracer prints registers and the memory around them. It
        // was installed before main; take it out again.
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT] {
            _ = Glibc.signal(signal, SIG_DFL)
        }
        // A closed pipe is an error like any other, told in words.
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        umask(0o077)
    }

    /// The command may be started with one of the standard streams closed. The
    /// next file that it opens would then take the place of that stream: answers
    /// would go into a ledger's lock, and the end of a key file would be the end
    /// of the requests. So something takes that place that cannot be read, or
    /// cannot be written.
    private static func openStandardStreams() {
        for stream: Int32 in 0...2 where fcntl(stream, F_GETFD) < 0 {
            // The lowest free number is this one.
            guard unsafe open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY) == stream else { _exit(3) }
        }
    }
}
