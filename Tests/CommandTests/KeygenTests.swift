import Foundation
import TestSupport
import Testing

@Suite("Folders of keys: whole, one election's, and never written over")
struct KeygenTests {
    private func keygen(_ out: String) -> [String] {
        ["keygen", "--election", "Second", "--unprotected", "--out", out]
    }

    /// Whether the two rooms' keys are of one ceremony.
    private func expectOneElection(_ ballot: Ballot, _ keys: String, _ out: String) throws {
        expectDone(
            try ballot.run(
                ballot.issue(out: out, with: ["--keys": "\(keys)/issuing", "--answer": nil])))
        expectDone(
            try ballot.run([
                "load", "--ledger", "\(out).ledger", "--keys", "\(keys)/desk", "--create",
                "\(out)/B01.register",
            ]))
    }

    @Test("Several at once: one of them makes the folder, and it is all of one election")
    func race() throws {
        let ballot = try Ballot(members: 3)
        for round in 1...6 {
            let runs = try (0..<5).map { _ in try ballot.start(keygen("keys \(round)")) }
            let ended = runs.map { $0.finish() }
            #expect(ended.count { $0.status == 0 } == 1, "\(ended)")
            for other in ended where other.status != 0 {
                expectStop(other, 3, "keys \(round)")
                #expect(
                    other.errors.contains("exists already") || other.errors.contains("by another run"),
                    "\(other)")
            }
            #expect(ballot.folder.snapshot("keys \(round)").keys == ballot.folder.snapshot("ballot").keys)
            try expectOneElection(ballot, "keys \(round)", "out \(round)")
        }
        #expect(ballot.folder.names().allSatisfy { !$0.hasSuffix(".partial") })
    }

    /// Between the opening of the folder and its locking, another run may have
    /// finished it and given it its name, and a third one may have made a new one.
    @Test("The folder that was locked is the one that has the name")
    func swapped() throws {
        let ballot = try Ballot(members: 3)
        try ballot.folder.write(
            "swap.c",
            """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <sys/file.h>
            #include <sys/stat.h>
            int flock(int file, int operation) {
                static int calls;
                if (!calls++) { rename(".second.partial", "finished"); mkdir(".second.partial", 0700); }
                return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(file, operation);
            }

            """)
        let made = try Child(
            "clang", ["-shared", "-fPIC", "-o", "swap.so", "swap.c", "-ldl"], in: ballot.folder.path
        ).finish()
        try #require(made.status == 0, "\(made)")
        let ended = try Child(
            counterfoil, keygen("second"), environment: ["LD_PRELOAD": ballot.folder.path("swap.so")],
            in: ballot.folder.path
        ).finish()
        expectStop(ended, 3, "being made by another run")
        #expect(ballot.folder.exists("finished") && !ballot.folder.exists("second"))
        // Nothing was written into what is the third one's.
        #expect(ballot.folder.names(".second.partial") == [])
    }

    @Test("A slash after the folder's name is no part of the name", arguments: ["second/", "./second//"])
    func slash(_ out: String) throws {
        let ballot = try Ballot(members: 3)
        let made = try ballot.run(keygen(out))
        expectDone(made)
        #expect(!made.output.contains("//") && made.output.contains("second/issuing  stays offline"))
        #expect(ballot.folder.snapshot("second").keys == ballot.folder.snapshot("ballot").keys)
        #expect(ballot.folder.names().allSatisfy { !$0.hasSuffix(".partial") })
        expectStop(try ballot.run(keygen(out)), 3, "exists already")
    }

    /// As on a memory stick: neither links nor files without a name.
    @Test("A file system without hard links")
    func noLinks() throws {
        let ballot = try Ballot(members: 3)
        try ballot.folder.write(
            "stick.c",
            """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <stdarg.h>
            int link(const char *a, const char *b) { errno = EPERM; return -1; }
            int linkat(int a, const char *b, int c, const char *d, int e) { errno = EPERM; return -1; }
            static int opened(const char *name, const char *path, int flags, int mode) {
                if ((flags & O_TMPFILE) == O_TMPFILE) { errno = EOPNOTSUPP; return -1; }
                return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name))(path, flags, mode);
            }
            int open(const char *path, int flags, ...) {
                va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
                return opened("open", path, flags, mode);
            }
            int open64(const char *path, int flags, ...) {
                va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
                return opened("open64", path, flags, mode);
            }

            """)
        let made = try Child(
            "clang", ["-shared", "-fPIC", "-o", "stick.so", "stick.c", "-ldl"], in: ballot.folder.path
        ).finish()
        try #require(made.status == 0, "\(made)")
        func onStick(_ arguments: [String]) throws -> Ended {
            try Child(
                counterfoil, arguments, environment: ["LD_PRELOAD": ballot.folder.path("stick.so")],
                in: ballot.folder.path
            ).finish()
        }
        // The stick is one: what needs a link fails there.
        #expect(
            try Child(
                "ln", ["stick.c", "link.c"], environment: ["LD_PRELOAD": ballot.folder.path("stick.so")],
                in: ballot.folder.path
            ).finish().status != 0)
        expectDone(try onStick(keygen("second")))
        #expect(ballot.folder.snapshot("second").keys == ballot.folder.snapshot("ballot").keys)
        try expectOneElection(ballot, "second", "out")
        let before = ballot.folder.snapshot("second")
        expectStop(try onStick(keygen("second")), 3, "exists already")
        #expect(ballot.folder.snapshot("second") == before)
        #expect(
            ballot.folder.snapshot("second").values.allSatisfy {
                $0.hasPrefix("384 ") || $0.hasPrefix("448 folder")
            })
        // A report's file, too, is never written over.
        let voted = ["report", "--ledger", "out.ledger", "--voted", "voted.csv"]
        expectDone(try onStick(voted))
        let list = try ballot.folder.text("voted.csv")
        expectStop(try onStick(voted), 3, "voted.csv", "exists already")
        #expect(try ballot.folder.text("voted.csv") == list)
        #expect(!ballot.folder.exists("voted.csv.partial"))
    }
}
