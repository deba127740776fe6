import Foundation
import TestSupport

/// The libraries in Shims/, compiled once a process and loaded into the
/// programs of a trial before all others.
enum Shims {
    case disk, without

    private static let folder = Result { try compile() }

    /// A value for LD_PRELOAD. The first is asked first.
    static func preload(_ shims: [Shims]) throws -> String {
        let folder = try folder.get()
        return shims.map { folder.file("\($0).so") }.joined(separator: ":")
    }

    private static func compile() throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Shims").path
        for name in ["disk", "without"] {
            let cc = try Child(
                "cc",
                [
                    "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o",
                    folder.file("\(name).so"), "\(sources)/\(name).c", "-ldl",
                ], in: folder.path
            ).finish()
            guard cc.status == 0 else { throw TortureError("\(name).c could not be compiled: \(cc)") }
        }
        return folder
    }
}

/// A protection that is taken away from a program, and how; see without.c.
package enum Removal: Sendable {
    /// `synchronous=NORMAL`: a commit is not synced.
    case fullSyncs
    /// Syncs that do nothing.
    case allSyncs
    /// A failed sync is noticed.
    case syncErrors
    /// What is found in the write-ahead log is copied and synced before anything is answered.
    case recovery
    /// The write-ahead log is written once more before that.
    case rewriting
    /// The lock on the file beside the ledger.
    case lock
    /// What the file of the lock remembers is read.
    case memory
    /// The ledger's file says that a desk has it open.
    case mark
    /// Files are looked at: which mount they are in, and which file system.
    case places
    /// Transactions: each statement is one of its own.
    case transactions
    /// Two entries of the log with one number are refused.
    case logNumbers
    /// A voter's second vote is refused by the table of votes.
    case primaryKey
    /// Answers wait for their commit.
    case commits

    private var without: String? {
        switch self {
        case .allSyncs: "sync"
        case .syncErrors: "errors"
        case .recovery: "recovery"
        case .rewriting: "rewriting"
        case .lock: "lock"
        case .memory: "memory"
        case .places: "places"
        case .commits: "commits"
        default: nil
        }
    }

    private var rewritings: [String] {
        switch self {
        case .allSyncs, .syncErrors, .recovery, .rewriting, .lock, .memory, .places: []
        case .mark: ["UPDATE desks SET open = 1==UPDATE desks SET open = 0"]
        // The ledger asks whether its pragma worked; it is told so.
        case .fullSyncs:
            ["PRAGMA synchronous = FULL=>PRAGMA synchronous = NORMAL", "PRAGMA synchronous==SELECT 2"]
        case .transactions:
            ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"].map { "\($0)==SELECT 1 WHERE 0" }
        case .logNumbers:
            ["INSERT INTO log VALUES (?1=>INSERT INTO log VALUES ((SELECT 1 + max(number) FROM log) + 0 * ?1"]
        case .primaryKey: ["INSERT INTO votes=>INSERT OR REPLACE INTO votes"]
        // One transaction within another, and none of them ever committed.
        case .commits:
            ["BEGIN IMMEDIATE==SAVEPOINT never", "COMMIT==SELECT 1 WHERE 0", "ROLLBACK==SELECT 1 WHERE 0"]
        }
    }

    /// For a program that is to go without all of these; with the settings of
    /// disk.c, on a simulated disk.
    static func environment(_ removals: [Removal], disk: [String: String] = [:]) throws -> [String: String] {
        let shims: [Shims] = (removals.isEmpty ? [] : [.without]) + (disk.isEmpty ? [] : [.disk])
        guard !shims.isEmpty else { return [:] }
        return [
            "LD_PRELOAD": try Shims.preload(shims),
            "WITHOUT": removals.compactMap(\.without).joined(separator: ","),
            "REWRITE": removals.flatMap(\.rewritings).joined(separator: "|"),
        ].merging(disk) { $1 }
    }
}
