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
        case .lost: true
        // Serialisation, deadlock, a transaction that idled, read only, shutting down.
        case .server(let state, _), .ended(let state, _):
            ["40001", "40P01", "25P03", "25006", "57P01", "57P02", "57P03"].contains(state)
        case .damaged, .refused, .undecided: false
        }
    }

    /// Whether the connection is not to be used again.
    var breaksConnection: Bool {
        switch self {
        case .lost, .undecided, .ended: true
        case .server(let state, _): state == "25006"
        case .damaged, .refused: false
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

    /// The same, where it leaves nobody knowing what came of a commit.
    var unsettled: Failure {
        switch self {
        case .server(let state, let words), .ended(let state, let words):
            .undecided(.server(state: state, words: words))
        case .lost(let words): .undecided(.connection(words: words))
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
        case .server(let state, let words), .ended(let state, let words):
            let fault = LedgerFault(place, .server(state: state, words: words))
            return switch state {
            case _ where isPassing: .unreachable(fault)
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
