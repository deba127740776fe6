internal import ArgumentParser
internal import Files
internal import Glibc
internal import PollingDesk

/// A time with its zone stated: `2026-09-02T17:00+01:00`, `2026-09-02T16:00Z`,
/// or `2026-09-02T17:00 Europe/London`. A closing time without a zone would be
/// an hour wrong for somebody.
struct TimeArgument: ExpressibleByArgument {
    let moment: Moment
    let zone: ZoneArgument

    init?(argument: String) {
        var text = argument[...]
        let date = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        text = text.dropFirst(10)
        guard date.count == 3, let year = date[0], let month = date[1], let day = date[2],
            text.first == "T" || text.first == " "
        else { return nil }
        text = text.dropFirst()
        let clock = text.prefix { $0.isNumber || $0 == ":" }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1] else { return nil }
        let second = parts.count == 3 ? parts[2] : 0
        text = text.dropFirst(clock.count)
        guard let second, let zone = ZoneArgument(argument: String(text.drop { $0 == " " })) else {
            return nil
        }

        let wanted = ClockTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard (2000...2199).contains(year), let seconds = zone.seconds(at: wanted) else { return nil }
        moment = Moment(milliseconds: Int64(seconds) * 1000)
        self.zone = zone
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
        if let sign = argument.first, sign == "+" || sign == "-" {
            let parts = argument.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int(parts[0]),
                let minutes = Int(parts[1]), hours <= 14, minutes < 60
            else { return nil }
            kind = .offset(seconds: (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
            return
        }
        // The C library takes an unknown name for UTC, without a word.
        guard argument.contains("/"), !argument.contains(".."),
            PrivateFile.exists("/usr/share/zoneinfo/\(argument)")
        else { return nil }
        kind = .named(argument)
    }

    /// Seconds since 1970 of a time on the zone's clocks; nil where they never
    /// show it (31 September, the hour that is skipped in spring).
    func seconds(at wanted: ClockTime) -> Int? {
        guard (1...12).contains(wanted.month) else { return nil }
        let seconds =
            switch kind {
            case .offset(let offset): CLibrary.seconds(wanted, inUTC: true) - offset
            case .named(let name): Self.inZone(name) { CLibrary.seconds(wanted, inUTC: false) }
            }
        return clock(seconds).0 == wanted ? seconds : nil
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
