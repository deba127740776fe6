#if PostgreSQL
internal import Counterfoil
internal import PollingDesk

/// Gives entries of the log their places: see SQL/log.sql.
struct Integrator {
    let connection: Connection

    /// Shows `body` the head of the log, while nobody else is shown one.
    ///
    /// What is shown must have been committed, and the lock is that of a transaction:
    /// so `gate`, another connection, holds it. A lock of the session would do with
    /// one, but a pooler in between may lend the session to somebody else.
    func withHead<R>(
        _ gate: Connection, after seen: TreeHead?, _ body: (TreeHead) -> R
    ) throws(Failure) -> R {
        // Most of it before anybody has to wait.
        try placeAll()
        return try gate.holding("hold_places") { () throws(Failure) in
            let head = try integrate()
            if let seen { try expect(seen) }
            // The server ends a transaction in which nothing happens for too long.
            try gate.execute("SELECT 1")
            return body(head)
        }
    }

    /// Gives all places, and runs `body` while nobody writes: so nothing has come since.
    func whileNobodyWrites<R>(
        _ gate: Connection, _ body: () throws(Failure) -> R
    ) throws(Failure) -> R {
        try placeAll()
        return try gate.holding("hold_ballot") { () throws(Failure) in
            try placeAll()
            return try body()
        }
    }

    /// Gives places if nobody else is doing that just now.
    func placeAllIfFree() throws(Failure) {
        _ = try placeAll(by: "place_if_free")
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
        guard let size = try placeAll(by: "place") else { throw .damaged(.noBallot) }
        return size
    }

    /// By one of the functions that give places; nil where that one gave way to
    /// somebody else.
    private func placeAll(by function: String) throws(Failure) -> Int? {
        while true {
            let rows = try connection.run([Writing.begin, ("SELECT * FROM \(function)()", Parameters())])[1]
            if rows.isNull(0, 0) {
                try connection.rollBack()
                return nil
            }
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
    /// Runs `body` in a transaction that holds the lock which this function takes.
    fileprivate func holding<R>(
        _ function: String, _ body: () throws(Failure) -> R
    ) throws(Failure) -> R {
        _ = try run([Writing.begin, ("SELECT \(function)()::text", Parameters())])
        let result = try body()
        try execute("ROLLBACK")
        return result
    }

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
