import Counterfoil
import Foundation
import Glibc
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// The library as others call it: a package elsewhere that depends on this one
/// and on swift-nio, compiles what the README shows, and votes from many tasks.
@Suite("A package of somebody else's", .serialized)
struct OutsideTests {
    private static let votes = 1024

    @Test("1,024 votes from 32 tasks take at most 40 syncs beyond opening and closing")
    func syncs() throws {
        let outside = try Outside.built.get()
        let idle = try outside.run("votes", codes: 0)
        #expect(idle.counted == 0)
        // The median of three: other work on the machine splits a group now and then.
        let runs = try (0..<3).map { _ in try outside.run("votes", codes: Self.votes) }
        for run in runs { #expect(run.counted == Self.votes) }
        let grouped = runs.sorted { $0.syncs < $1.syncs }[1]
        let alone = try outside.run("blocking", codes: Self.votes)
        #expect(alone.counted == Self.votes)
        print(
            "syncs beyond opening and closing: \(grouped.syncs - idle.syncs), called in tasks that wait: \(alone.syncs - idle.syncs)"
        )
        #expect(grouped.syncs - idle.syncs <= 40)
        // The control: what a caller gets that blocks its tasks.
        #expect(alone.syncs - idle.syncs > 80)
    }

    @Test("A heartbeat goes on while somebody else holds the ledger's lock for three seconds")
    func heartbeat() throws {
        let outside = try Outside.built.get()
        let asleep = try outside.run("sleep", codes: 0)
        let held = try outside.run("votes", codes: Self.votes, lockedFor: 3)
        #expect(held.counted == Self.votes)
        let blocked = try outside.run("blocking", codes: Self.votes, lockedFor: 3)
        #expect(blocked.counted == Self.votes)
        print(
            "heartbeat late by \(held.late) ms, beside a sleep \(asleep.late) ms, in tasks that wait \(blocked.late) ms"
        )
        // A busy machine delays a heartbeat beside a sleep as well.
        #expect(held.late <= 50 + 2 * asleep.late)
        #expect(blocked.late > 1000)
    }

    @Test("Each reason can be told, and what is refused is left as it was")
    func reasons() throws {
        let outside = try Outside.built.get()
        let site = try Site(votes: 2)
        try Rehearsal(seed: 77).writeDesk(to: site.path("other"))
        for name in ["schema.ledger", "open.ledger"] {
            try FileManager.default.copyItem(atPath: site.path("ballot.ledger"), toPath: site.path(name))
        }
        _ = try Tool.run(
            "sqlite3", [site.path("schema.ledger"), "CREATE TABLE more (a)"])
        chmod(site.path("open.ledger"), 0o644)
        let watched = ["ballot.ledger", "schema.ledger", "open.ledger"]
        let before = try watched.map { try Data(contentsOf: URL(filePath: site.path($0))) }
        let ended = try Child(
            outside.program, ["reasons"], input: .nothing, in: site.folder.path
        ).finish()
        #expect(ended.status == 0, "\(ended)")
        #expect(
            ended.lines == [
                "another election: otherElection", "another key: otherKey",
                "another schema: alteredSchema", "not there: missing", "no ledger: unsafePlace openToOthers",
                "others can read it: unsafePlace openToOthers", "there already: exists",
                "an older copy: olderCopy 1000000",
                "what was refused: unchanged", "every form is lent: busy", "closed: closed",
            ])
        // The one desk that was made wrote its own entry, and nothing else did.
        for (i, name) in watched.enumerated().dropFirst() {
            #expect(try Data(contentsOf: URL(filePath: site.path(name))) == before[i], "\(name)")
        }
        #expect(try SQLiteLedger(reading: site.path("ballot.ledger")).summary().entries == 5)
    }
}

/// A ballot that is open, and its codes.
private final class Site {
    let folder = TemporaryFolder()

    init(votes: Int) throws {
        let rehearsal = Rehearsal(seed: 5, questions: 1)
        try rehearsal.writeDesk(to: path("desk"))
        let packs = (0..<max(1, votes)).map { rehearsal.pack($0) }
        let ledger = try SQLiteLedger.create(
            at: path("ballot.ledger"), election: rehearsal.election, at: .test(0))
        let booth = try Booth(rehearsal, ledger)
        try booth.begin(packs)
        booth.desk.drain()
        let lines = packs.prefix(votes).map {
            "\(String(decoding: $0.printedCode, as: UTF8.self))\t\($0.answers[0])\n"
        }
        try Data(lines.joined().utf8).write(to: URL(filePath: path("codes")))
    }

    func path(_ name: String) -> String { folder.file(name) }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }
}

/// The package, built once.
private struct Outside {
    let folder: TemporaryFolder
    var program: String { folder.file("outside/.build/debug/outside") }

    static let built = Result { try Outside() }

    private init() throws {
        folder = TemporaryFolder()
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let package = folder.file("outside")
        try FileManager.default.copyItem(atPath: here.appending(path: "Package").path, toPath: package)
        // The folder of a clone may have any name; a link gives it ours.
        try FileManager.default.createSymbolicLink(
            atPath: "\(package)/counterfoil", withDestinationPath: root.path)
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        try #require(!blocks.isEmpty, "the README shows no Swift")
        for (i, block) in blocks.enumerated() {
            try Data(block.utf8).write(to: URL(filePath: "\(package)/Sources/outside/Readme\(i).swift"))
        }
        let build = try Child("swift", ["build"], in: package).finish(within: 1200)
        try #require(build.status == 0, "\(build.output.suffix(3000))\(build.errors.suffix(2000))")
        let cc = try Child(
            "cc",
            [
                "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", folder.file("count.so"),
                here.appending(path: "count-syncs.c").path, "-ldl",
            ], in: folder.path
        ).finish()
        try #require(cc.status == 0, "\(cc)")
    }

    struct Told {
        var counted = -1
        /// In milliseconds.
        var late = 0.0
        var syncs = 0
    }

    func run(_ mode: String, codes: Int, lockedFor seconds: UInt32 = 0) throws -> Told {
        let site = try Site(votes: codes)
        let child = try Child(
            program, [mode], input: .pipe, output: .pipe,
            environment: ["LD_PRELOAD": folder.file("count.so"), "COUNT_SYNCS": site.path("syncs")],
            in: site.folder.path)
        var told = Told()
        if mode != "sleep" {
            try #require(child.line() == "open")
            let lock = open(site.path("ballot.ledger-lock"), O_RDWR)
            try #require(lock >= 0)
            if seconds > 0 { flock(lock, LOCK_EX) }
            child.write("\n")
            sleep(seconds)
            close(lock)
            told.counted = try Self.number("counted", of: child)
        }
        told.late = try Double(Self.number("late", of: child))
        let ended = child.finish(within: 120)
        try #require(ended.status == 0, "\(ended)")
        let syncs = try String(contentsOfFile: site.path("syncs"), encoding: .utf8)
        told.syncs = Int(syncs.split(separator: "\n")[0]) ?? -1
        return told
    }

    /// What a line says that begins with this word.
    private static func number(_ word: String, of child: Child) throws -> Int {
        let line = try #require(child.line(within: 120))
        let words = line.split(separator: " ")
        try #require(words.count == 2 && words[0] == word, "\(line)")
        return try #require(Int(words[1]))
    }
}
