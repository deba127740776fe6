import TestSupport
import Testing

@testable import Counterfoil

/// Hex, base64 and base64url, big-endian numbers.
@Suite struct EncodingTests {
    /// RFC 4648, section 10.
    static let examples = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: examples)
    func writesBase64(_ plain: String, _ encoded: String) {
        let bytes = Array(plain.utf8)
        #expect(bytes.withBytes { Base64.encode($0) } == encoded)
        let bare = String(encoded.prefix { $0 != "=" })
        #expect(bytes.withBytes { Base64.encode($0, url: true) } == bare)
        #expect(decode(bare) == bytes)
    }

    @Test func hasTheAlphabetOfURLs() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF, 0xFF, 0xFE]
        #expect(bytes.withBytes { Base64.encode($0) } == "++///" + "/4=")
        #expect(bytes.withBytes { Base64.encode($0, url: true) } == "--___" + "_4")
        #expect(decode("--____4") == bytes)
    }

    @Test func readsBackEveryLength() {
        for count in 0..<100 {
            let bytes = SecretBytes.random(count: count).array
            #expect(decode(bytes.withBytes { Base64.encode($0, url: true) }) == bytes)
        }
    }

    @Test(arguments: [
        "Z", "Zm9vY", "Zg==", "Zm8=", "=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9+", "Zm9/", "Zm9v=",
        "Zm9,", "Zm9\u{E9}",
        // Bits after the last byte: another spelling of the same bytes.
        "Zh", "Zj", "Zm9", "Zm-", "Z_",
    ])
    func refusesBase64URL(_ text: String) { #expect(decode(text) == nil) }

    private func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withBytes { Base64.decodeURL($0) }
    }

    @Test func writesAndReadsHex() {
        #expect(Hex.encode([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(Hex.decode("000fa5ff") == [0x00, 0x0F, 0xA5, 0xFF])
        #expect(Hex.decode("") == [])
        for bad in ["0", "000", "0G", "g0", "AB", "0x", " 0", "é", "a/", "a:", "a`"] {
            #expect(Hex.decode(bad) == nil, "\(bad)")
        }
        #expect(Bytes<4>(hex: "000fa5ff")?.array == [0x00, 0x0F, 0xA5, 0xFF])
        #expect(Bytes<4>(hex: "000fa5") == nil)
        #expect(Bytes<4>([1, 2, 3]) == nil)
    }

    @Test func isBigEndian() {
        var out = Bytes<17>()
        out.withMutableBytes { out in
            out.put(0x0102 as UInt16, at: 0)
            out.put(0x0304_0506 as UInt32, at: 2)
            out.put(0x0708_090A_0B0C_0D0E as UInt64, at: 6)
            out.put(0x0F as UInt8, at: 14)
        }
        #expect(out.array == Array(1...15) + [0, 0])
        out.withBytes { bytes in
            #expect(bytes.u32(2) == 0x0304_0506)
            #expect(bytes.u64(6) == 0x0708_090A_0B0C_0D0E)
        }
        var array: [UInt8] = []
        array.appendBigEndian(0x0102 as UInt16)
        array.appendWithLength([9])
        array.appendPadded([7], to: 3)
        #expect(array == [1, 2, 0, 0, 0, 1, 9, 7, 0, 0])
    }
}
