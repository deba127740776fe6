internal import Glibc

/// State that several threads share, and whose changes they wait for.
///
/// For threads that may sleep. A task of Swift's own pool must never wait here.
@safe package final class Monitor<State>: @unchecked Sendable {
    // Unchecked because of the pointers; every access to what is below holds `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State
    private var sleepers = 0

    package init(_ state: sending State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        // By a clock that nobody sets.
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(changed)
        unsafe mutex.deallocate()
        unsafe changed.deallocate()
    }

    /// Changes the state, or looks at it.
    package func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unlockAndTell() }
        return try body(&state)
    }

    /// Asks `body` now and after each change, until it has a result.
    package func wait<R, E: Error>(until body: (inout State) throws(E) -> R?) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unlockAndTell() }
        while true {
            if let result = try body(&state) { return result }
            sleepers += 1
            unsafe pthread_cond_wait(changed, mutex)
            sleepers -= 1
        }
    }

    /// The same, and nil if there is none at this time of `Monotonic`.
    package func wait<R>(until body: (inout State) -> R?, atLatest deadline: Int64) -> R? {
        unsafe pthread_mutex_lock(mutex)
        defer { unlockAndTell() }
        while true {
            if let result = body(&state) { return result }
            var end = timespec(
                tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            sleepers += 1
            let status = unsafe pthread_cond_timedwait(changed, mutex, &end)
            sleepers -= 1
            if status == ETIMEDOUT { return body(&state) }
        }
    }

    private func unlockAndTell() {
        let isAwaited = sleepers > 0
        // In this order, or anyone who is woken finds the mutex taken and sleeps again.
        unsafe pthread_mutex_unlock(mutex)
        if isAwaited { unsafe pthread_cond_broadcast(changed) }
    }
}

/// A clock that only goes forward, and says nothing of the time of day.
package enum Monotonic {
    /// In nanoseconds.
    package static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
