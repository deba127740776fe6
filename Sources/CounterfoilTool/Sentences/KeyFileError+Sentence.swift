internal import Counterfoil

extension KeyFileError: Explained {
    var sentence: String {
        switch self {
        case .notAKeyFile: "this is not a Counterfoil key file"
        case .wrongSize(let size):
            "the key file has \(size) bytes instead of \(KeyFile.size): it was cut off or added to; restore it from its copy"
        case .damaged: "the key file is damaged; restore it from its copy"
        case .unreasonable:
            "the key file asks for more than 16 passes or 4 GiB to stretch its passphrase: it was altered"
        case .otherRoom(let found, let wanted):
            "this is the key of the \(found.name); here the key of the \(wanted.name) is needed"
        case .otherElection: "this key belongs to another election than the election.json beside it"
        case .passphraseNeeded: "this key is protected: its passphrase is needed"
        case .wrongPassphrase: "the passphrase does not open this key (or the file was altered)"
        case .noMemory(let bytes):
            "this machine cannot spare the \(bytes >> 20) MiB that stretching the passphrase takes"
        }
    }
}
