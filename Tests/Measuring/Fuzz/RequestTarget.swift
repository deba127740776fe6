internal import Synchronization
internal import TestSupport

@testable internal import Counterfoil
@testable internal import PollingDesk

/// A line of standard input at the desk: the JSON against a plain parser, and
/// what the desk makes of the request against plain rules.
enum RequestTarget: FuzzTarget {
    static let name = "request"

    static func run(_ input: [UInt8]) {
        guard input.count <= RequestLine.longest else { return }
        let plain = PlainJSON(input)
        must(tree(input) == plain, "the reader and the plain parser do not agree")

        let wanted = judge(plain)
        let found = booth.withLock { booth in
            var line = input
            defer { booth.form.clear() }
            do throws(LineFault) {
                try line.withMutableBytes { (line) throws(LineFault) in
                    try RequestLine.fill(&booth.form, from: &line)
                }
            } catch { return Preparation?.none }
            return booth.desk.prepareToRedeem(&booth.form)
        }
        switch (found, wanted) {
        case (nil, "bad-request"): break
        case (.ready, "ready"): break
        case (.refused(let outcome), _): must(outcome.name == wanted, "\(outcome.name), not \(wanted)")
        default: fatalError("not \(wanted)")
        }
    }

    private struct Seat: ~Copyable {
        let desk: Desk
        var form: RedemptionForm
        init() {
            do {
                let ledger = MemoryLedger(election: Props.election, at: .test(0))
                desk = try Booth(Props.rehearsal, ledger).desk
                form = try desk.makeForm()
            } catch { fatalError("\(error)") }
        }
    }

    private static let booth = Mutex(Seat())
    private static let plain = PlainCode(20, Props.election.constant.bits)

    /// The outcome of everything that the ledger need not be asked for.
    private static func judge(_ request: PlainJSON?) -> String {
        guard case .object(let members) = request else { return "bad-request" }
        guard Set(members.map(\.name)).count == members.count else { return "bad-request" }
        var code: [UInt8]?
        var pass: [UInt8]?
        var hasKey = false
        var answers: Set<String> = []
        for member in members {
            switch (String(decoding: member.name, as: UTF8.self), member.value) {
            case ("code", .string(let text)): code = text
            case ("pass", .string(let text)): pass = text
            case ("key", .string(let text)):
                guard let key = base64(text), (16...64).contains(key.count) else { return "bad-request" }
                hasKey = true
            case ("answers", .object(let given)):
                guard Set(given.map(\.name)).count == given.count else { return "bad-request" }
                for answer in given {
                    guard case .string = answer.value,
                        let question = Props.election.questions.first(where: {
                            Array($0.name.utf8) == answer.name
                        })
                    else { return "bad-request" }
                    answers.insert(question.name)
                }
            default: return "bad-request"
            }
        }
        guard hasKey, code != nil || pass != nil else { return "bad-request" }
        if let pass {
            guard code == nil, answers.isEmpty else { return "bad-request" }
            return Pass.isGenuine(pass) ? "ready" : "bad-pass"
        }
        guard plain.read(code!).groups == nil else { return "malformed" }
        return answers.count == Props.election.questions.count ? "ready" : "bad-request"
    }

    /// RFC 4648, section 5, bit by bit.
    private static func base64(_ text: [UInt8]) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bits: [Int] = []
        for byte in text {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            for bit in 0..<6 { bits.append(value >> (5 - bit) & 1) }
        }
        guard bits.count % 8 < 6, bits.suffix(bits.count % 8).allSatisfy({ $0 == 0 }) else { return nil }
        return (0..<bits.count / 8).map { i in UInt8(bits[8 * i..<8 * i + 8].reduce(0) { $0 << 1 | $1 }) }
    }

    /// The reader's tokens as a tree, or nil.
    private static func tree(_ input: [UInt8]) -> PlainJSON? {
        var buffer = input
        var reader = JSONReader(0..<input.count)
        return buffer.withMutableBytes { bytes in
            guard let first = try? reader.next(&bytes), let value = value(first, &reader, &bytes),
                (try? reader.next(&bytes)) == .end
            else { return nil }
            return value
        }
    }

    private static func value(
        _ token: JSONReader.Token, _ reader: inout JSONReader, _ bytes: inout MutableRawSpan
    ) -> PlainJSON? {
        switch token {
        case .string(let range): return .string(bytes.bytes.extracting(range).array)
        case .number(let range): return .number(bytes.bytes.extracting(range).array)
        case .bool(let value): return .bool(value)
        case .null: return .null
        case .beginArray:
            var values: [PlainJSON] = []
            while let token = try? reader.next(&bytes) {
                if token == .endArray { return .array(values) }
                guard let value = value(token, &reader, &bytes) else { return nil }
                values.append(value)
            }
            return nil
        case .beginObject:
            var members: [PlainJSON.Member] = []
            while let token = try? reader.next(&bytes) {
                if token == .endObject { return .object(members) }
                guard case .string(let range) = token else { return nil }
                let name = bytes.bytes.extracting(range).array
                guard let token = try? reader.next(&bytes), let value = value(token, &reader, &bytes)
                else { return nil }
                members.append(PlainJSON.Member(name: name, value: value))
            }
            return nil
        case .endObject, .endArray, .end: return nil
        }
    }
}
