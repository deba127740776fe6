package import Counterfoil

/// Counts every pack in exactly one column: the first that applies.
public struct Balance: Sendable, Equatable {
    public enum Column: String, Sendable, CaseIterable {
        case specimen, votedOnline, votedByPost, superseded, withdrawn, cancelled, inactive, locked, live
    }

    private var counts = [Int](repeating: 0, count: Column.allCases.count)

    package init() {}

    /// How many packs are in this column.
    public package(set) subscript(column: Column) -> Int {
        get { counts[Column.allCases.firstIndex(of: column)!] }
        set { counts[Column.allCases.firstIndex(of: column)!] = newValue }
    }

    /// All packs.
    public var total: Int { counts.reduce(0, +) }
    /// Votes, online and by post.
    public var votes: Int { self[.votedOnline] + self[.votedByPost] }

    /// The column of a pack with which, if at all, a vote was cast by this channel.
    package static func column(
        _ kind: PackKind, in batch: Batch, cancelled: Cancellation?, locked: Bool,
        votedWithIt channel: ReportedChannel?
    ) -> Column {
        let standing = Standing(kind, in: batch, cancelled: cancelled)
        if standing == .specimen { return .specimen }
        switch channel {
        case .online: return .votedOnline
        case .post: return .votedByPost
        case nil: break
        }
        switch standing {
        case .specimen: return .specimen
        case .superseded: return .superseded
        case .withdrawn: return .withdrawn
        case .cancelled: return .cancelled
        case .inactive: return .inactive
        case .live: return locked ? .locked : .live
        }
    }
}

/// How a vote came, without the fingerprint.
public enum ReportedChannel: String, Sendable { case online, post }
