package import Counterfoil

/// Where the stubs are kept, and every change to them.
///
/// The protocol says what a ballot needs, not what a database does: judge a
/// group of requests against the records they touch, and write what was judged,
/// all of it or nothing, durably, before anybody hears of it. `MemoryLedger` is
/// the plainest one; every ledger passes the same contract suite.
///
/// A ledger excludes all other writers to the same records for the time of
/// `write`, other processes among them.
package protocol Ledger: Sendable {
    /// The election that it was made for.
    var election: Election { get }

    /// Says in the log that a desk will write, unless the ballot is final or the
    /// ledger was made just now.
    func recordOpening(at moment: Moment) throws(LedgerError)

    /// Gathers the records of `subjects`, lets `judge` record events on them,
    /// and makes these durable. When this returns, they are on the disk; when
    /// it throws, nobody may be told that they are, or that they are not.
    ///
    /// `judge` may run more than once, each time on records as they then are;
    /// what it did last counts.
    func write<R>(
        _ subjects: [Subject], at moment: Moment,
        _ judge: (inout Scene) -> R
    ) throws(LedgerError) -> R

    /// Takes the rows of a register in one transaction: all of them, or, when
    /// it throws, none. A ballot that is final takes none. Rows that are there
    /// already, under the register's digest, are compared with it.
    func load<Source: RandomAccessBytes>(
        _ register: inout RegisterReader<Source>, at moment: Moment
    ) throws(LedgerError) -> LoadOutcome

    /// Of a copy that follows another ledger, the moment until which it has what
    /// happened there; else nil.
    func standbyMoment() throws(LedgerError) -> Moment?

    /// The state of the ballot; reading it takes no key.
    func summary() throws(LedgerError) -> LedgerSummary

    /// What happened to one pack, or nil where there is none of this number.
    func history(of pack: PackNumber) throws(LedgerError) -> PackHistory?

    /// What activating a batch cancels and under which other voter number the same
    /// person keeps a pack: packs of the batch that replace one of another number,
    /// and the batch's own pairs. Those of which a pack is not loaded yet are among
    /// them: it may be loaded before the batch is activated.
    func pairsOfOtherVoters(inBatch name: BatchName) throws(LedgerError) -> [PackPair]

    /// What activating or withdrawing a batch means for voters; nil where there is none of
    /// this name.
    func outlook(ofBatch name: BatchName) throws(LedgerError) -> BatchOutlook?

    /// All of the ballot at one moment, though votes are coming in.
    func report() throws(LedgerError) -> LedgerReport

    /// The packs of a batch, in order of their numbers.
    func packs(ofBatch number: Int) throws(LedgerError) -> [PackNumber]

    /// Runs `body` while nobody writes, on the log as it is on the disk. Where that does
    /// not go on from the head that somebody has `seen`, it is refused.
    func withHead<R>(after seen: TreeHead?, _ body: (TreeHead) -> R) throws(LedgerError) -> R

    /// Whether the rows and the pairs of a batch are those of a register that the
    /// issuing room signed. Nobody waits for this, however long it takes.
    func isSigned(_ batch: BatchName) throws(LedgerError) -> Bool

    /// How many groups it is of use to have on their way to it at the same time.
    var concurrency: Int { get }

    /// Ends the use of the ledger; whatever is asked of it afterwards is refused.
    func close()

    /// Runs `body` on all that the ledger holds at one moment. Where that will
    /// take `long`, writers are not to be held up by it, and the log is not to
    /// grow.
    func snapshot<R>(
        long: Bool, _ body: (any LedgerSnapshot) throws(LedgerError) -> R
    ) throws(LedgerError) -> R
}

// Nothing here has an answer of its own for what the protocol asks: a ledger around
// another one would give it in place of that one's.
extension Ledger {
    /// `isSigned`, where a snapshot holds nobody up.
    package func isSignedInSnapshot(_ batch: BatchName) throws(LedgerError) -> Bool {
        try snapshot(long: false) { (snapshot) throws(LedgerError) in
            try snapshot.isSigned(batch, election)
        }
    }
}

/// What a request is about.
package enum Subject: Sendable {
    /// A code that somebody typed.
    case code(LookupID)
    /// A pack that somebody holds in their hand.
    case pack(PackNumber)
    /// A scan of such a pack. With the pack goes the scan, if it is on the record,
    /// and the one of the return that counts.
    case scan(PackNumber, ScanNonce)
}

public enum LoadOutcome: Sendable, Equatable {
    case loaded
    /// The same register, byte for byte, was loaded before: nothing changed.
    case alreadyLoaded
}
