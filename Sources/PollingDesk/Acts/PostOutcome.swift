/// What became of an envelope that a scanner read. Whichever it is, it is durable.
public enum PostOutcome: Sendable {
    /// The ballot counts; the pack's code is dead.
    case received
    /// A return with this pack was scanned before, then and by that table: the
    /// envelope that was scanned then stays counted.
    case scannedBefore(Moment, by: String)
    /// This very scan was received, and its return was annulled since.
    case annulled
    /// The voter has voted, then, with this pack online or with another: set the
    /// envelope aside.
    case alreadyVoted(ReportedChannel, at: Moment)
    /// The pack cannot vote: set the envelope aside.
    case setAside(Standing)
    /// The ballot was not opened yet. Nothing was recorded.
    case notOpen
    /// The ballot is final. Nothing was recorded.
    case final
    /// No pack of this number is loaded. Nothing was recorded.
    case noSuchPack

    /// As in the command's answers.
    package var name: String {
        switch self {
        case .received: "received"
        case .scannedBefore: "scanned-before"
        case .annulled: "annulled"
        case .alreadyVoted: "already-voted"
        case .setAside: "set-aside"
        case .notOpen: "not-open"
        case .final: "final"
        case .noSuchPack: "no-such-pack"
        }
    }
}
