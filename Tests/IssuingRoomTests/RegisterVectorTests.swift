import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/register.json: section 12. Written by the issuing room, read by the desk.
@Suite struct RegisterVectorTests {
    static let file = VectorFile("register")
    static let writings = file.tests("write")
    static let readings = file.tests("read")

    @Test(arguments: writings)
    func writes(_ test: VectorObject) throws {
        let election = try Self.election(test)
        let key = IssuingKey.standIn(registerSeed: try test.secret("registerSeed"))
        #expect(key.registerPublicKey == election.registerKey)
        let rows = try test.objects("rows").map { try Self.row($0, election) }
        var builder = RegisterBuilder(capacity: rows.count)
        for row in rows {
            var bytes = Bytes<97>()
            bytes.withMutableBytes { row.write(into: &$0) }
            builder.append(bytes.array, [row.pack])
        }
        var sink = MemorySink()
        let pairs = try test.objects("pairs").map { try Self.pair($0, election) }.sorted()
        let header = RegisterHeader(
            election: election, batch: try test.batchName(), kind: try test.batchKind(), count: rows.count,
            pairs: pairs.count)
        let digest = try builder.write(header, pairs: pairs, to: &sink, election, key)
        #expect(digest.bytes == (try test.bytes("registerDigest")))
        #expect(sink.bytes == (try test.hex("register")))
        #expect(sink.bytes.suffix(64) == (try test.hex("signature"))[...])

        let reader = try RegisterReader(MemoryBytes(sink.bytes), election: election)
        #expect(reader.digest.bytes == (try test.bytes("registerDigest")))
        #expect(reader.signature == (try test.bytes("signature")))
        #expect(test.unread == [])
    }

    @Test(arguments: readings)
    func reads(_ test: VectorObject) throws {
        let election = try Self.election(test)
        let file = MemoryBytes(try test.hex("register"))
        func read() throws(RegisterError) -> (RegisterHeader, RegisterDigest, [RegisterRow], [PackPair]) {
            var reader = try RegisterReader(file, election: election)
            var rows: [RegisterRow] = []
            while let row = try reader.next() { rows.append(row) }
            var pairs: [PackPair] = []
            while let pair = try reader.nextPair() { pairs.append(pair) }
            return (reader.header, reader.digest, rows, pairs)
        }
        if let reason = try test.reason {
            let error = #expect(throws: RegisterError.self) { try read() }
            if let error { #expect(Self.errors[reason]?.contains(error) == true, "\(error)") }
        } else {
            let (header, digest, rows, pairs) = try read()
            #expect(header.batch == (try test.batchName()))
            #expect(header.kind == (try test.batchKind()))
            #expect(digest.bytes == (try test.bytes("registerDigest")))
            let expected = try test.objects("rows").map { try Self.row($0, election) }
            #expect(header.count == expected.count)
            #expect(rows.map(Self.encoded) == expected.map(Self.encoded))
            #expect(pairs == (try test.objects("pairs").map { try Self.pair($0, election) }))
            #expect(header.pairs == pairs.count)
        }
        #expect(test.unread == [])
    }

    /// Which Swift error a reason is told by.
    static let errors: [String: [RegisterError]] = [
        "wrong-magic": [.notARegister],
        "wrong-length": [.wrongSize],
        "wrong-signature": [.badSignature],
        "other-election": [.otherElection],
        "bad-batch-name": [.content(.header)],
        "unknown-batch-kind": [.content(.header)],
        "reserved-not-zero": [.content(.header)],
        "rows-out-of-order": [.content(.order)],
        "unknown-kind": [.content(.packKind)],
        "kind-in-wrong-batch": [.content(.packKind)],
        "replaced-pack-out-of-place": [replaced],
        "replaced-pack-missing": [replaced],
        "wrong-pack-number": [
            .content(.packNumber),
            .content(.replacedNumber),
        ],
        "pairs-of-specimens": [.content(.pair)],
        "pairs-out-of-order": [.content(.order)],
        "pair-of-one": [.content(.pair)],
    ]
    private static let replaced = RegisterError.content(.replacement)

    private static func election(_ test: VectorObject) throws -> Election {
        .standIn(
            try test.electionID(), registerKey: try test.bytes("registerKey"),
            digest: try test.bytes("electionDigest"))
    }

    private static func row(_ row: VectorObject, _ election: Election) throws -> RegisterRow {
        // Zero is no pack number: where nothing is replaced.
        let replaced = try row.u64("replaces")
        return RegisterRow(
            lookup: Lookup(id: LookupID(try row.bytes("lookupId")), tag: Tag(try row.bytes("tag"))),
            pack: try #require(PackNumber(try row.u64("pack"), constant: election.constant)),
            voter: VoterNumber(try row.bytes("voterNumber")),
            answers: AnswerTag(try row.bytes("answerTag")),
            kind: try #require(PackKind(rawValue: UInt8(try row.int("kind")))),
            replaced: PackNumber(replaced, constant: election.constant))
    }

    private static func pair(_ pair: VectorObject, _ election: Election) throws -> PackPair {
        PackPair(
            kept: try #require(PackNumber(try pair.u64("kept"), constant: election.constant)),
            cancelled: try #require(PackNumber(try pair.u64("cancelled"), constant: election.constant)))
    }

    private static func encoded(_ row: RegisterRow) -> [UInt8] {
        var bytes = Bytes<97>()
        bytes.withMutableBytes { row.write(into: &$0) }
        return bytes.array
    }

    @Test func allAreRun() {
        #expect(Self.writings.count + Self.readings.count == Self.file.count)
    }
}
