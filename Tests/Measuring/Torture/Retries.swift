import Foundation
import TestSupport

/// A voting site that loses every second answer and asks again with the same
/// key, now of one desk, now of another: each voter ends with one vote and one
/// receipt, and nobody looks as if they had tried to vote twice.
package enum Retries {
    /// How the site asks again. The recipe is the caller's part of the promise;
    /// the control is a site that does not keep to it.
    package enum Recipe: Sendable {
        case sameKey
        case newKey
    }

    package static func hold(voters: Int, _ recipe: Recipe = .sameKey, seed: UInt64 = 6) throws -> Report {
        var report = Report("retries")
        var dice = Dice(seed)
        let hall = try Hall(voters: voters)
        try hall.withFreshLedger { path in
            var site = try Site(hall, path, recipe)
            while site.step(&dice) {}
            report.violated(try site.finish())
            var inspection = Inspection(hall)
            inspection.heard = site.heard
            inspection.asked = Set(site.heard.map(\.request) + site.lost.map(\.request))
            report.violated(inspection.violations(of: path))
            let second = Shell.ask(path, "SELECT coalesce(sum(second), 0) FROM attempts")
            // Inspecting has asked everything again; what was refused then was refused before.
            if recipe == .sameKey && second != "0" {
                report.violated("\(second ?? "?") second attempts of voters who pressed once")
            }
            report.measured("voters", voters)
            report.measured("answers lost", site.lost.count)
            report.measured("answers heard", site.heard.count)
            report.measured("of them repeated", site.heard.count { $0.outcome == "repeated" })
        }
        return report
    }
}

/// A voting site: a ballot is pending until somebody says what became of it.
private struct Site {
    private let hall: Hall
    private let desks: [Child]
    private let recipe: Retries.Recipe
    private var pending: [Request]
    private var answers = 0
    private(set) var heard: [Promise] = []
    private(set) var lost: [Promise] = []
    private var failure: String?

    init(_ hall: Hall, _ path: String, _ recipe: Retries.Recipe) throws {
        self.hall = hall
        self.recipe = recipe
        desks = try (0..<2).map { _ in try hall.start(["redeem"], on: path) }
        pending = hall.packs.indices.map { Request(pack: $0, key: $0 * 8) }
    }

    /// Some of those that are pending, of one desk; false when none is left.
    mutating func step(_ dice: inout Dice) -> Bool {
        pending = dice.shuffled(pending)
        let group = pending.suffix(1 + dice.roll(8))
        guard !group.isEmpty, failure == nil else { return false }
        pending.removeLast(group.count)
        let desk = dice.pick(desks)
        desk.write(group.map { $0.line(in: hall) }.joined())
        for request in group {
            guard let line = desk.line(), let promise = try? Promise(request, line: line) else {
                failure = "a desk did not answer"
                return false
            }
            answers += 1
            if answers % 2 == 0 {
                heard.append(promise)
            } else {
                lost.append(promise)
                pending.append(
                    Request(pack: request.pack, key: recipe == .sameKey ? request.key : request.key + 1))
            }
        }
        return true
    }

    /// What the site finds when it counts.
    func finish() throws -> [String] {
        var found = failure.map { [$0] } ?? []
        for desk in desks where desk.finish().status != 0 { found.append("a desk stopped") }
        var receipts: [Int: Set<String>] = [:]
        for promise in heard where promise.isCounted {
            receipts[promise.request.pack, default: []].insert(promise.receipt ?? "")
        }
        let (none, many) = (
            hall.packs.count - receipts.count, receipts.values.count { $0.count > 1 }
        )
        if none > 0 { found.append("\(none) voters have no receipt") }
        if many > 0 { found.append("\(many) voters have several receipts") }
        return found
    }
}
