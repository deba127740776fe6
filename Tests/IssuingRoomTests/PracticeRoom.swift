import Counterfoil
import IssuingRoom
import Synchronization
import TestSupport
import Testing

/// An issuing room in memory, with a book and a folder of its own: what a run
/// makes is read back from the bytes that it wrote.
final class PracticeRoom {
    let election: Election
    let book = MemoryFolder()
    let out = MemoryFolder()
    private let keyFile: [UInt8]

    init(_ voterIDs: VoterIDs = .anyCase) throws {
        let ceremony = try KeyCeremony(
            name: "Practice", codeLength: .twenty, questions: [], voterIDs: voterIDs)
        election = ceremony.election
        keyFile = try ceremony.keyFile(for: .issuing, passphrase: nil)
    }

    func key() throws -> IssuingKey { try IssuingKey.open(keyFile, election: election, passphrase: nil) }

    /// Issues a batch, in plain text, for a roll of these voter ids.
    @discardableResult
    func issue(
        _ batch: String, _ voters: [String], decided: String? = nil, replacing: [PackNumber]? = nil,
        leaveUndecided: Bool = false, skipIssued: Bool = false, specimens: Int? = nil, parts: Int = 1,
        link: String? = nil
    ) async throws -> PracticeBatch {
        var order = PrintOrder(batch: BatchName(batch)!, voterColumn: "voter")
        order.decided = try decided.map { try Decisions(PieceSource(Array($0.utf8))) }
        order.replaced = replacing
        order.leaveUndecided = leaveUndecided
        order.skipIssued = skipIssued
        order.specimens = specimens
        order.layout.parts = parts
        order.layout.link = link
        let roll = Array("voter\n\(voters.map { $0 + "\n" }.joined())".utf8)
        let run = PrintRun(order, election: election, key: try key(), book: book, out: out)
        let issued = try await run.run(roll: { () throws(StreamError) in PieceSource(roll) })
        return try read(batch, issued)
    }

    private func read(_ batch: String, _ issued: IssuedBatch) throws -> PracticeBatch {
        let file = MemoryBytes(try #require(try out.read("\(batch).register")))
        var register = try RegisterReader(file, election: election)
        var rows: [UInt64: PracticePack] = [:]
        while let row = try register.next() {
            rows[row.pack.value] = PracticePack(
                number: row.pack, voter: row.voter.bytes.array, kind: row.kind.rawValue,
                replaces: row.replaced?.value ?? 0)
        }
        var pairs: [PackPair] = []
        while let pair = try register.nextPair() { pairs.append(pair) }
        #expect(issued.cancelled == Set(pairs.map(\.cancelled)).sorted())
        var packs: [String: PracticePack] = [:]
        var all: [PracticePack] = []
        let list = String(decoding: try #require(try out.read("\(batch).packs.csv")), as: UTF8.self)
        for line in list.split(separator: "\r\n").dropFirst() {
            let comma = try #require(line.lastIndex(of: ","))
            let number = try Array(line[line.index(after: comma)...].utf8).withBytes {
                PackNumber.read($0, constant: election.constant)
            }.get()
            let row: PracticePack = try #require(rows[number.value])
            packs[String(line[..<comma])] = row
            all.append(row)
        }
        #expect(all.count == rows.count)
        return PracticeBatch(packs: packs, all: all, pairs: pairs, manifest: issued.manifest)
    }
}

/// What a run wrote: packs by voter id, as far as Swift tells two ids apart, and all
/// of them in the order of the list.
struct PracticeBatch {
    let packs: [String: PracticePack]
    let all: [PracticePack]
    let pairs: [PackPair]
    let manifest: Manifest

    subscript(voter: String) -> PracticePack? { packs[voter] }
    var numbers: [PackNumber] { packs.values.map(\.number) }
}

struct PracticePack: Equatable {
    let number: PackNumber
    /// The voter number in the register.
    let voter: [UInt8]
    let kind: UInt8
    let replaces: UInt64
}

/// A folder in memory whose disk can fail.
final class MemoryFolder: Folder, Sendable {
    private let files = Mutex<[String: [UInt8]]>([:])
    private let failing = Mutex<String?>(nil)
    private let isDead = Mutex(false)

    /// From now on a file of this name cannot be written or removed; nil ends that.
    func fail(_ name: String?) { failing.withLock { $0 = name } }

    /// Whether nothing can be tidied up any more, as after `kill -9`.
    func die(_ dead: Bool) { isDead.withLock { $0 = dead } }

    func create(_ name: String) throws(StreamError) -> File { File(name, in: self) }
    func read(_ name: String) throws(StreamError) -> [UInt8]? { files.withLock { $0[name] } }
    func names() throws(StreamError) -> [String] { files.withLock { $0.keys.sorted() } }
    func remove(_ name: String) throws(StreamError) {
        guard isDead.withLock({ !$0 }) else { throw StreamError(.remove, name, .notOpen) }
        guard failing.withLock({ $0 != name }) else { throw StreamError(.remove, name, .noRoom) }
        files.withLock { $0[name] = nil }
    }
    func overwrite(_ name: String, at offset: Int, with bytes: [UInt8]) throws(StreamError) {
        files.withLock { $0[name]?.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
    }

    final class File: NewFile {
        private let name: String
        private let folder: MemoryFolder
        private var bytes: [UInt8] = []

        fileprivate init(_ name: String, in folder: MemoryFolder) {
            self.name = name
            self.folder = folder
        }

        func write(_ bytes: borrowing RawSpan) throws(StreamError) { self.bytes.append(bytes) }

        func publish(wiping wiped: Range<Int>) throws(StreamError) {
            guard folder.failing.withLock({ $0 != name }) else { throw StreamError(.write, name, .noRoom) }
            folder.files.withLock { $0[name] = bytes }
        }
    }
}

/// A run that is refused, and why.
func expectRefused(
    _ why: IssueError, sourceLocation: SourceLocation = #_sourceLocation, _ run: () async throws -> Void
) async {
    await #expect(throws: why, sourceLocation: sourceLocation) { try await run() }
}

extension IssueError {
    /// The disk of the folder that is written to is full.
    static func noRoom(for file: String) -> IssueError { .output(StreamError(.write, file, .noRoom)) }
    /// That of the book is.
    static func noRoomInBook(for file: String) -> IssueError {
        .book(.folder(StreamError(.write, file, .noRoom)))
    }
}

extension String {
    /// A batch's name, in a test.
    var batch: BatchName { BatchName(self)! }
}
