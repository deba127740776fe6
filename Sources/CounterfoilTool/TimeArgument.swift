internal import ArgumentParser
internal import FoundationEssentials
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
        guard let second, let zone = ZoneArgument(argument: String(text.drop { $0 == " " })) else { return nil }

        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone.zone
        let components = DateComponents(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard let moment = calendar.date(from: components) else { return nil }
        // What does not exist (31 September, the hour that a clock skips) comes back as something else.
        let back = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: moment)
        guard back.year == year, back.month == month, back.day == day, back.hour == hour,
            back.minute == minute
        else { return nil }
        self.moment = Moment(milliseconds: Int64(moment.timeIntervalSince1970) * 1000)
        self.zone = zone
    }
}

/// `Z`, `+01:00`, or a name such as `Europe/London`.
struct ZoneArgument: ExpressibleByArgument {
    let zone: TimeZone

    static let utc = ZoneArgument(zone: TimeZone(secondsFromGMT: 0)!)

    private init(zone: TimeZone) { self.zone = zone }

    init?(argument: String) {
        if argument == "Z" || argument == "UTC" {
            self = .utc
            return
        }
        if let sign = argument.first, sign == "+" || sign == "-" {
            let parts = argument.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int(parts[0]),
                let minutes = Int(parts[1]), hours <= 14, minutes < 60,
                let zone = TimeZone(secondsFromGMT: (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
            else { return nil }
            self.zone = zone
            return
        }
        guard argument.contains("/"), let zone = TimeZone(identifier: argument) else { return nil }
        self.zone = zone
    }
}

extension Moment {
    private var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// `2026-09-02 17:00:00 +01:00`.
    func text(in zone: ZoneArgument) -> String {
        let parts = components(in: zone)
        func two(_ value: Int?) -> String { String(100 + (value ?? 0)).dropFirst().description }
        let offset = zone.zone.secondsFromGMT(for: date)
        let sign = offset < 0 ? "-" : "+"
        return "\(day(in: zone)) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) "
            + "\(sign)\(two(abs(offset) / 3600)):\(two(abs(offset) / 60 % 60))"
    }

    /// `2026-09-02`.
    func day(in zone: ZoneArgument) -> String {
        let parts = components(in: zone)
        func two(_ value: Int?) -> String { String(100 + (value ?? 0)).dropFirst().description }
        return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
    }

    private func components(in zone: ZoneArgument) -> DateComponents {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone.zone
        return calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    }
}
