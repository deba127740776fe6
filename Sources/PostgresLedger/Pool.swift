#if PostgreSQL
internal import Glibc
internal import PollingDesk

/// A few connections, each lent to one caller at a time. A caller who finds none
/// free waits for one. A connection that breaks is made again when it is needed.
final class Pool: Sendable {
    private struct State {
        var idle: [Connection] = []
        var lent = 0
        var isClosed = false
    }

    private let state = Monitor(State())
    let address: Address
    let limit: Int
    /// For how long it tries a database that cannot be reached, in milliseconds.
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
    }

    /// Runs work on a connection. It tries again, on another one, while the
    /// reason may pass: a server that restarts, a standby that takes over. So
    /// the work must be such that it can be done twice.
    func with<R>(_ work: (Connection) throws(Failure) -> R) throws(Failure) -> R {
        let end = Monotonic.now / 1_000_000 + patience
        var pause: Int64 = 50
        while true {
            do throws(Failure) { return try once(work) } catch {
                guard error.isPassing, Monotonic.now / 1_000_000 + pause < end else { throw error }
            }
            // All other connections are likely to be lost too, and those of
            // all other desks. They must not all come back at the same time.
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
            // Whoever opened the ledger has seen it: a pooler has lent another session.
            throw connection.isPooled && error.isAboutSession ? .refused(.pooled(connection.place)) : error
        }
    }

    /// A connection outside the pool, for a caller who keeps it long.
    func another() throws(Failure) -> Connection {
        try isOpen()
        let connection: Connection
        do throws(Failure) { connection = try Connection(address) } catch { throw explained(error) }
        try prepare(connection)
        return connection
    }

    /// libpq says the same of a standby and of a server whose sessions may only read.
    private func explained(_ failure: Failure) -> Failure {
        guard case .lost(let words) = failure, words.contains("read-only"),
            case .database(let text) = address.place
        else { return failure }
        let isStandby: Bool
        do throws(Failure) {
            _ = try Connection(try Address(text, for: .primary))
            isStandby = false
        } catch { isStandby = true }
        return .readOnly(isStandby: isStandby, words: words)
    }

    /// Lends nothing more. Work on connections that are lent goes on to its end.
    func close() {
        let connections = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        _ = connections
    }

    private func take() throws(Failure) -> Connection {
        let found = try state.wait { (state) throws(Failure) -> Connection?? in
            if state.isClosed { throw Self.closed }
            guard !state.idle.isEmpty || state.lent < limit else { return nil }
            state.lent += 1
            return .some(state.idle.popLast())
        }
        if let found, found.isUsable { return found }
        do throws(Failure) { return try another() } catch {
            give(nil)
            throw error
        }
    }

    /// Nil for a connection that is not to be used again.
    private func give(_ connection: Connection?) {
        state.withLock { state in
            state.lent -= 1
            if let connection, !state.isClosed { state.idle.append(connection) }
        }
    }

    private func isOpen() throws(Failure) {
        try state.withLock { (state) throws(Failure) in if state.isClosed { throw Self.closed } }
    }

    private static let closed = Failure.refused(.closed)
}
#endif
