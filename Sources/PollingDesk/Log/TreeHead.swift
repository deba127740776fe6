public import Counterfoil

/// A log's size and the hash over all of it (RFC 6962, section 2.1): two logs
/// with the same head hold the same entries in the same order.
public struct TreeHead: Sendable, Hashable {
    /// Entries.
    public let size: Int
    public let root: Bytes<32>

    public init(size: Int, root: Bytes<32>) {
        self.size = size
        self.root = root
    }
}
