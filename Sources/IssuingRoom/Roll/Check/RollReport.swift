/// What a dry run over a roll found: all that a printer of text or JSON needs.
///
/// It holds no value of the roll, only counts, lines and the names of columns;
/// so it can be shown, kept and mailed.
public struct RollReport: Sendable {
    package let format: RollFormat
    /// Rows without fault; what else the report says is about these.
    public let rows: Int
    public let columns: [Column]
    /// The column that the voter ids are taken from, and what is wrong with them;
    /// nil where the officer named none and no column could be one.
    public let voters: Voters?
    public let answers: [Answer]
    /// The first ten rows that could not be taken, and how many there are in all.
    public let faults: [RollFault]
    public let faultCount: Int

    /// Whether codes could be issued for this roll: every row can be read, has
    /// a voter id of its own, which is not another's written otherwise unless an
    /// officer decided so, and readable answers.
    public var isFit: Bool {
        guard faultCount == 0, let voters, !voters.isSuggestion else { return false }
        return voters.empty.count == 0 && voters.repeated == 0 && voters.coinciding == 0
            && answers.allSatisfy { $0.empty.count == 0 && $0.unreadable.count == 0 }
    }

    /// How often something was seen, and first on which line (0 for never).
    public struct Tally: Sendable {
        public internal(set) var count = 0
        public internal(set) var firstLine = 0

        @inline(__always)
        mutating func add(_ line: UInt32) {
            if count == 0 { firstLine = Int(line) }
            count += 1
        }
    }

    public struct Column: Sendable {
        public let name: String
        /// Cells with nothing but spaces and tabs.
        package let empty: Tally
        /// The longest value, in Unicode scalars.
        package let longest: Int
        /// Whether no cell is empty and no two are alike, as with an id.
        package let isDistinct: Bool
        /// In the order of `Finding.Kind`; each with at least one cell.
        public let findings: [Finding]
    }

    /// Cells of one column that a spreadsheet has damaged, or would.
    public struct Finding: Sendable {
        public enum Kind: String, Sendable, CaseIterable {
            // What a spreadsheet has done already; the values are lost.
            /// A long number written as `9.17E+08`.
            case roundedNumber
            /// A number of five digits in a column of dates.
            case dateAsNumber
            /// `#######`: a column that was too narrow.
            case hashes
            /// `#N/A`, `#REF!` and their like.
            case errorValue

            // What a spreadsheet at the print house would do.
            /// Digits with zeros in front, which it would drop.
            case leadingZeros
            /// More than fifteen digits: it would round.
            case longNumber
            /// `1E5`, which it would take for a number.
            case exponent
            /// A cell that begins with `=`, `+`, `-` or `@`: it would run it.
            case formula

            /// Whether the damage is done.
            package var isDamage: Bool {
                switch self {
                case .roundedNumber, .dateAsNumber, .hashes, .errorValue: true
                case .leadingZeros, .longNumber, .exponent, .formula: false
                }
            }
        }

        public let kind: Kind
        public let cells: Tally
    }

    public struct Voters: Sendable {
        /// The place of the column, from 0.
        package let column: Int
        /// The officer named no column, and this is the first that could be it.
        package let isSuggestion: Bool
        public let empty: Tally
        /// Rows whose id an earlier row has.
        public let repeated: Int
        /// The first five of them.
        package let firstRepeated: [Repeated]
        /// Rows whose id is that of an earlier row written otherwise, with the same folded
        /// form, and that wait for a decision: one member under two spellings, perhaps.
        public let coinciding: Int
        /// The first five of them.
        package let firstCoinciding: [Repeated]
        /// Such rows that are decided about.
        package let decided: Int
        /// Ids that may have lost zeros in front: all ids are digits, none
        /// begins with a zero, most have as many digits as the longest, and
        /// these have fewer. Numbers that were counted up from one look alike,
        /// so it is for the officer to say.
        package let shortened: Tally
        /// How many digits most ids have, where some may be shortened; else 0.
        package let usualDigits: Int
    }

    /// The lines of two rows with the same voter id, or with ids that coincide.
    package struct Repeated: Sendable {
        package let firstLine: Int
        package let line: Int
    }

    public struct Answer: Sendable {
        public let question: String
        /// The place of the column, from 0.
        package let column: Int
        public let empty: Tally
        /// Not empty, and still no answer to this question.
        public let unreadable: Tally
    }
}
