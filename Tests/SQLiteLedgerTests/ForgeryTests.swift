import Counterfoil
import PollingDesk
import SQLiteLedger
import TestSupport
import Testing

/// Somebody who can write to the ledger's file, and has no key, adds a vote, wrong
/// answers or a second attempt, with all that belongs to them. They make the bytes
/// and the hashes by themselves, from the specification.
///
/// An entry that shows a code must show a value that only the code gives. The
/// boundary is here too: with the right value nothing is found, so anyone who can
/// write and meets a code, or a value that was shown, can use it.
@Suite struct ForgeryTests {
    /// What somebody might write where the value belongs.
    enum Value: String, CaseIterable, CustomTestStringConvertible {
        case random, zero, tag, trial, opening, second
        /// The right one, of another pack.
        case anothers
        /// The right one of another pack, which the log shows already.
        case shown

        var testDescription: String { rawValue }
    }

    private let rehearsal = Rehearsal()
    private let folder = TemporaryFolder.quick()
    private let path: String
    private var packs: [TestPack] { (1...5).map { rehearsal.pack($0) } }
    /// Where it is, and its mark: a fingerprint, or an answer tag.
    private static let mark = [UInt8](repeating: 0x4D, count: 16)

    /// Pack 1 has voted, with wrong answers before and a second attempt since; pack 2
    /// has voted. The others are live.
    init() throws {
        path = folder.file("ledger")
        let ledger = try SQLiteLedger.create(at: path, election: rehearsal.election, at: .test(0))
        defer { ledger.close() }
        let booth = try Booth(rehearsal, ledger)
        try booth.begin(packs)
        _ = try booth.redeem(packs[0], key: 1, answers: ["1/1/1901", "1"])
        for key in 1...2 { _ = try booth.redeem(packs[0], key: key) }
        _ = try booth.redeem(packs[1], key: 1)
    }

    // MARK: The trials

    @Test(arguments: Value.allCases)
    func aVote(_ value: Value) throws {
        let pack = packs[2]
        let shown = try bytes(value, of: pack) { $0.opening.bytes }
        try write(type: 6, pack, voter: pack.voter.bytes.array, detail: Self.mark + shown)
        try insert(
            "INSERT INTO votes VALUES (\(blob(pack.voter.bytes.array)), \(pack.number.value), 1, "
                + "\(Self.moment), \(blob(Self.mark)))")
        try expectFound(unless: value == .opening, about: pack)
    }

    @Test(arguments: Value.allCases)
    func wrongAnswers(_ value: Value) throws {
        let pack = packs[2]
        let shown = try bytes(value, of: pack) { $0.trial.bytes }
        try write(type: 7, pack, detail: Self.mark + shown)
        try insert("INSERT INTO attempts VALUES (\(pack.number.value), 1, 1, \(blob(Self.mark)), 0)")
        try expectFound(unless: value == .trial, about: pack)
    }

    @Test(arguments: Value.allCases)
    func aSecondAttempt(_ value: Value) throws {
        let pack = packs[1]
        let shown = try bytes(value, of: pack) { $0.second.bytes }
        try write(type: 8, pack, detail: shown)
        try insert("INSERT INTO attempts VALUES (\(pack.number.value), 0, 0, NULL, 1)")
        try expectFound(unless: value == .second, about: pack)
    }

    /// Once a genuine entry showed a value, the same value may be shown again: further
    /// wrong answers, and further second attempts, are made up without the code.
    @Test func furtherEntriesLikeAGenuineOne() throws {
        let pack = packs[0]
        try write(type: 8, pack, detail: rehearsal.chain(of: pack).second.bytes.array)
        try insert("UPDATE attempts SET second = second + 1 WHERE pack = \(pack.number.value)")
        try expectFound(unless: true, about: pack)
        // A deeper value leads to the shallower ones: the vote's to that of wrong answers.
        let voted = packs[1]
        let trial = CodeChain.Opening(try shownByTheVote(of: voted)).trial.bytes.array
        try write(type: 7, voted, detail: Self.mark + trial)
        try insert("INSERT INTO attempts VALUES (\(voted.number.value), 1, 1, \(blob(Self.mark)), 0)")
        try expectFound(unless: true, about: voted)
        // But no vote gives a second attempt away.
        let opening = try shownByTheVote(of: voted).array
        try write(type: 8, voted, detail: opening)
        try insert("UPDATE attempts SET second = second + 1 WHERE pack = \(voted.number.value)")
        try expectFound(unless: false, about: voted)
    }

    /// A return by post needs no code.
    @Test func aReturnByPost() throws {
        let pack = packs[2]
        try write(type: 9, pack, voter: pack.voter.bytes.array, detail: Self.mark)
        let (voter, number) = (blob(pack.voter.bytes.array), pack.number.value)
        try insert("INSERT INTO votes VALUES (\(voter), \(number), 2, \(Self.moment), \(blob(Self.mark)))")
        let last = try #require(Shell.ask(path, "SELECT max(number) FROM log"))
        try insert("INSERT INTO scans VALUES (\(number), \(blob(Self.mark)), \(last))")
        try expectFound(unless: true, about: pack)
    }

    // MARK: What is written

    private static let moment = Moment.test(20).milliseconds

    private func bytes(
        _ value: Value, of pack: TestPack,
        right: ((second: CodeChain.Second, opening: CodeChain.Opening, trial: CodeChain.Trial)) -> Bytes<32>
    ) throws -> [UInt8] {
        let chain = rehearsal.chain(of: pack)
        switch value {
        case .random: return SecretBytes.random(count: 32).withBytes { $0.array }
        case .zero: return [UInt8](repeating: 0, count: 32)
        case .tag: return rehearsal.rows(of: [pack])[0].lookup.tag.bytes.array
        case .trial: return chain.trial.bytes.array
        case .opening: return chain.opening.bytes.array
        case .second: return chain.second.bytes.array
        case .anothers: return right(rehearsal.chain(of: packs[3])).array
        case .shown: return right(rehearsal.chain(of: packs[0])).array
        }
    }

    private func shownByTheVote(of pack: TestPack) throws -> Bytes<32> {
        let entry = Shell.ask(
            path, "SELECT lower(hex(entry)) FROM log WHERE type = 6 AND pack = \(pack.number.value)")
        let bytes = try #require(entry.flatMap { Hex.decode($0) })
        return try #require(Bytes<32>(Array(bytes[58..<90])))
    }

    /// An entry at the end of the log, with the hashes that belong to it.
    private func write(
        type: UInt8, _ pack: TestPack, voter: [UInt8] = [UInt8](repeating: 0, count: 16), detail: [UInt8]
    ) throws {
        var entry: [UInt8] = [1, type]
        entry.appendBigEndian(UInt64(Self.moment))
        entry.appendBigEndian(pack.number.value)
        entry += voter + [UInt8](repeating: 0, count: 8) + detail
        entry += [UInt8](repeating: 0, count: 106 - entry.count)
        let id = SecretBytes.random(count: 16).withBytes { $0.array }
        let text = Array("cf1.logentry\0\0\0\0".utf8) + id + [UInt8](repeating: 0, count: 12)
        let leaf = entry + text.withBytes { Sodium.sha384($0).array }

        let number = try #require(Shell.ask(path, "SELECT max(number) + 1 FROM log").flatMap { Int($0) })
        var hash = sha256([0] + leaf)
        var hashes = hash
        var size = 1
        while (number + 1) % (2 * size) == 0 {
            // Of the complete subtree before this one: with its last leaf.
            let left = try #require(
                Shell.ask(path, "SELECT lower(hex(hashes)) FROM log WHERE number = \(number - size)")
                    .flatMap { Hex.decode($0) })
            let place = 32 * size.trailingZeroBitCount
            hash = sha256([1] + left[place..<place + 32] + hash)
            hashes += hash
            size *= 2
        }
        try insert(
            """
            INSERT INTO log VALUES (\(number), \(Self.moment), \(type), \(blob(entry)), \(pack.number.value),
            '', '', '', \(blob(id)), \(blob(hashes)))
            """)
    }

    private func sha256(_ bytes: [UInt8]) -> [UInt8] { bytes.withBytes { Sodium.sha256($0).array } }

    private func blob(_ bytes: [UInt8]) -> String { "x'\(Hex.encode(bytes))'" }

    /// No trigger and no check is in the way of these.
    private func insert(_ sql: String) throws {
        #expect(Shell.run(path, sql) == nil, "\(sql)")
    }

    // MARK: What is found

    private func expectFound(
        unless isRight: Bool, about pack: TestPack, location: SourceLocation = #_sourceLocation
    ) throws {
        let ledger = try SQLiteLedger(reading: path)
        defer { ledger.close() }
        let found = try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try Audit(election: rehearsal.election).run(on: snapshot)
        }.difference
        let last = Shell.ask(path, "SELECT max(number) FROM log")!
        let words =
            "entry \(last) of the log, about pack \(pack.number): it was not opened by the code of this pack"
        #expect(found == (isRight ? nil : words), sourceLocation: location)
    }
}
