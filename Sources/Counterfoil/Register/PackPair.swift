/// Two packs of one person, who keeps one of them: activating the batch whose
/// register has the pair cancels the other. vectors/README.md, section 12.
package struct PackPair: Sendable, Hashable, Comparable {
    package let kept: PackNumber
    package let cancelled: PackNumber

    package init(kept: PackNumber, cancelled: PackNumber) {
        self.kept = kept
        self.cancelled = cancelled
    }

    /// As it is in a register.
    package var bytes: Bytes<16> {
        var bytes = Bytes<16>()
        bytes.withMutableBytes { out in
            out.put(kept.value, at: 0)
            out.put(cancelled.value, at: 8)
        }
        return bytes
    }

    /// Reads a pair of a register.
    init(kept: UInt64, cancelled: UInt64, constant: ElectionConstant) throws(RegisterError) {
        guard let kept = PackNumber(kept, constant: constant),
            let cancelled = PackNumber(cancelled, constant: constant)
        else { throw .content(.packNumber) }
        guard kept != cancelled else { throw .content(.pair) }
        self.init(kept: kept, cancelled: cancelled)
    }

    /// In the order of a register.
    package static func < (a: PackPair, b: PackPair) -> Bool {
        (a.cancelled, a.kept) < (b.cancelled, b.kept)
    }
}
