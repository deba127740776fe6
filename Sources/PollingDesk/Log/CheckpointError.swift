/// Why a file is no checkpoint of this election's log.
public enum CheckpointError: Error, Equatable, Sendable {
    /// It is not a signed note that holds a checkpoint.
    case notACheckpoint
    /// It is a checkpoint of another election's log.
    case otherLog
    /// The desk of this election did not sign it, or it was altered.
    case badSignature
}
