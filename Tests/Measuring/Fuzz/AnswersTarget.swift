internal import Synchronization

@testable internal import Counterfoil

/// Answers of every kind. A normal form is its own normal form. Separators and
/// dropped characters change nothing. Numbers and postcodes are compared with a
/// plain reader. vectors/README.md, section 10.
///
/// First byte: which of the kinds; the second, where something is put in between.
enum AnswersTarget: FuzzTarget {
    static let name = "answers"

    private static let kinds: [Question.Kind] = [
        .date(.dmy, latestYear: 2012), .date(.mdy, latestYear: 1999), .date(.ymd, latestYear: 2199),
        .digits(atMost: 0), .digits(atMost: 9), .postcode, .text, .date(.dmy, latestYear: 1900),
    ]

    private static let sheets = Mutex(Sheets())

    static func run(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let index = Int(input[0] & 7)
        let typed = Array(input[2...])
        let normal = normalise(index, typed)
        guard let text = String(validating: typed, as: UTF8.self), typed.count <= 1024 else {
            return must(normal == nil, "no UTF-8, or too long, and taken")
        }
        switch kinds[index] {
        case .digits(let most): must(normal == digits(text, most == 0 ? 32 : most), "other digits")
        case .postcode: must(normal == postcode(text), "another postcode")
        case .text: must((normal?.count ?? 1) > 0 && (normal?.count ?? 0) <= 255, "a text of no length")
        case .date: if let normal { must(isDate(normal), "no date: \(normal)") }
        }
        if let normal { must(normalise(index, normal) == normal, "the normal form has another one") }

        // As capitals, which mean the same to all kinds.
        let capitals = typed.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        must(normalise(index, capitals) == normal, "capitals make a difference")
        guard typed.count < 1023 else { return }
        // With something between two characters that every kind passes over;
        // in a date, where there is a gap already.
        var wider = Array(text.unicodeScalars)
        let place = wider.isEmpty ? 0 : Int(input[1]) % wider.count
        if case .date = kinds[index] {
            guard !wider.isEmpty, wider[place] == " " else { return }
        }
        wider.insert(contentsOf: ["\u{A0}"], at: place)
        var bytes: [UInt8] = []
        for scalar in wider { bytes += Array(String(scalar).utf8) }
        guard bytes.count <= 1024 else { return }
        must(normalise(index, bytes) == normal, "a blank makes a difference")
    }

    private static func normalise(_ index: Int, _ typed: [UInt8]) -> [UInt8]? {
        sheets.withLock { sheets in
            typed.withBytes { sheets.sheet.set(index, $0) }
                ? sheets.sheet.withAnswer(index) { $0.array } : nil
        }
    }

    private struct Sheets: ~Copyable {
        var sheet = AnswerSheet(
            Election(
                unjudged: Props.election.id, name: "", codeLength: .twenty,
                questions: kinds.enumerated().map { Question(name: "\($0)", kind: $1) }, lockAfter: 5,
                lifetimeLimit: 15, voterIDs: .anyCase, refusedWords: Bytes(), textFold: Bytes(),
                registerKey: Bytes(), manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes(),
                digest: Bytes()))
    }

    private static func digits(_ text: String, _ most: Int) -> [UInt8]? {
        var kept = ""
        for scalar in text.unicodeScalars {
            if ("0"..."9").contains(scalar) {
                kept.unicodeScalars.append(scalar)
            } else if !" \t\r\n-./()+\u{A0}\u{202F}".unicodeScalars.contains(scalar) {
                return nil
            }
        }
        let bare = kept.drop { $0 == "0" }
        let value = bare.isEmpty ? String(kept.prefix(1)) : String(bare)
        return value.isEmpty || value.count > most ? nil : Array(value.utf8)
    }

    private static func postcode(_ text: String) -> [UInt8]? {
        var kept: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9", "A"..."Z": kept.append(UInt8(scalar.value))
            case "a"..."z": kept.append(UInt8(scalar.value) - 0x20)
            case "\u{A0}", "\u{202F}": break
            default: if !scalar.isASCII { return nil }
            }
        }
        if !planted {
            kept = kept.map { $0 == UInt8(ascii: "O") ? 0x30 : $0 == UInt8(ascii: "I") ? 0x31 : $0 }
        }
        return (2...10).contains(kept.count) ? kept : nil
    }

    /// `YYYY-MM-DD`, and the day is in the calendar: counted from 1800.
    private static func isDate(_ bytes: [UInt8]) -> Bool {
        let parts = String(decoding: bytes, as: UTF8.self).split(
            separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (1800...2199).contains(year)
        else { return false }
        let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }
}
