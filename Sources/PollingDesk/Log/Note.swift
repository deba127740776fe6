/// Who did something, and why.
public struct Note: Sendable, Equatable {
    /// From a fixed list, so that reports can count them.
    public enum Reason: String, Sendable, CaseIterable {
        case lost, spoiled, stolen, undelivered, moved, deceased, duplicate, mistake, court, other
    }

    public var reason: Reason?
    /// A case number or the like, at most 80 bytes. Never a voter's name: the
    /// ledger holds none.
    public var reference: String
    /// The officer, at most 80 bytes.
    public var officer: String

    public init(reason: Reason? = nil, reference: String = "", officer: String = "") {
        self.reason = reason
        self.reference = reference
        self.officer = officer
    }

    /// By the software itself: a vote, a clock.
    public static let none = Note()
}
