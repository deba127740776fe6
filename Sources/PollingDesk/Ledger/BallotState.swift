/// Whether votes are taken.
public struct BallotState: Sendable, Equatable {
    public enum Phase: String, Sendable { case before, open, closed, final }

    public internal(set) var opened: Moment?
    /// When it is going to close by itself.
    public internal(set) var closes: Moment?
    /// How long after the close a pass given before it is good, in milliseconds.
    public internal(set) var grace: Int
    /// When it closed. Set until it is extended, whatever clocks say.
    public internal(set) var closed: Moment?
    public internal(set) var final: Moment?

    package init(
        opened: Moment? = nil, closes: Moment? = nil, grace: Int = 0, closed: Moment? = nil,
        final: Moment? = nil
    ) {
        self.opened = opened
        self.closes = closes
        self.grace = grace
        self.closed = closed
        self.final = final
    }

    /// Where the ballot is on its way.
    public var phase: Phase {
        if final != nil { return .final }
        if closed != nil { return .closed }
        return opened == nil ? .before : .open
    }

    /// Whether it is closed, and a voter with a pass from before may still finish.
    ///
    /// The close may be later than `now`: another desk wrote it, whose clock is
    /// faster. With a grace, that is within it. Without one, nothing is.
    func isInGrace(at now: Moment) -> Bool {
        guard phase == .closed, let closed, grace > 0 else { return false }
        // A forged log can hold any time; then the difference has no number.
        let (late, hasNone) = now.milliseconds.subtractingReportingOverflow(closed.milliseconds)
        return !hasNone && late < grace
    }
}
