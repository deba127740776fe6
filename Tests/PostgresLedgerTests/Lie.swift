#if PostgreSQL
import Counterfoil
import PollingDesk
import TestSupport

/// A wrong value in the place of an honest one, both as SQL.
struct Lie: Sendable {
    let name: String
    let make: @Sendable (String) -> String

    private init(_ name: String, _ make: @escaping @Sendable (String) -> String) {
        self.name = name
        self.make = make
    }

    private init(_ value: String) { self.init(value) { _ in value } }

    /// All that are known for a type, or nil. `others`: packs that the honest value is not
    /// about. `isEntry`: whether it is an entry, or entries.
    static func all(for type: String, _ others: [TestPack], isEntry: Bool) -> [Lie]? {
        if type.hasSuffix("[]") {
            let element = String(type.dropLast(2))
            guard let elements = all(for: element, others, isEntry: isEntry) else { return nil }
            return shapes.map { shape in Lie(shape.name) { shape.make($0, of: element) } }
                + elements.map { lie in
                    Lie("its first, \(lie.name)") { "array_prepend(\(lie.make("(\($0))[1]")), (\($0))[2:])" }
                }
        }
        switch type {
        case "boolean": return ["NULL::boolean", "true", "false"].map { Lie($0) }
        case "uuid":
            return ["NULL::uuid", "'00000000000000000000000000000000'::uuid"].map { Lie($0) }
                + others.map { Lie("'\($0.voter.bytes.hex)'::uuid") }
        case "smallint": return numbers("smallint", [.min, .max, -1, 0, 1, 2, 3, 4] as [Int16])
        case "integer": return numbers("integer", [.min, .max, -1, 0, 1, 2, 3, 99] as [Int32])
        case "bigint":
            return numbers(
                "bigint",
                ([.min, .min + 1, .max, -1, 0, 1, 2, 1 << 60] as [Int64])
                    + others.map { Int64($0.number.value) })
        case "text":
            return [
                "NULL::text", "''", "'lost'", "'no reason'", "repeat('x', 80)", "repeat('x', 81)",
                "repeat('\u{E9}', 41)", "E'two\\nlines'", "'two words'", "'-'", "repeat('y', 31)",
                "repeat('y', 32)", "'main'",
            ].map { Lie($0) }
        case "bytea": return bytes + (isEntry ? changed + parts(others) : some)
        default: return nil
        }
    }

    private static func numbers<N: FixedWidthInteger>(_ type: String, _ values: [N]) -> [Lie] {
        [Lie("NULL::\(type)")] + values.map { Lie("'\($0)'::\(type)") }
            + ["- 1", "+ 1"].map { change in Lie(change) { "(\($0)) \(change)::\(type)" } }
    }

    /// Of any meaning.
    private static let bytes = [
        Lie("NULL::bytea"), Lie("''::bytea"), Lie("one byte more") { "(\($0)) || '\\x00'::bytea" },
        Lie("one byte fewer") { "substr(\($0), 1, octet_length(\($0)) - 1)" },
        Lie("zeros") { "decode(repeat('00', octet_length(\($0))), 'hex')" },
    ]

    /// With one byte changed: each in turn, and some.
    private static let changed = (0..<EncodedEntry.count).map { byte($0) }
    private static let some = stride(from: 0, to: 64, by: 9).map { byte($0) }

    private static func byte(_ place: Int) -> Lie {
        Lie("byte \(place)") { "set_byte(\($0), \(place), get_byte(\($0), \(place)) # 1)" }
    }

    /// Of an entry: with another value in one of its fields.
    private static func parts(_ others: [TestPack]) -> [Lie] {
        func lies(_ field: EntryField, _ values: [String]) -> [Lie] {
            values.map { value in
                Lie("\(field) \(value)") {
                    "overlay(\($0) PLACING '\\x\(value)'::bytea FROM \(field.offset + 1))"
                }
            }
        }
        func hex<N: FixedWidthInteger>(_ value: N) -> String { Hex.encode(value.bigEndianBytes) }
        let moments = [0, 1, -1, Int64.min, Int64.max, Moment.now.milliseconds + 7_200_000].map { hex($0) }
        return lies(.type, (0...19).map { hex(UInt8($0)) } + ["ff"])
            + lies(.pack, others.map { hex($0.number.value) } + [hex(UInt64.max), hex(0 as UInt64)])
            + lies(.voter, others.map { $0.voter.bytes.hex })
            + lies(.batch, [0, 1, 2, 3, 99, UInt32.max].map { hex($0) })
            + lies(.count, [0, 1, 2, 1000, 86_400_000, 86_400_001, UInt32.max].map { hex($0) })
            + lies(.moment, moments) + lies(.asideVoted, moments)
            + lies(.why, (0...9).map { hex(UInt8($0)) })
    }
}

extension Lie {
    /// An array of another shape.
    struct Shape: Sendable {
        let name: String
        fileprivate let sql: String

        /// `$` is the array, `#` its elements' type.
        fileprivate init(_ name: String, _ sql: String) {
            self.name = name
            self.sql = sql
        }

        func make(_ value: String, of element: String) -> String {
            sql.replacing("#", with: element).replacing("$", with: "(\(value))")
        }
    }

    static let shapes = [
        Shape("NULL", "NULL::#[]"), Shape("empty", "'{}'::#[]"),
        Shape(
            "from 0", "(SELECT ('[0:' || cardinality(a) - 1 || ']=' || a::text)::#[] FROM (SELECT $ AS a) q)"),
        Shape(
            "from 2", "(SELECT ('[2:' || cardinality(a) + 1 || ']=' || a::text)::#[] FROM (SELECT $ AS a) q)"),
        Shape("two dimensions", "ARRAY[$]"), Shape("one fewer", "$[2:]"), Shape("one more", "$ || $[1]"),
        Shape("twice", "$ || $"),
        Shape("backwards", "(SELECT array_agg(e ORDER BY n DESC) FROM unnest($) WITH ORDINALITY u (e, n))"),
        Shape("NULL first", "array_prepend(NULL::#, $[2:])"),
        Shape("NULL at the end", "array_append($, NULL::#)"),
    ]
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] {
        stride(from: bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
#endif
