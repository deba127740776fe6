public import Counterfoil

/// 16 random bytes that are one scan's own.
///
/// They tell a scan that is asked again, since its answer was lost, from the same
/// envelope scanned twice: keep the nonce until the answer is there, and ask again
/// with the same one. They name the scan when its return is taken back.
public struct ScanNonce: Hashable, Sendable {
    public let bytes: Bytes<16>

    public init(_ bytes: Bytes<16>) { self.bytes = bytes }

    /// A new one, for a new scan.
    public static func random() -> ScanNonce {
        var bytes = Bytes<16>()
        bytes.withMutableBytes { Sodium.random(into: &$0) }
        return ScanNonce(bytes)
    }
}
