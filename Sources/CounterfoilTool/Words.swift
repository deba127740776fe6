internal import FoundationEssentials
internal import PollingDesk

extension Moment {
    /// `2026-11-24T06:12:43Z`.
    var text: String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }
}

/// 172437 as 172,437.
func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
        digits.insert(",", at: place)
        place -= 3
    }
    return String(digits)
}

/// A field of a table that the command writes (RFC 4180), for what holds no line break.
func csvField(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
}

/// "1 pack", "2,000 packs".
func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
}
