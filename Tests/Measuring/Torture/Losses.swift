import Foundation
import SQLiteLedger
import TestSupport

/// A desk dies (SIGKILL), and then something that lay beside its ledger gets lost:
/// somebody tidies up, copies half of the files to another machine, or takes the
/// write-ahead log for rubbish.
///
/// The next desk must refuse the ledger, or every vote must be there. An audit must
/// name what is missing. When the files are put back, nothing is missing any more.
package enum Losses {
    private enum Loss: CaseIterable {
        case nothing, log, logAndSharedMemory, everything, lock, halfTheLog, logsContents, newerLog

        /// What is taken away, of what was there when the desk died.
        func remains(of files: [String: [UInt8]], older log: [UInt8]) -> [String: [UInt8]] {
            var left = files
            switch self {
            case .nothing: break
            case .log: left["-wal"] = nil
            case .logAndSharedMemory: (left["-wal"], left["-shm"]) = (nil, nil)
            case .everything: (left["-wal"], left["-shm"], left["-lock"]) = (nil, nil, nil)
            case .lock: left["-lock"] = nil
            case .halfTheLog: left["-wal"] = files["-wal"].map { Array($0.prefix($0.count / 2)) }
            case .logsContents: left["-wal"] = []
            case .newerLog: left["-wal"] = log
            }
            return left
        }

        var words: String {
            switch self {
            case .nothing: "nothing is lost"
            case .log: "-wal is lost"
            case .logAndSharedMemory: "-shm and -wal are lost"
            case .everything: "-lock, -shm and -wal are lost"
            case .lock: "-lock is lost"
            case .halfTheLog: "half of -wal is lost"
            case .logsContents: "-wal is empty"
            case .newerLog: "-wal is an older copy"
            }
        }
    }

    package static func hold(
        rounds: Int, without removals: [Removal] = [], until limit: Limit? = nil
    ) throws -> Report {
        var report = Report("losses")
        let hall = try Hall(voters: 40)
        let environment = try Removal.environment(removals)
        var (losses, refused, whole) = (0, 0, 0)
        for round in 0..<rounds {
            for loss in Loss.allCases where !report.isOver(limit) {
                try hall.withFreshLedger { path in
                    let trial = try Dead(hall, path, environment, after: 20 + round)
                    losses += 1
                    try trial.lay(loss.remains(of: trial.files, older: trial.olderLog))
                    let next = try trial.ask(hall, environment)
                    if next.isRefused {
                        refused += 1
                        if loss == .nothing { report.violated("refused though nothing is missing") }
                        if removals.isEmpty, try !isTold(hall, path) {
                            report.violated("\(loss.words): an audit says nothing")
                        }
                        try trial.lay(trial.files)
                        let again = try trial.ask(hall, environment)
                        if again.isRefused || again.lost > 0 {
                            report.violated("\(loss.words): files that are put back do not help")
                        }
                    } else if next.lost > 0 {
                        report.violated("\(loss.words): \(next.lost) votes are lost in silence")
                    } else {
                        whole += 1
                    }
                }
            }
        }
        report.measured("losses", losses)
        report.measured("the next desk refused the ledger", refused)
        report.measured("all was there", whole)
        return report
    }

    private static func isTold(_ hall: Hall, _ path: String) throws -> Bool {
        let ledger = try SQLiteLedger(reading: path)
        defer { ledger.close() }
        return try hall.rehearsal.difference(in: ledger, long: true) != nil
    }
}

/// What a desk left that died.
private struct Dead {
    let path: String
    /// By the ends of their names.
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var olderLog: [UInt8] = []
    private var heard: [Promise] = []

    /// - Parameter first: after how many votes somebody copies the log.
    init(_ hall: Hall, _ path: String, _ environment: [String: String], after first: Int) throws {
        self.path = path
        let desk = try hall.start(["redeem"], on: path, environment)
        for pack in hall.packs.indices {
            if pack == first % hall.packs.count { olderLog = try Files.read(path + "-wal") }
            let request = Request(pack: pack, key: pack)
            desk.write(request.line(in: hall))
            guard let line = desk.line() else { throw TortureError("a desk said nothing") }
            heard.append(try Promise(request, line: line))
        }
        desk.signal(SIGKILL)
        _ = desk.finish()
        for end in Self.ends { files[end] = try? Files.read(path + end) }
        guard heard.allSatisfy(\.isCounted), files["-wal"]?.isEmpty == false else {
            throw TortureError("a desk did not work, or left nothing in its log")
        }
    }

    private static let ends = ["", "-wal", "-shm", "-lock"]

    /// Puts these files where the ledger lies, and takes others away.
    func lay(_ files: [String: [UInt8]]) throws {
        for end in Self.ends { try? FileManager.default.removeItem(atPath: path + end) }
        for (end, bytes) in files { try Files.write(path + end, bytes) }
    }

    /// Asks for every vote once more.
    func ask(_ hall: Hall, _ environment: [String: String]) throws -> (isRefused: Bool, lost: Int) {
        let client = Client(requests: heard.map(\.request), pace: .flood, dice: Dice(0))
        let story = try client.run(in: hall, on: path, environment)
        guard story.ended.status == 0, story.heard.count == heard.count else { return (true, 0) }
        let lost = zip(heard, story.heard).count {
            $1.outcome != "repeated" || $0.receipt != $1.receipt
        }
        return (false, lost)
    }
}
