/// A stream, a file or a folder that could not do its work.
///
/// Somebody else's `ByteSink`, `ByteSource` or `Folder` throws it too:
///
/// ```swift
/// throw StreamError(.write, "upload", .noRoom)
/// ```
public struct StreamError: Error, Equatable, Sendable {
    /// What was being done.
    public let operation: Operation
    /// To what: a path, or the name of a stream.
    public let name: String
    /// Why it could not be.
    public let reason: Reason

    public init(_ operation: Operation, _ name: String, _ reason: Reason) {
        self.operation = operation
        self.name = name
        self.reason = reason
    }

    public enum Operation: Sendable {
        // A file or a stream.
        case open, create, read, write, overwrite
        /// Asking for size, kind and permissions.
        case inspect
        /// Making sure that what was written outlives a power cut.
        case sync
        /// Giving a finished file its name.
        case rename
        case remove, lock
        // A folder.
        case openFolder, makeFolder
        /// A new file in the folder that `name` names.
        case createInside
        /// A folder with all that belongs into it.
        case makeTree
    }

    public enum Reason: Equatable, Sendable {
        case missing
        case exists
        case isFolder
        /// A part of the path is no folder.
        case notAFolder
        /// A pipe, say, where a file must be read twice.
        case notRegular
        case forbidden
        case readOnly
        /// The disk, or a quota, is full.
        case noRoom
        /// The disk reports an error.
        case diskError
        /// Nobody reads the other end any more.
        case closed
        case notOpen
        /// Somebody else holds it.
        case inUse
        /// A file of a key, or of a passphrase, that others may read.
        case readableByOthers
        /// It is another user's, who could have made it.
        case ownedByAnother
        /// Others could put another one in its place: this folder above it is another
        /// user's, or others may change what is in it.
        case folderOpenToOthers(String)
        /// A folder that was left unfinished holds files that are not from that.
        case foreignFiles
        /// More bytes than such a file can have.
        case tooLarge(limit: Int)
        /// It is not the file any more that was read at first.
        case changedMeanwhile
        /// It has fewer bytes than it had when it was opened.
        case shortened
        /// Any other failure of the system, by its number (`errno`).
        case system(Int32)
        /// What only the stream itself can say. Streams of this package never do.
        case other(String)
    }
}
