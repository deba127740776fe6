import CCounterfoilSQLite
import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport

/// Looks at a ledger after the event, and compares it with what people were told.
struct Inspection {
    let hall: Hall
    /// Every request that was ever made.
    var asked: Set<Request> = []
    /// Every answer that was ever heard.
    var heard: [Promise] = []

    init(_ hall: Hall) { self.hall = hall }

    /// All that is wrong with the ledger; empty if nothing is.
    ///
    /// Opens it as a desk would, audits it, asks every request again, and
    /// audits it once more.
    func violations(of path: String) -> [String] {
        let booth: Booth
        do { booth = try hall.booth(path) } catch { return ["the ledger cannot be opened: \(error)"] }
        defer { booth.desk.drain() }
        var found: [String] = []
        do {
            found += try audit(booth)
            found += tables(path)
            found += try attempts(booth)
            found += try askAgain(booth)
            if found.isEmpty { found += try audit(booth) + tables(path) }
        } catch { found.append("the ledger cannot be inspected: \(error)") }
        return found
    }

    /// What is wrong with the ledger, whatever clients were told.
    func consistency(of path: String) -> [String] {
        do {
            let booth = try hall.booth(path)
            defer { booth.desk.drain() }
            return try audit(booth) + tables(path)
        } catch { return ["the ledger cannot be inspected: \(error)"] }
    }

    /// Every table against the log, by the replay.
    private func audit(_ booth: Booth) throws -> [String] {
        try hall.rehearsal.difference(in: booth.desk.ledger).map { ["audit: \($0)"] } ?? []
    }

    /// The same in SQL, which knows nothing of the replay.
    private func tables(_ path: String) -> [String] {
        let questions = [
            (
                "votes without their log entry",
                "SELECT count(*) FROM votes WHERE pack NOT IN (SELECT pack FROM log WHERE type IN (6, 9))"
            ),
            (
                "log entries without their vote",
                "SELECT count(*) FROM log WHERE type IN (6, 9) AND pack NOT IN (SELECT pack FROM votes)"
            ),
            (
                "votes more or fewer than log entries",
                "SELECT (SELECT count(*) FROM votes) - (SELECT count(*) FROM log WHERE type IN (6, 9))"
            ),
            (
                "wrong answers more or fewer than log entries",
                """
                SELECT (SELECT coalesce(sum(lifetime), 0) FROM attempts)
                    - (SELECT count(*) FROM log WHERE type = 7)
                """
            ),
        ]
        return questions.compactMap { what, sql in
            let answer = Shell.ask(path, sql)
            return answer == "0" ? nil : "\(answer ?? "nothing"): \(what)"
        }
    }

    /// What was tried on packs: nothing forgotten, nothing made up.
    private func attempts(_ booth: Booth) throws -> [String] {
        var found: [String] = []
        let wrong = Set(heard.filter { $0.outcome == "wrong-answers" }.map(\.request.pack))
        let mayBeWrong = Set(asked.filter(\.isWrong).map(\.pack))
        var second: [Int: Set<Int>] = [:]
        for promise in heard where promise.outcome == "already-voted" {
            second[promise.request.pack, default: []].insert(promise.request.key)
        }
        for place in mayBeWrong.union(second.keys) {
            let pack = hall.packs[place].number
            guard let attempts = try booth.desk.ledger.history(of: pack)?.attempts else {
                found.append("pack \(pack) is lost")
                continue
            }
            if wrong.contains(place) && attempts.lifetime == 0 {
                found.append("wrong answers for pack \(pack) are forgotten")
            }
            if attempts.lifetime > 1 { found.append("wrong answers for pack \(pack) counted twice") }
            if attempts.second < min(second[place]?.count ?? 0, 20) {
                found.append("a second attempt on pack \(pack) is forgotten")
            }
        }
        return found
    }

    /// A client that asks again hears what it heard before. When all have asked,
    /// each voter who gave right answers has one vote, by one key.
    private func askAgain(_ booth: Booth) throws -> [String] {
        var found: [String] = []
        let promises = Dictionary(
            heard.filter(\.isCounted).map { ($0.request, $0) }, uniquingKeysWith: { first, _ in first })
        for promise in heard where promise.isCounted {
            if promise.receipt != promises[promise.request]!.receipt {
                found.append("request \(promise.request) has two receipts")
            }
        }
        let voted = Set(try booth.desk.ledger.report().voted.map(\.pack))
        let mayVote = Set(asked.filter { !$0.isWrong }.map { hall.packs[$0.pack].number })
        for pack in voted where !mayVote.contains(pack) {
            found.append("nobody asked for the vote of \(pack)")
        }

        var winners: [VoterNumber: Set<Int>] = [:]
        // Clients that were told of a vote come first: if not, another client's
        // vote could hide that theirs was lost.
        for request in asked.filter({ promises[$0] != nil }) + asked.filter({ promises[$0] == nil }) {
            let pack = hall.packs[request.pack]
            let outcome = try booth.redeem(
                pack, key: request.key, answers: request.isWrong ? pack.wrongAnswers : nil, at: .now)
            if let promise = promises[request] {
                if outcome.name != "repeated" {
                    found.append("an accepted vote is lost: \(request), now \(outcome.name)")
                } else if outcome.receipt?.description != promise.receipt {
                    found.append("the receipt of \(request) is another one now")
                }
            }
            if outcome.receipt != nil { winners[pack.voter, default: []].insert(request.key) }
        }
        for request in asked where !request.isWrong {
            let keys = winners[hall.packs[request.pack].voter] ?? []
            if keys.count != 1 { found.append("\(keys.count) requests of the voter of \(request) count") }
        }
        return found
    }
}

/// SQL on a ledger file, past the program.
enum Shell {
    /// The first value of the first row, or what SQLite said instead.
    @discardableResult
    static func ask(_ path: String, _ sql: String) -> String? {
        var database: OpaquePointer?
        _ = unsafe sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil)
        defer { unsafe _ = sqlite3_close(database) }
        unsafe sqlite3_busy_timeout(database, 10_000)
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else {
            return unsafe String(cString: sqlite3_errmsg(database))
        }
        defer { unsafe _ = sqlite3_finalize(statement) }
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW:
            guard let text = unsafe sqlite3_column_text(statement, 0) else { return nil }
            return unsafe String(cString: text)
        case SQLITE_DONE: return nil
        default: return unsafe String(cString: sqlite3_errmsg(database))
        }
    }
}
