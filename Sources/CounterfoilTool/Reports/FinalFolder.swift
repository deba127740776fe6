internal import Counterfoil
internal import PollingDesk

/// What the folder of a ballot that has ended holds: all that a scrutineer asks for, and
/// a page that says how to check each.
struct FinalFolder {
    let checkpoint: Checkpoint
    let report: LedgerReport
    let lists: LedgerLists

    var files: [(String, [UInt8])] {
        var files = [
            ("final.checkpoint", Array(checkpoint.text.utf8)),
            ("election.json", Array(report.summary.election.json.utf8)),
            ("report.txt", Array("\(report.text(in: .utc))\n".utf8)),
            ("report.json", Array("\(report.json(in: .utc))\n".utf8)),
        ]
        for table in ReportTable.allCases {
            files.append(
                ("\(table.rawValue).csv", Array("\(table.csv(report, lists, in: .utc))\r\n".utf8)))
        }
        files.append(("CHECK.txt", Array(check.utf8)))
        let sums = files.map { name, bytes in "\(bytes.withBytes { Sodium.sha256($0) }.hex)  \(name)\n" }
        return files + [("SHA256SUMS", Array(sums.joined().utf8))]
    }

    private var check: String {
        let election = report.summary.election
        let registers = report.summary.batches.map { "\($0.name).register" }.joined(separator: " ")
        let head = checkpoint.head
        return """
            \(shown(election.name))
            The ballot is final. This page says what is in this folder, and how to check it.

            The log has \(grouped(head.size)) entries. Its digest, the root of its tree, is
              \(head.root.hex)
            Election \(election.id.bytes.hex), digest \(election.digest.hex).
            Made by counterfoil \(Software.version).

            final.checkpoint   The desk's signature over the log as it is at the end. Give it away: once
                               others have it, nobody can change the log any more.
            election.json      The election, with the keys that verify signatures. Compare its digest with
                               the one that was published before the ballot.
            report.txt, .json  Turnout, balance and attempts; summary.csv, turnout.csv and balance.csv
                               have the same figures. Times are in UTC.
            set-aside.csv      Each envelope that was set aside: why, when, by which table.
            scanned-again.csv  Each scan of an envelope that counted already.
            ended.csv          Each pack that lost its vote: replaced, cancelled (by whom, and why), missing at
                               the print house, or of a person who keeps another one.
            locked.csv         Each pack that could not vote online after wrong answers.
            second-attempts.csv  Each pack with which somebody tried to vote again, and how often.
            SHA256SUMS         Checksums of these files.

            To check it you need the program, this folder, a copy of the ledger, and the registers as the
            issuing room wrote them, from there and not from the desk.

            1. That nothing here was changed:          sha256sum -c SHA256SUMS
            2. That the ledger is the one that was signed, and that every vote in it was cast by
               the rules with a code of its pack:
                 counterfoil audit --ledger COPY --election election.json \\
                   --against final.checkpoint --registers \(registers)
            3. That the figures are the ledger's:      counterfoil report --ledger COPY --json
               and any list:                           counterfoil report --ledger COPY --csv ended
            4. What happened to one pack:              counterfoil show --ledger COPY PACK
               with a proof that others can verify:    counterfoil prove --ledger COPY \\
                                                         --checkpoint final.checkpoint PACK > proof
                                                       counterfoil verify-proof \\
                                                         --election election.json proof
            5. A receipt that a voter kept:            counterfoil verify-receipt \\
                                                         --election election.json RECEIPT
            6. That ballots counted are as many as votes: compare the voting site's ballots with
               `online` in summary.csv, and the envelopes opened with `post`.

            """
    }
}
