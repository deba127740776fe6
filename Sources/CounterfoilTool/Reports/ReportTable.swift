internal import ArgumentParser
internal import Counterfoil
internal import PollingDesk

/// A table of the report, each a CSV of its own.
enum ReportTable: String, ExpressibleByArgument, CaseIterable {
    case summary, turnout, balance
    case secondAttempts = "second-attempts"
    case setAside = "set-aside"
    case scannedAgain = "scanned-again"
    case ended, locked

    /// RFC 4180, without the end of the last line.
    func csv(_ report: LedgerReport, _ lists: LedgerLists, in zone: ZoneArgument) -> String {
        let rows =
            switch self {
            case .summary: report.summaryRows
            case .turnout: report.turnoutRows(in: zone)
            case .balance: report.balanceRows
            case .secondAttempts: report.secondAttemptRows
            case .setAside: lists.rows(of: lists.setAside, in: zone)
            case .scannedAgain: lists.rows(of: lists.rescans, in: zone)
            case .ended: lists.endedRows(in: zone)
            case .locked: lists.lockedRows(in: zone)
            }
        return rows.joined(separator: "\r\n")
    }
}

extension LedgerLists {
    fileprivate func rows(of envelopes: [Envelope], in zone: ZoneArgument) -> [String] {
        ["pack,why,at,by"]
            + envelopes.map { "\($0.pack),\($0.why.word),\($0.at.text(in: zone)),\(csvField($0.officer))" }
    }

    fileprivate func endedRows(in zone: ZoneArgument) -> [String] {
        ["pack,how,kept,at,reason,reference,by"]
            + ended.map { ended in
                let (how, kept) =
                    switch ended.how {
                    case .replaced(let by): ("replaced", by.description)
                    case .listed(let kept): ("same-person", kept.description)
                    case .cancelled(.missing): ("missing", "")
                    case .cancelled: ("cancelled", "")
                    }
                let note = ended.note
                return
                    "\(ended.pack),\(how),\(kept),\(ended.at.text(in: zone)),\(note.reason?.rawValue ?? ""),\(csvField(note.reference)),\(csvField(note.officer))"
            }
    }

    fileprivate func lockedRows(in zone: ZoneArgument) -> [String] {
        ["pack,wrong-answers,wrong-answers-in-all,at"]
            + locked.map { "\($0.pack),\($0.wrong),\($0.lifetime),\($0.at.text(in: zone))" }
    }
}
