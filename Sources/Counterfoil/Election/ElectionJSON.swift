/// `election.json`: vectors/README.md, section 3.
extension Election {
    /// As written by `keygen`, with a line feed at the end.
    public var json: String {
        let value = JSONValue.object([
            ("counterfoil", .string("election 1")),
            ("id", .string(id.bytes.hex)),
            ("name", .string(name)),
            ("codeLength", .integer(codeLength.rawValue)),
            ("questions", .array(questions.map(\.json))),
            (
                "wrongAnswers",
                .object([("lock", .integer(lockAfter)), ("lifetime", .integer(lifetimeLimit))])
            ),
            ("voterIDs", .string(voterIDs.name)),
            ("refusedWords", .string(refusedWords.hex)),
            ("textFold", .string(textFold.hex)),
            ("registerKey", .string(registerKey.hex)),
            ("manifestKey", .string(manifestKey.hex)),
            ("receiptKey", .string(receiptKey.hex)),
            ("checkpointKey", .string(checkpointKey.hex)),
            ("digest", .string(digest.hex)),
        ])
        return value.text(indented: true) + "\n"
    }

    /// Reads it, and recomputes the digest.
    public init(json text: [UInt8]) throws(ElectionError) {
        let value: JSONValue
        do { value = try JSONValue.parse(text) } catch { throw .notJSON(error) }
        var fields = try Fields(value)
        guard try fields.string("counterfoil") == "election 1" else { throw .otherVersion }
        let id = try ElectionID(fields.bytes("id"))
        let name = try fields.string("name")
        guard let length = CodeLength(rawValue: try fields.integer("codeLength")) else {
            throw .missing("codeLength")
        }
        let questions = try fields.array("questions").map { (value) throws(ElectionError) in
            try Question(json: value)
        }
        var limits = try Fields(fields.take("wrongAnswers"))
        let lock = try limits.integer("lock")
        let lifetime = try limits.integer("lifetime")
        try limits.finish()
        guard let voterIDs = VoterIDs(name: try fields.string("voterIDs")) else {
            throw .missing("voterIDs")
        }
        let digest: Bytes<32> = try fields.bytes("digest")
        try self.init(
            id: id, name: name, codeLength: length, questions: questions, lockAfter: lock,
            lifetimeLimit: lifetime, voterIDs: voterIDs, refusedWords: fields.bytes("refusedWords"),
            textFold: fields.bytes("textFold"), registerKey: fields.bytes("registerKey"),
            manifestKey: fields.bytes("manifestKey"),
            receiptKey: fields.bytes("receiptKey"), checkpointKey: fields.bytes("checkpointKey"))
        try fields.finish()
        guard self.digest == digest else { throw .digestDiffers }
    }
}

extension Question {
    fileprivate var json: JSONValue {
        var members: [(String, JSONValue)] = [("name", .string(name))]
        switch kind {
        case .date(let order, let year):
            members += [
                ("kind", .string("date")), ("order", .string(order.rawValue)),
                ("latestYear", .integer(year)),
            ]
        case .digits(let most):
            members.append(("kind", .string("digits")))
            if most != 0 { members.append(("atMost", .integer(most))) }
        case .postcode: members.append(("kind", .string("postcode")))
        case .text: members.append(("kind", .string("text")))
        }
        return .object(members)
    }

    init(json value: JSONValue) throws(ElectionError) {
        var fields = try Fields(value)
        let name = try fields.string("name")
        let kind: Kind
        switch try fields.string("kind") {
        case "date":
            guard let order = DateOrder(rawValue: try fields.string("order")) else {
                throw .missing("order")
            }
            kind = .date(order, latestYear: try fields.integer("latestYear"))
        case "digits": kind = .digits(atMost: fields.has("atMost") ? try fields.integer("atMost") : 0)
        case "postcode": kind = .postcode
        case "text": kind = .text
        default: throw .missing("kind")
        }
        try fields.finish()
        self.init(name: name, kind: kind)
    }
}

/// The members of an object, each taken once; what is left at the end is unknown.
private struct Fields {
    private var members: [(String, JSONValue)]

    init(_ value: JSONValue) throws(ElectionError) {
        guard case .object(let members) = value else { throw .notAnObject }
        self.members = members
    }

    func has(_ name: String) -> Bool { members.contains { $0.0.isByteForByte(name) } }

    mutating func take(_ name: String) throws(ElectionError) -> JSONValue {
        guard let i = members.firstIndex(where: { $0.0.isByteForByte(name) }) else { throw .missing(name) }
        return members.remove(at: i).1
    }

    mutating func string(_ name: String) throws(ElectionError) -> String {
        guard case .string(let text) = try take(name) else { throw .missing(name) }
        return text
    }

    mutating func integer(_ name: String) throws(ElectionError) -> Int {
        guard case .integer(let value) = try take(name) else { throw .missing(name) }
        return value
    }

    mutating func array(_ name: String) throws(ElectionError) -> [JSONValue] {
        guard case .array(let values) = try take(name) else { throw .missing(name) }
        return values
    }

    mutating func bytes<let size: Int>(_ name: String) throws(ElectionError) -> Bytes<size> {
        guard let bytes = Bytes<size>(hex: try string(name)) else { throw .missing(name) }
        return bytes
    }

    func finish() throws(ElectionError) {
        if let (name, _) = members.first { throw .unknown(name) }
    }
}
