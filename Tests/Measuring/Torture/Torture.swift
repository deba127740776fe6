/// # Exactly once, shown
///
/// These trials test what a ledger promises when everything around it fails. Each
/// puts the command itself, or the library in this process, into the situation
/// again and again, and then looks at the ledger that is left. No answer that was
/// heard may be lost. No vote may be there without its log entry, or twice. No
/// wrong answer may be forgotten.
///
/// | trial | what goes wrong |
/// |---|---|
/// | `Kills` | desks die at any moment |
/// | `PowerCuts` | so does the machine, and the disk keeps any part of what was not synced |
/// | `DiskFaults` | each write and each sync fails in turn |
/// | `Vandals` | files are cut off, replaced or moved under an open desk |
/// | `Losses` | desks die, and then files get lost |
/// | `Mounts` | one ledger has two names |
/// | `Races` | everybody wants the same votes at once |
/// | `Retries` | answers get lost on their way |
/// | `Clocks` | the clock stops, or jumps |
/// | `Doctored` | the inspection is blind |
///
/// A trial that cannot fail shows nothing. So each has controls: the same trial
/// with one protection taken away, from outside the program, must find what
/// the protection prevents.
///
/// And with the protection in its place, at the settings at which the control
/// found it, nothing must be found: so a protection that is gone is noticed.
///
/// The test suite runs them small; `script/torture` runs them at full size.
package struct Report: Sendable {
    package let trial: String
    /// What was measured, in order.
    package private(set) var figures: [(name: String, value: String)] = []
    /// What must not have happened.
    package private(set) var violations: [String] = []

    init(_ trial: String) { self.trial = trial }

    mutating func measured(_ name: String, _ value: Int) { figures.append((name, grouped(value))) }
    mutating func measured(_ name: String, _ value: String) { figures.append((name, value)) }

    mutating func violated(_ what: String) { violations.append(what) }
    mutating func violated(_ all: some Sequence<String>, _ place: String? = nil) {
        violations += all.map { (place.map { "\($0): " } ?? "") + $0 }
    }

    /// Whether something of this kind has happened.
    package func hasFound(_ words: String) -> Bool { violations.contains { $0.contains(words) } }

    /// How far the trial has gone, in whatever it repeats.
    package private(set) var rounds = 0

    /// Begins another round, unless it is over.
    mutating func isOver(_ limit: Limit?) -> Bool {
        rounds += 1
        return switch limit {
        case .finding(let words): hasFound(words)
        case .rounds(let most): rounds > most
        case nil: false
        }
    }
}

/// When a small trial ends before its time.
package enum Limit: Sendable {
    /// As soon as it has found something of this kind.
    case finding(String)
    /// After as many rounds.
    case rounds(Int)
}

/// 172437 as 172,437.
func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
        digits.insert(",", at: place)
        place -= 3
    }
    return String(digits)
}

/// Why a trial could not be held at all.
struct TortureError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
