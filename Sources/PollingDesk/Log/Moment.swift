/// A point in time: milliseconds since 1970-01-01 00:00 UTC.
///
/// A desk reads the clock of the system (`Moment.now`); rules and ledgers are told
/// the time, and read none.
public struct Moment: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }
}
