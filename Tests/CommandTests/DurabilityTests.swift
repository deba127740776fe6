import Foundation
import TestSupport
import Testing

/// What a power cut would leave of the files that are no ledger. What a program
/// writes, syncs and names is written down in its order, and judged by the rules
/// that POSIX gives: a file's bytes are on the disk after the file is synced, and
/// its name is there after its folder is.
@Suite("Files are on the disk before they have their names, and their names before the verb ends")
struct DurabilityTests {
    struct Event {
        let what: String
        /// The numbers by which the file system knows the file, and its folder.
        let file: String
        let folder: String
        let path: String
    }

    /// Verbs that write files, in the order in which a ballot has them, and how many
    /// files each gives a name to, or changes, at least.
    static let verbs: [(words: [String], files: Int)] = [
        (["keygen", "--election", "Second", "--out", "second", "--unprotected"], 7),
        (["issue"], 4), (["issue", "once more, into another folder"], 4),
        (["destroy", "--keys", "ballot/issuing", "B01", "--confirm"], 1),
        (["load"] + Ballot.desk + ["--create", "out/B01.register", "--witness", "w"], 1),
        (["activate"] + Ballot.desk + ["B01", "--unreconciled", "--witness", "w"], 1),
        (["open"] + Ballot.desk + ["--witness", "w"], 1), (["postal"] + Ballot.desk + ["$pack"], 1),
        (["report", "--ledger", "ballot.ledger", "--voted", "voted.csv"], 1),
        (
            [
                "who-voted", "--keys", "ballot/issuing", "--voted", "voted.csv", "--packs",
                "out/B01.packs.csv",
            ], 0
        ),
    ]

    @Test("Every verb that writes files")
    func verbs() throws {
        let ballot = try Ballot(members: 4)
        let recorder = try Self.recorder(in: ballot.folder)
        var pack = ""
        for (verb, files) in Self.verbs {
            var words = verb.map { $0 == "$pack" ? pack : $0 }
            if verb[0] == "issue" { words = ballot.issue(out: verb.count == 1 ? "out" : "again") }
            let events = try Self.events(of: words, ballot, recorder)
            if pack.isEmpty, verb[0] == "issue" { pack = try ballot.packs()[0].pack }
            let ours = Set(events.filter { ["name", "write"].contains($0.what) }.map(\.file))
            #expect(ours.count >= files, "\(verb[0]): \(events)")
            Self.expectDurable(events, verb[0])
            if verb[0] == "postal" { try Self.expectScanFirst(events) }
            if words.contains("out") {
                // The page of the book is there before anything can leave the room, and
                // says that the batch is finished after everything can.
                let named = events.filter { $0.what == "name" && !$0.path.contains(".partial") }
                    .map { URL(filePath: $0.path).lastPathComponent }
                #expect(named.first { $0.hasPrefix("B01") } == "B01.batch")
                #expect(named.suffix(2) == ["B01.manifest.json", "B01.batch"])
            }
        }
    }

    @Test("A batch that is given up")
    func givenUp() throws {
        let ballot = try Ballot(members: 4)
        let recorder = try Self.recorder(in: ballot.folder)
        // Files of 512 bytes at most: enough for the page, and for nothing after it.
        let limited = ["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", counterfoil]
        let broken = try Child("/bin/sh", limited + ballot.issue(), in: ballot.folder.path).finish()
        expectStop(broken, 3, "File too large")
        let words = ["destroy", "--give-up", "--confirm", "--keys", "ballot/issuing", "B01"]
        let events = try Self.events(of: words, ballot, recorder)
        #expect(events.contains { $0.what == "unname" && $0.path.hasSuffix("/B01.batch") })
        Self.expectDurable(events, "destroy")
    }

    /// What a process left that has ended is on the disk in a new file before the old one
    /// is removed.
    @Test("Scans without an answer that another run takes over")
    func takenOver() throws {
        let ballot = try Ballot(members: 4)
        try ballot.prepare()
        let packs = try ballot.packs().map(\.pack)
        let recorder = try Self.recorder(in: ballot.folder)
        let postal = ["postal"] + Ballot.desk
        let lost = try ballot.run(postal, input: .text(packs[0] + "\n"), output: .unread)
        expectStop(lost, 3, "scan these envelopes again")
        let events = try Self.events(of: postal + [packs[1]], ballot, recorder)
        func isKept(_ events: [Event]) throws -> Bool {
            let write = try #require(events.firstIndex { $0.what == "write" && $0.path.contains(".scans-") })
            let removal = try #require(
                events.firstIndex { $0.what == "unname" && $0.path.contains(".scans-") })
            guard write < removal else { return false }
            return events[write..<removal].contains { $0.what == "sync" && $0.file == events[write].file }
        }
        #expect(try isKept(events))
        // The control.
        #expect(try !isKept(events.filter { $0.what != "sync" }))
    }

    private static func expectDurable(_ events: [Event], _ verb: String) {
        #expect(faults(events) == [], "\(verb)")
        // The control: without the syncs of one file or one folder, something is
        // found. So each of them is needed. That of a scan is looked at by itself.
        let changes = events.filter { !$0.isOfLedger && !$0.path.contains(".scans-") }
        for number in Set(changes.compactMap { $0.what == "write" ? $0.file : $0.folder }) {
            let without = events.filter { $0.what != "sync" || $0.file != number }
            guard without.count < events.count else { continue }
            #expect(
                faults(without) != [],
                "\(verb): \(events.first { $0.file == number }!.path) need not be synced")
        }
    }

    /// The number of a scan is on the disk before the ledger is asked.
    private static func expectScanFirst(_ events: [Event]) throws {
        func isAsked(_ events: [Event]) throws -> Bool {
            let scan = try #require(events.firstIndex { $0.what == "write" && $0.path.contains(".scans-") })
            let vote = try #require(events[scan...].firstIndex { $0.what == "write" && $0.isOfLedger })
            return events[scan..<vote].contains { $0.what == "sync" && $0.file == events[scan].file }
        }
        #expect(try isAsked(events))
        // The control.
        #expect(try !isAsked(events.filter { $0.what != "sync" }))
    }

    /// What a power cut may take, by the events of a whole run.
    private static func faults(_ events: [Event]) -> [String] {
        var found: [String] = []
        // Files with bytes, and folders with names, that only memory has; and where.
        var bytes: [String: String] = [:]
        var names: [String: String] = [:]
        var moved: Event?
        for event in events where !event.isOfLedger {
            switch event.what {
            case "write": bytes[event.file] = event.path
            case "sync": (bytes[event.file], names[event.file]) = (nil, nil)
            case "moved": moved = event
            case "unname":
                // What another run takes up again, or overwrites, may come back.
                if !event.path.contains(".partial"), !event.path.contains(".scans-") {
                    // A key may be in what was overwritten.
                    if bytes[event.file] != nil {
                        found.append("\(event.path) loses its name before it is overwritten on the disk")
                    }
                    names[event.folder] = event.path
                }
                bytes[event.file] = nil
            default:
                if bytes[event.file] != nil {
                    found.append("\(event.path) has its name before its bytes are on the disk")
                }
                if let moved, moved.file == event.file {
                    let inside = Array(bytes.values) + Array(names.values)
                    for path in inside where path.hasPrefix(moved.path + "/") {
                        found.append("\(event.path) has its name before \(path) is on the disk")
                    }
                }
                names[event.folder] = event.path
            }
        }
        return found + bytes.values.map { "the bytes of \($0)" }.sorted()
            + names.values.map { "the name \($0)" }.sorted()
    }

    private static func events(of words: [String], _ ballot: Ballot, _ recorder: String) throws -> [Event] {
        let ended = try Child(
            counterfoil, words,
            environment: ["LD_PRELOAD": recorder, "RECORD_SYNCS": ballot.folder.path("record")],
            in: ballot.folder.path
        ).finish()
        #expect(ended.status == 0, "\(ended)")
        let place = URL(filePath: ballot.folder.path).resolvingSymlinksInPath().path
        let lines = try ballot.folder.text("record").split(separator: "\n")
        try ballot.folder.remove("record")
        return try lines.compactMap { line in
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            try #require(words.count == 4, "\(line)")
            let event = Event(what: words[0], file: words[1], folder: words[2], path: words[3])
            return event.path.hasPrefix(place) ? event : nil
        }
    }

    private static func recorder(in folder: Folder) throws -> String {
        let source = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Support/record-syncs.c").path
        let made = try Child(
            "clang",
            ["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", "record.so", source, "-ldl"],
            in: folder.path
        ).finish()
        try #require(made.status == 0, "\(made)")
        return folder.path("record.so")
    }
}

extension DurabilityTests.Event {
    /// SQLite's own files are for `script/torture`. The answer to a scan may be
    /// lost: a scan of the same pack is then answered once more.
    fileprivate var isOfLedger: Bool {
        path.contains("ballot.ledger") && !path.contains(".scans-")
    }
}
