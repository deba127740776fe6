internal import Counterfoil
internal import IssuingRoom

extension RollReport {
    /// All that the report has, with every line.
    var json: String {
        JSONValue.object([
            ("fit", .bool(isFit)), ("rows", .integer(rows)), ("encoding", .string(format.encoding.rawValue)),
            ("byteOrderMark", .bool(format.hasByteOrderMark)),
            ("separator", .string(String(decoding: [format.separator.rawValue], as: UTF8.self))),
            ("lineEnd", .string(format.lineEnd.rawValue)), ("columns", .array(columns.map(value))),
            ("voters", voters.map(value) ?? .null), ("answers", .array(answers.map(value))),
            ("printed", printed.map(value) ?? .null),
            ("faults", .array(faults.map { .string($0.sentence) })), ("faultCount", .integer(faultCount)),
        ]).text(indented: true, visible: true)
    }

    private func value(_ column: Column) -> JSONValue {
        .object([
            ("name", .string(Self.name(column.name))),
            ("looksLike", column.looksLike.map { .string(Self.name(columns[$0].name)) } ?? .null),
            ("unseenInName", .bool(column.hasUnseenName)), ("empty", .integer(column.empty.count)),
            ("longest", .integer(column.longest)), ("distinct", .bool(column.isDistinct)),
            (
                "findings",
                .array(
                    column.findings.map {
                        .object([
                            ("kind", .string($0.kind.rawValue)), ("damage", .bool($0.kind.isDamage)),
                            ("cells", Self.value($0.cells)),
                        ])
                    })
            ),
        ])
    }

    private func value(_ voters: Voters) -> JSONValue {
        .object([
            ("column", .string(Self.name(columns[voters.column].name))),
            ("suggestion", .bool(voters.isSuggestion)), ("empty", Self.value(voters.empty)),
            ("repeated", .integer(voters.repeated)), ("repeats", Self.value(voters.repeats)),
            ("coinciding", .integer(voters.coinciding)),
            ("coincidences", Self.value(voters.coincidences)), ("decided", .integer(voters.decided)),
            ("shortened", Self.value(voters.shortened)),
        ])
    }

    private func value(_ answer: Answer) -> JSONValue {
        .object([
            ("question", .string(answer.question)),
            ("column", .string(Self.name(columns[answer.column].name))),
            ("empty", Self.value(answer.empty)), ("unreadable", Self.value(answer.unreadable)),
            (
                "otherOrder",
                answer.otherOrder.map {
                    .object([
                        ("order", .string($0.order.rawValue)), ("count", .integer($0.count)),
                        ("contradicted", .bool($0.isContradicted)),
                    ])
                } ?? .null
            ),
            ("serials", .integer(answer.serials)), ("partial", Self.value(answer.partial)),
            ("future", Self.value(answer.future)), ("ancient", Self.value(answer.ancient)),
            ("placeholders", Self.value(answer.placeholders)),
            (
                "common",
                answer.common.map {
                    .object([("count", .integer($0.count)), ("firstLine", .integer($0.firstLine))])
                } ?? .null
            ),
            ("shortened", Self.value(answer.shortened)),
        ])
    }

    private func value(_ printed: Printed) -> JSONValue {
        .object([
            ("blank", Self.value(printed.blank)),
            (
                "columns",
                .array(
                    printed.columns.map {
                        .object([
                            ("column", .string(Self.name(columns[$0.column].name))),
                            ("without", Self.value($0.cells)), ("unusual", .bool($0.isUnusual)),
                        ])
                    })
            ),
        ])
    }

    private static func value(_ tally: Tally) -> JSONValue {
        .object([
            ("count", .integer(tally.count)), ("lines", .array(tally.lines.map { .integer(Int($0)) })),
        ])
    }

    /// Pairs of lines.
    private static func value(_ pairs: [Repeated]) -> JSONValue {
        .array(pairs.map { .array([.integer($0.firstLine), .integer($0.line)]) })
    }

    /// A column's name as a program needs it, to the letter.
    private static func name(_ text: String) -> String { mayHoldCode(text) ? shown(text) : text }
}
