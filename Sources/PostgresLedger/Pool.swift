#if PostgreSQL
internal import Glibc
internal import PollingDesk

/// A few connections, each lent to one caller at a time. Who finds none free
/// waits for one; a connection that breaks is made again when it is needed.
@safe final class Pool: @unchecked Sendable {
    // Unchecked because of the pointers; every access to the state holds `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var idle: [Connection] = []
    private var lent = 0
    private var isClosed = false

    let address: Address
    let limit: Int
    /// How long a database that cannot be reached is tried for, in milliseconds.
    private let patience: Int64
    /// What every connection says first.
    private let prepare: @Sendable (Connection) throws(Failure) -> Void

    init(
        _ address: Address, connections limit: Int, patience: Int64,
        _ prepare: @escaping @Sendable (Connection) throws(Failure) -> Void
    ) {
        self.address = address
        self.limit = limit
        self.patience = patience
        self.prepare = prepare
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(changed)
        unsafe mutex.deallocate()
        unsafe changed.deallocate()
    }

    /// Runs work on a connection; once more, on another, for as long as what
    /// keeps it from being done is the moment: a server that restarts, a standby
    /// that takes over. So the work must be such that it can be done twice.
    func with<R>(_ work: (Connection) throws(Failure) -> R) throws(Failure) -> R {
        let end = Self.now + patience
        var pause: Int64 = 50
        while true {
            do throws(Failure) { return try once(work) } catch {
                guard error.isPassing, Self.now + pause < end else { throw error }
            }
            // A lost connection is likely to be missed by all others as well,
            // and by all other desks: not all of them at the same time.
            usleep(UInt32.random(in: UInt32(pause * 500)...UInt32(pause * 1000)))
            pause = min(2 * pause, 2000)
        }
    }

    private func once<R>(_ work: (Connection) throws(Failure) -> R) throws(Failure) -> R {
        let connection = try take()
        do throws(Failure) {
            let result = try work(connection)
            give(connection)
            return result
        } catch {
            if error.breaksConnection {
                give(nil)
            } else {
                do throws(Failure) {
                    try connection.rollBack()
                    give(connection)
                } catch { give(nil) }
            }
            throw error
        }
    }

    /// A connection of one's own, for who keeps it long. Not of the pool's.
    func another() throws(Failure) -> Connection {
        try isOpen()
        let connection = try Connection(address)
        try prepare(connection)
        return connection
    }

    /// Nothing is lent afterwards; what is lent comes to its end.
    func close() {
        let connections = locked {
            isClosed = true
            defer { idle = [] }
            return idle
        }
        _ = connections
    }

    private func take() throws(Failure) -> Connection {
        let found: Connection? = try locked { () throws(Failure) in
            while !isClosed && idle.isEmpty && lent == limit { unsafe pthread_cond_wait(changed, mutex) }
            if isClosed { throw Self.closed }
            lent += 1
            return idle.popLast()
        }
        if let found, found.isUsable { return found }
        do throws(Failure) { return try another() } catch {
            give(nil)
            throw error
        }
    }

    /// Nil for a connection that is not to be used again.
    private func give(_ connection: Connection?) {
        locked {
            lent -= 1
            if let connection, !isClosed { idle.append(connection) }
        }
    }

    private func isOpen() throws(Failure) {
        try locked { () throws(Failure) in if isClosed { throw Self.closed } }
    }

    private func locked<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_mutex_unlock(mutex)
            unsafe pthread_cond_broadcast(changed)
        }
        return try body()
    }

    private static let closed = Failure.refused(.closed)

    /// In milliseconds, by a clock that nobody sets.
    private static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
#endif
