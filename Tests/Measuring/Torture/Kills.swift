import Foundation
import TestSupport

/// Desks die (SIGKILL) under load, one or two on a ledger: half of them at any
/// moment, half just before some step that changes a file. What they had not
/// answered is asked again of the next desk, by the same keys.
package enum Kills {
    package static func hold(
        kills: Int, voters: Int = 300, without removals: [Removal] = [], until limit: Limit? = nil,
        seed: UInt64 = 1
    ) throws -> Report {
        var report = Report("kills")
        var dice = Dice(seed)
        let hall = try Hall(voters: voters)
        let undisturbed = try Removal.environment(removals)
        var (killed, ended, heard, unheard) = (0, 0, 0, 0)
        // How long a desk takes that nobody kills.
        let begun = ContinuousClock.now
        let calm = Client(requests: requests(in: hall, dice: &dice), pace: .flood, dice: dice)
        _ = try hall.withFreshLedger { try calm.run(in: hall, on: $0, undisturbed) }
        let whole = (ContinuousClock.now - begun) / .seconds(1)

        while killed < kills && !report.isOver(limit) {
            try hall.withFreshLedger { path in
                var inspection = Inspection(hall)
                // Each voter presses twice, and some give wrong answers first.
                var open = Self.requests(in: hall, dice: &dice)
                while !open.isEmpty && killed < kills {
                    let desks = 1 + dice.roll(2)
                    let folder = URL(filePath: path).deletingLastPathComponent().path
                    let plans = try (0..<desks).map { desk in
                        let isAtStep = dice.oneIn(2)
                        let step = 1 + dice.roll(4 * hall.packs.count)
                        let disk = ["DISK_FOLDER": folder, "DISK_KILL": "\(step)"]
                        let client = Client(
                            requests: open.enumerated().filter { $0.offset % desks == desk }.map(\.element),
                            pace: dice.oneIn(2) ? .flood : .bursts(upTo: 1 + dice.roll(20)),
                            killedAfter: isAtStep ? nil : whole * Double(100 + dice.roll(1000)) / 1000,
                            dice: Dice(dice.seed()))
                        return (client, try Removal.environment(removals, disk: isAtStep ? disk : [:]))
                    }
                    let stories = try together(desks) { desk in
                        try plans[desk].0.run(in: hall, on: path, plans[desk].1)
                    }
                    inspection.asked.formUnion(open)
                    open = []
                    for ((client, _), story) in zip(plans, stories) {
                        let answers = story.heard.prefix { !$0.isUndecided }
                        inspection.heard += answers
                        open += client.requests[answers.count...]
                        heard += answers.count
                        if story.wasKilled {
                            killed += 1
                            unheard += client.requests.count - answers.count
                        } else if story.ended.status == 0 {
                            ended += 1
                        } else if removals.isEmpty {
                            report.violated("a desk that nobody killed stopped: \(story.ended)")
                        }
                    }
                }
                report.violated(inspection.violations(of: path), "after kill \(killed)")
            }
        }
        report.measured("kills", killed)
        report.measured("desks that came to their end", ended)
        report.measured("answers heard", heard)
        report.measured("requests cut off", unheard)
        return report
    }

    /// In any order: each voter presses twice, and one in four is wrong first.
    static func requests(in hall: Hall, dice: inout Dice) -> [Request] {
        var requests: [Request] = []
        for pack in hall.packs.indices {
            for press in 0..<2 { requests.append(Request(pack: pack, key: pack * 8 + press)) }
            if pack % 4 == 0 { requests.append(Request(pack: pack, key: pack * 8 + 7, isWrong: true)) }
        }
        return dice.shuffled(requests)
    }
}
