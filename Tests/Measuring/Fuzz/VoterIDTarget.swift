@testable internal import Counterfoil

/// The folded form of a voter id, against plain text that is taken apart step by step.
/// vectors/README.md, section 8.
///
/// First byte, bit 0: whether case counts.
enum VoterIDTarget: FuzzTarget {
    static let name = "voter-id"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let id = Array(input[1...])
        // A roll that is no UTF-8 has been refused by then.
        guard id.withBytes({ UTF8Check.firstFault($0) }) == nil, !id.isEmpty else { return }
        let ids: VoterIDs = first & 1 == 1 ? .exactCase : .anyCase
        var folded: [UInt8] = [7, 7]
        id.withBytes { ids.fold($0, into: &folded) }
        let wanted = plain(String(decoding: id, as: UTF8.self), ids)
        must(folded == Array(wanted.utf8), "\(id) is folded to \(folded)")
        must(!id.withBytes { ids.isPlain($0) } || folded == id, "\(id) would not be folded")
    }

    private static func plain(_ id: String, _ ids: VoterIDs) -> String {
        var text = String.UnicodeScalarView()
        for scalar in id.unicodeScalars {
            let half = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
            if nothing.contains(where: { $0.contains(half) }) { continue }
            let seen: Unicode.Scalar =
                switch half {
                case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: "-"
                case 0x2018, 0x2019, 0x2BC: "'"
                default: Unicode.Scalar(half)!
                }
            if ids == .exactCase {
                text.append(seen)
            } else if seen.isASCII {
                text.append(contentsOf: seen.properties.lowercaseMapping.unicodeScalars)
            } else if let entry = TextFold.entries.first(where: { $0 >> 42 == UInt64(seen.value) }) {
                let two = [entry >> 21 & 0x1F_FFFF, entry & 0x1F_FFFF].filter { $0 != 0 }
                text.append(contentsOf: two.map { Unicode.Scalar(UInt32($0))! })
            } else {
                text.append(seen)
            }
        }
        var form = Array(text)
        if form.first == "'" { form.removeFirst() }
        let parts = form.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        if parts.count == 2, isNumber(parts[0]), isNumber(parts[1]), parts[1].allSatisfy({ $0 == "0" }) {
            form = Array(parts[0])
        }
        if isNumber(form[...]) && !planted {
            form = Array(form.drop { $0 == "0" })
            if form.isEmpty { form = ["0"] }
        }
        guard !form.isEmpty else { return id }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: form)
        return String(view)
    }

    private static func isNumber(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        !text.isEmpty && text.allSatisfy { ("0"..."9").contains($0) }
    }

    /// What nobody sees, or what is seen as a space or as a mark on a letter.
    private static let nothing: [ClosedRange<UInt32>] = [
        // White space and controls.
        0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
        0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0x00...0x1F, 0x7F...0x9F,
        // Invisible characters.
        0xAD...0xAD, 0x34F...0x34F, 0x61C...0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F,
        0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0x3164...0x3164, 0xFE00...0xFE0F,
        0xFEFF...0xFEFF, 0xFFA0...0xFFA0, 0xFFF0...0xFFF8, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A,
        0xE0000...0xE0FFF,
        // Combining marks.
        0x300...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F,
    ]
}
