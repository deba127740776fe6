#if PostgreSQL
internal import PollingDesk

/// Why something in this module did not work. The public functions tell it as
/// a `LedgerError`.
enum Failure: Error {
    /// The server refused a statement; its SQLSTATE, and its words. The
    /// transaction is, or will be, rolled back.
    case server(state: String, words: String)
    /// It did, and ended the connection, or all of them: its FATAL and PANIC.
    case ended(state: String, words: String)
    /// There is no connection, or it went before a commit was asked for:
    /// nothing was changed. libpq's words for it.
    case lost(words: String)
    /// There is a server, and it takes nothing that would be written: a standby, or one
    /// whose sessions may only read. libpq's words for it.
    case readOnly(isStandby: Bool, words: String)
    /// Something in the database that this program cannot have written.
    case damaged(LedgerDamage)
    /// Nothing was changed, and the connection is as good as before.
    case refused(LedgerError)
    /// A commit was asked for, and nobody knows what came of it.
    case undecided(LedgerFault.Cause)

    /// Whether the same once more may do: nothing was changed, and the reason
    /// was the moment. A server that was demoted is one of the reasons.
    var isPassing: Bool {
        switch self {
        // A standby may be about to take over.
        case .lost, .readOnly: true
        // Serialisation, deadlock, a transaction or a session that idled, read only,
        // shutting down, too many connections; and all that happens to a connection, of
        // which a pooler tells.
        case .server(let state, _), .ended(let state, _):
            ["40001", "40P01", "25P03", "57P05", "25006", "57P01", "57P02", "57P03", "53300"].contains(state)
                || Self.isAboutConnection(state)
        case .damaged, .refused, .undecided: false
        }
    }

    private static func isAboutConnection(_ state: String) -> Bool { state.hasPrefix("08") }

    /// Whether it came from what is between here and the server, or may have. Then it
    /// says nothing of what the server did with that which it was sent.
    var isAboutConnection: Bool {
        switch self {
        case .lost: true
        case .server(let state, _), .ended(let state, _): Self.isAboutConnection(state)
        case .readOnly, .damaged, .refused, .undecided: false
        }
    }

    /// Whether the connection is not to be used again.
    var breaksConnection: Bool {
        switch self {
        case .lost, .readOnly, .undecided, .ended: true
        // A statement that this session has prepared, and has not: it is another one.
        case .server(let state, _): ["25006", "26000"].contains(state) || Self.isAboutConnection(state)
        case .damaged, .refused: false
        }
    }

    /// Whether it is what a session hears that was not told what ours was: where the
    /// tables and functions are, and which statements are prepared.
    var isAboutSession: Bool {
        guard case .server(let state, _) = self else { return false }
        return ["26000", "42P01", "42883", "3F000"].contains(state)
    }

    /// Whether the server had no room for so many locks.
    var isAboutLocks: Bool {
        if case .server("53200", _) = self { true } else { false }
    }

    /// Whether a key was to be written a second time.
    var isDuplicate: Bool {
        if case .server("23505", _) = self { true } else { false }
    }

    /// The same, where it leaves nobody knowing what came of a commit.
    var unsettled: Failure {
        switch self {
        case .server(let state, let words), .ended(let state, let words):
            .undecided(.server(state: state, words: words))
        case .lost(let words), .readOnly(_, let words): .undecided(.connection(words: words))
        case .damaged(let damage): .undecided(.damage(damage))
        case .refused, .undecided: self
        }
    }

    /// What the caller is told, of the ledger in this database.
    func told(of place: LedgerPlace) -> LedgerError {
        switch self {
        case .refused(let error): return error
        case .undecided(let cause): return .undecided(LedgerFault(place, cause))
        case .damaged(let damage): return .damaged(LedgerFault(place, .damage(damage)))
        case .lost(let words): return .unreachable(LedgerFault(place, .connection(words: words)))
        case .readOnly(let isStandby, _): return .readOnlyServer(place, isStandby: isStandby)
        case .server(let state, let words), .ended(let state, let words):
            let fault = LedgerFault(place, .server(state: state, words: words))
            return switch state {
            case "25006": .readOnlyServer(place, isStandby: words.contains("recovery"))
            case _ where isPassing: .unreachable(fault)
            case "26000": .pooled(place)
            case "42501", "28P01", "28000": .noRight(fault)
            case "55P03": .locked(fault, by: .writer, seconds: Session.patience)
            // Raised by must_be_now, which names both times in milliseconds.
            case "CFCLK": DeskClock.difference(in: words, at: place) ?? .failed(fault)
            // Raised by commit_to_disk: "fsync is switched off".
            case "CFDUR": .notDurable(place, setting: String(words.prefix { $0 != " " }))
            case "53100": .diskFull(fault)
            case "58030": .diskFailed(fault)
            case "3D000": .missing(place)
            case "42P01", "3F000", "42883": .notALedger(fault)
            case "XX000", "XX001", "XX002": .damaged(fault)
            case let state where state.hasPrefix("23"): .rulesRefused(fault)
            default: .failed(fault)
            }
        }
    }
}
#endif
