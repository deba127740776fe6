import Counterfoil
import Foundation
import Glibc
import PollingDesk
import TestSupport
import Testing

/// What is left in memory of 200 redeemed codes. The test searches all that a core
/// dump of the process would hold, while the process is still running.
@Suite("Secrets in memory", .serialized)
struct MemoryTests {
    @Test("The command, from standard input", arguments: [nil, "five words for one key"])
    func command(passphrase: String?) throws {
        let desk = try Desk(passphrase: passphrase)
        let program = try Self.redeeming(desk, passphrase: passphrase)
        for request in desk.requests {
            let answer = try program.ask(request.line)
            #expect(answer.hasPrefix(#"{"outcome": "accepted""#), "\(answer)")
        }
        try desk.expectNothing(in: program, butOpenings: true)
    }

    /// Such a line may hold codes as well, wherever in it. The program has answered it, and
    /// waits for the next one.
    @Test("The command, after a line that is too long", arguments: [20_000, 300_000])
    func tooLong(_ size: Int) throws {
        let desk = try Desk()
        let program = try Self.redeeming(desk)
        let requests = desk.requests.map(\.line)
        let space = String(repeating: " ", count: size / 2)
        let answer = try program.ask("\(requests[0])\(space)\(requests[1])\(space)\(requests[2])")
        #expect(answer.contains("longer than 16384"), "\(answer)")
        try desk.expectNothing(in: program, butOpenings: false)
    }

    /// The command lets nobody but root look, and makes no dump. Here it is as if somebody
    /// had undone that.
    private static func redeeming(_ desk: Desk, passphrase: String? = nil) throws -> Program {
        var options = ["--ledger", desk.folder.file("ledger"), "--keys", desk.folder.file("desk")]
        if passphrase != nil { options += ["--passphrase-file", desk.folder.file("passphrase")] }
        for verb in [
            ["load"] + options + ["--create", desk.folder.file("main.register")],
            ["activate"] + options + ["main", "--unreconciled"], ["open"] + options,
        ] {
            let ended = try Program("counterfoil", verb).finish()
            try #require(ended.status == 0, "\(ended.errors)")
        }
        return try Program(
            "counterfoil", ["redeem"] + options, environment: ["LD_PRELOAD": desk.dumpable()])
    }

    /// A print file that is not encrypted goes through buffers of ours. The program is
    /// stopped at the moment when such a file gets its name.
    @Test("The issuing room, that writes codes as they are")
    func issuing() throws {
        let folder = TemporaryFolder()
        let stopping = try Self.stopping(in: folder)
        let keygen = try Program(
            "counterfoil",
            ["keygen", "--election", "Memory", "--out", folder.file("ballot"), "--unprotected"]
        ).finish()
        try #require(keygen.status == 0, "\(keygen.errors)")
        // Long enough for its buffer to be filled and emptied more than once.
        let members = (1...9000).map { "\($0)\n" }.joined()
        try folder.write("roll.csv", Array("member\n\(members)".utf8))
        let program = try Program(
            "counterfoil",
            [
                "issue", "--keys", folder.file("ballot/issuing"), "--roll", folder.file("roll.csv"),
                "--voter", "member", "--plaintext", "--batch", "B01", "--out", folder.file("out"),
            ],
            environment: ["LD_PRELOAD": stopping, "STOP_AT": "/B01.csv"])
        try #require(program.ask("") == "stopped")
        defer { program.finish() }
        let printed = [UInt8](try Data(contentsOf: URL(filePath: folder.file("out/B01.csv"))))
        let rows = String(decoding: printed, as: UTF8.self).split(separator: "\r\n").dropFirst()
        try #require(rows.count == 9000)
        var needles = Needles()
        for row in rows {
            let code = row.split(separator: ",")[2]
            needles.add("code \(code)", Array(code.utf8))
            needles.add("code \(code)", Array(code.replacing("-", with: "").utf8))
        }
        let memory = try program.memory().map(\.bytes)
        let found = needles.found(in: memory)
        #expect(found.isEmpty, "\(found.count) codes, such as \(found.first ?? "")")
        // That memory was read at all: the list of pack numbers is written later, and
        // its end is there. And codes would be found, as they are in the file.
        var known = Needles()
        known.add("pack", Array(try #require(rows.last).split(separator: ",")[1].utf8))
        #expect(known.found(in: memory) == ["pack"])
        #expect(needles.found(in: [printed]).count == 9000)
    }

    /// Later, other things lie where a key was read to.
    @Test("The command, as soon as it has its key", arguments: [nil, "five words for one key"])
    func key(passphrase: String?) throws {
        let desk = try Desk(passphrase: passphrase)
        var words = ["load", "--ledger", desk.folder.file("ledger"), "--keys", desk.folder.file("desk")]
        if passphrase != nil { words += ["--passphrase-file", desk.folder.file("passphrase")] }
        let program = try Program(
            "counterfoil", words + ["--create", desk.folder.file("main.register")],
            environment: ["LD_PRELOAD": try Self.stopping(in: desk.folder), "STOP_AT": "/ledger-lock"])
        try #require(program.ask("") == "stopped")
        // Without a passphrase anyone can open what is in the file.
        var sealed = Needles()
        sealed.add("sealed key", Array(desk.keyFile[128...]))
        #expect(sealed.found(in: try program.memory().map(\.bytes)) == [])
        #expect(sealed.found(in: [desk.keyFile]) == ["sealed key"])
        try desk.expectNothing(in: program, butOpenings: false)
    }

    /// A library that stops a program, and says so, when a file whose name ends as
    /// STOP_AT says has got its name, or is locked. When its input ends, so does the
    /// program.
    private static func stopping(in folder: TemporaryFolder) throws -> String {
        let text = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            int prctl(int what, ...) { (void)what; return 0; }
            static void stop(const char *path) {
                const char *end = getenv("STOP_AT");
                size_t size = strlen(path), count = end ? strlen(end) : 0;
                if (!end || size < count || strcmp(path + size - count, end)) return;
                char byte;
                if (write(1, "stopped\\n", 8) != 8) _exit(1);
                while (read(0, &byte, 1) > 0);
                _exit(0);
            }
            int linkat(int from, const char *old, int to, const char *path, int flags) {
                int result = ((int (*)(int, const char *, int, const char *, int))dlsym(RTLD_NEXT, "linkat"))(
                    from, old, to, path, flags);
                if (result == 0) stop(path);
                return result;
            }
            int flock(int file, int operation) {
                int result = ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(file, operation);
                char link[64], path[4096] = "";
                snprintf(link, sizeof link, "/proc/self/fd/%d", file);
                if (result == 0 && readlink(link, path, sizeof path - 1) > 0) stop(path);
                return result;
            }

            """
        try folder.write("stop.c", Array(text.utf8))
        let made = try Tool.run(
            "clang", ["-shared", "-fPIC", "-o", folder.file("stop.so"), folder.file("stop.c"), "-ldl"])
        try #require(made.status == 0)
        return folder.file("stop.so")
    }

    @Test("The library, read as it advises")
    func library() throws {
        let desk = try Desk()
        let program = try Program("SecretHost", ["guarded", desk.folder.path])
        try desk.redeem(program)
        try desk.expectNothing(in: program, butOpenings: true)
    }

    /// Nothing is written, so none of the values that a code gives may leave the
    /// guarded memory either. That they would be found, the two tests above show: a
    /// vote that is written shows its opening.
    @Test(
        "The library, when nothing is written",
        arguments: [("check", "good"), ("closed", "closed"), ("unreadable", "bad-answer")])
    func nothingWritten(mode: String, outcome: String) throws {
        let desk = try Desk()
        let program = try Program("SecretHost", [mode, desk.folder.path])
        try desk.redeem(program, hearing: outcome)
        try desk.expectNothing(in: program, butOpenings: false)
    }

    /// The control.
    @Test("A site that reads with readLine() is caught")
    func readLine() throws {
        let desk = try Desk()
        let program = try Program("SecretHost", ["readline", desk.folder.path])
        try desk.redeem(program)
        let found = desk.secrets().found(in: try program.memory().filter(\.isDumped).map(\.bytes))
        program.finish()
        #expect(found.contains { $0.hasPrefix("code ") })
        #expect(found.contains { $0.hasPrefix("answer ") })
        #expect(found.contains { $0.hasPrefix("press ") })
    }
}

/// A folder as the desk has it, and what its voters type.
struct Desk {
    struct Request {
        let code: String
        let born: String
        let number: String
        let key: String

        /// As a voting site asks.
        var line: String {
            """
            {"code": "\(code)", "answers": {"Date of birth": "\(born)", \
            "Membership number": "\(number)"}, "key": "\(key)"}
            """
        }
    }

    let folder = TemporaryFolder()
    let requests: [Request]
    let keyFile: [UInt8]
    /// What the key is protected with, if it is.
    private let passphrase: String?
    private let rehearsal = Rehearsal(seed: 77)
    private var packs: [TestPack] { (1...200).map { rehearsal.pack($0) } }

    init(passphrase: String? = nil) throws {
        self.passphrase = passphrase
        let packs = (1...200).map { Rehearsal(seed: 77).pack($0) }
        requests = packs.enumerated().map { i, pack in
            let code = String(decoding: pack.printedCode, as: UTF8.self)
            let born = pack.answers[0].split(separator: "/").map { Int($0)! }
            return Request(
                // As it is printed, and as people type it.
                code: i % 3 == 0 ? code : i % 3 == 1 ? code.lowercased() : code.replacing("-", with: " "),
                // Long enough not to be found by accident.
                born: String(format: "%02d . %02d . %04d", born[0], born[1], born[2]),
                number: "0000 \(41_236_079 + i * 1_009)",
                key: "key-of-this-press-\(String(format: "%06d", i))")
        }
        // With answers that are made up here, the register has to have them too.
        try FileManager.default.createDirectory(
            atPath: folder.file("desk"), withIntermediateDirectories: false)
        let answers = requests.map { [$0.born, $0.number] }
        let register = rehearsal.register(
            "main", zip(packs, answers).map { $0.answering($1) })
        try folder.write("main.register", register.bytes)
        try folder.write("desk/election.json", Array(rehearsal.election.json.utf8))
        keyFile = try rehearsal.deskKeyFile(passphrase: passphrase)
        try folder.write("desk/desk.key", keyFile)
        chmod(folder.file("desk/desk.key"), 0o600)
        if let passphrase {
            try folder.write("passphrase", Array("\(passphrase)\n".utf8))
            chmod(folder.file("passphrase"), 0o600)
        }
    }

    /// Through the host, each after the answer to the one before.
    func redeem(_ program: Program, hearing outcome: String = "accepted") throws {
        for request in requests {
            let line = [request.code, request.born, request.number, request.key].joined(separator: "\t")
            let answer = try program.ask(line)
            #expect(answer == outcome, "\(answer)")
        }
    }

    /// Whatever must not be found: every code in four forms and the values that it
    /// gives for the log, every answer and every idempotency key in two, every key of
    /// the desk, and its passphrase.
    func secrets() -> Needles {
        var needles = Needles()
        if let passphrase { needles.add("passphrase", Array(passphrase.utf8)) }
        for (i, (pack, request)) in zip(packs, requests).enumerated() {
            let printed = String(decoding: pack.printedCode, as: UTF8.self)
            let bare = printed.replacing("-", with: "")
            needles.add("code \(i) as typed", Array(request.code.utf8))
            needles.add("code \(i) as printed", pack.printedCode)
            needles.add("code \(i) without hyphens", Array(bare.utf8))
            let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
            needles.add("code \(i) as symbols", bare.utf8.map { UInt8(alphabet.firstIndex(of: $0)!) })
            let chain = rehearsal.chain(of: pack)
            needles.add("second \(i)", chain.second.bytes.array)
            needles.add("opening \(i)", chain.opening.bytes.array)
            needles.add("trial \(i)", chain.trial.bytes.array)
            needles.add("answer \(i), the number as typed", Array(request.number.utf8))
            needles.add("answer \(i), the number", Array(request.number.dropFirst(5).utf8))
            needles.add("answer \(i), the date as typed", Array(request.born.utf8))
            let parts = request.born.split(separator: " . ")
            needles.add("answer \(i), the date", Array("\(parts[2])-\(parts[1])-\(parts[0])".utf8))
            needles.add("press \(i) as written", Array(request.key.utf8))
            needles.add("press \(i)", Array(request.key.utf8).withBytes { Base64.decodeURL($0)! })
        }
        for (name, key) in rehearsal.deskKeys() {
            needles.add("key: \(name)", key)
            needles.add("key: \(name), its second half", Array(key[16...]))
        }
        return needles
    }

    /// - Parameter isWritten: whether votes were written, which show their openings.
    func expectNothing(in program: Program, butOpenings isWritten: Bool) throws {
        let memory = try program.memory()
        program.finish()
        // That the memory was read at all: the voters' numbers are in the ledger's.
        var known = Needles()
        known.add("election", rehearsal.election.id.bytes.array)
        #expect(known.found(in: memory.filter(\.isDumped).map(\.bytes)) == ["election"])
        // Keys live in guarded memory, which no dump holds, and are found there.
        let guarded = secrets().found(in: memory.filter { !$0.isDumped }.map(\.bytes))
        #expect(guarded.contains("key: ledger key"))
        #expect(guarded.allSatisfy { $0.hasPrefix("key: ") }, "\(guarded)")
        let dumped = secrets().found(in: memory.filter(\.isDumped).map(\.bytes))
        #expect(dumped.contains { $0.hasPrefix("opening ") } == isWritten)
        let others = dumped.filter { !isWritten || !$0.hasPrefix("opening ") }
        #expect(others.isEmpty, "\(others.sorted())")
    }

    /// A library that lets the process be looked into in spite of itself.
    func dumpable() throws -> String {
        try folder.write("dumpable.c", Array("int prctl(int what, ...) { (void)what; return 0; }\n".utf8))
        let made = try Tool.run(
            "clang", ["-shared", "-fPIC", "-o", folder.file("dumpable.so"), folder.file("dumpable.c")])
        try #require(made.status == 0)
        return folder.file("dumpable.so")
    }
}
