internal import Counterfoil

/// A batch's key, to be shared by the tasks of one run.
final class BatchKey: Sendable {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}
