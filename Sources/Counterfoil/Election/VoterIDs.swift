/// How the issuing room compares the ids of voters, to find one member under two
/// spellings; vectors/README.md, section 8.
public enum VoterIDs: UInt8, Sendable, CaseIterable {
    /// Ids that differ in case alone may be one member's: `M12a` and `M12A`.
    case anyCase = 1
    /// Case counts: `M12a` and `M12A` are two members.
    case exactCase = 2

    /// As election.json has it.
    package var name: String {
        switch self {
        case .anyCase: "any-case"
        case .exactCase: "exact-case"
        }
    }

    init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name.isByteForByte(name) }) else { return nil }
        self = found
    }
}

/// The folded form of an id: what is left of it when everything is taken away that
/// people do not see, and that spreadsheets, keyboards and exports change. Two ids
/// with one folded form may be one member's, and an officer decides.
extension VoterIDs {
    /// Whether an id is surely its own folded form: plain ASCII with nothing to take
    /// away. Most ids are, and so most are not folded at all.
    @inline(__always)
    package func isPlain(_ id: borrowing RawSpan) -> Bool {
        let first = id.byteCount > 0 ? id.byte(0) : 0x20
        // A mark of text, or zeros in front.
        guard first != 0x27, first != 0x30 || id.byteCount == 1 else { return false }
        for i in 0..<id.byteCount {
            switch id.byte(i) {
            case 0x2C, 0x2E: return false
            case 0x41...0x5A: if self == .anyCase { return false }
            case 0x21...0x7E: break
            default: return false
            }
        }
        return true
    }

    /// Writes the folded form of an id, which is UTF-8, in place of what `out` holds.
    package func fold(_ id: borrowing RawSpan, into out: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        var scalars = Scalars(id.byteCount)
        while let scalar = scalars.next(id) {
            guard let seen = Self.seen(scalar) else { continue }
            switch (self, seen) {
            case (.anyCase, 0x41...0x5A): out.append(UInt8(seen) + 0x20)
            case (_, 0..<0x80): out.append(UInt8(seen))
            case (.anyCase, _):
                let (first, second) = TextFold.replacement(of: seen) ?? (seen, 0)
                Self.append(first, to: &out)
                if second != 0 { Self.append(second, to: &out) }
            case (.exactCase, _): Self.append(seen, to: &out)
            }
        }
        Self.dropWhatSpreadsheetsAdd(&out)
        if out.isEmpty { out = id.array }
    }

    /// What a reader takes a scalar for, or nil where they see nothing.
    private static func seen(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x21...0x7E: scalar
        // Full width.
        case 0xFF01...0xFF5E: scalar - 0xFEE0
        // White space and controls.
        case 0x00...0x20, 0x7F...0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            nil
        // Invisible characters.
        case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F,
            0x202A...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFF8,
            0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            nil
        // Accents apart from their letters.
        case 0x300...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F: nil
        case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: 0x2D
        case 0x2018, 0x2019, 0x2BC: 0x27
        default: scalar
        }
    }

    /// The apostrophe before a text, `.0` after a whole number, and zeros in front of
    /// one, which others drop.
    private static func dropWhatSpreadsheetsAdd(_ id: inout [UInt8]) {
        if id.first == 0x27 { id.removeFirst() }
        let whole = id.prefix { (0x30...0x39).contains($0) }.count
        let rest = id[whole...]
        if whole > 0, rest.count > 1, rest.first == 0x2E || rest.first == 0x2C,
            rest.dropFirst().allSatisfy({ $0 == 0x30 })
        {
            id.removeLast(rest.count)
        }
        guard id.count == whole, whole > 1 else { return }
        id.removeFirst(min(id.prefix { $0 == 0x30 }.count, whole - 1))
    }

    private static func append(_ scalar: UInt32, to out: inout [UInt8]) {
        // Valid: from UTF-8 that was judged, or from the table.
        guard let scalar = Unicode.Scalar(scalar), let utf8 = UTF8.encode(scalar) else { return }
        out.append(contentsOf: utf8)
    }
}
