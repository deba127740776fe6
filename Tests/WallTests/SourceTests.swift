import Foundation
import Testing

/// Rules about the source that a reviewer would otherwise have to look for.
struct SourceTests {
    /// Where a value that was computed from a secret may be seen, and how often
    /// in each file. SECURITY.md, "Constant time", says why of each.
    static let declassified = [
        "Counterfoil/Alphabet.swift": 5, "Counterfoil/CheckSymbols.swift": 1, "Counterfoil/Code.swift": 1,
        "Counterfoil/CodeChain.swift": 3,
        "Counterfoil/Keys.swift": 2, "Counterfoil/RefusedWords.swift": 1, "Counterfoil/Sodium.swift": 2,
        "IssuingRoom/PackMaker.swift": 1, "PollingDesk/Pass.swift": 1, "PollingDesk/FormMemory.swift": 3,
    ]

    @Test("Values are declassified in these places, and no other")
    func declassifications() throws {
        let found = try Self.count(/\bdeclassify\(/, except: /func declassify|counterfoil_declassify/)
        #expect(found == Self.declassified, "add the place here, and its reason to SECURITY.md")
    }

    /// Where the compiler's checks are set aside, why, and how often at most.
    /// Every other file is safe Swift, under strict memory safety.
    static let unsafe: [(file: String, count: Int, why: String)] = [
        ("Counterfoil/Sodium.swift", 49, "every call into libsodium"),
        ("Counterfoil/SecretBytes.swift", 14, "guarded memory is libsodium's, and lent as spans"),
        ("Counterfoil/Spans.swift", 17, "bytes in place: loads after a check of their bounds"),
        ("Counterfoil/Bytes.swift", 6, "the bytes of an InlineArray as a span"),
        ("Counterfoil/DateText.swift", 1, "letters of a StaticString"),
        (
            "IssuingRoom/RollScan.swift", 29,
            "the one loop over every byte of a roll; its bounds are argued there"
        ),
        ("IssuingRoom/RollChunk.swift", 2, "memory that the scan writes first"),
        ("IssuingRoom/RollInput.swift", 1, "an array's bytes as a span"),
        ("SQLiteLedger/Database.swift", 33, "SQLite's C interface"),
        ("SQLiteLedger/Statement.swift", 23, "SQLite's C interface"),
        ("SQLiteLedger/LedgerFiles.swift", 3, "system calls"),
        ("SQLiteLedger/FileLock.swift", 4, "system calls"),
        ("SQLiteLedger/FileSystem.swift", 9, "system calls"),
        ("SQLiteLedger/FileSystemKind.swift", 1, "system calls"),
        ("PostgresLedger/Connection.swift", 64, "libpq's C interface"),
        ("PostgresLedger/Address.swift", 17, "libpq's C interface"),
        ("PostgresLedger/Parameters.swift", 10, "libpq's C interface"),
        ("PostgresLedger/Rows.swift", 8, "libpq's C interface"),
        ("CounterfoilFiles/JournalFile.swift", 1, "system calls"),
        ("CounterfoilFiles/Descriptor.swift", 14, "system calls"),
        ("CounterfoilFiles/PrivateFile.swift", 11, "system calls"),
        ("CounterfoilFiles/PrivateFolder.swift", 12, "system calls"),
        ("CounterfoilFiles/FolderTree.swift", 9, "system calls"),
        ("CounterfoilFiles/Ownership.swift", 7, "system calls"),
        ("CounterfoilTool/SystemWords.swift", 1, "the C library's words for an error"),
        ("CounterfoilTool/Terminal.swift", 10, "system calls"),
        (
            "CounterfoilTool/Prompt.swift", 11,
            "system calls, and a terminal's settings for a signal's handler"
        ),
        ("CounterfoilTool/Termination.swift", 7, "a pipe that a signal's handler writes to"),
        ("CounterfoilTool/TimeArgument.swift", 16, "the C library's time zones"),
        ("PollingDesk/SecretSlots.swift", 4, "guarded memory that several threads have parts of"),
        ("PollingDesk/Monitor.swift", 17, "a lock of the system's that threads wait on"),
        ("PollingDesk/Worker.swift", 3, "threads of the system"),
        ("PollingDesk/Moment+Now.swift", 1, "system calls"),
        ("CounterfoilTool/Witness.swift", 2, "a pipe to wait on"),
        ("CounterfoilTool/Hardening.swift", 2, "system calls"),
    ]

    @Test("Unsafe code is in these files alone, and does not grow")
    func unsafety() throws {
        let found = try Self.count(/\bunsafe\b/, except: /^$/)
        for (file, count) in found.sorted(by: { $0.key < $1.key }) {
            let allowed = Self.unsafe.first { $0.file == file }
            #expect(count <= allowed?.count ?? 0, "\(file): name it here, say why, and keep it few")
        }
        #expect(Set(found.keys) == Set(Self.unsafe.map(\.file)), "a file is named that is safe")
        // Types that say of themselves that threads may share them.
        #expect(
            try Self.count(/@unchecked/, except: /^$/) == [
                "Counterfoil/SecretBytes.swift": 1, "PollingDesk/FormMemory.swift": 1,
                "IssuingRoom/PrintSheet.swift": 1, "PostgresLedger/Connection.swift": 1,
                "PollingDesk/SecretSlots.swift": 1, "PollingDesk/Monitor.swift": 1,
                "SQLiteLedger/Database.swift": 1,
                "SQLiteLedger/Known.swift": 1, "SQLiteLedger/Statement.swift": 1,
            ])
    }

    @Test("SQL names the fields of an entry and its types, and writes none of their numbers")
    func layout() throws {
        var seen = 0
        for ledger in ["PostgresLedger", "SQLiteLedger"] {
            let folder = WallTests.root.appending(path: "Sources/\(ledger)")
            let files = try #require(
                FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            for case let file as URL in files where ["sql", "swift"].contains(file.pathExtension) {
                seen += 1
                let bare = Self.bareNumbers(in: try String(contentsOf: file, encoding: .utf8))
                // How long an entry is, in the text of a table: that text is a
                // format, which a ledger file keeps.
                let allowed = ledger == "SQLiteLedger" ? ["length(entry) = 106", "type BETWEEN 1"] : []
                #expect(
                    bare.filter { !allowed.contains($0) } == [],
                    "\(file.lastPathComponent): say ${vote-cast}, ${pack.offset} or the like")
            }
        }
        #expect(seen > 30, "the sources are not where they are thought to be")
    }

    /// The control.
    @Test(
        "A bare number of an entry's layout is found",
        arguments: [
            "get_byte(_entry, 1) = ${vote-cast}", "get_byte(_entries[i], 1)", "u64(_entry, 42)",
            "substr(e.entry, 3, 8)", "substring(entry FROM 3)", "octet_length(entry) = 106",
            "WHERE entry_type(e) = 6", "WHERE 6 = entry_type(e)", "WHERE entry_type(e) <> 6",
            "entry_type(_entries[i]) BETWEEN 6 AND 10", "WHERE e.type IN (${wrong-answers}, 8)",
            "CHECK (type = 3)", "CASE entry_type(_entry)\n    WHEN 2 THEN", "IF _found <@ '{6, 7}' THEN",
            "ARRAY[${vote-cast}, 7]",
            "INSERT INTO log (turn, type, entry) VALUES (nextval('turns'), 3, _entry)",
        ])
    func layoutControl(_ sql: String) {
        #expect(!Self.bareNumbers(in: "    PERFORM \(sql);\n").isEmpty)
        #expect(Self.bareNumbers(in: "    -- \(sql.replacing("\n", with: " "))\n").isEmpty)
    }

    /// A number in SQL, in a file of its own or in Swift, that looks like an offset
    /// in an entry, its length or its type.
    private static func bareNumbers(in source: String) -> [String] {
        let code = source.split(separator: "\n")
            .map { line in line.firstRange(of: /--|\/\//).map { line[..<$0.lowerBound] } ?? line }
            .joined(separator: " ").replacing(/\$\{[a-z.\-]+\}|\\\([^()]*\)/, with: "$")
            .replacing(/\s+/, with: " ")
        let patterns: [Regex<Substring>] = [
            // A call that takes an entry and then a number.
            /\w+ ?\( ?(?:\w+\.)?(?:_?entry|_?entries\[\w+\]|e),? ?(?:FROM )?\d+/,
            /length\((?:\w+\.)?_?entry\) ?[=<>]+ ?\d+/,
            // A type that is compared with one.
            /(?:entry_type\([^()]*\)|\btype) ?(?:[=<>]+|BETWEEN) ?\d+/,
            /\d+ ?[=<>]+ ?(?:entry_type\(|type\b)/,
            /(?:entry_type\([^()]*\)|\btype) IN ?\([^()]*\b\d+/,
            /\bWHEN \d+/,
            // Lists of types.
            /'\{ ?\d+/, /ARRAY\[[^\]]*\b\d+/,
            /INSERT INTO log\b(?:(?!RETURNING)[^;"])*[ (]\d+\b/,
        ]
        return patterns.flatMap { code.matches(of: $0.wordBoundaryKind(.simple)).map { String($0.output) } }
    }

    /// Lines of each file of `Sources` that a pattern is found in.
    static func count(
        _ pattern: Regex<Substring>, except: Regex<Substring>
    ) throws -> [String: Int] {
        let sources = WallTests.root.appending(path: "Sources").resolvingSymlinksInPath()
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var found: [String: Int] = [:]
        var seen = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            seen += 1
            // Folders inside a module come and go; a file keeps its name.
            let parts = file.resolvingSymlinksInPath().path.dropFirst(sources.path.count + 1)
                .split(separator: "/")
            let name = "\(parts[0])/\(parts[parts.count - 1])"
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
                guard code.firstMatch(of: except) == nil else { continue }
                found[name, default: 0] += code.matches(of: pattern.wordBoundaryKind(.simple)).count
            }
        }
        #expect(seen > 100, "the sources are not where they are thought to be")
        return found.filter { $0.value > 0 }
    }
}
