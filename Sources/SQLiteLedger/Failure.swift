internal import CCounterfoilSQLite
internal import Glibc
internal import PollingDesk

/// Why something in this module did not work. The public functions tell it as
/// a `LedgerError`.
enum Failure: Error {
    /// SQLite's extended result code, its words for it, and the error of the
    /// system where that is the reason, else 0. The transaction that it was part
    /// of has been, or will be, rolled back.
    case sqlite(code: Int32, words: String, errno: Int32)
    /// Something in the file that this program cannot have written.
    case damaged(LedgerDamage)
    /// Nothing was changed, and the connection is as good as before.
    case refused(LedgerError)
    /// Nobody knows what the disk holds: a commit or a checkpoint went wrong, or
    /// something happened to this file, where it was not the ledger itself.
    case undecided(LedgerFault.Cause, path: String? = nil)

    /// After a call to the system on this file that has just failed.
    static func system(_ call: LedgerPlace.Call, _ path: String) -> Failure {
        let number = errno
        let fault = LedgerFault(.file(path), .system(call, errno: number))
        return switch number {
        case ENOSPC, EDQUOT: .refused(.diskFull(fault))
        case EIO: .refused(.diskFailed(fault))
        default: .refused(.noAccess(fault))
        }
    }

    /// The same, for damage found within an entry of the log.
    func within(entry number: Int) -> Failure {
        guard case .damaged(.size(let found, let expected, _)) = self else { return self }
        return .damaged(.size(found: found, expected: expected, entry: number))
    }

    /// The same, where it leaves nobody knowing what the disk holds.
    var unsettled: Failure {
        switch self {
        case .sqlite(let code, let words, let errno):
            .undecided(.sqlite(code: code, words: words, errno: errno))
        case .damaged(let damage): .undecided(.damage(damage))
        case .refused, .undecided: self
        }
    }

    /// Whether the connection is not to be used again.
    ///
    /// Only two of SQLite's errors are harmless: a lock that could not be had,
    /// and a rule of the tables. After a full disk or a failing one, a roll-back
    /// that works says little, and to go on would be to bet votes on it.
    var breaks: Bool {
        switch self {
        case .sqlite: ![SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CONSTRAINT].contains(primaryCode)
        // The ledger under this connection is not the one that it was.
        case .refused(.olderCopy), .refused(.otherLog): true
        case .refused: false
        case .damaged, .undecided: true
        }
    }

    var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// Whether a key was to be written a second time.
    var isDuplicate: Bool {
        guard case .sqlite(let code, _, _) = self else { return false }
        // SQLITE_CONSTRAINT_PRIMARYKEY and _UNIQUE; Swift does not see these macros.
        return code == SQLITE_CONSTRAINT | 6 << 8 || code == SQLITE_CONSTRAINT | 8 << 8
    }

    /// Whether a file, or one beside it, could not be opened or written to.
    var isAboutAccess: Bool {
        [SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM].contains(primaryCode)
    }

    private var primaryCode: Int32 {
        guard case .sqlite(let code, _, _) = self else { return SQLITE_OK }
        return code & 0xFF
    }

    /// What the caller is told, of the ledger in this file.
    func told(of path: String) -> LedgerError {
        switch self {
        case .refused(let error): return error
        case .undecided(let cause, let other): return .undecided(LedgerFault(.file(other ?? path), cause))
        case .damaged(let damage): return .damaged(LedgerFault(.file(path), .damage(damage)))
        case .sqlite(let code, let words, let errno):
            let fault = LedgerFault(.file(path), .sqlite(code: code, words: words, errno: errno))
            return switch primaryCode {
            case SQLITE_BUSY, SQLITE_LOCKED: .locked(fault, by: .writer, seconds: Database.patience)
            case SQLITE_CONSTRAINT: .rulesRefused(fault)
            case SQLITE_FULL: .diskFull(fault)
            case SQLITE_IOERR: .diskFailed(fault)
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN: .noAccess(fault)
            case SQLITE_NOTADB: .notALedger(fault)
            case SQLITE_CORRUPT: .damaged(fault)
            default: .failed(fault)
            }
        }
    }
}
