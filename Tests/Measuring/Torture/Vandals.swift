import Counterfoil
import Foundation
import PollingDesk
import SQLiteLedger
import TestSupport

/// Files of a ledger are cut off, replaced, overwritten or deleted while a desk
/// has them open. The desk then ends or is killed.
///
/// What the desk says afterwards must be kept, or the next desk must refuse the
/// ledger. What was said before is in the vandal's hands, but it must not get lost
/// in silence: the next desk refuses the ledger, or an audit against a checkpoint
/// that somebody else has kept names the difference.
///
/// A write-ahead log that is cut or overwritten in its place keeps its name and its
/// number, and SQLite goes on to write after the end that it remembers. The desk
/// does not notice. The votes are in its memory, and reach the ledger at its next
/// checkpoint, unless it is killed before. Then the next desk notices, by what the
/// lock remembers.
package enum Vandals {
    static let files = ["ledger", "ledger-wal", "ledger-shm", "ledger-lock"]

    package static func hold(only files: [String] = Vandals.files) throws -> Report {
        var report = Report("vandals")
        let hall = try Hall(voters: 160)
        var acts = 0
        var ends: [End: Int] = [:]
        var silent = 0
        for file in files {
            for act in Act.allCases {
                for isKilled in [false, true] {
                    let name = "\(file) \(act.rawValue), desk \(isKilled ? "killed" : "closed")"
                    let vandal = try hall.withFreshLedger { path in
                        try Vandal(hall, path, file, act, isKilled: isKilled)
                    }
                    acts += 1
                    ends[vandal.end, default: 0] += 1
                    silent += vandal.fellSilent ? 1 : 0
                    switch vandal.end {
                    case .kept, .refused, .toldByAudit: break
                    case .laterLost, .lostInSilence:
                        report.violated("\(name): \(vandal.end.rawValue): \(vandal.words)")
                    }
                }
            }
        }
        report.measured("acts", acts)
        report.measured("desk was undecided, or died", silent)
        for end in End.allCases { report.measured(end.rawValue, ends[end] ?? 0) }
        return report
    }

    enum End: String, CaseIterable {
        case kept = "all is there"
        case refused = "the next desk refuses the ledger"
        case toldByAudit = "what was said before is lost, or read wrong; an audit tells"
        case laterLost = "what was said afterwards is lost; an audit tells"
        case lostInSilence = "lost in silence"
    }
}

private enum Act: String, CaseIterable {
    case emptied, halved
    case cutWithinPage = "cut within a page"
    case replaced = "replaced by an older copy"
    case overwritten = "overwritten by an older copy"
    case deleted

    func commit(on path: String, older: [UInt8]) throws {
        let size = try Files.read(path).count
        switch self {
        case .emptied: truncate(path, 0)
        case .halved: truncate(path, size / 2 / 4096 * 4096)
        case .cutWithinPage: truncate(path, max(0, size - 1000))
        case .replaced:
            try Files.write(path + "-copy", older)
            _ = unsafe rename(path + "-copy", path)
        case .overwritten:
            guard let file = FileHandle(forWritingAtPath: path) else { throw TortureError("no \(path)") }
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data(older))
            try file.close()
        case .deleted: _ = unsafe unlink(path)
        }
    }

    private func truncate(_ path: String, _ size: Int) { _ = unsafe Foundation.truncate(path, off_t(size)) }
}

/// One act, and what came of it.
private struct Vandal {
    let end: Vandals.End
    private(set) var words = ""
    /// The desk said nothing more, or that it does not know.
    let fellSilent: Bool

    init(_ hall: Hall, _ path: String, _ file: String, _ act: Act, isKilled: Bool) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let desk = try hall.start(["redeem"], on: path)
        var heard: [Promise] = []
        func ask(_ range: Range<Int>) throws {
            for pack in range {
                let request = Request(pack: pack, key: pack)
                desk.write(request.line(in: hall))
                guard let line = desk.line() else { return }
                heard.append(try Promise(request, line: line))
            }
        }
        try ask(0..<60)
        let older = try Files.read("\(folder)/\(file)")
        try ask(60..<120)
        var heads = [try Self.head(path)]
        let before = heard.count
        try act.commit(on: "\(folder)/\(file)", older: older)
        try ask(120..<160)
        fellSilent = heard.count == before || heard.last!.isUndecided
        // Anyone who asks now may find the ledger in pieces.
        if let head = try? Self.head(path) { heads.append(head) }
        if isKilled { desk.signal(SIGKILL) }
        _ = desk.finish()

        let client = Client(requests: heard.map(\.request), pace: .flood, dice: Dice(0))
        let next = try client.run(in: hall, on: path)
        guard next.ended.status == 0, next.heard.count == heard.count else {
            end = .refused
            return
        }
        let lost = zip(heard, next.heard).filter { before, now in
            before.isCounted && (now.outcome != "repeated" || now.receipt != before.receipt)
        }
        guard let first = lost.last else {
            end = .kept
            return
        }
        words = "\(lost.count) votes, \(first.0.request) now \(first.1.outcome)"
        let isTold = try Self.isTold(hall, path, heads)
        let isLater = lost.contains { $0.0.request.pack >= 120 }
        end = !isTold ? .lostInSilence : isLater ? .laterLost : .toldByAudit
    }

    /// What a checkpoint of this moment would sign.
    private static func head(_ path: String) throws -> TreeHead {
        let ledger = try SQLiteLedger(reading: path)
        defer { ledger.close() }
        return try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try Audit(election: ledger.election).run(on: snapshot).head
        }
    }

    private static func isTold(_ hall: Hall, _ path: String, _ heads: [TreeHead]) throws -> Bool {
        let ledger = try SQLiteLedger(reading: path)
        defer { ledger.close() }
        let checkpoints = heads.map { Checkpoint($0, hall.election, hall.rehearsal.deskKey()) }
        do {
            return try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
                try Audit(election: hall.election, against: checkpoints).run(on: snapshot).difference
            } != nil
        } catch { return true }
    }
}
