import Foundation
import TestSupport
import Testing

/// A ballot told in the command's own lines, as an officer would type them.
///
/// `$desk` in a line means the ledger and the desk's keys, `$ledger` the ledger
/// alone: one place says which ledger that is.
final class Story: Sendable {
    /// A file, unless the environment names another ledger.
    static let ledger = ProcessInfo.processInfo.environment["COUNTERFOIL_TEST_LEDGER"] ?? "ballot.ledger"

    let folder: Folder
    private let printer: String

    init() throws {
        folder = try Folder()
        _ = try Child("age-keygen", ["-o", "printer.key"], in: folder.path).finish()
        printer = try Child("age-keygen", ["-y", "printer.key"], in: folder.path).finish().lines[0]
    }

    // MARK: Lines

    func run(_ line: String, input: Input = .nothing) throws -> Ended {
        var words = arguments(line)
        // In a database another verb makes the ledger, by another's right.
        if Self.ledger.contains("://"), let create = words.firstIndex(of: "--create") {
            words.remove(at: create)
            let make = ["database", "--ledger", Self.ledger, "--election", "ballot/public/election.json"]
            let made = try Child(counterfoil, make, in: folder.path).finish()
            guard made.status == 0 else { return made }
        }
        return try Child(counterfoil, words, input: input, in: folder.path).finish()
    }

    /// A line that does what it says; returns what it printed.
    @discardableResult
    func does(
        _ line: String, input: Input = .nothing, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let ended = try run(line, input: input)
        #expect(ended.status == 0, "\(line)\n\(ended)", sourceLocation: sourceLocation)
        return ended.output
    }

    /// A line that the rules refuse, in these words.
    func isRefused(
        _ line: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        expectStop(try run(line), 1, words, sourceLocation: sourceLocation)
    }

    /// Words between blanks; what is in quotes is one word.
    private func arguments(_ line: String) -> [String] {
        var words: [String] = []
        for (i, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if i % 2 == 1 {
                words.append(String(part))
            } else {
                words += part.split(whereSeparator: \.isWhitespace).flatMap { word in
                    switch word {
                    case "$desk": ["--ledger", Self.ledger, "--keys", "ballot/desk"]
                    case "$ledger": ["--ledger", Self.ledger]
                    case "$printer": ["-r", printer]
                    default: [String(word)]
                    }
                }
            }
        }
        return words
    }

    // MARK: People

    /// What lies in the letterboxes once the print house has opened its file
    /// and posted it: each member's envelope, by membership number.
    func posted(_ batch: String) throws -> [String: Envelope] {
        let ended = try Child(
            "age", ["-d", "-i", "printer.key", "out/\(batch).csv.age"], in: folder.path
        ).finish()
        try #require(ended.status == 0, "\(ended)")
        let rows = CSV.read(ended.output).dropFirst()
        let printed = Dictionary(uniqueKeysWithValues: rows.map { ($0[1], $0[2]) })
        let members = CSV.read(try folder.text("out/\(batch).packs.csv")).dropFirst()
        return try Dictionary(
            uniqueKeysWithValues: members.map { row in
                (row[0], Envelope(pack: row[1], code: try #require(printed[row[1]])))
            })
    }

    /// Somebody types the code and their answers on the voting site and presses
    /// the button. Returns the outcome, with the attempts that are left where it
    /// says so.
    func votes(with envelope: Envelope?, _ born: String, _ town: String) throws -> String {
        let code = try #require(envelope).typed
        return try answer(
            "redeem $desk", #"{"code": "\#(code)", \#(Self.answers(born, town)), "key": "\#(newKey())"}"#)
    }

    /// Somebody signs in: the pass that the voting site keeps, or the refusal.
    func signsIn(with envelope: Envelope?, _ born: String, _ town: String) throws -> String {
        let code = try #require(envelope).typed
        return try answer("check $desk", #"{"code": "\#(code)", \#(Self.answers(born, town))}"#)
    }

    func votes(withPass pass: String) throws -> String {
        try answer("redeem $desk", #"{"pass": "\#(pass)", "key": "\#(newKey())"}"#)
    }

    /// Envelopes pass the scanner, which types their numbers; what it is told of each.
    func scans(_ envelopes: Envelope?...) throws -> [String] {
        let packs = try envelopes.map { try #require($0).pack }
        let told = try does(
            "postal $desk --by \"Table 3\"", input: .text(packs.map { $0 + "\r\n" }.joined())
        ).split(separator: "\n")
        try #require(told.count == packs.count)
        return zip(packs, told).map { pack, line in
            line.hasPrefix(pack + ": ") ? String(line.dropFirst(pack.count + 2)) : String(line)
        }
    }

    /// The number of the scan that received an envelope.
    func scan(of envelope: Envelope?) throws -> String {
        try ShownPack(try does("show $ledger --json \(try #require(envelope).pack)")).scan()
    }

    private static func answers(_ born: String, _ town: String) -> String {
        #""answers": {"Date of birth": "\#(born)", "Town of birth": "\#(town)"}"#
    }

    private func answer(_ line: String, _ request: String) throws -> String {
        let output = try does(line, input: .text(request + "\n"))
        let answer = try JSONDecoder().decode(Heard.self, from: Data(output.utf8))
        if let pass = answer.pass { return pass }
        return answer.outcome + (answer.attemptsLeft.map { ", \($0) left" } ?? "")
    }

    private struct Heard: Decodable {
        let outcome: String
        let attemptsLeft: Int?
        let pass: String?
    }

    private func newKey() -> String { Counterfoil.newKey() }
}

/// What a member finds in their letterbox: a pack number, and a code unless the
/// pack is for post alone.
struct Envelope: Sendable {
    let pack: String
    let code: String

    /// The code as people type it.
    var typed: String {
        code.lowercased().replacing("-", with: " ").replacing("0", with: "o").replacing("1", with: "l")
    }
}
