import Counterfoil
import Foundation
import PollingDesk
import SQLiteLedger
import TestSupport

/// The inspection inspected: ledgers that somebody doctored with an SQL shell,
/// each in a way that the other trials look for. One that passes is a violation.
package enum Doctored {
    private static let doctorings: [(what: String, finds: String, sql: [String])] = [
        (
            "a vote is deleted", "is lost",
            [
                "DROP TRIGGER votes_online_stay",
                "DELETE FROM votes WHERE voter = (SELECT voter FROM votes LIMIT 1)",
            ]
        ),
        (
            "the last vote is deleted with its log entry", "is lost",
            [
                "DROP TRIGGER votes_online_stay", "DROP TRIGGER log_never_shrinks",
                "DELETE FROM votes WHERE pack = (SELECT pack FROM log WHERE type = 6 ORDER BY number DESC LIMIT 1)",
                "DELETE FROM log WHERE number >= (SELECT max(number) FROM log WHERE type = 6)",
            ]
        ),
        (
            "a vote loses its log entry", "votes without their log entry",
            [
                "DROP TRIGGER log_never_changes",
                "UPDATE log SET type = 8 WHERE number = (SELECT max(number) FROM log WHERE type = 6)",
            ]
        ),
        (
            "a vote is another request's", "is lost",
            [
                "DROP TRIGGER votes_never_change",
                "UPDATE votes SET under = zeroblob(16) WHERE voter = (SELECT voter FROM votes LIMIT 1)",
            ]
        ),
        (
            "wrong answers are forgotten", "are forgotten",
            ["DELETE FROM attempts WHERE pack = (SELECT pack FROM attempts WHERE lifetime > 0 LIMIT 1)"]
        ),
        (
            "wrong answers count twice", "counted twice",
            ["UPDATE attempts SET wrong = wrong + 1, lifetime = lifetime + 1 WHERE lifetime > 0"]
        ),
        (
            "a second attempt is forgotten", "second attempt",
            ["UPDATE attempts SET second = 0 WHERE second > 0"]
        ),
        ("nothing", "", []),
    ]

    package static func hold() throws -> Report {
        var report = Report("the inspection itself")
        let hall = try Hall(voters: 12)
        var found = 0
        for doctoring in doctorings {
            try hall.withFreshLedger { path in
                let inspection = try voted(hall, path)
                try doctor(path, doctoring.sql)
                let violations = inspection.violations(of: path)
                let isRight =
                    doctoring.sql.isEmpty
                    ? violations.isEmpty : violations.contains { $0.contains(doctoring.finds) }
                if isRight { found += 1 } else { report.violated("\(doctoring.what): \(violations)") }
            }
        }
        report.measured("ledgers judged rightly", found)
        return report
    }

    /// A trigger that is in the way is taken out, and put back afterwards.
    private static func doctor(_ path: String, _ statements: [String]) throws {
        // Anyone who can do this can take away what the lock remembers.
        try FileManager.default.removeItem(atPath: path + "-lock")
        var triggers: [String] = []
        for sql in statements {
            if let name = sql.split(separator: "DROP TRIGGER ").first, sql.hasPrefix("DROP") {
                let question = "SELECT sql FROM sqlite_schema WHERE name = '\(name)'"
                triggers.append(Shell.ask(path, question) ?? "")
            }
            if let words = Shell.ask(path, sql) { throw TortureError("\(sql): \(words)") }
        }
        for sql in triggers {
            if let words = Shell.ask(path, sql) { throw TortureError("\(sql): \(words)") }
        }
    }

    /// Each votes, some answer wrong first, some try again.
    private static func voted(_ hall: Hall, _ path: String) throws -> Inspection {
        var inspection = Inspection(hall)
        let requests = hall.packs.indices.flatMap { pack in
            [
                Request(pack: pack, key: pack * 8 + 7, isWrong: true), Request(pack: pack, key: pack * 8 + 1),
                Request(pack: pack, key: pack * 8),
            ].dropFirst(pack % 2).dropLast(pack % 3 == 0 ? 0 : 1)
        }
        let story = try Client(requests: requests, pace: .flood, dice: Dice(0)).run(in: hall, on: path)
        guard story.heard.count == requests.count else { throw TortureError("a desk did not answer") }
        inspection.asked = Set(requests)
        inspection.heard = story.heard
        return inspection
    }
}
