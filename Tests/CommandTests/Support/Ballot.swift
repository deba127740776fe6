import Foundation
import TestSupport
import Testing

/// The command that was built along with these tests, and lies beside them; or that
/// of another build, if somebody says so: the compiler may lay out an optimised
/// one in another way.
let counterfoil =
    (ProcessInfo.processInfo.environment["COUNTERFOIL_PROGRAMS"].map { URL(filePath: $0) }
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent())
    .appending(path: "counterfoil").path

/// A ballot in a folder of its own: a roll, an issuing room, a print house, a
/// polling desk. The folder is the command's working directory.
final class Ballot: Sendable {
    let folder: Folder
    let roll: Roll
    /// The print house's recipient; its key is in `printer.key`.
    let printer: String

    /// - Parameter keys: further arguments of `keygen`.
    init(
        members: Int = 20, ask: [String] = ["Date of birth:date:dmy"], keys: [String] = ["--unprotected"]
    ) throws {
        folder = try Folder()
        roll = try Roll.demo(first: members)
        try folder.write("roll.csv", roll.csv)
        _ = try Child("age-keygen", ["-o", "printer.key"], in: folder.path).finish()
        printer = try Child("age-keygen", ["-y", "printer.key"], in: folder.path).finish().lines[0]
        expectDone(try keygen(to: "ballot", ask: ask, keys))
    }

    /// A copy of a ballot, to be damaged.
    init(copying other: Ballot) throws {
        folder = try Folder()
        roll = other.roll
        printer = other.printer
        for name in other.folder.names() {
            try FileManager.default.copyItem(atPath: other.folder.path(name), toPath: folder.path(name))
        }
    }

    @discardableResult
    func keygen(
        to out: String, ask: [String] = ["Date of birth:date:dmy"], _ more: [String] = ["--unprotected"]
    ) throws -> Ended {
        try run(
            ["keygen", "--election", "Leadership ballot", "--out", out] + ask.flatMap { ["--ask", $0] }
                + more)
    }

    // MARK: The command

    func start(
        _ arguments: [String], input: Input = .nothing, output: Output = .collected,
        errors: Output = .collected
    ) throws -> Child {
        try Child(
            counterfoil, arguments, input: input, output: output, errors: errors, in: folder.path)
    }

    func run(
        _ arguments: [String], input: Input = .nothing, output: Output = .collected,
        errors: Output = .collected
    ) throws -> Ended {
        try start(arguments, input: input, output: output, errors: errors).finish()
    }

    /// What most runs of `issue` have in common. `changed` replaces an option's
    /// value, or leaves the option out where that is nil.
    func issue(
        _ batch: String = "B01", out: String = "out", with changed: [String: String?] = [:],
        more: [String] = []
    ) -> [String] {
        let usual: [(String, String)] = [
            ("--keys", "ballot/issuing"), ("--roll", "roll.csv"), ("--voter", "membership_no"),
            ("--answer", "Date of birth=date_of_birth"), ("-r", printer), ("--batch", batch),
            ("--out", out),
        ]
        return ["issue"]
            + usual.flatMap { option, value -> [String] in
                guard let other = changed[option] else { return [option, value] }
                return other.map { [option, $0] } ?? []
            } + more
    }

    /// Waits until a run has made a file.
    func wait(for file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !folder.exists(file) {
            try #require(ContinuousClock.now < deadline, "no \(file)", sourceLocation: sourceLocation)
            usleep(100)
        }
    }

    static let desk = ["--ledger", "ballot.ledger", "--keys", "ballot/desk"]

    /// Issues a batch, loads it, activates it and opens the ballot.
    func prepare(_ batch: String = "B01", more: [String] = []) throws {
        expectDone(try run(issue(batch, more: more)))
        expectDone(try run(["load"] + Self.desk + ["--create", "out/\(batch).register"]))
        expectDone(try run(["activate"] + Self.desk + [batch, "--unreconciled"]))
        expectDone(try run(["open"] + Self.desk))
    }

    /// The number of the last scan that received a pack.
    func scan(of pack: String) throws -> String {
        try ShownPack(try run(["show", "--ledger", "ballot.ledger", "--json", pack]).output).scan()
    }

    // MARK: The print house

    /// Opens an encrypted file with the stock tool.
    func opened(_ file: String, key: String = "printer.key") throws -> String {
        let ended = try Child("age", ["-d", "-i", key, file], in: folder.path).finish()
        #expect(ended.status == 0, "age could not open \(file): \(ended)")
        return ended.output
    }

    /// The packs of a batch with what only the issuing room knows of them.
    func packs(_ batch: String = "B01", out: String = "out") throws -> [Pack] {
        let rows = CSV.read(try opened("\(out)/\(batch).csv.age")).dropFirst()
        let voters = Dictionary(
            uniqueKeysWithValues: CSV.read(try folder.text("\(out)/\(batch).packs.csv")).dropFirst().map {
                ($0[1], $0[0])
            })
        return try rows.map { row in
            let voter = try #require(voters[row[1]])
            return Pack(pack: row[1], code: row[2], voter: voter, born: roll.born[voter] ?? "")
        }
    }

    // MARK: The polling desk

    /// Requests through a pipe, answers in order.
    func redeem(_ requests: [String], ledger: String = "ballot.ledger") throws -> [Answer] {
        let ended = try run(
            ["redeem", "--ledger", ledger, "--keys", "ballot/desk"],
            input: .text(requests.map { $0 + "\n" }.joined()))
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.errors.isEmpty, "\(ended)")
        return try ended.lines.map(Answer.init(line:))
    }

    func status(_ ledger: String = "ballot.ledger") throws -> Summary {
        let ended = try run(["status", "--ledger", ledger, "--json"])
        #expect(ended.status == 0, "\(ended)")
        return try JSONDecoder().decode(Summary.self, from: Data(ended.bytes))
    }
}

/// One pack, as its voter sees it, and who the voter is.
struct Pack: Sendable, Hashable {
    let pack: String
    let code: String
    let voter: String
    let born: String

    /// A request under a key, with the right answer or another one.
    func request(_ key: String, born: String? = nil) -> String {
        Counterfoil.request(code: code, born: born ?? self.born, key: key)
    }
}

enum Counterfoil {
    static func request(code: String, born: String, key: String) -> String {
        #"{"code": "\#(code)", "answers": {"Date of birth": "\#(born)"}, "key": "\#(key)"}"#
    }

    /// A key as a voting site makes one.
    static func newKey() -> String {
        Data((0..<24).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_")
    }
}

struct Answer: Decodable, Equatable, Sendable {
    let outcome: String
    var receipt: String?
    var groups: [Int]?
    var attemptsLeft: Int?
    var questions: [String]?
    var error: String?

    init(line: String) throws {
        self = try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
    }
}

/// `status --json`.
struct Summary: Decodable, Equatable {
    struct Named: Decodable, Equatable {
        let id: String
        let name: String
    }
    struct Batch: Decodable, Equatable {
        let name: String
        let kind: String
        let packs: Int
        let loaded: String
        let activated: String?
    }
    struct Votes: Decodable, Equatable {
        let online: Int
        let post: Int
    }
    let election: Named
    let ballot: String
    let opened: String?
    let closed: String?
    let batches: [Batch]
    let votes: Votes
    let cancelled: Int
    let locked: Int
    let secondAttempts: Int
    let logEntries: Int
}

/// A made-up roll.
struct Roll: Sendable {
    let header: [String]
    var rows: [[String]]

    var csv: String { CSV.write([header] + rows) }
    /// When a member was born, by their number.
    var born: [String: String] {
        let place = header.firstIndex(of: "date_of_birth")!
        return Dictionary(rows.map { ($0[0], $0[place]) }) { $1 }
    }

    private static let whole: [[String]] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../script/demo-roll.csv")
        return CSV.read((try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }()

    /// The first members of the demo's roll who have said when they were born.
    static func demo(first count: Int) throws -> Roll {
        let born = try #require(whole.first?.firstIndex(of: "date_of_birth"))
        let rows = whole.dropFirst().filter { !$0[born].isEmpty }.prefix(count)
        try #require(rows.count == count)
        return Roll(header: whole[0], rows: Array(rows))
    }

    /// The whole roll so many times over, with longer numbers.
    static func demo(times: Int) throws -> Roll {
        let all = try demo(first: 2900)
        return Roll(
            header: all.header,
            rows: (0..<times).flatMap { i in all.rows.map { ["\($0[0])-\(i)"] + $0.dropFirst() } })
    }
}

// MARK: What a run came to

func expectDone(_ ended: Ended, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(ended.status == 0, "\(ended)", sourceLocation: sourceLocation)
    #expect(ended.errors.isEmpty, "\(ended)", sourceLocation: sourceLocation)
}

/// One line that says what is wrong, and with these words.
func expectStop(
    _ ended: Ended, _ status: Int32 = 3, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(ended.status == status, "\(ended)", sourceLocation: sourceLocation)
    let isOneLine =
        ended.errors.hasPrefix("counterfoil: ") && ended.errors.hasSuffix("\n")
        && ended.errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2
    #expect(isOneLine, "not one line: \(ended.errors)", sourceLocation: sourceLocation)
    for word in words {
        #expect(ended.errors.contains(word), "\(ended.errors)", sourceLocation: sourceLocation)
    }
}
