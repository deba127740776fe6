public import Counterfoil

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
    /// What is printed, if the officer named columns to print.
    public let printed: Printed?
    /// Rows that could not be taken, up to a hundred thousand of them, and how many
    /// there are in all.
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

    /// On which lines something was seen.
    public struct Tally: Sendable {
        /// In the order of the file.
        public internal(set) var lines: [UInt32] = []

        public var count: Int { lines.count }
        /// Zero for never.
        public var firstLine: Int { Int(lines.first ?? 0) }

        @inline(__always)
        mutating func add(_ line: UInt32) { lines.append(line) }
    }

    public struct Column: Sendable {
        public let name: String
        /// Whether the name has a character that nobody sees, or that looks like a
        /// space and is none.
        package let hasUnseenName: Bool
        /// An earlier column whose name looks the same, by its place.
        package let looksLike: Int?
        /// Cells with nothing but spaces and tabs.
        package let empty: Tally
        /// The longest value, in Unicode scalars.
        package let longest: Int
        /// Whether no cell is empty and no two are alike, as with an id.
        package let isDistinct: Bool
        /// In the order of `Finding.Kind`; each with at least one cell.
        public let findings: [Finding]
    }

    /// Cells of one column that are damaged, or that a reader would take otherwise.
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

            // What an export has done already.
            /// U+FFFD, which is put where a letter was lost.
            case lostLetter
            /// UTF-8 that was taken for another encoding, and written as UTF-8 again.
            case encodedTwice
            /// `&amp;`, `&#39;`: text as it is written in a web page.
            case webText

            // What a spreadsheet at the print house would do.
            /// Digits with zeros in front, which it would drop.
            case leadingZeros
            /// More than fifteen digits: it would round.
            case longNumber
            /// `1E5`, which it would take for a number.
            case exponent
            /// A cell that begins with `=`, `+`, `-` or `@`: it would run it.
            case formula

            // What other readers take otherwise.
            /// A character that some reader takes for the end of a line: LF, CR, VT,
            /// FF, U+0085, U+2028, U+2029.
            case lineBreak
            /// Other control characters, and those that nobody sees, such as U+200B.
            case unseen

            /// Whether the damage is done.
            package var isDamage: Bool {
                switch self {
                case .roundedNumber, .dateAsNumber, .hashes, .errorValue, .lostLetter, .encodedTwice,
                    .webText:
                    true
                case .leadingZeros, .longNumber, .exponent, .formula, .lineBreak, .unseen: false
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
        /// These, up to a hundred thousand of them.
        package let repeats: [Repeated]
        /// Rows whose id is that of an earlier row written otherwise, with the same folded
        /// form, and that wait for a decision: one member under two spellings, perhaps.
        public let coinciding: Int
        /// These, up to a hundred thousand of them.
        package let coincidences: [Repeated]
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
        public internal(set) var empty = Tally()
        /// Not empty, and still no answer to this question.
        public internal(set) var unreadable = Tally()
        /// How those read that are dates in another order than the one that was said.
        public internal(set) var otherOrder: OtherOrder?
        /// Of the unreadable ones, dates of which a part is not known.
        public internal(set) var partial = Tally()
        /// Of the unreadable ones, dates that a spreadsheet has turned into numbers.
        public internal(set) var serials = 0
        /// Dates after the day of the check.
        public internal(set) var future = Tally()
        /// Dates 120 years before the day of the check, or earlier.
        public internal(set) var ancient = Tally()
        /// Read as an answer, and `N/A`, a dash or another word in place of one.
        public internal(set) var placeholders = Tally()
        /// One answer that too many members have.
        public internal(set) var common: Common?
        /// Answers of digits that may have lost zeros in front, as with voter ids.
        public internal(set) var shortened = Tally()
        public internal(set) var usualDigits = 0

        init(question: String, column: Int) {
            self.question = question
            self.column = column
        }
    }

    /// Unreadable dates that another order reads.
    public struct OtherOrder: Sendable, Equatable {
        public let order: Question.DateOrder
        /// How many of the unreadable ones.
        public let count: Int
        /// Whether another date of the column can be read in the election's order alone.
        public let isContradicted: Bool
    }

    /// An answer that more members have than chance gives: ten or more of them, and of
    /// those whose answer can be read more than 1 in 200 for a date, 1 in 50 for digits, 1
    /// in 20 for a postcode, 1 in 3 for a text.
    public struct Common: Sendable, Equatable {
        public let count: Int
        /// The first line that has it.
        public let firstLine: Int
    }

    /// What is missing in columns that are printed. A dash or `N/A` is no value.
    public struct Printed: Sendable {
        /// Rows without a value in any of these columns.
        public internal(set) var blank = Tally()
        /// In the order of printing.
        public internal(set) var columns: [Gaps]

        /// Cells of a column without a value.
        public struct Gaps: Sendable {
            /// The place of the column, from 0.
            package let column: Int
            public internal(set) var cells = Tally()
            /// Whether nearly all other rows have one, more than 19 of 20, or none has. A
            /// second line of an address is often empty; a surname is not.
            public internal(set) var isUnusual = false
        }
    }
}
