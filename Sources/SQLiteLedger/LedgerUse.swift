internal import Synchronization

/// Says that this process has a ledger open.
///
/// When a file that was opened without locks is closed, the locks that other
/// connections of the process hold on it go too (POSIX, `fcntl(2)`). So nobody
/// may look at a ledger in that way while one of these is there.
final class LedgerUse: Sendable {
    private let identity: FileSystem.Identity?
    private static let counts = Mutex<[FileSystem.Identity: Int]>([:])

    init(_ files: LedgerFiles) {
        identity = FileSystem.status(of: files.path)?.identity
        guard let identity else { return }
        Self.counts.withLock { $0[identity, default: 0] += 1 }
    }

    deinit {
        guard let identity else { return }
        Self.counts.withLock { counts in
            counts[identity]! -= 1
            if counts[identity] == 0 { counts[identity] = nil }
        }
    }

    static func isUnderway(_ files: LedgerFiles) -> Bool {
        guard let identity = FileSystem.status(of: files.path)?.identity else { return false }
        return counts.withLock { $0[identity] != nil }
    }
}
