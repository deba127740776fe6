import Foundation
import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/manifest-signature.json: section 13. We sign, and the stock minisign
/// verifies. So it also does the `verify` of the vectors.
@Suite struct ManifestSignatureVectorTests {
    static let file = VectorFile("manifest-signature")
    static let signings = file.tests("sign")
    static let verifications = file.tests("verify")

    @Test(arguments: signings)
    func signs(_ test: VectorObject) throws {
        let key = IssuingKey.standIn(manifestSeed: try test.secret("manifestSeed"))
        let election = Election.standIn(try test.electionID(), manifestKey: key.manifestPublicKey)
        #expect(key.manifestPublicKey == (try test.bytes("publicKey")))
        #expect(Minisign.keyID(election) == (try test.bytes("keyId")))
        let content = try test.text("content")
        var hash = Bytes<64>()
        hash.withMutableBytes { out in
            content.withBytes {
                Sodium.blake2b($0, key: RawSpan(), salt: Bytes(), label: .none, into: &out)
            }
        }
        #expect(hash == (try test.bytes("contentHash")))
        let publicKey = Minisign.publicKeyFile(election, comment: try test.string("keyComment"))
        #expect(publicKey == (try test.string("publicKeyText")))
        let signature = Minisign.sign(
            content, comment: try test.string("trustedComment"),
            untrusted: try test.string("untrustedComment"), election: election, key: key)
        #expect(signature == (try test.string("signatureText")))
        #expect(test.unread == [])
    }

    /// What the stock minisign lets pass and section 13 does not: it reads old
    /// signatures, skips lines that it does not need, and does not mind how they end.
    private static let mild: Set = [
        "a signature that is not prehashed", "a fifth line", "an empty fifth line", "the four lines twice",
        "no LF at the end", "CRLF", "the key's file: no LF at the end", "the key's file: a third line",
        "the key's file: an empty third line", "the key's file: a comment without its name",
    ]

    @Test(arguments: verifications)
    func verifies(_ test: VectorObject) throws {
        let folder = TemporaryFolder()
        try folder.write("m", try test.text("content"))
        try folder.write("key", Array(try test.string("publicKeyText").utf8))
        try folder.write("m.minisig", Array(try test.string("signatureText").utf8))
        let run = try Tool.run("minisign", ["-V", "-p", folder.file("key"), "-m", folder.file("m")])
        let passes = try test.reason == nil || Self.mild.contains(test.string("comment"))
        #expect((run.status == 0) == passes)
        if try test.reason == nil {
            let comment = "Trusted comment: \(try test.string("trustedComment"))\n"
            #expect(String(decoding: run.output, as: UTF8.self).contains(comment))
        }
        #expect(test.unread == [])
    }

    @Test func allAreRun() {
        #expect(Self.signings.count + Self.verifications.count == Self.file.count)
        let comments = Set(Self.verifications.compactMap { try? $0.string("comment") })
        #expect(Self.mild.isSubset(of: comments))
    }

    /// Both files as they are written in earnest, comments included.
    @Test func minisignVerifies() throws {
        let folder = TemporaryFolder()
        let key = IssuingKey.standIn()
        let election = Election.standIn(ElectionID.random(), manifestKey: key.manifestPublicKey)
        let content = Array("{\"counterfoil\": \"manifest 1\"}\n".utf8)
        try folder.write("m.json", content)
        try folder.write("manifest.pub", Array(Minisign.publicKeyFile(election).utf8))
        let signature = Minisign.sign(content, comment: "batch B01", election: election, key: key)
        try folder.write("m.json.minisig", Array(signature.utf8))
        let verify = ["-V", "-p", folder.file("manifest.pub"), "-m", folder.file("m.json")]
        let good = try Tool.run("minisign", verify)
        #expect(good.status == 0)
        #expect(String(decoding: good.output, as: UTF8.self).contains("batch B01"))
        try folder.write("m.json", content + [0x0A])
        #expect(try Tool.run("minisign", verify).status != 0)
    }
}
