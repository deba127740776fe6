internal import Counterfoil
internal import IssuingRoom

/// One thing that a dry run has to say about a roll, and on which lines.
struct RollRemark {
    enum Grade: String {
        /// No codes can be issued for this roll.
        case fault
        /// A value is lost already.
        case damaged
        /// It may be right; somebody has to look.
        case beware
        /// An officer looked, and decided.
        case decided
    }

    let grade: Grade
    /// The name of the column, as it is shown; nil where it is about none.
    let column: String?
    /// None where it is about the column as a whole.
    let lines: [UInt32]
    /// One line, and several: "row" and "rows".
    let one: String
    let many: String
    /// What they are. Follows the count.
    let what: String
    /// What it means, and what to do.
    let advice: String
    var topic = Topic.other

    enum Topic {
        case finding(RollReport.Finding.Kind)
        case partialDates
        case other
    }

    /// "fault: 3 rows without a voter id, the first on line 17".
    var text: String {
        let column = column.map { "\($0): " } ?? ""
        guard let first = lines.first else { return "\(grade.rawValue): \(column)\(what)\(advice)" }
        let place = lines.count == 1 ? "on line \(first)" : "the first on line \(first)"
        return
            "\(grade.rawValue): \(column)\(counted(lines.count, "\(one)\(what)", "\(many)\(what)")), \(place)\(advice)"
    }

    /// The same of one line.
    var lineText: String { "\(one)\(what)\(advice)" }
}

extension RollReport {
    /// All remarks but the faults of rows, and ids that are repeated or coincide.
    func remarks() -> [RollRemark] {
        var remarks = voters.map { $0.isSuggestion ? [] : self.remarks($0) } ?? []
        for answer in answers { remarks += self.remarks(answer) }
        remarks += printedRemarks
        for (place, column) in columns.enumerated() {
            // A value of two lines is right in itself. At the printer it is a danger.
            let isPrinted = printed?.columns.contains { $0.column == place } ?? false
            remarks += self.remarks(column).filter {
                if case .finding(.lineBreak) = $0.topic { isPrinted } else { true }
            }
        }
        return remarks
    }

    private func remarks(_ voters: Voters) -> [RollRemark] {
        remark(.fault, nil, voters.empty, "row", "rows", " without a voter id", "")
            + remark(
                .beware, nil, voters.shortened, "id", "ids",
                " shorter than the usual \(voters.usualDigits) digits",
                "; a spreadsheet may have dropped leading zeros")
    }

    private func remarks(_ answer: Answer) -> [RollRemark] {
        let question = quoted(answer.question)
        let column = shown(columns[answer.column].name, atMost: 60)
        var found = remark(
            .fault, nil, answer.empty, "member", "members",
            " without an answer to \(question)", "; complete them, or issue with --post-only-if-empty")
        found += remark(
            .fault, nil, answer.unreadable, "answer", "answers", " to \(question) that cannot be read", "")
        if let other = answer.otherOrder {
            let order = other.order.rawValue
            let some = "\(grouped(other.count)) of these"
            let isAll = other.count == answer.unreadable.count
            let which = isAll ? (other.count == 1 ? "this one" : "all of these") : some
            found.append(
                whole(
                    .beware,
                    !other.isContradicted
                        ? "\(which) can be read \(other.order.words), and no other date of the column contradicts that; if the roll is written so, give --answer \u{201C}\(shown(answer.question))=\(column):\(order)\u{201D}"
                        : "\(some) can be read \(other.order.words), and other dates of the column only as the election has them: the roll mixes two orders, and some dates may be read wrongly; export them again in one"
                ))
        }
        if answer.serials > 0 {
            found.append(
                whole(
                    .damaged,
                    "\(grouped(answer.serials)) of these are numbers that a spreadsheet keeps in place of dates; export them as text, such as 1965-04-03"
                ))
        }
        found += remark(
            .beware, nil, answer.partial, "answer", "answers",
            " to \(question) of which a part is not known, such as 1980 or 00/05/1980",
            "; complete them, or issue with --post-only-if-partial", .partialDates)
        found += remark(.beware, nil, answer.future, "answer", "answers", " to \(question) in the future", "")
        found += remark(
            .beware, nil, answer.ancient, "answer", "answers", " to \(question) 120 years ago or more", "")
        found += remark(
            .beware, nil, answer.placeholders, "answer", "answers",
            " to \(question) such as N/A or a dash", "; leave the cell empty instead")
        found += remark(
            .beware, nil, answer.shortened, "answer", "answers",
            " to \(question) shorter than the usual \(answer.usualDigits) digits",
            "; a spreadsheet may have dropped leading zeros, and then these members cannot vote online")
        if let common = answer.common {
            found.append(
                whole(
                    .beware,
                    "\(grouped(common.count)) members have one and the same answer to \(question), the first on line \(common.firstLine): more than chance gives, so a program may have filled it in, and then these members cannot vote online"
                ))
        }
        return found
    }

    private var printedRemarks: [RollRemark] {
        guard let printed else { return [] }
        var found = remark(
            .beware, nil, printed.blank, "row", "rows",
            " with nothing in any printed column", "; nobody could post such a pack")
        for gaps in printed.columns where gaps.isUnusual {
            let name = shown(columns[gaps.column].name, atMost: 60)
            if gaps.cells.count == rows {
                found.append(whole(.beware, "the column is printed, and has no value in it", of: name))
            } else {
                found += remark(
                    .beware, name, gaps.cells, "cell", "cells",
                    " without a value, which is printed and which nearly all other members have", "")
            }
        }
        return found
    }

    private func remarks(_ column: Column) -> [RollRemark] {
        let name = shown(column.name, atMost: 60)
        var found: [RollRemark] = []
        if let other = column.looksLike {
            found.append(
                whole(
                    .beware,
                    "the columns \(quoted(columns[other].name)) and \(quoted(column.name)) have names that look alike; rename one of them in the header"
                ))
        } else if column.hasUnseenName {
            found.append(
                whole(
                    .beware,
                    "the name of the column \(quoted(column.name)) has a character that nobody sees, or a blank that is no space; columns are found without it"
                ))
        }
        for finding in column.findings {
            found.append(
                RollRemark(
                    grade: finding.kind.isDamage ? .damaged : .beware, column: name,
                    lines: finding.cells.lines, one: "cell", many: "cells",
                    what: "", advice: ": \(finding.kind.sentence)", topic: .finding(finding.kind)))
        }
        return found
    }

    private func remark(
        _ grade: RollRemark.Grade, _ column: String?, _ tally: Tally, _ one: String, _ many: String,
        _ what: String, _ advice: String, _ topic: RollRemark.Topic = .other
    ) -> [RollRemark] {
        guard tally.count > 0 else { return [] }
        return [
            RollRemark(
                grade: grade, column: column, lines: tally.lines, one: one, many: many, what: what,
                advice: advice, topic: topic)
        ]
    }

    private func whole(_ grade: RollRemark.Grade, _ what: String, of column: String? = nil) -> RollRemark {
        RollRemark(grade: grade, column: column, lines: [], one: "", many: "", what: what, advice: "")
    }
}

extension Question.DateOrder {
    /// "as month, day, year".
    var words: String {
        switch self {
        case .dmy: "as day, month, year"
        case .mdy: "as month, day, year"
        case .ymd: "as year, month, day"
        }
    }
}

extension RollReport.Finding.Kind {
    fileprivate var sentence: String {
        switch self {
        case .roundedNumber:
            "a spreadsheet has rounded a long number (9.17E+08); export again from the source"
        case .dateAsNumber: "a spreadsheet has turned a date into a number; export again from the source"
        case .hashes: "####### in place of a value; export again from the source"
        case .errorValue: "an error of a spreadsheet in place of a value"
        case .lostLetter: "U+FFFD in place of a letter that was lost; export again from the source"
        case .encodedTwice:
            "letters that were encoded twice, so that two or three others are in their place; export again from the source"
        case .webText: "text as a web page has it, such as &amp;; export it as plain text"
        case .leadingZeros: "leading zeros, which a spreadsheet at the printer would drop"
        case .longNumber: "more than 15 digits, which a spreadsheet at the printer would round"
        case .exponent: "reads as a number with exponent to a spreadsheet at the printer"
        case .formula: "begins with =, +, - or @, which a spreadsheet at the printer would run"
        case .lineBreak:
            "a line break, or a character that some programs take for one; take it out, or issue with --flatten"
        case .unseen: "a character that nobody sees; take it out, or it is printed and compared"
        }
    }
}
