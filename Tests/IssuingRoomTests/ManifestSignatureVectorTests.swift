import Foundation
import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// vectors/manifest-signature.json: section 13. We sign; the stock minisign
/// verifies, and so the vectors' `verify` is left to it.
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

    @Test func allAreRun() {
        let left = 20
        #expect(Self.verifications.count == left)
        #expect(Self.signings.count + left == Self.file.count)
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
