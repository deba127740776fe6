import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/manifest.json: section 13, what a manifest says.
@Suite struct ManifestVectorTests {
    static let file = VectorFile("manifest")
    static let written = file.tests("write")

    @Test(arguments: written)
    func writes(_ test: VectorObject) throws {
        let election = Election(
            unjudged: try test.electionID(), name: try test.string("electionName"), codeLength: .twenty,
            questions: [], lockAfter: 5, lifetimeLimit: 15, voterIDs: .anyCase,
            refusedWords: RefusedWords.digest, textFold: TextFold.digest, registerKey: Bytes(),
            manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes(),
            digest: try test.bytes("electionDigest"))
        let separator = try test.string("separator").utf8
        #expect(separator.count == 1)
        let manifest = Manifest(
            batch: try test.batchName(), kind: try test.batchKind(), packs: try test.int("packs"),
            postOnly: try test.int("postOnly"), byteOrderMark: try test.bool("byteOrderMark"),
            separator: separator.first!,
            columns: try test.objects("columns").map {
                Manifest.Column(name: try $0.string("name"), longest: try $0.int("longest"))
            },
            files: try test.objects("files").map {
                Manifest.File(
                    name: try $0.string("name"), bytes: try $0.int("bytes"), sha256: try $0.bytes("sha256"),
                    encrypted: try $0.bool("encrypted"), firstSequence: try $0.int("firstSequence"),
                    lastSequence: try $0.int("lastSequence"))
            },
            registerName: try test.string("registerName"), registerBytes: try test.int("registerBytes"),
            registerDigest: RegisterDigest(try test.bytes("registerDigest")))
        let json = Array(manifest.json(election).utf8)
        // One LF at the end, and it is the manifest of this election alone.
        #expect(json.last == 0x0A && json.dropLast().last != 0x0A)
        #expect(Manifest.is(json, of: election))
        #expect(!Manifest.is(json, of: .standIn(ElectionID(Bytes()))))
        let expected = try JSONValue.parse(Array(test.string("manifest").utf8))
        #expect(try JSONValue.parse(json).text(indented: false) == expected.text(indented: false))
        #expect(test.unread == [])
    }

    @Test func allAreRun() { #expect(Self.written.count == Self.file.count) }
}
