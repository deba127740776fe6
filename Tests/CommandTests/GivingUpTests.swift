import Foundation
import TestSupport
import Testing

@Suite("A batch that is given up, and what is left of its key")
struct GivingUpTests {
    let ballot: Ballot
    private let page = "ballot/issuing/book/B01.batch"
    private let leftover = "ballot/issuing/book/.B01.batch.partial"

    init() throws { ballot = try Ballot(members: 5) }

    /// Files of 512 bytes at most: enough for the page, and for nothing after it.
    private func begin() throws {
        let limited = ["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", counterfoil]
        let child = try Child(
            "/bin/sh", limited + ballot.issue(), input: .nothing, output: .collected, errors: .collected,
            in: ballot.folder.path)
        expectStop(child.finish(), 3, "cannot write to out", "File too large")
        #expect(try ballot.folder.bytes(page)[73] == 1)
    }

    private func hasKey(_ file: String) throws -> Bool {
        try ballot.folder.bytes(file)[152..<224].contains { $0 != 0 }
    }

    /// A second name shows what becomes of a file after its first is gone.
    private func name(_ file: String, _ other: String) throws {
        try FileManager.default.linkItem(atPath: ballot.folder.path(file), toPath: ballot.folder.path(other))
    }

    @Test("A page does not keep the key when a finished one takes its place")
    func replaced() throws {
        try begin()
        try name(page, "begun")
        #expect(try hasKey("begun"))
        expectDone(try ballot.run(ballot.issue()))
        #expect(try !hasKey("begun") && hasKey(page))
        #expect(try ballot.folder.bytes(page)[73] == 2)
    }

    @Test("A page that a killed run left without its name is wiped, by the next run and by destroy")
    func left() throws {
        try begin()
        for arguments in [ballot.issue(), ["destroy", "--keys", "ballot/issuing", "B01", "--confirm"]] {
            try ballot.folder.copy(page, to: leftover)
            let left = try FileHandle(forReadingFrom: URL(filePath: ballot.folder.path(leftover)))
            expectDone(try ballot.run(arguments))
            #expect(!ballot.folder.exists(leftover))
            #expect(try left.readToEnd()?.allSatisfy { $0 == 0 } == true)
        }
        #expect(try !hasKey(page))
    }

    @Test("What has another name than that of a left file is not overwritten")
    func notLeft() throws {
        try begin()
        try ballot.folder.copy(page, to: "mine")
        try name("mine", leftover)
        expectDone(try ballot.run(ballot.issue()))
        #expect(try !ballot.folder.exists(leftover) && hasKey("mine"))
    }

    @Test("A batch whose manifest is there is to be run again, not given up")
    func published() throws {
        try begin()
        let destroy = ["destroy", "--keys", "ballot/issuing", "B01"]
        for arguments in [destroy, ballot.issue("B02")] {
            expectStop(
                try ballot.run(arguments), 1, "begun and not finished", "B01.manifest.json",
                "do not give it up", "--give-up")
        }
        let help = try ballot.run(["help", "destroy"]).output.split(whereSeparator: \.isWhitespace)
        #expect(help.joined(separator: " ").contains("do not give it up"))
        let shown = try ballot.run(destroy + ["--give-up"])
        #expect(shown.status == 1 && shown.output.contains("begun and not finished"), "\(shown)")
        #expect(ballot.folder.exists(page))
        expectDone(try ballot.run(destroy + ["--give-up", "--confirm"]))
        // What its run has written is nobody's now, and not to be mixed with another's.
        expectStop(try ballot.run(ballot.issue()), 3, "out/B01.csv.age exists already", "move it away")
        try ballot.folder.remove("out")
        expectDone(try ballot.run(ballot.issue()))
    }
}
