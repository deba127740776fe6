import Foundation
import TestSupport

/// Each write, each sync and each new file of a desk's work fails in turn.
///
/// The desk begins with what a killed one has left in the write-ahead log, so
/// that opening, voting and closing all write. Each answer must be the truth or
/// `undecided`. The next desk must find out by the same keys. And what both said
/// must outlast a power cut at any step, on a disk that never syncs again what
/// it failed to sync once.
package enum DiskFaults {
    /// - Parameters:
    ///   - stride: 1 for every step, or every so many.
    ///   - cutsOfEach: how often the power is cut after a fault.
    ///   - onlySyncs: for controls: of faults in syncs alone.
    ///   - atWork: how many faults besides in a run that is long enough for a
    ///     checkpoint at work, most of them within it.
    package static func hold(
        stride: Int = 1, atWork: Int = 0, cutsOfEach: Int = 3, onlySyncs: Bool = false,
        without removals: [Removal] = [],
        until limit: Limit? = nil,
        seed: UInt64 = 3
    ) throws -> Report {
        var report = Report("disk faults")
        var dice = Dice(seed)
        let hall = try Hall(voters: 40)
        let begun = try HalfDone(hall)
        var (runs, undecided, cuts, places) = (0, 0, 0, 0)
        for fault in Fault.all {
            var place = 1 + dice.roll(stride)
            while !report.isOver(limit) {
                let run = try FaultyRun(hall, begun, fault, at: place, removals, dice: &dice)
                guard run.wasReached else { break }
                runs += 1
                undecided += run.undecided
                report.violated(run.violations, "\(fault.name) at step \(place)")
                for _ in 0..<(onlySyncs && !run.wasSync ? 0 : cutsOfEach) {
                    cuts += 1
                    report.violated(
                        try run.cut(dice: &dice), "\(fault.name) at step \(place), and a power cut after it")
                }
                places = max(places, place)
                place += stride
            }
        }
        if atWork > 0 { try self.atWork(atWork, into: &report, &dice) }
        report.measured("faults", runs)
        report.measured("steps of a run that can fail", places)
        report.measured("requests undecided", undecided)
        report.measured("power cuts after faults", cuts)
        return report
    }

    /// Whether a desk writes what it finds in the write-ahead log once more, and
    /// syncs it, before it copies any of it to the ledger.
    package static func logIsRewritten(without removals: [Removal] = []) throws -> Bool {
        let hall = try Hall(voters: 8)
        let begun = try HalfDone(hall)
        let folder = TemporaryFolder.quick()
        for (name, bytes) in begun.files { try Files.write(folder.file(name), bytes) }
        var recorder = try Recorder(hall, folder.path, heard: begun.heard)
        let client = Client(requests: [Request(pack: 6, key: 48)], pace: .bursts(upTo: 1), dice: Dice(0))
        _ = try recorder.run([client], removals)
        let recording = try recorder.finish()
        withExtendedLifetime(folder) {}
        return recording.isLogRewritten(of: begun.files["ledger-wal"]!.count)
    }

    private static func atWork(_ faults: Int, into report: inout Report, _ dice: inout Dice) throws {
        let hall = try Hall(voters: 600)
        let begun = try HalfDone(hall)
        var requests = Kills.requests(in: hall, dice: &dice).filter { $0.pack >= 5 }
        requests.sort { $0.pack < $1.pack }
        let calm = try FaultyRun(hall, begun, nil, at: 0, [], requests, .bursts(upTo: 1), dice: &dice)
        let places = calm.failableInCheckpoint
        guard !places.isEmpty else { throw TortureError("no checkpoint at work") }
        var (reached, within) = (0, 0)
        for number in 0..<faults {
            let fault = Fault.all[number % Fault.all.count]
            let place = dice.pick(places) + dice.roll(8)
            let run = try FaultyRun(
                hall, begun, fault, at: place, [], requests, .bursts(upTo: 1), dice: &dice)
            reached += run.wasReached ? 1 : 0
            within += try run.wasWithinCheckpoint ? 1 : 0
            let name = "\(fault.name) at work, step \(place)"
            report.violated(run.violations, name)
            report.violated(try run.cut(dice: &dice), "\(name), and a power cut after it")
        }
        report.measured("faults in a long run", reached)
        report.measured("of them within a checkpoint at work", within)
    }
}

/// How a disk fails.
private struct Fault {
    let name: String
    let error: Int32
    let how: String

    static let all = [
        Fault(name: "EIO", error: EIO, how: "once"),
        Fault(name: "EIO from then on", error: EIO, how: "stay"),
        Fault(name: "ENOSPC", error: ENOSPC, how: "once"),
        Fault(name: "ENOSPC from then on", error: ENOSPC, how: "stay"),
        Fault(name: "ENOSPC within a write", error: ENOSPC, how: "short"),
    ]
}

/// A ledger whose desk was killed: votes wait in its write-ahead log.
private struct HalfDone {
    let files: [String: [UInt8]]
    let heard: [Promise]

    init(_ hall: Hall) throws {
        let requests = (0..<5).map { Request(pack: $0, key: $0 * 8) }
        (files, heard) = try hall.withFreshLedger { path in
            let child = try hall.start(["redeem"], on: path)
            var heard: [Promise] = []
            for request in requests {
                child.write(request.line(in: hall))
                guard let line = child.line() else { throw TortureError("a desk did not answer") }
                heard.append(try Promise(request, line: line))
            }
            child.signal(SIGKILL)
            _ = child.finish()
            let names = ["ledger", "ledger-wal", "ledger-lock"]
            let folder = URL(filePath: path).deletingLastPathComponent().path
            let files = try names.map { ($0, try Files.read("\(folder)/\($0)")) }
            return (Dictionary(uniqueKeysWithValues: files), heard)
        }
        guard files["ledger-wal"]!.count > 4096, heard.allSatisfy(\.isCounted) else {
            throw TortureError("nothing waits in the write-ahead log")
        }
    }
}

/// One desk on a disk that fails at some step, the desk after it, and the
/// ledger in the end.
private struct FaultyRun {
    private(set) var wasReached = false
    private(set) var undecided = 0
    private(set) var violations: [String] = []
    private let recording: Recording

    /// - Parameter fault: nil for a disk that does not fail.
    init(
        _ hall: Hall, _ begun: HalfDone, _ fault: Fault?, at place: Int, _ removals: [Removal] = [],
        _ requests: [Request] = FaultyRun.fewRequests, _ pace: Client.Pace = .bursts(upTo: 4),
        dice: inout Dice
    ) throws {
        let folder = TemporaryFolder.quick()
        for (name, bytes) in begun.files { try Files.write(folder.file(name), bytes) }
        var recorder = try Recorder(hall, folder.path, heard: begun.heard)
        let first = Client(requests: requests, pace: pace, dice: Dice(dice.seed()))
        let failing = fault.map {
            ["DISK_FAIL": "\(place)", "DISK_ERROR": "\($0.error)", "DISK_HOW": $0.how]
        }
        let before = try recorder.run([first], removals, disk: [failing ?? [:]])[0]
        undecided = before.heard.count(where: \.isUndecided)
        if ![0, 3].contains(before.ended.status) { violations.append("the desk ended so: \(before.ended)") }
        if before.ended.status == 0 && (undecided > 0 || before.heard.count < requests.count) {
            violations.append("a desk that did not answer said that all is well")
        }
        // A client that heard nothing, or that it is undecided, asks again. Any
        // other client may ask again too.
        let second = Client(
            requests: dice.shuffled(requests), pace: .bursts(upTo: 4), dice: Dice(dice.seed()))
        let after = try recorder.run([second], removals)[0]
        if after.ended.status != 0 || after.heard.count < requests.count
            || after.heard.contains(where: \.isUndecided)
        {
            violations.append("the next desk did not find out: \(after.ended)")
        }
        var inspection = Inspection(hall)
        inspection.heard = begun.heard + (before.heard + after.heard).filter { !$0.isUndecided }
        inspection.asked = Set(inspection.heard.map(\.request) + requests)
        recording = try recorder.finish()
        wasReached = recording.hasFault
        violations += inspection.violations(of: folder.file("ledger"))
        withExtendedLifetime(folder) {}
    }

    /// Of voters who were answered before, other presses of theirs, new ones, wrong ones.
    static let fewRequests = (0..<12).flatMap { pack -> [Request] in
        [
            Request(pack: pack, key: pack * 8),
            pack % 3 == 0
                ? Request(pack: pack + 12, key: pack * 8 + 7, isWrong: true)
                : Request(pack: pack, key: pack * 8 + 1),
        ]
    }

    var wasSync: Bool { recording.isFaultInSync }
    var failableInCheckpoint: [Int] { recording.failableInCheckpoint }
    var wasWithinCheckpoint: Bool { get throws { try recording.wasFaultInCheckpoint } }

    /// The power goes after the fault.
    func cut(dice: inout Dice) throws -> [String] {
        let place =
            dice.oneIn(2)
            ? recording.placeBehindFault(&dice) : recording.placeInCheckpointBehindFault(&dice)
        return try recording.cut(at: place, dice: &dice).violations.map { "step \(place): \($0)" }
    }
}
