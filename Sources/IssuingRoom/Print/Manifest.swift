public import Counterfoil

/// What the print house is told of a batch, signed: `B01.manifest.json`;
/// vectors/README.md, section 13.
public struct Manifest: Sendable {
    package struct Column: Sendable {
        package let name: String
        /// The longest value, in Unicode scalars.
        package let longest: Int
    }

    public struct File: Sendable {
        public let name: String
        public let bytes: Int
        public let sha256: Bytes<32>
        package let encrypted: Bool
        package let firstSequence: Int
        package let lastSequence: Int
    }

    public let batch: BatchName
    package let kind: BatchKind
    public let packs: Int
    public let postOnly: Int
    package let byteOrderMark: Bool
    package let separator: UInt8
    package let columns: [Column]
    public let files: [File]
    public let registerName: String
    package let registerBytes: Int
    /// What the register's signature is made over.
    package let registerDigest: RegisterDigest

    package static func fileName(_ batch: BatchName) -> String { "\(batch).manifest.json" }

    /// Whether these bytes are a manifest of the election. Not whether it is signed.
    static func `is`(_ bytes: [UInt8], of election: Election) -> Bool {
        guard case .object(let members)? = try? JSONValue.parse(bytes),
            case .object(let named)? = members.first(where: { $0.0 == "election" })?.1
        else { return false }
        return named.contains { $0.0 == "id" && $0.1 == .string(election.id.bytes.hex) }
    }

    func json(_ election: Election) -> String {
        JSONValue.object([
            ("counterfoil", .string("manifest 1")),
            (
                "election",
                .object([
                    ("id", .string(election.id.bytes.hex)), ("name", .string(election.name)),
                    ("digest", .string(election.digest.hex)),
                ])
            ),
            ("batch", .string(batch.description)),
            ("kind", .string(kind.name)),
            ("packs", .integer(packs)),
            ("postOnly", .integer(postOnly)),
            ("encoding", .string("UTF-8")),
            ("byteOrderMark", .bool(byteOrderMark)),
            ("separator", .string(String(decoding: [separator], as: UTF8.self))),
            ("lineEnd", .string("CRLF")),
            (
                "columns",
                .array(
                    columns.map {
                        .object([("name", .string($0.name)), ("longest", .integer($0.longest))])
                    })
            ),
            (
                "files",
                .array(
                    files.map {
                        .object([
                            ("name", .string($0.name)), ("bytes", .integer($0.bytes)),
                            ("sha256", .string($0.sha256.hex)),
                            ("encryption", .string($0.encrypted ? "age" : "none")),
                            ("firstSequence", .integer($0.firstSequence)),
                            ("lastSequence", .integer($0.lastSequence)),
                        ])
                    })
            ),
            (
                "register",
                .object([
                    ("name", .string(registerName)), ("bytes", .integer(registerBytes)),
                    ("digest", .string(registerDigest.bytes.hex)),
                ])
            ),
        ]).text(indented: true) + "\n"
    }
}
