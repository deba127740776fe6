internal import PollingDesk

extension LedgerFault {
    /// What happened, with the words of SQLite or the server in brackets.
    var sentence: String { "\(meaning)\(cause.source)" }

    /// The same, of something that happened during a commit.
    var sentenceAboutCommit: String {
        switch cause {
        case .server, .connection: "the connection broke during a commit (\(sentence))"
        default: sentence
        }
    }

    private var meaning: String {
        switch (place, cause) {
        // The last eight bits of an extended code are the code that it extends.
        case (_, .sqlite(let code, _, _)): Self.meaning(ofSQLite: code & 0xFF)
        case (_, .server(let state, _)): Self.meaning(ofServer: state)
        case (_, .connection): "the database cannot be reached"
        case (_, .warned): "the database warned during a commit: it may not be on the standby"
        case (.file(let path), .system(let call, let number)):
            call.sentence(about: path, systemWords(for: number))
        case (_, .system(_, let number)): "the system reported an error: \(systemWords(for: number))"
        case (.file(let path), .moved):
            "\(shown(path)) was moved, replaced or deleted while the desk was open"
        case (_, .moved): "the ledger was moved, replaced or deleted while the desk was open"
        case (.file(let path), .cutOff): "\(shown(path)) was cut off while the desk was open"
        case (_, .cutOff): "the ledger was cut off while the desk was open"
        case (.file(let path), .application): "\(shown(path)) is not a Counterfoil ledger"
        case (_, .application): "this is not a Counterfoil ledger"
        case (_, .election(let error)): "the election in the ledger cannot be read: \(error.sentence)"
        case (_, .damage(.alteredEntry(let number, let error))):
            "entry \(number) of the log was altered: \(error.sentence)"
        case (_, .damage(.lostRows(let table, let entry))):
            "the log tells of what the table \(table) does not have\(entry.map { " (entry \($0))" } ?? ""): rows of it were lost, or restored without being all there; restore the whole database from a backup that has them, and run `audit` before anybody votes"
        case (_, .damage(.placesMissing)):
            "the table places does not have the order of the log to its end: rows of it were lost, or restored without being all there; restore the whole database from a backup that has them, and run `audit` before anybody votes"
        case (_, .damage(.turnsBehind)):
            "the sequence turns is behind the log, as after a restore that left it out, or on a copy that does not follow it: the owner of the database sets it by `SELECT setval('counterfoil.turns', (SELECT max(turn) FROM counterfoil.log))`; then run `audit`"
        case (.database, .damage): "the ledger is damaged; look into the server's log"
        case (_, .damage): Self.damaged
        }
    }

    private static let damaged =
        "the ledger is damaged or was cut off; move it aside, with the -wal and -shm beside it, and put its copy in its place"

    /// By the numbers of sqlite.org/rescode.html.
    private static func meaning(ofSQLite code: Int32) -> String {
        switch code {
        case 5, 6: "another program has kept the ledger locked; find it and end it"
        case 19: "the ledger's own rules refused a change; this must be looked into"
        case 13: "the disk is full; make room, then open the ledger again"
        case 3, 8: "the ledger or its folder cannot be written to"
        case 26: "this file is not a Counterfoil ledger"
        case 11: damaged
        case 14: "the ledger, or a file beside it, cannot be opened"
        case 10: "the disk that holds the ledger reported an error"
        default: "the ledger cannot be used"
        }
    }

    /// By appendix A of PostgreSQL's manual.
    private static func meaning(ofServer state: String) -> String {
        switch state {
        case "42501": "this user of the database may not do that; ask the operator of the database"
        case "55P03": "another program has kept the ledger locked; find it and end it"
        case "53100": "the disk of the database is full; make room"
        case "58030": "the disk of the database failed; look into the server's log"
        case "28P01", "28000": "the database does not let this user in"
        case "42P01", "3F000", "42883": "this database holds no ledger, or one of another version"
        case "XX000", "XX001", "XX002": "the ledger is damaged; look into the server's log"
        case _ where state.hasPrefix("23"):
            "the ledger's own rules refused a change; this must be looked into"
        default: "the ledger cannot be used"
        }
    }
}

extension LedgerFault.Cause {
    /// In brackets: the words that came with it, and where they came from; or nothing.
    var source: String {
        switch self {
        case .sqlite(let code, let words, let errno):
            " (SQLite \(code): \(shown(words))\(errno == 0 ? "" : ", error \(errno) of the system"))"
        case .server(let state, let words): " (PostgreSQL \(shown(state)): \(shown(words)))"
        case .connection(let words): " (\(shown(words)))"
        case .damage(.alteredEntry), .damage(.lostRows), .damage(.placesMissing), .damage(.turnsBehind): ""
        case .damage(let damage): " (\(damage.phrase))"
        case .warned, .system, .moved, .cutOff, .application, .election: ""
        }
    }
}

extension LedgerPlace.Call {
    fileprivate func sentence(about name: String, _ words: String) -> String {
        let path = shown(name)
        return switch self {
        case .reach: "\(path) cannot be reached: \(words)"
        case .reachFolder: "the folder of \(path) cannot be reached: \(words)"
        case .make: "\(path) cannot be made: \(words)"
        case .open: "\(path) cannot be opened: \(words)"
        case .lock: "the ledger cannot be locked: \(words)"
        case .read: "\(path) cannot be read: \(words)"
        case .write: "\(path) cannot be written to: \(words)"
        case .sync: "\(path) cannot be written to the disk: \(words)"
        }
    }
}

extension LedgerDamage {
    /// What is wrong.
    fileprivate var phrase: String {
        switch self {
        case .page: "a page is not what it should be"
        case .endsWithinPage: "it ends within a page"
        case .framesLeft: "not all frames could be copied"
        case .noBallot: "the ballot is missing"
        case .noRow: "a row that must be there is missing"
        case .otherBallot: "the table ballot is not as this program writes it"
        case .batch(let number): "batch \(number) is not one"
        case .pack: "a pack that is not one"
        case .packWithoutBatch: "a pack of no batch"
        case .replacedPack: "a replaced pack that is not one"
        case .cancellation: "a pack cancelled for no reason there is"
        case .attempts: "attempts that cannot be"
        case .vote: "a vote that is none"
        case .scan(let entry): "a scan that entry \(entry) of the log is not about"
        case .channel: "a vote by a way that there is not"
        case .size(let found, let expected, let entry):
            (entry.map { "entry \($0) of the log: " } ?? "")
                + (expected.map { "a value of \(found) bytes where there should be \($0)" }
                    ?? "a number of \(found) bytes")
        case .changedBefore: "a change that had been made already"
        case .notCommitted: "a commit that was none"
        case .entryNumber(let number): "an entry of the log with the number \(number)"
        case .unreadableEntry(let number): "entry \(number) of the log is none that this version can read"
        case .missingEntry(let number): "entry \(number) of the log is missing"
        case .entryWithoutTime: "an entry without a time"
        case .missingHashes(let number): "hashes are missing with entry \(number) of the log"
        case .hashes: "hashes that are none"
        case .lostRows(let table, _): "rows of \(table) are missing"
        case .placesMissing: "rows of places are missing"
        case .turnsBehind: "the sequence turns is behind the log"
        case .alteredEntry(let number, _): "entry \(number) of the log was altered"
        }
    }
}
