internal import IssuingRoom

extension PrintLayout.LinkFault {
    var sentence: String {
        switch self {
        case .noFragment: "--link must end with #, so that a browser keeps the code to itself"
        case .needsEscapes:
            "--link takes no quotes, commas, semicolons, spaces or control characters; write them as %22, %2C, %3B, %20"
        }
    }
}
