#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// Gives entries of the log their places: see SQL/log.sql.
struct Integrator {
    let connection: Connection

    /// Runs `body` as the only integrator there is, in all processes.
    func alone<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try connection.execute("SELECT pg_advisory_lock(1128680519, 3)")
        return try unlocking(body)
    }

    /// The same, or nothing if there is another one.
    func aloneIfFree(_ body: () throws(Failure) -> Void) throws(Failure) {
        let isFree = try connection.run("SELECT pg_try_advisory_lock(1128680519, 3)")
        if try isFree.integer(0, 0) == 1 { try unlocking(body) }
    }

    private func unlocking<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        let result: R
        do throws(Failure) { result = try body() } catch {
            // The lock is the session's, and outlives a transaction that failed.
            if !error.breaksConnection {
                try connection.rollBack()
                try connection.execute("SELECT pg_advisory_unlock(1128680519, 3)")
            }
            throw error
        }
        try connection.execute("SELECT pg_advisory_unlock(1128680519, 3)")
        return result
    }

    /// Runs `body` while nobody writes, after all who write now are done.
    func whileNobodyWrites<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try connection.execute("SELECT pg_advisory_lock(1128680519, 1)")
        let result: R
        do throws(Failure) { result = try body() } catch {
            if !error.breaksConnection {
                try connection.rollBack()
                try connection.execute("SELECT pg_advisory_unlock(1128680519, 1)")
            }
            throw error
        }
        try connection.execute("SELECT pg_advisory_unlock(1128680519, 1)")
        return result
    }

    /// Has the database place all that waits, and returns the log as it then is on
    /// the disk, and on that of the standby.
    func integrate() throws(Failure) -> TreeHead {
        let size = try placeAll()
        return try Frontier(size: size) { (level, index) throws(Failure) in
            try connection.node(level: level, index: index)
        }.head
    }

    /// The same, without a look at the hashes. Returns how many entries have a place.
    @discardableResult
    func placeAll() throws(Failure) -> Int {
        while true {
            let rows = try connection.run([Writing.begin, ("SELECT * FROM place()", Parameters())])[1]
            let size = Int(try rows.integer(0, 0))
            let isMore = try rows.integer(0, 1) == 1
            // Also where nothing waited: places that others gave may still wait for
            // the standby.
            try connection.commit([])
            if !isMore { return size }
        }
    }

    /// Refuses a log that is not the one whose head somebody has seen.
    func expect(_ seen: TreeHead) throws(Failure) {
        let size = Int(try connection.run("SELECT size FROM integration").integer(0, 0))
        guard size >= seen.size else {
            throw .refused(.olderCopy(connection.place, has: size, seen: seen.size, by: .head))
        }
        let root = try MerkleTree.root(size: seen.size) { (level, index) throws(Failure) in
            try connection.node(level: level, index: index)
        }
        guard root == seen.root else {
            throw .refused(.otherLog(connection.place, first: seen.size, by: .head))
        }
    }
}

extension Connection {
    /// The hash of a complete subtree, as it was kept.
    func node(level: Int, index: Int) throws(Failure) -> Bytes<32> {
        let place = MerkleTree.place(level: level, index: index)
        var parameters = Parameters()
        parameters.add(Int64(place.leaf))
        let rows = try run("SELECT hashes FROM places WHERE number = $1::bigint", parameters)
        guard rows.count == 1 else { throw .damaged(.missingEntry(place.leaf)) }
        let hashes = try rows.hashes(0, 0)
        guard hashes.indices.contains(place.position) else {
            throw .damaged(.missingHashes(entry: place.leaf))
        }
        return hashes[place.position]
    }
}
#endif
