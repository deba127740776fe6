package import Counterfoil

/// Replays a ledger's log and compares it with all that the ledger holds.
///
/// It believes nothing: not the tables, not the hashes that are kept with the
/// entries, and not that the entries follow the rules. A ledger cannot prove by
/// itself that it is the whole ledger: an old copy is consistent too, and so is
/// a forged one whose hashes were all computed anew. To find these takes a
/// checkpoint that somebody else has kept.
package struct Audit {
    /// Earlier checkpoints of this log.
    package let checkpoints: [Checkpoint]
    /// The election, where the auditor has it from elsewhere than the ledger.
    private let election: Election

    package init(election: Election, against checkpoints: [Checkpoint] = []) {
        self.election = election
        self.checkpoints = checkpoints
    }

    /// What an audit found.
    package struct Report: Sendable {
        /// The log as it is now.
        package let head: TreeHead
        package let batches: Int
        package let packs: Int
        package let votesOnline: Int
        package let votesByPost: Int
        /// The first difference, or nil.
        package private(set) var difference: String?

        /// Adds what a register's file showed. The file may name the row; the
        /// ledger alone can only name the batch.
        package mutating func found(_ other: String?) {
            guard let other else { return }
            difference = difference.map { "\($0); \(other)" } ?? other
        }
    }

    /// Reads everything, in memory that does not grow with it. `progress` is
    /// called now and then with the number of rows read.
    package func run(
        on ledger: some LedgerSnapshot, progress: (Int) -> Void = { _ in }
    ) throws(LedgerError) -> Report {
        var log = LogReplay(election: election, checkpoints: checkpoints)
        var count = 0
        func tick() {
            count += 1
            if count % 4096 == 0 { progress(count) }
        }
        try ledger.eachEntry { row in
            tick()
            log.add(row)
            return log.difference == nil
        }
        log.end()
        var registers = RegisterReplay(election: election, timeline: log.timeline)
        var votes = VoteReplay(timeline: log.timeline, election: election)

        var difference = log.difference
        if difference == nil {
            difference = log.timeline.difference(
                from: try ledger.ballot(), batches: try ledger.batches().map(\.batch))
        }
        if difference == nil {
            registers.begin(try ledger.batches())
            if registers.difference == nil {
                try ledger.eachPack { row, batch in
                    tick()
                    registers.add(row, batch: batch)
                    return registers.difference == nil
                }
            }
            if registers.difference == nil {
                try ledger.eachPair { pair, batch in
                    tick()
                    registers.add(pair, batch: batch)
                    return registers.difference == nil
                }
            }
            registers.end()
            difference = registers.difference
        }
        if difference == nil {
            var failure: LedgerError?
            try ledger.eachVoter { voter, changes in
                tick()
                do throws(LedgerError) { try votes.add(voter, changes, ledger) } catch { failure = error }
                return votes.difference == nil && failure == nil
            }
            if let failure { throw failure }
            if votes.difference == nil { try votes.end(ledger) }
            difference = votes.difference
        }
        // When all that can be read is in order: that it can be read in one way alone.
        if difference == nil { difference = try ledger.storageFault() }
        return Report(
            head: log.head, batches: log.timeline.batches.count, packs: registers.packs,
            votesOnline: votes.online, votesByPost: votes.byPost, difference: difference)
    }

    /// What the rows of a batch say otherwise than its register, which names
    /// the first row; nil if nothing.
    package func difference<Source: RandomAccessBytes>(
        between register: inout RegisterReader<Source>, and ledger: some LedgerSnapshot
    ) throws(LedgerError) -> String? {
        let name = register.header.batch
        guard let record = try ledger.batches().first(where: { $0.batch.name == name }) else {
            return "register \(name) was not loaded"
        }
        var difference: String?
        var failure: RegisterError?
        func next() -> RegisterRow? {
            do throws(RegisterError) { return try register.next() } catch { failure = error }
            return nil
        }
        try ledger.eachPack { found, batch in
            guard batch == record.batch.number else { return true }
            guard let row = next() else {
                difference = "pack \(found.pack) of batch \(name) is not in its register"
                return false
            }
            if row.bytes != found.bytes {
                difference =
                    "the row of pack \(row.pack) of batch \(name), or of pack \(found.pack) in its place, is not that of the register"
            }
            return difference == nil
        }
        if difference == nil, failure == nil, let row = next() {
            difference = "pack \(row.pack) of batch \(name) is missing"
        }
        if difference == nil, failure == nil {
            func nextPair() -> PackPair? {
                do throws(RegisterError) { return try register.nextPair() } catch { failure = error }
                return nil
            }
            try ledger.eachPair { found, batch in
                guard batch == record.batch.number else { return true }
                if nextPair() != found {
                    difference = "a pair of packs of batch \(name) is not that of the register"
                }
                return difference == nil
            }
            if difference == nil, failure == nil, nextPair() != nil {
                difference = "a pair of packs of batch \(name) is missing"
            }
        }
        if let failure { throw .register(failure) }
        return difference
    }
}
