internal import Counterfoil

/// What a pack can do, whatever its voter has done. The first that applies counts.
public enum Standing: String, Sendable, CaseIterable {
    case specimen, superseded, withdrawn, cancelled, inactive, live

    package init(_ pack: PackRecord, in batch: Batch) {
        self.init(pack.row.kind, in: batch, cancelled: pack.cancelled)
    }

    init(_ kind: PackKind, in batch: Batch, cancelled: Cancellation?) {
        if kind == .specimen {
            self = .specimen
        } else if cancelled == .superseded {
            self = .superseded
        } else if batch.withdrawn != nil {
            self = .withdrawn
        } else if cancelled != nil {
            self = .cancelled
        } else {
            self = batch.activated == nil ? .inactive : .live
        }
    }

    /// For an envelope of such a pack.
    var setAside: SetAside? {
        switch self {
        case .specimen: .specimen
        case .withdrawn: .withdrawn
        case .superseded: .superseded
        case .cancelled: .cancelled
        case .inactive: .inactive
        case .live: nil
        }
    }
}
