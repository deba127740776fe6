internal import PollingDesk

extension LogProofError: Explained {
    var sentence: String {
        switch self {
        case .notAProof: "this is not a proof of an entry"
        case .checkpoint(let error): error.sentence
        case .notAnEntry: "what the proof is about is no entry of a log that this version knows"
        case .doesNotLead: "the entry is not in the log that the checkpoint was made of"
        }
    }
}
