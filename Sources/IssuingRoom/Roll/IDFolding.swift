internal import Counterfoil

/// Folds one id after another.
struct IDFolding: Sendable {
    private var folded: [UInt8] = []

    /// The folded form of an id, or nil where it is the id itself.
    @inline(__always)
    mutating func fold(_ id: borrowing RawSpan, as ids: VoterIDs) -> [UInt8]? {
        if ids.isPlain(id) { return nil }
        ids.fold(id, into: &folded)
        return isChanged(id) ? folded : nil
    }

    private func isChanged(_ id: borrowing RawSpan) -> Bool {
        guard folded.count == id.byteCount else { return true }
        for i in 0..<folded.count where folded[i] != id.byte(i) { return true }
        return false
    }
}
