internal import ArgumentParser
internal import Counterfoil
internal import CounterfoilFiles
internal import PollingDesk

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what happened to a pack, and no secret. Needs no key.",
        discussion: """
            For the helpline: the caller reads the pack number off the pack.

            Example:
              counterfoil show --ledger ballot.ledger 4F2T-HW8C-NB6R
            """)

    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE")) var ledger: String
    // Unconditional: an offset may begin with a minus.
    @Option(parsing: .unconditional, help: ArgumentHelp("The zone of the times shown.", valueName: "ZONE"))
    var zone = ZoneArgument.utc
    @Flag(help: "As JSON.") var json = false
    @Argument(help: ArgumentHelp("The pack number.", valueName: "PACK")) var pack: String

    func run() throws {
        let (number, history) = try NamedLedger.reading(ledger) { (store) throws(Stop) in
            let number = try PackNumber(typed: pack, store.election)
            return (number, try attempt { () throws(LedgerError) in try store.history(of: number) })
        }
        guard let history else { throw Stop.refused("there is no pack \(number) in the ledger") }
        try Terminal.say(json ? history.json : history.text(in: zone))
    }
}

extension PackHistory {
    fileprivate func text(in zone: ZoneArgument) -> String {
        var lines = ["pack \(pack), batch \(batch.name): \(standing.rawValue)\(isLocked ? ", locked" : "")"]
        if kind == .postOnly { lines[0] += ", for post alone" }
        if let replaced { lines.append("  replaces pack \(replaced)") }
        for (pack, batch) in replacements {
            let how =
                batch.activated == nil ? "when batch \(batch.name) is activated, to be replaced" : "replaced"
            lines.append("  \(how) by pack \(pack)\(batch.withdrawn == nil ? "" : " (withdrawn)")")
        }
        for pack in kept { lines.append("  cancelled: the same person keeps pack \(pack)") }
        switch vote {
        case let vote? where vote.pack == pack:
            lines.append("  voted \(vote.channel == .post ? "by post" : "online"), \(vote.at.text(in: zone))")
        case let vote?:
            lines.append(
                "  its voter voted \(vote.channel == .post ? "by post" : "online") with pack \(vote.pack), \(vote.at.text(in: zone))"
            )
        case nil: lines.append("  its voter has not voted")
        }
        if attempts.lifetime > 0 {
            lines.append(
                "  wrong answers: \(attempts.wrong) since it was last unlocked, \(attempts.lifetime) in all")
        }
        for entry in entries {
            var line = "  \(entry.at.text(in: zone))  \(entry.what)"
            if let reason = entry.note.reason { line += ": \(reason.rawValue)" }
            if !entry.note.reference.isEmpty { line += " (\(shown(entry.note.reference)))" }
            if !entry.note.officer.isEmpty { line += ", by \(shown(entry.note.officer))" }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    fileprivate var json: String {
        JSONValue.object([
            ("pack", .string(pack.description)), ("batch", .string(batch.name.description)),
            ("standing", .string(standing.rawValue)), ("locked", .bool(isLocked)),
            ("postOnly", .bool(kind == .postOnly)),
            ("replaces", replaced.map { .string($0.description) } ?? .null),
            (
                "replacements",
                .array(
                    replacements.map { pack, batch in
                        .object([
                            ("pack", .string(pack.description)), ("batch", .string(batch.name.description)),
                            ("active", .bool(batch.activated != nil && batch.withdrawn == nil)),
                        ])
                    })
            ),
            ("kept", .array(kept.map { .string($0.description) })),
            (
                "vote",
                vote.map {
                    .object([
                        ("pack", .string($0.pack.description)), ("channel", .string($0.channel.rawValue)),
                        ("at", .string($0.at.text)),
                    ])
                } ?? .null
            ),
            ("wrongAnswers", .integer(attempts.wrong)), ("wrongAnswersInAll", .integer(attempts.lifetime)),
            ("secondAttempts", .integer(attempts.second)),
            (
                "entries",
                .array(
                    entries.map {
                        .object([
                            ("at", .string($0.at.text)), ("what", .string($0.what)),
                            ("reason", $0.note.reason.map { .string($0.rawValue) } ?? .null),
                            ("reference", .string($0.note.reference)),
                            ("officer", .string($0.note.officer)),
                            ("scan", $0.scan.map { .string($0.bytes.hex) } ?? .null),
                        ])
                    })
            ),
        ]).text(indented: true, visible: true)
    }
}

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report turnout, the balance of all packs, and second attempts. Needs no key.",
        discussion: """
            Examples:
              counterfoil report --ledger ballot.ledger --zone Europe/London
              counterfoil report --ledger ballot.ledger --json
              counterfoil report --ledger ballot.ledger --csv turnout \\
                --zone Europe/London > turnout.csv
              counterfoil report --ledger ballot.ledger --csv balance > balance.csv
              counterfoil report --ledger ballot.ledger --csv set-aside
              counterfoil report --ledger ballot.ledger --voted voted.csv
            """)

    @Option(help: ArgumentHelp("The ledger.", valueName: "FILE")) var ledger: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The zone in which days begin.", valueName: "ZONE"))
    var zone = ZoneArgument.utc
    @Flag(help: "As JSON.") var json = false
    @Option(
        help: ArgumentHelp(
            "One table as CSV: \(ReportTable.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "TABLE"))
    var csv: ReportTable?
    @Option(
        help: ArgumentHelp(
            "Also write the packs that voted to FILE, for the issuing room.", valueName: "FILE"))
    var voted: String?
    @Flag(help: "Also of a database's standby, which may lack the latest votes.") var standby = false

    func validate() throws {
        if json && csv != nil { throw ValidationError("Give --json or --csv, not both.") }
    }

    func run() throws {
        let report = try NamedLedger.report(of: ledger, standby: standby)
        if let voted {
            var text = "pack,channel\r\n"
            for (pack, channel) in report.voted { text += "\(pack),\(channel.rawValue)\r\n" }
            try attempt { () throws(StreamError) in try PrivateFile.create(voted, Array(text.utf8)) }
        }
        if let csv {
            let lists = try NamedLedger.lists(of: ledger)
            return try Terminal.hand(over: csv.csv(report, lists, in: zone) + "\r")
        }
        try Terminal.say(json ? report.json(in: zone) : report.text(in: zone))
    }
}

extension LedgerReport {
    /// Votes by day, online and by post.
    private func days(in zone: ZoneArgument) -> [(day: String, online: Int, post: Int)] {
        var days: [(day: String, online: Int, post: Int)] = []
        for quarter in turnout {
            let day = quarter.start.day(in: zone)
            if days.last?.day != day { days.append((day, 0, 0)) }
            if quarter.channel == .online {
                days[days.count - 1].online += quarter.votes
            } else {
                days[days.count - 1].post += quarter.votes
            }
        }
        return days
    }

    func text(in zone: ZoneArgument) -> String {
        let balance = summary.balance
        var lines = [
            shown(summary.election.name),
            "\(grouped(balance.votes)) of \(counted(voters, "voter")) voted\(Self.percent(balance.votes, of: voters)): \(grouped(balance[.votedOnline])) online, \(grouped(balance[.votedByPost])) by post",
        ]
        let days = days(in: zone)
        let most = max(1, days.map { $0.online + $0.post }.max() ?? 1)
        for day in days {
            func bar(_ votes: Int, _ mark: Character) -> String {
                String(repeating: mark, count: (votes * 40 + most - 1) / most)
            }
            let counts = "\(grouped(day.online)) + \(grouped(day.post))"
            let padding = String(repeating: " ", count: max(1, 18 - counts.count))
            lines.append("  \(day.day)  \(counts)\(padding)\(bar(day.online, "█"))\(bar(day.post, "░"))")
        }
        if !days.isEmpty { lines.append("              online █  by post ░") }
        lines.append("every pack in one column, \(grouped(balance.total)) in all:")
        for column in Balance.Column.allCases where balance[column] > 0 {
            let count = grouped(balance[column])
            lines.append(
                "  \(String(repeating: " ", count: max(0, 11 - count.count)))\(count)  \(column.title)")
        }
        if summary.setAside > 0 {
            lines.append("envelopes set aside: \(grouped(summary.setAside))")
        }
        if summary.rescans > 0 { lines.append("envelopes scanned again: \(grouped(summary.rescans))") }
        lines.append("attempts on a pack after its voter had voted: \(grouped(summary.secondAttempts))")
        for (pack, count) in secondAttempts.prefix(20) { lines.append("  \(pack)  \(count)") }
        if secondAttempts.count > 20 {
            lines.append("  and \(counted(secondAttempts.count - 20, "more pack", "more packs")); see --json")
        }
        return lines.joined(separator: "\n")
    }

    var summaryRows: [String] {
        [
            "measure,value", "voters,\(voters)", "votes,\(summary.balance.votes)",
            "turnout-percent,\(Self.tenths(summary.balance.votes, of: voters))",
            "online,\(summary.balance[.votedOnline])", "post,\(summary.balance[.votedByPost])",
            "set-aside,\(summary.setAside)", "scanned-again,\(summary.rescans)",
            "second-attempts,\(summary.secondAttempts)",
        ]
    }

    func turnoutRows(in zone: ZoneArgument) -> [String] {
        ["day,online,post"] + days(in: zone).map { "\($0.day),\($0.online),\($0.post)" }
    }

    /// The columns have the same names as in JSON.
    var balanceRows: [String] {
        ["column,packs"] + Balance.Column.allCases.map { "\($0.rawValue),\(summary.balance[$0])" }
    }

    var secondAttemptRows: [String] {
        ["pack,attempts"] + secondAttempts.map { "\($0.0),\($0.1)" }
    }

    func json(in zone: ZoneArgument) -> String {
        JSONValue.object([
            (
                "election",
                .object([
                    ("id", .string(summary.election.id.bytes.hex)), ("name", .string(summary.election.name)),
                ])
            ),
            ("ballot", .string(summary.ballot.phase.rawValue)),
            ("voters", .integer(voters)), ("votes", .integer(summary.balance.votes)),
            ("turnoutPercent", .string(Self.tenths(summary.balance.votes, of: voters))),
            (
                "balance",
                .object(Balance.Column.allCases.map { ($0.rawValue, .integer(summary.balance[$0])) })
            ),
            (
                "days",
                .array(
                    days(in: zone).map {
                        .object([
                            ("day", .string($0.day)), ("online", .integer($0.online)),
                            ("post", .integer($0.post)),
                        ])
                    })
            ),
            ("setAside", .integer(summary.setAside)), ("rescans", .integer(summary.rescans)),
            (
                "secondAttempts",
                .array(
                    secondAttempts.map {
                        .object([("pack", .string($0.0.description)), ("attempts", .integer($0.1))])
                    })
            ),
        ]).text(indented: true, visible: true)
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        whole > 0 ? " (\(tenths(part, of: whole))%)" : ""
    }

    /// In percent with one digit after the point, rounded; a half is rounded up.
    private static func tenths(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "0.0" }
        let tenths = (part * 2000 + whole) / (2 * whole)
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Balance.Column {
    fileprivate var title: String {
        switch self {
        case .specimen: "specimens"
        case .votedOnline: "voted online"
        case .votedByPost: "voted by post"
        case .superseded: "replaced by another pack"
        case .withdrawn: "withdrawn"
        case .cancelled: "cancelled"
        case .inactive: "not active"
        case .locked: "locked after wrong answers"
        case .live: "live, not used"
        }
    }
}
