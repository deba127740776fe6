#if PostgreSQL
internal import PollingDesk

/// Why something in this module did not work. The public functions tell it as
/// a `LedgerError`.
enum Failure: Error {
    /// The server refused a statement; its SQLSTATE, and its words. The
    /// transaction is, or will be, rolled back.
    case server(state: String, String)
    /// It did, and ended the connection, or all of them: its FATAL and PANIC.
    case ended(state: String, String)
    /// There is no connection, or it went before a commit was asked for:
    /// nothing was changed.
    case lost(String)
    /// Nothing was changed, and the connection is as good as before.
    case refused(LedgerError)
    /// A commit was asked for, and nobody knows what came of it.
    case undecided(String)

    static func refused(_ why: String) -> Failure { .refused(.unusable(why)) }

    /// Something in the database that this program cannot have written.
    static func damaged(_ what: String) -> Failure { .server(state: "XX001", what) }

    /// Whether the same once more may do: nothing was changed, and the reason
    /// was the moment. A server that was demoted is one of the reasons.
    var isPassing: Bool {
        switch self {
        case .lost: true
        // Serialisation, deadlock, a transaction that idled, read only, shutting down.
        case .server(let state, _), .ended(let state, _):
            ["40001", "40P01", "25P03", "25006", "57P01", "57P02", "57P03"].contains(state)
        case .refused, .undecided: false
        }
    }

    /// Whether the connection is not to be used again.
    var breaksConnection: Bool {
        switch self {
        case .lost, .undecided, .ended: true
        case .server(let state, _): state == "25006"
        case .refused: false
        }
    }

    /// Whether the server had no room for so many locks.
    var isAboutLocks: Bool {
        if case .server("53200", _) = self { true } else { false }
    }

    /// Whether a key was to be written a second time.
    var isDuplicate: Bool {
        if case .server("23505", _) = self { true } else { false }
    }

    /// What the caller is told.
    var told: LedgerError {
        switch self {
        case .refused(let error): error
        case .undecided(let why): .undecided(LedgerFault(.memory, .connection(words: why)))
        case .server, .ended, .lost: .unusable(explanation)
        }
    }

    /// In words, with PostgreSQL's own in brackets.
    var explanation: String {
        switch self {
        case .refused(let error): error.description
        case .undecided(let why): why
        case .lost(let why): "the database cannot be reached (\(why))"
        case .server(let state, let message), .ended(let state, let message):
            "\(Self.meaning(of: state)) (PostgreSQL \(state): \(message))"
        }
    }

    private static func meaning(of state: String) -> String {
        switch state {
        case "42501": "this user of the database may not do that; ask who runs it"
        case "55P03": "another program has kept the ledger locked for half a minute; find it and end it"
        case "53100": "the disk of the database is full; make room"
        case "58030": "the disk of the database failed; look into the server's log"
        case "3D000": "there is no such database"
        case "28P01", "28000": "the database does not let this user in"
        case "42P01", "3F000", "42883": "this database holds no ledger, or one of another version"
        case "XX000", "XX001", "XX002": "the ledger is damaged; look into the server's log"
        case let state where state.hasPrefix("23"):
            "the ledger's own rules refused a change; this must be looked into"
        default: "the ledger cannot be used"
        }
    }
}
#endif
