/// Room for one person's answers in normal form, in guarded memory.
///
/// The same steps read the roll's cells when codes are issued and what a voter
/// types when one is redeemed; vectors/README.md, section 10. The hashing and
/// the comparing of answers are constant time. The normalising is not, and need
/// not be: it sees only what its own caller typed.
public struct AnswerSheet: ~Copyable {
    /// Answers longer than this are unreadable, in bytes as typed.
    public static let longestInput = 1024
    /// The most bytes of a normal form.
    static let longestAnswer = 255

    private let questions: [Question]
    /// For each question a place of 256 bytes; then the message, put together.
    private var places: SecretScratch
    private var message: SecretScratch
    private var lengths: InlineArray<8, Int>

    public init(_ election: Election) {
        questions = election.questions
        places = SecretScratch(count: max(1, questions.count) * 256)
        message = SecretScratch(count: 1 + questions.count * (4 + Self.longestAnswer))
        lengths = InlineArray(repeating: 0)
    }

    /// Reads the answer to the question at `index`. False where it cannot be
    /// read: a date that is none, a number with letters, nothing at all.
    ///
    /// - Parameters:
    ///   - index: of the question, from 0.
    ///   - typed: the answer as somebody wrote it, at most `longestInput` bytes.
    ///   - order: of a roll whose dates are in another order than the election's;
    ///     voters type in the election's.
    public mutating func set(
        _ index: Int, _ typed: borrowing RawSpan, inOrder order: Question.DateOrder? = nil
    ) -> Bool {
        var kind = questions[index].kind
        if let order, case .date(_, let latestYear) = kind { kind = .date(order, latestYear: latestYear) }
        let length = places.withMutableBytes(in: index * 256..<(index + 1) * 256) { place in
            AnswerText.normalise(typed, as: kind, into: &place)
        }
        lengths[index] = length ?? 0
        return length != nil
    }

    /// Forgets all answers, as if nobody had given any.
    public mutating func clear() {
        places.wipe()
        message.wipe()
        lengths = InlineArray(repeating: 0)
    }

    /// Whether every question has a readable answer.
    public var isComplete: Bool { questions.indices.allSatisfy { lengths[$0] > 0 } }

    /// Whether the question at `index` has one.
    public func has(_ index: Int) -> Bool { lengths[index] > 0 }

    /// The normal form of one answer.
    package func withAnswer<R>(_ index: Int, _ body: (borrowing RawSpan) -> R) -> R {
        places.withBytes { body($0.extracting(index * 256..<index * 256 + lengths[index])) }
    }

    /// All answers as they are hashed: their number, then each with its length.
    package mutating func withMessage<R>(_ body: (borrowing RawSpan) -> R) -> R {
        precondition(isComplete)
        let count = questions.count
        let lengths = lengths
        var end = 1
        places.withBytes { places in
            message.withMutableBytes { out in
                out.put(UInt8(count), at: 0)
                for i in 0..<count {
                    out.put(UInt32(lengths[i]), at: end)
                    out.copy(places.extracting(i * 256..<i * 256 + lengths[i]), at: end + 4)
                    end += 4 + lengths[i]
                }
            }
        }
        return message.withBytes { body($0.extracting(0..<end)) }
    }
}

/// The normal forms, one rule for each kind of question.
package enum AnswerText {
    /// Writes the normal form and returns its length, or nil where the answer
    /// is unreadable. `out` has room for 255 bytes.
    package static func normalise(
        _ typed: borrowing RawSpan, as kind: Question.Kind, into out: inout MutableRawSpan
    ) -> Int? {
        guard typed.byteCount <= AnswerSheet.longestInput, UTF8Check.firstFault(typed) == nil else {
            return nil
        }
        switch kind {
        case .digits(let most): return digits(typed, atMost: most == 0 ? 32 : most, &out)
        case .postcode: return postcode(typed, &out)
        case .text: return fold(typed, into: &out)
        case .date(let order, let latestYear):
            guard let date = DateText(typed, order: order, latestYear: latestYear) else { return nil }
            return date.write(into: &out)
        }
    }

    private static func digits(
        _ typed: borrowing RawSpan, atMost limit: Int, _ out: inout MutableRawSpan
    ) -> Int? {
        var length = 0
        var leadingZero = false
        var scalars = Scalars(typed.byteCount)
        while let scalar = scalars.next(typed) {
            switch scalar {
            case 0x30 where length == 0: leadingZero = true
            case 0x30...0x39:
                guard length < limit else { return nil }
                out.put(UInt8(truncatingIfNeeded: scalar), at: length)
                length += 1
            case 0x20, 0x09, 0x0D, 0x0A, 0x2D, 0x2E, 0x2F, 0x28, 0x29, 0x2B, 0xA0, 0x202F: break
            default: return nil
            }
        }
        if length == 0 && leadingZero {
            out.put(0x30 as UInt8, at: 0)
            length = 1
        }
        return length > 0 ? length : nil
    }

    private static func postcode(_ typed: borrowing RawSpan, _ out: inout MutableRawSpan) -> Int? {
        var length = 0
        var scalars = Scalars(typed.byteCount)
        while let scalar = scalars.next(typed) {
            var byte: UInt8
            switch scalar {
            case 0x30...0x39, 0x41...0x5A: byte = UInt8(scalar)
            case 0x61...0x7A: byte = UInt8(scalar - 0x20)
            case 0..<0x80, 0xA0, 0x202F: continue
            default: return nil
            }
            if byte == 0x4F { byte = 0x30 }
            if byte == 0x49 { byte = 0x31 }
            guard length < 10 else { return nil }
            out.put(byte, at: length)
            length += 1
        }
        return length >= 2 ? length : nil
    }

    /// Text without case, accents, spaces and punctuation; nil where nothing is
    /// left, or more than 255 bytes. The input is UTF-8.
    package static func fold(_ typed: borrowing RawSpan, into out: inout MutableRawSpan) -> Int? {
        var length = 0
        func put(_ scalar: UInt32, _ out: inout MutableRawSpan) -> Bool {
            guard let scalar = Unicode.Scalar(scalar) else { return false }
            for unit in UTF8.encode(scalar)! {
                guard length < AnswerSheet.longestAnswer else { return false }
                out.put(unit, at: length)
                length += 1
            }
            return true
        }
        var scalars = Scalars(typed.byteCount)
        while let scalar = scalars.next(typed) {
            switch scalar {
            case 0x41...0x5A: guard put(scalar + 0x20, &out) else { return nil }
            case 0x30...0x39, 0x61...0x7A: guard put(scalar, &out) else { return nil }
            case 0..<0x80: break
            default:
                if let (first, second) = TextFold.replacement(of: scalar) {
                    guard put(first, &out), second == 0 || put(second, &out) else { return nil }
                } else if !isDropped(scalar) {
                    guard put(scalar, &out) else { return nil }
                }
            }
        }
        return length > 0 ? length : nil
    }

    /// Punctuation, spaces, accents without a letter, and what nobody sees.
    private static func isDropped(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0xBF, 0xD7, 0xF7, 0x2B0...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF,
            0x2000...0x206F, 0x20D0...0x20FF, 0x3000...0x3003, 0xFE00...0xFE0F, 0xFE20...0xFE2F,
            0xFEFF:
            true
        default: false
        }
    }
}

/// The scalars of bytes that are known to be UTF-8.
struct Scalars {
    private var place = 0
    private let end: Int

    init(_ count: Int) { end = count }

    mutating func next(_ bytes: borrowing RawSpan) -> UInt32? {
        guard place < end else { return nil }
        let first = UInt32(bytes.byte(place))
        place += 1
        guard first >= 0x80 else { return first }
        let more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1
        var scalar = first & (0x3F >> UInt32(more))
        for _ in 0..<more {
            scalar = scalar << 6 | UInt32(bytes.byte(place) & 0x3F)
            place += 1
        }
        return scalar
    }
}
