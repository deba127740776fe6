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
    /// How many entries the log had after this connection's last commit, and the hash of
    /// the last of them. Whatever others write comes after it.
    var last: (size: Int, leaf: Bytes<32>)?
    /// The same of a transaction that is not committed yet.
    var next: (size: Int, leaf: Bytes<32>)?
    private var version: Int64?

    /// Whether another connection has written since.
    func isOld(_ version: Int64) -> Bool { version != self.version }

    func keepWhat(_ version: Int64) {
        if version != self.version { forget() }
        self.version = version
    }

    /// Also when what was written is rolled back.
    func forget() {
        ballot = nil
        batches = nil
        frontier = nil
        next = nil
    }
}
