import Foundation
import TestSupport
import Testing

@testable import Counterfoil

@Suite struct SecretBytesTests {
    @Test func holdsWhatItWasGiven() {
        let secret = [UInt8](0..<64).withBytes { SecretBytes(copying: $0) }
        #expect(secret.count == 64)
        #expect(secret.array == Array(0..<64))
        #expect(secret.slice(8..<24).array == Array(8..<24))
        #expect(secret.slice(64..<64).count == 0)
        #expect(SecretBytes(count: 5) { _ in }.array == [0, 0, 0, 0, 0])
    }

    @Test func passesOnWhatItsMakerThrows() {
        let error = StreamError(.read, "memory", .closed)
        #expect(throws: error) {
            _ = try SecretBytes(count: 8) { (_) throws(StreamError) in throw error }
        }
    }

    @Test func isRandom() {
        let a = SecretBytes.random(count: 32).array
        let b = SecretBytes.random(count: 32).array
        #expect(a != b)
        #expect(a != [UInt8](repeating: 0, count: 32))
        // Every byte of it: one that is the same 40 times is not random.
        let draws = (0..<40).map { _ in SecretBytes.random(count: 33).array }
        for i in 0..<33 { #expect(Set(draws.map { $0[i] }).count > 1, "byte \(i)") }
        #expect(ElectionID.random() != ElectionID.random())
    }

    /// A secret is shared between threads because nothing can write to it any more.
    @Test func nothingCanWriteToASecret() throws {
        let secret = SecretBytes.random(count: 32)
        let scratch = SecretScratch(count: 32)
        #expect(try Self.rights(at: UInt(bitPattern: unsafe secret.memory)) == "r--p")
        // The control.
        #expect(try Self.rights(at: UInt(bitPattern: unsafe scratch.memory)) == "rw-p")
        withExtendedLifetime(secret) {}
        withExtendedLifetime(scratch) {}
    }

    /// What the process may do with the memory at an address.
    private static func rights(at address: UInt) throws -> String? {
        // A file of the kernel's, which has no size.
        let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps"))
        var text = Data()
        while case let some = file.availableData, !some.isEmpty { text += some }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2, (ends[0]..<ends[1]).contains(address) { return String(words[1]) }
        }
        return nil
    }

    @Test func isWiped() {
        var scratch = SecretScratch(count: 32)
        let fresh = scratch.withBytes { $0.array }
        #expect(fresh == [UInt8](repeating: 0, count: 32))
        scratch.withMutableBytes { $0.copy(RawSpan(), at: 32) }
        scratch.withMutableBytes(in: 4..<8) { out in
            for i in 0..<4 { out.put(0xAA as UInt8, at: i) }
        }
        let filled = scratch.withBytes { $0.array }
        #expect(filled[..<10] == [0, 0, 0, 0, 0xAA, 0xAA, 0xAA, 0xAA, 0, 0])
        scratch.wipe()
        let wiped = scratch.withBytes { $0.array }
        #expect(wiped == fresh)
    }

    @Test func wipesCodesAndSecrets() {
        var slot = CodeSlot(.standIn(ElectionID(Bytes())))
        let reading = Array("0123-4567".utf8).withBytes { slot.read($0) }
        #expect(reading == .malformed(Groups()))
        _ = slot.lookup(LedgerKey(.filled(1)))
        func all(_ slot: borrowing CodeSlot) -> [[UInt8]] {
            [
                slot.symbols.withBytes { $0.array }, slot.secrets.withBytes { $0.array },
                slot.withChain { $0.array },
            ]
        }
        #expect(all(slot).allSatisfy { $0.contains { $0 != 0 } })
        slot.wipe()
        #expect(all(slot).allSatisfy { $0.allSatisfy { $0 == 0 } })
    }

    @Test func comparesAllBytes() {
        let a = [UInt8](repeating: 7, count: 32)
        for i in 0..<32 {
            var b = a
            b[i] ^= 0x80
            let same = a.withBytes { a in b.withBytes { Sodium.equal(a, $0) } }
            #expect(!same)
            #expect(!Tag(Bytes(a)!).matches(Tag(Bytes(b)!)))
            #expect(Bytes<32>(a) != Bytes<32>(b))
        }
        #expect(Tag(Bytes(a)!).matches(Tag(Bytes(a)!)))
        let shorter = a.withBytes { Sodium.equal($0.extracting(0..<31), $0) }
        #expect(!shorter)
    }
}
