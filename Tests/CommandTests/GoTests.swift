import Foundation
import TestSupport
import Testing

/// What the desk signs and what `prove` prints, read by Go's `sumdb/note` and
/// `sumdb/tlog` (Debian: golang-go, golang-golang-x-mod-dev).
@Suite("Go's verifiers take checkpoints and proofs, and no altered one")
struct GoTests {
    private static let whole: Result<Go, any Error> = Result {
        let go = try Go()
        // What is static is never let go.
        atexit { try? FileManager.default.removeItem(atPath: GoTests.whole.get().folder.path) }
        return go
    }

    @Test("every entry about every pack")
    func all() throws {
        let made = try LoggedBallot.copy()
        let ballot = made.ballot
        let go = try Self.whole.get()
        var proofs = 0
        for pack in made.packs {
            var entries = try ballot.entries(about: pack.pack, "late.checkpoint")
            // One alone is not listed, but proved.
            if entries.isEmpty { entries = [-1] }
            for entry in entries {
                let ended = try ballot.run(
                    ["prove", "--ledger", "ballot.ledger", "--checkpoint", "late.checkpoint", pack.pack]
                        + (entry < 0 ? [] : ["--entry", "\(entry)"]))
                if ended.status == 1, entry < 0 { continue }
                expectDone(ended)
                try ballot.folder.write("proof", ended.bytes)
                let said = try go.verify(in: ballot, "late.checkpoint", "proof")
                #expect(said.status == 0, "\(said)")
                if entry >= 0 { #expect(said.output.contains("entry \(entry), of type "), "\(said)") }
                proofs += 1
            }
        }
        #expect(proofs >= 20)
    }

    @Test("an altered checkpoint or proof, another key")
    func altered() throws {
        let made = try LoggedBallot.copy()
        let ballot = made.ballot
        let go = try Self.whole.get()
        let ended = try ballot.run([
            "prove", "--ledger", "ballot.ledger", "--checkpoint", "late.checkpoint", made.packs[1].pack,
        ])
        expectDone(ended)
        try ballot.folder.write("proof", ended.bytes)
        let good = try go.verify(in: ballot, "late.checkpoint", "proof")
        #expect(good.status == 0 && good.output.contains("of type 6\n"), "\(good)")

        // An early checkpoint is signed as well, but is not the proof's.
        #expect(try go.verify(in: ballot, "early.checkpoint").status == 0)
        #expect(try go.verify(in: ballot, "early.checkpoint", "proof").status == 1)
        // A byte of each part of a checkpoint. Its name's is part of what is signed.
        let checkpoint = try ballot.folder.text("late.checkpoint")
        for (i, line) in checkpoint.split(separator: "\n").enumerated() {
            for (j, c) in line.enumerated() where j % 7 == 3 && c.isASCII && c != " " {
                var lines = checkpoint.split(separator: "\n").map(String.init)
                var changed = Array(lines[i])
                changed[j] = c == "A" ? "B" : "A"
                lines[i] = String(changed)
                try ballot.folder.write("altered", lines[0...2].joined(separator: "\n") + "\n\n\(lines[3])\n")
                #expect(try go.verify(in: ballot, "altered").status == 1, "line \(i), \(j)")
            }
        }
        // What is proved, where, and by which hashes.
        let lines = ended.lines
        func refused(_ line: Int, _ replacement: String, _ words: String) throws {
            let old = lines[line] + "\n"
            try ballot.folder.write("altered", ended.output.replacing(old, with: replacement + "\n"))
            let said = try go.verify(in: ballot, "late.checkpoint", "altered")
            #expect(said.status == 1 && said.errors.contains(words), "line \(line): \(said)")
        }
        var extra = try #require(Data(base64Encoded: String(lines[1].dropFirst(6))))
        for byte in [9, 25, 42, 106, extra.count - 1] {
            extra[byte] ^= 1
            try refused(1, "extra \(extra.base64EncodedString())", "invalid transparency proof")
            extra[byte] ^= 1
        }
        let index = try #require(Int(lines[2].dropFirst(6)))
        try refused(2, "index \(index + 1)", "invalid transparency proof")
        try refused(3, lines[4], "invalid transparency proof")

        try ballot.keygen(to: "other")
        let other = try go.verify(in: ballot, key: "other/public/checkpoint.pub", "late.checkpoint")
        #expect(other.status == 1)
    }
}

/// Go's side, built once.
private final class Go: Sendable {
    let folder: Folder

    init() throws {
        folder = try Folder()
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Support/verify.go").path
        // Debian keeps the sources of packages there; nothing is fetched.
        let built = try Child(
            "go", ["build", "-o", "verify", source],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": folder.path("cache"),
                "GOFLAGS": "", "HOME": folder.path,
            ], in: folder.path
        ).finish(within: 300)
        try #require(built.status == 0, "\(built)")
    }

    func verify(
        in ballot: Ballot, key: String = "ballot/public/checkpoint.pub", _ files: String...
    ) throws -> Ended {
        try Child(folder.path("verify"), [key] + files, in: ballot.folder.path).finish()
    }
}
