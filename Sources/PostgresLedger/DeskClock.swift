#if PostgreSQL
package import PollingDesk

/// The clock of a program that uses the ledger: what it said, and how long ago that
/// was. It is compared with the server's. A desk with a slow clock would go on after
/// the close that was announced, and one with a fast clock would end before it.
package struct DeskClock: Sendable {
    /// What it said.
    package let moment: Moment
    /// What a clock that nobody sets said at that time, in nanoseconds.
    private let then: Int64

    package init(_ moment: Moment, then: Int64 = Monotonic.now) {
        self.moment = moment
        self.then = then
    }

    package enum Agreement: Equatable, Sendable {
        case agrees
        /// It says this, and the server something else.
        case differs(here: Moment)
        /// It agrees, but what it said is too old: there was something to wait for.
        case isLate
    }

    /// The most that clocks may differ by, in milliseconds; and the most that a request
    /// may be old when it is judged.
    private static let tolerance: UInt64 = 60_000

    /// What the time of the server means that has just come.
    package func agreement(with there: Moment, now: Int64 = Monotonic.now) -> Agreement {
        let waited = (now - then) / 1_000_000
        // Times that no clock has, such as those of a test, may have no sum.
        let (sum, hasNone) = moment.milliseconds.addingReportingOverflow(waited)
        let here = hasNone ? moment : Moment(milliseconds: sum)
        guard Self.agree(here, there) else { return .differs(here: here) }
        return Self.agree(moment, there) ? .agrees : .isLate
    }

    private static func agree(_ a: Moment, _ b: Moment) -> Bool {
        let (difference, hasNone) = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
        return !hasNone && difference.magnitude <= tolerance
    }
}

extension DeskClock {
    /// Asks the server for its time.
    func expect(_ connection: Connection) throws(Failure) {
        try expect(
            try connection.run("SELECT server_now()"), 0, 0, at: connection.place)
    }

    /// Compares it with the time in a row that has just come from the server. There is
    /// none in a ledger whose times are made up: see `LedgerClock`.
    func expect(_ rows: Rows, _ row: Int, _ column: Int32, at place: LedgerPlace) throws(Failure) {
        guard !rows.isNull(row, column) else { return }
        let there = Moment(milliseconds: try rows.integer(row, column))
        switch agreement(with: there) {
        case .agrees: break
        case .differs(let here): throw .refused(.clocksDiffer(place, here: here, there: there))
        case .isLate:
            let words = "the request waited for more than a minute"
            throw .refused(.unreachable(LedgerFault(place, .connection(words: words))))
        }
    }

    /// Of the server's words "the time is given as 17 ms, and by the server's clock it
    /// is 18 ms": the two.
    static func difference(in words: String, at place: LedgerPlace) -> LedgerError? {
        let numbers = words.split { !$0.isASCII || !($0.isNumber || $0 == "-") }.compactMap { Int64($0) }
        guard numbers.count == 2 else { return nil }
        return .clocksDiffer(
            place, here: Moment(milliseconds: numbers[0]), there: Moment(milliseconds: numbers[1]))
    }
}
#endif
