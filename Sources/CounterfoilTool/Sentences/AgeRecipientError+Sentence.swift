internal import IssuingRoom

extension AgeRecipientError: Explained {
    var sentence: String {
        switch self {
        case .secretKey:
            "this is a secret key; a recipient begins with age1. Make a new key: this one has been shown"
        case .sshKey: "SSH keys are not taken; ask the print house for a recipient made by age-keygen (age1…)"
        case .unreadable: "this is no age recipient; copy the whole line that begins with age1"
        }
    }
}
