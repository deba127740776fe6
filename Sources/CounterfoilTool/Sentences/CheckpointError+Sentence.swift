internal import PollingDesk

extension CheckpointError: Explained {
    var sentence: String {
        switch self {
        case .notACheckpoint: "this is not a checkpoint"
        case .otherLog: "this is a checkpoint of another election's log"
        case .badSignature: "this checkpoint is not signed by the desk of this election, or was altered"
        }
    }
}
