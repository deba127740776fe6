@testable internal import Counterfoil

/// `election.json`, against plain rules on a plain tree, with its digest mended
/// where there is one; and written again, which must lose nothing.
///
/// First byte: whether the digest is mended.
enum ElectionTarget: FuzzTarget {
    static let name = "election"

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var text = Array(input[1...])
        if first & 1 == 1 { text = mend(text) ?? text }
        let wanted = PlainJSON(text).flatMap { digest($0) }
        do {
            let election = try Election(json: text)
            must(wanted?.found == election.digest.hex, "an election that is none: \(election)")
            let again = try Election(json: Array(election.json.utf8))
            must(again.json == election.json && again.digest == election.digest, "another election")
        } catch {
            must(wanted == nil || wanted!.found != wanted!.stated, "refused: \(error)")
        }
    }

    /// The text with the digest that it should have.
    private static func mend(_ text: [UInt8]) -> [UInt8]? {
        guard let tree = PlainJSON(text), let digest = digest(tree) else { return nil }
        let stated = Array(digest.stated.utf8)
        guard stated.count == 64,
            let place = (0...max(0, text.count - 64)).last(where: { text[$0...].starts(with: stated) })
        else { return nil }
        return Array(text[..<place]) + Array(digest.found.utf8) + Array(text[(place + 64)...])
    }

    /// The digest as section 3 computes it, and as it is stated; nil where a
    /// field is not as that section has it.
    private static func digest(_ tree: PlainJSON) -> (found: String, stated: String)? {
        guard
            let fields = Fields(
                tree,
                [
                    "counterfoil", "id", "name", "codeLength", "questions", "wrongAnswers", "voterIDs",
                    "refusedWords", "textFold", "registerKey", "manifestKey", "receiptKey",
                    "checkpointKey", "digest",
                ]), fields.text("counterfoil") == "election 1", let id = fields.hex("id", 16),
            let name = fields.text("name"), isName(name, 200), let length = fields.number("codeLength"),
            [20, 24, 28].contains(length), case .array(let questions) = fields.values["questions"],
            questions.count <= 8, let limits = Fields(fields.values["wrongAnswers"], ["lock", "lifetime"]),
            let lock = limits.number("lock"), (1...100).contains(lock),
            let lifetime = limits.number("lifetime"), (lock...200).contains(lifetime),
            let voterIDs = ["any-case", "exact-case"].firstIndex(of: fields.text("voterIDs")),
            let stated = fields.hex("digest", 32)
        else { return nil }
        var e = id
        e.appendWithLength(Array(name.utf8))
        e += [UInt8(length), UInt8(questions.count)]
        var names: Set<[UInt8]> = []
        for question in questions {
            guard let (name, bytes) = self.question(question), names.insert(name).inserted else { return nil }
            e += bytes
        }
        e += [UInt8(lock), UInt8(lifetime), UInt8(voterIDs + 1)]
        let ours = ["refusedWords": RefusedWords.digest.array, "textFold": TextFold.digest.array]
        for key in ["refusedWords", "textFold", "registerKey", "manifestKey", "receiptKey", "checkpointKey"] {
            guard let bytes = fields.hex(key, 32) else { return nil }
            guard ours[key] == nil || ours[key] == bytes else { return nil }
            e += bytes
        }
        let found: Bytes<32> = e.withBytes { ElectionID(Bytes<16>(id)!).hash(.election, $0) }
        return (found.hex, Hex.encode(stated))
    }

    private static func question(_ tree: PlainJSON) -> (name: [UInt8], bytes: [UInt8])? {
        guard case .object(let members) = tree,
            case .string(let kind) = members.first(where: { $0.name == Array("kind".utf8) })?.value
        else { return nil }
        let fields: Fields?
        let tail: [UInt8]
        switch String(decoding: kind, as: UTF8.self) {
        case "date":
            fields = Fields(tree, ["name", "kind", "order", "latestYear"])
            guard let order = ["dmy", "mdy", "ymd"].firstIndex(of: fields?.text("order")),
                let year = fields?.number("latestYear"), (1900...2199).contains(year)
            else { return nil }
            tail = [1, UInt8(order + (planted ? 2 : 1)), UInt8(year >> 8), UInt8(year & 255)]
        case "digits":
            fields = Fields(tree, ["name", "kind"]) ?? Fields(tree, ["name", "kind", "atMost"])
            let most = fields?.values["atMost"] == nil ? 0 : fields?.number("atMost")
            guard let most, (0...32).contains(most) else { return nil }
            tail = [2, 0, 0, UInt8(most)]
        case "postcode":
            fields = Fields(tree, ["name", "kind"])
            tail = [3, 0, 0, 0]
        case "text":
            fields = Fields(tree, ["name", "kind"])
            tail = [4, 0, 0, 0]
        default: return nil
        }
        guard let name = fields?.text("name"), isName(name, 64) else { return nil }
        var bytes: [UInt8] = []
        bytes.appendWithLength(Array(name.utf8))
        return (Array(name.utf8), bytes + tail)
    }

    private static func isName(_ text: String, _ most: Int) -> Bool {
        (1...most).contains(text.utf8.count)
            && !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    /// An object with exactly these members.
    private struct Fields {
        let values: [String: PlainJSON]

        init?(_ tree: PlainJSON?, _ names: Set<String>) {
            guard case .object(let members) = tree, members.count == names.count,
                Set(members.map(\.name)) == Set(names.map { Array($0.utf8) })
            else { return nil }
            values = Dictionary(
                uniqueKeysWithValues: members.map { (String(decoding: $0.name, as: UTF8.self), $0.value) })
        }

        func text(_ name: String) -> String? {
            guard case .string(let bytes) = values[name] else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }

        func number(_ name: String) -> Int? {
            guard case .number(let bytes) = values[name] else { return nil }
            return Int(String(decoding: bytes, as: UTF8.self))
        }

        func hex(_ name: String, _ count: Int) -> [UInt8]? {
            guard let text = text(name), text.utf8.count == 2 * count,
                text.utf8.allSatisfy({
                    "0123456789abcdef".utf8.contains($0)
                })
            else { return nil }
            return stride(from: 0, to: 2 * count, by: 2).map { i in
                UInt8(text.dropFirst(i).prefix(2), radix: 16)!
            }
        }
    }
}
