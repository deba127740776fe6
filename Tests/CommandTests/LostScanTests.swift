import Foundation
import TestSupport
import Testing

@Suite("Scans whose answers were lost")
struct LostScanTests {
    let ballot: Ballot
    let packs: [String]

    init() throws {
        ballot = try Ballot(members: 4)
        try ballot.prepare()
        packs = try ballot.packs().map(\.pack)
    }

    private func scan(_ packs: [String], output: Output = .collected) throws -> Ended {
        try ballot.run(
            ["postal"] + Ballot.desk + ["--by", "Table 3"], input: .text(packs.map { $0 + "\r\n" }.joined()),
            output: output)
    }

    private func pending() -> [String] {
        ballot.folder.names().filter { $0.hasPrefix("ballot.ledger.scans-") }
    }

    /// Scans that are recorded, while nobody hears the answers.
    private func lose(_ packs: [String]) throws {
        expectStop(try scan(packs, output: .unread), 3, "scan these envelopes again")
        let count = packs.count
        #expect(try ballot.status().votes.post == count)
        #expect(pending().count == 1)
    }

    @Test("A scan that is made again, after a restart, is answered as the first time")
    func again() throws {
        try lose(Array(packs.prefix(2)))
        let again = try scan(Array(packs.prefix(3)))
        #expect(again.lines == packs.prefix(3).map { "\($0): received" })
        #expect(pending().isEmpty)
        // Each answer is given back once: this is the same envelope once more.
        let more = try scan([packs[0]])
        #expect(more.lines[0].contains("by Table 3 stays counted"))
    }

    @Test("Control: without what was kept, the envelope would be called one that was scanned before")
    func control() throws {
        try lose([packs[0]])
        for name in pending() { try ballot.folder.remove(name) }
        #expect(try scan([packs[0]]).lines[0].contains("scanned before"))
    }

    @Test("Two losses in a row, and an annulled return in between")
    func annulled() throws {
        try lose([packs[0]])
        try lose([packs[0]])
        let scan = try ballot.scan(of: packs[0])
        expectDone(
            try ballot.run(
                ["annul"] + Ballot.desk + [packs[0], "--scan", scan, "--reason", "mistake"]))
        #expect(try self.scan([packs[0]]).lines[0].contains("NOT COUNTED"))
        #expect(try self.scan([packs[0]]).lines[0] == "\(packs[0]): received")
        // The old scan cannot take back the new return.
        let again = try ballot.run(
            ["annul"] + Ballot.desk + [packs[0], "--scan", scan, "--reason", "mistake"])
        expectStop(again, 1, "was annulled before")
        #expect(try ballot.status().votes.post == 1)
    }

    @Test("What a process at work has asked is its own: another table's scan is another scan")
    func twoTables() throws {
        let first = try ballot.start(
            ["postal"] + Ballot.desk + ["--by", "Table 1"], input: .pipe, output: .pipe)
        first.write(packs[0] + "\n")
        #expect(first.line() == "\(packs[0]): received")
        let second = try scan([packs[0]])
        #expect(second.lines[0].contains("by Table 1 stays counted"))
        first.endInput()
        expectDone(first.finish())
        #expect(pending().isEmpty)
    }

    /// Between the opening of a file and its locking, another process may take it
    /// over, be done with it, and remove it. This does so with the first one.
    private func whereTheFirstIsRemoved() throws -> [String: String] {
        try ballot.folder.write(
            "removed.c",
            """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <string.h>
            #include <unistd.h>
            #include <sys/file.h>
            int flock(int file, int operation) {
                static int calls;
                char link[64], path[4096] = "";
                snprintf(link, sizeof link, "/proc/self/fd/%d", file);
                ssize_t count = readlink(link, path, sizeof path - 1);
                if (count > 0 && strstr(path, ".scans-") && !calls++) unlink(path);
                return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(file, operation);
            }

            """)
        let made = try Child(
            "clang", ["-shared", "-fPIC", "-o", "removed.so", "removed.c", "-ldl"], in: ballot.folder.path
        ).finish()
        try #require(made.status == 0, "\(made)")
        return ["LD_PRELOAD": ballot.folder.path("removed.so")]
    }

    @Test("What another process has taken over and removed is that process's")
    func removedByAnother() throws {
        try lose([packs[0]])
        let ended = try Child(
            counterfoil, ["postal"] + Ballot.desk + [packs[0]], environment: try whereTheFirstIsRemoved(),
            in: ballot.folder.path
        ).finish()
        #expect(ended.output.contains("scanned before"), "\(ended)")
    }

    @Test("A new file that another process removes at once is made again")
    func newOneRemoved() throws {
        let table = try Child(
            counterfoil, ["postal"] + Ballot.desk, input: .pipe, output: .pipe,
            environment: try whereTheFirstIsRemoved(), in: ballot.folder.path)
        table.write(packs[0] + "\n")
        #expect(table.line() == "\(packs[0]): received")
        #expect(pending().count == 1)
        table.endInput()
        expectDone(table.finish())
        #expect(pending().isEmpty)
    }

    @Test("Where they cannot be kept, nothing is asked")
    func unwritable() throws {
        let ended = try ballot.run(
            ["postal"] + Ballot.desk + ["--pending", "no-such-folder/scans-", packs[0]])
        expectStop(ended, 3, "no-such-folder")
        #expect(try ballot.status().votes.post == 0)
    }

    @Test("By the time that `show` prints, to the second")
    func byTime() throws {
        expectDone(try scan([packs[0]]))
        let shown = try ballot.run(["show", "--ledger", "ballot.ledger", packs[0], "--zone", "+05:30"])
        let line = try #require(shown.lines.first { $0.contains("received by post") })
        let time = line.trimmingCharacters(in: .whitespaces).prefix(26)
        func annul(_ time: String) throws -> Ended {
            try ballot.run(["annul"] + Ballot.desk + [packs[0], "--scan", time, "--reason", "mistake"])
        }
        expectStop(try annul("2026-01-01T00:00:00Z"), 1, "no return was received at that time")
        expectDone(try annul(String(time)))
        #expect(try ballot.status().votes.post == 0)
    }
}
