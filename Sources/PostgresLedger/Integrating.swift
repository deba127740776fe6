#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// Gives entries of the log their places: see SQL/log.sql.
struct Integrator {
    let connection: Connection
    let election: Election

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

    /// Places all that waits, and returns the log as it then is on the disk.
    /// Nobody else may write or give places meanwhile.
    func integrate() throws(Failure) -> TreeHead {
        var frontier = try frontier()
        var isConfirmed = false
        while true {
            try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            let (first, turns, hashes, count) = try next(&frontier)
            guard count > 0 else { break }
            var parameters = Parameters()
            parameters.add(Int64(first))
            parameters.add(turns)
            parameters.add(hashes)
            try connection.commit([
                ("SELECT place($1::bigint, $2::bigint[], $3::bytea[])::text", parameters)
            ])
            isConfirmed = true
            if count < Self.portion { return frontier.head }
        }
        if isConfirmed {
            try connection.rollBack()
        } else {
            // Places that others gave may still wait for the standby.
            try connection.commit([Writing.confirmation])
        }
        return frontier.head
    }

    /// The entries that come next, hashed.
    private func next(
        _ frontier: inout Frontier
    ) throws(Failure) -> (first: Int, turns: PostgresArray, hashes: PostgresArray, count: Int) {
        let first = frontier.size
        var turns = PostgresArray(of: .int8)
        var hashes = PostgresArray(of: .bytea)
        let rows = try connection.run(
            """
            SELECT turn, entry, reason, reference, officer, id FROM waiting
            ORDER BY turn LIMIT \(Self.portion)
            """)
        for row in 0..<rows.count {
            // Its turn is here in the place of its number.
            let logged = try LoggedEntry(rows, row)
            turns.append(Int64(logged.number))
            let kept = frontier.append(MerkleTree.leaf(logged.leaf(election.id)))
            var together: [UInt8] = []
            for hash in kept { together.append(hash) }
            hashes.append(together)
        }
        return (first, turns, hashes, rows.count)
    }

    /// The right edge of the tree, as far as it has places.
    private func frontier() throws(Failure) -> Frontier {
        let size = Int(try connection.run("SELECT size FROM integration").integer(0, 0))
        return try Frontier(size: size) { (level, index) throws(Failure) in
            try connection.node(level: level, index: index)
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

    /// Entries placed in one transaction.
    private static let portion = 4096
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
