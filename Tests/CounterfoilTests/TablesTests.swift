import TestSupport
import Testing

@testable import Counterfoil

/// Tables in the sources that are the specification's, and must stay so.
@Suite struct TablesTests {
    @Test func refusedWordsAreTheFiles() throws {
        let file = String(decoding: try Repository.read("vectors/data/refused-words.txt"), as: UTF8.self)
        #expect(RefusedWords.list.map { $0 + "\n" }.joined() == file)
        for (a, b) in zip(RefusedWords.list, RefusedWords.list.dropFirst()) { #expect(a < b) }
        for word in RefusedWords.list {
            #expect((3...4).contains(word.utf8.count))
            #expect(word.utf8.allSatisfy { (0x41...0x5A).contains($0) })
        }
    }

    /// In every group of a code and of the pack number after it.
    @Test func refusedWordsAreSpelledInAnyGroup() {
        let letters: [UInt8: UInt8] = [0x55: 0x56]  // U is written V
        for word in RefusedWords.list {
            let symbols = word.utf8.map { UInt8(Alphabet.read(letters[$0] ?? $0) & 31) }
            for group in 0..<10 {
                var text = [UInt8](repeating: 30, count: 40)
                text.replaceSubrange(4 * group..<4 * group + symbols.count, with: symbols)
                #expect(RefusedWords.spelled(in: text), "\(word) \(group)")
                #expect(!RefusedWords.spelled(in: Array(text[..<(4 * group)])))
            }
        }
        let harmless = [UInt8](repeating: 30, count: 40)
        #expect(!RefusedWords.spelled(in: harmless))
    }

    @Test func textFoldIsTheFiles() throws {
        let file = String(decoding: try Repository.read("vectors/data/text-fold.txt"), as: UTF8.self)
        var entries: [UInt64] = []
        for line in file.split(separator: "\n") {
            let parts = line.split(separator: ";")
            let to = try parts[1].split(separator: " ").map { try #require(UInt64($0, radix: 16)) }
            let from = try #require(UInt64(parts[0], radix: 16))
            #expect((1...2).contains(to.count))
            entries.append(from << 42 | to[0] << 21 | (to.count == 2 ? to[1] : 0))
            let found = try #require(TextFold.replacement(of: UInt32(from)))
            #expect(UInt64(found.0) == to[0] && UInt64(found.1) == (to.count == 2 ? to[1] : 0))
        }
        #expect(TextFold.entries == entries)
        // What election.json has of it is the digest of the file itself.
        var digest = Bytes<32>()
        Array(file.utf8).withBytes { file in
            digest.withMutableBytes {
                Sodium.blake2b(file, key: RawSpan(), salt: Bytes(), label: .textFold, into: &$0)
            }
        }
        #expect(TextFold.digest == digest)
        for (a, b) in zip(entries, entries.dropFirst()) { #expect(a >> 42 < b >> 42) }
        let listed = Set(entries.map { UInt32($0 >> 42) })
        for scalar in UInt32(0)..<0x3000 where !listed.contains(scalar) {
            #expect(TextFold.replacement(of: scalar) == nil)
        }
    }

    static let labels: [(String, Label)] = [
        ("cf1.constant", .constant), ("cf1.election", .election), ("cf1.refused", .refusedWords),
        ("cf1.subkey", .subkey), ("cf1.pack-code", .packCode), ("cf1.voter", .voterNumber),
        ("cf1.lookup", .lookup), ("cf1.codesecret", .codeSecrets), ("cf1.answers", .answers),
        ("cf1.idempotent", .idempotency), ("cf1.receipt", .receipt), ("cf1.batchplan", .batchPlan),
        ("cf1.batchbook", .batchBook), ("cf1.register", .register), ("cf1.manifest", .manifestKey),
        ("cf1.logentry", .logEntry), ("cf1.textfold", .textFold), ("cf1.opening", .opening),
        ("cf1.code-open", .codeOpening), ("cf1.code-try", .codeTrial), ("cf1.code-tag", .codeTag),
    ]

    /// The labels of section 1's two tables, and each its own.
    @Test func labelsAreTheSpecifications() throws {
        let text = String(decoding: try Repository.read("vectors/README.md"), as: UTF8.self)
        let specified = text.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\| `(?:pad\(")?(cf1\.[a-z-]+)(?:", 16\))?` \|/).map { String($0.1) }
        }
        #expect(Set(specified) == Set(Self.labels.map(\.0)))
        #expect(specified.count == Self.labels.count)
        for (name, label) in Self.labels {
            let bytes = Array(name.utf8)
            #expect((9...16).contains(bytes.count))
            #expect(label.padded.array == bytes + [UInt8](repeating: 0, count: 16 - bytes.count))
        }
        #expect(Set(Self.labels.map(\.1.padded)).count == Self.labels.count)
    }

    @Test func alphabetIsCrockfords() {
        let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        var printed = [UInt8](repeating: 0, count: Alphabet.printedCount(32))
        Array(UInt8(0)..<32).withBytes { values in
            printed.withMutableBytes { Alphabet.print(values, into: &$0, at: 0) }
        }
        #expect(printed.filter { $0 != 0x2D } == symbols)
        let alike: [UInt8: UInt8] = [0x4F: 0, 0x49: 1, 0x4C: 1]
        for byte in UInt8.min...UInt8.max {
            let upper = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
            let value = alike[upper] ?? symbols.firstIndex(of: upper).map { UInt8($0) }
            #expect(Alphabet.read(byte) == value.map { UInt32($0) | 0x100 } ?? 0, "\(byte)")
        }
    }
}

/// The vectors and the second implementation agree with each other today.
@Suite struct VectorsTests {
    @Test func areUpToDate() throws {
        let check = try Tool.run("python3", ["reference.py", "check"], in: Repository.root + "/vectors")
        #expect(check.status == 0, "\(String(decoding: check.output, as: UTF8.self))")
        #expect(String(decoding: check.output, as: UTF8.self).contains("0 failed"))
    }
}
