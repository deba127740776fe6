import Counterfoil
import Foundation
import PollingDesk
import SQLiteLedger
import Synchronization
import TestSupport

/// A ballot that is open, with a desk's folder for the command, and its ledger
/// as bytes: each round of a trial begins with a fresh copy.
struct Hall: Sendable {
    let rehearsal = Rehearsal(seed: 4)
    let packs: [TestPack]
    let folder: TemporaryFolder
    /// Pack numbers as they are scanned.
    let scans: [String]
    private let ledger: [UInt8]
    /// What lay beside it: a lock that remembers as much as the ledger holds.
    let lock: [UInt8]

    var election: Election { rehearsal.election }
    var desk: String { folder.file("desk") }

    /// - Parameter packsOfEach: how many packs every voter holds.
    init(voters: Int, packsOfEach: Int = 1) throws {
        packs = (0..<voters * packsOfEach).map { [rehearsal] number in
            rehearsal.pack(number, voter: number / packsOfEach)
        }
        scans = packs.map { $0.number.description }
        folder = TemporaryFolder()
        try rehearsal.writeDesk(to: folder.file("desk"))
        let path = folder.file("ledger")
        let booth = try Booth(
            rehearsal, try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0)))
        try booth.begin(packs)
        booth.desk.drain()
        ledger = try Files.read(path)
        lock = try Files.read(path + "-lock")
    }

    /// Lends the ledger as it was when the ballot opened, in a folder of its
    /// own: in memory, but for trials that ask how fast a disk is.
    func withFreshLedger<R>(onDisk: Bool = false, _ body: (String) throws -> R) throws -> R {
        let folder = onDisk ? TemporaryFolder() : TemporaryFolder.quick()
        try Files.write(folder.file("ledger"), ledger)
        return try withExtendedLifetime(folder) { try body(folder.file("ledger")) }
    }

    /// A desk in this process.
    func booth(_ path: String, at moment: Moment = .now) throws -> Booth {
        try Booth(rehearsal, try SQLiteLedger(opening: path, election: election), at: moment)
    }

    /// The command on a ledger.
    func start(
        _ verb: [String], on path: String, _ environment: [String: String] = [:], input: Input = .pipe,
        output: Output = .pipe
    ) throws -> Child {
        try Child(
            Self.counterfoil, verb + ["--ledger", path, "--keys", desk], input: input, output: output,
            environment: environment, in: folder.path)
    }

    /// Built along with this program: it lies beside it.
    static let counterfoil = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "counterfoil").path
}

extension Moment {
    /// By the clock of this machine, as the command has it.
    static var now: Moment { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

/// Files as bytes.
enum Files {
    static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    /// Readable by the owner alone: the ledger refuses others.
    static func write(_ path: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
