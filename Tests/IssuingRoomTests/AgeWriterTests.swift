import Foundation
import TestSupport
import Testing

@testable import Counterfoil
@testable import IssuingRoom

/// What we write, the stock `age` opens.
@Suite struct AgeWriterTests {
    /// A recipient and the file with its secret key, from the stock `age-keygen`.
    private func recipient(_ name: String, _ folder: TemporaryFolder) throws -> AgeRecipient {
        #expect(try Tool.run("age-keygen", ["-o", folder.file(name)]).status == 0)
        let shown = try Tool.run("age-keygen", ["-y", folder.file(name)])
        let text = String(decoding: shown.output, as: UTF8.self).trimmingCharacters(in: .newlines)
        return try AgeRecipient(text)
    }

    private func sealed(
        _ plain: [UInt8], for recipients: [AgeRecipient], in pieces: [Int] = []
    ) throws -> [UInt8] {
        var writer = try AgeWriter(to: MemorySink(), recipients: recipients)
        var start = 0
        for size in pieces + [plain.count] {
            let end = min(plain.count, start + size)
            try plain[start..<end].asArray { piece in
                try piece.withBytes { (bytes) throws(StreamError) in try writer.write(bytes) }
            }
            start = end
        }
        try writer.finish()
        return writer.sink.bytes
    }

    private func open(_ file: [UInt8], _ key: String, _ folder: TemporaryFolder) throws -> Tool.Result {
        try folder.write("file.age", file)
        return try Tool.run("age", ["-d", "-i", folder.file(key), folder.file("file.age")])
    }

    /// Whether the key opens the file to this text. A verdict alone: nobody
    /// wants to read where two files of 64 KiB differ.
    private func opens(
        _ file: [UInt8], _ key: String, _ folder: TemporaryFolder, to plain: [UInt8]
    ) throws -> Bool {
        let result = try open(file, key, folder)
        return result.status == 0 && result.output == plain
    }

    @Test(arguments: [0, 1, 65535, 65536, 65537, 131072])
    func ageOpens(_ size: Int) throws {
        let folder = TemporaryFolder()
        let house = try recipient("house", folder)
        let plain = SecretBytes.random(count: size).array
        let file = try sealed(plain, for: [house])
        #expect(try opens(file, "house", folder, to: plain))
        // In pieces as they come, the file holds the same.
        let pieces = [1, 65535, 0, 1, 30000, 65536]
        let again = try sealed(plain, for: [house], in: pieces)
        #expect(again.count == file.count)
        #expect(try opens(again, "house", folder, to: plain))
    }

    @Test func eachOfTwoRecipientsOpens() throws {
        let folder = TemporaryFolder()
        let recipients = [try recipient("house", folder), try recipient("room", folder)]
        _ = try recipient("stranger", folder)
        let plain = SecretBytes.random(count: 70000).array
        let file = try sealed(plain, for: recipients)
        for key in ["house", "room"] { #expect(try opens(file, key, folder, to: plain)) }
        #expect(try open(file, "stranger", folder).status != 0)
        // One bit of the last chunk, and a file cut at a chunk's end.
        var altered = file
        altered[file.count - 1] ^= 1
        #expect(try open(altered, "house", folder).status != 0)
        let cut = Array(file.dropLast(70000 - 65536 + 16))
        #expect(try open(cut, "house", folder).status != 0)
    }

    /// No two files share a key.
    @Test func drawsAnewEachTime() throws {
        let recipient = try AgeRecipient(Self.recipient)
        let plain = [UInt8](repeating: 0, count: 100)
        let (a, b) = (try sealed(plain, for: [recipient]), try sealed(plain, for: [recipient]))
        #expect(a.count == b.count)
        #expect(a.suffix(116) != b.suffix(116))
    }

    /// age's own example (C2SP, age.md).
    static let recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

    @Test func readsRecipients() throws {
        #expect(try AgeRecipient(Self.recipient) == AgeRecipient(Self.recipient.uppercased()))
        for i in Self.recipient.utf8.indices {
            // Every other letter at every place: Bech32 finds any single one.
            var text = Self.recipient
            let old = text[i]
            text.replaceSubrange(i...i, with: old == "q" ? "p" : "q")
            #expect(throws: AgeRecipientError.unreadable) { try AgeRecipient(text) }
        }
    }

    @Test(arguments: [
        "", "age", "age1", "age1q", "age1qqqqqq",
        "bge1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
        "age1Zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwjq",
        " age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnuj\u{0301}wj",
    ])
    func refusesRecipients(_ text: String) {
        #expect(throws: AgeRecipientError.unreadable) { try AgeRecipient(text) }
    }

    /// Well-formed Bech32 of what is no recipient.
    @Test func refusesOtherContents() {
        for (bytes, what) in [
            ([UInt8](repeating: 1, count: 31), "31 bytes"), ([UInt8](repeating: 1, count: 33), "33 bytes"),
            ([UInt8](repeating: 0, count: 32), "the point of order one"),
            ([1] + [UInt8](repeating: 0, count: 31), "a point of order four"),
        ] {
            let text = Self.bech32(bytes)
            #expect(throws: AgeRecipientError.unreadable, "\(what)") { try AgeRecipient(text) }
        }
        #expect(throws: Never.self) { try AgeRecipient(Self.bech32([9] + [UInt8](repeating: 0, count: 31))) }
        #expect(throws: AgeRecipientError.secretKey) { try AgeRecipient("AGE-SECRET-KEY-1QQQ") }
        #expect(throws: AgeRecipientError.sshKey) { try AgeRecipient("ssh-ed25519 AAAA") }
        // A padding bit that is set.
        let padded = Self.bech32([9] + [UInt8](repeating: 0, count: 31), lastSymbol: 1)
        #expect(throws: AgeRecipientError.unreadable) { try AgeRecipient(padded) }
    }

    /// BIP-173's encoder, which the library has no use for.
    static func bech32(_ bytes: [UInt8], lastSymbol: UInt8 = 0) -> String {
        let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
        var symbols: [UInt8] = []
        var (word, bits) = (UInt32(0), UInt32(0))
        for byte in bytes {
            word = (word << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                symbols.append(UInt8(word >> bits & 31))
            }
        }
        if bits > 0 { symbols.append(UInt8(word << (5 - bits) & 31) | lastSymbol) }
        let prefix = Array("age".utf8)
        let expanded = prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
        let check = polymod(expanded + symbols + [0, 0, 0, 0, 0, 0]) ^ 1
        symbols += (0..<6).map { UInt8(check >> (5 * (5 - UInt32($0))) & 31) }
        return "age1" + String(symbols.map { alphabet[Int($0)] })
    }

    private static func polymod(_ values: [UInt8]) -> UInt32 {
        values.reduce(1) { check, value in
            let top = check >> 25
            let rest = (check & 0x1ff_ffff) << 5 ^ UInt32(value)
            return zip(0..., [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3] as [UInt32])
                .reduce(rest) { top >> UInt32($1.0) & 1 == 1 ? $0 ^ $1.1 : $0 }
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func asArray<R>(_ body: ([UInt8]) throws -> R) rethrows -> R { try body(Array(self)) }
}
