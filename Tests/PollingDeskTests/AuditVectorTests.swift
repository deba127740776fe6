import TestSupport
import Testing

@testable import Counterfoil
@testable import PollingDesk

/// vectors/audit.json: section 21, an audit, by the rules of section 20.
@Suite struct AuditVectorTests {
    static let file = VectorFile("audit")
    static let followed = file.tests("follow")

    @Test(arguments: followed)
    func follows(_ test: VectorObject) throws {
        let audited = try AuditedLog(test)
        let found = try audited.firstFault()
        if try test.reason == nil {
            #expect(found == nil)
            try expectClean(test, audited, .memory)
        } else {
            #expect(found == (try test.int("entry")))
        }
        #expect(test.unread == [])
    }

    /// Ledgers that keep what they hold refuse some of the others at once.
    @Test(arguments: Keeping.allCases)
    func whatIsCleanIsCleanInEveryLedger(_ keeping: Keeping) throws {
        for test in VectorFile("audit").tests where try test.reason == nil {
            let log = try AuditedLog(test)
            if try Self.isRefused(test, keeping) {
                let error = #expect(throws: LedgerError.self) { try log.report(keeping) }
                guard case .rulesRefused = error else { throw try #require(error) }
            } else {
                try expectClean(test, log, keeping)
            }
        }
    }

    /// A database looks where an audit cannot: whether a person could vote twice after an
    /// activation.
    private static func isRefused(_ test: VectorObject, _ keeping: Keeping) throws -> Bool {
        #if PostgreSQL
        let comment = try test.string("comment")
        let refused = [
            "activated: a pack of its list has voted, which is not looked for",
            "received, and superseded since by a pack that carries another number",
        ]
        return keeping == .postgres && refused.contains(comment)
        #else
        return false
        #endif
    }

    private func expectClean(_ test: VectorObject, _ audited: AuditedLog, _ keeping: Keeping) throws {
        let report = try #require(try audited.report(keeping), "\(test)")
        #expect(report.difference == nil, "\(test)")
        #expect(report.votesOnline == (try test.int("votesOnline")), "\(test)")
        #expect(report.votesByPost == (try test.int("votesByPost")), "\(test)")
    }

    @Test func allAreRun() { #expect(Self.followed.count == Self.file.count) }
}

/// The log of a vector: audited as it is, and in a ledger that was made to hold
/// its entries, past the judge.
private struct AuditedLog {
    private let election: Election
    /// The same with a digest of its own, for ledgers that check that it fits.
    private let held: Election
    private let registers: [MemoryBytes]
    private let entries: [Bytes<106>]

    init(_ test: VectorObject) throws {
        var key = Bytes<32>()
        let signer = Sodium.ed25519Expand(seed: .filled(3), publicKey: &key)
        let (lock, lifetime) = (try test.int("lock"), try test.int("lifetime"))
        let election = Election(
            unjudged: try test.electionID(), name: "A stand-in", codeLength: .twenty, questions: [],
            lockAfter: lock, lifetimeLimit: lifetime, voterIDs: .anyCase,
            refusedWords: RefusedWords.digest, textFold: TextFold.digest, registerKey: key,
            manifestKey: Bytes(), receiptKey: Bytes(), checkpointKey: Bytes(),
            digest: try test.bytes("electionDigest"))
        held = try Election(
            id: election.id, name: election.name, codeLength: .twenty, questions: [], lockAfter: lock,
            lifetimeLimit: lifetime, registerKey: key, manifestKey: Bytes(), receiptKey: Bytes(),
            checkpointKey: Bytes())
        self.election = election
        var registers: [MemoryBytes] = []
        for (i, register) in try test.objects("registers").enumerated() {
            let rows = try register.objects("rows").enumerated().map {
                try Self.row($1, 100 * i + $0, election)
            }
            let pairs = try register.objects("pairs").map { try Self.pair($0, election) }
            registers.append(
                Self.signed("batch-\(i + 1)", try register.batchKind(), rows, pairs, held, signer))
        }
        self.registers = registers
        let entries = try test.strings("entries").map {
            try #require(Hex.decode($0).flatMap { Bytes<106>($0) })
        }
        self.entries = try entries.map { [held] in try Self.naming(registers, in: $0, held) }
    }

    /// The registers have look-up ids and names of ours: the entries that load them get
    /// the digests that these have.
    private static func naming(
        _ registers: [MemoryBytes], in bytes: Bytes<106>, _ election: Election
    ) throws -> Bytes<106> {
        guard let entry = Entry(bytes, constant: election.constant),
            case .registerLoaded(let batch, let count, _) = entry.event,
            registers.indices.contains(batch - 1)
        else { return bytes }
        let digest = try RegisterReader(registers[batch - 1], election: election).digest
        return Entry(.registerLoaded(batch: batch, count: count, digest), at: entry.at).encoded
    }

    /// With a look-up id of its own, which no rule asks for.
    private static func row(_ row: VectorObject, _ place: Int, _ election: Election) throws -> RegisterRow {
        var id = Bytes<16>()
        id.withMutableBytes { $0.put(UInt64(place), at: 8) }
        let replaced = try row.u64("replaces")
        return RegisterRow(
            lookup: Lookup(id: LookupID(id), tag: Tag(try row.bytes("tag"))),
            pack: try #require(PackNumber(try row.u64("pack"), constant: election.constant)),
            voter: VoterNumber(try row.bytes("voterNumber")), answers: .none,
            kind: try #require(PackKind(rawValue: UInt8(try row.int("kind")))),
            replaced: PackNumber(replaced, constant: election.constant))
    }

    private static func pair(_ pair: VectorObject, _ election: Election) throws -> PackPair {
        func pack(_ name: String) throws -> PackNumber {
            try #require(PackNumber(try pair.u64(name), constant: election.constant))
        }
        return PackPair(kept: try pack("kept"), cancelled: try pack("cancelled"))
    }

    private static func signed(
        _ name: String, _ kind: BatchKind, _ rows: [RegisterRow], _ pairs: [PackPair],
        _ election: Election, _ signer: borrowing SecretBytes
    ) -> MemoryBytes {
        var file = RegisterHeader(
            election: election, batch: BatchName(name)!, kind: kind, count: rows.count, pairs: pairs.count
        ).bytes
        for row in rows { file.append(row.bytes) }
        for pair in pairs { file.append(pair.bytes) }
        var digest = StreamingBLAKE2b(.register, key: RawSpan(), salt: election.id.bytes, size: 64)
        file.withBytes { digest.update($0) }
        let signature = Register.finish(&digest).bytes.withBytes {
            Signed.sign($0, as: .register, with: signer)
        }
        return MemoryBytes(file + signature.array)
    }

    /// The number of the first entry that does not follow the rules.
    func firstFault() throws -> Int? {
        var replay = LogReplay(election: election, checkpoints: [])
        var frontier = Frontier()
        for (number, bytes) in entries.enumerated() {
            let id = EntryID(Bytes())
            let logged = LoggedEntry(
                number: number, encoded: bytes, reason: "", reference: "", officer: "", id: id)
            let hashes = frontier.append(MerkleTree.leaf(logged.leaf))
            let (at, pack) = bytes.withBytes { ($0.u64(2), $0.u64(10)) }
            replay.add(
                LogRow(
                    logged, at: Moment(milliseconds: Int64(at)), type: Int(bytes[1]),
                    pack: pack == 0 ? nil : pack, hashes: hashes))
        }
        replay.end()
        return try Self.entry(
            in: replay.difference ?? faultOfCounts(replay.timeline) ?? report(.memory)?.difference)
    }

    /// What the registers say against an entry that loaded one with another number of
    /// packs. No ledger loads a register so.
    private func faultOfCounts(_ timeline: Timeline) throws -> String? {
        var records: [BatchRecord] = []
        var isOther = false
        for (batch, bytes) in zip(timeline.batches, registers) {
            let register = try RegisterReader(bytes, election: held)
            let header = register.header
            isOther = isOther || header.count != batch.count
            let told = Batch(
                number: batch.number, name: header.batch, kind: header.kind, count: header.count,
                loaded: batch.loaded)
            records.append(
                BatchRecord(
                    told, header: header.bytes, signature: register.signature, digest: register.digest))
        }
        var replay = RegisterReplay(election: held, timeline: timeline)
        replay.begin(records)
        return isOther ? replay.difference : nil
    }

    /// Of a whole audit of a ledger with these entries; nil where no ledger can
    /// be made to hold them.
    func report(_ keeping: Keeping) throws -> Audit.Report? {
        let moments = entries.map { $0.withBytes { Moment(milliseconds: Int64($0.u64(2))) } }
        guard let first = entries.first, first[1] == 1 else { return nil }
        let place = LedgerPlace(keeping, quick: true)
        let ledger = try place.create(held)
        defer { ledger.close() }
        var events: [Event] = []
        for bytes in entries {
            guard let event = Entry(bytes, constant: election.constant)?.event else { return nil }
            events.append(event)
        }
        var number = 1
        while number < events.count {
            let group = Self.writtenAtOnce(events[number...])
            number += group.count
            let moment = moments[number - 1]
            if case .registerLoaded(let batch, _, _) = group[0] {
                let next = try ledger.summary().batches.count + 1
                guard batch == next, registers.indices.contains(batch - 1) else { return nil }
                var register = try RegisterReader(registers[batch - 1], election: held)
                _ = try ledger.load(&register, at: moment)
            } else {
                try ledger.write([], at: moment) { scene in for event in group { scene.record(event) } }
            }
        }
        return try ledger.snapshot(long: false) { (snapshot) throws(LedgerError) in
            try Audit(election: held).run(on: snapshot)
        }
    }

    /// A print house's return is, and a database takes it in no other way. All other
    /// entries come one by one.
    private static func writtenAtOnce(_ events: ArraySlice<Event>) -> [Event] {
        let missing = events.prefix { if case .packCancelled(_, .missing) = $0 { true } else { false } }
        guard let next = events.dropFirst(missing.count).first, case .batchReconciled = next else {
            return Array(events.prefix(1))
        }
        return missing + [next]
    }

    /// An audit names an entry by its number, in words.
    private static func entry(in difference: String?) -> Int? {
        guard let difference else { return nil }
        let words = difference.split(separator: " ")
        guard words.count > 1, words[0] == "entry" else { return -1 }
        return Int(words[1])
    }
}
