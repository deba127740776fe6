internal import Counterfoil
internal import PollingDesk

/// What a writer need not read again. It is kept from one transaction to the
/// next unless another connection has written meanwhile.
///
/// Sendable like the connection it belongs to: see `Database`.
final class Known: @unchecked Sendable {
    var ballot: BallotState?
    var batches: [Batch]?
    var frontier: Frontier?
    private var version: Int64?

    func keepWhat(_ version: Int64) {
        if version != self.version { forget() }
        self.version = version
    }

    /// Also when what was written is rolled back.
    func forget() {
        ballot = nil
        batches = nil
        frontier = nil
    }
}
