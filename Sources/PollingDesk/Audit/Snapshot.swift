package import Counterfoil

/// All that a ledger holds, at one moment, for a reader who believes nothing of it.
///
/// Rows come as they are kept, in orders that need no memory: a million entries
/// need no more room than a hundred.
/// A `body` that returns false ends the walk.
package protocol LedgerSnapshot {
    /// Where the ledger is kept.
    var place: LedgerPlace { get }

    /// What makes the storage itself untrustworthy, so that one row could be read as
    /// two; nil if nothing.
    func storageFault() throws(LedgerError) -> String?
    /// Entries in the log.
    func logSize() throws(LedgerError) -> Int
    /// The log, in order.
    func eachEntry(_ body: (LogRow) -> Bool) throws(LedgerError)
    /// What the log says of one pack, in order.
    func entries(about pack: PackNumber) throws(LedgerError) -> [LoggedEntry]
    /// The entry of this number, or nil where the log does not reach so far.
    func entry(_ number: Int) throws(LedgerError) -> LoggedEntry?
    /// The hash of a complete subtree of the log's tree, as it was kept.
    func node(level: Int, index: Int) throws(LedgerError) -> Bytes<32>

    func ballot() throws(LedgerError) -> BallotState
    /// By number, from 1.
    func batches() throws(LedgerError) -> [BatchRecord]
    /// The rows of all registers, or of one batch, in order of look-up ids, with the
    /// number of their batch.
    func eachPack(
        ofBatch number: Int?, _ body: (RegisterRow, _ batch: Int) -> Bool
    ) throws(LedgerError)

    /// The pairs of all registers, batch by batch, each in the order of its register.
    func eachPair(_ body: (PackPair, _ batch: Int) -> Bool) throws(LedgerError)

    /// Whatever touched a pack, voter by voter, each in the order of the log.
    /// What touches a pack that no register has comes as that of no voter. That a
    /// pack is replaced comes as its own voter's, whatever number its replacement
    /// carries; and where no register has it yet, as that of the lowest number
    /// among its replacements. A pack that a pair cancels comes in the same way;
    /// where nothing else names it, as that of `VoterNumber.nobody`.
    func eachVoter(_ body: (VoterNumber?, [PackChange]) -> Bool) throws(LedgerError)
    /// What the tables say of a pack and of the vote of its voter.
    func pack(_ number: PackNumber) throws(LedgerError) -> (PackRecord, Vote?)?
    /// Whether a pack is cancelled, one too whose register was not loaded yet.
    func cancellation(of number: PackNumber) throws(LedgerError) -> Cancellation?
    /// The scans of a pack that are on the record, each with the number of its entry.
    func scans(of number: PackNumber) throws(LedgerError) -> [ScanNonce: Int]
    /// How many rows a table has, and one of them whose pack nothing in the
    /// log is about.
    func rows(of table: LedgerTable) throws(LedgerError) -> (count: Int, unexplained: PackNumber?)
}

extension LedgerSnapshot {
    /// The rows of all registers.
    package func eachPack(_ body: (RegisterRow, _ batch: Int) -> Bool) throws(LedgerError) {
        try eachPack(ofBatch: nil, body)
    }

    package func storageFault() throws(LedgerError) -> String? { nil }

    /// A proof for everything that the log says of a pack, under a checkpoint; or
    /// for one entry about it. One entry need not be looked for: it takes a few
    /// dozen hashes, however long the log is.
    package func proofs(
        about pack: PackNumber, entry number: Int? = nil, checkpoint: Checkpoint, election: Election
    ) throws(LedgerError) -> [LogProof] {
        let size = checkpoint.head.size
        let found = try logSize()
        guard found >= size else { throw .olderCopy(place, has: found, seen: size, by: .checkpoint) }
        guard try MerkleTree.root(size: size, node) == checkpoint.head.root else {
            throw .otherLog(place, first: size, by: .checkpoint)
        }
        var proofs: [LogProof] = []
        let entries: [LoggedEntry]
        if let number {
            entries = try entry(number).map { [$0] } ?? []
        } else {
            entries = try self.entries(about: pack)
        }
        for logged in entries where logged.number < size {
            let path = try MerkleTree.inclusion(of: logged.number, size: size, node)
            do {
                let proof = try LogProof(
                    of: logged, path: path, checkpoint: checkpoint, constant: election.constant)
                // This entry was altered after its hashes were made: it proves nothing.
                try proof.verify(election)
                if proof.entry.event.pack == pack { proofs.append(proof) }
            } catch {
                throw .damaged(LedgerFault(place, .damage(.alteredEntry(logged.number, error))))
            }
        }
        return proofs
    }
}

/// The tables in which things happen to packs.
package enum LedgerTable: String, Sendable, CaseIterable { case votes, attempts, cancelled, scans }

/// A row of the log.
package struct LogRow: Sendable {
    package let logged: LoggedEntry
    /// What is kept beside the entry to look it up by, and must agree with it.
    package let at: Moment
    package let type: Int
    package let pack: UInt64?
    /// The hash of its leaf, and those of the subtrees that it completes.
    package let hashes: [Bytes<32>]

    package init(
        _ logged: LoggedEntry, at: Moment, type: Int, pack: UInt64?, hashes: [Bytes<32>]
    ) {
        self.logged = logged
        self.at = at
        self.type = type
        self.pack = pack
        self.hashes = hashes
    }

    /// Why an envelope was set aside; nil where the entry is about something else.
    var setAside: SetAside? {
        logged.encoded.type == .postSetAside ? SetAside(rawValue: logged.encoded[.why]) : nil
    }
}

/// A batch with what it takes to rebuild its register.
package struct BatchRecord: Sendable {
    package let batch: Batch
    package let header: [UInt8]
    package let signature: Bytes<64>
    package let digest: RegisterDigest

    package init(_ batch: Batch, header: [UInt8], signature: Bytes<64>, digest: RegisterDigest) {
        self.batch = batch
        self.header = header
        self.signature = signature
        self.digest = digest
    }
}

/// Something that touched a pack.
package struct PackChange: Sendable {
    package enum Cause: Sendable {
        /// An entry of the log, by its number.
        case logged(Int, EncodedEntry)
        /// The activation, if it came, of the batch that holds its replacement.
        case replaced(byBatch: Int)
        /// The activation, if it came, of the batch whose register lists it in a pair.
        case listed(byBatch: Int)
    }

    package let pack: PackNumber
    package let cause: Cause

    package init(_ pack: PackNumber, _ cause: Cause) {
        self.pack = pack
        self.cause = cause
    }
}
