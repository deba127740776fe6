internal import Counterfoil

/// A roll that is read more than once, each time from its beginning.
struct RepeatableRoll<Source: ByteSource> {
    let options: RollOptions
    let open: () throws(StreamError) -> Source

    func reader() throws(IssueError) -> RollReader<Source> {
        do { return try RollReader(opened(), options) } catch { throw .roll(.fault(error)) }
    }

    /// A roll that was changed while it was read is refused before a batch
    /// begins, or there would be one with a roll that nobody has.
    func refuseChanged() throws(IssueError) {
        do { _ = try opened() } catch { throw .roll(.fault(error)) }
    }

    private func opened() throws(RollFault) -> Source {
        do { return try open() } catch { throw RollFault(.unreadable(error)) }
    }
}
