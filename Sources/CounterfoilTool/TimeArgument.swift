internal import ArgumentParser
internal import CounterfoilFiles
internal import Glibc
internal import PollingDesk

/// A time with its zone stated: `2026-09-02T17:00+01:00`, `2026-09-02T16:00Z`,
/// or `2026-09-02T17:00 Europe/London`. A closing time without a zone would be
/// an hour wrong for somebody.
struct TimeArgument {
    let moment: Moment
    let zone: ZoneArgument

    /// For an option or argument. The error says what is wrong, and how to say
    /// it right.
    @Sendable static func parse(_ text: String) throws -> TimeArgument {
        let parts = text.wholeMatch(
            of: /([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))? *(.*)/
        )?.output
        guard let parts else {
            throw ValidationError("This is no time; write it as in 2026-09-02T17:00+01:00.")
        }
        guard let zone = ZoneArgument(argument: String(parts.7)) else {
            throw ValidationError(
                "This time has no zone that is known here; add Z, an offset such as +01:00, or a name such as Europe/London."
            )
        }
        let wanted = ClockTime(
            year: Int(parts.1)!, month: Int(parts.2)!, day: Int(parts.3)!, hour: Int(parts.4)!,
            minute: Int(parts.5)!, second: parts.6.map { Int($0)! } ?? 0)
        guard (2000...2199).contains(wanted.year) else {
            throw ValidationError("The year of a time is 2000 to 2199.")
        }
        switch zone.moments(showing: wanted) {
        case let found where found.count == 1:
            return TimeArgument(moment: Moment(milliseconds: Int64(found[0]) * 1000), zone: zone)
        case let found where found.isEmpty:
            throw ValidationError(
                "This time never comes: no such date, no such hour, or clocks are put forward over it."
            )
        default:
            throw ValidationError(
                "This time comes twice, since clocks are put back then; say which with an offset such as +01:00."
            )
        }
    }
}

/// What a clock and a calendar show.
struct ClockTime: Equatable {
    var year = 1970
    var month = 1
    var day = 1
    var hour = 0
    var minute = 0
    var second = 0

    /// The day in UTC, `2026-09-02`.
    static var today: String { Moment.now.day(in: .utc) }
}

/// `Z`, `+01:00`, or a name such as `Europe/London`.
///
/// Names come from the system's time zone database, by way of the C library:
/// only there does a zone know its summer times.
struct ZoneArgument: ExpressibleByArgument {
    private enum Kind {
        case offset(seconds: Int)
        case named(String)
    }

    private let kind: Kind

    static let utc = ZoneArgument(kind: .offset(seconds: 0))

    private init(kind: Kind) { self.kind = kind }

    init?(argument: String) {
        if argument == "Z" || argument == "UTC" {
            self = .utc
            return
        }
        if let offset = argument.wholeMatch(of: /([+-])([0-9]{2}):([0-5][0-9])/)?.output {
            let (hours, minutes) = (Int(offset.2)!, Int(offset.3)!)
            guard hours <= 14 else { return nil }
            kind = .offset(seconds: (offset.1 == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
            return
        }
        // The C library takes what it does not know for UTC, without a word; and
        // the zones under `right` count leap seconds, which clocks do not.
        guard argument.contains("/"), !argument.contains(".."), !argument.hasPrefix("right/"),
            let file = try? PrivateFile.read("/usr/share/zoneinfo/\(argument)", atMost: 1 << 20),
            file.starts(with: "TZif".utf8)
        else { return nil }
        kind = .named(argument)
    }

    /// The seconds since 1970 at which the zone's clocks show this: none where
    /// they never do (31 September, the hour that is skipped in spring), two
    /// where they are put back over it.
    func moments(showing wanted: ClockTime) -> [Int] {
        guard (1...12).contains(wanted.month) else { return [] }
        let inUTC = CLibrary.seconds(wanted, inUTC: true)
        let candidates: [Int] =
            switch kind {
            case .offset(let offset): [inUTC - offset]
            case .named:
                // As the zone is a day before and a day after: clocks do not change
                // twice within that time.
                Set([-86_400, 86_400].map { inUTC - clock(inUTC + $0).ahead }).sorted()
            }
        return candidates.filter { clock($0).0 == wanted }
    }

    /// What the zone's clocks show then, and how many seconds they are ahead of UTC.
    func clock(_ seconds: Int) -> (ClockTime, ahead: Int) {
        switch kind {
        case .offset(let offset): (CLibrary.clock(seconds + offset, inUTC: true).0, offset)
        case .named(let name): Self.inZone(name) { CLibrary.clock(seconds, inUTC: false) }
        }
    }

    private static func inZone<R>(_ name: String, _ body: () -> R) -> R {
        unsafe setenv("TZ", name, 1)
        tzset()
        return body()
    }
}

/// The C library's calendar, whose `tm` holds a pointer.
private enum CLibrary {
    static func seconds(_ clock: ClockTime, inUTC: Bool) -> Int {
        var time = unsafe tm()
        unsafe time.tm_year = Int32(clamping: clock.year - 1900)
        unsafe time.tm_mon = Int32(clamping: clock.month - 1)
        unsafe time.tm_mday = Int32(clamping: clock.day)
        unsafe time.tm_hour = Int32(clamping: clock.hour)
        unsafe time.tm_min = Int32(clamping: clock.minute)
        unsafe time.tm_sec = Int32(clamping: clock.second)
        unsafe time.tm_isdst = -1
        return inUTC ? unsafe timegm(&time) : unsafe mktime(&time)
    }

    static func clock(_ seconds: Int, inUTC: Bool) -> (ClockTime, ahead: Int) {
        var seconds = seconds
        var time = unsafe tm()
        _ = inUTC ? unsafe gmtime_r(&seconds, &time) : unsafe localtime_r(&seconds, &time)
        let shown = unsafe ClockTime(
            year: Int(time.tm_year) + 1900, month: Int(time.tm_mon) + 1, day: Int(time.tm_mday),
            hour: Int(time.tm_hour), minute: Int(time.tm_min), second: Int(time.tm_sec))
        return (shown, unsafe time.tm_gmtoff)
    }
}

extension Moment {
    /// `2026-09-02 17:00:00 +01:00`.
    func text(in zone: ZoneArgument) -> String {
        let (clock, ahead) = zone.clock(Int(milliseconds / 1000))
        let sign = ahead < 0 ? "-" : "+"
        return "\(day(in: zone)) \(Self.two(clock.hour)):\(Self.two(clock.minute)):\(Self.two(clock.second)) "
            + "\(sign)\(Self.two(abs(ahead) / 3600)):\(Self.two(abs(ahead) / 60 % 60))"
    }

    /// `2026-09-02`.
    func day(in zone: ZoneArgument) -> String {
        let clock = zone.clock(Int(milliseconds / 1000)).0
        return "\(clock.year)-\(Self.two(clock.month))-\(Self.two(clock.day))"
    }

    private static func two(_ value: Int) -> String { String(String(100 + value).dropFirst()) }
}
