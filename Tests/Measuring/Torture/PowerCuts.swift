import Foundation
import TestSupport

/// The power goes at any step of a desk's work, and the disk keeps any part of
/// what was not synced.
///
/// Desks work on a simulated disk (`SimulatedDisk`); some are killed at some
/// step, and others go on where they were. Afterwards the power is cut at many
/// places of their common log, and each time the ledger is put together as the
/// disk could have left it, and compared with what had been said by then.
package enum PowerCuts {
    package static func hold(
        cuts: Int, voters: Int = 200, longRuns: Bool = false, without removals: [Removal] = [],
        until limit: Limit? = nil,
        seed: UInt64 = 2
    )
        throws -> Report
    {
        var report = Report("power cuts")
        var dice = Dice(seed)
        let hall = try Hall(voters: voters)
        // Here each request is a commit of its own, and the desks come to
        // checkpoints at work, not only when they open and close.
        let large = longRuns ? try Hall(voters: 900) : nil
        var (done, runs, promises, checkpoints, atWork) = (0, 0, 0, 0, 0)
        while done < cuts && !report.isOver(limit) {
            let hall = runs % 8 == 7 ? large ?? hall : hall
            try hall.withFreshLedger { path in
                let run = try record(hall, path, removals, dice: &dice)
                runs += 1
                for _ in 0..<min(25, cuts - done) {
                    done += 1
                    let place = dice.oneIn(3) ? run.placeInCheckpoint(&dice) : run.place(&dice)
                    let cut = try run.cut(at: place, dice: &dice)
                    promises += cut.promises
                    checkpoints += cut.wasCheckpoint ? 1 : 0
                    atWork += cut.wasAtWork ? 1 : 0
                    report.violated(cut.violations, "cut \(done), run \(runs), step \(place)")
                }
            }
        }
        report.measured("power cuts", done)
        report.measured("runs of one to three desks", runs)
        report.measured("cuts within a checkpoint", checkpoints)
        if longRuns { report.measured("of them between two answers of one desk", atWork) }
        report.measured("promises looked at", promises)
        return report
    }

    /// Some desks, up to two at once, of which some are killed at some step and
    /// the next ones go on.
    private static func record(
        _ hall: Hall, _ path: String, _ removals: [Removal], dice: inout Dice
    ) throws -> Recording {
        var recorder = try Recorder(hall, URL(filePath: path).deletingLastPathComponent().path)
        var open = Kills.requests(in: hall, dice: &dice)
        for _ in 0..<3 where !open.isEmpty {
            let desks = 1 + dice.roll(2)
            let clients = (0..<desks).map { desk in
                Client(
                    requests: open.enumerated().filter { $0.offset % desks == desk }.map(\.element),
                    pace: hall.packs.count >= 900
                        ? .bursts(upTo: 1) : dice.oneIn(3) ? .flood : .bursts(upTo: 1 + dice.roll(12)),
                    dice: Dice(dice.seed()))
            }
            let disk = clients.map { _ in
                dice.oneIn(2) ? ["DISK_KILL": "\(1 + dice.roll(3 * hall.packs.count))"] : [:]
            }
            let stories = try recorder.run(clients, removals, disk: disk)
            open = zip(clients, stories).flatMap { $0.requests[$1.heard.count...] }
        }
        return try recorder.finish()
    }
}
