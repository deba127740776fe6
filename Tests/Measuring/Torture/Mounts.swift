import Foundation
import TestSupport

/// One ledger has two names, by a mount, and a desk is opened under each. Both are
/// asked for the same votes.
///
/// Either the two desks see each other, and each code is spent once, or one of them
/// is refused. The mounts are made in a namespace of each desk's own, so that they
/// go with it.
package enum Mounts {
    enum Way: String, CaseIterable {
        /// A file mounted over another one: what lies beside the two is not the same.
        case file = "a file under two names"
        /// All files are the same under both names.
        case folder = "a folder under two names"
        /// A program shows one folder twice: to the kernel these are two file systems.
        case program = "a folder in two of a program's file systems"

        /// Whether desks are to be let in.
        var isSafe: Bool { self == .folder }

        /// Shell words that make `$1` appear at `$2`, for one of the two desks.
        func mount(for desk: Int) -> String {
            switch self {
            case .file: desk == 0 ? ":" : "touch \"$2/ledger\" && mount --bind \"$1/ledger\" \"$2/ledger\""
            case .folder: desk == 0 ? ":" : "mount --bind \"$1\" \"$2\""
            case .program: "bindfs \"$1\" \"$2\""
            }
        }

        /// Where a desk finds the ledger.
        func isMoved(_ desk: Int) -> Bool { self == .program || desk == 1 }
    }

    /// Why this trial cannot be held here.
    static let why: String? = {
        guard geteuid() == 0 else { return "only root can mount anything" }
        let trial = try? Child("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"], in: "/").finish()
        guard trial?.status == 0 else { return "nothing can be mounted here" }
        guard unsafe access("/usr/bin/bindfs", X_OK) == 0, unsafe access("/dev/fuse", R_OK | W_OK) == 0 else {
            return "bindfs or /dev/fuse is missing"
        }
        return nil
    }()

    static func hold(
        _ ways: [Way], without removals: [Removal] = [], until limit: Limit? = nil
    ) throws -> Report {
        var report = Report("mounts")
        let hall = try Hall(voters: 20)
        var (letIn, refused, votes) = (0, 0, 0)
        for way in ways where !report.isOver(limit) {
            try hall.withFreshLedger { path in
                let places = (0..<2).map { _ in TemporaryFolder.quick() }
                // Desks have worked under both names before. Without that, the second
                // one would miss the memory of the lock.
                if way == .file { try Files.write(places[1].file("ledger-lock"), hall.lock) }
                var accepted = [Set<Int>(), Set<Int>()]
                var silent: Set<Int> = []
                var desks: [Child] = []
                func ask(_ desk: Int, _ packs: Range<Int>) throws {
                    for pack in packs where !silent.contains(desk) {
                        // Another key at each: two people, or one who tries it twice.
                        let request = Request(pack: pack, key: pack * 2 + desk)
                        desks[desk].write(request.line(in: hall))
                        guard let line = desks[desk].line() else {
                            silent.insert(desk)
                            return
                        }
                        if try Promise(request, line: line).isCounted { accepted[desk].insert(pack) }
                    }
                }
                // Both are open, and know what the ledger held, before either goes on.
                for desk in 0..<2 {
                    desks.append(try start(hall, path, way, desk, at: places[desk].path, removals))
                    try ask(desk, desk..<desk + 1)
                }
                for desk in 0..<2 { try ask(desk, 2..<hall.packs.count) }
                for desk in desks {
                    let ended = desk.finish()
                    if ended.status != 0, ended.status != 3 {
                        report.violated("\(way.rawValue): a desk ended in another way: \(ended)")
                    }
                }
                letIn += 2 - silent.count
                refused += silent.count
                votes += accepted[0].union(accepted[1]).count
                let twice = accepted[0].intersection(accepted[1]).count
                if twice > 0 { report.violated("\(way.rawValue): \(twice) codes are accepted twice") }
                if way.isSafe, !silent.isEmpty { report.violated("\(way.rawValue): a desk was refused") }
                if !way.isSafe, silent.isEmpty { report.violated("\(way.rawValue): both desks were let in") }
                withExtendedLifetime(places) {}
            }
        }
        report.measured("desks that were let in", letIn)
        report.measured("desks that were refused", refused)
        report.measured("codes that were spent", votes)
        return report
    }

    /// A desk under one of the names.
    private static func start(
        _ hall: Hall, _ path: String, _ way: Way, _ desk: Int, at place: String, _ removals: [Removal]
    ) throws -> Child {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        // What a program shows is taken away again, or the program would stay.
        let script = """
            \(way.mount(for: desk)) || exit 99
            place=$2
            shift 2
            env "$@"
            status=$?
            mountpoint -q "$place" && umount -l "$place"
            exit $status
            """
        let environment = try Removal.environment(removals).map { "\($0.key)=\($0.value)" }
        let ledger = "\(way.isMoved(desk) ? place : folder)/ledger"
        return try Child(
            "unshare",
            ["-m", "sh", "-c", script, "sh", folder, place] + environment
                + [Hall.counterfoil, "redeem", "--ledger", ledger, "--keys", hall.desk],
            input: .pipe, output: .pipe, in: hall.folder.path)
    }
}
