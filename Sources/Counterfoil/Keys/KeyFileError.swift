/// Why a key file could not be opened.
public enum KeyFileError: Error, Equatable, Sendable {
    /// It does not begin as a key file does.
    case notAKeyFile
    /// It has so many bytes instead of 208. Restore it from its copy.
    case wrongSize(Int)
    /// Something in it is not as it was written. Restore it from its copy.
    case damaged
    /// It asks for more than 16 passes or 4 GiB to stretch its passphrase: it was altered.
    case unreasonable
    case otherRoom(found: Room, wanted: Room)
    case otherElection
    case passphraseNeeded
    /// The passphrase does not open it, or it was altered.
    case wrongPassphrase
    /// This machine cannot spare so many bytes to stretch the passphrase.
    case noMemory(UInt64)
}
