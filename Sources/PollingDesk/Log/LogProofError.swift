/// Why a file proves nothing.
package enum LogProofError: Error, Equatable, Sendable {
    /// It is not a proof of an entry.
    case notAProof
    /// The checkpoint that it brings is none of this election's log.
    case checkpoint(CheckpointError)
    /// What it is about is no entry of a log that this version knows.
    case notAnEntry
    /// The entry is not in the log that the checkpoint was made of.
    case doesNotLead
}
