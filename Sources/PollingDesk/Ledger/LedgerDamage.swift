/// What a ledger holds that this program cannot have written.
package enum LedgerDamage: Equatable, Sendable {
    // MARK: The file

    /// A page is not what it should be.
    case page
    /// The file ends within a page.
    case endsWithinPage
    /// Not all of the write-ahead log could be copied.
    case framesLeft

    // MARK: The tables

    /// The row of the election and the ballot is missing.
    case noBallot
    /// A statement that always gives a row gave none.
    case noRow
    /// There is a row about the ballot that is not the one that there must be.
    case otherBallot
    /// The batch with this number.
    case batch(Int)
    case pack
    case packWithoutBatch
    case replacedPack
    case cancellation
    case attempts
    case vote
    /// A vote that came neither online nor by post.
    case channel
    /// A value of `found` bytes where there should be `expected`, or where any
    /// whole number may be; within this entry of the log, if it is of one.
    case size(found: Int, expected: Int?, entry: Int? = nil)
    /// A scan is said to be in this entry of the log, which is about something else.
    case scan(entry: Int)
    /// A change that had been made already.
    case changedBefore
    /// The database called a commit a success, and it was none.
    case notCommitted

    /// The log tells of a change, and this table does not have it; the entry, if it is
    /// about one.
    case lostRows(table: String, entry: Int?)
    /// There are not as many places in the log's order as were given.
    case placesMissing
    /// The sequence that numbers what is written would give numbers that are taken.
    case turnsBehind

    // MARK: The log

    /// An entry that has this number.
    case entryNumber(Int64)
    /// The entry with this number is missing.
    case missingEntry(Int)
    /// The entry with this number is none that this version can read.
    case unreadableEntry(Int)
    /// An entry that has no time.
    case entryWithoutTime
    /// This entry does not have the hashes that are to be kept with it.
    case missingHashes(entry: Int)
    /// Hashes of another length than that of a hash.
    case hashes
    /// This entry is not the one that its hashes were made of.
    case alteredEntry(Int, LogProofError)
}
