internal import CCounterfoilSQLite
internal import PollingDesk

/// Why something in this module did not work. The public functions tell it as
/// a `LedgerError`.
enum Failure: Error {
    /// SQLite's extended result code, and its words for it. Whatever it was
    /// part of has been, or will be, rolled back.
    case sqlite(code: Int32, String)
    /// Nothing was changed, and the connection is as good as before.
    case refused(LedgerError)
    /// A commit or a checkpoint went wrong: nobody knows what the disk holds.
    case undecided(String)

    static func refused(_ why: String) -> Failure { .refused(.unusable(why)) }

    /// Something in the file that this program cannot have written.
    static func damaged(_ what: String) -> Failure { .sqlite(code: SQLITE_CORRUPT, what) }

    /// The same, with the place of the damage.
    func about(_ place: String) -> Failure {
        guard case .sqlite(let code, let words) = self else { return self }
        return .sqlite(code: code, "\(place): \(words)")
    }

    /// Whether the connection is not to be used again.
    ///
    /// Of SQLite's errors only a lock that could not be had and a rule of the
    /// tables are harmless. After a full disk or a failing one, a roll-back
    /// that works says little, and going on would be betting votes on it.
    var breaks: Bool {
        switch self {
        case .sqlite: ![SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CONSTRAINT].contains(primaryCode)
        case .refused: false
        case .undecided: true
        }
    }

    var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// Whether a key was to be written a second time.
    var isDuplicate: Bool {
        guard case .sqlite(let code, _) = self else { return false }
        // SQLITE_CONSTRAINT_PRIMARYKEY and _UNIQUE; Swift does not see these macros.
        return code == SQLITE_CONSTRAINT | 6 << 8 || code == SQLITE_CONSTRAINT | 8 << 8
    }

    /// Whether a file, or one beside it, could not be opened or written to.
    var isAboutAccess: Bool {
        [SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM].contains(primaryCode)
    }

    /// What the caller is told.
    var told: LedgerError {
        switch self {
        case .refused(let error): error
        case .undecided(let why): .undecided(LedgerFault(.memory, .connection(words: why)))
        case .sqlite: .unusable(explanation)
        }
    }

    /// In words, with SQLite's own in brackets.
    var explanation: String {
        let code: Int32
        let message: String
        switch self {
        case .refused(let error): return error.description
        case .undecided(let why): return why
        case .sqlite(let number, let words): (code, message) = (number, words)
        }
        let what =
            switch primaryCode {
            case SQLITE_BUSY, SQLITE_LOCKED:
                "another program has kept the ledger locked for ten seconds; find it and end it"
            case SQLITE_CONSTRAINT: "the ledger's own rules refused a change; this must be looked into"
            case SQLITE_FULL: "the disk is full; make room, then open the ledger again"
            case SQLITE_READONLY, SQLITE_PERM: "the ledger or its folder cannot be written to"
            case SQLITE_NOTADB: "this file is not a Counterfoil ledger"
            case SQLITE_CORRUPT:
                "the ledger is damaged or was cut off; move it aside, with the -wal and -shm beside it, and put its copy in its place"
            case SQLITE_CANTOPEN: "the ledger, or a file beside it, cannot be opened"
            case SQLITE_IOERR: "the disk that holds the ledger reported an error"
            default: "the ledger cannot be used"
            }
        return "\(what) (SQLite \(code): \(message))"
    }

    private var primaryCode: Int32 {
        guard case .sqlite(let code, _) = self else { return SQLITE_OK }
        return code & 0xFF
    }
}
